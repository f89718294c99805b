"""Rings between ends in one process or several, for tests: each end has its own file handles, as a process would."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wugan import LinkConfig
from wugan.packet import Packet
from wugan.runtime.links.inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.links.memory import Closed, End, Message
from wugan.runtime.links.ring import MADE, NodeFile
from wugan.runtime.links.shared import disk_folder, open_file, run_prefix, slot_folder, sweep
from wugan.runtime.links.slots import PAGE, Slots

_numbers = itertools.count()


class WriterLink:
    """One port as the tests of `Link` use it: `put` at the writer's end, the rest at the reader's."""

    def __init__(self, output: RingOutput, link) -> None:
        self._output = output
        self._link = link

    def put(self, message: Message) -> None:
        self._output.send(message)

    def __getattr__(self, name: str):
        return getattr(self._link, name)


class Rings:
    """A `RingInbox`, with a writer for each of its ports."""

    def __init__(self, links) -> None:
        self.prefix = run_prefix(f"test{next(_numbers)}")
        reader_index, nodes = len(links), len(links) + 1
        for index in range(len(links)):
            NodeFile.make(self.prefix, index, {})
        NodeFile.make(self.prefix, reader_index, links)
        self.node = NodeFile(self.prefix, reader_index, links)
        self.slots = Slots(self.prefix, reader_index, nodes, self.node.lock)
        self.inbox = RingInbox(self.node, self.slots)
        self.outputs = {}
        for index, port in enumerate(links):
            own = NodeFile(self.prefix, index, {})
            slots = Slots(self.prefix, index, nodes, own.lock)
            outlet = Outlet(NodeFile(self.prefix, reader_index, links), port, 1)
            self.outputs[port] = RingOutput(own, slots, {"reader": outlet})
        self.links = {port: WriterLink(self.outputs[port], link) for port, link in self.inbox.links.items()}

    def __getattr__(self, name: str):
        return getattr(self.inbox, name)

    def remove(self) -> None:
        sweep(self.prefix)


@dataclass
class Node:
    """One node of a `Net` as its process has it."""

    file: NodeFile
    slots: Slots
    inbox: RingInbox
    output: RingOutput

    def get(self, timeout: float | None = 10.0) -> Message:
        got = self.inbox.get(timeout)
        assert got is not None, "nothing came"
        return got[1]

    @property
    def ring(self):
        (ring,) = self.file.rings.values()
        return ring


class Net:
    """Nodes whose packets go along `edges`; what a process needs to open its node is the net itself, pickled.

    Args:
        edges: (writer, reader) pairs of node numbers.
        config: of every link.
        max_bytes: see `Slots`.
    """

    def __init__(
        self, *edges: tuple[int, int], config: LinkConfig | None = None, max_bytes: int = 512 * 1024 * 1024
    ) -> None:
        self.prefix = run_prefix(f"test-{next(_numbers)}-")
        self.edges = edges
        self.config = config or LinkConfig()
        self.max_bytes = max_bytes
        self.count = 1 + max(map(max, edges))
        self._opened: list[NodeFile] = []
        for index in range(self.count):
            NodeFile.make(self.prefix, index, self.links(index))

    def links(self, index: int) -> dict[str, LinkConfig]:
        return {str(writer): self.config for writer, reader in self.edges if reader == index}

    def file(self, index: int) -> NodeFile:
        made = NodeFile(self.prefix, index, self.links(index))
        self._opened.append(made)
        return made

    def __getstate__(self) -> dict[str, object]:
        return {**self.__dict__, "_opened": []}

    def open(self, index: int) -> Node:
        """A node's ends, as a new process of it would open them."""
        file = self.file(index)
        made = file.words[MADE : MADE + 1]
        slots = Slots(self.prefix, index, self.count, file.lock, max_bytes=self.max_bytes, made=made)
        readers = [reader for writer, reader in self.edges if writer == index]
        outlets = {str(reader): Outlet(self.file(reader), str(index), at) for at, reader in enumerate(readers, 1)}
        return Node(file, slots, RingInbox(file, slots), RingOutput(file, slots, outlets))

    def written(self, index: int):
        """The rings that a node writes."""
        return [self.file(reader).rings[str(index)] for writer, reader in self.edges if writer == index]

    def supervisor(self) -> Slots:
        """A view of the slots that has none of its own."""
        return Slots(self.prefix, self.count, self.count, self.file(0).lock)

    def files(self) -> list[Path]:
        """The slots' files."""
        return [path for folder in {slot_folder(), disk_folder()} for path in folder.glob(f"{self.prefix}-*-s*")]

    def words(self) -> dict[str, list[int]]:
        """Every slot's words, by the end of its file's name: owner, `-s`, number."""
        found = {}
        for path in self.files():
            if path.stat().st_size < PAGE:
                continue  # its owner was killed before it gave it room; the next one removes it
            words = memoryview(open_file(path, PAGE))[: self.count * 8].cast("Q")
            found[path.name.removeprefix(f"{self.prefix}-")] = list(words)
        return found

    def waiting_references(self, index: int) -> Counter[str]:
        """How often the cells in front of a node name each slot."""
        cells = [cell for ring in self.file(index).rings.values() for cell in ring.references()]
        return Counter(f"{owner}-s{number}" for owner, number in cells)

    def remove(self) -> None:
        sweep(self.prefix)
        for file in self._opened:
            for handle in (file.lock, file.bell, *file.room_bells.values()):
                handle.close()
        self._opened.clear()


def numbered(seq: int, data) -> Packet:
    return Packet(data, seq, stream="in", seq=seq)


def frame(seq: int, size: int = 20_000) -> Packet:
    """A packet too large for a cell, full of its own number."""
    return numbered(seq, np.full(size, seq % 256, np.uint8))


def eventually(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.002)


# What runs in processes that tests kill. Each says by `up` that it has begun.


def write_on(net: Net, index: int, up, count: int, size: int) -> None:
    """Write what readers have not been sent, up to `count` packets, then the end."""
    node = net.open(index)
    up.set()
    for seq in range(node.output.next_seq(), count):
        node.output.send(frame(seq, size))
    node.output.send(End())


def _packets(node: Node) -> Iterator[Packet]:
    """What comes, checked: the bytes, and that none is missing; across the node's processes too."""
    meter, expected = node.file.meter, None
    while not isinstance(message := node.get(None), End):
        assert isinstance(message, Packet) and (message.data == message.seq % 256).all()
        assert message.seq == expected or (expected is None and message.seq <= meter.get("handled"))
        expected = message.seq + 1
        yield message
        meter.set("handled", max(expected, meter.get("handled")))
        del message
        node.inbox.done()


def forward(net: Net, index: int, up) -> None:
    """Send on what comes, under the number that it had."""
    node = net.open(index)
    up.set()
    for message in _packets(node):
        node.output.send(message)
        del message
    node.output.send(End())


def keep(net: Net, index: int, up, held: int) -> None:
    """Read on, looking at the last few packets."""
    node = net.open(index)
    up.set()
    kept: list[Packet] = []
    for message in _packets(node):
        kept = [*kept, message][-held:]
        assert all((packet.data == packet.seq % 256).all() for packet in kept)


def take_and_stay(net: Net, index: int, up, count: int) -> None:
    """Take some packets and deal with none."""
    node = net.open(index)
    kept = [node.get(None) for _ in range(count)]
    up.set()
    time.sleep(600)
    del kept


def hold_lock(net: Net, index: int, up) -> None:
    """Take a node's lock and keep it."""
    with net.file(index).lock:
        up.set()
        time.sleep(600)


def fan(readers: int, config: LinkConfig | None = None, **options):
    """A writer, its readers, and the net that they are of."""
    net = Net(*[(0, reader) for reader in range(1, readers + 1)], config=config, **options)
    return net, net.open(0), [net.open(reader) for reader in range(1, readers + 1)]


def used(net: Net) -> int:
    """References that nodes other than the writer have."""
    return sum(sum(words[1:]) for words in net.words().values())


def started(act: Callable[[], object]) -> tuple[threading.Thread, list[str]]:
    outcome: list[str] = []

    def run() -> None:
        try:
            act()
            outcome.append("done")
        except Closed:
            outcome.append("closed")

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread, outcome


def waits(net: Net, thread: threading.Thread) -> None:
    """Let a thread come to wait for room."""
    meter = net.file(0).meter
    eventually(lambda: bool(meter.get("blocked_since_ns")))
    thread.join(0.02)
    assert thread.is_alive()


class Poison:
    """Pickles, and cannot be unpickled."""

    def __init__(self, size: int) -> None:
        self.array = np.zeros(size, np.uint8)

    def __reduce__(self):
        return _explode, (self.array,)


def _explode(array):
    raise ImportError("no such module here")


class Crew:
    """Processes of a net's nodes."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.context = multiprocessing.get_context("forkserver")
        self.processes: dict[int, multiprocessing.process.BaseProcess] = {}

    def start(self, index: int, work, *arguments) -> None:
        up = self.context.Event()
        process = self.context.Process(target=work, args=(self.net, index, up, *arguments), daemon=True)
        process.start()
        self.processes[index] = process
        assert up.wait(30)

    def kill(self, index: int) -> None:
        process = self.processes[index]
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)

    def end(self) -> None:
        for process in self.processes.values():
            process.kill()
            process.join(10)

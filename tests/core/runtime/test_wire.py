from __future__ import annotations

import gc
import logging
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client

import numpy as np
import pytest
import torch

from wugan import LinkConfig, Packet
from wugan.errors import DataError
from wugan.runtime.link import Closed, End, Inbox, Undelivered, Watermark
from wugan.runtime.slots import SlotPool, run_prefix, slot_folder, sweep
from wugan.runtime.wire import Dock, Wire, WireOutput, new_key

KEY = b"k" * 32


class Rig:
    """A writer's output and readers' docks in one process; what crosses is the same as between two."""

    def __init__(self, max_bytes: int = 2**26) -> None:
        self.prefix = run_prefix(secrets.token_hex(3))
        self.pool = SlotPool(f"{self.prefix}-w", max_bytes)
        self.output = WireOutput(self.pool)
        self.docks: list[Dock] = []

    def reader(self, config: LinkConfig = LinkConfig()) -> Inbox:  # noqa: B008 (it is frozen)
        inbox = Inbox({"in": config})
        dock = Dock(inbox, f"{self.prefix}-{len(self.docks)}", KEY)
        self.docks.append(dock)
        self.output.wires.append(Wire(dock.address, "in", KEY, config, self.pool))
        return inbox

    def files(self) -> list[str]:
        return [path.name for path in slot_folder().glob(f"{self.prefix}-w*")]

    def close(self) -> None:
        self.output.close()
        for dock in self.docks:
            dock.close()
        sweep(self.prefix)


@pytest.fixture
def rig():
    made = Rig()
    yield made
    made.close()


def array(seq: int, size: int = 20_000) -> Packet[np.ndarray]:
    return Packet("s", seq, seq, np.full(size, seq, np.float32))


def receive(inbox: Inbox):
    got = inbox.get(timeout=10)
    assert got is not None, "nothing came"
    return got[1]


def eventually(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.005)


def test_what_crosses_arrives_in_order_and_equal(rig):
    inbox = rig.reader()
    sent = [array(0), Packet("s", 1, 5, {"words": ["a"]}, {"k": 1}), Watermark(7.5), End()]
    for message in sent:
        rig.output.send(message)
    first, second, third, fourth = (receive(inbox) for _ in sent)
    np.testing.assert_array_equal(first.data, sent[0].data)
    assert (second, third, fourth) == tuple(sent[1:])


def test_large_arrays_use_one_slot_for_all_readers_and_arrive_read_only(rig):
    one, two = rig.reader(), rig.reader()
    rig.output.send(array(3))
    first, second = receive(one).data, receive(two).data
    assert len(rig.files()) == 1
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1
    (slot,) = rig.pool._slots.values()
    slot.memory[0:4] = np.float32(9).tobytes()
    assert first[0] == second[0] == 9  # both look at the writer's memory


def test_small_data_uses_no_slot(rig):
    inbox = rig.reader()
    rig.output.send(Packet("s", 0, 0, np.zeros(10)))
    receive(inbox)
    assert rig.files() == []


def test_slots_are_used_again_as_readers_let_go(rig):
    inbox = rig.reader()
    for seq in range(50):
        rig.output.send(array(seq))
        message = receive(inbox)
        assert message.data[0] == seq
        del message
        eventually(lambda: not any(slot.readers for slot in rig.pool._slots.values()))
    assert len(rig.files()) == 1


def test_dropped_packets_give_their_slots_back(rig):
    inbox = rig.reader(LinkConfig(policy="latest"))
    for seq in range(200):
        rig.output.send(array(seq))
    eventually(lambda: inbox.links["in"].received == 200)
    assert receive(inbox).data[0] == 199
    gc.collect()
    eventually(lambda: not any(slot.readers for slot in rig.pool._slots.values()))
    assert inbox.links["in"].dropped == 199


def test_a_reader_that_keeps_everything_gets_the_rest_inline():
    rig = Rig(max_bytes=3 * 2**17)
    try:
        inbox = rig.reader(LinkConfig(capacity=100))
        for seq in range(20):
            rig.output.send(array(seq))
        kept = [receive(inbox).data for _ in range(20)]
        assert len(rig.files()) == 3
        assert [int(data[0]) for data in kept] == list(range(20))
        assert all((data == data[0]).all() for data in kept)
    finally:
        rig.close()


def test_block_bounds_what_is_under_way_in_items_and_bytes(rig):
    for config, room in ((LinkConfig(capacity=2), 2), (LinkConfig(max_bytes=250_000), 3)):
        rig.output.wires.clear()
        inbox = rig.reader(config)
        sent: list[int] = []

        def write(sent=sent):
            for seq in range(6):
                rig.output.send(array(seq))  # 80 kB
                sent.append(seq)

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        eventually(lambda sent=sent, room=room: len(sent) == room)
        writer.join(0.1)
        assert len(sent) == room
        assert [receive(inbox).seq for _ in range(6)] == list(range(6))
        writer.join(5)
        assert not writer.is_alive()


def test_a_wire_that_is_cut_wakes_the_blocked_writer_and_ends_the_stream(rig):
    inbox = rig.reader(LinkConfig(capacity=1))
    rig.output.send(array(0))
    outcome = []

    def write():
        try:
            rig.output.send(array(1))
        except Closed:
            outcome.append("closed")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(0.05)
    rig.output.close()
    writer.join(5)
    assert outcome == ["closed"]
    assert receive(inbox).seq == 0  # what was under way is still drained
    assert isinstance(receive(inbox), End)


def test_a_reader_that_closes_frees_a_writer_that_waits_for_it(rig):
    inbox = rig.reader(LinkConfig(capacity=1))
    rig.output.send(array(0))
    outcome = []

    def write():
        try:
            rig.output.send(array(1))
        except Closed:
            outcome.append("closed")

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(0.05)
    inbox.close()  # as a stage does that has failed
    writer.join(5)
    assert outcome == ["closed"]


def test_one_reader_that_is_gone_does_not_stop_the_other(rig):
    gone, other = rig.reader(), rig.reader()
    gone.close()
    seq = 0
    while len(rig.output.wires) == 2 or seq < 5:
        rig.output.send(array(seq))
        assert receive(other).seq == seq
        seq += 1


READER = """
import os, sys, time
from wugan.runtime.link import Inbox, LinkConfig
from wugan.runtime.wire import Dock
inbox = Inbox({"in": LinkConfig()})
dock = Dock(inbox, sys.argv[1], b"k" * 32)
print("up", flush=True)
held = []
while True:
    held.append(inbox.get(None))
    print(len(held), flush=True)
"""


def test_a_reader_that_is_killed_leaks_no_slot(rig):
    name = f"{rig.prefix}-child"
    child = subprocess.Popen([sys.executable, "-c", READER, name], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "up\n"
        config = LinkConfig()
        rig.output.wires.append(Wire(str(slot_folder() / f"{name}.sock"), "in", KEY, config, rig.pool))
        for seq in range(4):
            rig.output.send(array(seq))
        for count in range(4):
            assert child.stdout.readline() == f"{count + 1}\n"
        assert len(rig.files()) == 4  # it holds them all
        os.kill(child.pid, signal.SIGKILL)
        eventually(lambda: rig.files() == [])
        with pytest.raises(Closed):
            for seq in range(100):
                rig.output.send(array(seq))
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def test_a_wrong_key_is_refused_and_the_dock_goes_on(rig, caplog):
    inbox = rig.reader()
    with caplog.at_level(logging.WARNING), pytest.raises(AuthenticationError):
        Client(rig.docks[0].address, family="AF_UNIX", authkey=new_key())
    eventually(lambda: "a wire was refused" in caplog.text)
    rig.output.send(array(1))
    assert receive(inbox).seq == 1
    rig.output.wires.append(Wire(rig.docks[0].address, "in", KEY, LinkConfig(), rig.pool))  # and takes new wires


def test_tensors_cross(rig):
    inbox = rig.reader()
    tensor = torch.arange(10_000.0).reshape(100, 100)
    rig.output.send(Packet("s", 0, 0, {"image": tensor}))
    image = receive(inbox).data["image"]
    assert torch.equal(image, tensor)
    assert len(rig.files()) == 1
    image += 1  # its own
    assert torch.equal(tensor, torch.arange(10_000.0).reshape(100, 100))


def test_what_cannot_be_pickled_is_refused_before_it_costs_anything(rig):
    inbox = rig.reader(LinkConfig(capacity=1))
    with pytest.raises(DataError, match=r"lock of stream 's' cannot go to another process.*plain data"):
        rig.output.send(Packet("s", 0, 0, threading.Lock()))
    rig.output.send(array(1))  # there is still room
    assert receive(inbox).seq == 1


class Poison:
    """Pickles, and cannot be unpickled."""

    def __reduce__(self):
        return _explode, ()


def _explode():
    raise ImportError("no such module here")


def test_what_cannot_be_unpickled_says_so_and_the_stream_goes_on(rig):
    inbox = rig.reader()
    rig.output.send(Packet("s", 0, 0, Poison()))
    rig.output.send(array(1))
    lost = receive(inbox)
    assert isinstance(lost.data, Undelivered) and "no such module" in str(lost.data.error)
    assert receive(inbox).seq == 1


def test_closing_docks_leaves_no_socket_and_no_thread():
    before = set(threading.enumerate())
    rig = Rig()
    inbox = rig.reader()
    rig.output.send(array(1))
    receive(inbox)
    ours = set(threading.enumerate()) - before
    assert len(ours) >= 4
    rig.close()
    assert not list(slot_folder().glob(f"{rig.prefix}*"))
    eventually(lambda: not any(thread.is_alive() for thread in ours))

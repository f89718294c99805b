"""`Ring`: a link between processes, in shared memory; `NodeFile`: a node's counters and the rings of its ports.

A node file is made by the run's owner and outlives the processes of its node, so that a new process finds what the
killed one had taken and not dealt with. All that it holds is changed under the node's lock; a change becomes visible
by its last store, so that a writer killed half-way leaves nothing half-done.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wugan.options import LinkConfig
from wugan.runtime.links.shared import Bell, FileLock, create_file, open_file, slot_folder
from wugan.runtime.links.slots import PAGE, Slot, Slots, slot_path
from wugan.runtime.node.meter import LinkMeter, Meter

# Words of a node, then of each ring.
CLOSED, FLUSHES, READER_WAITS, MADE, JOURNAL, NODE_WORDS = 0, 1, 2, 3, 4, 16
HEAD, READ, TAIL, BYTES, ENDED, NEXT_SEQ, WRITER_WAITS, MARK_AT, MARK_TIME, ATTEMPTS, FLYING = range(11)
RING_WORDS = 16

# put_ns, entered_ns, size, seq, head's bytes, slot's owner + 1, slot's number, kind, void, buffers
CELL = struct.Struct("<QQQQIIIBBH")
VOID = 45  # where a cell says that it is void: one byte, so that a single store changes it
PART = struct.Struct("<QQ")  # a buffer's offset in the slot, and its length
FLIGHT = 64  # packets that may be taken and not dealt with, beside those that wait
MEMORY = 16 * 1024 * 1024  # of one ring, where its capacity is large
_DOUBLE, _U64 = struct.Struct("<d"), struct.Struct("<Q")


@dataclass(slots=True)
class Packed:
    """A packet as its cells hold it.

    Attributes:
        kind: see `packing`.
        head: what is pickled.
        buffers: its bytes, where they travel inside the cell.
        layout: (offset, length) of each buffer.
        slot: (owner, number) of the slot that its bytes lie in, if they do.
        size: its payload's bytes, by which a link is bounded.
        seq: its number; a link takes each only once.
        entered_ns: see `wugan.Packet`.
    """

    kind: int
    head: bytes
    buffers: Sequence[Any]
    layout: Sequence[tuple[int, int]]
    slot: tuple[int, int] | None
    size: int
    seq: int
    entered_ns: int


@dataclass(slots=True)
class Cell:
    """What a ring gives: a packed packet with its slot, or a word on time (`mark`), or the end (neither)."""

    kind: int = 0
    head: bytes = b""
    buffers: Sequence[Any] = ()  # inline
    layout: Sequence[tuple[int, int]] = ()
    owner: int = -1
    slot: int = 0
    size: int = 0
    seq: int = 0
    entered_ns: int = 0
    mark: float | None = None
    end: bool = False


def _to_word(value: float) -> int:
    return int(_U64.unpack(_DOUBLE.pack(value))[0])


def _from_word(word: int) -> float:
    return float(_DOUBLE.unpack(_U64.pack(word))[0])


class Ring:
    """One port's cells. Every method is called under the node's lock, unless it says otherwise.

    Cells from `HEAD` to `READ` are taken and not dealt with (`block` only: other policies deal with loss by counting
    it), those from `READ` to `TAIL` wait.
    """

    def __init__(self, config: LinkConfig, memory: memoryview, file: NodeFile, number: int) -> None:
        self.config = config
        self.file = file
        self.number = number
        self.blocks = config.policy == "block"
        self.words = memory[: RING_WORDS * 8].cast("Q")
        self.meter = LinkMeter(memory[RING_WORDS * 8 :])
        self.count, self.cell_bytes = cells(config)
        self.cells = memory[_cells_start() :]
        self.room = self.cell_bytes - CELL.size

    def full(self, size: int) -> bool:
        """Whether a packet of `size` bytes has no room."""
        words = self.words
        tail = words[TAIL]
        return self.config.full(tail - words[READ], words[BYTES], size) or tail - words[HEAD] >= self.count

    def put(self, packed: Packed, slot: Slot | None = None) -> None:
        """Write a cell, and add a reference to its slot. The caller knows that there is room."""
        words, cells = self.words, self.cells
        tail = words[TAIL]
        at = (tail % self.count) * self.cell_bytes
        owner, number = (packed.slot[0] + 1, packed.slot[1]) if packed.slot else (0, 0)
        head, layout = packed.head, packed.layout
        about = (packed.entered_ns, packed.size, packed.seq, len(head), owner, number, packed.kind, 0, len(layout))
        CELL.pack_into(cells, at, time.monotonic_ns(), *about)
        at += CELL.size
        for offset, length in layout:
            PART.pack_into(cells, at, offset, length)
            at += PART.size
        end = at + len(head)
        cells[at:end] = head
        for buffer in packed.buffers:
            at, end = end, end + buffer.nbytes
            cells[at:end] = buffer
        words[BYTES] += packed.size  # before the cell is there, since the reader must not take off more than there is
        if slot is not None:
            self.file.journal.begin(self.number, tail, slot, 1)
        words[TAIL] = tail + 1  # from here on it is there; what follows, `repair` can tell by the cells
        if slot is not None:
            self.file.journal.end()
        words[NEXT_SEQ] = packed.seq + 1
        self.meter.words[0] += 1

    def refuse(self, seq: int) -> None:
        """Count a packet as one that came and was dropped."""
        self.words[NEXT_SEQ] = seq + 1
        self.meter.words[0] += 1
        self.meter.words[2] += 1

    def take(self, wanted: bool) -> Cell | None:
        """The next cell, word on time, or end; `None` where there is none, or only packets and none is wanted."""
        words = self.words
        while True:
            read, tail = words[READ], words[TAIL]
            if words[MARK_AT] and read >= words[MARK_AT] - 1:
                words[MARK_AT] = 0
                return Cell(mark=_from_word(words[MARK_TIME]))
            if read == tail:
                return Cell(end=True) if words[ENDED] else None
            start = (read % self.count) * self.cell_bytes
            put_ns, entered_ns, size, seq, length, owner, number, kind, void, count = CELL.unpack_from(
                self.cells, start
            )
            if void:
                self._pass(read, void=True)
                continue
            if not wanted:
                return None
            break
        at = start + CELL.size
        cells = self.cells
        layout = []
        for _ in range(count):
            layout.append(PART.unpack_from(cells, at))
            at += PART.size
        head = bytes(cells[at : at + length])
        buffers = []
        if not owner:
            at += length
            for _, nbytes in layout:
                buffers.append(bytes(cells[at : at + nbytes]))
                at += nbytes
        words[FLYING] += 1
        self._pass(read)
        words[BYTES] -= size
        now = time.monotonic_ns()
        self.meter.took(now - put_ns, now - (entered_ns or now))
        return Cell(kind, head, buffers, layout, owner - 1, number, size, seq, entered_ns)

    def _pass(self, read: int, void: bool = False) -> None:
        """Go on to the next cell; one that was taken keeps its place under `block` until it is dealt with."""
        words = self.words
        words[READ] = read + 1
        if not self.blocks or (void and words[HEAD] == read):
            words[HEAD] = read + 1

    def done(self) -> None:
        """What was taken is dealt with."""
        words = self.words
        words[HEAD] = words[READ]
        words[ATTEMPTS] = words[FLYING] = 0

    def drop_oldest(self, slots: Slots, node: int) -> None:
        """Drop the first packet that waits. The caller knows that there is one."""
        words = self.words
        while words[READ] < words[TAIL]:
            read = words[READ]
            dropped = self._void(read, slots, node)
            self._pass(read, void=True)
            if dropped:
                self.meter.words[2] += 1
                return

    def _void(self, position: int, slots: Slots, node: int) -> bool:
        """End a waiting cell's reference and mark it as not to be read; false if it was so before."""
        start = (position % self.count) * self.cell_bytes
        _, _, size, _, _, owner, number, _, void, _ = CELL.unpack_from(self.cells, start)
        if void:
            return False
        if owner:
            self.file.journal.begin(self.number, position, slots.slot(owner - 1, number), -1)
        self.cells[start + VOID] = 1
        if owner:
            self.file.journal.end()
        self.words[BYTES] -= size
        return True

    def changed(self, position: int, void: bool) -> bool:
        """Whether a cell is there and, or else is not, void."""
        start = (position % self.count) * self.cell_bytes
        return bool(self.words[TAIL] > position and bool(self.cells[start + VOID]) == void)

    def flush(self, slots: Slots, node: int) -> int:
        """Drop every packet that waits; returns how many."""
        before = self.meter.words[2]
        while self.words[READ] < self.words[TAIL]:
            self.drop_oldest(slots, node)
        return self.meter.words[2] - before

    def mark(self, time_ns: float) -> None:
        """Say that no packet before this time will follow; a newer word replaces an older one."""
        self.words[MARK_AT] = self.words[TAIL] + 1  # first: the new time must not be told at the old place
        self.words[MARK_TIME] = _to_word(time_ns)

    def references(self) -> list[tuple[int, int]]:
        """(owner, number) of the slot of every cell in flight or waiting."""
        found = []
        for position in range(self.words[HEAD], self.words[TAIL]):
            start = (position % self.count) * self.cell_bytes
            _, _, _, _, _, owner, number, _, void, _ = CELL.unpack_from(self.cells, start)
            if owner and not void:
                found.append((owner - 1, number))
        return found

    def repair(self) -> None:
        """Make the counters fit the cells again, after a process was killed that may have been changing them."""
        words, meter = self.words, self.meter
        if words[TAIL]:
            start = ((words[TAIL] - 1) % self.count) * self.cell_bytes
            words[NEXT_SEQ] = max(words[NEXT_SEQ], CELL.unpack_from(self.cells, start)[3] + 1)
        sizes = [
            CELL.unpack_from(self.cells, (position % self.count) * self.cell_bytes)[2::6]
            for position in range(words[READ], words[TAIL])
        ]
        words[BYTES] = sum(size for size, void in sizes if not void)
        waiting = sum(not void for _, void in sizes)
        meter.set("in", words[TAIL])
        meter.set("out", max(0, words[TAIL] - meter.get("dropped") - waiting))

    def rewind(self) -> tuple[int, int]:
        """After its reader was killed: how many packets, taken and not dealt with, will be given again and are lost."""
        words, again, flying = self.words, 0, self.words[FLYING]
        words[FLYING] = 0
        if not self.blocks:
            words[HEAD] = words[READ]
            return 0, flying
        for position in range(words[HEAD], words[READ]):
            _, _, size, _, _, _, _, _, void, _ = CELL.unpack_from(self.cells, (position % self.count) * self.cell_bytes)
            if not void:
                again += 1
                words[BYTES] += size
        words[READ] = words[HEAD]
        self.meter.words[1] -= again
        words[ATTEMPTS] += 1 if again else 0
        return again, 0

    def release(self) -> None:
        """Let go of the memory."""
        for view in (self.words, self.meter.words, self.cells):
            view.release()

    def stats(self) -> dict[str, Any]:
        """See `LinkMeter.stats`. Needs no lock."""
        meter = self.meter
        meter.set("waiting", max(0, meter.get("in") - meter.get("out") - meter.get("dropped")))  # without what is void
        meter.set("bytes", self.words[BYTES])
        return meter.stats()


def cells(config: LinkConfig) -> tuple[int, int]:
    """How many cells a ring has, and their size: large enough for 4 KB arrays, unless there are very many."""
    count = config.limit + (FLIGHT if config.policy == "block" else 1)
    size = min(8192, max(512, MEMORY // count))
    return count, size // 64 * 64


def _cells_start() -> int:
    return -(-(RING_WORDS * 8 + LinkMeter.nbytes) // 64) * 64


def _ring_bytes(config: LinkConfig) -> int:
    count, size = cells(config)
    return -(-(_cells_start() + count * size) // 4096) * 4096


class NodeFile:
    """A node's shared file as one process sees it: its lock, counters, rings and bells.

    Args:
        prefix: start of the run's file names.
        index: the node's number in the run.
        links: the configuration of each port's ring.
    """

    def __init__(self, prefix: str, index: int, links: Mapping[str, LinkConfig]) -> None:
        path = slot_folder() / f"{prefix}-{index}"
        self.index = index
        self.lock = FileLock(path)
        self.memory = memoryview(open_file(path))
        self.words = self.memory[: NODE_WORDS * 8].cast("Q")
        self.journal = Journal(self.words[JOURNAL : JOURNAL + JOURNAL_WORDS], prefix, index)
        self.meter = Meter(self.memory[NODE_WORDS * 8 :])
        self.bell = Bell(path.with_name(f"{path.name}.bell"))
        self.rings: dict[str, Ring] = {}
        self.room_bells: dict[str, Bell] = {}
        start = _node_bytes()
        for number, (port, config) in enumerate(links.items()):
            end = start + _ring_bytes(config)
            self.rings[port] = Ring(config, self.memory[start:end], self, number)
            self.room_bells[port] = Bell(path.with_name(f"{path.name}.room{number}"))
            start = end
        self.lock.taken = self._mend

    def _mend(self) -> None:
        if self.journal.open:
            rings = list(self.rings.values())
            self.journal.mend(lambda ring, position, void: rings[ring].changed(position, void))

    @staticmethod
    def make(prefix: str, index: int, links: Mapping[str, LinkConfig]) -> None:
        """Make the file and its bells. Raises `OSError` where shared memory has no room."""
        path = slot_folder() / f"{prefix}-{index}"
        create_file(path, _node_bytes() + sum(_ring_bytes(config) for config in links.values())).close()
        Bell.make(path.with_name(f"{path.name}.bell"))
        for number in range(len(links)):
            Bell.make(path.with_name(f"{path.name}.room{number}"))

    def change(self, act: Callable[[], Any]) -> Any:
        """Do something to all rings under the lock, then wake whoever may wait on either side."""
        with self.lock:
            result = act()
        self.bell.ring()
        for bell in self.room_bells.values():
            bell.ring()
        return result

    def close(self) -> None:
        """End what waits on either side, for good."""
        self.change(lambda: self.words.__setitem__(CLOSED, 1))

    def flush(self, slots: Slots) -> int:
        """Drop what waits on every port; returns how many packets. See `Inbox.flush`."""

        def act() -> int:
            self.words[FLUSHES] += 1
            return sum(ring.flush(slots, self.index) for ring in self.rings.values())

        return int(self.change(act))

    def stats(self) -> dict[str, Any]:
        """The node's counters and its links'."""
        links = {port: ring.stats() for port, ring in self.rings.items()}
        return {**self.meter.stats(), "links": links}

    def release(self) -> None:
        """Let go of file, lock and bells."""
        for ring in self.rings.values():
            ring.release()
        self.journal.release()
        self.words.release()
        self.meter.release()
        self.memory.release()
        self.lock.close()
        for bell in (self.bell, *self.room_bells.values()):
            bell.close()


def _node_bytes() -> int:
    return -(-(NODE_WORDS * 8 + Meter.nbytes) // 4096) * 4096


RING, SLOT, AT, BEFORE, AFTER, JOURNAL_WORDS = range(6)


class Journal:
    """A few words of a node's file, used under its lock.

    A packet that enters a ring, or is dropped from it, changes a cell and the node's word in a slot. No single store
    does both, and a process killed between the two would leave a slot that is never free, or free too soon.

    Args:
        words: `JOURNAL_WORDS` words of zeros.
        prefix: start of the run's file names.
        index: the node's number.
    """

    def __init__(self, words: memoryview, prefix: str, index: int) -> None:
        self._words = words
        self._prefix = prefix
        self._index = index

    def begin(self, ring: int, at: int, slot: Slot, change: int) -> None:
        """Change a slot's word, together with the cell `at` this position of a ring, which is to change next."""
        words, before = self._words, slot.words[self._index]
        words[SLOT] = slot.owner << 32 | slot.number
        words[AT], words[BEFORE], words[AFTER] = at, before, before + change
        words[RING] = ring + 1  # from here on it counts
        slot.words[self._index] = before + change

    def end(self) -> None:
        """The cell has changed too."""
        self._words[RING] = 0

    @property
    def open(self) -> bool:
        """Whether a process was killed between the two; asked at once when the lock is taken."""
        return bool(self._words[RING])

    def mend(self, changed: Callable[[int, int, bool], bool]) -> None:
        """Set the slot's word to what the cell says.

        Args:
            changed: of a ring's number and a position, whether that cell was put, or (true) made void.
        """
        words = self._words
        owner, number = divmod(words[SLOT], 1 << 32)
        done = changed(words[RING] - 1, words[AT], words[AFTER] < words[BEFORE])
        try:
            page = open_file(slot_path(self._prefix, owner, number), PAGE)
        except OSError:
            pass  # its owner has removed it
        else:
            memoryview(page).cast("Q")[self._index] = words[AFTER] if done else words[BEFORE]
        words[RING] = 0

    def release(self) -> None:
        """Let go of the memory."""
        self._words.release()

"""Shared-memory slots: payload bytes that several processes of one machine read without a copy.

A slot is a file: a page of words, one for each node of the run, then the bytes. A node's word counts the references
that the node has: packets in front of it and arrays that view the slot in its process. It is changed only under that
node's lock, so that the references of a killed node can be counted anew from what waits in front of it. A slot whose
words are all zero may be written again, by its owner alone.

Packets move from nodes to later ones, and a reference is added at the reader before it ends at the writer. So whoever
reads the words in the nodes' order cannot miss a reference on its way; with replicas, whose answers go back to their
coordinator, one more pass for each finds it.
"""

from __future__ import annotations

import logging
import mmap
import threading
import weakref
from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from wugan.errors import DataError
from wugan.runtime.links.shared import FileLock, create_file, disk_folder, open_file, slot_folder

log = logging.getLogger(__name__)

PAGE = 4096
ALIGN = 64
MAX_NODES = PAGE // 8
ON_DISK = 1 << 30  # in a slot's number: there was no room in memory
EXTRA = 1 << 29  # in a slot's number: over the owner's budget; readers copy and let go


def slot_path(prefix: str, owner: int, number: int) -> Path:
    """A slot's file."""
    folder = disk_folder() if number & ON_DISK else slot_folder()
    return folder / f"{prefix}-{owner}-s{number}"


class Slot:
    """One slot as a process sees it."""

    def __init__(self, owner: int, number: int, path: Path, page: mmap.mmap, nodes: int) -> None:
        self.owner = owner
        self.number = number
        self.path = path
        self.page = page
        self.words = memoryview(page)[: nodes * 8].cast("Q")
        self.bytes: np.ndarray[Any, Any] | None = None  # what follows the page
        self.start = 0  # address of `bytes`
        self.listed = False  # where `Slots.find` looks
        self.capacity = 0

    def map(self, whole: mmap.mmap) -> None:
        """Give it its bytes: all after the page."""
        self.bytes = np.frombuffer(whole, np.uint8)[PAGE:]
        self.capacity = len(self.bytes)
        self.start = int(self.bytes.__array_interface__["data"][0])

    def free(self, passes: int) -> bool:
        """Whether no node has a reference; see the module."""
        for _ in range(passes):
            for word in self.words:
                if word:
                    return False
        return True


class _Watch(weakref.ref[Any]):
    """Tells when the last array over a slot is gone."""

    __slots__ = ("slot",)
    slot: Slot


class Slots:
    """The slots that one node writes, and those of others that it reads.

    Args:
        prefix: start of the run's file names.
        index: the node's number in the run: the file names of its own slots, and its word in every slot.
        nodes: how many nodes the run has.
        lock: the node's lock.
        passes: how often words are read before a slot is taken for free: 1, and 1 more for each replicated node.
        max_bytes: what its own slots may hold together. Beyond it, readers are made to copy.
        made: a word of the node's file that counts the slots made, so that a new process of the node gives none a
            number by which a reader still knows one that is gone.
    """

    def __init__(
        self,
        prefix: str,
        index: int,
        nodes: int,
        lock: FileLock,
        passes: int = 1,
        max_bytes: int = 512 * 1024 * 1024,
        made: memoryview | None = None,
    ) -> None:
        self.prefix = prefix
        self.index = index
        self.nodes = nodes
        self.max_bytes = max_bytes
        self._lock = lock
        self._passes = passes
        self._own: dict[int, Slot] = {}
        self._made = memoryview(bytearray(8)).cast("Q") if made is None else made
        self._others: dict[tuple[int, int], Slot] = {}
        self._starts: list[int] = []  # addresses of slots that arrays of ours may lie in, in order, with the slots
        self._mapped: list[Slot] = []
        self._watches: dict[int, _Watch] = {}
        self._gone: deque[Slot] = deque()  # to be released; filled by the garbage collector, which may take no lock
        self._warned = False
        self._writing = threading.Lock()
        self._adopt()

    def _adopt(self) -> None:
        """Take over what a killed process of this node has made."""
        for folder in (slot_folder(), disk_folder()):
            for path in folder.glob(f"{self.prefix}-{self.index}-s*"):
                number = int(path.name.rpartition("-s")[2])
                if number in self._own:
                    continue
                if path.stat().st_size <= PAGE:  # killed before it had its room
                    path.unlink()
                    continue
                slot = Slot(self.index, number, path, open_file(path, PAGE), self.nodes)
                slot.map(open_file(path))
                self._own[number] = slot
                self._made[0] = max(self._made[0], (number & (EXTRA - 1)) + 1)

    def path(self, owner: int, number: int) -> Path:
        """A slot's file."""
        return slot_path(self.prefix, owner, number)

    def write(self, buffers: Sequence[memoryview]) -> tuple[Slot, list[tuple[int, int]]]:
        """Copy buffers into a free slot, with a reference of ours to it; end it with `unhold`.

        Returns:
            The slot and each buffer's (offset, length).

        Raises:
            DataError: neither memory nor disk has room.
        """
        layout, end = [], 0
        for buffer in buffers:
            layout.append((end, buffer.nbytes))
            end += -(-buffer.nbytes // ALIGN) * ALIGN
        slot = self._take(end)
        assert slot.bytes is not None
        for (offset, length), buffer in zip(layout, buffers, strict=True):
            slot.bytes[offset : offset + length] = np.frombuffer(buffer, np.uint8)
        return slot, layout

    def empty(self, nbytes: int) -> np.ndarray[Any, Any]:
        """Bytes to be written, which lie in a slot of ours: a packet that holds them takes no copy.

        Raises:
            DataError: neither memory nor disk has room.
        """
        slot = self._take(nbytes)
        self._list(slot)
        return self._watched(slot)[:nbytes]

    def _take(self, size: int) -> Slot:
        """A free slot, with a reference of ours to it."""
        with self._writing:  # a device may fill its arrays in another thread than the one that sends
            slot = self._free(size)
            self.hold(slot)
        return slot

    def hold(self, slot: Slot) -> None:
        """Add a reference of ours."""
        with self._lock:
            slot.words[self.index] += 1

    def unhold(self, slot: Slot) -> None:
        """End a reference of ours."""
        with self._lock:
            slot.words[self.index] -= 1

    def find(self, buffers: Sequence[memoryview]) -> tuple[Slot, list[tuple[int, int]]] | None:
        """The slot that these buffers lie in, from another process or from `empty`; they need no copy then."""
        if not self._starts:
            return None
        found: Slot | None = None
        layout = []
        for buffer in buffers:
            address = int(np.frombuffer(buffer, np.uint8).__array_interface__["data"][0])
            position = bisect_right(self._starts, address) - 1
            if position < 0:
                return None
            slot = self._mapped[position]
            offset = address - slot.start
            if offset + buffer.nbytes > slot.capacity or slot.number & EXTRA or found not in (None, slot):
                return None
            found = slot
            layout.append((offset, buffer.nbytes))
        if found is None:
            return None
        self.hold(found)
        return found, layout

    def view(self, owner: int, number: int, layout: Sequence[tuple[int, int]]) -> list[np.ndarray[Any, Any]]:
        """Read-only byte arrays over a slot. The reference that came with the packet ends with the last of them."""
        slot = self.slot(owner, number)
        if slot.bytes is None:
            slot.map(open_file(slot.path, writable=False))
        self._list(slot)
        whole = self._watched(slot)
        whole.flags.writeable = False
        return [whole[offset : offset + length] for offset, length in layout]

    def _list(self, slot: Slot) -> None:
        """Let `find` know of a slot."""
        if not slot.listed:
            slot.listed = True
            place = bisect_right(self._starts, slot.start)
            self._starts.insert(place, slot.start)
            self._mapped.insert(place, slot)

    def _watched(self, slot: Slot) -> np.ndarray[Any, Any]:
        """All bytes of a slot, whose reference of ours ends with the last array that is made of them."""
        assert slot.bytes is not None
        whole: np.ndarray[Any, Any] = np.frombuffer(slot.bytes.data, np.uint8)  # the base of all that is made of it
        watch = _Watch(whole, self._let_go)
        watch.slot = slot
        self._watches[id(watch)] = watch
        return whole

    def _let_go(self, watch: _Watch) -> None:
        self._gone.append(watch.slot)
        self._watches.pop(id(watch), None)

    def slot(self, owner: int, number: int) -> Slot:
        """A slot by its owner and number."""
        if owner == self.index:
            return self._own[number]
        slot = self._others.get((owner, number))
        if slot is None:
            self._forget_removed()
            path = self.path(owner, number)
            slot = self._others[owner, number] = Slot(owner, number, path, open_file(path, PAGE), self.nodes)
        return slot

    @property
    def pending(self) -> bool:
        """Whether references wait to be ended by `settle`."""
        return bool(self._gone)

    def settle(self) -> None:
        """End the references of arrays that are gone. The caller holds our lock."""
        while self._gone:
            self._gone.popleft().words[self.index] -= 1

    def _free(self, size: int) -> Slot:
        if self.pending:
            with self._lock:
                self.settle()
        best: Slot | None = None
        for slot in list(self._own.values()):
            if slot.number & EXTRA and slot.free(self._passes):
                self._remove(slot)
            elif slot.capacity >= size and (best is None or slot.capacity < best.capacity) and slot.free(self._passes):
                best = slot
        if best is not None:
            return best
        capacity = max(64 * 1024, 1 << (size - 1).bit_length()) - PAGE
        if capacity < size:
            capacity = size
        number = self._made[0]
        if self._used() + capacity > self.max_bytes:
            for slot in list(self._own.values()):
                if slot.free(self._passes):  # too small for this payload: make room
                    self._remove(slot)
            if self._used() + capacity > self.max_bytes:
                number |= EXTRA
        return self._make(number, capacity)

    def _used(self) -> int:
        return sum(slot.capacity for slot in self._own.values() if not slot.number & EXTRA)

    def _make(self, number: int, capacity: int) -> Slot:
        for where in (0, ON_DISK):
            path = self.path(self.index, number | where)
            try:
                whole = create_file(path, PAGE + capacity)
                break
            except OSError as error:
                if not self._warned:
                    log.warning("no shared memory for %d bytes (%s): they go over the disk, slower", capacity, error)
                self._warned = True
                last = error
        else:
            raise DataError(f"no room for {capacity} bytes in shared memory or on disk: {last}") from last
        self._made[0] += 1
        slot = Slot(self.index, number | where, path, whole, self.nodes)
        slot.map(whole)
        self._own[slot.number] = slot
        return slot

    def _remove(self, slot: Slot) -> None:
        """Delete a free slot's file; what is mapped elsewhere stays until it is let go."""
        slot.path.unlink(missing_ok=True)
        del self._own[slot.number]
        self._unlist(slot)

    def _unlist(self, slot: Slot) -> None:
        if slot in self._mapped:
            place = self._mapped.index(slot)
            del self._mapped[place], self._starts[place]

    def _forget_removed(self) -> None:
        """Unmap slots of others whose files are gone."""
        for key, slot in list(self._others.items()):
            if not slot.path.exists():
                del self._others[key]
                self._unlist(slot)

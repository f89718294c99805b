"""Shared-memory slots: payload bytes that several processes of one machine read without a copy.

The writer owns the slots and counts their readers. A reader gives a slot back over its wire when the last array that
views it is gone; when the wire breaks, the writer gives up whatever that reader held (it may live on and still look
at it). Files live in `/dev/shm` (elsewhere in the temporary folder) under the run's name, so the run's owner can
remove what a killed writer left.
"""

from __future__ import annotations

import logging
import mmap
import os
import re
import tempfile
import threading
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

log = logging.getLogger(__name__)

ALIGN = 64


def slot_folder() -> Path:
    """Where slots live: memory-backed where the system has such a folder."""
    shm = Path("/dev/shm")
    return shm if shm.is_dir() and os.access(shm, os.W_OK) else Path(tempfile.gettempdir())


def run_prefix(run: str) -> str:
    """The name that all files of a run begin with; holds the owner's pid so that a later run can sweep."""
    return f"wugan-{os.getpid()}-{_pids()}-{run}"


def _pids() -> int:
    """Which numbering of processes ours is: containers may share the folder, but not their numbers."""
    try:
        return os.stat("/proc/self/ns/pid").st_ino
    except OSError:
        return 0


def sweep(prefix: str | None = None) -> int:
    """Remove the files of a run, or of every run whose owner is gone; returns how many."""
    removed = 0
    for path in slot_folder().glob("wugan-*"):
        owner = re.match(rf"wugan-(\d+)-{_pids()}-", path.name)
        abandoned = owner is not None and not alive(int(owner[1]))
        if path.name.startswith(prefix) if prefix is not None else abandoned:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def alive(pid: int) -> bool:
    """Whether a process of this machine runs (one that is dead and not yet waited for does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return not Path("/proc/self").exists()  # gone just now, unless the system has no such folder


@dataclass(slots=True, eq=False)
class Slot:
    """One shared file, mapped by its writer.

    Attributes:
        readers: who may still look at it.
        given_up: a reader was cut off and may look at it as long as it likes, so it must not be used again.
    """

    path: Path
    capacity: int
    memory: mmap.mmap
    readers: set[Any] = field(default_factory=set)
    given_up: bool = False


def _create(path: Path, size: int) -> mmap.mmap:
    """Make a file of the slot folder and map it. Raises `OSError` where there is no room."""
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(handle, 0, size)  # or a full folder would kill us with SIGBUS at the first write
        else:
            os.ftruncate(handle, size)
        return mmap.mmap(handle, size)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    finally:
        os.close(handle)


def _open(path: Path, size: int) -> mmap.mmap:
    """Map another process's file for reading."""
    handle = os.open(path, os.O_RDONLY)
    try:
        return mmap.mmap(handle, size, access=mmap.ACCESS_READ)
    finally:
        os.close(handle)


class SlotPool:
    """The slots of one writer.

    Args:
        prefix: start of the slots' file names.
        max_bytes: all slots together; beyond it `write` returns `None` and the payload travels inline.
    """

    def __init__(self, prefix: str, max_bytes: int = 512 * 1024 * 1024) -> None:
        self.prefix = prefix
        self.max_bytes = max_bytes
        self._slots: dict[str, Slot] = {}
        self._lock = threading.Lock()
        self._made = 0
        self._warned = False

    def write(
        self, buffers: Sequence[memoryview], readers: Sequence[Any]
    ) -> tuple[str, int, list[tuple[int, int]]] | None:
        """Copy buffers into a free slot for these readers.

        Returns:
            The slot's file name, its size and each buffer's (offset, length); `None` if all slots are in use or the
            system has no room for another.
        """
        layout, end = [], 0
        for buffer in buffers:
            layout.append((end, buffer.nbytes))
            end += -(-buffer.nbytes // ALIGN) * ALIGN
        with self._lock:
            slot = self._free(end)
            if slot is None:
                return None
            slot.readers = {self, *readers}  # ours too while we write, should all others be cut off meanwhile
        for (offset, length), buffer in zip(layout, buffers, strict=True):
            slot.memory[offset : offset + length] = buffer
        self.release(slot.path.name, self)
        return slot.path.name, slot.capacity, layout

    def _free(self, size: int) -> Slot | None:
        fitting = [slot for slot in self._slots.values() if not slot.readers and slot.capacity >= size]
        if fitting:
            return min(fitting, key=lambda slot: slot.capacity)
        capacity = max(64 * 1024, 1 << (size - 1).bit_length())
        if sum(slot.capacity for slot in self._slots.values()) + capacity > self.max_bytes:
            idle = [slot for slot in self._slots.values() if not slot.readers]
            for slot in idle:  # too small for this payload: make room
                self._remove(slot)
            if sum(slot.capacity for slot in self._slots.values()) + capacity > self.max_bytes:
                return None
        path = slot_folder() / f"{self.prefix}-{self._made}"
        try:
            memory = _create(path, capacity)
        except OSError as error:
            if not self._warned:
                log.warning("no shared memory for %d bytes (%s): they travel through a socket, slower", capacity, error)
            self._warned = True
            return None
        self._made += 1
        slot = self._slots[path.name] = Slot(path, capacity, memory)
        return slot

    def release(self, name: str, reader: Any) -> None:
        """A reader is done with a slot."""
        with self._lock:
            if name in self._slots:
                self._discard(self._slots[name], reader)

    def forget(self, reader: Any) -> None:
        """A reader is cut off: give up all it held. The memory is freed once that reader has let go or died."""
        with self._lock:
            for slot in list(self._slots.values()):
                if reader in slot.readers:
                    slot.given_up = True
                    self._discard(slot, reader)

    def _discard(self, slot: Slot, reader: Any) -> None:
        slot.readers.discard(reader)
        if slot.given_up and not slot.readers:
            self._remove(slot)

    def _remove(self, slot: Slot) -> None:
        slot.path.unlink(missing_ok=True)
        slot.memory.close()
        del self._slots[slot.path.name]

    def close(self) -> None:
        """Remove all files. Readers that still view one keep their mapping until they let go."""
        with self._lock:
            for slot in list(self._slots.values()):
                self._remove(slot)


class SlotReader:
    """Maps slots of other processes and tells when their last array is gone."""

    def __init__(self) -> None:
        self._maps: dict[str, mmap.mmap] = {}

    def view(
        self, name: str, size: int, layout: Sequence[tuple[int, int]], released: Callable[[], None]
    ) -> list[np.ndarray[Any, Any]]:
        """Read-only byte arrays over a slot; `released` is called when nothing views them any more."""
        if name not in self._maps:
            for old in [old for old in self._maps if not (slot_folder() / old).exists()]:
                del self._maps[old]  # its writer has removed it; arrays over it keep the memory
            self._maps[name] = _open(slot_folder() / name, size)
        whole = np.frombuffer(self._maps[name], np.uint8)
        # Every array that is unpickled from these views keeps `whole` alive through its base.
        weakref.finalize(whole, released)
        return [whole[offset : offset + length] for offset, length in layout]

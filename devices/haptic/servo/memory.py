"""`ServoMemory`: what the pipeline's process and the servo process share, without a lock that either could wait for.

Counters and flags are single aligned 64-bit words with one writer each. Everything longer goes through a `Ring`: slots
with a sequence lock (Lameter, "Effective Synchronization on Linux/NUMA Systems", 2005), numbered from 1. A writer marks
the slot with its number, fills it, marks it again; a reader takes both marks and a CRC-32 over number and content, so
that half of one and half of another record is never taken for one, also where the processor reorders stores.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wugan.devices.haptic.servo.jitter import BINS
from wugan.devices.haptic.servo.lifeline import BYTES as LIFELINE_BYTES
from wugan.devices.haptic.servo.lifeline import Lifeline
from wugan.errors import DeviceError

_MAGIC = 0x3230_4F56_5253_4757  # "WGSRVO02": another layout gets another number
_WORD = 8
_MARKS = 3 * _WORD  # a slot's two marks, and its CRC and length

STATE_SLOTS = 4096  # 4 s at 1 kHz for a reader that is late
EVENT_SLOTS = 256
PROGRAM_SLOTS = 4  # a reader that is overtaken four times in one copy takes the next one
STATE_BYTES = 512
EVENT_BYTES = 256
PROGRAM_BYTES = 4096 + _WORD  # the program and when it expires
_RINGS = ((PROGRAM_SLOTS, PROGRAM_BYTES), (STATE_SLOTS, STATE_BYTES), (EVENT_SLOTS, EVENT_BYTES))


class Word:
    """Where each 64-bit word lies. The servo writes those of the first part, the pipeline those of the second."""

    MAGIC = 0
    PID = 1  # of the servo process
    PHASE = 2  # a `Phase`
    PERIOD_NS = 3
    CYCLES = 4  # periods that began
    STATES = 5  # states that were admitted
    REJECTED = 6  # states that the guard did not believe
    COMMANDS = 7  # frames that were written
    SKIPPED = 8  # periods without a command, as the one before was not answered yet
    UNSENT = 9  # commands that were dropped because the line had not taken the one before
    TIMEOUTS = 10  # answers that did not come in time: the link was given up
    LOSSES = 11  # links lost, timeouts included
    LINKS = 12  # links made: the first one and each reconnect
    LATE_MAX_NS = 13  # greatest wake lateness
    LAST_STATE_NS = 14  # monotonic time of the newest state; 0 before the first
    LOST_NS = 15  # monotonic time of the last loss
    READY_NS = 16  # monotonic time since which the link is ready
    PROGRAM = 17  # number of the program in force; 0 is none
    OVERRUNS = 18  # periods that were skipped because the one before took too long
    ESTOPPED = 19  # number of the emergency stop that the servo has carried out

    ESTOP = 32  # raised by one for each emergency stop
    RELEASE = 33  # the emergency stop that a person has released

    COUNT = 40


class Ring:
    """Records of up to `size` bytes in `slots` places; the oldest is overwritten. One writer, any number of readers.

    Args:
        memory: where it lies, `Ring.bytes_for(slots, size)` long, aligned to 8 bytes, zeros at first.
        slots: how many records there is room for.
        size: greatest length of one.
    """

    def __init__(self, memory: memoryview, slots: int, size: int) -> None:
        self.slots = slots
        self.size = size
        self._stride = (_MARKS + size + _WORD - 1) // _WORD * _WORD
        self._bytes = memory
        self._words = memory.cast("Q")

    @staticmethod
    def bytes_for(slots: int, size: int) -> int:
        """Bytes that such a ring takes: the number of the newest record, then the slots."""
        return _WORD + slots * ((_MARKS + size + _WORD - 1) // _WORD * _WORD)

    @property
    def head(self) -> int:
        """Number of the newest record; 0 where there is none."""
        return self._words[0]

    def append(self, record: bytes) -> int:
        """Write the next record; its number.

        Raises:
            ValueError: it is longer than `size`.
        """
        if len(record) > self.size:
            raise ValueError(f"a record of {len(record)} bytes in a ring of {self.size}")
        words = self._words
        number = words[0] + 1
        start = _WORD + (number % self.slots) * self._stride
        mark = start // _WORD
        words[mark] = number
        self._bytes[start + _MARKS : start + _MARKS + len(record)] = record
        words[mark + 2] = zlib.crc32(record, number & 0xFFFFFFFF) | len(record) << 32
        words[mark + 1] = number
        words[0] = number
        return number

    def read(self, number: int) -> bytes | None:
        """The record of this number; None where it was overwritten, is being written, or never was."""
        words = self._words
        start = _WORD + (number % self.slots) * self._stride
        mark = start // _WORD
        if number < 1 or words[mark + 1] != number:
            return None
        check = words[mark + 2]
        length = check >> 32
        if length > self.size:
            return None
        record = bytes(self._bytes[start + _MARKS : start + _MARKS + length])
        if words[mark] != number or zlib.crc32(record, number & 0xFFFFFFFF) != check & 0xFFFFFFFF:
            return None
        return record

    def newest(self, tries: int = 3) -> tuple[int, bytes] | None:
        """Number and content of the newest record. None where there is none, or where each try was overtaken."""
        for _ in range(tries):
            number = self._words[0]
            if number == 0:
                return None
            record = self.read(number)
            if record is not None:
                return number, record
        return None

    def after(self, number: int) -> tuple[list[tuple[int, bytes]], int, int]:
        """Records newer than `number`, oldest first; how many of those had been overwritten already; and the number
        to go on from. (Not a `head` that was read before: a record that came in between would be read twice.)
        """
        head = self._words[0]
        found = []
        for each in range(max(number + 1, head - self.slots + 1), head + 1):
            record = self.read(each)
            if record is not None:
                found.append((each, record))
        return found, max(0, head - number) - len(found), head


_LAST_ONE_S = 1.0  # how long a servo may take to end after its program has

_EXPIRY = struct.Struct("=q")


class ServoMemory:
    """The memory of one servo: words, histogram of wake lateness, and the rings of programs, states and events.

    It is a file in memory, named after the port, so that another process of the same user (the sink of a pipeline that
    runs on Ray) finds it too. Use `create` in the process that starts the servo and `attach` elsewhere.
    """

    def __init__(self, path: Path, file: int) -> None:
        self.path = path
        self.file = file
        self._lock = threading.Lock()
        view = memoryview(mmap.mmap(file, self.size()))
        offset = Word.COUNT * _WORD
        self.words = view[:offset].cast("Q")
        self.histogram = view[offset : offset + BINS * _WORD].cast("Q")
        offset += BINS * _WORD
        self.lifeline = Lifeline(view[offset : offset + LIFELINE_BYTES])
        offset += LIFELINE_BYTES
        rings = []
        for slots, size in _RINGS:
            length = Ring.bytes_for(slots, size)
            rings.append(Ring(view[offset : offset + length], slots, size))
            offset += length
        self.programs, self.states, self.events = rings

    @staticmethod
    def size() -> int:
        """Bytes in all."""
        return (Word.COUNT + BINS) * _WORD + LIFELINE_BYTES + sum(Ring.bytes_for(slots, size) for slots, size in _RINGS)

    @classmethod
    def create(cls, port: str) -> ServoMemory:
        """New memory for the servo of this port. What a servo that died has left is not taken over.

        The file is locked as long as the servo process or the one that started it lives, as both hold this descriptor.

        Raises:
            DeviceError: another servo drives the port.
        """
        path = path_for(port)
        deadline = time.monotonic() + _LAST_ONE_S
        try:
            while not _clear(path) or (file := _create(path)) is None:
                if time.monotonic() > deadline:
                    raise DeviceError(
                        f"{port}: another program of yours drives this device already; close it there first"
                    )
                time.sleep(0.01)
        except OSError as error:
            raise DeviceError(f"{port}: {path} cannot be used ({error.strerror}): remove it") from error
        os.ftruncate(file, cls.size())
        memory = cls(path, file)
        memory.words[Word.MAGIC] = _MAGIC
        return memory

    @classmethod
    def attach(cls, port: str) -> ServoMemory:
        """The memory of a servo that another process has started.

        Raises:
            DeviceError: there is none for this port, or it is of another version.
        """
        path = path_for(port)
        try:
            file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError as error:
            raise DeviceError(
                f"{port}: no servo runs for this device ({error.strerror}); connect it first with HapticDevice"
            ) from error
        return cls.adopt(path, file)

    @classmethod
    def adopt(cls, path: Path, file: int) -> ServoMemory:
        """The memory behind an open file, such as one that was inherited. Raises `DeviceError` as `attach`."""
        if os.fstat(file).st_size == cls.size():
            memory = cls(path, file)
            if memory.words[Word.MAGIC] == _MAGIC:
                return memory
        os.close(file)
        raise DeviceError(f"{path}: the servo is of another version of wugan; restart both programs")

    def write_program(self, program: bytes, expires_ns: int) -> int:
        """Put a program in force until a monotonic time; its number. Writers of all processes take turns."""
        with self._writing():
            return self.programs.append(_EXPIRY.pack(expires_ns) + program)

    def read_program(self) -> tuple[int, int, bytes] | None:
        """Number, monotonic time of expiry and bytes of the newest program; None where none can be had now."""
        newest = self.programs.newest()
        if newest is None:
            return None
        number, record = newest
        return number, _EXPIRY.unpack_from(record)[0], record[_EXPIRY.size :]

    def raise_word(self, word: int) -> int:
        """Add one to a word that several processes may raise; what it is then."""
        with self._writing():
            self.words[word] += 1
            return self.words[word]

    def emergency_stop(self, within_s: float) -> bool:
        """Have the servo stop the device, and wait until it has told the device so.

        Returns:
            Whether that came within the time.
        """
        wanted = self.raise_word(Word.ESTOP)
        until = time.monotonic() + within_s
        while self.words[Word.ESTOPPED] < wanted:
            if time.monotonic() >= until:
                return False
            time.sleep(0.001)
        return True

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            fcntl.lockf(self.file, fcntl.LOCK_EX)  # between processes; a process that dies gives it back
            try:
                yield
            finally:
                fcntl.lockf(self.file, fcntl.LOCK_UN)

    def remove(self) -> None:
        """Take the file's name away, if it is still this one's; those who have it open keep it."""
        try:
            if os.stat(self.path).st_ino == os.fstat(self.file).st_ino:
                os.unlink(self.path)
        except OSError:  # another has taken it away
            pass

    def close(self) -> None:
        """Let go of the memory. Safe to call twice."""
        if self.file < 0:
            return
        os.close(self.file)
        self.file = -1
        # The mapping goes with the last view of it: a reader in another thread must not meet memory that is gone.


def _clear(path: Path) -> bool:
    """Remove what a dead servo has left. False where it is not dead, or another process was quicker."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        return True
    try:
        if not _lock(path, file):
            return False
        os.unlink(path)  # not emptied: a process that still has it mapped would be killed
    finally:
        os.close(file)
    return True


def _create(path: Path) -> int | None:
    """A new file, locked; None where another process was quicker."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return None
    if _lock(path, file):
        return file
    os.close(file)
    return None


def _lock(path: Path, file: int) -> bool:
    """Lock an open file, if it still is the one of this name: another process may have removed it before."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.stat(path).st_ino == os.fstat(file).st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def path_for(port: str) -> Path:
    """Where the memory of the servo of a port lies, one for each user and name of the port.

    By the name as it is given, not by where it leads: that changes with a replug.
    """
    name = hashlib.sha256(os.path.abspath(port).encode()).hexdigest()[:16]
    shared = Path("/dev/shm")
    folder = shared if shared.is_dir() else Path(tempfile.gettempdir())
    return folder / f"wugan-haptic-{os.getuid()}-{name}"

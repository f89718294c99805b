"""`ServoMemory`: what the pipeline's process and the servo process share, without a lock that either could wait for.

Counters and flags are single aligned 64-bit words with one writer each. Everything longer goes through a `Ring`: slots
with a sequence lock (Lameter, "Effective Synchronization on Linux/NUMA Systems", 2005), numbered from 1. A writer marks
the slot with its number, fills it, marks it again; a reader takes both marks and a CRC-32 over number and content, so
that half of one and half of another record is never taken for one, also where the processor reorders stores.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import math
import mmap
import os
import struct
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from wugan.devices.haptic.safety.events import Code, SafetyEvent
from wugan.duration import to_ns
from wugan.errors import DataError, DeviceError

BIN_NS = 1_000
BINS = 4_096  # bins of 1 µs; the last one holds all that is later than 4 ms


@dataclass(frozen=True, slots=True)
class Jitter:
    """Wake lateness of a servo loop: how long after the deadline of a period the loop ran.

    Attributes:
        count: wakes that were counted.
        p50_s, p99_s, max_s: median, 99th percentile (upper edges of their bins of 1 µs) and maximum, seconds.
    """

    count: int
    p50_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, histogram: Sequence[int], max_ns: int, before: Sequence[int] | None = None) -> Jitter:
        """Read a histogram, or what was added to it since `before` (a copy of it; the maximum stays that of all)."""
        counts = [now - then for now, then in zip(histogram, before, strict=True)] if before else list(histogram)
        total = sum(counts)
        return cls(total, _quantile(counts, total, 0.5, max_ns), _quantile(counts, total, 0.99, max_ns), max_ns / 1e9)


def _quantile(counts: Sequence[int], total: int, share: float, max_ns: int) -> float:
    """Upper edge of the bin in which this share of all wakes is reached; the maximum for the open last bin."""
    if total == 0:
        return 0.0
    need = share * total
    seen = 0
    for place, count in enumerate(counts):
        seen += count
        if seen >= need and count:
            edge = (place + 1) * BIN_NS
            return (max_ns if place == len(counts) - 1 else min(edge, max_ns) if max_ns else edge) / 1e9
    return max_ns / 1e9


_OWNER_DIED = 0x40000000
_TID_MASK = 0x3FFFFFFF
_PROCESS_SHARED = 1
_ROBUST = 1
_PRIORITY = 1  # that the thread dies at once, before others of ordinary priority have their turn

LIFELINE_BYTES = 64  # a glibc mutex takes 40


class Lifeline:
    """A mutex in shared memory that one thread holds while it lives: so the servo learns that its parent died.

    A process that is killed gives its memory back first, which takes the longer the more it had (a second for a
    pipeline with large models), and only then do its sockets close, its locks open and its children get another
    parent. One thing comes before: a robust mutex whose owner dies is marked by the kernel (`FUTEX_OWNER_DIED`,
    get_robust_list(2)). So a thread of the parent holds one that lies in shared memory, whose word the servo looks at.

    Args:
        memory: where it lies: `LIFELINE_BYTES` bytes, zeros, aligned to 8.
    """

    def __init__(self, memory: memoryview) -> None:
        self._word = memory[:4].cast("I")
        self._memory = memory
        self._mutex: ctypes.Array[ctypes.c_char] | None = None

    @property
    def cut(self) -> bool:
        """Whether the thread that held it has died; False where none ever did."""
        return bool(self._word[0] & _OWNER_DIED)

    def hold(self) -> bool:
        """Take it, in the thread whose death is to be noticed.

        Returns:
            Whether it works here; where it does not (another libc, another system), the slower signs remain.
        """
        if not sys.platform.startswith("linux"):
            return False
        library = ctypes.CDLL(None)
        attributes = ctypes.create_string_buffer(64)
        mutex = (ctypes.c_char * LIFELINE_BYTES).from_buffer(self._memory)
        try:
            library.pthread_mutexattr_init(attributes)
            failed = library.pthread_mutexattr_setpshared(attributes, _PROCESS_SHARED)
            failed |= library.pthread_mutexattr_setrobust(attributes, _ROBUST)
            failed |= library.pthread_mutex_init(mutex, attributes)
            if failed or library.pthread_mutex_lock(mutex):
                return False
        except AttributeError:  # no such function in this libc
            return False
        self._mutex = mutex
        if self._word[0] & _TID_MASK != threading.get_native_id():  # its word lies elsewhere
            self.release()
            self._word[0] = 0
            return False
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
        return True

    def release(self) -> None:
        """Let go of it, in the thread that holds it. Nothing happens where it is not held."""
        mutex, self._mutex = self._mutex, None
        if mutex is not None:
            ctypes.CDLL(None).pthread_mutex_unlock(mutex)


_EVENT = struct.Struct("=qI")
_EVENT_TEXT = 200  # bytes of a detail that are kept


class Phase(IntEnum):
    """How the link to the device stands."""

    STARTING = 0  # the servo process is not there yet
    CONNECTING = 1  # it looks for the port, or shakes hands, for the first time
    READY = 2  # states come; programs are rendered (while ramping, at a share of their force)
    LOST = 3  # it was lost, and is being made again; there is no state
    ESTOPPED = 4  # emergency stop: zero until it is released
    FAULT = 5  # the device refuses, and needs a hand; tried again each second
    STOPPED = 6  # the servo has ended


@dataclass(frozen=True, slots=True)
class Record:
    """One state that the guard has admitted, and what belongs to it.

    Attributes:
        number: of the record, from 1.
        time_ns: when it arrived, monotonic.
        sent_ns: when the command that it answers was written, monotonic.
        device_time_s: the device's own clock; NaN where it has none.
        energy_j: energy that the passivity controller has seen the rendering give so far.
        position, velocity: m and m/s, or rad and rad/s, calibrated.
        output: N or N·m, commanded by the frame that it answers, after all limits.
    """

    number: int
    time_ns: int
    sent_ns: int
    device_time_s: float
    energy_j: float
    position: tuple[float, ...]
    velocity: tuple[float, ...]
    output: tuple[float, ...]

    @property
    def round_trip_s(self) -> float:
        """From the command to its answer."""
        return (self.time_ns - self.sent_ns) / 1e9


class RecordCodec:
    """Records of a device with this many axes, to bytes and back."""

    def __init__(self, axes: int) -> None:
        self.axes = axes
        self._struct = struct.Struct(f"=qqdd{3 * axes}d")
        self.size = self._struct.size

    def pack(
        self,
        time_ns: int,
        sent_ns: int,
        device_time_s: float | None,
        energy_j: float,
        position: tuple[float, ...],
        velocity: tuple[float, ...],
        output: tuple[float, ...],
    ) -> bytes:
        """The bytes of one record."""
        clock = math.nan if device_time_s is None else device_time_s
        return self._struct.pack(time_ns, sent_ns, clock, energy_j, *position, *velocity, *output)

    def unpack(self, number: int, data: bytes) -> Record:
        """The record again."""
        time_ns, sent_ns, clock, energy, *values = self._struct.unpack(data)
        axes = self.axes
        position, velocity, output = (tuple(values[at * axes : (at + 1) * axes]) for at in range(3))
        return Record(number, time_ns, sent_ns, clock, energy, position, velocity, output)


def pack_event(event: SafetyEvent) -> bytes:
    """A safety event as bytes; a long detail is cut."""
    return _EVENT.pack(event.time_ns, event.code) + event.detail.encode()[:_EVENT_TEXT]


def unpack_event(data: bytes) -> SafetyEvent:
    """The event again."""
    time_ns, code = _EVENT.unpack_from(data)
    return SafetyEvent(Code(code), time_ns, data[_EVENT.size :].decode(errors="ignore"))


_MAGIC = 0x3230_4F56_5253_4757  # "WGSRVO02": another layout gets another number
_WORD = 8
_MARKS = 3 * _WORD  # a slot's two marks, and its CRC and length

STATE_SLOTS = 4096  # 4 s at 1 kHz for a reader that is late
EVENT_SLOTS = 256
PROGRAM_SLOTS = 4  # a reader that is overtaken four times in one copy takes the next one
STATE_BYTES = 512
EVENT_BYTES = 256
PROGRAM_BYTES = 4096 + _WORD  # the program and when it expires
MAX_EXPIRES_S = 2.0  # a force that nobody has renewed for so long is nobody's
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


def expiry_ns(expires: str | float) -> int:
    """The monotonic time at which something that expires so long from now does.

    Raises:
        DataError: it is no duration, not above 0 or longer than 2 s.
    """
    expires_ns = to_ns(expires)
    if not 0 < expires_ns <= MAX_EXPIRES_S * 1e9:
        raise DataError(
            f"expires={expires!r}: more than 0 and at most {MAX_EXPIRES_S:g} s; renew a force that is to last longer"
        )
    return time.monotonic_ns() + expires_ns


@dataclass(frozen=True, slots=True)
class ServoStats:
    """Counters since the servo was started.

    Attributes:
        phase: how the link to the device stands.
        age_s: seconds since the newest state; `None` before the first.
        cycles: periods that began.
        states: states that were admitted.
        rejected: states that could not be true.
        commands: commands that were written.
        skipped: periods without a command, as the one before was not answered yet.
        unsent: commands that were dropped, as the line had not taken the one before.
        overruns: periods that were left out, as the one before took too long.
        timeouts: answers that did not come in time.
        losses: links lost.
        links: links made, the first one and each reconnect.
        jitter: how late the loop woke.
    """

    phase: Phase
    age_s: float | None
    cycles: int
    states: int
    rejected: int
    commands: int
    skipped: int
    unsent: int
    overruns: int
    timeouts: int
    losses: int
    links: int
    jitter: Jitter

    @classmethod
    def of(cls, memory: ServoMemory) -> ServoStats:
        """Read them. The words are read one after the other, while the loop goes on."""
        words = memory.words
        last_ns = words[Word.LAST_STATE_NS]
        return cls(
            phase=Phase(words[Word.PHASE]),
            age_s=(time.monotonic_ns() - last_ns) / 1e9 if last_ns else None,
            cycles=words[Word.CYCLES],
            states=words[Word.STATES],
            rejected=words[Word.REJECTED],
            commands=words[Word.COMMANDS],
            skipped=words[Word.SKIPPED],
            unsent=words[Word.UNSENT],
            overruns=words[Word.OVERRUNS],
            timeouts=words[Word.TIMEOUTS],
            losses=words[Word.LOSSES],
            links=words[Word.LINKS],
            jitter=Jitter.of(memory.histogram.tolist(), words[Word.LATE_MAX_NS]),
        )

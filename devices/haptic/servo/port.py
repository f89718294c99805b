"""`SerialPort`: a serial line without blocking, without buffering, for this program alone."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import select
import struct
import sys
import termios
from collections.abc import Sequence
from pathlib import Path

from wugan.devices.haptic.driver import HapticSpec
from wugan.errors import DeviceError

_SELECTABLE = 1024  # FD_SETSIZE: select() knows no file number from here on


def readable(files: Sequence[int], timeout_s: float) -> list[int]:
    """Which of some open files have bytes, an error or an end to be read, after at most so long.

    `select` waits to the microsecond. Where a file's number is too great for it, `poll` waits whole milliseconds only,
    and the rest of the time is the caller's, who looks at the clock anyway.

    Raises:
        OSError: a file is closed.
        ValueError: a file number is negative.
    """
    if all(file < _SELECTABLE for file in files):
        return select.select(files, (), (), timeout_s)[0]
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    found = poll.poll(int(timeout_s * 1000))
    if any(what & select.POLLNVAL for _, what in found):
        raise OSError("a file that is waited for is closed")
    return [file for file, _ in found]


BAUD = 115_200
# 1200 makes native-USB Arduino boards enter their bootloader, 0 hangs up (DTR low).
FORBIDDEN_BAUD = (0, 1200)

_READ = 4096
_TCGETS2, _TCSETS2 = 0x802C542A, 0x402C542B  # Linux, all but a few old architectures
_TERMIOS2 = struct.Struct("4I B19s 2I")
_CBAUD, _BOTHER = 0o010017, 0o010000
_TIOCGSERIAL, _TIOCSSERIAL, _ASYNC_LOW_LATENCY = 0x541E, 0x541F, 0x2000
_SERIAL_STRUCT = 96  # bytes of struct serial_struct; flags are its fifth int
_INT = struct.Struct("i")


class LineLost(DeviceError):
    """The line is gone: unplugged, hung up, or closed at the other end."""


class SerialPort:
    """A serial line: raw, 8 bits, no parity, no flow control, exclusive, non-blocking. No buffer of its own.

    Args:
        path: such as `/dev/ttyACM0`, or better `/dev/serial/by-id/…`, which stays the same after a replug.
        baud: bits per second; USB CDC devices ignore it.

    Raises:
        DeviceError: `baud` is one of `FORBIDDEN_BAUD`.
    """

    def __init__(self, path: str, baud: int = BAUD) -> None:
        if baud in FORBIDDEN_BAUD:
            raise DeviceError(
                f"{path}: {baud} baud is refused: 1200 starts the bootloader of many boards and 0 hangs up; "
                f"use the device's rate, or {BAUD} on USB"
            )
        self.path = path
        self.baud = baud
        self._fd = -1
        self._exclusive = False

    @property
    def is_open(self) -> bool:
        """Whether it is open."""
        return self._fd >= 0

    def fileno(self) -> int:
        """The file descriptor, for `select`; -1 while closed."""
        return self._fd

    def open(self) -> None:
        """Open and configure the line, and drop what it held.

        Raises:
            DeviceError: it is missing, held by another program, no serial line, or of another user; says what to do.
        """
        if self.is_open:
            return
        try:
            fd = os.open(self.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise DeviceError(f"{self.path}: {_remedy(error)}") from error
        try:
            self._configure(fd)
        except BaseException:
            os.close(fd)
            raise
        self._fd = fd

    def _configure(self, fd: int) -> None:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)  # pyserial with exclusive=True looks at this one
            if not os.path.realpath(self.path).startswith("/dev/pts/"):
                # Keeps out those who ask nobody (ModemManager). A pseudo-terminal would stay shut after a crash.
                fcntl.ioctl(fd, termios.TIOCEXCL)
                self._exclusive = True
            self._make_raw(fd)
            termios.tcflush(fd, termios.TCIOFLUSH)
        except termios.error as error:
            raise DeviceError(f"{self.path}: cannot be configured ({error.args[-1]}); is it a serial line?") from error
        except OSError as error:
            raise DeviceError(f"{self.path}: {_remedy(error)}") from error
        self._hurry(fd)

    def _make_raw(self, fd: int) -> None:
        standard = getattr(termios, f"B{self.baud}", None)
        speed = standard if standard is not None else termios.B38400
        chars = [b"\0"] * len(termios.tcgetattr(fd)[6])
        chars[termios.VMIN] = b"\1"  # with 0, an empty line would read like one that was unplugged
        flags = termios.CS8 | termios.CREAD | termios.CLOCAL | termios.HUPCL
        termios.tcsetattr(fd, termios.TCSANOW, [0, 0, flags, 0, speed, speed, chars])
        if standard is None:
            if not sys.platform.startswith("linux"):
                raise DeviceError(f"{self.path}: {self.baud} baud is not a rate of this system")
            fields = list(_TERMIOS2.unpack(fcntl.ioctl(fd, _TCGETS2, bytes(_TERMIOS2.size))))
            fields[2] = fields[2] & ~_CBAUD | _BOTHER
            fields[6] = fields[7] = self.baud
            fcntl.ioctl(fd, _TCSETS2, _TERMIOS2.pack(*fields))

    def _hurry(self, fd: int) -> None:
        """Ask the driver not to hold short reads back (FTDI does for 16 ms); most have nothing to ask for."""
        with contextlib.suppress(OSError, struct.error):
            held = bytearray(fcntl.ioctl(fd, _TIOCGSERIAL, bytes(_SERIAL_STRUCT)))
            (flags,) = struct.unpack_from("i", held, 16)
            struct.pack_into("i", held, 16, flags | _ASYNC_LOW_LATENCY)
            fcntl.ioctl(fd, _TIOCSSERIAL, bytes(held))
        name = Path(os.path.realpath(self.path)).name
        with contextlib.suppress(OSError):
            Path(f"/sys/class/tty/{name}/device/latency_timer").write_text("1")

    def read(self) -> bytes:
        """What has arrived; empty where nothing has.

        Raises:
            LineLost: it was unplugged.
        """
        try:
            data = os.read(self._fd, _READ)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise LineLost(f"{self.path}: lost while reading ({error.strerror})") from error
        if not data:  # ready to read, and nothing there: that is how a line says that it was unplugged
            raise LineLost(f"{self.path}: was unplugged")
        return data

    def write(self, data: bytes) -> int:
        """Give bytes to the line in one call; how many it took. Never waits.

        Raises:
            LineLost: it was unplugged.
        """
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise LineLost(f"{self.path}: lost while writing ({error.strerror})") from error

    def queued(self) -> int:
        """Bytes that were written and have not left the computer; 0 where the system does not say (`LineLost` too)."""
        try:
            return int(_INT.unpack(fcntl.ioctl(self._fd, termios.TIOCOUTQ, bytes(_INT.size)))[0])
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENXIO, errno.ENODEV):
                raise LineLost(f"{self.path}: was unplugged") from error
            return 0

    def flush_input(self) -> None:
        """Drop what has arrived."""
        self._flush(termios.TCIFLUSH)

    def flush_output(self) -> None:
        """Drop what was written and has not left the computer."""
        self._flush(termios.TCOFLUSH)

    def _flush(self, which: int) -> None:
        try:
            termios.tcflush(self._fd, which)
        except termios.error as error:
            raise LineLost(f"{self.path}: was unplugged ({error.args[-1]})") from error

    def close(self) -> None:
        """Close the line; safe to call twice."""
        fd, self._fd = self._fd, -1
        if fd < 0:
            return
        if self._exclusive:
            self._exclusive = False
            with contextlib.suppress(OSError):
                fcntl.ioctl(fd, termios.TIOCNXCL)
        with contextlib.suppress(OSError):
            os.close(fd)


def _remedy(error: OSError) -> str:
    what = error.strerror or str(error)
    if error.errno == errno.ENOTTY:
        return f"is no serial line ({what})"
    if error.errno in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
        return f"no such device ({what}): is it plugged in? `wugan devices list` shows what there is"
    if error.errno in (errno.EBUSY, errno.EAGAIN):
        return f"is held by another program ({what}): close that one (`fuser -v PORT` names it)"
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"may not be opened ({what}): add your user to the group of the port (dialout or uucp), and log in anew"
    return what


BY_ID = Path("/dev/serial/by-id")


def find_port(spec: HapticSpec) -> str:
    """The port of the one attached device that has this driver's USB ids, by a name that survives a replug.

    Raises:
        DeviceError: none or several are attached (lists them), or the driver has no ids to look for.
    """
    from wugan.devices.discovery import serial_ports

    if not spec.usb:
        raise DeviceError(f"{spec.protocol}: it has no USB ids to be found by; name its port (`wugan devices list`)")
    ports = [found for found in serial_ports() if (found.vid, found.pid) in spec.usb]
    if len(ports) != 1:
        there = ", ".join(f"{found.name} at {found.address}" for found in ports) or "none"
        raise DeviceError(f"{spec.protocol}: which port? Attached with its USB ids: {there}. Name one with port=")
    address = ports[0].address
    for link in sorted(BY_ID.iterdir()) if BY_ID.is_dir() else ():
        if os.path.realpath(link) == os.path.realpath(address):
            return str(link)
    return address

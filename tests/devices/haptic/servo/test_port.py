from __future__ import annotations

import errno
import fcntl
import os
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from wugan.devices.haptic.servo.port import FORBIDDEN_BAUD, LineLost, SerialPort, _remedy
from wugan.errors import DeviceError


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    master, slave = os.openpty()
    path = os.ttyname(slave)
    os.close(slave)
    yield master, path
    try:
        os.close(master)
    except OSError:
        pass


@pytest.mark.parametrize("baud", FORBIDDEN_BAUD)
def test_rates_that_reset_boards_are_refused(baud: int) -> None:
    with pytest.raises(DeviceError, match="bootloader"):
        SerialPort("/dev/ttyACM0", baud)


def test_every_byte_passes_as_it_is(pty: tuple[int, str]) -> None:
    master, path = pty
    port = SerialPort(path)
    port.open()
    every = bytes(range(256))
    assert port.write(every) == 256
    assert os.read(master, 512) == every
    os.write(master, every)
    received = b""
    while len(received) < 256:
        received += port.read()
    assert received == every
    port.close()


def test_it_is_raw_and_takes_the_rate(pty: tuple[int, str]) -> None:
    port = SerialPort(pty[1], 921_600)
    port.open()
    iflag, oflag, cflag, lflag, speed, _, _ = termios.tcgetattr(port.fileno())
    assert (iflag, oflag, lflag) == (0, 0, 0)
    assert cflag & termios.CSIZE == termios.CS8
    assert not cflag & (termios.PARENB | termios.CRTSCTS | termios.CSTOPB)
    assert speed == termios.B921600
    port.close()


def test_a_rate_that_is_no_standard_one(pty: tuple[int, str]) -> None:
    port = SerialPort(pty[1], 123_456)
    port.open()
    assert port.is_open
    port.close()


def test_reading_and_writing_never_wait(pty: tuple[int, str]) -> None:
    port = SerialPort(pty[1])
    port.open()
    assert port.read() == b""
    while port.write(bytes(1000)):  # until the line takes no more
        pass
    assert port.write(b"more") == 0
    port.close()


def test_it_is_for_one_program(pty: tuple[int, str]) -> None:
    first, second = SerialPort(pty[1]), SerialPort(pty[1])
    first.open()
    with pytest.raises(DeviceError, match="held by another program"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_program_that_asks_with_flock_keeps_us_out(pty: tuple[int, str]) -> None:
    other = os.open(pty[1], os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(DeviceError, match="fuser"):
        SerialPort(pty[1]).open()
    os.close(other)


def test_unplugging_is_an_error_not_silence(pty: tuple[int, str]) -> None:
    master, path = pty
    port = SerialPort(path)
    port.open()
    os.close(master)
    with pytest.raises(LineLost):
        port.read()
    with pytest.raises(LineLost):
        port.write(b"x")
    port.close()
    port.close()
    assert port.fileno() == -1


def test_what_was_held_before_is_dropped(pty: tuple[int, str]) -> None:
    master, path = pty
    before = os.open(path, os.O_RDWR | os.O_NOCTTY)
    os.write(master, b"old\n")
    port = SerialPort(path)
    port.open()
    assert port.read() == b""
    os.close(before)
    port.close()


def test_flushing(pty: tuple[int, str]) -> None:
    master, path = pty
    port = SerialPort(path)
    port.open()
    os.write(master, b"late answer")
    port.flush_input()
    assert port.read() == b""
    port.flush_output()
    assert port.queued() == 0
    port.close()


def test_a_missing_device_and_a_file(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match="is it plugged in"):
        SerialPort(str(tmp_path / "none")).open()
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match="no serial line"):
        SerialPort(str(tmp_path / "file")).open()


def test_remedies() -> None:
    assert "dialout" in _remedy(PermissionError(errno.EACCES, "Permission denied"))
    assert "fuser" in _remedy(OSError(errno.EBUSY, "Device or resource busy"))
    assert _remedy(OSError(errno.EIO, "Input/output error")) == "Input/output error"

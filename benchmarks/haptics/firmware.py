"""The reference firmware's protocol (C), built by this computer's compiler and called in this process."""

from __future__ import annotations

import ctypes
import random
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from wugan.devices import haptic
from wugan.devices.haptic.drivers import wugan_frames

SOURCES = Path(haptic.__file__).parent / "firmware" / "wugan_board"
PORTABLE = ("protocol.c", "cobs.c", "crc32.c")
# What C leaves undefined, and each index out of its array, ends the process.
STRICT = ["-fsanitize=undefined,bounds-strict", "-fsanitize-undefined-trap-on-error"]
LIMIT, FULL = 0.25, 30_000  # of firmware_board.c
NONCE = 1


def compiler() -> str | None:
    """A C compiler of this computer, if it has one."""
    return shutil.which("gcc") or shutil.which("clang")


def build() -> ctypes.CDLL:
    """The firmware as a library with a state of its own."""
    cc = compiler()
    if cc is None:
        raise SystemExit("no C compiler (gcc or clang): the firmware cannot be fuzzed here")
    folder = Path(tempfile.mkdtemp(prefix="wugan-firmware-"))
    library = folder / "firmware.so"
    strict = STRICT if cc.endswith("gcc") else []
    sources = [SOURCES / name for name in PORTABLE] + [Path(__file__).with_name("firmware_board.c")]
    command = [cc, "-shared", "-fPIC", "-O2", "-std=c99", "-Wall", "-Wextra", "-Werror", *strict, f"-I{SOURCES}"]
    subprocess.run([*command, "-o", library, *sources], check=True)
    loaded = ctypes.CDLL(str(library))
    shutil.rmtree(folder)
    return loaded


class WuganFirmware:
    """The reference firmware; commands are damaged. What counts is what would drive the motors."""

    def __init__(self) -> None:
        self._lib = build()
        self._lib.wugan_init()
        self._answer = ctypes.create_string_buffer(4096)
        self._duty = (ctypes.c_int16 * 2)()
        self._seq = 1
        self._last = (0, 0)
        hello = wugan_frames.pack(wugan_frames.Type.HELLO, 0, wugan_frames.HELLO.pack(1, 1, 0, NONCE))
        arm = wugan_frames.pack(wugan_frames.Type.ARM, 1, wugan_frames.ARM.pack(NONCE, 500, 0, LIMIT, 1e9))
        self.send(hello + arm)

    def send(self, data: bytes) -> tuple[bytes, tuple[int, int]]:
        """Give it bytes and a millisecond: its answers, and what drives its two motors."""
        length = self._lib.feed(data, len(data), self._answer, self._duty)
        return self._answer.raw[:length], (self._duty[0], self._duty[1])

    def valid(self) -> tuple[bytes, object]:
        self._seq = (self._seq + 1) & 0xFFFF
        values = [random.uniform(-LIMIT, LIMIT) for _ in range(2)]
        payload = wugan_frames.COMMAND.pack(2, 2, 0) + struct.pack("<2f", *values)
        return wugan_frames.pack(wugan_frames.Type.COMMAND, self._seq, payload), _Duty(values)

    def feed(self, data: bytes) -> list[object]:
        before = self._last
        _, self._last = self.send(data)
        return [_Duty.of(self._last)] if self._last != before else []

    def believed(self, wrong: object, true: object) -> bool:
        return True


class _Duty:
    """What drives two motors; equal within one step, for binary32 rounds."""

    def __init__(self, torques: list[float]) -> None:
        self._steps = [torque / LIMIT * FULL for torque in torques]

    @classmethod
    def of(cls, driven: tuple[int, int]) -> _Duty:
        duty = cls([0.0, 0.0])
        duty._steps = list(map(float, driven))
        return duty

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Duty):
            return False
        return all(abs(one - two) <= 1.01 for one, two in zip(self._steps, other._steps, strict=True))

    __hash__ = None  # type: ignore[assignment]

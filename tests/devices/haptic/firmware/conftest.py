"""The reference firmware on a simulated AVR: built by avr-gcc, run by libsimavr, which Debian's `simavr` brings along.

The program `simavr` connects no serial line to anything, so its library is driven from here instead: byte for byte
at the line's rate, in the simulated controller's own time, with the registers that drive the motors in view.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.devices import haptic
from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.emulators.device import EmulatedDevice

CLOCK_HZ = 16_000_000
BYTE_CYCLES = 10 * CLOCK_HZ // 1_000_000  # ten bits at 1 Mbaud
LIMIT, COUNTS_PER_RAD, PWM_TOP = 0.25, 325.949, 799
SOURCES = Path(haptic.__file__).parent / "firmware" / "wugan_board"
REGISTERS = {
    "TCCR1A": 0x80,
    "OCR1AL": 0x88,
    "OCR1AH": 0x89,
    "OCR1BL": 0x8A,
    "OCR1BH": 0x8B,
    "PORTB": 0x25,
    "PORTD": 0x2B,
}
_EVERY_BIT = 8  # "all eight at once", of avr_iomem_getirq
_NOTIFY = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
_TIMER = ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p)


def _ioctl(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


@cache
def _library() -> ctypes.PyDLL:
    """libsimavr, as far as it is used. PyDLL: a call takes less than letting go of the interpreter's lock."""
    library = ctypes.PyDLL(ctypes.util.find_library("simavr") or "libsimavr.so.2")
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    signatures: dict[str, tuple[Any, list[Any]]] = {
        "avr_make_mcu_by_name": (pointer, [ctypes.c_char_p]),
        "elf_read_firmware": (ctypes.c_int, [ctypes.c_char_p, pointer]),
        "avr_init": (ctypes.c_int, [pointer]),
        "avr_load_firmware": (None, [pointer, pointer]),
        "avr_run": (ctypes.c_int, [pointer]),
        "avr_reset": (None, [pointer]),
        "avr_terminate": (None, [pointer]),
        "avr_ioctl": (ctypes.c_int, [pointer, number, pointer]),
        "avr_io_getirq": (pointer, [pointer, number, ctypes.c_int]),
        "avr_iomem_getirq": (pointer, [pointer, ctypes.c_uint16, ctypes.c_char_p, ctypes.c_int]),
        "avr_irq_register_notify": (None, [pointer, _NOTIFY, pointer]),
        "avr_raise_irq": (None, [pointer, number]),
        "avr_cycle_timer_register": (None, [pointer, ctypes.c_uint64, _TIMER, pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class SimulatedBoard(EmulatedDevice):
    """An ATmega328P with the reference firmware, as a device of two joints. Its time is the simulated controller's."""

    def __init__(self, firmware: Path) -> None:
        self._lib = _library()
        image = ctypes.create_string_buffer(1 << 16)  # elf_firmware_t, which starts with mmcu[64] and the frequency
        assert self._lib.elf_read_firmware(str(firmware).encode(), image) == 0
        image[:11] = b"atmega328p\0"
        image[64:68] = CLOCK_HZ.to_bytes(4, "little")
        self._avr = self._lib.avr_make_mcu_by_name(b"atmega328p")
        assert self._lib.avr_init(self._avr) == 0
        self._lib.avr_load_firmware(self._avr, image)
        quiet = ctypes.c_uint32(0)  # or each byte that the firmware sends is printed
        self._lib.avr_ioctl(self._avr, _ioctl("uas0"), ctypes.byref(quiet))
        self._sent = bytearray()
        self._queue: deque[int] = deque()
        self._registers = dict.fromkeys(REGISTERS, 0)
        self._cycle = 0
        self._epoch = 0.0
        self._running = False
        self._callbacks: list[Any] = []
        self._pins = {"C0": 0, "C1": 1, "D2": 0, "D4": 0, "D3": 0, "D5": 0}
        self._counts = [0, 0]
        self._uart_in = self._lib.avr_io_getirq(self._avr, _ioctl("uar0"), 0)
        self._watch(self._lib.avr_io_getirq(self._avr, _ioctl("uar0"), 1), self._sent.append)
        for name, address in REGISTERS.items():
            irq = self._lib.avr_iomem_getirq(self._avr, address, None, _EVERY_BIT)
            self._watch(irq, partial(self._registers.__setitem__, name))
        self._deadline, self._next_byte = _TIMER(self._stop), _TIMER(self._feed)
        self._settle()

    def close(self) -> None:
        self._lib.avr_terminate(self._avr)

    # --- the simulator

    def _watch(self, irq: int, act: Callable[[int], object]) -> None:
        callback = _NOTIFY(lambda _irq, value, _param: (act(value), None)[1])
        self._callbacks.append(callback)
        self._lib.avr_irq_register_notify(irq, callback, None)

    def _stop(self, _avr: int, when: int, _param: int) -> int:
        self._running, self._cycle = False, when
        return 0

    def _feed(self, _avr: int, when: int, _param: int) -> int:
        self._cycle = when
        self._lib.avr_raise_irq(self._uart_in, self._queue.popleft())
        return when + BYTE_CYCLES if self._queue else 0

    def run(self, seconds: float) -> bytes:
        """Let the controller run; what it sent meanwhile."""
        self._running = True
        self._lib.avr_cycle_timer_register(self._avr, max(round(seconds * CLOCK_HZ), 1), self._deadline, None)
        run, avr = self._lib.avr_run, self._avr
        while self._running:
            state = run(avr)
            assert state < 5, f"the simulated controller stopped in state {state}"
        sent = bytes(self._sent)
        self._sent.clear()
        return sent

    @property
    def now_s(self) -> float:
        """The controller's time, to the last event."""
        return self._cycle / CLOCK_HZ

    def set_pin(self, pin: str, level: int) -> None:
        """Drive an input from outside, as `C0`."""
        port = pin[0]
        self._pins[pin] = level
        driven = [(1 << int(name[1]), high) for name, high in self._pins.items() if name[0] == port]
        mask, high = sum(bit for bit, _ in driven), sum(bit for bit, level in driven if level)
        # Else each write to the port would pull its inputs up again (avr_ioport_external_t: bits 7, 8, 8).
        external = ctypes.c_ulong(ord(port) | mask << 7 | high << 15)
        self._lib.avr_ioctl(self._avr, _ioctl("iop" + port), ctypes.byref(external))
        self._lib.avr_raise_irq(self._lib.avr_io_getirq(self._avr, _ioctl("iog" + port), int(pin[1])), level)

    def _settle(self) -> None:
        # Not before the firmware has set its interrupts to edges: libsimavr would go on interrupting for a low level.
        # The firmware's first look at the emergency stop comes after a millisecond.
        self.run(0.0005)
        for pin, level in self._pins.items():
            self.set_pin(pin, level)

    # --- a device

    @property
    def spec(self) -> HapticSpec:
        return HapticSpec(
            protocol="wugan",
            model="wugan board model 1, firmware 1.0",
            space="joint",
            max_output=(LIMIT,) * 2,
            workspace=((-1.5708, 1.5708),) * 2,
            max_velocity=(5.0,) * 2,
            max_rate_hz=800.0,
            watchdog_s=0.05,
            reads_without_commanding=True,
            measures_velocity=True,
            keeps_position=False,
        )

    def receive(self, data: bytes, now_s: float) -> bytes:
        answer = self.tick(now_s)
        idle = not self._queue
        self._queue += data
        if idle and data:
            self._lib.avr_cycle_timer_register(self._avr, BYTE_CYCLES, self._next_byte, None)
        return answer

    def tick(self, now_s: float) -> bytes:
        if now_s - self._epoch - self.now_s > 1.0:  # another clock, such as time.monotonic()
            self._epoch = now_s - self.now_s
        behind = now_s - self._epoch - self.now_s
        return self.run(behind) if behind > 0 else b""

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        for axis, (a, b) in enumerate((("D2", "D4"), ("D3", "D5"))):
            steps = round(position[axis] * COUNTS_PER_RAD) - self._counts[axis]
            self._counts[axis] += steps
            for _ in range(abs(steps)):
                edge = 1 - self._pins[a]
                self.set_pin(b, edge if steps > 0 else 1 - edge)
                self.set_pin(a, edge)
                self.run(10e-6)

    @property
    def output(self) -> NDArray[np.float64]:
        """What the pins do to the motors, N·m: enable, PWM connected, duty and direction."""
        registers = self._registers
        enabled = registers["PORTD"] & 0x80
        torques = []
        for compare, connected, direction in (("OCR1A", 0x80, 0x08), ("OCR1B", 0x20, 0x10)):
            duty = registers[compare + "H"] << 8 | registers[compare + "L"]
            on = enabled and registers["TCCR1A"] & connected
            sign = -1 if registers["PORTB"] & direction else 1
            torques.append(sign * duty / PWM_TOP * LIMIT if on else 0.0)
        return np.array(torques)

    def power_cycle(self) -> None:
        self._queue.clear()
        self._lib.avr_reset(self._avr)
        self._sent.clear()
        self._settle()


@pytest.fixture(scope="session")
def firmware(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reference firmware, built as its README says."""
    if shutil.which("avr-gcc") is None:
        pytest.skip("no avr-gcc: apt-get install gcc-avr avr-libc")
    built = tmp_path_factory.mktemp("firmware") / "wugan_board.elf"
    options = ["-mmcu=atmega328p", f"-DF_CPU={CLOCK_HZ}UL", "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror"]
    command = ["avr-gcc", *options, "-o", built, *sorted(SOURCES.glob("*.c"))]
    done = subprocess.run(command, capture_output=True, text=True)
    if "avr/io.h: No such file" in done.stderr:
        pytest.skip("no avr-libc: apt-get install avr-libc")
    assert done.returncode == 0, done.stderr
    return built


@pytest.fixture
def board(firmware: Path) -> Iterator[SimulatedBoard]:
    """The firmware, just switched on."""
    try:
        simulated = SimulatedBoard(firmware)
    except OSError as error:
        pytest.skip(f"no libsimavr: apt-get install simavr ({error})")
    simulated.run(0.005)
    yield simulated
    simulated.close()

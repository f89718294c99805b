"""After a stall of the line, how old are the commands that the device obeys, and the answers that the host believes?

    python benchmarks/haptics/stalls.py [--times 1000] [--json]

The device is an emulated Haply Inverse3 (a process of its own), whose protocol has no number by which an answer could
be told from another: the worst case. Each command carries its number as a force, and the answer carries the force that
it answers, so that `lag` is known: how many commands ago the host sent what the device now answers. Again and again the
device neither reads nor answers for 30 ms. Then it is looked at the first exchange and at the 20th.

- **wugan**: the servo's link: one command in flight; after 3 ms without an answer it sends a stop frame, drops what is
  in the line, and shakes hands anew.
- **blocking pyserial**: write, then read 25 bytes with a timeout of 20 ms, as the vendor's library does; what came too
  late is the next call's answer, for ever.
- **free-running pyserial**: write every millisecond, and read an answer where there is one.

`queue` is the greatest number of commands that the device found waiting at once: forces that were stale when they were
obeyed. Peers stall a twentieth as often (at least 5 times): their lag only grows.
"""

from __future__ import annotations

import argparse
import json
import struct
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import numpy as np
from rig import machine, punctual, until

from wugan.devices.haptic.drivers.inverse3 import FORCE, STATE, Inverse3
from wugan.devices.haptic.emulators.inverse3 import EmulatedInverse3
from wugan.devices.haptic.emulators.pty import EmulatorProcess
from wugan.devices.haptic.servo.link import Link, NoAnswer
from wugan.devices.haptic.servo.loop import sleeper
from wugan.devices.haptic.servo.port import SerialPort

PERIOD_NS = 1_000_000
STALL_S = 0.030
TIMEOUT_S, BLOCKING_S = 0.003, 0.020
NUMBERS = 997  # commands are told apart modulo this, longer than any lag here
STEP_N, STEP_M = 1e-3, 1e-4  # a number as a force, and as a position
LATER = 20


class Numbered(EmulatedInverse3):
    """Answers with the number of the command, and with how many commands it has found waiting at most."""

    def __init__(self) -> None:
        super().__init__()
        self.most = self.now = 0

    def receive(self, data: bytes, now_s: float) -> bytes:
        self.now = 0
        return super().receive(data, now_s)

    def _obey(self, code: int, payload: bytes) -> bytes:
        answer = super()._obey(code, payload)
        if code == FORCE:
            number = round(struct.unpack_from("<f", payload)[0] / STEP_N)
            if number:  # zero is a stop, never stale
                self.now += 1
                self.most = max(self.most, self.now)
            return struct.pack("<B6f", STATE, number * STEP_M, self.most * STEP_M, 0.2, 0.0, 0.0, 0.0)
        return answer


@dataclass
class Result:
    """One way to talk to the device; lag in commands."""

    way: str
    first: list[int] = field(default_factory=list)
    later: list[int] = field(default_factory=list)
    queue: int = 0
    recovery_s: list[float] = field(default_factory=list)

    def note(self, number: int, echoed: float, most: float, exchange: int) -> None:
        lag = (number - round(echoed / STEP_M)) % NUMBERS
        if exchange == 0:
            self.first.append(lag)
        if exchange == LATER - 1:
            self.later.append(lag)
        self.queue = max(self.queue, round(most / STEP_M))


def device() -> EmulatorProcess:
    return punctual(EmulatorProcess(Numbered))


def ours(times: int) -> Result:
    result = Result("wugan")
    with device() as emulator:
        link = Link(SerialPort(emulator.port), Inverse3(), round(TIMEOUT_S * 1e9), lambda: None)
        link.connect()
        sleep, number = sleeper(), 0
        while len(result.later) < times:
            begun = time.monotonic()
            emulator.stall(STALL_S)
            wake, exchange, lost = time.monotonic_ns(), -1, False
            while exchange < LATER:
                wake = max(wake + PERIOD_NS, time.monotonic_ns())
                sleep(wake)
                try:
                    if not link.in_flight:
                        number = number % (NUMBERS - 1) + 1
                        link.send((number * STEP_N, 0.0, 0.0))
                    state = link.receive(wake + PERIOD_NS)
                except NoAnswer:
                    lost = True
                    link.silence(link.driver.stop())
                    until(lambda: connects(link), 5.0)
                    result.recovery_s.append(time.monotonic() - begun)
                    continue
                if state is not None and lost:
                    exchange += 1
                    result.note(number, state.position[0], state.position[1], exchange)
                elif state is not None and time.monotonic() - begun > 2 * STALL_S:
                    break  # the stall fell between two commands; it does not count
        link.end()
    return result


def connects(link: Link) -> bool:
    try:
        link.connect()
    except NoAnswer:
        return False
    return True


def blocking(times: int) -> Result:
    """Write and wait, as the vendor's library."""
    import serial

    result = Result("blocking pyserial")
    with device() as emulator, serial.Serial(emulator.port, 115_200, timeout=BLOCKING_S) as line:
        number = 0
        for _ in range(times):
            emulator.stall(STALL_S)
            exchange, ended = -1, time.monotonic() + STALL_S
            while exchange < LATER:
                number = number % (NUMBERS - 1) + 1
                line.write(struct.pack("<B3f", FORCE, number * STEP_N, 0.0, 0.0))
                answer = line.read(25)
                if len(answer) == 25 and time.monotonic() > ended:
                    exchange += 1
                    result.note(number, *struct.unpack_from("<2f", answer, 1), exchange)
                time.sleep(0.001)
    return result


def free_running(times: int) -> Result:
    """Write each millisecond, whatever the device does."""
    import serial

    result = Result("free-running pyserial")
    with device() as emulator, serial.Serial(emulator.port, 115_200, timeout=0) as line:
        number = 0
        for _ in range(times):
            emulator.stall(STALL_S)
            exchange, ended = -1, time.monotonic() + STALL_S
            while exchange < LATER:
                number = number % (NUMBERS - 1) + 1
                line.write(struct.pack("<B3f", FORCE, number * STEP_N, 0.0, 0.0))
                time.sleep(0.001)
                if line.in_waiting >= 25:
                    answer = line.read(25)
                    if time.monotonic() > ended:
                        exchange += 1
                        result.note(number, *struct.unpack_from("<2f", answer, 1), exchange)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=40, help="stalls")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    few = max(5, options.times // 20)
    if not options.json:
        print(machine())
        print(
            f"{'way':22} {'stalls':>6} {'lag at 1st (max)':>17} {'at 20th (max)':>14} {'of the last':>12} {'queue':>5}"
        )
    ways: list[Callable[[], Result]] = [lambda: ours(options.times), lambda: blocking(few), lambda: free_running(few)]
    for way in ways:
        result = way()
        if options.json:
            print(json.dumps(asdict(result)))
            continue
        print(
            f"{result.way:22} {len(result.later):6} {max(result.first):17} {max(result.later):14} "
            f"{result.later[-1]:12} {result.queue:6}",
            flush=True,
        )
        if result.recovery_s:
            p50, most = np.median(result.recovery_s), max(result.recovery_s)
            print(f"{'':22} from the stall's begin to the next exchange: p50 {p50:.3f} s, max {most:.3f} s")


if __name__ == "__main__":
    main()

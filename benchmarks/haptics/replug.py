"""How long after the cable is back is the device ready, and does its force come back with a ramp?

    python benchmarks/haptics/replug.py [--times 100] [--json]

A servo at 1 kHz pushes an emulated board (a process of its own). The cable is pulled, and put back after 50 to 500 ms;
the program stays in force all the time. Times are from the moment when the port is there again: to `ready` (identified,
armed, first state checked), to the first output, and to the full force, by the board's clock. `largest step` is the
greatest change of output between two of the board's own readings (0.5 ms), as a share of the full force.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import asdict, dataclass, field

from rig import board, machine, memory_of, milliseconds, push, ready, servo, until

from wugan.devices.haptic.servo.memory import Word

FULL_N = 1.0
NEARLY = 0.99
READY_LIMIT_S, RAMP_LEAST_S = 1.0, 0.25


@dataclass
class Result:
    """Times in seconds."""

    ready_s: list[float] = field(default_factory=list)
    ramp_s: list[float] = field(default_factory=list)
    largest_step: float = 0.0
    early: int = 0


def measure(times: int) -> Result:
    result = Result()
    chance = random.Random(7)
    with board() as emulator:
        process = servo(emulator.port, timeout_s=0.02)
        words = memory_of(process).words
        for _ in range(times):
            push(process)
            until(lambda: emulator.output[0] > NEARLY * FULL_N, 5.0)
            emulator.unplug()
            until(lambda: not ready(process))
            time.sleep(chance.uniform(0.05, 0.5))
            emulator.changes()
            links = words[Word.LINKS]
            push(process)
            back_ns = emulator.replug()
            if not until(lambda links=links: words[Word.LINKS] > links, 5.0):  # type: ignore[misc]
                raise RuntimeError("the device did not come back")
            ready_ns = words[Word.READY_NS]
            result.ready_s.append((ready_ns - back_ns) / 1e9)
            until(lambda: emulator.output[0] > NEARLY * FULL_N, 5.0)
            before = 0.0
            full_ns = 0
            for change in emulator.changes():
                result.largest_step = max(result.largest_step, (change.output[0] - before) / FULL_N)
                result.early += change.time_ns < ready_ns - 1_000_000 and any(change.output)
                before = change.output[0]
                if not full_ns and before > NEARLY * FULL_N:
                    full_ns = change.time_ns
            result.ramp_s.append((full_ns - ready_ns) / 1e9)
        process.close()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.times)
    if options.json:
        print(json.dumps(asdict(result)))
        return
    print(machine())
    print(f"{'':12} {'p50 ms':>8} {'p99':>8} {'max':>9}")
    print(f"{'ready':12} {milliseconds(result.ready_s):>27}")
    print(f"{'full force':12} {milliseconds(result.ramp_s):>27}")
    times = options.times
    quick = sum(time_s <= READY_LIMIT_S for time_s in result.ready_s)
    ramped = sum(time_s >= RAMP_LEAST_S * NEARLY for time_s in result.ramp_s)
    print(f"ready within {READY_LIMIT_S:g} s: {quick} of {times}; ramp of 250 ms or more: {ramped} of {times}")
    print(f"largest step {result.largest_step:.4f} of the full force; outputs before it was ready: {result.early}")


if __name__ == "__main__":
    main()

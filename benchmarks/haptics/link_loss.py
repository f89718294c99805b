"""How long does a device push after the link is lost, or after the program that moves it was killed?

    python benchmarks/haptics/link_loss.py [--times 1000] [--only losses|kills] [--workers-as-they-are] [--json]

An emulated board (a process of its own, with wugan's protocol, 5 ms watchdog) is pushed by a servo at 1 kHz. Then the
link is lost, in several ways, and it is seen at the board, by its clock, when its output becomes zero:

- **answers lost**: the board hears us and we do not hear it. After 3 ms without an answer the servo sends a stop frame.
- **commands lost**: the board hears nothing. Nothing that a host does can help here; its own watchdog ends the force.
  The shortest that the protocol has is 5 ms; the board looks at it every 0.5 ms, and trips early rather than late.
- **cable pulled**: both, and the board loses its power; what is counted is also that the servo knows at once.
- **servo killed**: `kill -9` of the servo process; the parent opens the port and sends the stop frame, and the board
  sees the port closed (DTR) too.
- **parent killed**: `kill -9` of the process that started the servo, with half a gigabyte in hand, which the kernel
  gives back before it tells anybody of the death; the servo sends the stop frame.
- **no watchdog**: the same with an emulated Haply 2DIY, which keeps its last torque when the host dies.
- **pyserial**: the same device driven by a loop in the program itself, as libraries do that have no servo process. What
  is within the limit is none: it pushes until somebody cuts its power (looked at for a second, 3 times).

Times are from the last frame that was valid (that the board took, before the loss) to zero; for the two kills from
the kill. A pseudo-terminal hands bytes over in a kernel worker of ordinary priority, which no serial line has; the
workers get real-time priority where that is permitted (root). Where it is not, and with --workers-as-they-are, they
are what is measured: let nothing else run, and while half a gigabyte is given back they can wait for 20 ms even so.
`told` is the longest time after the parent's death until the servo noted that its stop frame had left: what a servo
can do. `made up` counts states that the servo gave between the loss and the next handshake.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from rig import (
    AXES,
    board,
    machine,
    memory_of,
    milliseconds,
    pantograph,
    prompt_terminals,
    push,
    ready,
    servo,
    until,
)

from wugan.devices.haptic.emulators.pty import Change, EmulatorProcess, Faults
from wugan.devices.haptic.safety.events import Code
from wugan.devices.haptic.servo.memory import RecordCodec, ServoMemory, Word, unpack_event
from wugan.devices.haptic.servo.process import ServoProcess

Act = Callable[[EmulatorProcess], int]

PUSHING_N = 0.02  # an output that is surely there; the ramp goes on meanwhile
WATCHDOG_MS = 5  # the shortest that the protocol has
FEW = 3
SETTLE_S = 0.03  # after the loss, for zero to come
SAME_READ_NS = 300_000  # a reception this long before zero is the frame that made it zero
LINK_LIMIT_S, KILL_LIMIT_S = 0.005, 0.020
PARENT = """
import sys, time
sys.path.insert(0, sys.argv[2])
import numpy
from rig import push, servo
weights = numpy.ones(1 << 26)
process = servo(sys.argv[1])
push(process)
print(process.pid, flush=True)
for _ in range(120):
    time.sleep(0.5)
    push(process)
"""
# The same with a device that has no watchdog: a Haply 2DIY, which keeps its last torque for ever.
UNWATCHED = PARENT.replace("(sys.argv[1])", "(sys.argv[1], driver=Haply())").replace(
    "from rig", "from wugan.devices.haptic.drivers.haply import Haply; from rig"
)
PEER = """
import os, struct, sys, time
import serial
line = serial.Serial(sys.argv[1], 115_200, timeout=0.02)
line.write(bytes.fromhex("0105030000030000000000003443000058460000000000005846"))
time.sleep(0.1)
print(os.getpid(), flush=True)
while True:
    line.write(struct.pack("<BB2f", 2, 5, 0.05, 0.05))
    line.read(9)
    time.sleep(0.001)
"""


@dataclass
class Result:
    """One way to lose the link; times in seconds."""

    way: str
    limit_s: float
    zero_s: list[float] = field(default_factory=list)
    told_s: list[float] = field(default_factory=list)
    never: int = 0
    made_up: int = 0

    @property
    def count(self) -> int:
        """Losses so far."""
        return len(self.zero_s) + self.never

    @property
    def within(self) -> int:
        """Losses after which zero came in time."""
        return sum(time <= self.limit_s for time in self.zero_s)


def pushed(emulator: EmulatorProcess, process: ServoProcess) -> None:
    """Wait until the device pushes, and forget what was before."""
    for _ in range(20):
        until(lambda: ready(process))
        push(process)
        if until(lambda: emulator.output[0] > PUSHING_N, 2.0):
            emulator.changes()
            emulator.received_ns()
            if emulator.output[0] > PUSHING_N:  # not lost just now, by itself
                return
    raise RuntimeError("the device does not push")


def zero_after(emulator: EmulatorProcess, moment_ns: int) -> int | None:
    """When the output became zero, by the board, after a moment at which it pushed; waits for it.

    Returns:
        0 where it did not push at that moment, so that this time does not count; None where zero never came.
    """
    seen: list[Change] = []

    def zero() -> bool:
        seen.extend(emulator.changes())
        return any(not any(change.output) for change in seen)

    if not until(zero, 1.0):
        return None
    first = next(change.time_ns for change in seen if not any(change.output))
    return first if first >= moment_ns else 0


def lose(way: str, times: int, limit_s: float, break_it: Act, mend: Act) -> Result:
    """Lose the link again and again."""
    result = Result(way, limit_s)
    with board() as emulator:
        process = servo(emulator.port, watchdog_ms=WATCHDOG_MS)
        memory, codec = memory_of(process), RecordCodec(AXES)
        while result.count < times:
            pushed(emulator, process)
            links = memory.words[Word.LINKS]
            before_ns = time.monotonic_ns()
            broken_ns = break_it(emulator)
            zero_ns = zero_after(emulator, before_ns)
            received = emulator.received_ns()
            time.sleep(SETTLE_S)
            if memory.words[Word.LINKS] == links:
                records = [codec.unpack(*each) for each in memory.states.after(max(0, memory.states.head - 64))[0]]
                result.made_up += sum(record.sent_ns > broken_ns for record in records)
            if zero_ns is None:
                result.never += 1
            elif zero_ns:
                # The frame that brought zero is no valid one of before; where the board's own timer did, there is none.
                valid = [moment for moment in received if moment < zero_ns - SAME_READ_NS] or [before_ns]
                result.zero_s.append(max(0, zero_ns - max(valid)) / 1e9)
            mend(emulator)
        process.close()
    return result


def kill_servo(times: int) -> Result:
    result = Result("servo killed", KILL_LIMIT_S)
    with board() as emulator:
        while result.count < times:
            process = servo(emulator.port, timeout_s=0.02)
            pushed(emulator, process)
            killed_ns = time.monotonic_ns()
            os.kill(process.pid, signal.SIGKILL)
            note(result, zero_after(emulator, killed_ns), killed_ns)
            process.close()
    return result


def kill_parent(times: int, way: str, script: str, device: Callable[[], EmulatorProcess]) -> Result:
    """Kill the process that drives the device, and see whether the device is told."""
    result = Result(way, KILL_LIMIT_S)
    here = os.path.dirname(os.path.abspath(__file__))
    with device() as emulator:
        while result.count < times:
            command = [sys.executable, "-c", script, emulator.port, here]
            parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            if not until(lambda: any(abs(force) > PUSHING_N for force in emulator.output), 10.0):
                raise RuntimeError("the device does not push")
            memory = ServoMemory.attach(emulator.port) if script is not PEER else None
            emulator.changes()
            killed_ns = time.monotonic_ns()
            parent.kill()
            note(result, zero_after(emulator, killed_ns), killed_ns)
            if memory is not None:
                result.told_s.append((stop_written_ns(memory) - killed_ns) / 1e9)
                memory.close()
            parent.wait()
            until(lambda pid=pid: not os.path.exists(f"/proc/{pid}"))  # type: ignore[misc]
    return result


def stop_written_ns(memory: ServoMemory) -> int:
    """When the servo noted the death of its parent, which it does after its stop frame has left."""
    found: list[int] = []

    def gone() -> bool:
        events = [unpack_event(data) for _, data in memory.events.after(0)[0]]
        found.extend(event.time_ns for event in events if event.code is Code.PARENT_GONE)
        return bool(found)

    if not until(gone):
        raise RuntimeError("the servo has not noticed its parent's death")
    return found[0]


def note(result: Result, zero_ns: int | None, since_ns: int) -> None:
    """Enter one time."""
    if zero_ns is None:
        result.never += 1
    elif zero_ns:
        result.zero_s.append((zero_ns - since_ns) / 1e9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=20, help="losses of each kind (kills: a tenth, at least 5)")
    parser.add_argument("--only", choices=["losses", "kills"])
    parser.add_argument("--workers-as-they-are", action="store_true", help="pseudo-terminals at ordinary priority")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    times, kills = options.times, max(5, options.times // 10)
    perfect = Faults()
    losses: list[Callable[[], Result]] = [
        lambda: lose(
            "answers lost",
            times,
            LINK_LIMIT_S,
            lambda e: e.set_faults(Faults(loss=1.0, on="answers")),
            lambda e: e.set_faults(perfect),
        ),
        lambda: lose(
            "commands lost",
            times,
            LINK_LIMIT_S,
            lambda e: e.set_faults(Faults(loss=1.0, on="commands")),
            lambda e: e.set_faults(perfect),
        ),
        lambda: lose("cable pulled", times, LINK_LIMIT_S, lambda e: e.unplug(), lambda e: e.replug()),
    ]
    deaths: list[Callable[[], Result]] = [
        lambda: kill_servo(kills),
        lambda: kill_parent(kills, "parent killed", PARENT, board),
        lambda: kill_parent(kills, "  no watchdog", UNWATCHED, pantograph),
        lambda: kill_parent(FEW, "  pyserial", PEER, pantograph),
    ]
    if not options.json:
        print(machine())
        print(
            f"{'way':14} {'times':>6} {'p50 ms':>7} {'p99':>8} {'max':>9} {'limit ms':>9} {'within':>11} "
            f"{'told ms':>8} {'made up':>8}"
        )
    for way in (*(losses if options.only != "kills" else ()), *(deaths if options.only != "losses" else ())):
        with contextlib.nullcontext() if options.workers_as_they_are else prompt_terminals():
            result = way()
        if options.json:
            print(json.dumps(asdict(result)))
        else:
            count = result.count
            print(
                f"{result.way:14} {count:6} {milliseconds(result.zero_s)} {result.limit_s * 1e3:9.1f} "
                f"{f'{result.within} of {count}':>11} "
                f"{f'{max(result.told_s) * 1e3:.1f}' if result.told_s else '-':>8} {result.made_up:8}",
                flush=True,
            )


if __name__ == "__main__":
    main()

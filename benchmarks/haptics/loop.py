"""How punctual is the servo loop while a network runs in the pipeline, and how punctual is a thread of the pipeline?

    python benchmarks/haptics/loop.py [--seconds 10] [--rates 1000,2000] [--json]

The loop drives an emulated board (a process of its own, on a pseudo-terminal) with a spring in force. Meanwhile the
parent runs a small transformer again and again, with all of torch's threads and a Python part between two calls, as a
pipeline does.

- **servo process**: as `HapticDevice` runs it.
- **thread**: the same loop, byte for byte, as a thread of the process in which torch runs, as libraries do that have no
  process of their own.
- **pyserial thread**: the loop that most have: `while True: write; read; sleep(rest)` with blocking pyserial.

`rate` counts states that were read in the device's answer; `wake` is how late a period began, p50, p99 and maximum in
milliseconds (of the first two loops by their own histogram, 1 µs bins).
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from dataclasses import asdict, dataclass

from rig import AXES, board, machine, memory_of, servo, until

from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring
from wugan.devices.haptic.emulators.pty import EmulatorProcess
from wugan.devices.haptic.servo.link import Link
from wugan.devices.haptic.servo.loop import Servo, Stop
from wugan.devices.haptic.servo.memory import Jitter, Phase, ServoMemory, Word
from wugan.devices.haptic.servo.port import SerialPort
from wugan.devices.haptic.servo.process import ServoConfig
from wugan.devices.haptic.servo.rendering import Rendering

TIMEOUT_S = 0.1  # no loss of the link while the emulator is late: punctuality is what is measured here
SPRING = Program((Spring(stiffness=200.0),)).to_bytes()
EXPIRES_NS = 2_000_000_000
RENEW_S = 0.5
WARM_S = 1.0


@dataclass
class Result:
    """One loop at one rate; times in seconds."""

    loop: str
    asked_hz: float
    cycles_hz: float
    states_hz: float
    late_p50_s: float
    late_p99_s: float
    late_max_s: float
    losses: int
    torch_per_s: float


class Inference:
    """Runs a network in threads of this process until it is told to stop."""

    def __enter__(self) -> Inference:
        import torch

        layer = torch.nn.TransformerEncoderLayer(256, 8, 1024, batch_first=True)
        network = torch.nn.TransformerEncoder(layer, 4).eval()
        window = torch.randn(4, 128, 256)
        self.calls, self._stop = 0, False

        def run() -> None:
            with torch.inference_mode():
                while not self._stop:
                    fused = network(window).mean(1)
                    sorted(fused.flatten().tolist())  # what a head does in Python
                    self.calls += 1

        self._thread = threading.Thread(target=run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop = True
        self._thread.join()


def spring_for(memory: ServoMemory, seconds: float) -> None:
    """Have the loop render for so long, as a pipeline does: by renewing its program."""
    until = time.monotonic() + seconds
    while (rest := until - time.monotonic()) > 0:
        memory.write_program(SPRING, time.monotonic_ns() + EXPIRES_NS)
        time.sleep(min(rest, RENEW_S))


def measure(memory: ServoMemory, name: str, rate_hz: float, seconds: float) -> Result:
    """Watch a loop that runs, with the network beside it."""
    with Inference() as inference:
        spring_for(memory, WARM_S)
        before, words = memory.histogram.tolist(), memory.words
        words[Word.LATE_MAX_NS] = 0
        counts = [words[Word.CYCLES], words[Word.STATES], words[Word.LOSSES], inference.calls]
        begun = time.monotonic()
        spring_for(memory, seconds)
        took = time.monotonic() - begun
        now = [words[Word.CYCLES], words[Word.STATES], words[Word.LOSSES], inference.calls]
        jitter = Jitter.of(memory.histogram.tolist(), words[Word.LATE_MAX_NS], before)
    cycles, states, losses, calls = (later - earlier for later, earlier in zip(now, counts, strict=True))
    late = (jitter.p50_s, jitter.p99_s, jitter.max_s)
    return Result(name, rate_hz, cycles / took, states / took, *late, losses, calls / took)


def in_process(emulator: EmulatorProcess, rate_hz: float, seconds: float) -> Result:
    process = servo(emulator.port, rate_hz=rate_hz, timeout_s=TIMEOUT_S, passivity=True)
    try:
        return measure(memory_of(process), "servo process", rate_hz, seconds)
    finally:
        process.close()


def in_thread(emulator: EmulatorProcess, rate_hz: float, seconds: float) -> Result:
    config = ServoConfig(emulator.port, WuganBoard(axes=AXES), None, rate_hz, TIMEOUT_S)
    memory = ServoMemory.create(emulator.port)
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise Stop("measured")

    link = Link(SerialPort(config.port), config.driver, config.timeout_ns, check)
    loop = Servo(config, memory, link, Rendering(AXES), check, lambda *_: None)
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        if not until(lambda: memory.words[Word.PHASE] == Phase.READY):
            raise RuntimeError("the thread's loop did not come up")
        return measure(memory, "thread", rate_hz, seconds)
    finally:
        stop.set()
        thread.join()
        memory.remove()
        memory.close()


def with_pyserial(emulator: EmulatorProcess, rate_hz: float, seconds: float) -> Result:
    import serial

    driver = WuganBoard(axes=AXES)
    line = serial.Serial(emulator.port, 115_200, timeout=TIMEOUT_S)
    late: list[float] = []
    states = 0
    stop = threading.Event()

    def run() -> None:
        nonlocal states
        period = 1.0 / rate_hz
        wake = time.monotonic()
        while not stop.is_set():
            late.append(max(0.0, time.monotonic() - wake))
            line.write(driver.read())  # asks for the state only: this loop could not arm the board again
            answer = line.read_until(b"\0")
            states += len(driver.feed(answer))
            wake += period
            rest = wake - time.monotonic()
            if rest > 0:
                time.sleep(rest)
            else:
                wake = time.monotonic()  # as they do: the schedule moves

    thread = threading.Thread(target=run)
    thread.start()
    with Inference() as inference:
        time.sleep(WARM_S)
        late.clear()
        counted, calls, begun = states, inference.calls, time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - begun
        found = sorted(late)
        rates = (len(found) / took, (states - counted) / took)
        calls = inference.calls - calls
    stop.set()
    thread.join()
    line.close()
    quantiles = (found[len(found) // 2], found[int(len(found) * 0.99)], found[-1]) if found else (0.0, 0.0, 0.0)
    return Result("pyserial thread", rate_hz, *rates, *quantiles, 0, calls / took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--rates", default="1000,2000", help="Hz, with commas")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    results = []
    if not options.json:
        print(machine())
        print(
            f"{'loop':16} {'asked':>6} {'cycles':>8} {'states':>8} {'wake p50':>9} {'p99':>8} {'max':>8} {'torch':>8}"
        )
        print(f"{'':16} {'Hz':>6} {'/s':>8} {'/s':>8} {'ms':>9} {'ms':>8} {'ms':>8} {'/s':>8}")
    for rate_hz in (float(rate) for rate in options.rates.split(",")):
        for way in (in_process, in_thread, with_pyserial):
            with board() as emulator:
                result = way(emulator, rate_hz, options.seconds)
            results.append(result)
            if options.json:
                print(json.dumps(asdict(result)))
            else:
                late = " ".join(
                    f"{value * 1e3:8.3f}" for value in (result.late_p50_s, result.late_p99_s, result.late_max_s)
                )
                print(
                    f"{result.loop:16} {rate_hz:6.0f} {result.cycles_hz:8.1f} {result.states_hz:8.1f}  {late} "
                    f"{result.torch_per_s:8.1f}",
                    flush=True,
                )
    if not options.json:
        ours, thread = results[0], results[1]
        print(f"wake p99, thread / servo process at {ours.asked_hz:g} Hz: {thread.late_p99_s / ours.late_p99_s:.0f}×")


if __name__ == "__main__":
    main()

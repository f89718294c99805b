"""The loop against an emulated board: what it does in a period, and on each way that things go wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from wugan.devices.haptic.emulators.pty import Faults, PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.servo.memory import Phase, RecordCodec, Word


class Constant:
    """Renders the same force whatever the program; a test changes it."""

    def __init__(self, *force: float) -> None:
        self.force: Sequence[float] = force
        self.ready = True
        self.error: Exception | None = None
        self.loaded: list[bytes] = []
        self.resets = 0

    def load(self, data: bytes) -> bool:
        if data == b"bad":
            raise ValueError("bad program")
        self.loaded.append(data)
        return self.ready

    def step(self, position: Sequence[float], velocity: Sequence[float], dt_s: float) -> tuple[Sequence[float], ...]:
        if self.error is not None:
            raise self.error
        return [0.0] * len(self.force), self.force

    def granted(self) -> float:
        return 0.0

    def potential(self, position: Sequence[float]) -> float:
        return 0.0

    def reset(self) -> None:
        self.resets += 1


Start = Callable[..., Any]
Wait = Callable[..., None]


def test_without_a_program_there_is_no_force_but_there_are_states(threaded: Start, wait_until: Wait) -> None:
    servo = threaded(Constant(1.0, 0.0))
    servo.ramped()
    wait_until(lambda: servo.word(Word.STATES) > 200)
    assert servo.emulator.output == (0.0, 0.0)
    number, data = servo.memory.states.newest()
    record = RecordCodec(2).unpack(number, data)
    assert record.output == (0.0, 0.0)
    assert 0 < record.round_trip_s < 0.1


def test_the_force_ramps_in_and_holds(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(1.0, 0.0), passivity=False)
    servo.ready()
    begun = time.monotonic_ns()
    servo.hold()
    wait_until(lambda: emulator.output[0] == pytest.approx(1.0))
    half = next(change.time_ns for change in emulator.changes if change.output[0] >= 0.5)
    # The board itself ramps too; ours alone takes 250 ms to the full force.
    assert half - begun > 100_000_000
    assert max(change.output[0] for change in emulator.changes) <= 1.0 + 1e-6


def test_an_expired_program_is_no_force(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(1.0, 0.0), passivity=False)
    servo.ramped()
    servo.hold(seconds=0.3)
    wait_until(lambda: emulator.output[0] > 0)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    wait_until(lambda: "expired" in servo.codes)  # told after the force is away
    assert servo.word(Word.PHASE) == Phase.READY


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), 1e12])
def test_what_nobody_can_mean_never_reaches_the_device(
    wrong: float, threaded: Start, emulator: PtyEmulator, wait_until: Wait
) -> None:
    renderer = Constant(0.5, 0.5)
    servo = threaded(renderer, passivity=wrong < 0)
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    renderer.force = (wrong, 0.5)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    wait_until(lambda: set(servo.codes) & {"output_non_finite", "output_overflow"})


def test_an_effect_that_fails_is_no_force_and_no_end(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    renderer = Constant(0.5, 0.5)
    servo = threaded(renderer)
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    renderer.error = ZeroDivisionError("no")
    wait_until(lambda: emulator.output == (0.0, 0.0))
    states = servo.word(Word.STATES)
    wait_until(lambda: servo.word(Word.STATES) > states + 10)
    wait_until(lambda: "program" in servo.codes)


def test_a_bad_program_leaves_none_in_force(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    servo.hold(b"bad")
    wait_until(lambda: servo.word(Word.PROGRAM) == 0)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    servo.hold()
    wait_until(lambda: servo.word(Word.PROGRAM) == 3)


def test_a_program_that_waits_for_geometry_leaves_the_one_before_in_force(threaded: Start, wait_until: Wait) -> None:
    renderer = Constant(0.5, 0.5)
    servo = threaded(renderer)
    servo.ramped()
    servo.hold(b"first")
    wait_until(lambda: servo.word(Word.PROGRAM) == 1)
    renderer.ready = False
    servo.hold(b"second")
    wait_until(lambda: renderer.loaded.count(b"second") > 3)
    assert servo.word(Word.PROGRAM) == 1
    renderer.ready = True
    wait_until(lambda: servo.word(Word.PROGRAM) == 2)


def test_one_command_is_in_flight_while_the_device_stalls(
    threaded: Start, emulator: PtyEmulator, wait_until: Wait
) -> None:
    servo = threaded(Constant(0.5, 0.5), timeout_s=0.5)
    servo.ramped()
    emulator.stall(0.05)
    before = servo.word(Word.COMMANDS)
    wait_until(lambda: servo.word(Word.SKIPPED) > 20)
    assert servo.word(Word.COMMANDS) <= before + 2
    states = servo.word(Word.STATES)
    wait_until(lambda: servo.word(Word.STATES) > states + 10)
    assert servo.word(Word.LOSSES) == 0


def test_an_answer_that_does_not_come_is_a_lost_link_and_zero(
    threaded: Start, emulator: PtyEmulator, wait_until: Wait
) -> None:
    renderer = Constant(0.5, 0.5)
    servo = threaded(renderer)
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    emulator.faults = Faults(loss=1.0, on="answers")
    wait_until(lambda: servo.word(Word.PHASE) == Phase.LOST)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    newest = servo.memory.states.head
    time.sleep(0.02)
    assert servo.memory.states.head == newest  # no state is made up
    emulator.faults = Faults()
    servo.ready()
    assert servo.servo.guard.gain < 1.0
    wait_until(lambda: "lost" in servo.codes)
    assert renderer.resets == servo.word(Word.LINKS) >= 2


def test_unplugged_and_back(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ready()
    emulator.unplug()
    wait_until(lambda: servo.word(Word.PHASE) == Phase.LOST)
    wait_until(lambda: not servo.link.port.is_open)
    emulator.replug()
    servo.ready()
    assert servo.word(Word.LINKS) == 2


def test_emergency_stop_holds_until_it_is_released(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    servo.memory.raise_word(Word.ESTOP)
    wait_until(lambda: servo.word(Word.PHASE) == Phase.ESTOPPED)
    wait_until(lambda: emulator.output == (0.0, 0.0))
    servo.hold()
    time.sleep(0.05)
    assert servo.word(Word.PHASE) == Phase.ESTOPPED
    assert emulator.output == (0.0, 0.0)
    servo.memory.raise_word(Word.RELEASE)
    servo.ready()
    wait_until(lambda: emulator.output[0] > 0)


def test_emergency_stop_is_heard_while_the_link_is_made(
    threaded: Start, emulator: PtyEmulator, wait_until: Wait
) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ready()
    emulator.faults = Faults(loss=1.0)
    wait_until(lambda: servo.word(Word.PHASE) == Phase.LOST)
    servo.memory.raise_word(Word.ESTOP)
    wait_until(lambda: servo.word(Word.PHASE) == Phase.ESTOPPED)
    emulator.faults = Faults()
    servo.memory.raise_word(Word.RELEASE)
    servo.ready()


def test_the_device_s_own_button(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ramped()
    servo.hold()
    device = emulator.device
    assert isinstance(device, EmulatedWuganBoard)
    device.press_estop(True)
    wait_until(lambda: servo.word(Word.PHASE) == Phase.ESTOPPED)
    device.press_estop(False)
    time.sleep(0.03)
    assert servo.word(Word.PHASE) == Phase.ESTOPPED
    servo.memory.raise_word(Word.RELEASE)
    servo.ready()


def test_a_device_that_refuses_is_a_fault_that_is_told(
    threaded: Start, emulator: PtyEmulator, wait_until: Wait
) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ready()
    device = emulator.device
    assert isinstance(device, EmulatedWuganBoard)
    emulator.unplug()
    device.set_fault(1)
    emulator.replug()
    wait_until(lambda: servo.word(Word.PHASE) in (Phase.FAULT, Phase.READY))


def test_calibration_moves_the_zero_and_the_force_comes_back_with_the_ramp(threaded: Start, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ramped()
    servo.servo.calibrate((0.01, -0.01))
    number = servo.memory.states.head
    wait_until(lambda: servo.memory.states.head > number + 3)
    number, data = servo.memory.states.newest()
    assert RecordCodec(2).unpack(number, data).position == pytest.approx((-0.01, 0.01), abs=1e-3)
    assert servo.servo.guard.gain < 1.0


def test_the_way_out_is_zero(threaded: Start, emulator: PtyEmulator, wait_until: Wait) -> None:
    servo = threaded(Constant(0.5, 0.5))
    servo.ramped()
    servo.hold()
    wait_until(lambda: emulator.output[0] > 0)
    servo.stopped = "enough"
    wait_until(lambda: emulator.output == (0.0, 0.0))
    wait_until(lambda: servo.word(Word.PHASE) == Phase.STOPPED)
    assert servo.why == "enough"

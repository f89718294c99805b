"""What becomes of a program in one period, without a device and without waiting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.driver import State
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring
from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.safety.guard import Guard
from wugan.devices.haptic.servo.forces import Forces
from wugan.devices.haptic.servo.memory import ServoMemory, Word
from wugan.devices.haptic.servo.process import ServoConfig
from wugan.devices.haptic.servo.rendering import Rendering

PERIOD_NS = 1_000_000
HERE = (0.02, 0.0)


class Bench:
    """Forces, guard and memory with a clock of their own."""

    def __init__(self, memory: ServoMemory) -> None:
        driver = WuganBoard(axes=2)
        self.memory = memory
        self.events = Events()
        self.guard = Guard(driver.spec, None, self.events)
        self.forces = Forces(ServoConfig("none", driver), memory, Rendering(2), self.events)
        self.now = time.monotonic_ns()
        self.guard.connected(True, now_s=self.now / 1e9)

    def run(self, periods: int, position: tuple[float, ...] = HERE) -> tuple[float, ...]:
        """So many periods with the handle held still; the last output."""
        output: tuple[float, ...] = ()
        for _ in range(periods):
            self.now += PERIOD_NS
            state = self.guard.admit(State(position, (0.0, 0.0)), self.now / 1e9)
            output = self.forces.next(self.now, state, position, self.guard)
        return output


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[ServoMemory]:
    made = ServoMemory.create(str(tmp_path / "port"))
    yield made
    made.remove()
    made.close()


SPRING = Program((Spring(stiffness=100.0),)).to_bytes()


def test_a_displaced_spring_has_its_full_force_after_the_ramp(memory: ServoMemory) -> None:
    bench = Bench(memory)
    memory.write_program(SPRING, bench.now + 10**10)
    assert abs(bench.run(1)[0]) < 0.1
    assert bench.run(400)[0] == pytest.approx(-2.0, rel=0.05)


def test_it_has_it_again_after_it_had_expired(memory: ServoMemory) -> None:
    bench = Bench(memory)
    for _ in range(2):
        memory.write_program(SPRING, bench.now + 500 * PERIOD_NS)
        assert bench.run(450)[0] == pytest.approx(-2.0, rel=0.05)
        assert bench.run(100) == (0.0, 0.0)
    assert bench.events.counts[Code.EXPIRED] > 0


@settings(max_examples=30)
@given(st.binary(min_size=1, max_size=64))
def test_no_bytes_are_a_force_unless_they_are_a_program(data: bytes) -> None:
    memory = ServoMemory.create("hypothesis")
    try:
        bench = Bench(memory)
        memory.write_program(data, bench.now + 10**10)
        assert bench.run(3) == (0.0, 0.0)
        assert memory.words[Word.PROGRAM] == 0
        assert bench.events.counts[Code.PROGRAM] == 1
    finally:
        memory.remove()
        memory.close()


def test_a_program_ends_though_it_claims_to_hold_for_hours(memory: ServoMemory) -> None:
    bench = Bench(memory)
    memory.write_program(SPRING, bench.now + 10**13)
    assert bench.run(1900)[0] == pytest.approx(-2.0, rel=0.05)
    assert bench.run(200) == (0.0, 0.0)


def test_an_empty_program_takes_the_force_away(memory: ServoMemory) -> None:
    bench = Bench(memory)
    memory.write_program(SPRING, bench.now + 10**10)
    bench.run(300)
    memory.write_program(b"", 0)
    assert bench.run(10) == (0.0, 0.0)
    assert memory.words[Word.PROGRAM] == 0


def test_without_a_state_there_is_no_force(memory: ServoMemory) -> None:
    bench = Bench(memory)
    memory.write_program(SPRING, bench.now + 10**10)
    bench.run(300)
    assert bench.forces.next(bench.now + PERIOD_NS, None, HERE, bench.guard) == (0.0, 0.0)

"""What holds whatever is wanted, whatever the device says and whatever happens: a machine that tries to break it."""

from __future__ import annotations

import math

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.safety import Guard, Limits
from wugan.devices.haptic.safety.guard import LONGEST_DT_S

ENDLESS = (-math.inf, math.inf)
ANY = st.floats()
FORCE = st.one_of(st.floats(-30.0, 30.0), st.just(0.0), ANY)
AXES = 3
SLACK = 1.0 + 1e-9


def device(space: str, watchdog_s: float | None) -> HapticSpec:
    return HapticSpec(
        protocol="x",
        model="x",
        space="cartesian" if space == "cartesian" else "joint",
        max_output=(8.0, 6.0, 10.0),
        workspace=((-0.1, 0.1), (0.0, 0.3), ENDLESS),
        max_velocity=(2.0, 1.0, 5.0),
        max_rate_hz=2000.0,
        watchdog_s=watchdog_s,
        reads_without_commanding=True,
        measures_velocity=False,
    )


class Machine(RuleBasedStateMachine):
    """Runs a guard as a servo would, with anything at all as input."""

    @initialize(space=st.sampled_from(["cartesian", "joint"]), watchdog=st.sampled_from([0.05, None]))
    def begin(self, space: str, watchdog: float | None) -> None:
        spec = device(space, watchdog)
        self.limits = Limits.of(spec)
        self.guard = Guard(spec, self.limits)
        self.now_s = 0.0
        self.may_push = False
        self.estopped = False
        self.connected_s = math.inf
        self.output: tuple[float, ...] = (0.0,) * AXES
        self.gain = 0.0

    def period(
        self, wanted: tuple[float, ...], state: State | None, dt_s: float, elapsed: float, expires_in: float = math.inf
    ) -> None:
        self.now_s += elapsed
        output = self.guard.limit(wanted, state, self.now_s, dt_s, self.now_s + expires_in)
        self.check(output, dt_s)
        if expires_in <= 0.0 or state is None:
            assert output == (0.0,) * AXES
        self.output = output

    def check(self, output: tuple[float, ...], dt_s: float) -> None:
        limits = self.limits
        assert len(output) == AXES and all(math.isfinite(value) for value in output)
        for value, most in zip(output, limits.output, strict=True):
            assert abs(value) <= most * SLACK
        if limits.norm is not None:
            assert math.hypot(*output) <= limits.norm * SLACK
        if any(output):
            step_s = dt_s if 0.0 < dt_s < math.inf else 0.0
            for value, was, slew in zip(output, self.output, limits.slew, strict=True):
                start = abs(was) if value * was > 0.0 else 0.0  # it may fall at once, but not past zero
                assert abs(value) - start <= slew * min(step_s, LONGEST_DT_S) * SLACK + 1e-12
            assert self.may_push and not self.estopped
            # The ramp, by the clock of the machine: never ahead of a quarter of a second.
            share = min(1.0, (self.now_s - self.connected_s) / 0.25 + LONGEST_DT_S / 0.25)
            for value, most in zip(output, limits.output, strict=True):
                assert abs(value) <= most * share * SLACK

    @rule(wanted=st.tuples(FORCE, FORCE, FORCE), x=ANY, v=st.one_of(st.none(), ANY), dt_s=ANY, late=st.floats(0.0, 1.0))
    def anything(self, wanted: tuple[float, ...], x: float, v: float | None, dt_s: float, late: float) -> None:
        """A period in which even states that were not admitted are given."""
        velocity = None if v is None else (v, -v, v)
        self.period(wanted, State((x, x, x), velocity), dt_s, late)

    @rule(
        wanted=st.tuples(FORCE, FORCE, FORCE),
        x=st.floats(-0.12, 0.12),
        speed=st.floats(-3.0, 3.0),
        periods=st.integers(1, 60),
    )
    def ordinary(self, wanted: tuple[float, ...], x: float, speed: float, periods: int) -> None:
        gain = self.guard.gain
        for _ in range(periods):
            state = State((x, x + 0.1, 100 * x), (speed, -speed, speed))
            self.period(wanted, self.guard.admit(state, self.now_s + 1e-3), 1e-3, 1e-3)
            assert self.guard.gain >= gain or self.guard.gain == 0.0
            gain = self.guard.gain

    @rule(wanted=st.tuples(FORCE, FORCE, FORCE))
    def expired(self, wanted: tuple[float, ...]) -> None:
        self.period(wanted, State((0.0, 0.1, 0.0)), 1e-3, 1e-3, expires_in=0.0)
        self.connected_s = self.now_s

    @rule(wanted=st.tuples(FORCE, FORCE, FORCE))
    def no_answer(self, wanted: tuple[float, ...]) -> None:
        self.period(wanted, None, 1e-3, 1e-3)

    @rule(calibrated=st.booleans())
    def connect(self, calibrated: bool) -> None:
        self.guard.connected(calibrated)
        self.may_push, self.connected_s, self.output = calibrated, self.now_s, (0.0,) * AXES

    @rule()
    def lose(self) -> None:
        self.guard.lost("unplugged")
        self.may_push, self.output = False, (0.0,) * AXES

    @rule()
    def stop(self) -> None:
        self.guard.estop("button")
        self.estopped, self.output = True, (0.0,) * AXES

    @rule()
    def release(self) -> None:
        self.guard.release()
        self.estopped, self.connected_s, self.output = False, self.now_s, (0.0,) * AXES

    @invariant()
    def it_says_why_there_is_no_output(self) -> None:
        if hasattr(self, "guard"):
            assert (self.guard.stopped is None) == (self.may_push and not self.estopped)
            assert 0.0 <= self.guard.gain <= 1.0


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

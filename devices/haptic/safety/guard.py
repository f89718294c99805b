"""`Guard`: stands between what is rendered and what a device is told, in every period of the servo loop;
`StateGuard`: lets a device's states in only where they can be true. Nothing is mended: a bad state is no state.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.safety.limits import Limits

LATE_S = 0.002  # an answer may be so much later, and the next so much earlier, than the motion between them tells
BEYOND_SHARE = 1.0  # of the workspace's span: how far outside it a position is still believed
SPAN_OF_ENDLESS = math.tau  # what stands for the span of an axis that turns without end (rad)
UNITS_WINDOW_S = 0.05  # over which a measured velocity is compared with the positions
UNITS_GAP_S = 0.02  # longer without a state, and the comparison starts anew
UNITS_SHARE = 0.02  # of the span: less motion than that in a window proves nothing
UNITS_RATIO = 5.0  # mm for m is 1000, degrees for radians is 57; a filter's lag stays below 2
SMOOTHING_S = 0.004  # of the velocity that is estimated where the device measures none


class StateGuard:
    """Checks states against the last one, the device's range and its own velocities.

    Args:
        spec: of the device.
        events: where rejections are written.
    """

    def __init__(self, spec: HapticSpec, events: Events) -> None:
        self.velocity: list[float] = [0.0] * spec.axes
        self.rejected: dict[Code, int] = {}
        self._axes = spec.axes
        self._events = events
        self._fastest = spec.max_velocity
        self._spans = [high - low if math.isfinite(high - low) else SPAN_OF_ENDLESS for low, high in spec.workspace]
        self._low = [low - BEYOND_SHARE * span for (low, _), span in zip(spec.workspace, self._spans, strict=True)]
        self._high = [high + BEYOND_SHARE * span for (_, high), span in zip(spec.workspace, self._spans, strict=True)]
        self.forget()

    def forget(self) -> None:
        """The next state is the first one: after a (re)connect, where the handle may be anywhere."""
        self._last: tuple[float, ...] | None = None
        self._last_s = 0.0
        self._wrong_units = False
        self.velocity = [0.0] * self._axes
        self._restart_window(0.0, None)

    def admit(self, state: State, now_s: float) -> State | None:
        """The state itself, or None where it cannot be true.

        Args:
            state: as the driver gave it.
            now_s: when it came, monotonic seconds.
        """
        position, velocity, last = state.position, state.velocity, self._last
        elapsed = now_s - self._last_s
        wrong = self._impossible(position, velocity, now_s)
        if wrong is None and last is not None:
            wrong = self._discontinuous(position, last, elapsed)
        if wrong is not None:
            return self._reject(*wrong, now_s)
        if velocity is not None:
            self.velocity[:] = velocity
            if last is not None and self._units_differ(position, last, velocity, now_s, elapsed):
                self._wrong_units = True
        elif last is not None:
            self._estimate(position, last, elapsed)
        self._last, self._last_s = position, now_s
        if self._wrong_units:
            return self._reject(Code.STATE_UNITS, "velocities do not fit positions: one of them has wrong units", now_s)
        return state

    def _impossible(
        self, position: tuple[float, ...], velocity: tuple[float, ...] | None, now_s: float
    ) -> tuple[Code, str] | None:
        """Why the state by itself cannot be true."""
        axes = self._axes
        if len(position) != axes or (velocity is not None and len(velocity) != axes):
            return Code.STATE_SHAPE, f"{len(position)} axes instead of {axes}"
        total = now_s + sum(position)
        if velocity is not None:
            total += sum(velocity)
        if total - total != 0.0:  # infinity less infinity is NaN: one test for all of them
            return Code.STATE_NON_FINITE, f"position {position}, velocity {velocity} at {now_s}"
        low, high, fastest = self._low, self._high, self._fastest
        for axis, at in enumerate(position):
            if not low[axis] <= at <= high[axis]:
                return Code.STATE_RANGE, f"axis {axis} at {at:g}, believable {low[axis]:g}…{high[axis]:g}"
        for axis, speed in enumerate(velocity or ()):
            if not -fastest[axis] <= speed <= fastest[axis]:
                return Code.STATE_SPEED, f"axis {axis} at {speed:g}/s, at most {fastest[axis]:g}/s"
        return None

    def _discontinuous(
        self, position: tuple[float, ...], last: tuple[float, ...], elapsed: float
    ) -> tuple[Code, str] | None:
        """Why the state cannot follow the last one."""
        if not elapsed >= 0.0:
            return Code.CLOCK, f"{elapsed:g} s since the last state"
        allowed = elapsed + LATE_S
        for axis, (at, before) in enumerate(zip(position, last, strict=True)):
            if not abs(at - before) <= self._fastest[axis] * allowed:
                return Code.STATE_JUMP, f"axis {axis} from {before:g} to {at:g} in {elapsed * 1e3:.3g} ms"
        return None

    def _reject(self, code: Code, detail: str, now_s: float) -> State | None:
        """No state, and why."""
        self.rejected[code] = self.rejected.get(code, 0) + 1
        time_ns = int(now_s * 1e9) if math.isfinite(now_s) else 0
        if self._events.begins(code, time_ns):
            self._events.add(code, time_ns, detail)
        return None

    def _estimate(self, position: tuple[float, ...], last: tuple[float, ...], elapsed: float) -> None:
        """Low-passed difference quotient."""
        if elapsed <= 0.0:
            return
        share = elapsed / (elapsed + SMOOTHING_S)
        velocity = self.velocity
        for axis in range(self._axes):
            velocity[axis] += share * ((position[axis] - last[axis]) / elapsed - velocity[axis])

    def _restart_window(self, now_s: float, position: tuple[float, ...] | None) -> None:
        self._window_s = now_s
        self._window_position = position
        self._told = [0.0] * self._axes
        self._moved = [0.0] * self._axes

    def _units_differ(
        self,
        position: tuple[float, ...],
        last: tuple[float, ...],
        velocity: tuple[float, ...],
        now_s: float,
        elapsed: float,
    ) -> bool:
        """Way by the velocities against way by the positions, a window at a time.

        A device's filter never makes velocities larger, so too large ones are compared way against way. It does make
        those of a vibration smaller, so too small ones are compared with the way that was really covered.
        """
        begun = self._window_position
        if begun is None or elapsed > UNITS_GAP_S:
            self._restart_window(now_s, position)
            return False
        told, moved = self._told, self._moved
        for axis in range(self._axes):
            told[axis] += abs(velocity[axis]) * elapsed
            moved[axis] += abs(position[axis] - last[axis])
        if now_s - self._window_s < UNITS_WINDOW_S:
            return False
        differ = False
        for axis in range(self._axes):
            least, covered = UNITS_SHARE * self._spans[axis], abs(position[axis] - begun[axis])
            if told[axis] > max(least, UNITS_RATIO * moved[axis]) or covered > max(least, UNITS_RATIO * told[axis]):
                differ = True
        self._restart_window(now_s, position)
        return differ


OVERFLOW_RATIO = 1000.0  # times the cap: not a force that was meant, but an overflow or newtons given as millinewtons
LONGEST_DT_S = 0.005  # a period that took longer counts as this long, or one stall would let any step through
BRAKE_BAND = 0.5  # of the speed limit: above it the brake grows over this share
BRAKE_SHARE = 0.25  # of the cap: the brake's greatest force; slope 0.5·cap/limit, light enough for handles of 10 g
EDGE_SHARE = 0.25  # of the cap: how hard the soft edge pushes back at the hard stop


class Guard:
    """Limits, ramp, latch and expiry of one device. Pure: no I/O, no clock of its own, never raises while running.

    Whatever is wrong, `limit` gives zero; after most troubles the force comes back with the ramp only. It is not
    thread-safe: the servo loop alone calls it.

    Args:
        spec: of the device.
        limits: None for `Limits.of(spec)`.
        events: where events are written; its own if None.

    Raises:
        DataError: limits that the device does not allow.
    """

    def __init__(self, spec: HapticSpec, limits: Limits | None = None, events: Events | None = None) -> None:
        self.spec = spec
        self.limits = limits if limits is not None else Limits.of(spec)
        self.limits.check(spec)
        self.events = events if events is not None else Events()
        self._states = StateGuard(spec, self.events)
        self._axes = spec.axes
        self._zero = (0.0,) * spec.axes
        self._output: tuple[float, ...] = self._zero
        self._now_s = 0.0
        self._stopped: Code | None = Code.LOST
        self._estop = False
        self._ramped_s = 0.0
        self._ready = False
        self._overflow = [OVERFLOW_RATIO * value for value in self.limits.output]

    # What happened

    def connected(self, calibrated: bool, now_s: float | None = None) -> None:
        """The device answers. Output begins with the ramp, and only after its calibration was checked.

        Args:
            calibrated: it was; otherwise the output stays zero until this is called again with True.
            now_s: monotonic seconds for the event; None for the last time that was seen, here and below.
        """
        self._states.forget()
        self._restart()
        self._stopped = None if calibrated else Code.UNCALIBRATED
        self._write(Code.CONNECTED if calibrated else Code.UNCALIBRATED, "", now_s)

    def lost(self, detail: str = "", now_s: float | None = None) -> None:
        """The device is gone: zero until `connected`."""
        if self._stopped is not Code.LOST:
            self._write(Code.LOST, detail, now_s)
        self._stopped = Code.LOST
        self._restart()

    def estop(self, detail: str = "", now_s: float | None = None) -> None:
        """Zero, until `release` is called; neither reconnecting nor anything else lifts it."""
        if not self._estop:
            self._write(Code.ESTOP, detail, now_s)
        self._estop = True
        self._restart()

    def release(self, now_s: float | None = None) -> None:
        """Lift the emergency stop; output comes back with the ramp."""
        if self._estop:
            self._write(Code.RELEASED, "", now_s)
        self._estop = False
        self._restart()

    # What is

    @property
    def stopped(self) -> Code | None:
        """Why there is no output at all; None where there is, or could be."""
        return Code.ESTOP if self._estop else self._stopped

    @property
    def gain(self) -> float:
        """Where the ramp stands, 0…1."""
        return min(1.0, self._ramped_s / self.limits.ramp_s)

    @property
    def velocity(self) -> tuple[float, ...]:
        """Of the last admitted state; estimated from positions where the device measures none."""
        return tuple(self._states.velocity)

    @property
    def rejected(self) -> dict[Code, int]:
        """States that were thrown away, by reason."""
        return self._states.rejected

    # In every period

    def admit(self, state: State, now_s: float) -> State | None:
        """The state itself, or None where it cannot be true (see `StateGuard.admit`)."""
        return self._states.admit(state, now_s)

    def limit(
        self, wanted: Sequence[float], state: State | None, now_s: float, dt_s: float, expires_s: float = math.inf
    ) -> tuple[float, ...]:
        """What the device may be told.

        Args:
            wanted: what was rendered, one for each axis, N or N·m.
            state: the admitted state that it was rendered from; None where there is none, which gives zero.
            now_s: monotonic seconds.
            dt_s: length of this period.
            expires_s: from when on the rendered effects hold no longer.

        Returns:
            Finite values within the caps, one for each axis.
        """
        if not now_s >= self._now_s:
            self._note(Code.CLOCK, f"{now_s:g} after {self._now_s:g} s")
            return self._cut()
        self._now_s = now_s
        if self._estop or self._stopped is not None:
            return self._cut()
        if not now_s < expires_s:
            self._note(Code.EXPIRED)
            return self._cut()
        axes = self._axes
        if state is None or len(state.position) != axes or (state.velocity is not None and len(state.velocity) != axes):
            self._note(Code.NO_STATE)
            self._output = self._zero
            return self._zero
        if state.flags or state.fault:
            if "estop" in state.flags:
                self.estop("by the device")
                return self._cut()
            if state.fault or "fault" in state.flags:
                self._note(Code.DEVICE_FAULT, state.fault)
                return self._cut()
            if "unreferenced" in state.flags:
                self._note(Code.UNCALIBRATED, "the device says that its positions have no reference")
                return self._cut()
        force = self._meant(wanted)
        if force is None:
            self._output = self._zero
            return self._zero
        self._brake(force, state.velocity if state.velocity is not None else self._states.velocity)
        if not self._contain(force, state.position):
            return self._cut()
        self._cap(force)
        return self._change(force, dt_s)

    def _meant(self, wanted: Sequence[float]) -> list[float] | None:
        """The wanted output as plain floats; None where nobody can have meant it."""
        try:
            force = [float(value) for value in wanted]
        except (TypeError, ValueError, OverflowError) as error:
            self._note(Code.OUTPUT_SHAPE, repr(error))
            return None
        if len(force) != self._axes:
            self._note(Code.OUTPUT_SHAPE, f"{len(force)} values for {self._axes} axes")
            return None
        total = sum(force)
        if total - total != 0.0:
            self._note(Code.OUTPUT_NON_FINITE, str(force))
            return None
        for value, most in zip(force, self._overflow, strict=True):
            if not -most <= value <= most:
                self._note(Code.OUTPUT_OVERFLOW, str(force))
                return None
        return force

    def _brake(self, force: list[float], velocity: Sequence[float]) -> None:
        """Above the speed limit fade driving force out, and push against the motion."""
        for axis, limit in enumerate(self.limits.speed):
            speed = velocity[axis]
            if -limit <= speed <= limit:
                continue
            share = min(1.0, (abs(speed) / limit - 1.0) / BRAKE_BAND)
            if force[axis] * speed > 0.0:
                force[axis] *= 1.0 - share
            force[axis] -= math.copysign(share * BRAKE_SHARE * self.limits.output[axis], speed)
            self._note(Code.BRAKED)

    def _contain(self, force: list[float], position: Sequence[float]) -> bool:
        """Fade outward force out at the workspace's edge, push back behind it; False beyond the hard stop."""
        limits = self.limits
        for axis, (low, high) in enumerate(limits.workspace):
            edge, where = limits.edge[axis], position[axis]
            if low + edge <= where <= high - edge:
                continue
            if not low - edge <= where <= high + edge:
                self._note(Code.HARD_STOP, f"axis {axis} at {where:g}, workspace {low:g}…{high:g}")
                return False
            inward = 1.0 if where < low + edge else -1.0
            outside = low - where if inward > 0.0 else where - high  # negative inside
            if edge > 0.0:
                if force[axis] * inward < 0.0:
                    force[axis] *= min(1.0, max(0.0, -outside / edge))
                if outside > 0.0:
                    force[axis] += inward * EDGE_SHARE * limits.output[axis] * outside / edge
            self._note(Code.EDGE)
        return True

    def _cap(self, force: list[float]) -> None:
        """Bring the output within the caps; a Cartesian vector keeps its direction."""
        limits = self.limits
        if limits.norm is None:
            for axis, most in enumerate(limits.output):
                if not -most <= force[axis] <= most:
                    force[axis] = math.copysign(most, force[axis])
                    self._note(Code.CAPPED)
            return
        norm = math.hypot(*force)
        share = limits.norm / norm if norm > limits.norm else 1.0
        for axis, most in enumerate(limits.output):
            if abs(force[axis]) * share > most:
                share = most / abs(force[axis])
        if share < 1.0:
            force[:] = [value * share for value in force]
            self._note(Code.CAPPED)

    def _change(self, force: list[float], dt_s: float) -> tuple[float, ...]:
        """Apply ramp and slew limit; the result becomes the last output."""
        limits = self.limits
        if not 0.0 < dt_s < math.inf:
            self._note(Code.CLOCK, f"a period of {dt_s:g} s")
            dt_s = 0.0
        dt_s = min(dt_s, LONGEST_DT_S)
        if self._ramped_s < limits.ramp_s:
            self._ramped_s += dt_s
            gain = self.gain
            force = [value * gain for value in force]
        elif not self._ready:
            self._ready = True
            self._write(Code.READY)
        # A force may fall at once, for passivity control takes away what would give energy out. From there it grows
        # with the slew limit: from the nearer of the last and the wanted value on the same side of zero, or from zero.
        base = [
            (was if abs(was) < abs(value) else value) if was * value > 0.0 else 0.0
            for was, value in zip(self._output, force, strict=True)
        ]
        if limits.norm is None:
            for axis, slew in enumerate(limits.slew):
                most = slew * dt_s
                change = force[axis] - base[axis]
                if not -most <= change <= most:
                    force[axis] = base[axis] + math.copysign(most, change)
                    self._note(Code.SLEWED)
        else:
            # Along the straight line to the target, which stays within all caps because they are convex.
            share = 1.0
            for axis, slew in enumerate(limits.slew):
                change = abs(force[axis] - base[axis])
                if change * share > slew * dt_s:
                    share = slew * dt_s / change
            if share < 1.0:
                force = [was + share * (value - was) for was, value in zip(base, force, strict=True)]
                self._note(Code.SLEWED)
        self._output = tuple(force)
        return self._output

    def _cut(self) -> tuple[float, ...]:
        """Zero at once, and the ramp from the start."""
        self._restart()
        return self._zero

    def _restart(self) -> None:
        self._output = self._zero
        self._ramped_s = 0.0
        self._ready = False

    def _note(self, code: Code, detail: str = "") -> None:
        """Count a condition that holds in this period; write it where it begins."""
        time_ns = int(self._now_s * 1e9)
        if self.events.begins(code, time_ns):
            self.events.add(code, time_ns, detail)

    def _write(self, code: Code, detail: str = "", now_s: float | None = None) -> None:
        self.events.add(code, int((self._now_s if now_s is None else now_s) * 1e9), detail)

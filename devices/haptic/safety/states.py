"""`StateGuard`: lets a device's states in only where they can be true. Nothing is mended: a bad state is no state."""

from __future__ import annotations

import math

from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.spec import HapticSpec, State

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
        position, velocity, axes = state.position, state.velocity, self._axes
        if len(position) != axes or (velocity is not None and len(velocity) != axes):
            return self._reject(Code.STATE_SHAPE, now_s, f"{len(position)} axes instead of {axes}")
        total = now_s + sum(position)
        if velocity is not None:
            total += sum(velocity)
        if total - total != 0.0:  # infinity less infinity is NaN: one test for all of them
            return self._reject(Code.STATE_NON_FINITE, now_s, f"position {position}, velocity {velocity} at {now_s}")
        low, high = self._low, self._high
        for axis in range(axes):
            if not low[axis] <= position[axis] <= high[axis]:
                return self._reject(
                    Code.STATE_RANGE,
                    now_s,
                    f"axis {axis} at {position[axis]:g}, believable {low[axis]:g}…{high[axis]:g}",
                )
        fastest = self._fastest
        if velocity is not None:
            for axis in range(axes):
                if not -fastest[axis] <= velocity[axis] <= fastest[axis]:
                    return self._reject(
                        Code.STATE_SPEED, now_s, f"axis {axis} at {velocity[axis]:g}/s, at most {fastest[axis]:g}/s"
                    )
        last = self._last
        if last is not None:
            elapsed = now_s - self._last_s
            if not elapsed >= 0.0:
                return self._reject(Code.CLOCK, now_s, f"{elapsed:g} s since the last state")
            allowed = elapsed + LATE_S
            for axis in range(axes):
                if not abs(position[axis] - last[axis]) <= fastest[axis] * allowed:
                    return self._reject(
                        Code.STATE_JUMP,
                        now_s,
                        f"axis {axis} from {last[axis]:g} to {position[axis]:g} in {elapsed * 1e3:.3g} ms",
                    )
            if velocity is None:
                self._estimate(position, last, elapsed)
            else:
                self.velocity[:] = velocity
                if self._units_differ(position, last, velocity, now_s, elapsed):
                    self._wrong_units = True
        elif velocity is not None:
            self.velocity[:] = velocity
        self._last, self._last_s = position, now_s
        if self._wrong_units:
            return self._reject(Code.STATE_UNITS, now_s, "velocities do not fit positions: one of them has wrong units")
        return state

    def _reject(self, code: Code, now_s: float, detail: str) -> State | None:
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

"""`Limits`: how much a haptic device may push, how fast that may change, how fast and how far it may move."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wugan.devices.haptic.safety.units import si
from wugan.devices.haptic.spec import HapticSpec
from wugan.errors import DataError

UNWATCHED_SHARE = 0.5  # of the greatest output: a device that keeps its last output when the host dies stays holdable
FULL_OUTPUT_S = 0.005  # from nothing to the cap by default: one wrong period at 1 kHz moves a fifth of the cap
FASTEST_FULL_OUTPUT_S = 0.001  # asked for by vibration at a few hundred hertz; faster is no limit any more
SPEED_SHARE = 0.5  # of the greatest believable speed: where the brake sets in by default
EDGE_SHARE = 0.05  # of the workspace: width of the soft edge
LONGEST_RAMP_S = 60.0
RAMP_S = 0.25  # the least; a hand needs about 0.2 s to react to a force that it did not expect

Amount = float | str


@dataclass(frozen=True, slots=True)
class Limits:
    """What the guard lets through. SI units; `joint` devices have rad and N·m where `cartesian` ones have m and N.

    Attributes:
        output: cap of each axis (N or N·m).
        norm: cap of the whole vector (N), for Cartesian devices; None where axes are independent.
        slew: fastest growth of each axis' output (N/s or N·m/s); it may fall at once, to zero but not beyond.
        speed: speed of each axis above which the brake takes driving force away (m/s or rad/s).
        workspace: least and greatest position of each axis; infinite where it turns without end.
        edge: width of the soft edge inside each workspace limit, and from there to the hard stop outside it.
        ramp_s: time from nothing to full output after every (re)connect.
    """

    output: tuple[float, ...]
    norm: float | None
    slew: tuple[float, ...]
    speed: tuple[float, ...]
    workspace: tuple[tuple[float, float], ...]
    edge: tuple[float, ...]
    ramp_s: float = RAMP_S

    @classmethod
    def of(
        cls,
        spec: HapticSpec,
        *,
        output: Amount | Sequence[Amount] | None = None,
        norm: Amount | None = None,
        slew: Amount | Sequence[Amount] | None = None,
        speed: Amount | Sequence[Amount] | None = None,
        edge: Amount | Sequence[Amount] | None = None,
        ramp: Amount = RAMP_S,
    ) -> Limits:
        """Limits that fit a device: its own range, half of it where it has no watchdog.

        What is given replaces that: texts with a unit (`"2 N"`, `"300 N/s"`, `"5 mm"`, `"400 ms"`) or SI numbers, one
        for all axes or one for each. A smaller cap without a slew limit takes the slew limit down with it.

        Raises:
            DataError: another unit, another number of axes, or more than the device allows (`check`).
        """
        force, length = ("N·m", "rad") if spec.space == "joint" else ("N", "m")
        share = 1.0 if spec.watchdog_s is not None else UNWATCHED_SHARE
        most = tuple(share * value for value in spec.max_output)
        cap = most if output is None else _each(output, force, spec.axes, "output")
        spans = [high - low for low, high in spec.workspace]
        largest = max(cap) if spec.space == "cartesian" else None
        limits = cls(
            output=cap,
            norm=largest if norm is None else si(norm, force, "Limits.norm"),
            slew=tuple(value / FULL_OUTPUT_S for value in cap)
            if slew is None
            else _each(slew, f"{force}/s", spec.axes, "slew"),
            speed=tuple(SPEED_SHARE * value for value in spec.max_velocity)
            if speed is None
            else _each(speed, f"{length}/s", spec.axes, "speed"),
            workspace=spec.workspace,
            edge=tuple(EDGE_SHARE * span if math.isfinite(span) else 0.0 for span in spans)
            if edge is None
            else _each(edge, length, spec.axes, "edge"),
            ramp_s=si(ramp, "s", "Limits.ramp"),
        )
        limits.check(spec)
        return limits

    def check(self, spec: HapticSpec) -> None:
        """Say whether these limits may be used with a device.

        Raises:
            DataError: a value is not finite, has another number of axes, or is higher than the device allows; which
                is half its output where it has no watchdog.
        """
        axes = spec.axes
        for name in ("output", "slew", "speed", "workspace", "edge"):
            if len(getattr(self, name)) != axes:
                raise DataError(f"Limits.{name} has {len(getattr(self, name))} axes, {spec.model} has {axes}.")
        share, fastest = (
            (1.0, FASTEST_FULL_OUTPUT_S) if spec.watchdog_s is not None else (UNWATCHED_SHARE, FULL_OUTPUT_S)
        )
        most = tuple(share * value for value in spec.max_output)
        slew = tuple(value / fastest for value in most)
        for name, values, bounds in (
            ("output", self.output, most),
            ("slew", self.slew, slew),
            ("speed", self.speed, spec.max_velocity),
        ):
            for axis, (value, bound) in enumerate(zip(values, bounds, strict=True)):
                if not 0.0 < value <= bound * (1 + 1e-9):
                    why = "" if spec.watchdog_s is not None else ": it has no watchdog, and keeps its last output"
                    raise DataError(
                        f"Limits.{name}[{axis}] = {value:g}: {spec.model} allows more than 0, at most {bound:g}{why}."
                    )
        if self.norm is not None and not 0.0 < self.norm <= math.hypot(*most) * (1 + 1e-9):
            raise DataError(f"Limits.norm = {self.norm:g}: more than 0 and at most {math.hypot(*most):g} N.")
        for axis, ((low, high), edge) in enumerate(zip(self.workspace, self.edge, strict=True)):
            if not low < high or not 0.0 <= edge <= (high - low) / 2 or not math.isfinite(edge):
                raise DataError(
                    f"Limits of axis {axis}: workspace {low:g} to {high:g}, edge {edge:g}: the first must be less than "
                    "the second, the edge at most half the span."
                )
        if not RAMP_S <= self.ramp_s <= LONGEST_RAMP_S:
            raise DataError(f"Limits.ramp_s = {self.ramp_s:g}: from {RAMP_S:g} to {LONGEST_RAMP_S:g} s.")

    def scaled(self, share: float) -> Limits:
        """The same with a share (0…1) of the output; slew is kept.

        Raises:
            DataError: the share is not above 0 and at most 1.
        """
        if not 0.0 < share <= 1.0:
            raise DataError(f"A share of {share:g} of the limits: above 0 and at most 1.")
        norm = None if self.norm is None else share * self.norm
        return replace(self, output=tuple(share * value for value in self.output), norm=norm)


def _each(value: Amount | Sequence[Amount], unit: str, axes: int, name: str) -> tuple[float, ...]:
    """One number of SI units for each axis."""
    parts: Sequence[Amount] = [value] * axes if isinstance(value, (int, float, str)) else value
    if len(parts) != axes:
        raise DataError(f"Limits.{name} has {len(parts)} values, the device has {axes} axes.")
    return tuple(float(si(part, unit, f"Limits.{name}")) for part in parts)

"""`Limits`: how much a haptic device may push, how fast that may change, how fast and how far it may move."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from wugan.devices.haptic.spec import HapticSpec
from wugan.errors import DataError

UNWATCHED_SHARE = 0.5  # of the greatest output: a device that keeps its last output when the host dies stays holdable
FULL_OUTPUT_S = 0.005  # from nothing to the cap by default: one wrong period at 1 kHz moves a fifth of the cap
FASTEST_FULL_OUTPUT_S = 0.001  # asked for by vibration at a few hundred hertz; faster is no limit any more
SPEED_SHARE = 0.5  # of the greatest believable speed: where the brake sets in by default
EDGE_SHARE = 0.05  # of the workspace: width of the soft edge
RAMP_S = 0.25  # the least; a hand needs about 0.2 s to react to a force that it did not expect


@dataclass(frozen=True, slots=True)
class Limits:
    """What the guard lets through. SI units; `joint` devices have rad and N·m where `cartesian` ones have m and N.

    Attributes:
        output: cap of each axis (N or N·m).
        norm: cap of the whole vector (N), for Cartesian devices; None where axes are independent.
        slew: fastest change of each axis' output (N/s or N·m/s).
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
    def of(cls, spec: HapticSpec) -> Limits:
        """Limits that fit a device: its own range, half of it where it has no watchdog."""
        share = 1.0 if spec.watchdog_s is not None else UNWATCHED_SHARE
        output = tuple(share * value for value in spec.max_output)
        spans = [high - low for low, high in spec.workspace]
        return cls(
            output=output,
            norm=max(output) if spec.space == "cartesian" else None,
            slew=tuple(value / FULL_OUTPUT_S for value in output),
            speed=tuple(SPEED_SHARE * value for value in spec.max_velocity),
            workspace=spec.workspace,
            edge=tuple(EDGE_SHARE * span if math.isfinite(span) else 0.0 for span in spans),
        )

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
        most = Limits.of(spec)
        fastest = FASTEST_FULL_OUTPUT_S if spec.watchdog_s is not None else FULL_OUTPUT_S
        slew = tuple(value / fastest for value in most.output)
        for name, values, bounds in (
            ("output", self.output, most.output),
            ("slew", self.slew, slew),
            ("speed", self.speed, spec.max_velocity),
        ):
            for axis, (value, bound) in enumerate(zip(values, bounds, strict=True)):
                if not 0.0 < value <= bound * (1 + 1e-9):
                    why = "" if spec.watchdog_s is not None else ": it has no watchdog, and keeps its last output"
                    raise DataError(
                        f"Limits.{name}[{axis}] = {value:g}: {spec.model} allows more than 0, at most {bound:g}{why}."
                    )
        if self.norm is not None and not 0.0 < self.norm <= math.hypot(*most.output) * (1 + 1e-9):
            raise DataError(f"Limits.norm = {self.norm:g}: more than 0 and at most {math.hypot(*most.output):g} N.")
        for axis, ((low, high), edge) in enumerate(zip(self.workspace, self.edge, strict=True)):
            if not low < high or not 0.0 <= edge <= (high - low) / 2 or not math.isfinite(edge):
                raise DataError(
                    f"Limits of axis {axis}: workspace {low:g} to {high:g}, edge {edge:g}: the first must be less than "
                    "the second, the edge at most half the span."
                )
        if not RAMP_S <= self.ramp_s < math.inf:
            raise DataError(f"Limits.ramp_s = {self.ramp_s:g}: at least {RAMP_S:g} s.")

    def scaled(self, share: float) -> Limits:
        """The same with a share (0…1) of the output; slew is kept.

        Raises:
            DataError: the share is not above 0 and at most 1.
        """
        if not 0.0 < share <= 1.0:
            raise DataError(f"A share of {share:g} of the limits: above 0 and at most 1.")
        norm = None if self.norm is None else share * self.norm
        return replace(self, output=tuple(share * value for value in self.output), norm=norm)

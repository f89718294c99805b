"""`Plausible`: whether a bare number can be meant, on a device of this size and strength.

A wrong unit is a factor: mm for m, g for kg, N/mm for N/m and mN for N are a thousand, degrees for radians 57. Ranges
of less than a thousand from least to most leave no room for such a factor on either side. Where a range cannot have a
lower end, because small values are meant too (a position, a force), only too large values are found; there a written
unit helps.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from wugan.devices.haptic.safety.units import Given
from wugan.devices.haptic.spec import HapticSpec
from wugan.errors import DataError

RATIO = 990.0  # from least to most: less than the factor of a thousand, so a wrong unit always falls outside
SOFTEST_SHARE = 0.1  # of the greatest output, over the whole workspace: a softer spring is not felt
THINNEST_SHARE = 0.01  # of the greatest output, at the greatest speed: a thinner damper is not felt
HEAVIEST_S = 0.5  # in which full output moves the heaviest mass through the workspace
STRONGEST_RATIO = 4.0  # times the greatest output: more is only ever clipped
LONGEST_S = 3600.0
#: What a joint's unit is called where effects and settings speak of metres and newtons.
JOINT_UNITS = {"m": "rad", "m/s": "rad/s", "N": "N·m", "N/m": "N·m/rad", "N·s/m": "N·m·s/rad", "kg": "kg·m²"}
_SLIPS = (("degrees", math.pi / 180), ("in a unit of a thousandth", 1e-3), ("in a unit of a thousand", 1e3))


@dataclasses.dataclass(frozen=True, slots=True)
class Plausible:
    """Ranges of believable magnitudes by SI unit; 0 is always believable.

    Attributes:
        model: of the device, for errors.
        joint: positions are angles.
        ranges: unit as for a Cartesian device (`m`, `N/m`, …) to least and greatest magnitude.
    """

    model: str
    joint: bool
    ranges: Mapping[str, tuple[float, float]]

    @classmethod
    def of(cls, spec: HapticSpec) -> Plausible:
        """Ranges that follow from a device's workspace, greatest output, speed and rate."""
        ends = [abs(end) for limits in spec.workspace for end in limits]
        spans = [high - low for low, high in spec.workspace]
        span = max((value for value in spans if math.isfinite(value)), default=math.tau)
        force, speed = max(spec.max_output), max(spec.max_velocity)
        softest, thinnest = SOFTEST_SHARE * force / span, THINNEST_SHARE * force / speed
        heaviest = force * HEAVIEST_S**2 / span
        return cls(
            spec.model,
            spec.space == "joint",
            {
                "m": (0.0, max(ends) + span),
                "m/s": (0.0, speed),
                "N": (0.0, STRONGEST_RATIO * force),
                "N/m": (softest, RATIO * softest),
                "N·s/m": (thinnest, RATIO * thinnest),
                "kg": (heaviest / RATIO, heaviest),
                "s": (0.0, LONGEST_S),
                "Hz": (0.0, spec.max_rate_hz / 2),
            },
        )

    def check(self, value: float | tuple[Any, ...] | list[Any], unit: str, where: str) -> None:
        """Refuse a value that cannot be meant.

        Args:
            value: a number or (nested) tuples of them, SI. A `units.Given` may be less than the least.
            unit: `m`, `m/s`, `N`, `N/m`, `N·s/m`, `kg`, `s` or `Hz`, for joints too; others must be finite only.
            where: what it is for, for the error.

        Raises:
            DataError: it is not finite, or outside the range.
        """
        if isinstance(value, (tuple, list)):
            for part in value:
                self.check(part, unit, where)
            return
        if not math.isfinite(value):
            raise DataError(f"{where} is {value}: give a finite number.")
        name = JOINT_UNITS.get(unit, unit) if self.joint else unit
        if isinstance(value, Given) and unit in self.ranges and not value.is_of(name):
            raise DataError(f"{where} = {value:g} {value.unit}: {self.model} wants {name} there.")
        size = abs(value)
        least, most = self.ranges.get(unit, (0.0, math.inf))
        if size == 0.0 or (size <= most and (size >= least or isinstance(value, Given))):
            return
        remedy = (
            "Give SI units" if size > most else f"Give SI units, or write the unit if it is meant: '{value:g} {name}'"
        )
        raise DataError(
            f"{where} = {value:g} {name} cannot be meant for {self.model}: believable are {least:.3g} to {most:.3g} "
            f"{name}{self._slip(size, unit)}. {remedy}."
        )

    def check_fields(self, thing: Any, where: str = "") -> None:
        """`check` all fields of a dataclass that have a unit in their metadata (`{"unit": "N/m"}`).

        Raises:
            DataError: as `check`.
        """
        for field in dataclasses.fields(thing):
            value = getattr(thing, field.name)
            if (unit := field.metadata.get("unit")) is not None and isinstance(value, (int, float, tuple, list)):
                self.check(value, unit, f"{where or type(thing).__name__}.{field.name}")

    def _slip(self, size: float, unit: str) -> str:
        """Which slip would explain the number."""
        least, most = self.ranges[unit]
        for name, factor in _SLIPS:
            angle = self.joint and unit in ("m", "m/s")
            if least <= size * factor <= most and (name != "degrees" or angle):
                return f" (is it {name}?)"
        return ""

"""`Limits`: how much a haptic device may push, how fast that may change, how fast and how far it may move.

Quantities come as people write them (`"2 N/mm"`, `"30 deg"`, `"120 g"`) and become SI, with their dimension checked. A
number with its unit cannot be taken for another one, so this is how settings, YAML files and command lines give
quantities. A bare number is SI: `Plausible` asks of those whether they can be meant.

A wrong unit is a factor: mm for m, g for kg, N/mm for N/m and mN for N are a thousand, degrees for radians 57. Ranges
of less than a thousand from least to most leave no room for such a factor on either side. Where a range cannot have a
lower end, because small values are meant too (a position, a force), only too large values are found; there a written
unit helps.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from wugan.devices.haptic.driver import HapticSpec
from wugan.errors import DataError

Dimension = tuple[int, int, int, int]  # exponents of kg, m, s, rad: an angle is a dimension, so degrees cannot hide

_NONE: Dimension = (0, 0, 0, 0)
_BASE: dict[str, tuple[float, Dimension]] = {
    "g": (1e-3, (1, 0, 0, 0)),
    "m": (1.0, (0, 1, 0, 0)),
    "s": (1.0, (0, 0, 1, 0)),
    "rad": (1.0, (0, 0, 0, 1)),
    "N": (1.0, (1, 1, -2, 0)),
    "J": (1.0, (1, 2, -2, 0)),
    "W": (1.0, (1, 2, -3, 0)),
    "Hz": (1.0, (0, 0, -1, 0)),
}
_PREFIXES = {"": 1.0, "k": 1e3, "c": 1e-2, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "μ": 1e-6}  # both code points of micro
_OTHERS: dict[str, tuple[float, Dimension]] = {
    "1": (1.0, _NONE),
    "%": (0.01, _NONE),
    "min": (60.0, (0, 0, 1, 0)),
    "deg": (math.pi / 180, (0, 0, 0, 1)),
    "°": (math.pi / 180, (0, 0, 0, 1)),
    "rev": (math.tau, (0, 0, 0, 1)),
    "rpm": (math.tau / 60, (0, 0, -1, 1)),
    "gf": (9.80665e-3, (1, 1, -2, 0)),
    "kgf": (9.80665, (1, 1, -2, 0)),
    # Run together, as they are often written.
    "Nm": (1.0, (1, 2, -2, 0)),
    "mNm": (1e-3, (1, 2, -2, 0)),
    "Nmm": (1e-3, (1, 2, -2, 0)),
    "Ns": (1.0, (1, 1, -1, 0)),
    "Nms": (1.0, (1, 2, -1, 0)),
}
UNITS = {
    prefix + name: (scale * size, dim) for name, (size, dim) in _BASE.items() for prefix, scale in _PREFIXES.items()
}
UNITS |= _OTHERS

_QUANTITY = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*", re.DOTALL)
_FACTOR = re.compile(r"([^\d^*/·⋅\s²³⁻]+|1|%)(?:(?:\^|\*\*)?([+-]?\d)|(⁻?[²³¹]))?")
_JOINT = re.compile(r"\s*([/·⋅*]|(?=\s))\s*")
_RAISED = {"²": 2, "³": 3, "⁻¹": -1, "⁻²": -2, "⁻³": -3, "¹": 1}
_LONGEST = 40  # characters of a unit


class Given(float):
    """A number of SI units whose unit was written down: nobody need guess whether it was meant.

    Attributes:
        unit: the SI unit that it is in, such as `N/m`.
    """

    __slots__ = ("unit",)
    unit: str

    def __new__(cls, value: float, unit: str) -> Given:
        """A number of `unit`."""
        made = super().__new__(cls, value)
        made.unit = unit
        return made

    def __reduce__(self) -> tuple[type[Given], tuple[float, str]]:
        return Given, (float(self), self.unit)

    def is_of(self, expected: str) -> bool:
        """Whether it is of the kind of a unit."""
        return unit(self.unit)[1] == unit(expected)[1]


@lru_cache(256)
def unit(text: str) -> tuple[float, Dimension]:
    """Size in SI units, and dimension, of a unit such as `N·s/m`, `N/mm`, `mN·m`, `rad/s^2`.

    Factors are joined by `·`, `*` or a blank; each `/` divides by the one factor that follows it.

    Raises:
        DataError: it is no unit that is known here.
    """
    size, exponents, sign, at = 1.0, [0, 0, 0, 0], 1, 0
    source = text.strip()
    if not 0 < len(source) <= _LONGEST:
        raise DataError(f"A unit of {len(source)} characters: {source[:_LONGEST]!r}. Write one such as 'N/m'.")
    while at < len(source):
        match = _FACTOR.match(source, at)
        if match is None or match[1] not in UNITS:
            raise DataError(
                f"Unit {text!r} is not understood at {source[at:]!r}: write for example 'mm', 'N/mm', 'N·s/m', 'deg', "
                "'mN·m', 'g'."
            )
        power = sign * (int(match[2]) if match[2] else _RAISED[match[3]] if match[3] else 1)
        factor, dimension = UNITS[match[1]]
        size *= factor**power
        exponents = [total + power * part for total, part in zip(exponents, dimension, strict=True)]
        at = match.end()
        joint = _JOINT.match(source, at)
        if joint is None and at < len(source):
            raise DataError(f"Unit {text!r} is not understood at {source[at:]!r}: join units by '·', '*' or '/'.")
        if joint is not None:
            sign, at = (-1 if joint[1] == "/" else 1), joint.end()
            if at == len(source):
                raise DataError(f"Unit {text!r} ends in {joint[0]!r}: a unit is missing.")
    return size, (exponents[0], exponents[1], exponents[2], exponents[3])


def si(value: float | str, expected: str, where: str = "") -> float:
    """A quantity in SI units.

    Args:
        value: a text with a unit, or a number that already is in `expected`.
        expected: the SI unit, such as `N/m`; it tells which dimension is right.
        where: what the value is for, for the error.

    Returns:
        A finite number; a `Given` where the unit was written.

    Raises:
        DataError: no number, not finite, no unit, an unknown one, or one of another dimension.
    """
    what = f"{where}: " if where else ""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise DataError(
            f"{what}{value!r} is no quantity: give a text such as '2 {expected}', or a number of {expected}."
        )
    if not isinstance(value, str):
        if not math.isfinite(value):
            raise DataError(f"{what}{value} is not finite: give a number of {expected}.")
        if isinstance(value, Given) and not value.is_of(expected):
            raise DataError(
                f"{what}{value:g} {value.unit} is not of the kind that is wanted here, which is {expected}."
            )
        return value if isinstance(value, Given) else float(value)
    match = _QUANTITY.fullmatch(value)
    if match is None:
        raise DataError(
            f"{what}{value[:60]!r} is no quantity: write a number (decimal point, no grouping) and a unit, such as "
            f"'2 {expected}'."
        )
    scale, dimension = unit(expected)
    if not match[2] and dimension != _NONE:
        raise DataError(f"{what}{value!r} has no unit: write for example '{match[1]} {expected}'.")
    size, found = unit(match[2]) if match[2] else (1.0, _NONE)
    if found != dimension:
        raise DataError(f"{what}{value!r} is not of the kind that is wanted here, which is {expected}.")
    result = float(match[1]) * size / scale
    if not math.isfinite(result):
        raise DataError(f"{what}{value!r} is too large.")
    return Given(result, expected)


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

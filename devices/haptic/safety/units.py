"""Quantities as people write them (`"2 N/mm"`, `"30 deg"`, `"120 g"`) to SI, with their dimension checked.

A number with its unit cannot be taken for another one, so this is how settings, YAML files and command lines give
quantities. A bare number is SI: `wugan.devices.haptic.safety.plausible` asks of those whether they can be meant.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

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

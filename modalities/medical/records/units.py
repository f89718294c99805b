"""Units of measure: UCUM parsed and converted, with the spellings that laboratories use beside it.

The grammar and the definitions are those of the standard (Unified Code for Units of Measure, ucum.org) as ucumvert and
pint have them. They are loaded when a unit has to be converted that differs from the one wanted, which takes a second.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from wugan.errors import DataError, PluginError

if TYPE_CHECKING:
    from ucumvert import PintUcumRegistry

UCUM = "http://unitsofmeasure.org"
"""FHIR's name of the system."""

_COUNTS = {
    "k": "10*3",
    "thou": "10*3",
    "thousand": "10*3",
    "tsd": "10*3",
    "tsd.": "10*3",
    "m": "10*6",
    "mill": "10*6",
    "mio": "10*6",
}
_COUNTS |= {"million": "10*6", "thousands": "10*3", "cells": "", "cell": "", "giga": "10*9", "tera": "10*12"}
_SPELLINGS = {
    "mmhg": "mm[Hg]", "mm hg": "mm[Hg]", "torr": "mm[Hg]", "cmh2o": "cm[H2O]", "bpm": "/min", "beats/min": "/min",
    "beats/minute": "/min", "breaths/min": "/min", "breaths/minute": "/min", "1/min": "/min", "per minute": "/min",
    "°c": "Cel", "degc": "Cel", "deg c": "Cel", "celsius": "Cel", "c": "Cel", "°f": "[degF]", "degf": "[degF]",
    "deg f": "[degF]", "fahrenheit": "[degF]", "f": "[degF]", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]",
    "inch": "[in_i]", "inches": "[in_i]", "sec": "s", "secs": "s", "seconds": "s", "hr": "h", "hours": "h", "yr": "a",
    "years": "a", "percent": "%", "pct": "%", "ratio": "1", "none": "1", "{ratio}": "1", "{inr}": "1", "inr": "1",
    "ph": "[pH]", "{ph}": "[pH]", "score": "{score}", "mm/hr": "mm/h", "g/l": "g/L", "g%": "g/dL", "mg%": "mg/dL",
    "ml/min/1.73m2": "mL/min/{1.73_m2}", "ml/min/1.73 m2": "mL/min/{1.73_m2}", "ml/min/1.73.m2": "mL/min/{1.73_m2}",
    "ml/min/1.73m^2": "mL/min/{1.73_m2}", "ml/min/1.73": "mL/min/{1.73_m2}", "ml/min/{1.73_m2}": "mL/min/{1.73_m2}",
    "ml/min/{1.73m2}": "mL/min/{1.73_m2}", "mosm/kg h2o": "mosm/kg", "kg/m^2": "kg/m2",
    "ug/l feu": "ug/L", "ng/ml feu": "ng/mL", "mg/l feu": "mg/L", "ug/ml feu": "ug/mL",
}  # fmt: skip
"""What laboratories write, lower case and with `u` for micro, and what it is in UCUM."""
_WORDS = {
    "g", "mg", "ug", "ng", "pg", "fg", "kg", "mol", "mmol", "umol", "nmol", "pmol", "fmol", "meq", "ueq", "l", "dl",
    "ml", "ul", "nl", "pl", "fl", "u", "mu", "uu", "ku", "iu", "miu", "uiu", "kiu", "kat", "ukat", "nkat", "mosm",
    "min", "h", "s", "mm", "cm", "m", "m2", "mm3", "cumm", "mm^3", "um3", "kpa", "pa", "d", "wk", "mo", "a", "%",
}  # fmt: skip
_IN_UCUM = {
    "l": "L", "dl": "dL", "ml": "mL", "ul": "uL", "nl": "nL", "pl": "pL", "fl": "fL", "u": "U", "mu": "mU", "uu": "uU",
    "ku": "kU", "iu": "[IU]", "miu": "m[IU]", "uiu": "u[IU]", "kiu": "k[IU]", "cumm": "mm3", "mm^3": "mm3",
    "kpa": "kPa", "pa": "Pa",
}  # fmt: skip
_POWER = re.compile(r"^(?:x|×|\*)?\s*10\s*(?:\^|\*\*?|e|exp)\s*(\d{1,2})\s*(?=/|$|\.)")
_POWER_UNIT = re.compile(r"^10\*(\d+)/([munp]?L|mm3)$")
_EXPONENT = {"L": 0, "mL": 3, "uL": 6, "mm3": 6, "nL": 9, "pL": 12}


@lru_cache(maxsize=4096)
def spelled(unit: str) -> str:
    """A unit in one UCUM spelling: `"x10^9/L"`, `"K/uL"`, `"10*3/uL"` and `"G/L"` are all `"10*9/L"`.

    Only spelling: what is not recognised comes back as it is. `K/uL` is kelvin per microlitre in UCUM, and `G/L` gauss
    per litre; in a laboratory's report they are counts, so this reading is tried where UCUM's own does not fit.
    """
    text = _without_annotations(unit.strip()).replace("µ", "u").replace("μ", "u").replace("²", "2").replace("³", "3")
    lower = re.sub(r"\s+", " ", text.lower().replace("mcg", "ug").replace("gm/", "g/").replace("mc/", "u/"))
    if text in ("G/L", "T/L"):  # giga and tera per litre; "g/l" is a mass
        return "10*9/L" if text == "G/L" else "10*12/L"
    if lower in _SPELLINGS:
        return _SPELLINGS[lower]
    lower = _POWER.sub(r"10*\1", lower)
    above, slash, below = lower.partition("/")
    if slash and above.strip() in _COUNTS:
        above = _COUNTS[above.strip()]
    parts = [_word(part.strip()) for part in (above, *below.split("/"))] if slash else [_word(above.strip())]
    if any(part is None for part in parts):
        return text
    out = "/".join(part for part in parts if part is not None)
    if match := _POWER_UNIT.match(out if out.startswith("10") else f"10*0{out}"):
        return f"10*{int(match[1]) + _EXPONENT[match[2]]}/L"
    return out


def _without_annotations(unit: str) -> str:
    """`"10*9/L{cells}"` without its annotation, which has no meaning to UCUM; one that stands for a unit stays."""
    bare = re.sub(r"\{[^}]*\}", "", unit)
    return unit if bare == "" or bare.endswith("/") else bare


def _word(text: str) -> str | None:
    """One factor in UCUM, or `None` if it is no common one."""
    text = text.replace("units", "u").replace("unit", "u")
    if text == "" or text.startswith("10*"):
        return text
    return _IN_UCUM.get(text, text) if text in _WORDS else None


def convert(
    value: float, unit: str, to: str, molar_mass: float | None = None, valence: int | None = None, activity: str = ""
) -> float:
    """A value in another unit.

    Args:
        value: the number.
        unit: its unit, in UCUM or as laboratories write it; UCUM's reading has precedence where both are possible.
        to: the unit wanted, in UCUM.
        molar_mass: grams per mole of the substance, to go between mass and amount.
        valence: charges per particle, to go between equivalents and moles.
        activity: `"U"` or `"[IU]"`, if for this substance the two mean the same, as laboratories write either.

    Raises:
        DataError: the unit is unknown, or does not measure the same kind of quantity.
        PluginError: the units differ and ucumvert is not installed.
    """
    scale, offset = conversion(unit, to, molar_mass, valence, activity)
    return value * scale + offset


@lru_cache(maxsize=4096)
def conversion(
    unit: str, to: str, molar_mass: float | None = None, valence: int | None = None, activity: str = ""
) -> tuple[float, float]:
    """Scale and offset of `convert`.

    Raises:
        DataError: as there.
    """
    if unit.strip() == to or spelled(unit) == spelled(to):
        return 1.0, 0.0
    found = None
    for candidate in dict.fromkeys((unit.strip(), spelled(unit))):
        if found is None:
            found = _ratio(_alike(candidate, activity), _alike(to, activity), molar_mass, valence)
    if found is None:
        what = "is no unit of UCUM" if not known(unit) else f"does not convert to {to!r}"
        raise DataError(f"unit {unit!r} {what}; write it in UCUM (http://ucum.org), such as 'mg/dL' or '10*9/L'")
    return found


def known(unit: str) -> bool:
    """Whether a text is a unit, in UCUM or as laboratories write it."""
    return any(_parsed(candidate) is not None for candidate in (unit.strip(), spelled(unit)) if candidate)


def _alike(unit: str, activity: str) -> str:
    if activity == "U":
        return unit.replace("[IU]", "U").replace("[iU]", "U")
    return re.sub(r"\b([munk]?)U\b(?!\])", r"\1[IU]", unit) if activity else unit


def _ratio(unit: str, to: str, molar_mass: float | None, valence: int | None) -> tuple[float, float] | None:
    source, target = _parsed(unit), _parsed(to)
    if source is None or target is None:
        return None
    factor, kind = source
    wanted, target_kind = target
    registry = _registry()
    charges = (unit.count("eq") - to.count("eq")) if valence else 0
    substances = (1.0, 0) if molar_mass is None else (molar_mass, 1)
    for power in (0, 1, -1) if substances[1] else (0,):
        weight = registry.Quantity(molar_mass, "g/mol") ** power if power else None
        try:
            ends = []
            for value in (0.0, 1.0):
                quantity = registry.Quantity(value, kind)
                ends.append(float((quantity if weight is None else quantity * weight).to(target_kind).magnitude))
        except Exception:  # pint raises several kinds: dimensions differ, offset or logarithmic units in a product
            continue
        scale = (ends[1] - ends[0]) * factor / wanted
        if charges:
            scale /= float(valence or 1) ** charges
        # Twelve digits: pint's own steps leave noise behind them, and no laboratory gives as many.
        return float(f"{scale:.12g}"), float(f"{ends[0]:.12g}")
    return None


@lru_cache(maxsize=4096)
def _parsed(unit: str) -> tuple[float, Any] | None:
    """Factor and pint unit of a UCUM unit; `None` if it is none, or not on a linear scale."""
    registry = _registry()
    try:
        quantity = registry.from_ucum(unit)
        kind = quantity.units
        one, two, three = (float(registry.Quantity(n, kind).to_base_units().magnitude) for n in (1.0, 2.0, 3.0))
    except Exception:  # lark and pint raise many kinds; all mean that this is no unit
        return None
    if abs((three - two) - (two - one)) > 1e-9 * abs(two - one):  # a logarithm, such as decibel
        return None
    return float(quantity.magnitude), kind


@cache
def _registry() -> PintUcumRegistry:
    try:
        from ucumvert import PintUcumRegistry
    except ImportError as error:
        raise PluginError("Units need ucumvert: pip install 'wugan[medical]'") from error
    return PintUcumRegistry()

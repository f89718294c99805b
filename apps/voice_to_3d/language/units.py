"""Units of length and angle by every way of writing them, and the units that are refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wugan.apps.voice_to_3d.language.numbers import Raw
from wugan.apps.voice_to_3d.language.wordlist import words

INCH, FOOT = 25.4, 304.8  # mm, exact (international yard and pound agreement, 1959)


@dataclass(frozen=True)
class Unit:
    """A unit: its name and the factor to mm, degrees or 1."""

    name: str
    kind: Literal["length", "angle", "percent", "unknown"]
    factor: float


FOREIGN = words(
    "furlong cubit parsec fathom league rod smoot angstrom lightyear pixel px pica pt gram kg kilogram kilo lb lbs "
    "pound ounce oz litre liter ml gallon second minute hour volt watt newton celsius fahrenheit"
)


def _units() -> dict[str, Unit]:
    table: dict[str, Unit] = {}
    metric = [
        ("nano", "n", 1e-6),
        ("micro", "u", 1e-3),
        ("milli", "m", 1.0),
        ("centi", "c", 10.0),
        ("deci", "d", 100.0),
    ]
    for prefix, letter, factor in [*metric, ("", "", 1000.0), ("kilo", "k", 1e6)]:
        unit = Unit(letter + "m", "length", factor)
        for word in ("metre", "meter"):
            table[prefix + word] = table[f"{prefix}{word}s"] = unit
        table[letter + "m"] = unit
    table["mms"], table["cms"] = table["mm"], table["cm"]
    groups: list[tuple[str, str, float]] = [
        ("micron microns µm μm", "um", 1e-3),
        ("mil mils thou thous", "thou", INCH / 1000), ("yard yards yd", "yd", 914.4),
        ('inch inches inchs " ″ ”', "in", INCH), ("foot feet ft ′", "ft", FOOT), ("mile miles", "mile", 1_609_344.0),
    ]  # fmt: skip
    for said, name, factor in groups:
        table |= dict.fromkeys(said.split(), Unit(name, "length", factor))
    table |= dict.fromkeys(["degree", "degrees", "deg", "degs", "°"], Unit("deg", "angle", 1.0))
    table |= dict.fromkeys(["radian", "radians", "rad"], Unit("rad", "angle", 57.29577951308232))
    table |= dict.fromkeys(["percent", "per-cent", "pct", "%"], Unit("percent", "percent", 0.01))
    for word in FOREIGN:
        table[word] = Unit(word, "unknown", 0.0)
        table.setdefault(word + "s", Unit(word, "unknown", 0.0))
    return table


UNITS = _units()
AFTER_FOOT = words("long wide tall high deep thick square across in diameter")
# "2 in": inches only where no preposition can stand
AFTER_INCH = words("long wide tall high deep thick by x × square radius bore dia od id apart hole holes plate")


def _text(raws: list[Raw], i: int) -> str:
    return raws[i].lower if 0 <= i < len(raws) else ""


def unit_at(raws: list[Raw], i: int, after: bool = True) -> tuple[Unit, int] | None:
    """The unit at `i` and the index after it.

    Args:
        raws: the pieces of the text.
        i: where it would start.
        after: whether a number stands right before (else after an article: "a metre", "a foot long").
    """
    word = _text(raws, i)
    if not word:
        return None
    hyphen = word == "-" and raws[i].glued and len(_text(raws, i + 1)) > 1
    if hyphen and _text(raws, i + 1) in UNITS:  # "5-mm", "90-degree"
        return unit_at(raws, i + 1, after)
    if word == "in":
        dotted = _text(raws, i + 1) == "." and raws[i + 1].glued and _text(raws, i + 2)[:1].isalpha()
        following = _text(raws, i + 1)
        if not raws[i].glued and following in ("+", "-", "−", "(", "x", "y", "z", "xy", "xz", "yz"):
            return None  # "extrude it 10 in +Z", "50 in X"
        if not after or not (raws[i].glued or dotted or following in AFTER_INCH or not following[:1].isalnum()):
            return None
        return UNITS["inch"], i + 2 if dotted and raws[i + 2].text.islower() else i + 1
    if word == "per" and _text(raws, i + 1) == "cent":
        return UNITS["percent"], i + 2
    if word in ("'", "''"):
        if not (after and raws[i].glued):
            return None
        double = word == "''" or (_text(raws, i + 1) == "'" and raws[i + 1].glued)
        return (UNITS["inch"], i + (2 if word == "'" else 1)) if double else (UNITS["foot"], i + 1)
    unit = UNITS.get(word)
    if unit is None or (word in ('"', "″", "”") and not (after and raws[i].glued)):
        return None
    if not after and (
        len(word) < 4 or unit.kind == "unknown" or (word in ("foot", "feet") and _text(raws, i + 1) not in AFTER_FOOT)
    ):
        return None
    if word in ("second", "rod", "rods", "seconds"):  # "the 2 rods", "5 second": a noun or an ordinal
        return None
    if word == "m" and raws[i].text == "M" and not raws[i].glued:
        return None
    end = i + 1
    if word in ("ft", "mm", "cm", "deg", "yd") and _text(raws, end) == "." and raws[end].glued:
        if _text(raws, end + 1) in AFTER_FOOT | AFTER_INCH and raws[end + 1].text.islower():
            end += 1  # "5 ft. long"
    return unit, end

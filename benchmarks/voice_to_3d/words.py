"""Lengths and numbers as people say them."""

from __future__ import annotations

import random

SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def length(mm: float, chance: random.Random) -> str:
    """A length, in one of the ways that people say it."""
    way = chance.randrange(5)
    if way == 0 and mm >= 10:
        return f"{mm / 10:g} cm"
    if way == 1 and mm >= 100:
        return f"{mm / 1000:g} m"
    if way == 2 and mm == int(mm) and mm < 1000:
        return f"{number(int(mm))} millimetres"
    return f"{mm:g} mm" if way == 3 else f"{mm:g} millimeters"


def number(value: int) -> str:
    """0 to 999."""
    if value < 20:
        return SMALL[value]
    if value < 100:
        return TENS[value // 10 - 2] + (f"-{SMALL[value % 10]}" if value % 10 else "")
    rest = f" and {number(value % 100)}" if value % 100 else ""
    return f"{SMALL[value // 100]} hundred{rest}"


def article(words: str) -> str:
    """With "a" or "an"."""
    return f"an {words}" if words[0] in "aeio" else f"a {words}"

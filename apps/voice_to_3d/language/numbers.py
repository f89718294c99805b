"""Numbers in digits and in words: "3/8", "1-1/2", "1½", "12,5", "1,250", "two hundred and fifty", "one and a half"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

SMALL = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "nought": 0, "naught": 0,
}  # fmt: skip
TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
TENS["fourty"] = 40
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
GROUPS = {"dozen": 12, "pair": 2, "couple": 2}
FRACTIONS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10, "twelfth": 12}
FRACTIONS |= {"sixteenth": 16, "hundredth": 100, "thousandth": 1000}
PLURALS = {"halves": 2} | {f"{word}s": value for word, value in FRACTIONS.items()}
GLYPHS = {"½": 1 / 2, "¼": 1 / 4, "¾": 3 / 4, "⅓": 1 / 3, "⅔": 2 / 3, "⅛": 1 / 8, "⅜": 3 / 8, "⅝": 5 / 8, "⅞": 7 / 8}
ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
DIGITS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+,\d{1,2}(?![\d,])|0,\d+|\d+\.\d+|\.\d+|\d+")
THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?$")


@dataclass(frozen=True)
class Raw:
    """A piece of text before numbers are read: a word, digits or one sign.

    Attributes:
        text, start, end: as written, and where.
        glued: nothing lies between it and the piece before.
    """

    text: str
    start: int
    end: int
    glued: bool

    @property
    def lower(self) -> str:
        """In lower case."""
        return self.text.lower()


@dataclass(frozen=True)
class Number:
    """A number that was read: its value, the index after it, and how it was written."""

    value: float
    end: int
    style: Literal["digits", "words", "fraction", "group", "ordinal"]


def written(text: str) -> float:
    """The value of digits: a comma before three digits groups thousands, any other comma is a decimal one."""
    if THOUSANDS.match(text):
        return float(text.replace(",", ""))
    return float(text.replace(",", "."))


def read_number(raws: list[Raw], i: int) -> Number | None:
    """The number that starts at `i`, or `None`. "A", "an" count only before "hundred", "half", "dozen", "pair"."""
    if i >= len(raws):
        return None
    sign, k = 1.0, i
    if raws[k].lower in ("minus", "negative") or (
        raws[k].text in "-−"
        and (not raws[k].glued or _at(raws, k - 1) in ("(", "[", ","))
        and k + 1 < len(raws)
        and raws[k + 1].glued
    ):
        sign, k = -1.0, k + 1
    found = _digits(raws, k) or _words(raws, k)
    if found is None or (k > i and found.style == "ordinal"):
        return None
    return Number(sign * found.value, found.end, found.style)


def _at(raws: list[Raw], i: int) -> str:
    return raws[i].lower if 0 <= i < len(raws) else ""


def _is_digits(raws: list[Raw], i: int) -> bool:
    return i < len(raws) and DIGITS.fullmatch(raws[i].text) is not None


def _slash(raws: list[Raw], i: int) -> tuple[float, int] | None:
    """A fraction "3/8", or "½"."""
    if i < len(raws) and raws[i].text in GLYPHS:
        return GLYPHS[raws[i].text], i + 1
    if _is_digits(raws, i) and _at(raws, i + 1) == "/" and _is_digits(raws, i + 2):
        over = written(raws[i + 2].text)
        if over > 0:
            return written(raws[i].text) / over, i + 3
    return None


def _digits(raws: list[Raw], i: int) -> Number | None:
    fraction = _slash(raws, i)
    if fraction:
        return Number(fraction[0], fraction[1], "fraction")
    if not _is_digits(raws, i):
        return None
    value, k = written(raws[i].text), i + 1
    if k < len(raws) and raws[k].glued and _at(raws, k) in ("st", "nd", "rd", "th"):
        return Number(value, k + 1, "ordinal")
    if value == int(value) and "." not in raws[i].text:
        j = k + 1 if _at(raws, k) in ("-", "–") and k < len(raws) and raws[k].glued else k
        fraction = _slash(raws, j)
        if fraction and fraction[0] < 1:
            return Number(value + fraction[0], fraction[1], "digits")
    while _at(raws, k) in SCALES:
        value, k = value * SCALES[_at(raws, k)], k + 1
    if _at(raws, k) == "dozen":
        return Number(value * 12, k + 1, "group")
    extra = _and_a(raws, k)
    if extra:
        value, k = value + extra[0], extra[1]
    return Number(value, k, "digits")


def _and_a(raws: list[Raw], i: int) -> tuple[float, int] | None:
    """What follows a whole number in "one and a half", "two and three quarters"."""
    if _at(raws, i) != "and":
        return None
    if _at(raws, i + 1) in ("a", "an", "one") and _at(raws, i + 2) in FRACTIONS:
        return 1 / FRACTIONS[_at(raws, i + 2)], i + 3
    many = SMALL.get(_at(raws, i + 1))
    k = i + 3 if _at(raws, i + 2) == "-" else i + 2
    if many and many > 1 and (_at(raws, k) in PLURALS or _at(raws, k) in FRACTIONS):
        return many / (PLURALS | FRACTIONS)[_at(raws, k)], k + 1
    return None


def _join(raws: list[Raw], i: int) -> int:
    """`i`, past a hyphen inside a number word ("twenty-five")."""
    return i + 1 if _at(raws, i) == "-" and i + 1 < len(raws) and raws[i + 1].glued else i


def _words(raws: list[Raw], i: int) -> Number | None:
    word = _at(raws, i)
    article = word in ("a", "an")
    k = i + 1 if article else i
    word = _at(raws, k)
    if word in GROUPS and (article or word == "dozen"):
        return Number(GROUPS[word], k + 2 if _at(raws, k + 1) == "of" else k + 1, "group")
    if word == "half" and _at(raws, k + 1) == "a" and _at(raws, k + 2) == "dozen":
        return Number(6, k + 3, "group")
    if word in ("half", "quarter") or (article and word in FRACTIONS):
        return Number(1 / FRACTIONS[word], k + 1, "fraction")
    if article and word not in SCALES:
        return None
    if word in ORDINALS and not article:
        return Number(ORDINALS[word], k + 1, "ordinal")
    if word == "point" and _at(raws, k + 1) in (SMALL | TENS):
        decimals, k = _decimals(raws, k + 1)
        return Number(decimals, k, "words")
    whole = _cardinal(raws, k)
    if whole is None:
        return None
    value, k = whole
    j = _join(raws, k)
    if value < 100 and (_at(raws, j) in PLURALS or (_at(raws, j) in FRACTIONS and (j > k or value > 1))):
        return Number(value / (PLURALS | FRACTIONS)[_at(raws, j)], j + 1, "fraction")
    if _at(raws, k) == "point" and _at(raws, k + 1) in (SMALL | TENS):
        decimals, k = _decimals(raws, k + 1)
        return Number(value + decimals, k, "words")
    if _at(raws, k) == "dozen":
        return Number(value * 12, k + 1, "group")
    extra = _and_a(raws, k)
    if extra:
        return Number(value + extra[0], extra[1], "words")
    return Number(value, k, "words")


def _decimals(raws: list[Raw], i: int) -> tuple[float, int]:
    """The digits said after "point": "two five" is .25, and so is "twenty five"."""
    digits = ""
    while (word := _at(raws, i)) in SMALL or word in TENS or (word == "oh" and digits):
        if word in TENS:
            unit = SMALL.get(_at(raws, _join(raws, i + 1)), 0)
            more = 0 < unit < 10
            digits += str(TENS[word] + unit) if more else str(TENS[word])
            i = _join(raws, i + 1) + 1 if more else i + 1
        else:
            digits, i = digits + str(SMALL.get(word, 0)), i + 1
    return float(f"0.{digits}"), i


def _cardinal(raws: list[Raw], i: int) -> tuple[float, int] | None:
    """A whole number in words."""
    total, part, k, seen = 0, 0, i, False
    while True:
        j = _join(raws, k) if seen else k
        if seen and _at(raws, j) == "and" and (total or part >= 100) and _under_hundred(raws, j + 1):
            j += 1
        under = _under_hundred(raws, j)
        if under and not (seen and part % 100):
            part, k, seen = part + under[0], under[1], True
        elif _at(raws, k) == "hundred" and part < 100:
            part, k, seen = (part or 1) * 100, k + 1, True
        elif _at(raws, k) in SCALES and _at(raws, k) != "hundred":
            total, part, k, seen = total + (part or 1) * SCALES[_at(raws, k)], 0, k + 1, True
        elif seen and 0 < part < 10 and total == 0 and under and under[0] >= 20:  # "one twenty" is 120
            return part * 100 + under[0], under[1]
        else:
            return (total + part, k) if seen else None


def _under_hundred(raws: list[Raw], i: int) -> tuple[int, int] | None:
    word = _at(raws, i)
    if word in TENS:
        j = _join(raws, i + 1)
        unit = SMALL.get(_at(raws, j), 0)
        return (TENS[word] + unit, j + 1) if 0 < unit < 10 else (TENS[word], i + 1)
    return (SMALL[word], i + 1) if word in SMALL else None

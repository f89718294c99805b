"""Comparisons: "twenty percent taller", "half as wide", "5 mm thicker", "twice the height", "as tall as the table"."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import reference
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, LARGER, RELATIVE
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.scene.placement import Reference

VAGUE = {"bit": 0.1, "little": 0.1, "slightly": 0.1, "touch": 0.05, "tad": 0.05, "somewhat": 0.15, "much": 0.5,
         "lot": 0.5, "far": 0.5, "way": 0.5, "considerably": 0.4, "significantly": 0.4, "even": 0.2}  # fmt: skip
USUAL = 0.2
MULTIPLES = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "quadruple": 4.0, "half": 0.5, "halve": 0.5}


@dataclass
class Amount:
    """A relative size: `times` or `by` (mm, signed), or `to` (mm); or as another thing's (`like`).

    Attributes:
        dimension: "width", "height", "thickness", "all", "short", "round"; empty where only an amount was said.
        vague: that no amount was said.
        same: as large as each other ("the same height").
    """

    end: int
    dimension: str = ""
    times: float | None = None
    by: float | None = None
    to: float | None = None
    like: Reference | None = None
    like_dimension: str = ""
    vague: bool = False
    same: bool = False


def comparison(r: Reading, i: int, end: int) -> Amount | None:
    """The comparison at `i`; `None` where there is none."""
    return _like(r, i, end) or _as(r, i, end) or _multiple(r, i, end) or _comparative(r, i, end)


def _like(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "the same height as the table", "the same length and depth"."""
    k = i + (r.lemma(i, end) in ("of", "have", "with", "at"))
    k += r.lemma(k, end) in ("the", "all", "both")
    k += r.lemma(k, end) == "the"
    if r.lemma(k, end) != "same" or DIMENSIONS.get(r.lemma(k + 1, end)) is None:
        return None
    word = DIMENSIONS[r.lemma(k + 1)]
    k += 2
    if r.lemma(k, end) in ("as", "like"):
        found = reference(r, k + 1, end, bare=True)
        if found and not found.prop and found.references:
            return Amount(found.end, word, like=found.references[0], like_dimension=word)
    return Amount(k, word, same=True)


def _as(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "as tall as the table", "twice as big", "half as wide as it is", "three times as long"."""
    k, times = i, 1.0
    token = r.tokens[k] if k < end else None
    if token is None:
        return None
    if r.lemma(k) in MULTIPLES and r.lemma(k + 1, end) == "as":
        times, k = MULTIPLES[r.lemma(k)], k + 1
    elif (
        token.quantity is not None and r.lemma(k + 1, end) == "as" and token.quantity.kind in ("number", "times")
    ) or (token.quantity is not None and token.quantity.kind == "percent" and r.lemma(k + 1, end) == "as"):
        times, k = token.value, k + 1
    elif token.quantity is not None and r.lemma(k + 1, end) == "time" and r.lemma(k + 2, end) == "as":
        times, k = token.value, k + 2
    if r.lemma(k, end) != "as":
        return None
    word = r.lemma(k + 1, end)
    dimension = DIMENSIONS.get(word) or (RELATIVE[word][0] if word in RELATIVE else "")
    if word in ("many", "much") or not dimension:
        return None
    if word in ("short", "small", "narrow", "thin"):  # "twice as small"
        times = 1 / times
    k += 2
    if r.lemma(k, end) == "as":
        if (same := _itself(r, k + 1, end, dimension)) is not None:
            return Amount(k + 4, same[0], times=times, like=same[1], like_dimension=same[2])
        if r.lemma(k + 1, end) in ("it", "they") and r.lemma(k + 2, end) in ("is", "was", "are", "were"):
            return Amount(k + 3 + (r.lemma(k + 3, end) in ("now", "before")), dimension, times=times)
        if r.lemma(k + 1, end) in ("before", "now"):
            return Amount(k + 2, dimension, times=times)
        found = reference(r, k + 1, end, bare=True)
        if found and not found.prop and found.references:
            return Amount(found.end, dimension, times=times, like=found.references[0], like_dimension=dimension)
    if r.has(k, "in", "every", "direction") or r.has(k, "in", "all", "direction"):
        dimension, k = "all", k + 3
    return Amount(k, dimension, times=times) if times != 1.0 else None


def _itself(r: Reading, k: int, end: int, dimension: str) -> tuple[str, Reference, str] | None:
    """Such as "it is long" behind "as wide as": what grows, of what, and what it is measured by."""
    if r.lemma(k, end) != "it" or r.lemma(k + 1, end) not in ("is", "was"):
        return None
    other = DIMENSIONS.get(r.lemma(k + 2, end), "")
    whole = next((Reference(object=ref.object) for ref in r.topic if r.object(ref)), None)
    if not other or whole is None or other == dimension:
        return None
    if {dimension, other} == {"width", "length"}:  # the longer side lies along x
        return ("depth", whole, "width") if dimension == "width" else ("width", whole, "depth")
    return dimension, whole, other


def _multiple(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "twice the height", "double the size", "half its width", "half the size of the table"."""
    word = r.lemma(i, end)
    token = r.tokens[i] if i < end else None
    factor = MULTIPLES.get(word)
    k = i + 1
    if token is not None and token.quantity is not None:
        if token.quantity.kind == "times":
            factor = token.value
        elif token.quantity.kind == "number" and (token.quantity.fraction or r.lemma(k, end) == "time"):
            factor = token.value
            k += r.lemma(k, end) in ("time", "of")
    if factor is None:
        return None
    while r.lemma(k, end) in ("the", "its", "their", "current", "original"):
        k += 1
    said = r.lemma(k, end)
    if said in DIMENSION_NOUNS:
        dimension = "all" if said == "size" else DIMENSIONS[said]
        if r.lemma(k + 1, end) == "of":
            found = reference(r, k + 2, end, bare=True)
            if found and not found.prop and found.references:
                return Amount(found.end, dimension, times=factor, like=found.references[0], like_dimension=dimension)
        return Amount(k + 1, dimension, times=factor)
    return None


def _comparative(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "taller", "20 percent taller", "5 mm thicker", "a bit wider", "taller by 10 cm", "less wide"."""
    k = i
    if r.lemma(k, end) in ("too", "still") and (r.lemma(k + 1, end) in RELATIVE or r.has(k, "still", "too")):
        k += 2 if r.has(k, "still", "too") else 1  # "it is too tall"
        if r.lemma(k, end) in RELATIVE:
            dimension, factor = RELATIVE[r.lemma(k)]
            return Amount(k + 1, dimension, times=1 - USUAL if factor > 1 else 1 + USUAL, vague=True)
    amount: tuple[str, float] | None = None
    vague: float | None = None
    while k < end and k < i + 5:
        token, word = r.tokens[k], r.lemma(k)
        if token.quantity is not None:
            kind = token.quantity.kind
            if kind == "percent":
                amount = ("share", token.value)
            elif kind == "length":
                amount = ("by", token.value)
            elif kind == "times":
                amount = ("times", token.value)
            elif token.quantity.fraction:
                amount = ("share", token.value)
            elif kind == "number" and r.lemma(k + 1, end) == "time":
                amount, k = ("times", token.value), k + 1
            elif kind == "number" and r.lemma(k + 1, end) in LARGER and r.context.unit:
                from wugan.apps.voice_to_3d.language.units import UNITS

                unit = {"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit)
                amount = ("by", token.value * UNITS[unit].factor)
            else:
                return None
            k += 1
            continue
        if word in VAGUE:
            vague = VAGUE[word]
        elif word == "twice":
            amount = ("times", 2.0)
        elif word in ("a", "some", "slightly", "still", "another", "the", "again", "of"):
            pass
        elif word == "half" and not amount:
            amount = ("share", 0.5)
        else:
            break
        k += 1
    found = _word(r, k, end)
    if found is None:
        return None
    dimension, sign, k = found
    if amount is None:
        amount, k = _by(r, k, end)
    made = Amount(k, dimension)
    if r.lemma(k, end) == "than":
        made = _than(r, made, k, end)
    if amount is None:
        share = vague if vague is not None else USUAL
        made.times, made.vague = 1 + sign * share, True
    elif amount[0] == "by":
        made.by = sign * amount[1]
    elif amount[0] == "share":
        made.times = 1 + sign * amount[1]
    else:
        made.times = amount[1] if sign > 0 else 1 / amount[1]
    return made


def _than(r: Reading, made: Amount, k: int, end: int) -> Amount:
    """Such as "3 cm taller than the candle": what it is measured by; "than it is now" is by itself."""
    j = k + 1
    if r.lemma(j, end) in ("it", "they", "that", "before", "now") and r.lemma(j + 1, end) in ("is", "are", "was", ""):
        while r.lemma(j, end) in ("it", "they", "that", "is", "are", "was", "now", "before", "already"):
            j += 1
        made.end = j
        return made
    found = reference(r, j, end, bare=True)
    if found is None or found.prop or not found.references:
        return made
    made.end, made.like, made.like_dimension = found.end, found.references[0], made.dimension
    return made


def _word(r: Reading, k: int, end: int) -> tuple[str, int, int] | None:
    word = r.lemma(k, end)
    if word in LARGER:
        return (*LARGER[word], k + 1)  # type: ignore[return-value]
    if word in ("more", "less") and r.lemma(k + 1, end) in RELATIVE:
        dimension, factor = RELATIVE[r.lemma(k + 1)]
        sign = 1 if factor > 1 else -1
        return dimension, sign if word == "more" else -sign, k + 2
    return None


def _by(r: Reading, k: int, end: int) -> tuple[tuple[str, float] | None, int]:
    """Such as "by 10 cm", "by 20 percent", "by a third", "by a factor of two" behind a comparative."""
    if r.lemma(k, end) != "by":
        return None, k
    j = k + 1
    if r.has(j, "a", "factor", "of"):
        token = r.tokens[j + 3] if j + 3 < end else None
        if token is not None and token.quantity is not None:
            return ("times", token.value), j + 4
        return None, k
    token = r.tokens[j] if j < end else None
    if token is not None and token.quantity is not None:
        if token.quantity.kind == "length":
            return ("by", token.value), j + 1
        if token.quantity.kind == "percent" or token.quantity.fraction:
            return ("share", token.value), j + 1
        if token.quantity.kind == "number" and r.lemma(j + 1, end) != "time":
            unit = {"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit) or "mm"
            return ("by", token.value * UNITS[unit].factor), j + 1  # "shorter by 50"
        if token.quantity.kind in ("times", "number"):
            return ("times", token.value), j + 1
    if r.lemma(j, end) == "half":
        return ("share", 0.5), j + 1
    return None, k

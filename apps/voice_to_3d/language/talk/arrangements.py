"""Arrangements of several things as they are said: "in a row", "side by side, 10 cm apart", "in a circle"."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.relations import matched, phrase_table
from wugan.apps.voice_to_3d.language.wordlist import words


@dataclass
class Arrangement:
    """How several things lie: "row", "circle", "grid", "stack"; `apart` mm between them, or between their centres."""

    how: str
    end: int
    apart: float | None = None
    centres: bool = False
    axis: str = "x"
    rows: int = 1
    words: tuple[str, ...] = field(default=())


ROWS = phrase_table("""
row: in a row, in a line, in one row, side by side, next to each other, next to one another, lined up, in line
row: beside each other, in a single row, alongside each other
circle: in a circle, in a ring, around in a circle, in a round
grid: in a grid, in a square grid, in a rectangular grid
stack: on top of each other, on top of one another, one on top of the other, stacked up, stacked, in a stack
stack: above each other, in a pile, in a tower
row y: one behind the other, behind each other, behind one another, in a file
even: evenly spaced, equally spaced, spaced evenly, spaced equally, evenly, evenly distributed, spread out evenly
""")  # fmt: skip

BETWEEN = words(", and all with that are spaced set placed standing each at arranged is of")


def arrangement(r: Reading, i: int, end: int) -> Arrangement | None:
    """Such as "in a row", "side by side, ten centimetres apart", "in a circle" at `i`; `None` where there is none."""
    k, made = i, None
    while k < end:
        j = k
        while r.lemma(j, end) in BETWEEN:
            j += 1
        found = matched(r, j, end, ROWS)
        if found:
            how, n = found
            made = made or Arrangement("row", j + n)
            if how != "even":
                made.how, made.axis = how.split()[0], "y" if how.endswith(" y") else "x"
            k = made.end = j + n
            continue
        if r.lemma(j, end) == "touching" and r.lemma(j + 1, end) in ("each", "one", "", ","):
            made = made or Arrangement("row", j + 1)
            made.apart, k = 0.0, j + 1 + 2 * (r.lemma(j + 1, end) in ("each", "one"))
            made.end = k
            continue
        apart = _apart(r, j, end)
        if apart:
            made = made or Arrangement("row", apart[1])
            made.apart, made.end, made.centres = apart[0], apart[1], apart[2]
            k = apart[1]
            continue
        break
    return made


def _apart(r: Reading, j: int, end: int) -> tuple[float, int, bool] | None:
    """Such as "10 cm apart", "a gap of 5 cm between them", "10 cm centre to centre"."""
    k = j
    while r.lemma(k, end) in ("a", "gap", "distance", "spacing", "space", "of", "with", "the"):
        k += 1
    token = r.tokens[k] if k < end else None
    if token is None or token.quantity is None or token.quantity.kind != "length":
        return None
    at, k, said, centres = token.value, k + 1, j != k, False
    while k < end:
        if r.has(k, "centre", "to", "centre"):
            k, said, centres = k + 3, True, True
        elif r.lemma(k) in ("apart",):
            k, said = k + 1, True
        elif r.lemma(k) in ("between", "gap", "spacing") and r.lemma(k + 1, end) in (
            "them", "each", "the", "centre", "all", "between", "neighbour", ""
        ):  # fmt: skip
            centres = centres or r.lemma(k + 1, end) == "centre"
            k, said = k + 1 + (r.lemma(k + 1, end) in ("them", "each", "centre", "all")), True
        elif said and r.has(k, "on", "the", "inside"):
            k += 3
        elif said and r.has(k, "on", "centre"):
            k, centres = k + 2, True
        else:
            break
    return (at, k, centres) if said else None

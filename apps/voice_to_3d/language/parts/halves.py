"""Halves: "the right half is cut down to a height of 15 mm": a step as wide as half the body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

SIDES = words("left right front back")
TALL = words("high height tall thick thickness")


def half(reader: Reader, i: int) -> int:
    """The index after a statement that a half of the body is lower than the rest, or `i`."""
    found = reader.tokens
    k = i + 1 if lemma_at(found, i) in ("the", "its", "whose") else i
    side = lemma_at(found, k)
    if side not in SIDES or found[k + 1 : k + 2] == [] or found[k + 1].text.lower() != "half":
        return i
    end = k + 2
    while end < len(found) and length_at(found, end) is None:
        if found[end].lemma in (",", ".", ":", ";"):
            return i
        end += 1
    near = {token.lemma for token in found[k:end]} | {lemma_at(found, end + 1)}
    quantity = length_at(found, end)
    if quantity is None or not near & TALL or reader.base() is None:
        return i
    frame = Frame(
        "cut", "step", {"step", "half"}, "rebate", op="cut", said=" ".join(t.text for t in found[i : end + 1])
    )
    frame.dims["rest_height"] = quantity.value
    frame.flags |= {"full", "half"}
    frame.spots.append(Spot("at", Where("end", {side})))
    reader.add(frame)
    return end + 2 if lemma_at(found, end + 1) in TALL else end + 1


__all__ = ["half"]

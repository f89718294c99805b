"""Distances: "5mm from each edge", "20 mm further to the left", "10 mm above the base"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import CENTRES, after_value, axis_after, lemma_at, length_at, match
from wugan.apps.voice_to_3d.language.parts.places import SIDES, Places
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

WAYS = words(
    "in inward inwards inboard inside away up down back out outward outwards over further farther more offset "
    "upward upwards downward downwards on"
)
ABOVE = {
    "above": "above",
    "below": "below",
    "beneath": "below",
    "under": "below",
    "underneath": "below",
    "behind": "back",
    "over": "above",
}


class Distances:
    """Reads places given by a distance for `Spots`."""

    reader: Reader
    places: Places

    def distance(self, i: int) -> tuple[list[Spot], int] | None:
        """A place given by a distance, starting with its value."""
        found = self.reader.tokens
        quantity = length_at(found, i)
        if quantity is None or ((after := after_value(found, i)) and after[0].role in ("apart",)):
            return None
        value, axis = quantity.value, quantity.axes[0] if quantity.axes else ""
        k, ways = i + 1, []
        while lemma_at(found, k) in WAYS and not (
            lemma_at(found, k) in ("in", "on", "over", "inside")
            and lemma_at(found, k + 1) not in ("from", "toward", ",", ".", "")
        ):
            ways.append(lemma_at(found, k))
            k += 1
        word = lemma_at(found, k)
        own = self.reader.own
        focus = self.reader.focus
        if lemma_at(found, i - 1) == "down" and word == "from" and focus is not None and focus.kind == "cut":
            where = self.places.where(k + 1)
            if where and (where[0].kind == "top" or "top" in where[0].which):
                self.reader.set_measure("depth", value)  # "goes down 30mm from the top face"
                return [], where[1]
        if word in ("from", "off") and not any(match(found, k, one) for one in CENTRES):
            if word == "off" and lemma_at(found, k + 1) in ("centre", "axis"):
                return [Spot("from", Where("centre"), value, "", own, axis)], k + 2
            where = self.places.where(k + 1)
            if where:
                axis, sign, end = self._towards(where[1], axis)
                return [Spot("from", where[0], sign * value, self._way(ways), own, axis)], end
            return None
        if word in ABOVE and not (word in ("over", "under") and lemma_at(found, k + 1) in ("", ".", ",")):
            where = self.places.where(k + 1)
            if where:
                return [Spot("from", where[0], value, ABOVE[word], own, axis)], where[1]
        j = k
        while lemma_at(found, j) in ("to", "the", "toward", "on"):
            j += 1
        side = lemma_at(found, j)
        if (
            after is not None
            and after[0].role == "side"
            and focus is not None
            and focus.kind == "solid"
            and not focus.sized
        ):
            return None  # "a cube that is 50 mm on each side"
        if self.reader.edge is not None and side in ("both", "each", "either"):
            return None  # "chamfer the hole by 1 mm on both sides"
        if (side in ("either", "each", "both") and j > i + 1) or (
            side in ("either", "each", "both") and lemma_at(found, j + 1) == "side"
        ):
            if lemma_at(found, j + 1) == "side" and lemma_at(found, j + 2) == "of":
                where = self.places.where(j + 3)
                if where:
                    return [Spot("either", where[0], value, "", own, axis)], where[1]
            if lemma_at(found, j + 1) == "side":
                axis, end = axis_after(found, j + 2, axis)
                return [Spot("either", Where("centre"), value, "", own, axis)], end
        if side in SIDES and (j > k or lemma_at(found, j + 1) == "of"):
            if lemma_at(found, j + 1) == "of":
                where = self.places.where(j + 2)
                if where:
                    return [Spot("from", where[0], value, side, own, axis)], where[1]
            other = lemma_at(found, j + 2) if lemma_at(found, j + 1) in ("and", "or") else ""
            if {side, other} in ({"left", "right"}, {"front", "back"}, {"top", "bottom"}):
                axis = {"left": "x", "right": "x", "front": "y", "back": "y"}.get(side, "z")
                where = self.places.where(j + 4) if lemma_at(found, j + 3) == "of" else None
                place = where[0] if where is not None and where[0].of is not None else Where("centre")
                return [Spot("either", place, value, "", own, axis)], where[1] if where else j + 3
            return [Spot("further", None, value, side, own, axis)], j + 1
        if word == "into":
            where = self.places.where(k + 1)
            self.reader.set_measure("depth", value)
            if where and where[0].of is not None:
                self.reader.host(where[0].of)
            return [], where[1] if where else k + 1
        if ways and (word in ("", ".", ",", ";", ")", "and") or word in ("to", "leaving", "so", "with")):
            if (
                ways[-1] in ("down", "in", "inward", "inwards", "downward", "downwards")
                and self.reader.focus
                and self.reader.focus.kind == "cut"
            ):
                last = self.reader.leading[-1:] or []
                if ways[-1] == "in" and last and last[0].kind == "fromface" and last[0].value is None:
                    last[0].kind, last[0].value = "from", value
                    return [], k
                self.reader.set_measure("depth", value)
                return [], k
            if ways[-1] == "in" and self.reader.leading and self.reader.leading[-1].kind == "fromface":
                self.reader.leading[-1].kind, self.reader.leading[-1].value = "from", value
                return [], k
            if ways[-1] in ("up", "out", "outward", "outwards", "upward", "upwards"):
                self.reader.set_measure("reach", value)
                return [], k
            if ways[-1] in ("more", "further", "farther"):
                self.reader.set_measure("length", value)
                return [], k
        return None

    def _towards(self, k: int, axis: str) -> tuple[str, int, int]:
        """Reads "in the negative X direction" after a distance: the axis, its sign and the index after it."""
        found, start, sign = self.reader.tokens, k, 1
        if lemma_at(found, k) not in ("in", "along"):
            return axis, 1, start
        k += 1
        while lemma_at(found, k) in ("the", "positive", "negative", "+", "-", "−", "plus", "minus"):
            sign = -1 if lemma_at(found, k) in ("negative", "-", "−", "minus") else sign
            k += 1
        letter = lemma_at(found, k)
        if letter not in ("x", "y", "z") or lemma_at(found, k + 1) in ("=", ":", "and"):
            return axis, 1, start
        k += 1
        while lemma_at(found, k) in ("axis", "direction", "dimension"):
            k += 1
        return letter, sign, k

    def _way(self, ways: list[str]) -> str:
        for way in reversed(ways):
            if way in ("in", "inward", "inwards", "inboard", "inside"):
                return "in"
            if way in ("up", "upward", "upwards"):
                return "above"
            if way in ("down", "downward", "downwards"):
                return "below"
            if way in ("out", "outward", "outwards"):
                return "out"
        return ""

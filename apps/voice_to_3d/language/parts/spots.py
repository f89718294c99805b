"""Spots: "5mm from each edge", "centred on the flange", "on top of the head", "20 mm further to the left"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.centring import Centring
from wugan.apps.voice_to_3d.language.parts.distances import Distances
from wugan.apps.voice_to_3d.language.parts.frames import Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.nouns import read_np
from wugan.apps.voice_to_3d.language.parts.places import SIDES, Places
from wugan.apps.voice_to_3d.language.parts.vocabulary import PLACES

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

AT = {
    "in": "at", "at": "at", "on": "at", "near": "at", "within": "at", "onto": "on", "against": "beside",
    "along": "along", "inside": "at",
    "above": "above", "over": "on", "below": "under", "under": "under", "underneath": "under", "beneath": "under",
    "beside": "beside",
    "around": "around", "about": "around", "through": "through", "into": "into", "from": "fromface",
    "across": "across", "behind": "behind",
    "between": "between", "throughout": "through", "toward": "toward", "towards": "toward", "past": "past",
    "beyond": "past", "to": "to", "off": "at",
}  # fmt: skip


class Spots(Distances, Centring):
    """Reads statements of place for a reader."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self.reader = reader
        self.places = places

    def statement(self, i: int) -> tuple[list[Spot], int] | None:
        """A place given without a distance: "centred", "on top of", "in the four corners", "through the hub"."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        if word in ("centred", "centrally", "central") or (
            word == "symmetric" or word == "symmetrical" or word == "symmetrically"
        ):
            return self._centred(i)
        if word in ("concentric", "coaxial", "aligned", "concentrically", "centering"):
            k = i + 1
            while lemma_at(found, k) in ("with", "to", "on", "and", "coaxial", "about", "around"):
                k += 1
            where = self.places.where(k) if k > i + 1 else None
            if (
                word == "aligned"
                and where is not None
                and where[0].kind in ("edge", "side", "face", "end", "left", "right")
            ):
                return [Spot("flush", where[0])], where[1]
            if word == "aligned" and (where is None or where[0].of is None):
                return None
            return [Spot("around", where[0] if where else Where("centre"))], where[1] if where else k
        if word == "flush":
            k = i + 1
            if lemma_at(found, k) in ("with", "to", "on", "at", "against"):
                where = self.places.where(k + 1)
                if where:
                    return [Spot("flush", where[0])], where[1]
            return [Spot("flush")], k
        if word in (
            "parallel",
            "perpendicular",
            "orthogonal",
            "orthogonally",
            "normal",
            "perpendicularly",
            "square",
            "lengthwise",
            "crosswise",
            "widthwise",
        ):
            kind = "parallel" if word in ("parallel", "lengthwise") else "perpendicular"
            if word == "lengthwise":
                return [Spot("parallel", Where("dimension", axis="length"))], i + 1
            if word == "widthwise":
                return [Spot("parallel", Where("dimension", axis="width"))], i + 1
            if word == "crosswise":
                self.reader.flag("radial")
                return [], i + 1
            k = i + 1
            if lemma_at(found, k) in ("to", "with"):
                where = self.places.where(k + 1)
                if where:
                    return [Spot(kind, where[0])], where[1]
            return None
        if word == "halfway":
            return self._halfway(i)
        if word == "on" and lemma_at(found, i + 1) == "top":
            k = i + 2
            if lemma_at(found, k) == "of":
                where = self.places.where(k + 1)
                if where:
                    return [Spot("on", where[0])], where[1]
            return [Spot("on")], k
        if word in ("underneath", "below", "beneath") and lemma_at(found, i + 1) in (",", "", ".", "there"):
            return [Spot("under")], i + 1
        if word == "next" and lemma_at(found, i + 1) == "to":
            where = self.places.where(i + 2)
            return ([Spot("beside", where[0])], where[1]) if where else None
        if word == "opposite" and lemma_at(found, i + 1) != "side":
            where = self.places.where(i + 1)
            return ([Spot("opposite", where[0])], where[1]) if where else None
        if word in ("at", "on") and lemma_at(found, i + 1) in ("(", "[", "x", "y", "z", "position", "coordinate"):
            coordinates = self._coordinates(i + 1)
            if coordinates:
                return coordinates
        if word in AT:
            return self._preposition(i, word)
        return None

    def _preposition(self, i: int, word: str) -> tuple[list[Spot], int] | None:
        found, reader = self.reader.tokens, self.reader
        sweep = self._sweep(i)
        if sweep:
            return sweep
        where = self.places.where(i + 1)
        if where is None:
            if (
                word in ("in", "at", "on", "from")
                and lemma_at(found, i + 1) in PLACES
                and lemma_at(found, i + 1) in SIDES
            ):
                return [Spot(AT[word], Where(found[i + 1].lemma))], i + 2
            return None
        place, end = where
        kind = AT[word]
        if kind == "to" and place.kind == "bottom" and place.of is not None and place.of.kind == "cut":
            return [Spot("to_floor", place)], end
        if kind == "to":
            adding = reader.op == "add" and reader.focus is not None and reader.focus.kind == "solid"
            if not adding or not (
                place.kind in ("side", "end", "top", "bottom", "face", "left", "right", "front", "back")
                or (place.kind == "" and place.of is not None)
            ):
                return None
            kind = "at"
        if place.kind in ("plane",) and kind == "at":
            return [], end
        if (
            kind == "fromface"
            and lemma_at(found, end) == "to"
            and lemma_at(found, end + 1) not in ("a", "an")
            and length_at(found, end + 1) is None
        ):
            other = self.places.where(end + 1)
            if other:
                last = reader.last_distance()
                if last is not None and reader.measured(i):
                    last.own = other[0].kind if other[0].kind in ("edge", "centre", "side", "end") else last.own
                    return [], other[1]
                return [Spot("span", place), Spot("span_to", other[0])], other[1]
        if kind == "fromface" and reader.measured(i):
            last = reader.last_distance()
            if last is not None and last.where is not None and last.where.kind in ("", "centre"):
                last.where = place
            return [], end
        if (
            kind == "fromface"
            and lemma_at(found, end) == ","
            and length_at(found, end + 1)
            and (
                (lemma_at(found, end + 2) == "in" and lemma_at(found, end + 3) in ("", ",", "and", ")", "from"))
                or found[end + 1].text.endswith(" in")
            )
        ):
            inward = found[end + 1]  # the lexer takes "7 in" for inches
            value = inward.value / 25.4 if inward.text.endswith(" in") else inward.value
            return [Spot("from", place, value)], end + (
                2 if inward.text.endswith(" in") else 3
            )  # "from the right end, 7 in,"
        if kind == "at" and place.kind == "axis" and len(place.axis) == 1:
            last = (
                reader.focus.spots[-1]
                if reader.mentioned is not None and reader.focus is not None and reader.focus.spots
                else None
            )
            positioned = any(token.lemma in ("position", "positioned", "locate") for token in found[max(0, i - 5) : i])
            if (
                not positioned
                and reader.spot_end == i
                and last is not None
                and last.where is not None
                and last.kind not in ("through", "into")
                and (last.kind == "centred" or last.where.kind in ("centreline", "centre"))
                and lemma_at(found, i - 1) not in (",", "cut")
            ):
                last.kind, last.where = "centred", Where("axis", axis=place.axis, of=last.where.of)
                return [], end
            if any(
                token.lemma
                in (
                    "position",
                    "positioned",
                    "locate",
                    "located",
                    "offset",
                    "distance",
                    "column",
                    "row",
                    "long",
                    "wide",
                )
                for token in found[max(0, i - 5) : i]
            ):
                return [], end
            return [Spot("axis_is", place)], end
        if kind == "at" and place.kind == "dimension" and word in ("in",):
            return [Spot("axis_is", place)], end
        if kind == "through" and lemma_at(found, end) in ("and", "&"):
            np = read_np(found, end + 1)
            if np is not None and np.entity and (np.definite or not np.det) and not np.bare and not np.measures:
                reader.flag("through")
                return [Spot(kind, place)], np.end
        if kind == "between" and lemma_at(found, end) == "and":
            other = self.places.where(end + 1)
            if other:
                return [Spot("between", place), Spot("between", other[0])], other[1]
        if (
            kind == "across"
            and reader.focus is not None
            and reader.focus.kind == "cut"
            and reader.focus.shape == "hole"
        ):
            reader.flag("radial")
            if place.of is not None and place.of.kind == "solid":
                reader.host(place.of)
            return [], end
        if kind == "across" and reader.mentioned is not None:
            reader.flag("full")
        own = reader.own if kind == "at" and reader.own == "tip" else ""
        return [Spot(kind, place, own=own)], end

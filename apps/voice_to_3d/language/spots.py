"""Spots: "5mm from each edge", "centred on the flange", "on top of the head", "20 mm further to the left"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.frames import Spot, Where
from wugan.apps.voice_to_3d.language.measures import CENTRES, after_value, lemma_at, length_at, match
from wugan.apps.voice_to_3d.language.places import SIDES, Places
from wugan.apps.voice_to_3d.language.vocabulary import PLACES
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.reader import Reader

WAYS = words(
    "in inward inwards inboard inside away up down back out outward outwards over further farther more offset upward upwards downward downwards on"
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
AT = {
    "in": "at", "at": "at", "on": "at", "near": "at", "within": "at", "onto": "on", "against": "beside", "along": "along", "inside": "at",
    "above": "above", "over": "on", "below": "under", "under": "under", "underneath": "under", "beneath": "under", "beside": "beside",
    "around": "around", "about": "around", "through": "through", "into": "into", "from": "fromface", "across": "across", "behind": "behind",
    "between": "between", "throughout": "through", "toward": "toward", "towards": "toward", "past": "past", "beyond": "past", "to": "to", "off": "at",
}  # fmt: skip
DIRECTIONAL = words("left right front back top bottom")


class Spots:
    """Reads statements of place for a reader."""

    def __init__(self, reader: Reader, places: Places) -> None:
        self.reader = reader
        self.places = places

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
        if word in ("from", "off") and not any(match(found, k, one) for one in CENTRES):
            if word == "off" and lemma_at(found, k + 1) in ("centre", "axis"):
                return [Spot("from", Where("centre"), value, "", own, axis)], k + 2
            where = self.places.where(k + 1)
            if where:
                return [Spot("from", where[0], value, self._way(ways), own, axis)], where[1]
            return None
        if word in ABOVE and not (word in ("over", "under") and lemma_at(found, k + 1) in ("", ".", ",")):
            where = self.places.where(k + 1)
            if where:
                return [Spot("from", where[0], value, ABOVE[word], own, axis)], where[1]
        j = k
        while lemma_at(found, j) in ("to", "the", "toward", "on"):
            j += 1
        side = lemma_at(found, j)
        if (side in ("either", "each", "both") and j > i + 1) or (
            side in ("either", "each", "both") and lemma_at(found, j + 1) == "side"
        ):
            if lemma_at(found, j + 1) == "side" and lemma_at(found, j + 2) == "of":
                where = self.places.where(j + 3)
                if where:
                    return [Spot("either", where[0], value, "", own, axis)], where[1]
            if lemma_at(found, j + 1) == "side":
                return [Spot("either", Where("centre"), value, "", own, axis)], j + 2
        if side in SIDES and (j > k or lemma_at(found, j + 1) == "of"):
            if lemma_at(found, j + 1) == "of":
                where = self.places.where(j + 2)
                if where:
                    return [Spot("from", where[0], value, side, own, axis)], where[1]
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
        if word in ("at", "on") and lemma_at(found, i + 1) in ("(", "x", "y", "z", "position", "coordinate"):
            coordinates = self._coordinates(i + 1)
            if coordinates:
                return coordinates
        if word in AT:
            return self._preposition(i, word)
        return None

    def _coordinates(self, i: int) -> tuple[list[Spot], int] | None:
        """ "(10, 20)", "x = 10, y = 20", "X10 Y20"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("position", "coordinate", "the", "point"):
            k += 1
        if lemma_at(found, k) == "(":
            close = next((j for j in range(k, min(k + 14, len(found))) if lemma_at(found, j) == ")"), None)
            if close is None:
                return None
            inner = found[k + 1 : close]
            values = [one.value for one in inner if one.quantity]
            if len(values) in (2, 3) and all(
                one.quantity or one.lemma in (",", "x", "y", "z", "=", ":") for one in inner
            ):
                spots = [
                    Spot("from", Where("coordinate", axis=a, size=0.0), v) for a, v in zip("xyz", values, strict=False)
                ]
                return spots, close + 1
            return None
        spots = []
        while lemma_at(found, k) in ("x", "y", "z"):
            axis, j = found[k].lemma, k + 1
            if lemma_at(found, j) in ("=", ":"):
                j += 1
            if length_at(found, j) is None:
                break
            spots.append(Spot("from", Where("coordinate", axis=axis, size=0.0), found[j].value))
            k = j + 1
            if lemma_at(found, k) in (",", "and") and (
                lemma_at(found, k + 1) in ("x", "y", "z") or lemma_at(found, k + 2) in ("x", "y", "z")
            ):
                k += 1 if lemma_at(found, k + 1) in ("x", "y", "z") else 2
        return (spots, k) if spots else None

    def _centred(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        spots: list[Spot] = []
        while lemma_at(found, k) in (
            "in",
            "on",
            "along",
            "about",
            "at",
            "within",
            "around",
            "over",
            "across",
            "from",
            "to",
            "with",
            "both",
            "between",
            "under",
            "inside",
        ):
            if lemma_at(found, k) == "on" and lemma_at(found, k + 1) == "top":
                more = self.statement(k)
                assert more is not None
                return [Spot("centred"), *more[0]], more[1]
            if lemma_at(found, k) == "both":
                k += 1
                while lemma_at(found, k) in ("way", "direction", "dimension", "axis"):
                    k += 1
                return [Spot("centred")], k
            j = k + 1
            where = self.places.where(j)
            if where is None:
                break
            spots.append(Spot("centred", where[0]))
            k = where[1]
            if (
                where[0].kind not in ("axis", "dimension")
                and lemma_at(found, k) in ("in", "along", "on")
                and (more := self.places.where(k + 1))
                and more[0].kind in ("axis", "dimension")
            ):
                spots[-1] = Spot("centred", Where(more[0].kind, axis=more[0].axis, of=where[0].of))
                k = more[1]
                while (
                    lemma_at(found, k) == "and"
                    and (also := self.places.where(k + 1))
                    and also[0].kind in ("axis", "dimension")
                ):
                    spots.append(Spot("centred", Where(also[0].kind, axis=also[0].axis, of=where[0].of)))
                    k = also[1]
            if where[0].kind in ("axis", "dimension") and lemma_at(found, k) == "and":
                more = self.places.where(k + 1)
                if more and more[0].kind in ("axis", "dimension"):
                    spots.append(Spot("centred", more[0]))
                    k = more[1]
            break
        return spots or [Spot("centred")], k

    def _halfway(self, i: int) -> tuple[list[Spot], int] | None:
        found = self.reader.tokens
        k = i + 1
        if lemma_at(found, k) == "between":
            first = self.places.where(k + 1)
            if first and lemma_at(found, first[1]) == "and":
                second = self.places.where(first[1] + 1)
                if second:
                    return [Spot("between", first[0]), Spot("between", second[0])], second[1]
            return ([Spot("centred", first[0])], first[1]) if first else None
        if lemma_at(found, k) in ("along", "up", "down", "across", "in", "through"):
            word = lemma_at(found, k)
            where = self.places.where(k + 1)
            if where:
                axis = where[0].kind in ("dimension", "axis")
                return [
                    Spot(
                        "centred",
                        where[0]
                        if axis
                        else Where("dimension", axis="height" if word in ("up", "down") else "length", of=where[0].of),
                    )
                ], where[1]
            return [Spot("centred", Where("dimension", axis="height" if word in ("up", "down") else "length"))], k + 1
        return [Spot("centred")], k

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
            and (lemma_at(found, end + 2) == "in" or found[end + 1].text.endswith(" in"))
        ):
            inward = found[end + 1]  # the lexer takes "7 in" for inches
            value = inward.value / 25.4 if inward.text.endswith(" in") else inward.value
            return [Spot("from", place, value)], end + (2 if inward.text.endswith(" in") else 3)  # "from the right end, 7 in,"
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
        if kind == "between" and lemma_at(found, end) == "and":
            other = self.places.where(end + 1)
            if other:
                return [Spot("between", place), Spot("between", other[0])], other[1]
        if kind == "across" and reader.mentioned is not None:
            reader.flag("full")
        own = reader.own if kind == "at" and reader.own == "tip" else ""
        return [Spot(kind, place, own=own)], end

    def _sweep(self, i: int) -> tuple[list[Spot], int] | None:
        """ "from one side to the other", "from front to back", "from end to end"."""
        found = self.reader.tokens
        k = i + 1 if lemma_at(found, i) in ("from",) else i
        if lemma_at(found, i) != "from":
            return None
        pair = (lemma_at(found, k), lemma_at(found, k + 2)) if lemma_at(found, k + 1) == "to" else ("", "")
        axis = {
            ("front", "back"): "y",
            ("back", "front"): "y",
            ("left", "right"): "x",
            ("right", "left"): "x",
            ("top", "bottom"): "z",
            ("bottom", "top"): "z",
        }.get(pair)
        if axis:
            self.reader.flag("through")
            return [Spot("through", Where("axis", axis=axis))], k + 3
        if pair in (("side", "side"), ("end", "end")):
            self.reader.flag("through")
            return [Spot("through", Where("sweep", {pair[0]}))], k + 3
        if (
            lemma_at(found, k) in ("one", "#number")
            and lemma_at(found, k + 1) in ("side", "end", "face")
            and lemma_at(found, k + 2) == "to"
            and lemma_at(found, k + 4) == "other"
        ):
            self.reader.flag("through")
            kind = lemma_at(found, k + 1)
            end = k + 5
            if lemma_at(found, end) in ("side", "end", "face", "one"):
                end += 1
            return [Spot("through", Where("sweep", {kind}))], end
        return None

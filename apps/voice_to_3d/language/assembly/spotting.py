"""Spotting: where a thing is: a relation, a distance, a coordinate, and the target that it refers to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.relating import Relating
from wugan.apps.voice_to_3d.language.assembly.targeting import Targeting
from wugan.apps.voice_to_3d.language.assembly.thing import Place
from wugan.apps.voice_to_3d.language.assembly.wording import point_at
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF, RELATIONS, SIDES, WAYS
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

CENTRED = words("centred centrally symmetric symmetrical symmetrically central")


class Spotting(Relating, Targeting):
    """Reads places for the reader."""

    reader: Reader

    # --- targets

    # --- statements

    def place_at(self, i: int) -> tuple[list[Place], int] | None:
        """The places that start at `i` and the index after them."""
        found = self.reader.tokens
        word = lemma_at(found, i)
        if length_at(found, i) is not None:
            k, values = i, [found[i].value]
            while lemma_at(found, k + 1) in ("and", ",") and length_at(found, k + 2) is not None:
                k += 2
                values.append(found[k].value)
            if len(values) > 1:
                read = self._distance(k)
                if read is None or read[0][0].how != "distance":
                    return self._distance(i)
                read[0][0].value, read[0][0].point = values[0], tuple(values[1:])
                return read
            return self._distance(i)
        if word in CENTRED:
            return self._centred(i)
        if word in ("flush", "level", "aligned", "even") and lemma_at(found, i + 1) in ("with", "to", "on", "at"):
            aim = self.target(i + 2, creating=False)
            if aim is None and word == "flush":
                return [Place("flush")], i + 2
            if aim is None:
                return None
            aim[0].how = "flush"
            return self._and(aim[0], aim[1])
        if word == "flush":
            return [Place("flush")], i + 1
        if word in ("concentric", "coaxial", "concentrically", "coaxially"):
            k = i + 1
            if lemma_at(found, k) in ("with", "to", "on"):
                aim = self.target(k + 1, creating=False)
                if aim is not None:
                    aim[0].how = "around"
                    return [aim[0]], aim[1]
            return [Place("around")], k
        if word in ("parallel", "perpendicular", "square", "normal", "rightangle", "orthogonal"):
            return self._turned(i)
        if word == "at" and lemma_at(found, i + 1) == "rightangle":
            return self._turned(i + 1)
        if word == "lengthwise":
            return [Place("axis", axis="length")], i + 1
        if word in ("crosswise", "sideways", "widthwise"):
            return [Place("axis", axis="width")], i + 1
        if word in ("vertically", "vertical", "upright"):
            return [Place("axis", axis="z")], i + 1
        if word in ("horizontally", "horizontal"):
            return [Place("axis", axis="flat")], i + 1
        if word == "ontop" or (word == "on" and lemma_at(found, i + 1) == "top"):
            k = i + (1 if word == "ontop" else 2)
            if lemma_at(found, k) == "of":
                k += 1
            aim = self.target(k, creating=lemma_at(found, k) in ("a", "an")) if word == "ontop" else None
            return ([self._how(aim[0], "on")], aim[1]) if aim else ([Place("on", sides=("top",))], k)
        if word == "where" and (first := self.reader.thing_at(i + 1)) is not None:
            k = first[1]
            if lemma_at(found, k) in ("meet", "meets", "join", "joins", "touch", "touches", "touching", "meeting"):
                second = self.reader.thing_at(k + 1)
                places = [Place("meeting", of=first[0])] + ([Place("meeting", of=second[0])] if second else [])
                return places, second[1] if second else k + 1
        if word in ("before",):
            aim = self.target(i + 1, creating=False)
            return ([Place("beside", of=aim[0].of, sides=("front",))], aim[1]) if aim else None
        if word == "inside" and lemma_at(found, i + 1) in (",", "there", "is", "are", "add", "put"):
            return [Place("inside", of=self.reader.base())], i + 1
        if word in ("beneath", "below", "underneath", "under") and lemma_at(found, i + 1) in (
            ",",
            "",
            ".",
            "there",
            "is",
            "are",
            "hangs",
            "add",
        ):
            return [Place("under")], i + 1
        if word in ("above",) and lemma_at(found, i + 1) in (",", "", "."):
            return [Place("on", sides=("top",))], i + 1
        if word in ("halfway", "mid"):
            return self._halfway(i)
        if (
            word
            in (
                "forward",
                "backward",
                "backwards",
                "forwards",
                "upward",
                "upwards",
                "downward",
                "downwards",
                "up",
                "down",
            )
            and self.reader.focus is not None
        ):
            side = WAYS[word]
            return [Place("toward", sides=(side,))], i + 1
        if word in RELATIONS:
            return self._relation(i, RELATIONS[word])
        return None

    def _how(self, place: Place, how: str) -> Place:
        place.how = how
        return place

    def _and(self, place: Place, end: int) -> tuple[list[Place], int]:
        """Reads on: "with the bottom and the back"."""
        found = self.reader.tokens
        if lemma_at(found, end) == "and":
            more = self.target(end + 1, creating=False)
            if (
                more is not None
                and more[0].part not in ("", "whole", "axis")
                and lemma_at(found, more[1]) not in ("is", "are", "has", "have", "of")
            ):
                axes = {AXES_OF[side][0] for side in (*place.sides, *more[0].sides)}
                if place.sides and more[0].sides and len(axes) == 1:  # "the front and back edges"
                    place.sides = (*place.sides, *more[0].sides)
                    place.part = more[0].part if place.part == "face" else place.part
                    return [place], more[1]
                more[0].how = place.how
                more[0].of = more[0].of or place.of
                return [place, more[0]], more[1]
        return [place], end

    def _relation(self, i: int, how: str) -> tuple[list[Place], int] | None:
        found = self.reader.tokens
        k = i + 1
        if lemma_at(found, i) == "out" and lemma_at(found, k) in ("of", "from"):
            k += 1
        elif lemma_at(found, i) == "out" or how == "by":
            return None
        if (
            lemma_at(found, k) in RELATIONS
            and lemma_at(found, k) not in ("to", "in", "at")
            and how in ("from", "to", "on")
        ):
            inner = self.place_at(k)  # "from under the plate"
            if inner is not None:
                return inner
        if how == "from" and (sweep := self._sweep(i)):
            return sweep
        ofs = lemma_at(found, k) == "the" and lemma_at(found, k + 1) in SIDES and lemma_at(found, k + 2) == "of"
        if ofs and how in ("to", "at", "on"):
            side = SIDES[lemma_at(found, k + 1)]
            read = self.target(k + 3)
            if read is not None and read[0].part in ("", "centre"):
                if how == "to":
                    return [Place("beside", of=read[0].of, sides=(side,))], read[1]
        around = self._bolt_circle(k) if how in ("on", "around", "at", "along") else 0
        if around:
            return [], around
        read = self.target(k)
        if read is None:
            return None
        place, end = read
        if place.part == "plane":
            return ([Place("plane", axis=place.axis)], end) if how == "at" else None
        if place.part == "axis" and place.axis:
            return [Place("axis", axis=place.axis, sides=place.sides, of=place.of, centred=place.centred)], end
        if place.part == "point":
            j = end
            while lemma_at(found, j) in (",", "and", "then", "to"):
                j += 1
            if j > end and point_at(found, j) is not None:
                return None  # an outline, or a list of places
            place.how = "point"
            return [place], end
        if how == "to" and self.reader.focus is None:
            return None
        if how == "between":
            if lemma_at(found, end) == "and":
                other = self.target(end + 1)
                if other is not None:
                    return [self._how(place, "between"), self._how(other[0], "between")], other[1]
            return [self._how(place, "between")], end
        place.how = how
        if how == "through" and lemma_at(found, end) in ("and", "&") and self.reader.focus is not None:
            more = self.target(end + 1, creating=False)
            if more is not None and more[0].part in ("", "whole"):
                self.reader.focus.flags.add("through_all")
                return [place], more[1]
        if how in ("at", "on", "to", "from"):
            return self._and(place, end)
        return [place], end

    def _centred(self, i: int) -> tuple[list[Place], int]:
        found = self.reader.tokens
        k = i + 1
        places: list[Place] = []
        while lemma_at(found, k) in (
            "in",
            "on",
            "along",
            "about",
            "at",
            "within",
            "over",
            "to",
            "from",
            "between",
            "under",
            "inside",
            "with",
            "across",
            "above",
            "below",
            "around",
        ):
            word = lemma_at(found, k)
            if word == "on" and lemma_at(found, k + 1) == "top":
                inner = self.place_at(k)
                assert inner is not None
                return [*places, Place("centred"), *inner[0]], inner[1]
            if lemma_at(found, k + 1) in ("both", "all"):
                k += 2
                while lemma_at(found, k) in ("direction", "axis", "way", "dimension"):
                    k += 1
                return [*places, Place("centred")], k
            read = self.target(k + 1, creating=False)
            if read is None:
                break
            place, k = read
            if word in ("over", "above") or (word == "on" and place.part in ("", "face") and not place.centred):
                places.append(Place("on", of=place.of, sides=place.sides or ("top",)))
            if word in ("under", "below"):
                places.append(Place("under", of=place.of))
            place.how = "centred"
            places.append(place)
            while lemma_at(found, k) == "and" and (more := self._axis(k + 1)) is not None:
                more[0].how, k = "centred", more[1]
                places.append(more[0])
        word = lemma_at(found, k)
        if not places and word in ("sideways", "lengthwise", "widthwise", "crosswise", "horizontally", "vertically"):
            axis = {"lengthwise": "length", "vertically": "z"}.get(word, "sideways")
            return [Place("centred", part="axis", axis=axis)], k + 1
        return places or [Place("centred")], k

    def _distance(self, i: int) -> tuple[list[Place], int] | None:
        """Reads "5 mm from the left edge", "10 mm above the base", "20 mm to the right of the centre"."""
        found = self.reader.tokens
        quantity = length_at(found, i)
        assert quantity is not None
        value, k = quantity.value, i + 1
        axis = quantity.axes[0] if quantity.axes else ""
        way, own = "", self.reader.own
        while lemma_at(found, k) in (
            "in",
            "inward",
            "inwards",
            "away",
            "up",
            "down",
            "out",
            "further",
            "back",
            "forward",
            "over",
            "outward",
            "outwards",
            "upward",
            "upwards",
            "downwards",
            "more",
            "offset",
            "measured",
            "inside",
        ) and (lemma_at(found, k) not in ("in", "over", "inside") or lemma_at(found, k + 1) in ("from", ",", "", ".")):
            way = {"inward": "in", "inwards": "in"}.get(lemma_at(found, k), lemma_at(found, k))
            k += 1
        word = lemma_at(found, k)
        if word == "apart":
            places = [Place("apart", value=value, axis=axis, own=own)]
            return places, k + 1
        if word in ("from", "off", "of") and word != "of":
            read = self.target(k + 1, creating=False)
            if read is None:
                return None
            place, end = read
            place.how, place.value, place.way, place.own = "distance", value, way, own
            if axis and not place.axis:
                place.axis = axis
            made, end = self._and(place, end)
            for one in made[1:]:
                one.value, one.own, one.way = value, own, way
            return made, end
        if word in ("above", "below", "beneath", "under", "underneath", "behind", "past", "beyond", "over", "outside"):
            read = self.target(k + 1, creating=False)
            if read is not None:
                place, end = read
                place.how, place.value, place.own = "distance", value, own
                place.way = {"past": "out", "beyond": "out", "outside": "out"}.get(word, WAYS.get(word, ""))
                return [place], end
            return None
        if word in ("inside", "into"):
            return None
        j = k
        while lemma_at(found, j) in ("to", "the", "on", "toward", "towards", "of"):
            j += 1
        side = lemma_at(found, j)
        if side in ("either", "each", "both") and lemma_at(found, j + 1) in ("side", "end"):
            end = j + 2
            place = Place("either", value=value, axis=axis)
            if lemma_at(found, end) == "of" and (read := self.target(end + 1, creating=False)):
                place.of, place.part, end = read[0].of, read[0].part, read[1]
                place.axis = place.axis or read[0].axis
            if lemma_at(found, end) in ("in", "along") and (turn := self._axis(end + 1)):
                place.axis, end = turn[0].axis, turn[1]
            return [place], end
        if side in SIDES and (j > k or lemma_at(found, j + 1) == "of"):
            end, place = j + 1, Place("distance", value=value, way=SIDES[side], own=own, part="previous")
            if lemma_at(found, end) == "of" and (read := self.target(end + 1, creating=False)):
                inner, end = read
                place = inner
                place.how, place.value, place.way, place.own = "distance", value, SIDES[side], own
            return [place], end
        if way in ("up", "down", "out", "in") and word in ("", ".", ",", ";", "and", ")"):
            return [Place("reach", value=value, way=way)], k
        return None

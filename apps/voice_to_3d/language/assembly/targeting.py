"""Targeting: what a relation or distance refers to: a thing, a part of one, an axis, a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.phrases import Phrase
from wugan.apps.voice_to_3d.language.assembly.thing import Place
from wugan.apps.voice_to_3d.language.assembly.wording import point_at
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF, PARTS, SIDES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

SOFT = words("exactly precisely right directly just roughly approximately about the very both straight smoothly fully")
DIMENSION_AXES = {"length": "length", "width": "width", "height": "height", "thickness": "thickness", "depth": "depth"}


class Targeting:
    """Reads targets for the reader."""

    reader: Reader

    def target(self, i: int, creating: bool = True) -> tuple[Place, int] | None:
        """What a relation or distance refers to, and the index after it."""
        found = self.reader.tokens
        axis = self._axis(i)
        if axis is not None:
            return axis
        k = i
        while lemma_at(found, k) in SOFT and lemma_at(found, k) not in ("the", "both") and k - i < 3:
            k += 1
        if (read := point_at(found, k)) is not None:
            return Place("", point=read[0], part="point"), read[1]
        word = lemma_at(found, k)
        if word == "where" or word == "junction":
            return None
        np = self.reader.phrase(k)
        if np is None or word in ("it", "them", "itself"):
            if word in ("it", "them", "itself", "this", "that", "which", "each"):
                thing = self.reader.before() if word not in ("each", "which") else self.reader.focus
                if word == "them":
                    thing = self.reader.several() or thing
                place, end = Place("", of=thing), k + 1
                return self._possessed(place, end)
            if word in SIDES:
                return Place("", part="face", sides=(SIDES[word],)), k + 1
            return None
        if np.kind == "part":
            return self._part(np)
        if np.kind == "pattern" and np.head != "ring":
            return None
        if np.kind == "edge":
            return None
        thing = None if np.sized and not np.definite else self.reader.resolve(np)
        if np.det in ("a", "an") and (np.sized or thing is None or thing.said_size):
            thing = None
        if thing is None and self.reader.whole(np):
            return self._possessed(Place("", part="whole"), np.end)
        if thing is None:
            if np.head in ("wall", "floor", "thickness", "height") and not np.sized and self.reader.base() is not None:
                side = Place("", part="face", sides=tuple(np.sides)) if np.sides else Place("", part="whole")
                return self._possessed(side, np.end)
            if not creating or not (np.sized or np.kind in ("body", "cut") or np.kind == "unknown"):
                return None
            if np.kind == "unknown" and not np.sized:
                known = np.head in {name for one in self.reader.things for name in one.names}
                return self._possessed(Place("", part="whole"), np.end) if known else None
            if np.definite and not np.sized and self.reader.base() is None and np.kind != "body":
                return None
            op, self.reader.op = self.reader.op, "add" if np.kind != "cut" else "cut"
            thing = self.reader.create(np, quiet=True)
            self.reader.op = op
        end = np.end
        if thing is not self.reader.focus and not (np.sized and not np.definite):
            end = np.end
        place = Place("", of=thing, which={*np.which})
        if thing.count > 1 and not np.plural and np.ordinal == 0 and "each" not in np.which:
            place.which.add("one")
        return self._possessed(place, end)

    def _possessed(self, place: Place, end: int) -> tuple[Place, int]:
        """Reads on after "the plate": "'s front face", "end"."""
        found = self.reader.tokens
        if lemma_at(found, end) == "'s":
            inner = self.target(end + 1, creating=False)
            if inner is not None and inner[0].of is None:
                inner[0].of = place.of
                return inner
            return place, end + 1
        return place, end

    def _part(self, np: Phrase) -> tuple[Place, int]:
        found = self.reader.tokens
        part = PARTS.get(np.head, "face" if np.head in SIDES else np.head)
        sides = [*np.sides]
        if np.head in SIDES and SIDES[np.head] not in sides:
            sides.append(SIDES[np.head])
        if np.head in ("side",) and np.sides:
            part = "side"
        place = Place("", part=part, sides=tuple(sides), which={*np.which}, count=np.count or (2 if np.plural else 1))
        if np.plural:
            place.which.add("plural")
        if np.bare:
            place.size = np.bare[0].value
        for size in np.sizes:
            if isinstance(size.value, float):
                place.size = size.value
        if np.names:  # "the slot edge", "the plate corner"
            owner = next((self.reader.find(name) for name in reversed(np.names) if self.reader.find(name)), None)
            place.of = owner
        if np.ordinal:
            place.which.add("last" if np.ordinal < 0 else "first" if np.ordinal == 1 else "second")
        if np.det in ("its", "their") and place.of is None:
            place.of = (self.reader.several() if np.det == "their" else None) or self.reader.owner()
        end = np.end
        if part == "centre" or part == "axis":
            place.centred = True
        if lemma_at(found, end) in ("of", "between", "in") and (lemma_at(found, end) != "in" or part == "centre"):
            inner = self.target(end + 1)
            if inner is not None:
                end = inner[1]
                within = inner[0]
                if part in ("centre", "axis") and within.part not in ("", "whole"):
                    which = {*place.which, *within.which}
                    within.centred, within.which = True, which
                    if within.part == "point":
                        return inner
                    return within, end
                place.of = within.of or place.of
                if within.axis:
                    place.axis = within.axis
                if within.sides and not place.sides:
                    place.sides = within.sides
                elif within.sides and part in ("edge", "corner", "end", "side"):
                    place.sides = (*place.sides, *within.sides)
                if "each" in within.which:
                    place.which.add("eachof")
        return place, end

    def _axis(self, i: int) -> tuple[Place, int] | None:
        """Reads "X", "the Y axis", "+Z", "the XZ plane", "its length"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in (
            "the",
            "its",
            "positive",
            "negative",
            "+",
            "-",
            "−",
            "global",
            "same",
            "long",
            "own",
        ):
            if lemma_at(found, k) in ("long", "same", "own") and lemma_at(found, k + 1) != "axis":
                break
            k += 1
        sign = -1 if any(lemma_at(found, j) in ("-", "−", "negative") for j in range(i, k)) else 1
        word = lemma_at(found, k)
        if word in ("x", "y", "z") and found[k].kind == "word":
            k += 1
            while lemma_at(found, k) in ("axis", "direction", "dimension", "plane", "centreline"):
                k += 1
            side = next(one for one, (axis, way) in AXES_OF.items() if axis == word and way == sign)
            signed = any(lemma_at(found, j) in ("+", "-", "−", "positive", "negative") for j in range(i, k))
            return Place("", part="axis", axis=word, sides=(side,) if signed else ()), k
        if word in ("xy", "xz", "yz", "yx", "zx", "zy"):
            k += 1
            while lemma_at(found, k) in ("plane",):
                k += 1
            return Place("", part="plane", axis="".join(sorted(word))), k
        if word in DIMENSION_AXES and lemma_at(found, k - 1) in (
            "the",
            "its",
            "in",
            "along",
            "across",
            "parallel",
            "to",
        ):
            place = Place("", part="axis", axis=DIMENSION_AXES[word])
            k += 1
            if lemma_at(found, k) == "of" and (owner := self.reader.thing_at(k + 1)):
                place.of, k = owner
            return place, k
        return None

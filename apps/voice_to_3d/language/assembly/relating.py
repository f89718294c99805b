"""Relating: "halfway along", "parallel to", "from end to end", "on a 70 mm circle"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.thing import Place
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF, SIDES
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, length_at

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader


class Relating:
    """Reads relations of their own kind for the reader."""

    reader: Reader

    def _halfway(self, i: int) -> tuple[list[Place], int]:
        found = self.reader.tokens
        k = i + 1
        word = lemma_at(found, k)
        if word == "between":
            inner = self.reader.place_at(k)
            if inner is not None:
                return inner
        if word in ("along", "up", "down", "in", "through", "across"):
            read = self.reader.target(k + 1, creating=False)
            axis = "height" if word in ("up", "down") else "length"
            if read is not None:
                place = Place("centred", of=read[0].of, part="axis", axis=read[0].axis or axis)
                return [place], read[1]
            return [Place("centred", part="axis", axis=axis)], k + 1
        return [Place("centred")], k

    def _turned(self, i: int) -> tuple[list[Place], int] | None:
        found = self.reader.tokens
        how = "parallel" if lemma_at(found, i) == "parallel" else "square"
        k = i + 1
        if lemma_at(found, k) in ("to", "with"):
            read = self.reader.target(k + 1, creating=False)
            if read is not None:
                if read[0].axis:
                    return [Place("axis" if how == "parallel" else how, axis=read[0].axis)], read[1]
                return [self.reader._how(read[0], how)], read[1]
        return ([Place(how)], k) if how == "square" else None

    def _sweep(self, i: int) -> tuple[list[Place], int] | None:
        """Reads "from front to back", "from one end to the other", "from eye to eye"."""
        found = self.reader.tokens
        a, b = lemma_at(found, i + 1), lemma_at(found, i + 3)
        if lemma_at(found, i + 2) == "to" and a in SIDES and b in SIDES:
            return [Place("through", axis=AXES_OF[SIDES[a]][0])], i + 4
        if lemma_at(found, i + 2) == "to" and a == b and a not in ("", "the"):
            thing = self.reader.find(a)
            if thing is not None:
                return [Place("between", of=thing, which={"each"})], i + 4
            return [Place("through")], i + 4
        if found[i + 1 : i + 2] and found[i + 1].text.lower() == "one" and lemma_at(found, i + 3) == "to":
            for end in range(i + 4, min(i + 7, len(found))):
                if lemma_at(found, end) == "other":
                    end += 1
                    if lemma_at(found, end) == lemma_at(found, i + 2):
                        end += 1
                    return [Place("through")], end
        return None

    def _bolt_circle(self, k: int) -> int:
        """Reads "on a 70 mm circle", "on a circle of 32 mm diameter": the index after it, or 0."""
        reader, found = self.reader, self.reader.tokens
        focus, np = reader.focus, reader.phrase(k)
        if np is None or np.head != "circle" or focus is None or not (focus.count > 1 or focus.counted):
            return 0
        if np.definite and reader.resolve(np) is not None:
            return 0
        twice = 2.0 if any(one.role == "radius" for one in np.sizes) else 1.0
        values = [one.value for one in np.sizes if isinstance(one.value, float)] + [one.value for one in np.bare]
        end = np.end
        if not values:
            j = end + 1 if lemma_at(found, end) in ("of", "with") else end
            read = reader.size_at(j)
            if read is not None and isinstance(read[0].value, float) and read[0].role in ("diameter", "radius"):
                values, end = [read[0].value], read[1]
                twice = 2.0 if read[0].role == "radius" else 1.0
            elif length_at(found, j) is not None:
                values, end = [found[j].value], j + 1
        if not values:
            return 0
        focus.dims["circle"] = twice * values[0]
        return end

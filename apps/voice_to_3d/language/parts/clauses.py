"""What can stand at a point of a clause: idioms, distances, measures, verbs, members, patterns, phrases, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.centring import point_at
from wugan.apps.voice_to_3d.language.parts.entities import Entities
from wugan.apps.voice_to_3d.language.parts.frames import Spot
from wugan.apps.voice_to_3d.language.parts.halves import half
from wugan.apps.voice_to_3d.language.parts.idioms import idiom
from wugan.apps.voice_to_3d.language.parts.listing import listed
from wugan.apps.voice_to_3d.language.parts.measures import Measure, lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.mirroring import mirrored
from wugan.apps.voice_to_3d.language.parts.roles import Roles
from wugan.apps.voice_to_3d.language.parts.verbs import Verbs
from wugan.apps.voice_to_3d.language.parts.vocabulary import NEW_PREPOSITIONS, REF_PREPOSITIONS
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

COPULAS = words("is are was be been being become becomes has have = : measures")


class Clauses(Roles, Verbs):
    """Tries each reading at a place; the first that fits is taken."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.entities = Entities(reader)

    def at(self, i: int) -> int:
        """The index after what was read at `i`, or `i`."""
        for reading in (
            self._sign, self._mirror, self._idiom, self._legs, self._distance, self._measure, self._verb, self._member,
            self._pattern, self._noun,
            self._place, self._value, self._pronoun,
        ):  # fmt: skip
            end = reading(i)
            if end > i:
                return end
        return i

    def _sign(self, i: int) -> int:
        token = self.reader.tokens[i]
        listing = self.reader.mentioned is not None and self.reader.mentioned.kind == "cut"
        if token.lemma == "(" and listing and point_at(self.reader.tokens, i) is not None:
            return i
        if token.kind == "sign" or token.kind == "break":
            if token.lemma in (",", ":", "("):
                self.reader.own = self.reader.own if token.lemma == "(" else ""
            return i + 1
        return i

    def _mirror(self, i: int) -> int:
        return max(mirrored(self.reader, i), half(self.reader, i), listed(self.reader, i))

    def _idiom(self, i: int) -> int:
        found = self.reader.tokens
        if (
            i
            and lemma_at(found, i) in ("and", "while", "but")
            and lemma_at(found, i + 1) in ("in", "at", "on", "near", "from")
        ):
            ahead = [token.lemma for token in found[i + 1 : i + 14]]
            if "there" in ahead and "," not in ahead[: ahead.index("there")]:
                self.reader.mentioned = None  # "…, and in the bottom right corner there is…"
                return i + 1
        return idiom(self.reader, i)

    def _distance(self, i: int) -> int:
        reader = self.reader
        if length_at(reader.tokens, i) is None:
            return i
        if (
            reader.pending in ("height", "length", "reach")
            and lemma_at(reader.tokens, i + 1) in ("above", "below", "from", "to")
            and reader.mentioned is not None
            and reader.focus is not None
            and reader.focus.kind == "solid"
        ):
            reader.measure(Measure(reader.pending, reader.tokens[i].value))
            return i + 1
        out = [lemma_at(reader.tokens, k) for k in (i - 1, i - 2)]
        if (
            "out" in out
            and out[0] in ("out", "by", "another")
            and reader.focus is not None
            and lemma_at(reader.tokens, i + 1) not in ("from",)
        ):
            reader.measure(Measure("reach", reader.tokens[i].value))
            return i + 1
        read = self.reader.spots.distance(i)
        if read is None:
            return i
        self._take(read[0])
        return read[1]

    def _take(self, spots: list[Spot]) -> None:
        """Gives places to what is in focus, or keeps them for what comes."""
        reader = self.reader
        for spot in spots:
            where = spot.where
            if (
                reader.edge is not None
                and where is not None
                and spot.kind
                in ("at", "on", "along", "between", "from", "fromface", "under", "above", "around", "through", "to")
            ):
                reader.edge.targets.append(where)
                continue
            if reader.mentioned is None:
                reader.leading.append(spot)
                continue
            frame = reader.focus
            if frame is None:
                continue
            if (
                reader.place is not None
                and reader.place.kind in ("edge", "rim", "corner")
                and where is not None
                and spot.kind in ("at", "on")
            ):
                reader.place.which |= {*where.which, where.kind}  # "the slot edges (on both the front and the back)"
                continue
            if frame.kind == "edge" and where is not None:
                frame.targets.append(where)
            else:
                frame.spots.append(spot)
            if (
                where is not None
                and where.of is not None
                and where.of is not frame
                and spot.kind in ("into", "through", "at")
                and frame.host is None
                and where.of.kind == "solid"
                and frame.kind == "cut"
            ):
                frame.host = where.of

    def _member(self, i: int) -> int:
        return self.entities.member(i)

    def _pattern(self, i: int) -> int:
        return self.entities.pattern(i)

    def _noun(self, i: int) -> int:
        return self.entities.noun(i)

    def _place(self, i: int) -> int:
        found = self.reader.tokens
        if lemma_at(found, i) in NEW_PREPOSITIONS:
            return i
        read = self.reader.spots.statement(i)
        if read is None:
            return i
        self._take(read[0])
        self.reader.spot_end = read[1]
        return max(read[1], i)

    def _pronoun(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        if (
            word in ("it", "they", "each", "both", "this", "these", "its", "their", "all", "one")
            and reader.focus is not None
        ):
            if word == "both" and lemma_at(found, i + 1) in ("way", "direction"):
                return i + 2
            if reader.mentioned is None:
                frame = reader.focus
                while frame.group is not None and word in ("each", "they", "both", "all", "these", "their"):
                    frame = frame.group
                if frame.kind == "edge" and word in ("it", "its"):
                    frame = next((one for one in reversed(reader.frames) if one.kind != "edge"), frame)
                reader.attend(frame)
                reader.subject = frame
            elif word in ("each", "both", "they", "all") and reader.focus.group is not None:
                reader.attend(reader.focus.group)
            return i + 1
        return i


__all__ = ["COPULAS", "REF_PREPOSITIONS", "Clauses"]

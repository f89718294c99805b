"""Places: what a preposition or a distance points to ("the short (18mm) side", "the middle of its width")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Where
from wugan.apps.voice_to_3d.language.parts.measures import after_value, lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.nouns import NP, read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import PLACES, REF_PREPOSITIONS, WHICH, WHOLE
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

SIDES = words("left right top bottom front back")


class Places:
    """Reads places for a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def where(self, i: int) -> tuple[Where, int] | None:
        """The place that starts at `i` and the index after it."""
        found = self.reader.tokens
        axis = self._axis(i)
        if axis:
            return axis
        word = lemma_at(found, i)
        if word in ("it", "them", "itself", "themselves", "this", "that") and not self._noun_follows(i):
            if word == "that":  # "on the end of that": what was named last
                last = [one for one in self.reader.frames if one.kind == "solid" and one is not self.reader.focus]
                return Where(of=last[-1] if last else None), i + 1
            return Where(of=self.reader.other()), i + 1
        if word in ("one", "each", "either", "both") and lemma_at(found, i + 1) in ("another", "other"):
            return Where(of=self.reader.focus), i + 2
        if word == "where":
            return None
        while (
            lemma_at(found, i)
            in (
                "roughly",
                "approximately",
                "about",
                "exactly",
                "right",
                "directly",
                "near",
                "around",
                "just",
                "precisely",
                "only",
            )
            and read_np(found, i + 1) is not None
            and (lemma_at(found, i) != "right" or lemma_at(found, i + 1) in ("the", "at", "in"))
        ):
            i += 1
        word = lemma_at(found, i)
        np = read_np(found, i)
        if np is None or (np.end == i):
            if word in SIDES:
                return Where(kind=word), i + 1
            return None
        return self.from_np(np)

    def _noun_follows(self, i: int) -> bool:
        np = read_np(self.reader.tokens, i)
        return np is not None and np.end > i + 1

    def _axis(self, i: int) -> tuple[Where, int] | None:
        """Reads "X", "the Y axis", "the XY plane", "X = 0", "the length"."""
        found = self.reader.tokens
        k = i
        while lemma_at(found, k) in ("the", "its", "part", "global", "positive", "negative", "long", "same"):
            if lemma_at(found, k) in ("long", "part", "same") and lemma_at(found, k + 1) not in ("axis",):
                break
            k += 1
        word = lemma_at(found, k)
        if lemma_at(found, k - 1) == "long" and word == "axis":
            return Where("dimension", axis="length"), k + 1
        if word in ("x", "y", "z") and (
            k == i
            or lemma_at(found, k + 1) in ("axis", "direction", "dimension", "centreline", "axi", "plane")
            or lemma_at(found, k - 1) != "the"
        ):
            equals = lemma_at(found, k + 1) == "=" or (lemma_at(found, k + 1) == ":" and lemma_at(found, i - 1) == "at")
            if equals and length_at(found, k + 2):
                value = found[k + 2].value
                return Where("coordinate", axis=word, size=value), k + 3
            kind = "axis"
            k += 1
            if lemma_at(found, k) == "centreline":
                kind = "centreline"
            while lemma_at(found, k) in ("axis", "direction", "dimension", "centreline", "axi"):
                k += 1
            return Where(kind, axis=word), k
        if word in ("xy", "xz", "yz", "yx", "zx", "zy"):
            k += 1
            if lemma_at(found, k) == "plane":
                k += 1
            return Where("plane", axis="".join(sorted(word))), k
        dimension = {
            "length": "length",
            "width": "width",
            "height": "height",
            "thickness": "thickness",
            "depth": "depth",
            "diameter": "diameter",
        }.get(word)
        if dimension and lemma_at(found, k + 1) not in ("of",):
            return Where("dimension", axis=dimension), k + 1
        if dimension and lemma_at(found, k + 1) == "of":
            owner = self.where(k + 2)
            if owner:
                return Where("dimension", axis=dimension, of=owner[0].of), owner[1]
        return None

    def from_np(self, np: NP) -> tuple[Where, int]:
        """The place that a noun phrase names."""
        reader, found = self.reader, self.reader.tokens
        end = np.end
        if (
            np.kind == "place"
            and np.head in SIDES
            and lemma_at(found, end) == "and"
            and lemma_at(found, end + (2 if lemma_at(found, end + 1) == "the" else 1)) in SIDES
        ):
            second = read_np(found, end + 1)
            if second is not None and second.kind == "place":
                where, end = self.from_np(second)  # "the left and right edges"
                where.which.add(np.head)
                return where, end
        if np.kind == "place":
            where = Where(PLACES.get(np.head, np.head), set(np.which))
            if np.det in ("each", "both", "all", "every", "either"):
                where.which.add(np.det)
            for noun in np.nouns:
                if noun in WHICH:
                    where.which.add(WHICH[noun])
                elif noun in PLACES:
                    where.which.add(PLACES[noun])
                elif noun not in ("cut", "off"):
                    where.of = where.of or reader.find(noun)
            if np.partitive:
                np.plural = False
            where.count = np.count or (2 if np.plural or np.det == "both" else 1)
            if np.plural and not np.count and np.det in ("", "the", "all", "every", "each"):
                where.which.add("all" if np.head == "corner" else "each" if np.det == "each" else "plural")
            sizes = [one.value for one in np.bare] + [one.value for one in np.measures]
            where.size = sizes[0] if sizes else None
            if np.det == "its" or np.det == "their" or np.det == "whose":
                where.of = where.of or reader.owner(np if np.det != "whose" else None)
            # "the short (18mm) side": the parenthesis lies inside, "(18mm side)" follows
            where, end = self._parenthesis(where, end)
            if lemma_at(found, end) == "of" or (
                lemma_at(found, end) in ("on", "in") and where.of is None and self._owner_follows(end)
            ):
                owner = self.where(end + 1)
                if owner:
                    where, end = self._owned(where, owner[0]), owner[1]
            return self._tail(where, end)
        frame = reader.resolve(np)
        described = np.sizes or len(np.measures) + len(np.bare) > 1
        first = not any(one.kind == "solid" for one in reader.frames)
        if frame is None and np.det in ("a", "an") and np.kind == "solid" and first and not described:
            if lemma_at(found, np.end) in ("measuring", "with", "of", "that", "which", "(", ","):
                op, reader.op = reader.op, ""  # "from the centre of a box measuring 40 x 40 x 30"
                frame, reader.op = reader.add(reader.clauses.entities.make(np)), op
        if frame is None and np.det in ("a", "an") and np.kind in ("solid", "generic") and described:
            kept, op = reader.focus, reader.op
            reader.op = ""  # "in a 100 x 50 x 10 plate cut two slots": the plate is made there
            frame, reader.op = reader.add(reader.clauses.entities.make(np)), op
            reader.mentioned = kept
            reader.focus = kept or frame
        where = Where("", set(np.which), frame)
        if np.head in ("circle",) and np.bare:
            where.size = np.bare[0].value
        if np.head == "leg" and (frame is None or frame.shape == "triangle"):
            where = Where("edge", {*where.which, "leg"}, frame)  # of a right triangle
        if lemma_at(found, end) == "of" and np.head in ("circle", "hole", "cylinder", "section", "part", "wall"):
            owner = self.where(end + 1)
            if owner and owner[0].of:
                where.of, end = owner[0].of, owner[1]
        where, end = self._parenthesis(where, end)
        return self._tail(where, end)

    def _owner_follows(self, end: int) -> bool:
        return False

    def _owned(self, where: Where, owner: Where) -> Where:
        """Reads "edge of the circle", "middle of its width", "corner of the top"."""
        where.of = owner.of
        if owner.kind == "" and owner.of is not None and owner.of.shape == "slot" and where.kind == "centre":
            where.which |= {f"circle-{side}" for side in owner.which & SIDES}  # "the centre of its left circle"
        where.near, where.far = where.near or owner.near, where.far or owner.far
        if owner.kind == "dimension":
            where.axis = owner.axis
        elif owner.kind in SIDES | {"side", "end", "face", "edge"}:
            where.which |= owner.which
            if owner.kind in SIDES:
                where.which.add(owner.kind)
            if where.kind in ("centre", "edge", "corner") and where.kind != owner.kind:
                where.which.add("on_" + owner.kind)
            where.size = where.size or owner.size
        return where

    def _parenthesis(self, where: Where, end: int) -> tuple[Where, int]:
        found = self.reader.tokens
        if lemma_at(found, end) != "(":
            return where, end
        close = next((k for k in range(end + 1, min(end + 6, len(found))) if lemma_at(found, k) == ")"), None)
        if close is None:
            return where, end
        inner = list(found[end + 1 : close])
        sizes = [token for token in inner if token.quantity and token.quantity.kind in ("length", "number")]
        rest = [
            token
            for token in inner
            if not token.quantity
            and token.lemma not in ("the", "side", "edge", "dimension", "end", "long", "short", "axis")
        ]
        letters = [token.lemma for token in rest if token.lemma in ("x", "y", "z")]
        if len(sizes) == 1 and not rest:
            where.size = sizes[0].value
            return where, close + 1
        if letters and len(letters) == len(rest):
            where.axis = letters[0]
            return where, close + 1
        return where, end

    def _tail(self, where: Where, end: int) -> tuple[Where, int]:
        """Reads "that has the cut corners", "with the hole", "opposite the hole", "next to the head"."""
        reader, found = self.reader, self.reader.tokens
        k = end + 1 if lemma_at(found, end) == "," else end
        word, after = lemma_at(found, k), lemma_at(found, k + 1)
        kind = ""
        if where.kind in ("end", "side", "edge", "face", "") and k == end:
            if word in ("that", "which") and after in ("has", "have", "contain", "contains"):
                kind, k = "near", k + 2
            elif word in ("with", "having", "containing") and after in ("the", "its"):
                kind, k = "near", k + 1
            elif word in ("nearest", "closest") or (word == "next" and after == "to"):
                kind, k = "near", k + 2 if word == "next" or after == "to" else k + 1
            elif word in ("without", "opposite"):
                kind, k = "far", k + 1
        if not kind and where.kind in ("end", "side", "edge", "face"):
            if word == "away" and after == "from":
                kind, k = "far", k + 2
                while lemma_at(found, k) == "from":
                    k += 1
            elif word == "opposite" and after in ("to", "from", "the"):
                kind, k = "far", k + 1 if after == "the" else k + 2
            elif word == "from" and "other" in where.which and after == "the":
                kind, k = "far", k + 1
        if not kind:
            return where, end
        np = read_np(found, k)
        frame = reader.resolve(np) if np and np.kind in ("cut", "solid", "generic", "edge") else None
        if np is None or np.head in ("centre", "middle", "centreline"):
            return where, end  # "through the plate with its centre at…"
        end = np.end
        cut_corners = next(
            (one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners", "edges")), None
        )
        if (
            np.kind == "place"
            and np.head in ("corner", "edge")
            and cut_corners is not None
            and {"cut", "off", "clipped", "chamfered", "angled"} & {*np.adjectives, *np.nouns}
        ):
            where.near, where.far = (cut_corners, None) if kind == "near" else (None, cut_corners)
            return where, np.end
        if np.kind == "place":
            inner = self.from_np(np)
            if inner[0].of is None:
                owner = next((one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners")), None)
                if "cut" in np.adjectives and owner:
                    where.near = owner
                    return where, inner[1]
                return where, end
            frame, end = inner[0].of, inner[1]
        if frame is not None:
            if kind == "near":
                where.near = frame
            else:
                where.far = frame
        return where, end


def is_whole(frame: Frame | None, np: NP | None = None) -> bool:
    """Whether a reference means the whole part."""
    return frame is None or frame.kind == "whole" or (np is not None and np.head in WHOLE)


__all__ = ["REF_PREPOSITIONS", "Places", "after_value", "is_whole"]

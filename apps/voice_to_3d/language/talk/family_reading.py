"""`Describer`: phrases about an object become parameters of its family, materials and sizes of its parts.

The words come from `object_kinds.Kind`, so that a new family can be spoken of without a line here. `item` reads one
phrase; whoever calls it decides where an object's description begins and ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.language.talk.family_parts import PartReader
from wugan.apps.voice_to_3d.language.talk.object_kinds import SHAPES, Kind
from wugan.apps.voice_to_3d.language.talk.object_names import role_named
from wugan.apps.voice_to_3d.language.talk.object_said import Refused, Said
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS, FOLLOWERS, LINKS, PARTICIPLES, RELATIVE
from wugan.apps.voice_to_3d.materials import AMBIGUOUS
from wugan.apps.voice_to_3d.scene.placement import Selector

MATERIAL_LINKS = (
    ("made", "out", "of"), ("made", "of"), ("made", "from"), ("made", "in"), ("out", "of"), ("of",), ("in",), ("from",),
    ("painted",), ("coloured",), ("finished", "in"), ("painted", "in"), ("colour",), ("in", "the", "colour"),
    ("in", "solid"), ("of", "solid"), ("made", "of", "solid"), ("made", "out", "of", "solid"), ("with", "a"),
)  # fmt: skip
AFTER_MATERIAL = {"colour", "coloured", "finish", "paint", "material", "painted", "stained", "lacquer"}


class Describer(PartReader):
    """Reads what is said about one object.

    Args:
        reading: the text.
        kind: what may be said.
        roles: of the parts that there are; those of the kind unless given.
        fresh: whether the object is new: then what is said twice differently is a contradiction.
    """

    def __init__(self, reading: Reading, kind: Kind, roles: Sequence[str] | None = None, fresh: bool = True) -> None:
        self.r = reading
        self.kind = kind
        self.roles = list(dict.fromkeys([*(roles if roles is not None else kind.roles)]))
        self.fresh = fresh
        self.said = Said()
        self.scope = ""

    def read(self, i: int, end: int) -> int:
        """Reads as many phrases as follow each other; returns the index after the last one."""
        while i < end:
            j = self.linked(i, end)
            k = self.item(j, end)
            if k == j:
                break
            self.r.know(i, k)
            i = k
        return i

    def linked(self, i: int, end: int) -> int:
        """The index after commas, "and", "with", "that is"…"""
        while i < end and (self.r.lemma(i) in LINKS or self.r.lemma(i) in ("is", "are", "should", "be", "will", "\n")):
            i += 1
        return i

    def item(self, i: int, end: int, role: str = "") -> int:
        """Reads one phrase at `i`; returns the index after it, `i` where there is none.

        Raises:
            Refused: the phrase is understood, and cannot be.
        """
        if i >= end:
            return i
        self.scope = role
        for reader in (self.without, self.open_top, self.participle, self.named_size, self.part, self.measure,
                       self.choice, self.flag, self.material, self.relative):  # fmt: skip
            k = reader(i, end)
            if k > i:
                return k
        return i

    # --- one phrase each

    def without(self, i: int, end: int) -> int:
        """Such as "without a lid", "no drawers", "armless"."""
        word = self.r.lemma(i)
        if word.endswith("less") and len(word) > 6 and self.r.tokens[i].kind == "word":
            return self._absent((word[:-4].rstrip("-"),), i, i + 1)
        if word not in ("without", "no", "lacking"):
            return i
        j, done = i + 1, i
        while j < end:
            while self.r.lemma(j, end) in ("any", "a", "an", "the", "its", "or", "and", ",", "no", "without"):
                j += 1
            k = next(
                (k for n in (3, 2, 1) if j + n <= end and (k := self._absent(self._words(j, n), i, j + n)) > i),
                j,
            )
            if k == j or k > end:
                break
            j = done = k
            if self.r.lemma(j, end) not in ("or", "and", ",") or self.r.lemma(j + 1, end) in ("with", "a", "an"):
                break
        return done

    def open_top(self, i: int, end: int) -> int:
        """Such as "open at the top", "with an open top" of what is hollow: it has no lid."""
        r, j = self.r, i
        while r.lemma(j, end) in ("a", "an", "with"):
            j += 1
        if r.lemma(j, end) != "open" or self.kind.choice(("open",)):
            return i
        k = j + 1
        while r.lemma(k, end) in ("at", "on", "the", "to"):
            k += 1
        lid = self.kind.flags.get(("lid",))
        hollow = any("wall" in phrase for phrase in self.kind.numbers)
        if r.lemma(k, end) not in ("top", "above") or not (lid or hollow):
            return i
        if lid:
            self.set(lid, False, (i, k + 1))
        else:
            r.assumed.append(f"“{r.phrase(i, k + 1)}”: a {self.kind.name} is open at the top anyway")
        return k + 1

    def _words(self, j: int, n: int) -> tuple[str, ...]:
        return tuple(self.r.lemmas(j, j + n))

    def _absent(self, phrase: tuple[str, ...], i: int, end: int) -> int:
        kind = self.kind
        if flag := kind.flags.get(phrase):
            self.set(flag, False, (i, end))
            return end
        if count := kind.counts.get(phrase):
            if not kind.fits(count, 0):
                self._contradiction(" ".join(phrase), i, end)
            self.set(count, 0, (i, end))
            return end
        found = role_named(phrase, self.roles)
        if found and found[1] == len(phrase):
            if self.fresh:
                self._contradiction(" ".join(phrase), i, end)
            self.said.absent.append(Selector(role=found[0]))
            return end
        return i

    def _contradiction(self, word: str, i: int, end: int) -> None:
        name = self.kind.name
        raise Refused(
            f"a {name} without its {word} is a contradiction: make the {name}, then remove the {word}", (i, end)
        )

    def participle(self, i: int, end: int) -> int:
        """Such as "three-legged", "six sided"."""
        token = self.r.tokens[i]
        noun = PARTICIPLES.get(self.r.lemma(i + 1, end))
        if token.quantity is None or token.quantity.kind != "number" or noun is None:
            return i
        count = int(token.value)
        if noun == "side":
            word = next((word for word, sides in SHAPES.items() if sides == count), "")
            if word and (found := self.kind.choice((word,))):
                self.set(*found, (i, i + 2))
                return i + 2
        name = self.kind.counts.get((noun,))
        if name is None:
            return i
        self.set(name, count, (i, i + 2))
        return i + 2

    def choice(self, i: int, end: int) -> int:
        """An adjective that is one of a parameter's values."""
        j = i + 1 if self.r.lemma(i) in ("a", "an") else i
        if self.r.lemma(j, end) in ("in", "at", "on") and self.r.lemma(j + 1, end) == "the":
            j += 2  # "holes in the corners", where that is a pattern of the kind
        token = self.r.tokens[j] if j < end else None
        if token is not None and token.quantity is not None and (found := self.kind.choice((token.text.lower(),))):
            self.set(*found, (i, j + 1))
            return j + 1
        for length in (3, 2, 1):
            phrase = tuple(self.r.lemmas(j, min(end, j + length)))
            if len(phrase) < length or phrase in self.kind.counts or " ".join(phrase) in self.roles:
                continue
            if found := self.kind.choice(phrase, self.scope):
                k = j + length
                k += (self.r.lemma(k, end),) in self.kind.spoken.get(found[0], ())
                k += self.r.lemma(k, end) in ("shaped", "style", "shape") and self.r.lemma(k + 1, end) not in ("of",)
                self.set(*found, (i, k))
                return k
        return i

    def flag(self, i: int, end: int) -> int:
        """The noun or adjective of a yes-or-no parameter."""
        j = i
        while self.r.lemma(j, end) in ("a", "an", "the", "its"):
            j += 1
        for length in (3, 2, 1):
            phrase = tuple(self.r.lemmas(j, min(end, j + length)))
            if len(phrase) == length and (name := self.kind.flags.get(phrase)):
                self.set(name, True, (i, j + length))
                return j + length
        return i

    def material(self, i: int, end: int) -> int:
        """Such as "oak", "made of oak", "in black", "of brushed steel"."""
        linked = self.r.one_of(i, MATERIAL_LINKS)
        found = None
        for skip in (linked, 0) if linked else (0,):
            j = i + skip
            while skip and self.r.lemma(j, end) in ("the", "a", "solid", "pure", "real", "colour"):
                j += 1
            found = self.r.material(j, end) if j < end else None
            if found:
                alone = found[1] == j + 1 and self.r.lemma(j) in AMBIGUOUS
                if alone and not skip and self.r.lemma(i - 1) not in ("is", "are", "be", "it", ","):
                    return i
                if skip == 2 and self.r.has(i, "with", "a") and self.r.lemma(found[1], end) not in AFTER_MATERIAL:
                    return i
                break
        if not found:
            return i
        k = found[1]
        while self.r.lemma(k, end) in AFTER_MATERIAL:
            k += 1
        if not self.fresh and k < end and self.r.tokens[k].kind == "word" and self.r.lemma(k) not in FOLLOWERS:
            return i  # "green ideas": what is green has a name of its own
        self.said.paints.append((self.selector(), found[0]))
        return k

    def relative(self, i: int, end: int) -> int:
        """Such as "big", "low": a factor on what is usual."""
        word = self.r.lemma(i)
        if word not in RELATIVE or self.r.lemma(i - 1) in ("as", "how", "so"):
            return i
        dimension, factor = RELATIVE[word]
        very = self.r.lemma(i - 1) in ("very", "extra", "really")
        self.said.relative.append((self.scope, dimension, factor**1.5 if very else factor))
        return i + 1

    def selector(self) -> Selector:
        """The parts that are spoken of now."""
        return Selector(role=self.scope)


__all__ = ["DIMENSIONS", "Describer"]

"""`Describer`: phrases about an object become parameters of its family, materials and sizes of its parts.

The words come from `object_kinds.Kind`, so that a new family can be spoken of without a line here. `item` reads one
phrase; whoever calls it decides where an object's description begins and ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.talk.family_sizes import LOOKS, PartSize, Refused, Said, SizeReader
from wugan.apps.voice_to_3d.language.talk.kinds import SHAPES, Kind, lemmas, role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import (
    DIMENSIONS,
    FEATURE_WORDS,
    FOLLOWERS,
    LINKS,
    PARTICIPLES,
    RELATIVE,
    SIDES,
)
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import AMBIGUOUS
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Selector

# `PartReader`: phrases about parts ("four tapered legs of black steel", "a 3 cm thick white top").

HOMOPHONES = {"for": 4, "to": 2, "too": 2}
STOPS = words(
    "on under beside behind above below beneath between around against inside near next by at in of with without and "
    "or to from is are be make put add paint move remove set that which it they them , . ; :"
)


PLACING = words("near at on in between under along around below beneath inside above to")
SPOTS = words("top bottom front back side end corner edge middle centre rear left right inside outside wall")


@dataclass
class _Adjectives:
    """What stands before the name of a part."""

    count: int | None = None
    sides: list[str] = field(default_factory=list)
    materials: list[Material] = field(default_factory=list)
    lengths: list[tuple[Quantity, str, tuple[int, int]]] = field(default_factory=list)
    relative: list[str] = field(default_factory=list)
    choices: list[tuple[tuple[str, ...], tuple[int, int]]] = field(default_factory=list)
    ordinal: int | None = None
    bare: bool = False
    unknown: list[int] = field(default_factory=list)


class PartReader(SizeReader):
    """Reads parts; see `family_reading.Describer`."""

    def part(self, i: int, end: int) -> int:
        """A noun phrase whose noun is a part, a counted thing or a yes-or-no of the kind."""
        if self.scope:
            return i
        r, j = self.r, i
        while r.lemma(j, end) in ("a", "an", "the", "its", "their", "some", "both", "all", "each", "with"):
            j += 1
        seen = _Adjectives(bare=j == i)
        while j < end:
            if seen.lengths and self.own_number(j, end):
                return i  # "22 mm outer diameter": a size by its name
            phrase = self._noun(j, end)
            if not phrase and (seen.lengths or seen.relative or self._size_behind(j + 1, end)):
                phrase = self._sized_noun(j, end)
            if phrase and not self._adjective_first(j, end, phrase):
                return self._take(i, j, phrase, seen, end)
            k = self._adjective(j, end, seen)
            if k == j:
                return i
            j = k
        return i

    def _noun(self, j: int, end: int) -> int:
        """How many tokens name a part, a count or a flag at `j`; 0 for none."""
        best = 0
        for length in (3, 2, 1):
            phrase = tuple(self.r.lemmas(j, min(end, j + length)))
            if len(phrase) == length and (phrase in self.kind.counts or phrase in self.kind.flags):
                best = length
                break
        found = role_named(self.r.lemmas(j, min(end, j + 3)), self.roles)
        return max(best, found[1] if found else 0)

    def _sized_noun(self, j: int, end: int) -> int:
        """Whether a word is what a number of the kind is of: "holes" where there is a hole diameter."""
        word = self.r.lemma(j)
        return int(any(len(phrase) == 2 and phrase[0] == word for phrase in self.kind.numbers))

    def _size_behind(self, j: int, end: int) -> bool:
        """Whether a size of its own follows a noun: "neck 25 mm wide"."""
        quantity = self.r.tokens[j].quantity if j < end else None
        return bool(quantity and quantity.kind == "length" and DIMENSIONS.get(self.r.lemma(j + 1, end)))

    def _adjective_first(self, j: int, end: int, length: int) -> bool:
        """Whether what could be a part ("top") is an adjective here ("top shelf")."""
        word = self.r.lemma(j)
        return length == 1 and word in SIDES and j + 1 < end and self._noun(j + 1, end) > 0

    def _adjective(self, j: int, end: int, seen: _Adjectives) -> int:
        r = self.r
        token, word = r.tokens[j], r.lemma(j)
        following = self._noun(j + 1, end)
        if word in HOMOPHONES and seen.count is None and self._counted_next(j + 1, end):
            seen.count = HOMOPHONES[word]  # "a table with for tapered legs"
            return j + 1
        if token.quantity is not None:
            return self._quantity(j, end, seen)
        if word == "and" and seen.materials and (second := r.material(j + 1, end)) and self._noun(second[1], end):
            seen.unknown.extend(range(j + 1, second[1]))  # "black and white legs": one colour a part
            return second[1]
        if word in STOPS or token.kind != "word":
            return j
        for length in (3, 2, 1):
            phrase = tuple(r.lemmas(j, min(end, j + length)))
            if len(phrase) == length and phrase in self.kind.choices:
                seen.choices.append((phrase, (j, j + length)))
                return j + length
        if found := r.material(j, end):
            seen.materials.append(found[0])
            return found[1]
        if word in SIDES:
            seen.sides.append(SIDES[word])
            return j + 1
        if word in RELATIVE:
            seen.relative.append(word)
            return j + 1
        if word in ("matching", "separate", "single", "individual", "additional", "extra", "equal", "identical"):
            return j + 1
        if word in LOOKS and following:
            seen.choices.append(((word,), (j, j + 1)))
            return j + 1
        if not seen.unknown and following and len(word) > 3:
            seen.unknown.append(j)
            return j + 1
        return j

    def _counted_next(self, j: int, end: int) -> bool:
        """Whether a plural that the kind counts follows, with adjectives at most before it."""
        for k in range(j, min(end, j + 3)):
            if (self.r.lemma(k),) in self.kind.counts and self.r.tokens[k].plural:
                return True
            if (self.r.lemma(k),) not in self.kind.choices and not self.r.material(k, end):
                return False
        return False

    def _quantity(self, j: int, end: int, seen: _Adjectives) -> int:
        r = self.r
        quantity = r.tokens[j].quantity
        assert quantity is not None
        whole = quantity.value == int(quantity.value) and not quantity.fraction
        if quantity.kind == "number" and (r.tokens[j].text.lower(),) in self.kind.choices:
            seen.choices.append(((r.tokens[j].text.lower(),), (j, j + 1)))  # "two 18650 cells"
            return j + 1
        word = DIMENSIONS.get(r.lemma(j + 1, end), "")
        if quantity.kind in ("number", "times") and whole and not word and seen.count is None:
            if seen.lengths or r.lemma(j + 1, end) == ",":
                return j
            seen.count = int(quantity.value)
            return j + 1
        if quantity.kind == "ordinal" and seen.ordinal is None:
            seen.ordinal = int(quantity.value) - 1
            return j + 1
        if quantity.kind == "length" or (quantity.kind == "number" and word):
            if r.lemma(j + 1, end) in ("in", "of") and DIMENSIONS.get(r.lemma(j + 2, end)):
                return j
            seen.lengths.append((quantity, word, (j, j + 1 + bool(word))))
            return j + 1 + bool(word)
        return j

    def _take(self, i: int, j: int, length: int, seen: _Adjectives, end: int) -> int:
        """Sets what was said of the part named at `j`; returns the index after it and its own tail."""
        r, kind = self.r, self.kind
        said = tuple(r.lemmas(j, j + length))
        found = role_named(said, self.roles)
        role = found[0] if found and found[1] == length else ""
        k = j + length
        count, flag = kind.counts.get(said), kind.flags.get(said)
        if seen.lengths and not self._fitting(role or said[-1], seen):
            return i
        if DIMENSIONS.get(r.lemma(k, end), "") and not seen.lengths and not self._says(seen):
            return i  # "leg thickness": a size
        if seen.count is not None:
            self._counted(role, count, flag, seen.count, (i, k))
        elif flag is not None:
            self.set(flag, True, (i, k))
        elif count is not None and r.tokens[k - 1].plural and not self._says(seen) and self.fresh:
            self._some(count, (i, k))
        elif not self._says(seen) and not role and not (self._sized_noun(j, end) and self._size_behind(k, end)):
            return i
        selector = Selector(role=role, sides=tuple(seen.sides), index=seen.ordinal)
        if role and not self.fresh:
            pass
        for phrase, span in seen.choices:
            chosen = kind.choice(phrase, role or said[-1])
            if chosen is None and (whole := kind.choice(phrase)) and not self._of_another(whole[0], role):
                chosen = whole
            if chosen:
                self.set(*chosen, span)
            elif role:
                self.said.looks.append((role, phrase[0], span[0]))
        for index in seen.unknown:
            self.said.unknown.append((index, said[-1]))
        if seen.materials:
            if not role:
                raise Refused(f"the {' '.join(said)} of a {kind.name} has no material of its own", (i, k))
            for alike in self._alike(role, said):
                self.said.paints.append((selector.model_copy(update={"role": alike}), seen.materials[-1]))
        for word in seen.relative:
            self.said.relative.append((role or said[-1], *RELATIVE[word]))
        for quantity, word, span in seen.lengths:
            self._sized(role or said[-1], selector, quantity, word, span)
        listed = (seen.bare or r.lemma(j - 1) in ("each", "every")) and not self._says(seen)
        if not role and count is not None:
            k = self._of_size(k, end, said[-1])
        k = self._tail(k, end, role or (said[-1] if self._sized_noun(j, end) else ""), selector, listed)
        return self._placed(k, end) if self.fresh else k

    def _of_another(self, name: str, role: str) -> bool:
        """Whether a parameter is that of another part ("shade_style" is none of the base's)."""
        if not role:
            return False
        stem = name.split("_")[0]
        stems = {lemmas(one)[-1] for one in self.roles} | {lemmas(one)[0] for one in self.roles}
        return stem in stems - {lemmas(role)[0], lemmas(role)[-1]}

    def _placed(self, k: int, end: int) -> int:
        """Such as "near the top", "between the legs", "on the short sides": where a new thing has its parts anyway."""
        r, j = self.r, k
        if r.lemma(j, end) not in PLACING:
            return k
        j += 1
        while r.lemma(j, end) in ("the", "each", "every", "its", "both", "either", "top", "very", "of", "short", "long",
                                  "narrow", "front", "back", "left", "right", "upper", "lower"):  # fmt: skip
            j += 1
        if j == k + 1:
            return k
        own = role_named(r.lemmas(j, min(end, j + 2)), self.roles)
        if own:
            j += own[1]
        elif r.lemma(j, end) in SPOTS:
            j += 1
        elif r.lemma(j - 1) not in SPOTS:
            return k
        if j < end and r.tokens[j].kind == "word" and r.lemma(j) not in ("and", "with", "that", "made", "all", "in"):
            return k
        r.assumed.append(f"“{r.phrase(k, j)}”: where a {self.kind.name} has them")
        return j

    def _alike(self, role: str, said: tuple[str, ...]) -> list[str]:
        """The roles that a word names: "cushions" are those of the seat and those of the back."""
        if len(said) != 1 or lemmas(role) == said:
            return [role]
        return [other for other in self.roles if lemmas(other)[-1:] == said] or [role]

    @staticmethod
    def _says(seen: _Adjectives) -> bool:
        return bool(seen.count is not None or seen.materials or seen.lengths or seen.relative or seen.choices)

    def _fitting(self, role: str, seen: _Adjectives) -> bool:
        """Whether the part can have the lengths before its name; if not they belong to the whole."""
        for quantity, word, _ in seen.lengths:
            name = self.kind.number(role, word or "thickness")
            if name and quantity.kind == "length" and not self.kind.fits(name, quantity.value):
                return False
        return True

    def _some(self, count: str, span: tuple[int, int]) -> None:
        """Such as "with standoffs": as many as usual, four where none is."""
        usual = self.kind.defaults.get(count)
        if isinstance(usual, int) and usual > 0:
            return
        number = 4
        low, high = self.kind.bounds.get(count, (0, 1000))
        self.set(count, int(min(max(number, low), high)), span)
        self.r.assumed.append(f"{self.kind.name}: {self.said.parameters[count]} {count.replace('_', ' ')}")

    def _counted(self, role: str, count: str | None, flag: str | None, number: int, span: tuple[int, int]) -> None:
        if count:
            self.set(count, number, span)
            return
        if flag:
            self.set(flag, number > 0, span)
        if role and number != 1:
            self.said.counted.append((role, number, span))

    def _sized(self, role: str, selector: Selector, quantity: Quantity, word: str, span: tuple[int, int]) -> None:
        every = not selector.sides and selector.index is None
        if not word:
            self.scope = role
            name = self.primary() if every else None
            self.scope = ""
            if role in FEATURE_WORDS and role not in self.roles:  # "a 10 mm fillet": its own size or none
                own = (self.kind.numbers.get((role, w)) for w in ("diameter", "radius", "size", "width"))
                name = next((n for n in own if n), None)
                if name is None:
                    raise Refused(f"the {self.kind.name} has no size of its {role} that could be said", span)
            value = self.length(quantity, name or "", span)
            if name:
                self.set(name, round(value, 6), span)
            else:
                self.said.part_sizes.append(PartSize(selector, "thickness", to=value))
        elif not every:
            self.said.part_sizes.append(PartSize(selector, word, to=self.length(quantity, "", span)))
        elif not self.size(quantity, word, role, span):
            self.size(quantity, word, "", span)

    def _of_size(self, k: int, end: int, word: str) -> int:
        """Such as "4 holes of 6 mm", "holes 6 mm in diameter": the size of what is counted."""
        r, j = self.r, k
        while r.lemma(j, end) in ("of", "with", "each", "a", "diameter"):
            j += 1
        quantity = r.tokens[j].quantity if j < end else None
        if quantity is None or quantity.kind != "length" or (j == k and not DIMENSIONS.get(r.lemma(j + 1, end))):
            if not (quantity is not None and quantity.kind == "length" and r.lemma(j + 1, end) == "in"):
                return k
        if self.own_number(j + 1, end):
            return k
        stop = j + 1 + (r.lemma(j + 1, end) == "in" and r.lemma(j + 2, end) == "diameter")
        stop += 1 if r.lemma(stop, end) in ("diameter", "wide", "across") else 0
        if DIMENSIONS.get(r.lemma(stop, end)):
            return k
        self.scope = word
        name = self.primary()
        self.scope = ""
        if name is None:
            return k
        self.set(name, round(self.length(quantity, name, (k, stop)), 6), (k, stop))
        return stop

    def _own_size(self, j: int, end: int, role: str) -> bool:
        """Whether a size behind a comma is the part's: it has a parameter for it that can be so large."""
        quantity = self.r.tokens[j].quantity if j < end else None
        word = DIMENSIONS.get(self.r.lemma(j + 1, end), "")
        name = self.kind.number(role, word) if quantity and word else None
        return bool(name and quantity and quantity.kind == "length" and self.kind.fits(name, quantity.value))

    def _tail(self, k: int, end: int, role: str, selector: Selector, listed: bool) -> int:
        """What follows the part's name and is about it: "legs 5 cm thick", "legs of steel", "legs are black".

        Args:
            k: where to begin.
            end: where to stop.
            role: of the part.
            selector: which of them.
            listed: the part's name stood alone ("body 15 cm long, 7 wide and 5 tall"): further sizes are its own too.
        """
        r, start = self.r, k
        while k < end and role:
            j, copula = k, False
            while listed and k > start and r.lemma(j, end) in (",", "and"):
                j += 1
            if j == k and r.lemma(j, end) == "," and self._own_size(j + 1, end, role):
                j += 1
            while r.lemma(j, end) in ("that", "which", "is", "are", "should", "be", "will", "each"):
                copula = copula or r.lemma(j) in ("is", "are", "be")
                j += 1
            self.scope = role
            n = self.named_size(j, end) if r.lemma(j, end) != "a" else j
            if n == j and j < end and r.tokens[j].quantity is not None:
                after = j + 1 + (r.lemma(j + 1, end) in ("in", "of"))
                n = self.measure(j, end) if DIMENSIONS.get(r.lemma(after, end)) else n
            if n == j and (copula or r.lemma(j, end) in ("of", "in", "made", "painted", "from")):
                before = len(self.said.paints)
                n = self.material(j, end)  # type: ignore[attr-defined]
                self.said.paints[before:] = [(selector, material) for _, material in self.said.paints[before:]]
            if n == j and copula:
                n = self.choice(j, end)  # type: ignore[attr-defined]
            self.scope = ""
            if n == j:
                break
            k = n
        return k


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

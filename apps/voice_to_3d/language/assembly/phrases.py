"""Phrases: determiner, count, sizes, adjectives and a head noun, which may be one that no list knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.measuring import Size
from wugan.apps.voice_to_3d.language.assembly.words import ADDING, CUTTING, PARTS, RELATIONS, SIDES, WHICH
from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.parts.vocabulary import (
    ADJECTIVES,
    CUTS,
    DIMENSIONS,
    EDGE_WORKS,
    GENERIC_SOLIDS,
    SOLIDS,
)
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.reader import Reader

DETERMINERS = words(
    "a an the this that these those its their each both either every all another same other any one no whose our my"
)
DEFINITE = words("the this that these those its their each both either every all whose same")
LETTERS = words("l t u c i h z d v")
SHAPED = words("shaped shape profile section beam")
PATTERNS = words("row pattern grid array column circle set series pair ring")
MORE_BODIES = words(
    "dimple layer eye branch run roof dent divider stop post prong strap blade bow wire loop bulge bend half quarter"
)
MORE_CUTS = {
    "dent": "pocket",
    "dimple": "pocket",
    "cavity": "pocket",
    "bore": "hole",
    "socket": "hole",
    "window": "cutout",
}
NOT_NAMES = words(
    "of for by then plus minus is are has have there it they which that who where when how "
    "not no only than if as and or but so with without "
    "respectively overall even stacked inline 's factor rightangle 1 full lengthwise halfway "
    "upright ontop besides "
    "before inch mm per way same away cutaway concentric coaxial centred flush aligned level "
    "parallel perpendicular "
    "symmetric symmetrical until apart spaced radially direction axis plane opening opened "
    "facing measured measuring "
    "measure equal total deep wide high tall long thick across square and round"
)
EDGE_NOUNS = frozenset(
    word
    for word in EDGE_WORKS
    if word not in ("round", "rounded", "rounding", "chamfered", "filleted", "beveled", "bevelled", "radiused", "blend")
)


def kind_of(word: str) -> str:
    """What a noun is: body, cut, edge, part (of a body), pattern, or "" where no list has it."""
    if word in EDGE_NOUNS:
        return "edge"
    if word in CUTS or word in MORE_CUTS:
        return "cut"
    if word in SOLIDS or word in GENERIC_SOLIDS or word in MORE_BODIES:
        return "body"
    if word in PARTS:
        return "part"
    return "pattern" if word in PATTERNS else ""


@dataclass
class Phrase:
    """A noun phrase as written."""

    start: int
    end: int
    det: str = ""
    count: int | None = None
    ordinal: int = 0
    which: list[str] = field(default_factory=list)
    sides: list[str] = field(default_factory=list)
    adjectives: list[str] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    bare: list[Quantity] = field(default_factory=list)
    boxes: list[Quantity] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    head: str = ""
    kind: str = ""
    plural: bool = False
    letter: str = ""
    one_of: bool = False

    @property
    def definite(self) -> bool:
        """Whether it points to something known."""
        return self.det in DEFINITE

    @property
    def sized(self) -> bool:
        """Whether it has a size of its own."""
        return bool(self.sizes or self.bare or self.boxes)


class Phrases:
    """Reads noun phrases for the reader."""

    reader: Reader

    def phrase(self, i: int) -> Phrase | None:
        """The noun phrase that starts at `i`, `None` where no head is found."""
        found = self.reader.tokens
        np = Phrase(i, i)
        k = self._determiners(i, np)
        title = i == 0 and self.reader.number == 1
        begun = k > i or title
        while k < len(found):
            end = self._modifier(k, np, begun)
            if end == k:
                break
            k, begun = end, True
        return self._head(k, np)

    def _determiners(self, k: int, np: Phrase) -> int:
        found = self.reader.tokens
        while lemma_at(found, k) in DETERMINERS or (
            k < len(found)
            and found[k].quantity is not None
            and found[k].value == 1
            and not np.det
            and found[k].text.lower() == "one"
        ):
            word = found[k].text.lower() if found[k].quantity else found[k].lemma
            after = lemma_at(found, k + 1)
            if word in ("each", "both", "all", "every", "either", "one") and after == "of":
                if lemma_at(found, k + 2) in ("the", "these", "those", "its", "their", "them"):
                    np.which.append("each" if word != "one" else "one")
                    np.one_of = word == "one"
                    np.det = "the"
                    k += 3
                    continue
                break
            if word in ("all", "both", "each", "every", "either", "same", "other", "another", "one"):
                np.which.append("each" if word in ("all", "both", "every") else word)
            if word == "both" and np.count is None:
                np.count = 2
            np.det = word if not np.det or word in ("other", "same", "each") else np.det
            k += 1
            if (
                lemma_at(found, k) in ("very", "remaining", "whole", "entire")
                and lemma_at(found, k + 1) not in DIMENSIONS
            ):
                k += 1
        return k

    def _modifier(self, k: int, np: Phrase, begun: bool) -> int:
        found = self.reader.tokens
        token, word = found[k], lemma_at(found, k)
        if token.quantity is not None:
            return self._quantity(k, np)
        if token.kind == "sign":
            again = (np.sizes or np.boxes or np.bare or np.adjectives) and np.det and k + 1 < len(found)
            following = found[k + 1] if k + 1 < len(found) else None
            if (
                word in (",", "x")
                and again
                and following is not None
                and (following.quantity is not None or following.lemma in ADJECTIVES)
                and self._reaches(k + 1)
            ):
                return k + 1
            if word == "(" and found[k + 1 : k + 2] and found[k + 1].quantity and lemma_at(found, k + 2) == ")":
                if begun and kind_of(lemma_at(found, k + 3)):
                    np.bare.append(found[k + 1].quantity)  # type: ignore[arg-type]
                    return k + 3
            return k
        if word == "and" and (np.sizes or np.adjectives) and np.det in ("a", "an") and k + 1 < len(found):
            if (found[k + 1].quantity or found[k + 1].lemma in ADJECTIVES) and self._reaches(k + 1):
                return k + 1
        if word in LETTERS and (token.text.isupper() or lemma_at(found, k + 1) == "shaped"):
            after = lemma_at(found, k + 1)
            if after in SHAPED or kind_of(after) == "body" or after in ("profile", "channel"):
                np.letter = word
                if after in ("shaped",) or (after in SHAPED and kind_of(lemma_at(found, k + 2)) == "body"):
                    return k + 2
                return k + 1
        role = self.reader.size_role(k)
        if role is not None and self._reaches(role[1]):
            np.sizes.append(role[0])
            return role[1]
        if not self._reaches(k + 1):
            return k
        if word in SIDES and (word in SIDES and not (kind_of(word) and not self._reaches(k + 1))):
            np.sides.append(SIDES[word])
            return k + 1
        if word == "last":
            np.ordinal = -1
            return k + 1
        if word in WHICH and word not in ("two",):
            np.which.append(WHICH[word])
            return k + 1
        if word in ADJECTIVES:
            np.adjectives.append(ADJECTIVES[word])
            return k + 1
        if lemma_at(found, k + 1) == "shaped":
            np.adjectives.append(word)
            return k + 2
        if (
            token.kind == "word"
            and word not in NOT_NAMES
            and word not in RELATIONS
            and kind_of(word) == ""
            and word not in DIMENSIONS
            and not self._verbal(k)
            and begun
        ):
            np.names.append(word)  # "a mounting plate"
            return k + 1
        return k

    def _verbal(self, k: int) -> bool:
        """Whether a word is a verb here rather than a name."""
        found = self.reader.tokens
        word = found[k].lemma
        if word not in ADDING and word not in CUTTING and word not in ("is", "are", "has", "have"):
            return False
        return not (word.endswith("ing") and kind_of(lemma_at(found, k + 1)))

    def _reaches(self, k: int) -> bool:
        """Whether a head noun follows with nothing but modifiers before it."""
        found = self.reader.tokens
        for _ in range(12):
            if k >= len(found):
                return False
            token, word = found[k], lemma_at(found, k)
            if kind_of(word) and not (word in SIDES and kind_of(lemma_at(found, k + 1))):
                return True
            if token.quantity is not None:
                read = self.reader.value_size(k)
                k = read[1] if read else k + 1
            elif (
                word in ADJECTIVES
                or word in WHICH
                or word in SIDES
                or word in LETTERS
                or word in SHAPED
                or (
                    word in (",", "and", "x")
                    and k + 1 < len(found)
                    and (found[k + 1].quantity or found[k + 1].lemma in ADJECTIVES)
                )
            ):
                k += 1
            elif (read := self.reader.size_role(k)) is not None:
                k = read[1]
            elif (
                token.kind == "word"
                and word not in NOT_NAMES
                and word not in RELATIONS
                and word not in DETERMINERS
                and word not in DIMENSIONS
                and not self._verbal(k)
            ):
                k += 1
            else:
                return False
        return False

    def _quantity(self, k: int, np: Phrase) -> int:
        found = self.reader.tokens
        quantity = found[k].quantity
        assert quantity is not None
        if quantity.kind == "ordinal":
            if not self._reaches(k + 1) and lemma_at(found, k + 1) not in ("one",):
                return k
            np.ordinal = int(quantity.value)
            return k + 1
        if quantity.kind == "times":
            np.count = int(quantity.value)
            return k + 1
        if quantity.fraction and not quantity.unit and quantity.value in (0.5, 0.25) and self._reaches(k + 1):
            np.adjectives.append("half" if quantity.value == 0.5 else "quarter")
            return k + 1
        spelt = quantity.kind == "number" and not found[k].text[0].isdigit()
        if spelt and np.count is None and quantity.value == int(quantity.value) and not quantity.fraction:
            if self._reaches(k + 1) or self._named(k + 1):
                np.count = int(quantity.value)
                return k + 1
            return k
        if not self._reaches(k):
            plain = quantity.kind == "number" and quantity.value == int(quantity.value) and self._named(k + 1)
            if plain and found[k + 1].plural and np.count is None:
                np.count = int(quantity.value)
                return k + 1
            return k
        read = self.reader.value_size(k)
        if read is not None and self._reaches(read[1]):
            np.sizes.append(read[0])
            return read[1]
        if quantity.kind == "sizes":
            np.boxes.append(quantity)
            return k + 1
        if quantity.kind in ("number", "length", "thread", "range"):
            np.bare.append(quantity)
            return k + 1
        if quantity.kind == "angle":
            np.sizes.append(Size("angle", quantity.value))
            return k + 1
        return k

    def _named(self, k: int) -> bool:
        """Whether a noun that no list knows stands here."""
        found = self.reader.tokens
        word = lemma_at(found, k)
        return (
            k < len(found)
            and found[k].kind == "word"
            and word not in NOT_NAMES
            and word not in RELATIONS
            and word not in DIMENSIONS
            and word not in DETERMINERS
            and word not in ADJECTIVES
            and word not in WHICH
            and not self._verbal(k)
            and len(word) > 2
        )

    def _head(self, k: int, np: Phrase) -> Phrase | None:
        found = self.reader.tokens
        nouns: list[Token] = []
        while k < len(found) and found[k].kind == "word" and kind_of(found[k].lemma):
            word = found[k].lemma
            if (
                nouns
                and word in ("cut", "flat", "top", "bottom", "half", "round")
                and kind_of(lemma_at(found, k + 1)) == ""
            ):
                if word == "cut" and kind_of(nouns[-1].lemma) == "cut":
                    k += 1  # "a slot cut"
                break
            if (
                nouns
                and word in CUTTING | ADDING
                and kind_of(word) != "part"
                and word not in ("hole", "slot", "pocket")
            ):
                after = lemma_at(found, k + 1)
                if after in ("a", "an", "the", "into", "through", "from", "out", "#length", "#number"):
                    break
            nouns.append(found[k])
            k += 1
        if not nouns:
            word = lemma_at(found, k)
            if word in ("top", "bottom") and np.boxes:
                np.sides.append(word)
                np.head, np.kind, np.end = word, "part", k + 1
                return np
            if word in SIDES and np.det in ("the", "its", "their", "each", "this", "one", ""):
                if np.det or (np.start and lemma_at(found, np.start - 1) in RELATIONS):
                    np.sides.append(SIDES[word])
                    np.head, np.kind, np.end = word, "part", k + 1
                    return np
            if np.sides and np.det in ("the", "its", "their") and not np.sized:
                np.head, np.kind, np.end = np.sides[-1], "part", k
                return np
            if (
                (np.det or np.count or np.ordinal or (np.start == 0 and self.reader.number == 1))
                and self._named(k)
                and np.det != "one"
            ):
                names = [found[k].lemma]
                k += 1
                while self._named(k) and len(names) < 3 and found[k].lemma not in np.names:
                    names.append(found[k].lemma)
                    k += 1
                np.names += names[:-1]
                np.head, np.kind, np.plural, np.end = names[-1], "unknown", found[k - 1].plural, k
                return np
            return None
        np.head, np.kind, np.plural, np.end = nouns[-1].lemma, kind_of(nouns[-1].lemma), nouns[-1].plural, k
        np.names += [one.lemma for one in nouns[:-1]]
        if np.kind in ("body", "cut") and np.count is None and np.bare and np.plural:
            first = np.bare[0]
            if first.kind == "number" and first.value == int(first.value) and (np.det in ("", "the", "all", "other")):
                np.count = int(first.value)
                np.bare.pop(0)
        return np

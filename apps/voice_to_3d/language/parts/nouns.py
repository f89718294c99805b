"""Noun phrases: determiner, count, measures, adjectives and the head noun: "four 5.5 mm through holes"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.measures import Measure, after_value, before_value, lemma_at, role_at
from wugan.apps.voice_to_3d.language.parts.vocabulary import (
    ADD_VERBS,
    ADJECTIVES,
    CUT_VERBS,
    CUTS,
    DIMENSIONS,
    EDGE_WORKS,
    GENERIC_SOLIDS,
    PLACES,
    REF_PREPOSITIONS,
    SOLIDS,
    STOP,
    WHICH,
)  # fmt: skip  # fmt: skip
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    pass


# A noun phrase as written, and what a noun is.

DEFINITE = words("the this that these those its their each both either every all same whose")
HEADS_ONLY = words("column row grid pattern array circle set series pair")


@dataclass
class NP:
    """A noun phrase as written.

    Attributes:
        det: the determiner's lemma, "" without one.
        count: a number said before it; `ordinal`: "first" is 1, "last" -1.
        head: the last noun; `kind`: solid, generic, cut, edge, place, dimension, pattern, unknown.
        nouns: the nouns before it ("slot" of "slot edges").
        which: words such as left, long, outer.
    """

    start: int
    end: int
    head: str
    kind: str
    det: str = ""
    count: int | None = None
    ordinal: int | None = None
    adjectives: list[str] = field(default_factory=list)
    which: list[str] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    bare: list[Quantity] = field(default_factory=list)
    sizes: list[Quantity] = field(default_factory=list)
    nouns: list[str] = field(default_factory=list)
    plural: bool = False
    role: str = ""
    letter: str = ""
    partitive: bool = False

    @property
    def definite(self) -> bool:
        """Whether it points to something known."""
        return self.det in DEFINITE

    @property
    def entity(self) -> bool:
        """Whether it names a solid, cut or edge treatment."""
        return self.kind in ("solid", "generic", "cut", "edge", "unknown")


def kind_of(word: str) -> str:
    """What a noun is."""
    if word in EDGE_WORKS and word not in (
        "round",
        "rounded",
        "rounding",
        "chamfered",
        "filleted",
        "beveled",
        "bevelled",
        "radiused",
    ):
        return "edge"
    if word in CUTS:
        return "cut"
    if word in SOLIDS:
        return "solid"
    if word in HEADS_ONLY:
        return "pattern"
    if word in PLACES:
        return "place"
    if word in GENERIC_SOLIDS:
        return "generic"
    if word in DIMENSIONS:
        return "dimension"
    return ""


# Modifiers of a noun: determiners, counts, measures, adjectives.

DETERMINERS = words(
    "a an the this that these those its their each both either every all any another same other whose no one's my "
    "our your his"
)
LETTER_SHAPES = {"l", "t", "u", "c", "i", "h", "d", "v", "z", "s", "o", "x"}
SHAPED = words("shaped shape profile section style type")
HALF_SHAPES = {
    "round": "semicircle",
    "circle": "semicircle",
    "ball": "hemisphere",
    "sphere": "hemisphere",
    "disc": "semicircle",
    "disk": "semicircle",
    "cylinder": "halfcylinder",
}
NOT_MODIFIER = words(
    "with and or but is are of in on at to from by for as so then than which that whose x × if not it they"
)


def _modifier(found: list[Token], k: int, np: NP, begun: bool) -> int:
    """The index after one modifier at `k`, or `k`."""
    token, word = found[k], lemma_at(found, k)
    quantity = token.quantity
    if quantity is not None:
        return _quantity(found, k, np, quantity)
    if (
        word in ("x", "×", ",")
        and (np.measures or np.sizes or np.adjectives or np.bare)
        and np.det != ""
        and k + 1 < len(found)
    ):
        following = found[k + 1]
        if following.quantity or ADJECTIVES.get(following.lemma) or following.lemma in DIMENSIONS:
            return k + 1 if _reaches_head(found, k + 1) else k
    if (
        word == "and"
        and np.measures
        and found[k - 1].lemma in DIMENSIONS
        and k + 1 < len(found)
        and after_value(found, k + 1)
        and _reaches_head(found, k + 1)
    ):
        return k + 1 if np.det in ("a", "an") else k
    inner = found[k + 1].quantity if k + 1 < len(found) else None
    if (
        word == "("
        and inner is not None
        and begun
        and lemma_at(found, k + 2) == ")"
        and found[k + 1].quantity
        and kind_of(lemma_at(found, k + 3))
    ):
        np.bare.append(inner)  # "the short (18mm) side"
        return k + 3
    if (
        word in ("by", "x", "×")
        and begun
        and found[k - 1].quantity
        and k + 1 < len(found)
        and found[k + 1].lemma == "angle"
        and _reaches_head(found, k + 1)
    ):
        return k + 1
    if word in ("by", "x", "×") and np.measures and inner is not None and _reaches_head(found, k + 1):
        return k + 1  # "a 120 mm long (X) by 30 mm wide (Y) plate"
    if word in LETTER_SHAPES and lemma_at(found, k + 1) in SHAPED and (token.text.isupper() or found[k + 1].glued):
        np.letter = word
        return k + 2
    if (
        word in LETTER_SHAPES
        and token.text.isupper()
        and kind_of(lemma_at(found, k + 1)) in ("solid", "generic", "cut")
        and word not in ("x",)
    ):
        np.letter = word
        return k + 1
    if lemma_at(found, k + 1) == "shaped" and word in SOLIDS | CUTS | ADJECTIVES | {"cross": ""}:
        np.adjectives.append(SOLIDS.get(word) or word)
        return k + 2
    if before := _premeasure(found, k):
        np.measures.append(before[0])
        return before[1]
    if word == "right" and lemma_at(found, k + 1) in ("triangle", "angle", "triangular", "prism", "angled"):
        np.adjectives.append("right")
        return k + 1
    if word in LETTER_SHAPES and token.text.isupper() and k + 1 < len(found) and found[k + 1].glued and not np.letter:
        np.letter = word
        return k + 1
    nounish = kind_of(word)
    following_head = _reaches_head(found, k + 1)
    if word in ADJECTIVES and (not nounish or following_head) and following_head and word not in ("through",):
        np.adjectives.append(ADJECTIVES[word])
        if word in WHICH:
            np.which.append(WHICH[word])
        return k + 1
    if word == "through" and kind_of(lemma_at(found, k + 1)) in ("cut",):
        np.adjectives.append("through")
        return k + 1
    if word == "last" and (following_head or np.det):
        np.ordinal = -1
        return k + 1
    if word in WHICH and (following_head or (nounish == "place" and following_head)):
        np.which.append(WHICH[word])
        return k + 1
    if word in WHICH and nounish != "place" and np.det and word not in ("one",):
        np.which.append(WHICH[word])
        return k + 1
    if word in ("cut", "rounded", "cut-off") and following_head and np.det:
        np.adjectives.append(word)
        return k + 1
    if word == "off" and np.adjectives and np.adjectives[-1] == "cut":
        return k + 1
    return k


def _premeasure(found: list[Token], k: int) -> tuple[Measure, int] | None:
    """Reads "Ø5 hole", "R5 fillet": only with a glued sign or "diameter" before the value and a noun after."""
    if lemma_at(found, k) not in ("diameter", "radius"):
        return None
    read = before_value(found, k)
    if (read and kind_of(lemma_at(found, read[1])) in ("cut", "edge", "solid", "generic", "place")) or (
        read and lemma_at(found, read[1]) in ("through", "blind") and kind_of(lemma_at(found, read[1] + 1)) == "cut"
    ):
        return read
    return None


def _quantity(found: list[Token], k: int, np: NP, quantity: Quantity) -> int:
    if quantity.kind == "times":
        np.count = int(quantity.value)
        return k + 1
    if quantity.kind == "ordinal":
        np.ordinal = int(quantity.value)
        np.det = np.det or "the"
        return k + 1
    if not _reaches_head(found, k):
        return k
    if quantity.fraction and lemma_at(found, k + 1) in HALF_SHAPES and quantity.value == 0.5:
        np.adjectives.append(HALF_SHAPES[lemma_at(found, k + 1)])
        return k + 2 if _reaches_head(found, k + 2) or kind_of(lemma_at(found, k + 1)) == "" else k + 1
    if quantity.fraction and not quantity.unit:
        np.adjectives.append({0.5: "half", 0.25: "quarter"}.get(quantity.value, "part"))
        return k + 1
    if lemma_at(found, k + 1) == "square" and not _reaches_head(found, k + 2) and quantity.kind == "length":
        np.bare.append(quantity)  # "cut a 20mm square out of it"
        return k + 1
    measure = after_value(found, k)
    counting = quantity.kind == "number" and not found[k].text[0].isdigit() and np.count is None
    if (
        counting
        and measure
        and lemma_at(found, k + 1) in ("long", "short", "wide", "tall", "high", "deep", "thick", "square")
    ):
        measure = None  # "the two long sides"
    if measure and _reaches_head(found, measure[1]):
        np.measures.append(measure[0])
        return measure[1]
    if quantity.kind == "sizes":
        np.sizes.append(quantity)
        return k + 1
    if (
        quantity.kind == "number"
        and np.count is None
        and quantity.value == int(quantity.value)
        and 0 < quantity.value <= 1000
    ):
        np.count = int(quantity.value)
        return k + 1
    if quantity.kind in ("length", "angle", "number", "thread", "range"):
        if quantity.kind == "angle":
            np.measures.append(Measure("angle", quantity.value))
        else:
            np.bare.append(quantity)
        return k + 1
    return k


def _reaches_head(found: list[Token], k: int) -> bool:
    """Whether a head noun follows with only modifiers before it."""
    for _ in range(14):
        if k >= len(found):
            return False
        token, word = found[k], found[k].lemma
        if kind_of(word) and kind_of(word) != "dimension":
            return not (word == "cut" and lemma_at(found, k + 1) in ("the", "a", "down", "into"))
        if word == "square" and not kind_of(lemma_at(found, k + 1)) and k and found[k - 1].quantity:
            return True
        if (
            token.quantity
            and lemma_at(found, k + 1) == "square"
            and not kind_of(lemma_at(found, k + 2))
            and lemma_at(found, k + 2) not in ADJECTIVES
        ):
            return True
        if token.quantity:
            measure = after_value(found, k)
            k = measure[1] if measure else k + 1
        elif (
            word in LETTER_SHAPES
            or word in SHAPED
            or word in ADJECTIVES
            or word in WHICH
            or word in ("x", "×", "by", "diameter", "radius", "thick", "wide", "long")
        ):
            k += 1
        elif kind_of(word) == "dimension":
            return True
        elif (
            token.kind == "word"
            and word not in STOP
            and word not in NOT_MODIFIER
            and word not in REF_PREPOSITIONS
            and word not in ADD_VERBS | CUT_VERBS
        ):
            k += 1  # "grip notches": a name
        elif word == "(" and k + 2 < len(found) and found[k + 1].quantity and found[k + 2].lemma == ")":
            k += 3
        elif (
            word == "and"
            and k
            and found[k - 1].lemma in DIMENSIONS
            and k + 1 < len(found)
            and after_value(found, k + 1)
        ):
            k += 1
        elif word == ",":
            k += 1
            if k < len(found) and not (found[k].quantity or found[k].lemma in ADJECTIVES):
                return False
        else:
            return False
    return False


def _determiners(found: list[Token], k: int, np: NP) -> int:
    while k < len(found):
        word = lemma_at(found, k)
        if word in DETERMINERS and not (np.det and word in ("a", "an")):
            if word in (
                "that",
                "this",
                "those",
                "these",
                "its",
                "their",
                "all",
                "each",
                "both",
                "either",
                "every",
                "same",
                "other",
            ):
                if word == "other":
                    np.which.append("other")
                np.det = np.det if np.det in ("each", "both", "all", "every", "either") else word
                np.which.extend([word] if word in ("each", "both", "either", "every", "all", "same") else [])
            elif not np.det or np.det in ("all", "both", "each"):
                np.det = word if not np.det else np.det
            k += 1
        elif (
            word == "of"
            and np.det in ("each", "both", "all", "either", "every", "one")
            and lemma_at(found, k + 1) in ("the", "these", "those", "its", "them")
        ):
            k += 1
        elif (
            found[k].quantity
            and found[k].value == 1
            and lemma_at(found, k + 1) == "of"
            and lemma_at(found, k + 2) in ("the", "its", "these", "those")
        ):
            np.partitive, np.det = True, "the"  # "one of the long edges"
            np.which.append("one")
            k += 2
        else:
            break
    return k


def read_np(found: list[Token], i: int, unknown: bool = False) -> NP | None:
    """The noun phrase that starts at `i`. `unknown` lets a noun that no list knows be the head."""
    np = NP(i, i, "", "")
    if (
        lemma_at(found, i) == "that"
        and i
        and (kind_of(lemma_at(found, i - 1)) or found[i - 1].quantity or lemma_at(found, i - 1) == "one")
    ):
        return None  # a relative clause
    k = _determiners(found, i, np)
    begun = k > i
    while k < len(found):
        end = _modifier(found, k, np, begun)
        if end == k:
            break
        k, begun = end, True
    return _head(found, k, np, unknown)


def _head(found: list[Token], k: int, np: NP, unknown: bool) -> NP | None:
    nouns: list[str] = []
    last = k
    while k < len(found) and found[k].kind == "word":
        word = found[k].lemma
        kind = kind_of(word)
        if kind and not (
            nouns
            and word
            in (
                "top",
                "bottom",
                "left",
                "right",
                "front",
                "back",
                "inside",
                "outside",
                "flat",
                "round",
                "cut",
                "deep",
                "wide",
                "thick",
                "high",
                "tall",
                "long",
                "square",
                "half",
            )
            and word not in ("cut",)
        ):
            role = role_at(found, k)
            if kind == "dimension" and not nouns and not role:
                break
            if kind == "dimension" and nouns and np.plural and np.count and kind_of(nouns[-1]) in ("cut", "solid"):
                break  # "4 holes Ø6"
            if role and role[0] not in ("side", "leg", "size", "offset", "depth_") and role[1] - k > 1:
                nouns.append(role[0])
                np.role, k = role[0], role[1]
                last = k
                np.plural = found[k - 1].plural
                break
            if nouns and word in CUT_VERBS | ADD_VERBS and word != "cut":
                break
            if (
                nouns
                and word == "cut"
                and lemma_at(found, k + 1) in ("from", "out", "into", "by", "to", "in")
                and kind_of(nouns[-1]) != "cut"
            ):
                break  # "a fork cut from 8 mm plate"
            following = found[k + 1] if k + 1 < len(found) else None
            if nouns and word == "cut" and kind_of(nouns[-1]) == "solid" and following is not None:
                if following.quantity or following.lemma in ("a", "an", "the"):
                    break  # "in a plate cut two slots"
            nouns.append(word)
            np.plural = found[k].plural
            k += 1
            last = k
            if kind == "dimension":
                np.role = DIMENSIONS[word]
                break
        elif nouns or word in STOP or word in NOT_MODIFIER or word in REF_PREPOSITIONS:
            break
        elif word not in ADD_VERBS | CUT_VERBS and (
            np.det or np.count or np.bare or np.measures or np.sizes or np.adjectives or unknown
        ):
            names = 1
            while (
                names < 4
                and k + names < len(found)
                and found[k + names].kind == "word"
                and not kind_of(found[k + names].lemma)
                and found[k + names].lemma not in STOP | REF_PREPOSITIONS | NOT_MODIFIER
            ):
                names += 1
            if k + names < len(found) and kind_of(found[k + names].lemma):
                nouns.extend(found[k + n].lemma for n in range(names))
                k += names
                last = k
                continue
            if unknown:
                np.head, np.kind, np.plural, np.end = (
                    found[k + names - 1].lemma,
                    "unknown",
                    found[k + names - 1].plural,
                    k + names,
                )
                np.nouns = [found[k + n].lemma for n in range(names)]
                return np
            break
        else:
            break
    known = [word for word in nouns if kind_of(word) or word == np.role]
    if len(nouns) > 1 and nouns[-1] == "cut" and kind_of(nouns[-2]) == "cut":
        nouns.pop()  # "slot cut", "holes cut through it"
        np.plural = found[last - 2].plural
        known = [word for word in nouns if kind_of(word) or word == np.role]
    if not known:
        if (
            np.which
            and np.det
            and np.which[-1] in ("left", "right", "top", "bottom", "front", "back", "middle", "outer", "inner", "other")
        ):
            np.head, np.kind, np.end = np.which[-1], "place", k
            return np
        return None
    np.nouns, np.head, np.end = nouns[:-1], nouns[-1], last
    np.kind = "dimension" if np.role and np.role == nouns[-1] else kind_of(np.head)
    if np.kind == "dimension":
        np.role = np.role or DIMENSIONS[np.head]
    counted = np.kind in ("cut", "edge", "solid", "generic") and np.det in ("", "a", "an")
    spelt = all(not token.text[0].isdigit() for token in found[np.start : k] if token.quantity)
    if counted and np.count and np.count > 1 and not np.plural and spelt:
        np.count = None  # "a three-step shaft"
    if counted and np.count and np.count > 1 and not np.plural:
        np.bare.append(Quantity("number", float(np.count), (float(np.count),), ("",)))  # "a vertical 4 screw hole"
        np.count = None
    return np


# Which kind of frame a noun phrase makes.


def kind_name(np: NP, op: str) -> str:
    """The kind of frame that a phrase makes."""
    if op == "cut" and np.head in ("step", "shoulder", "ledge"):
        np.kind, np.head = "cut", "rebate"
    if op == "cut" and np.head in ("channel", "relief", "trough"):
        np.kind, np.head = "cut", "groove"
    if np.kind == "edge":
        return "edge"
    if np.kind == "cut" or (op == "cut" and np.kind == "solid" and np.head not in ("plate", "block", "prism")):
        return "cut"
    return "solid"

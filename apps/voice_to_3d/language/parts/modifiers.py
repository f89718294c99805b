"""Modifiers of a noun: determiners, counts, measures, adjectives."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.measures import Measure, after_value, before_value, lemma_at
from wugan.apps.voice_to_3d.language.parts.nounphrase import NP, kind_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import (
    ADD_VERBS,
    ADJECTIVES,
    CUT_VERBS,
    CUTS,
    DIMENSIONS,
    REF_PREPOSITIONS,
    SOLIDS,
    STOP,
    WHICH,
)  # fmt: skip
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

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

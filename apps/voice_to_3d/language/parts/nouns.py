"""Noun phrases: determiner, count, measures, adjectives and the head noun: "four 5.5 mm through holes"."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.lexer import Token
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at, role_at
from wugan.apps.voice_to_3d.language.parts.modifiers import _determiners, _modifier
from wugan.apps.voice_to_3d.language.parts.nounphrase import NP, kind_of
from wugan.apps.voice_to_3d.language.parts.vocabulary import (
    ADD_VERBS,
    CUT_VERBS,
    DIMENSIONS,
    REF_PREPOSITIONS,
    STOP,
)  # fmt: skip
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

LETTER_SHAPES = {"l", "t", "u", "c", "i", "h", "d", "v", "z", "s", "o", "x"}
NOT_MODIFIER = words(
    "with and or but is are of in on at to from by for as so then than which that whose x × if not it they"
)


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

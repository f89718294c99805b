"""What objects are called: the families and the plain bodies by every name, and what parts are called besides."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.talk.primitives import PRIMITIVES

ROLE_WORDS: dict[str, tuple[str, ...]] = {
    "tabletop": ("top",), "table top": ("top",), "worktop": ("top",), "surface": ("top",), "desktop": ("top",),
    "countertop": ("top",), "plate": ("plate", "top"), "cushion": ("cushion", "seat cushion", "seat"),
    "backrest": ("back", "backrest"), "back": ("back", "backrest"), "armrest": ("armrest", "arm"),
    "arm": ("arm", "armrest"), "foot": ("foot", "leg"), "door": ("door", "door front"),
    "drawer": ("drawer", "drawer front"), "handle": ("handle", "knob", "pull", "grip"), "knob": ("knob", "handle"),
    "board": ("board", "shelf"), "cover": ("lid", "cover"), "lid": ("lid", "cover"), "shade": ("shade", "lampshade"),
    "lampshade": ("shade", "lampshade"), "base": ("base", "foot", "pedestal"), "stem": ("stem", "pole", "post"),
    "pole": ("pole", "stem", "post"), "wall": ("wall", "side"), "side": ("side", "side panel"),
    "rung": ("rung", "step"), "step": ("step", "rung", "tread"),
}  # fmt: skip
"""Words for parts beside the role's own name; the first that the object has counts."""


@cache
def lemmas(phrase: str) -> tuple[str, ...]:
    """A phrase as the lexer writes it ("hex nuts" → "hexagonal", "nut")."""
    return tuple(one.lemma if one.quantity is None else one.text.lower() for one in tokens(phrase.replace("_", " ")))


@cache
def nouns() -> dict[tuple[str, ...], type[Family]]:
    """Every name of an object, as lemmas. A family wins over a plain body of the same name."""
    table: dict[tuple[str, ...], type[Family]] = {}
    for kind in PRIMITIVES:
        for name in kind.names:
            table[lemmas(name)] = kind
    for name, found in families().items():
        if name not in PLAIN:
            table[lemmas(name)] = found
    return table


PLAIN = frozenset({"column", "pillar"})
"""Names that mean a plain body first; the family's other names ("greek column") stay its own."""


@cache
def _longest() -> int:
    return max((len(name) for name in nouns()), default=1)


def noun_at(said: Sequence[str]) -> tuple[type[Family], int] | None:
    """The object that the longest run of lemmas from the first one names, and how many they are."""
    table = nouns()
    for length in range(min(_longest(), len(said)), 0, -1):
        if found := table.get(tuple(said[:length])):
            return found, length
    return None


def role_named(said: Sequence[str], roles: Sequence[str]) -> tuple[str, int] | None:
    """The role of `roles` that the longest run of lemmas from the first one names, and how many they are.

    A role of two words ("drawer front") may be called by either.
    """
    for length in range(min(3, len(said)), 0, -1):
        phrase = " ".join(said[:length])
        for role in roles:
            if lemmas(role) == tuple(said[:length]):
                return role, length
        for other in ROLE_WORDS.get(phrase, ()):
            if other in roles:
                return other, length
        for role in roles:
            own = lemmas(role)
            if length == 1 and len(own) > 1 and phrase in (own[0], own[-1]):
                return role, 1
    return None

"""A noun phrase as written, and what a noun is."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.parts.measures import Measure
from wugan.apps.voice_to_3d.language.parts.vocabulary import (
    CUTS,
    DIMENSIONS,
    EDGE_WORKS,
    GENERIC_SOLIDS,
    PLACES,
    SOLIDS,
)  # fmt: skip
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

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

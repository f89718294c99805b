"""Draws sentences with what they mean from the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wugan.apps.voice_to_3d.readings.train import templates
from wugan.apps.voice_to_3d.readings.train.things import Split

GROUPS: dict[str, tuple[Sequence[str], str, str, bool]] = {
    "scanned": (templates.SCANNED, "scan", "said", False),
    "around": (templates.AROUND, "around", "said", False),
    "copied": (templates.COPIED, "scan", "scan", False),
    "said": (templates.SAID, "said", "said", False),
    "open": (templates.OPEN, "said", "said", True),
    "measured": (templates.MEASURED, "said", "said", False),
}
"""Templates, and what they say: whose size, what kind, and whether a change is left to the voice."""
EVERY = 4  # each so many-th template is evaluation's


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its meaning.

    Attributes:
        text: as a recogniser would write it.
        group: of templates.
        size: where the size is: `said`, `scan`, or `around` the scan.
        kind: whether the thing is `said` or the one in the `scan`.
        open: whether it asks for more or less and leaves to the voice how much.
    """

    text: str
    group: str
    size: str
    kind: str
    open: bool


def sentences(split: Split, each: int, rng: np.random.Generator) -> list[Sentence]:
    """`each` sentences of every template of the split, without repetitions."""
    found: dict[str, Sentence] = {}
    things = templates.THINGS if split == "train" else templates.OTHER_THINGS
    for group, (patterns, size, kind, is_open) in GROUPS.items():
        for number, pattern in enumerate(patterns):
            if (number % EVERY == EVERY - 1) != (split == "test"):
                continue
            for _ in range(each):
                text = _written(_filled(pattern, things, rng), rng)
                found.setdefault(text, Sentence(text, group, size, kind, is_open))
    return list(found.values())


def _filled(pattern: str, things: Sequence[str], rng: np.random.Generator) -> str:
    def one(options: Sequence[str]) -> str:
        return options[int(rng.integers(len(options)))]

    thing = one(things)
    if rng.random() < 0.3:
        thing = f"{one(templates.QUALITIES)} {thing}"
    more = one(templates.COMPARATIVES)
    if rng.random() < 0.15:
        more += f" and {one(templates.COMPARATIVES)}"
    values = {
        "a": f"{_article(thing)} {thing}",
        "n": thing,
        "p": one(templates.QUALITIES),
        "more": more,
        "size": one(templates.LENGTHS),
        "two": one(templates.LENGTHS),
    }
    return pattern.format(**values)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _written(text: str, rng: np.random.Generator) -> str:
    """With a recogniser's capitals and full stop, or without, as typed text comes."""
    if rng.random() < 0.6:
        text = text[0].upper() + text[1:] + "."
    return text

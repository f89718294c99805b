"""Sentences to learn from, drawn with what they mean from templates; every fourth of a group is kept for evaluation.

Slots: `{a}` a thing with its article, `{n}` the thing alone, `{p}` a part or an adjective of it, `{more}` a comparative
("taller"), `{size}` a length in words or figures, `{two}` two of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wugan.apps.voice_to_3d.readings.train.scans import Split

SCANNED = (
    "{a} about this size",
    "make {a} about this size",
    "{a} as big as this",
    "I want {a} as big as this one",
    "{a} the size of this",
    "give me {a} of the same size",
    "{a} with the same dimensions as this",
    "{a} the same size as the scan",
    "use the size of the scan for {a}",
    "{a} roughly as large as what I scanned",
    "{a} just as tall and wide as this thing",
    "build {a} with these dimensions",
    "{a} exactly this big",
    "{a} this big please",
    "{a} this size",
    "a {p} {n} around this size",
    "take the measurements from the scan and make {a}",
    "{a} matching the scanned object's dimensions",
    "make me {a} as large as the thing in front of the camera",
    "{a} to the measure of this",
    "let {a} be as big as the object I just scanned",
    "another {n} of this size",
    "a {p} {n} as wide and as high as this one here",
    "model {a} at the scale of this object",
    "could you make {a} that is this large",
    "{a} of about those dimensions",
    "{a} sized like this one",
    "please make {a} the same height and width as the one I scanned",
)
"""The thing is named; its size is the scan's."""

AROUND = (
    "{a} to fit this",
    "{a} that fits this",
    "{a} to hold this",
    "{a} that this fits into",
    "make {a} big enough to hold this",
    "{a} to put this in",
    "{a} for this to go in",
    "{a} around this",
    "I need {a} that can hold the thing I scanned",
    "{a} large enough for this to fit inside",
    "{a} to store this in",
    "a {p} {n} to keep this in",
    "{a} in which this has room",
    "a snug {n} for this",
    "{a} that goes over this",
    "{a} for packing the scanned object",
    "make {a} this would fit in",
    "a {p} {n} that takes this",
    "{a} to carry this in",
    "design {a} with room for this inside",
)
"""The thing is named; what was scanned goes into it."""

COPIED = (
    "make me one of these",
    "one of these please",
    "a copy of this",
    "make a copy of the scan",
    "I want the same thing",
    "something like this",
    "build me another one like this",
    "make one like this",
    "reproduce this",
    "can you make this",
    "model what I scanned",
    "make what you see",
    "copy this object",
    "the same as this please",
    "turn the scan into a model",
    "one just like it in the scan",
    "make me a {p} one of these",
    "I would like one of those",
    "recreate this thing",
    "give me one like the one on the table",
    "model this for me",
    "make this thing here",
    "one more like this one",
    "I need two of these",
)
"""Neither the thing nor its size is named: both are the scan's."""

SAID = (
    "{a} {size} wide",
    "{a} {size} wide and {two} high",
    "make {a} {size} tall",
    "a {p} {n}",
    "I want a {p} {n} with {size} of height",
    "{a} {size} by {two}",
    "{a} with a lid",
    "{a}, {size} deep, in oak",
    "{a} for size forty three shoes",
    "this {n} should be {size} wide",
    "put {a} on this table",
    "put this {n} on the floor",
    "make this {n} red",
    "make the {n} {size} wide",
    "{a} with four round legs and a drawer",
    "move this {size} to the left",
    "turn this {n} by ninety degrees",
    "remove this one",
    "I like this, now add {a} beside it",
    "{a} that is about {size} high",
    "{a} of roughly {size}",
    "about this {n}, make it {size} taller",
    "drill a {size} hole through this",
    "undo this",
    "a {p} {n} with rounded edges",
    "copy it {size} to the right",
    "make these legs black",
    "three of these shelves, {size} apart",
    "a small {p} {n}",
    "a large {n} for books",
    "a plate with a {size} hole that fits an M8 bolt",
    "{a} to hold pencils, {size} high",
    "cut a slot {size} wide to fit a board",
    "a bracket that holds a {size} pipe",
    "the same again but {size} wide",
    "repeat this five times",
    "set the size of the {n} to {size}",
    "{a} and one of the same colour beside it",
)
"""Everything that matters is in the words; a scan says nothing."""

OPEN = (
    "make it {more}",
    "{more} please",
    "make the {n} {more}",
    "make this {n} {more}",
    "it should be {more}",
    "can you make it {more}",
    "I want it {more}",
    "now {more}",
    "the legs should be {more}",
    "let it be {more}",
    "{more}",
    "no, {more}",
    "make the whole thing {more}",
    "it needs to be {more}",
    "could the {n} be {more}",
    "I said {more}",
    "make the {p} {n} {more}",
    "have the top be {more}",
    "it has to be {more} than that",
    "turn it into something {more}",
)
"""How much more is left to the voice."""

MEASURED = (
    "make it {size} {more}",
    "make the {n} {more} by {size}",
    "make it a bit {more}",
    "make it slightly {more}",
    "make it much {more}",
    "make the {n} a lot {more}",
    "twenty percent {more}",
    "make it ten per cent {more}",
    "twice as tall",
    "make it half as wide",
    "three times {more}",
    "a little {more} please",
    "make it {more}, {size} in all",
    "far {more}",
    "just a touch {more}",
    "make this {n} {size} {more}",
    "it should be {size} {more} than now",
    "{more} by a third",
)
"""How much more is said."""

THINGS = (
    "box", "storage box", "crate", "vase", "bowl", "mug", "bottle", "table", "coffee table", "desk", "chair", "stool",
    "bench", "sofa", "bed", "bookcase", "shelf", "cabinet", "lamp", "tray", "basket", "bucket", "jar", "plant pot",
    "chest", "drawer unit", "case", "container", "sphere", "cube", "cylinder", "cone", "plate", "bracket", "pen holder",
    "bin", "cup", "wine glass", "jug", "candlestick",
)  # fmt: skip
OTHER_THINGS = (
    "planter", "trunk", "stand", "cupboard", "flask", "nightstand", "enclosure", "pyramid", "dish", "wardrobe",
    "organiser", "armchair",
)  # fmt: skip
"""Named in evaluation only."""
QUALITIES = (
    "round", "square", "oak", "black", "wooden", "steel", "red", "glass", "oval", "matte white", "walnut", "hexagonal",
    "brass", "blue plastic", "simple", "rounded", "ceramic", "tall", "shallow", "dark",
)  # fmt: skip
COMPARATIVES = (
    "taller", "wider", "bigger", "smaller", "shorter", "deeper", "higher", "longer", "thicker", "thinner", "lower",
    "larger", "narrower",
)  # fmt: skip
LENGTHS = (
    "30 cm", "thirty centimetres", "120 mm", "eighty centimetres", "half a metre", "a metre twenty", "5 inches",
    "twelve inches", "two feet", "45 centimeters", "a hundred millimetres", "20 mm", "1.5 m",
    "three quarters of an inch",
    "ten centimetres", "six feet", "7 cm", "4 mm", "fifteen centimetres", "250 mm",
)  # fmt: skip


GROUPS: dict[str, tuple[Sequence[str], str, str, bool]] = {
    "scanned": (SCANNED, "scan", "said", False),
    "around": (AROUND, "around", "said", False),
    "copied": (COPIED, "scan", "scan", False),
    "said": (SAID, "said", "said", False),
    "open": (OPEN, "said", "said", True),
    "measured": (MEASURED, "said", "said", False),
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
    things = THINGS if split == "train" else OTHER_THINGS
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
        thing = f"{one(QUALITIES)} {thing}"
    more = one(COMPARATIVES)
    if rng.random() < 0.15:
        more += f" and {one(COMPARATIVES)}"
    values = {
        "a": f"{_article(thing)} {thing}",
        "n": thing,
        "p": one(QUALITIES),
        "more": more,
        "size": one(LENGTHS),
        "two": one(LENGTHS),
    }
    return pattern.format(**values)


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


def _written(text: str, rng: np.random.Generator) -> str:
    """With a recogniser's capitals and full stop, or without, as typed text comes."""
    if rng.random() < 0.6:
        text = text[0].upper() + text[1:] + "."
    return text

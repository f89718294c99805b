"""Noun phrases: determiner, count, measures, adjectives, head."""

import pytest

from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.parts.nouns import NP, read_np


def phrase(text: str) -> NP:
    np = read_np(tokens(text), 0)
    assert np is not None, text
    return np


@pytest.mark.parametrize(
    ("text", "head", "kind", "count"),
    [
        ("four 5.5 mm through holes", "hole", "cut", 4), ("a rectangular prism", "prism", "solid", None),
        ("two holes", "hole", "cut", 2), ("the slot edges", "edge", "place", None), ("the hole diameter",
        "diameter", "dimension", None),
        ("4x 10mm holes", "hole", "cut", 4), ("a 1mm chamfer", "chamfer", "edge", None), ("the 4 corners",
        "corner", "place", 4),
        ("12 half round grip notches", "notch", "cut", 12), ("a vertical 4 screw hole", "hole", "cut", None),
        ("the short (18mm) side", "side", "place", None), ("a slot cut", "slot", "cut", None),
        ("Five 6.5 mm holes", "hole", "cut", 5),
        ("its center point", "centrepoint", "place", None), ("a hex nut", "nut", "generic", None),
        ("one of the long edges", "edge", "place", None),
        ("a three-step shaft", "shaft", "solid", None), ("the bottom left corner", "corner", "place", None),
    ],
)  # fmt: skip
def test_heads(text: str, head: str, kind: str, count: int | None) -> None:
    np = phrase(text)
    assert (np.head, np.kind, np.count) == (head, kind, count)
    assert np.end == len(tokens(text))


def test_measures_inside() -> None:
    np = phrase("a 20mm wide and 30mm deep slot")
    assert [(one.role, one.value) for one in np.measures] == [("width", 20), ("depth", 30)]


def test_a_bare_number_before_a_singular_noun_is_its_size() -> None:
    np = phrase("a vertical 4 screw hole")
    assert [one.value for one in np.bare] == [4]


def test_which() -> None:
    assert set(phrase("the bottom left corner").which) == {"bottom", "left"}
    assert phrase("the last section").ordinal == -1
    assert phrase("the second hole").ordinal == 2
    assert phrase("an L-shaped bracket").letter == "l"


@pytest.mark.parametrize("text", ["from the edge", "is 5 mm", "and then", "5 mm from the edge"])
def test_no_phrase(text: str) -> None:
    assert read_np(tokens(text), 0) is None

"""Courtesies, words heard for others, and one unit for all sizes."""

import pytest

from wugan.apps.voice_to_3d.language.talk.clauses import prepared


@pytest.mark.parametrize(
    "text,left",
    [
        ("I was wondering if you could paint it green, you know", "paint it green ,"),
        ("okay great, now make it red", "make it red"),
        ("if it's not too much trouble, make it wide", "make it wide"),
        ("a great table", "a great table"),
        ("make the legs read", "make the legs red"),
    ],
)
def test_plain(text: str, left: str):
    assert " ".join(one.text for one in prepared(text)) == left


def test_heard_numbers():
    assert next(one.value for one in prepared("too centimetres thicker")) == 20


@pytest.mark.parametrize(
    "text,values",
    [
        ("a plank, 1200 long, 200 wide, 27 thick, millimetres", [1200, 200, 27]),
        ("a box 40 wide, 30 deep and 20 high, all in centimetres", [400, 300, 200]),
        ("80 wide and 35 deep centimetres with two doors", [800, 350, 2]),
    ],
)
def test_the_unit_of_all(text: str, values: list[float]):
    assert [one.value for one in prepared(text) if one.quantity] == values

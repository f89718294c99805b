"""What is said of things that are there."""

from typing import Any

import pytest

SIZES: list[tuple[str, dict[str, Any]]] = [
    ("make it twenty percent taller", {"dimension": "z", "times": 1.2}),
    ("twenty percent taller", {"dimension": "z", "times": 1.2}),
    ("make it twice as big", {"dimension": "all", "times": 2.0}),
    ("half as wide", {"dimension": "x", "times": 0.5}),
    ("make it ten centimetres wider", {"dimension": "x", "by": 100.0}),
    ("make it a third lower", {"dimension": "z", "times": pytest.approx(2 / 3)}),
    ("double the height", {"dimension": "z", "times": 2.0}),
    ("set the height to 80 cm", {"dimension": "z", "to": 800.0}),
    ("increase the height by 5 cm", {"dimension": "z", "by": 50.0}),
    ("reduce the width by 20 percent", {"dimension": "x", "times": 0.8}),
    ("make it 90 cm wide", {"dimension": "x", "to": 900.0}),
    ("make the legs thicker", {"dimension": "leg_thickness", "times": 1.2}),
    ("make the top 4 cm thick", {"dimension": "top_thickness", "to": 40.0}),
    ("scale it by two", {"dimension": "all", "times": 2.0}),
    ("shrink it by ten percent", {"dimension": "all", "times": 0.9}),
    ("lower it by 10 cm", {"dimension": "z", "by": -100.0}),
    ("could you make it a bit wider please", {"dimension": "x", "times": 1.1}),
    ("taller by five centimetres", {"dimension": "z", "by": 50.0}),
    ("three times as long", {"dimension": "x", "times": 3.0}),
]


@pytest.mark.parametrize("text,wanted", SIZES)
def test_sizes(talk, text: str, wanted: dict[str, Any]):
    talk("a table", text)
    (edit,) = talk.edits()
    assert not talk.unread and edit["do"] == "resize" and edit["target"]["object"] == "table-1"
    assert {key: edit[key] for key in wanted} == wanted
    assert all(edit[key] is None for key in {"to", "by", "times"} - set(wanted))


@pytest.mark.parametrize(
    "text,parameter,value",
    [
        ("make it five legs", "legs", 5),
        ("five legs", "legs", 5),
        ("make it round", "shape", "round"),
        ("with a shelf", "shelf", True),
        ("without the apron", "apron", False),
        ("add a shelf", "shelf", True),
        ("give it three legs", "legs", 3),
        ("two more legs", "legs", 6),
        ("one leg less", "legs", 3),
        ("double the number of legs", "legs", 8),
        ("remove two legs", "legs", 2),
        ("give it tapered legs", "leg_style", "tapered"),
        ("make the legs round", "leg_shape", "round"),
        ("set the number of legs to six", "legs", 6),
    ],
)
def test_parameters(talk, text: str, parameter: str, value: object):
    talk("a table", text)
    assert not talk.unread
    assert talk.parameters()[parameter] == value


@pytest.mark.parametrize(
    "text,role,name",
    [
        ("make it black", None, "black"),
        ("paint it dark oak", None, "dark oak"),
        ("make the legs black", "leg", "black"),
        ("the top should be glass", "top", "glass"),
        ("the table's legs are brushed steel", "leg", "brushed steel"),
        ("paint the legs of the table red", "leg", "red"),
        ("change the colour of the top to white", "top", "white"),
        ("make it out of bamboo", None, "bamboo"),
        ("give it black legs", "leg", "black"),
        ("black legs", "leg", "black"),
        ("colour everything green", None, "green"),
    ],
)
def test_materials(talk, text: str, role: str | None, name: str):
    talk("a table", text)
    assert not talk.unread
    if role is None:
        assert talk.only.material.name == name
    else:
        assert [(c.parts.role, c.material.name) for c in talk.only.changes] == [(role, name)]
        assert talk.only.material is None


def test_two_things_in_one_sentence(talk):
    talk("a table", "make the legs black and the top white, and put a vase on it")
    changes = {change.parts.role: change.material.name for change in talk.one("table").changes}
    assert changes == {"leg": "black", "top": "white"}
    assert talk.one("vase").place.of == "table-1"


def test_shades_and_finishes_of_what_is_there(talk):
    talk("a red cube", "make it darker")
    dark = talk.only.material
    assert dark.colour < "#d92626"
    talk("make it transparent")
    assert talk.only.material.opacity < 0.5 and talk.only.material.colour == dark.colour


def test_as_large_as_another(talk):
    talk("a cube 80 mm wide", "a cylinder 40 mm in diameter and 60 mm high", "make the cylinder as tall as the cube")
    assert talk.one("cylinder").shape.height == 80


def test_replaced(talk):
    talk("a red table", "make it a desk")
    assert talk.only.shape.family == "desk" and talk.only.material.name == "red" and talk.only.id == "table-1"
    talk("replace it with a bench")
    assert talk.only.name == "bench"


def test_a_part_as_large_as_said(talk):
    talk("a stool with a round seat 35 cm across")
    assert talk.parameters()["width"] == 350  # what decides the seat's size


def test_everything_but_one(talk):
    talk("a white table, a black chair beside it and a green ball on the table", "make everything grey except the ball")
    assert {one.name: one.material.name for one in talk.scene.objects} == {
        "table": "grey",
        "chair": "grey",
        "ball": "green",
    }


def test_what_is_not_understood_changes_nothing(talk):
    talk("a table", "make it sing")
    assert not talk.last.edits and "sing" in " ".join(talk.unread)


def test_a_limit_is_told_and_nothing_changes(talk):
    talk("a table", "make it ten kilometres tall")
    assert not talk.last.edits and "sizes run" in talk.last.unread[0].reason
    talk("make it zero centimetres wide")
    assert not talk.last.edits and "larger than zero" in talk.last.unread[0].reason

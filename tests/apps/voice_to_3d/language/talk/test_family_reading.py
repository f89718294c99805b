"""Phrases become parameters of a family, by the naming rule alone."""

from typing import Any

import pytest

TABLES: list[tuple[str, dict[str, Any]]] = [
    ("a round oak table, eighty centimetres wide, four tapered legs",
     {"shape": "round", "width": 800, "legs": 4, "leg_style": "tapered"}),
    ("a table 120 by 80 by 75 cm", {"width": 1200, "depth": 800, "height": 750}),
    ("a table, 1.2 m long and 80 cm wide", {"width": 1200, "depth": 800}),
    ("a table with a height of 70 centimetres", {"height": 700}),
    ("a table with legs 5 cm thick and a 3 cm thick top", {"leg_thickness": 50, "top_thickness": 30}),
    ("a three-legged round table", {"legs": 3, "shape": "round"}),
    ("a table for legs", {"legs": 4}),
    ("a table with a shelf but without an apron", {"shelf": True, "apron": False}),
    ("a two metre table", {"width": 2000}),
    ("a table a metre twenty long", {"width": 1200}),
    ("a table 80 cm square", {"width": 800, "depth": 800}),
    ("a table, height 72 cm, leg thickness 45 mm", {"height": 720, "leg_thickness": 45}),
    ("a hexagonal table with turned legs", {"shape": "hexagonal", "leg_style": "turned"}),
]  # fmt: skip


@pytest.mark.parametrize("text,wanted", TABLES)
def test_a_table(talk, text: str, wanted: dict[str, Any]):
    talk(text)
    assert not talk.unread
    assert {key: talk.parameters().get(key) for key in wanted} == wanted
    assert set(talk.parameters()) <= set(wanted)


@pytest.mark.parametrize(
    "text,reason",
    [
        ("a table without a top", "contradiction"),
        ("a two-legged table with four legs", "contradict each other"),
        ("a round square table", "contradict each other"),
        ("a table 10 km wide", "sizes run"),
        ("a table zero cm wide", "larger than zero"),
        ("a table minus five centimetres high", "larger than zero"),
        ("a table three litres wide", "no unit of length"),
        ("a table twelve flurbs wide", "“flurbs” is no unit"),
        ("a table 30 m wide", "can be 20 to 6000 mm"),
        ("a table with ninety legs", "can be 1 to 12"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(talk, text: str, reason: str):
    talk(text)
    assert not talk.scene.objects
    assert any(reason in one.reason for one in talk.last.unread), talk.last.unread


def test_parts_have_materials_of_their_own(talk):
    talk("an oak table with black steel legs and a white top")
    one = talk.only
    assert one.material.name == "oak"
    assert {change.parts.role: change.material.name for change in one.changes} == {"leg": "black steel", "top": "white"}


def test_numbers_without_a_unit_have_the_last_one(talk):
    talk("a table a hundred and twenty centimetres wide, eighty deep, seventy high")
    assert talk.parameters() == {"width": 1200, "depth": 800, "height": 700}


def test_a_number_too_small_for_the_thing_is_in_centimetres(talk):
    talk("a table 80 wide")
    assert talk.parameters() == {"width": 800}
    assert any("centimetres" in line for line in talk.last.assumed)


def test_unknown_words_are_listed_and_the_rest_is_made(talk):
    talk("a frobnicated table 80 cm wide with zorgly legs")
    assert talk.parameters() == {"width": 800}
    assert " ".join(talk.unread) == "frobnicated zorgly"


def test_usual_sizes_are_said(talk):
    talk("a table")
    assert "table: height 750 mm, as usual" in talk.last.assumed

"""What is said without a verb of its own, passively, or of one thing in the place of another."""

import pytest


def shown(talk) -> dict[str, str]:
    return {change.parts.role: change.material.name for change in talk.only.changes if change.material}


@pytest.mark.parametrize(
    "text",
    [
        "cherry wood for the body and maple for the lid",
        "use cherry wood for the body and maple for the lid",
        "the body should be painted cherry wood and the lid maple",
        "a cherry wood body and a maple lid",
    ],
)
def test_looks_of_parts(talk, text: str):
    talk("a jewellery box with a lid", text)
    assert shown(talk)["body"] == "cherry wood" and shown(talk)["lid"] == "maple" and not talk.unread


@pytest.mark.parametrize(
    "text",
    ["turn the vase into a jug", "use a jug instead of the vase", "instead of the vase I want a jug",
     "the vase should be replaced by a jug", "swap the vase for a jug"],
)  # fmt: skip
def test_in_the_place_of(talk, text: str):
    talk("a table with a vase on it", text)
    assert talk.names == ["table", "jug"] and talk.one("jug").place.of == "table-1" and not talk.unread


def test_a_comparative_before_its_noun(talk):
    talk("a table 1 m wide", "make the legs 40 mm thick", "5 mm thicker legs")
    assert talk.parameters()["leg_thickness"] == 45 and not talk.unread


def test_things_behind_a_colon(talk):
    talk("a rocket: a cylinder 10 cm in diameter and 40 cm tall, and a cone 10 cm wide and 15 cm tall on top")
    assert talk.names == ["cylinder", "cone"]


def test_fittings_are_no_things(talk):
    before = talk("a table").scene
    assert talk("put wheels on it").scene == before and talk.unread


@pytest.mark.parametrize(
    "text,legs", [("two more", 6), ("one less", 3), ("half the number of legs", 2), ("twice as many legs", 8)]
)
def test_counts_by_themselves(talk, text: str, legs: int):
    talk("a round table", "make it four legs", text)
    assert talk.parameters()["legs"] == legs


def test_versions_by_number(talk):
    first = talk("a vase").scene
    second = talk("paint it red").scene
    talk("make it taller")
    assert talk("go back to the first version").scene == first
    assert talk("go to version 2", "back to version 2").scene == second
    assert talk("back to how it was at the start").scene == first

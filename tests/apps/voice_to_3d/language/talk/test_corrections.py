"""Corrections, steps in the history, and what is said once more."""

import pytest


@pytest.mark.parametrize(
    "text",
    ["no, make that ninety", "no ninety centimetres", "sorry, ninety", "make that 90 cm", "no, I mean 90 centimetres"],
)
def test_the_last_size(talk, text: str):
    talk("a table", "make it eighty centimetres wide", text)
    assert talk.parameters()["width"] == 900 and not talk.unread


def test_the_last_share(talk):
    talk("a table", "make it twenty percent taller", "no, thirty percent")
    assert talk.parameters()["height"] == pytest.approx(750 * 1.3)


@pytest.mark.parametrize("text", ["actually blue", "no, blue", "sorry, I meant blue", "blue instead"])
def test_the_last_colour(talk, text: str):
    talk("a table", "make it red", text)
    assert talk.only.material.name == "blue" and not talk.unread


def test_the_colour_of_what_was_just_made(talk):
    talk("a red cube", "no, blue")
    assert talk.only.material.name == "blue"


def test_another_target(talk):
    talk("a cabinet with two doors", "make the left door glass", "I meant the right door")
    (change,) = talk.only.changes
    assert change.parts.sides == ("right",) and change.material.name == "glass"


def test_another_thing(talk):
    talk("a table", "I meant a desk")
    assert talk.only.shape.family == "desk"


@pytest.mark.parametrize(
    "text,wanted",
    [
        ("a table eighty no ninety centimetres wide", {"width": 900}),
        ("a table eighty centimetres wide, sorry, ninety", {"width": 900}),
        ("a table with three, I mean five legs", {"legs": 5}),
    ],
)
def test_within_a_sentence(talk, text: str, wanted: dict[str, float]):
    talk(text)
    assert talk.parameters() == wanted and not talk.unread


def test_a_colour_within_a_sentence(talk):
    talk("a red no blue chair")
    assert talk.only.material.name == "blue"


@pytest.mark.parametrize(
    "text,steps",
    [
        ("undo", 1),
        ("undo that", 1),
        ("go back two steps", 2),
        ("undo the last two changes", 2),
        ("forget it, undo", 1),
        ("undo, undo", 2),
        ("take that back", 1),
        ("never mind", 1),
    ],
)
def test_back(talk, text: str, steps: int):
    talk("a table", "make it red", "make it blue", text)
    assert talk.history.cursor == 3 - steps and not talk.unread
    talk("redo")
    assert talk.history.cursor == 4 - steps


def test_back_and_something_else(talk):
    talk("a table", "make it red", "undo that and make it blue")
    assert talk.only.material.name == "blue" and len(talk.history.versions) == 3


@pytest.mark.parametrize(
    "text", ["clear everything", "start over", "delete everything", "new scene", "clear the scene"]
)
def test_a_new_scene(talk, text: str):
    talk("a table", "a chair", text)
    assert not talk.scene.objects and not talk.unread


def test_a_new_scene_with_something_in_it(talk):
    talk("a table", "clear the scene and make a sphere")
    assert talk.names == ["sphere"]


def test_once_more(talk):
    talk("a table", "make it ten percent taller", "a bit more")
    assert talk.parameters()["height"] == pytest.approx(750 * 1.21)


def test_too_large(talk):
    talk("a stool", "it's too tall")
    assert talk.edits()[0]["times"] == pytest.approx(0.8) and talk.last.assumed


@pytest.mark.parametrize(("before", "after"), [("a bottle", 2), ("three bottles", 2), ("two bottles", 2)])
def test_just_so_many_counts_those_that_are_there(talk, before: str, after: int):
    talk(before, "I just want two bottles")
    assert talk.names == ["bottle"] * after and not talk.unread

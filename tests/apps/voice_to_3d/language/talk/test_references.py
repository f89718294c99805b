"""Which thing a phrase means."""

import pytest


def painted(talk) -> list[str]:
    return [
        f"{edit.target.object}{'/' + edit.target.parts.role if edit.target.parts else ''}" for edit in talk.last.edits
    ]


@pytest.mark.parametrize(
    "text,wanted",
    [
        ("make the left one red", ["chair-1"]),
        ("make the right chair red", ["chair-3"]),
        ("make the middle one red", ["chair-2"]),
        ("make the second one red", ["chair-2"]),
        ("make the last one red", ["chair-3"]),
        ("paint the second one from the right red", ["chair-2"]),
        ("make them red", ["chair-1", "chair-2", "chair-3"]),
        ("make all of them red", ["chair-1", "chair-2", "chair-3"]),
        ("paint all chairs red", ["chair-1", "chair-2", "chair-3"]),
        ("make the chair on the left red", ["chair-1"]),
        ("paint one of them red", ["chair-3"]),
    ],
)
def test_among_three_chairs(talk, text: str, wanted: list[str]):
    talk("three chairs", text)
    assert painted(talk) == wanted and not talk.unread


def test_by_size_and_colour(talk):
    talk("a red cube 20 mm wide", "a blue cube 80 mm wide", "make the bigger one green")
    assert painted(talk) == ["cube-2"]
    talk("make the red one white")
    assert painted(talk) == ["cube-1"]
    talk("make the other one pink")
    assert painted(talk) == ["cube-2"]


@pytest.mark.parametrize(
    "text,sides,index",
    [
        ("make the left door glass", ("left",), None),
        ("the right door should be red", ("right",), None),
        ("make both doors black", (), None),
        ("paint the doors white", (), None),
    ],
)
def test_doors(talk, text: str, sides: tuple[str, ...], index: int | None):
    talk("a cabinet with two doors", text)
    (edit,) = talk.last.edits
    assert (edit.target.parts.role, edit.target.parts.sides, edit.target.parts.index) == ("door", sides, index)


def test_the_third_from_the_bottom(talk):
    talk("a chest of drawers with five drawers", "make the third drawer from the bottom yellow")
    (edit,) = talk.last.edits
    assert edit.target.parts.role.startswith("drawer") and edit.target.parts.index == 2


def test_it_is_the_whole_after_its_legs(talk):
    talk("a table", "make the legs black", "make it red")
    assert painted(talk) == ["table-1"]


def test_them_are_the_legs(talk):
    talk("a table", "make the legs black", "make them thicker")
    assert talk.edits()[0]["dimension"] == "leg_thickness"


def test_parts_of_another_thing(talk):
    talk("a table", "a chair", "make the legs of the table red")
    assert painted(talk) == ["table-1/leg"]
    talk("make the chair legs blue")
    assert painted(talk) == ["chair-1/leg"]


def test_everything_on_the_table(talk):
    talk("a table", "put a bowl on it", "and a cup to the right of the bowl", "remove everything from the table")
    assert talk.names == ["table"]


def test_a_new_name(talk):
    talk("a lamp", "call it Otto", "make otto red")
    assert talk.only.material.name == "red"


def test_what_is_not_there(talk):
    talk("a table", "make the lamp red")
    assert not talk.last.edits and "nothing in the scene is called “lamp”" in talk.last.unread[0].reason
    talk("make the fifth leg red")
    assert not talk.last.edits and "only 4" in talk.last.unread[0].reason


def test_nothing_is_there_yet(talk):
    talk("make it red")
    assert not talk.last.edits and "say what to make first" in talk.last.unread[0].reason

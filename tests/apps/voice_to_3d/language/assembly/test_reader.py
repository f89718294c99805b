"""What the reader fills: things, their sizes and places, and what it leaves unread."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.language.assembly.reader import Reader
from wugan.apps.voice_to_3d.language.assembly.thing import Thing


def things(said: str) -> dict[str, Thing]:
    """The things of a text by noun, the last of each."""
    return {one.noun: one for one in Reader().read(said).things}


def test_a_label_names_a_body_of_that_shape() -> None:
    found = things("Head: cylinder, Ø10, 6 high. Shank: Ø6, 30 long under the head.")
    assert found["head"].shape == "cylinder"
    assert found["shank"].dims == {"diameter": 6.0, "length": 30.0}
    assert found["shank"].where[0].how == "under"
    assert found["shank"].where[0].of is found["head"]


def test_a_noun_that_no_list_knows_is_a_name_where_it_has_a_size() -> None:
    found = things("A widgetry holder. The grommel is a plate 40 x 30 x 5. A 10 mm hole goes through the grommel.")
    assert found["grommel"].shape == "box"
    assert found["hole"].where[0].of is found["grommel"]


def test_members_say_what_differs() -> None:
    found = Reader().read("Three cubes: the bottom one has sides of 40, the middle one 30 and the top one 20.").things
    assert [one.get("side") for one in found if one.group is not None] == [40.0, 30.0, 20.0]


@pytest.mark.parametrize(
    ("said", "way", "value"),
    [
        ("A plate 80 x 60 x 5 with a boss 10 mm in diameter and 5 tall, 12 mm from the left edge.", "", 12.0),
        ("A plate 80 x 60 x 5. A boss 10 mm in diameter, 5 tall, 12 mm to the right of the center.", "right", 12.0),
    ],
)
def test_distances(said: str, way: str, value: float) -> None:
    place = next(one for one in things(said)["boss"].where if one.how == "distance")
    assert (place.way, place.value) == (way, value)


def test_its_in_a_place_is_of_the_subject() -> None:
    found = things("A boss 20 mm in diameter and 10 mm tall has a 5 mm hole in its center.")
    assert found["hole"].where[0].of is found["boss"]


@pytest.mark.parametrize("word", ["florp", "zindled"])
def test_an_unknown_word_is_left(word: str) -> None:
    unread = Reader().read(f"A plate 80 x 60 x 5 mm that is {word}.").unread
    assert [one.phrase for one in unread] == [word]

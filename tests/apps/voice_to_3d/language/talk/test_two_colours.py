"""Two colours of one thing, and things in the plural without a number: what is not done is said."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.studio import Studio


@pytest.mark.parametrize(
    ("said", "name", "colour", "left"),
    [
        ("a white vase and a red and white box", "box", "red", "white"),
        ("a yellow cube and a red and blue ball next to it", "ball", "red", "blue"),
        ("a black and silver lamp 40 cm tall", "lamp", "black", "silver"),
    ],
)
def test_the_second_colour_is_listed(said: str, name: str, colour: str, left: str) -> None:
    turn = Studio().say(said)
    one = next(one for one in turn.scene.objects if one.name == name)
    assert one.material is not None
    assert one.material.name == colour
    assert [unread.phrase for unread in turn.unread] == [left]


def test_the_second_colour_of_a_part_is_listed() -> None:
    turn = Studio().say("a red table with black and white legs")
    assert turn.scene.objects[0].material is not None
    assert turn.scene.objects[0].material.name == "red"
    assert [unread.phrase for unread in turn.unread] == ["white"]


def test_a_colour_each_is_read() -> None:
    turn = Studio().say("a chair with red legs and a white seat")
    assert turn.unread == ()
    assert [change.material.name for change in turn.scene.objects[0].changes if change.material] == ["red", "white"]


@pytest.mark.parametrize(("said", "told"), [("a table and chairs beside it", True), ("a table and a chair", False)])
def test_how_many_was_not_said(said: str, told: bool) -> None:
    turn = Studio().say(said)
    assert any("no number was said" in one for one in turn.assumed) is told

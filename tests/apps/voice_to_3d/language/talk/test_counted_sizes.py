"""Sizes of what a family counts but has no part for: the holes of a flange, the bore of a gear."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.scene.scene import FamilyShape
from wugan.apps.voice_to_3d.studio import Studio

FLANGE = "a flange 100 mm in diameter, 10 mm thick, with six 8 mm holes on a 70 mm bolt circle"


@pytest.mark.parametrize(
    ("said", "size"),
    [
        ("make the holes 10 mm", 10.0),
        ("the holes should be 9 mm", 9.0),
        ("the holes are 12 mm in diameter", 12.0),
        ("all the holes 11 millimetres", 11.0),
        ("enlarge the holes by 2 mm", 10.0),
        ("make the holes 25 percent bigger", 10.0),
    ],
)
def test_the_holes_have_one_size(said: str, size: float) -> None:
    studio = Studio()
    studio.say(FLANGE)
    turn = studio.say(said)
    shape = turn.scene.objects[0].shape
    assert isinstance(shape, FamilyShape)
    assert shape.parameters["hole_diameter"] == pytest.approx(size)
    assert shape.parameters["diameter"] == 100
    assert turn.unread == ()


def test_what_holes_cannot_be_is_refused() -> None:
    studio = Studio()
    before = studio.say(FLANGE).scene
    turn = studio.say("make the holes red")
    assert turn.unread
    assert turn.scene == before

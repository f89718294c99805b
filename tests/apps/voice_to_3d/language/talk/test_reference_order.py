"""Which of several things lying in order are meant."""

import pytest

from wugan.apps.voice_to_3d.scene.edit import Paint


def painted(talk) -> list[str]:
    return [edit.target.object for edit in talk.last.edits if isinstance(edit, Paint)]


@pytest.mark.parametrize(
    "text,wanted",
    [
        ("paint the first two red", [1, 2]),
        ("the last three in blue", [2, 3, 4]),
        ("make the outer two black", [1, 4]),
        ("the inner ones should be white", [2, 3]),
        ("paint the two on the left green", [1, 2]),
        ("paint the middle two grey", [2, 3]),
        ("paint everything except the first chair green", [2, 3, 4]),
        ("make all chairs yellow but the last one", [1, 2, 3]),
    ],
)
def test_so_many_of_a_row(talk, text: str, wanted: list[int]):
    talk("four chairs in a row", text)
    assert sorted(painted(talk)) == [f"chair-{n}" for n in wanted] and not talk.unread


def test_the_other_two_and_the_rest(talk):
    talk("three cubes of 5 cm in a row", "the middle one green", "the other two red")
    assert sorted(painted(talk)) == ["cube-1", "cube-3"]
    talk("make the left one blue", "paint the rest white")
    assert sorted(painted(talk)) == ["cube-2", "cube-3"]


def test_more_than_there_are(talk):
    before = talk("two lamps", "paint the first three red").scene
    assert talk.unread and all(one.material is None for one in before.objects)


def test_parts_that_are_spared_keep_their_material(talk):
    talk("a chair", "steel legs", "paint everything white apart from the legs")
    shown = {change.parts.role: change.material.name for change in talk.only.changes if change.material}
    assert talk.only.material.name == "white" and shown == {"leg": "steel"}

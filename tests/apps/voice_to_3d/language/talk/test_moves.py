"""Things that are there: moved, turned, copied, arranged, replaced, removed."""

import pytest

from wugan.apps.voice_to_3d.measure import bounds


def boxes(talk):
    return bounds(talk.scene, [one.id for one in talk.scene.objects])


@pytest.mark.parametrize(
    "text,by",
    [
        ("move it ten centimetres to the left", (-100, 0, 0)),
        ("move the cube 5 cm up", (0, 0, 50)),
        ("shift it 2 cm to the right and 3 cm back", (20, 30, 0)),
        ("push it forward by ten millimetres", (0, -10, 0)),
        ("lift it by 4 cm", (0, 0, 40)),
    ],
)
def test_by_a_distance(talk, text: str, by: tuple[float, float, float]):
    talk("a cube", text)
    (edit,) = talk.edits()
    assert edit["by"] == by and not talk.unread


def test_to_another_thing(talk):
    talk("a table", "a vase", "put the vase on the table")
    assert boxes(talk)["vase-1"][0][2] == pytest.approx(750)
    talk("move it to the left edge of the table")
    assert boxes(talk)["vase-1"][0][0] == pytest.approx(-700)
    talk("put it on the floor")
    assert boxes(talk)["vase-1"][0][2] == pytest.approx(0)


def test_two_things_change_places(talk):
    talk("a table and a chair", "put the table behind the chair", "put the chair behind the table")
    assert boxes(talk)["chair-1"][0][1] >= boxes(talk)["table-1"][1][1]


def test_farther_away_on_the_same_side(talk):
    talk("a chair and a table", "put the chair behind the table", "move it half a metre away from the table")
    assert boxes(talk)["chair-1"][0][1] - boxes(talk)["table-1"][1][1] == pytest.approx(500)


@pytest.mark.parametrize(
    "text,axis,degrees",
    [
        ("rotate it by 45 degrees", "z", 45),
        ("turn it upside down", "x", 180),
        ("flip it over", "x", 180),
        ("turn it by a quarter turn", "z", 90),
        ("rotate it 90 degrees clockwise", "z", -90),
        ("tilt it by 15 degrees about the x axis", "x", 15),
        ("turn it around", "z", 180),
        ("lay it on its side", "y", 90),
        ("upside down", "x", 180),
    ],
)
def test_turns(talk, text: str, axis: str, degrees: float):
    talk("a cone", text)
    (edit,) = talk.edits()
    assert (edit["do"], edit["axis"], edit["degrees"]) == ("turn", axis, degrees) and not talk.unread


def test_copies(talk):
    talk("a red cube", "duplicate it three times")
    assert talk.names == ["cube"] * 4 and {one.material.name for one in talk.scene.objects} == {"red"}
    ends = sorted((low[0], high[0]) for low, high in boxes(talk).values())
    assert all(a[1] < b[0] for a, b in zip(ends, ends[1:], strict=False))


def test_several_in_a_row(talk):
    talk("a bar stool 75 cm high", "make four of them in a row, sixty centimetres apart")
    assert talk.names == ["bar stool"] * 4 and not talk.unread


def test_arranged(talk):
    talk("two cubes", "stack the cubes")
    assert sorted(round(low[2]) for low, _ in boxes(talk).values()) == [0, 50]
    talk("put them side by side, ten centimetres apart")
    lows = sorted(low[0] for low, _ in boxes(talk).values())
    assert lows[1] - lows[0] == pytest.approx(150)


def test_replaced_with_the_same_height(talk):
    talk("a plant pot 18 cm tall", "swap the pot for a vase of the same height")
    assert talk.only.name == "vase" and talk.parameters()["height"] == pytest.approx(180)


def test_removed(talk):
    talk("three chairs", "remove the left chair", "delete one chair")
    assert len(talk.scene.objects) == 1
    talk("get rid of it")
    assert not talk.scene.objects


def test_a_part_goes_and_comes_back(talk):
    talk("a mug", "remove the handle")
    assert talk.parameters()["handle"] is False
    talk("add a handle")
    assert talk.parameters()["handle"] is True


def test_features(talk):
    talk("a plate 100 by 60 by 5 mm", "drill a 10 mm hole through the middle", "make the hole 12 mm")
    (hole,) = talk.only.features
    assert hole.shape.diameter == 12 and not talk.unread
    talk("add four 6 mm holes in the corners", "make all holes 8 mm")
    assert {feature.shape.diameter for feature in talk.only.features} == {8}
    talk("round the edges by 2 mm")
    assert talk.only.features[-1].kind == "fillet" and talk.only.features[-1].radius == 2
    talk("remove the first hole")
    assert sum(feature.kind == "cut" for feature in talk.only.features) == 1


def test_features_go_into_what_is_named(talk):
    talk("a cube 50 mm wide", "a cylinder 40 mm in diameter and 60 mm high", "drill a 5 mm hole through the cube")
    assert len(talk.one("cube").features) == 1 and not talk.one("cylinder").features


def test_inverted(talk):
    talk("a table. On it stands a small white vase. Next to the table there is a chair.")
    assert talk.one("vase").place.of == "table-1" and talk.one("vase").place.relation == "on"
    assert talk.one("chair").place.relation == "beside" and not talk.unread


def test_another_one(talk):
    talk("a red cube 30 mm wide", "another one in blue", "two more")
    assert [one.material.name for one in talk.scene.objects] == ["red", "blue", "blue", "blue"]
    assert {one.shape.size for one in talk.scene.objects} == {(30, 30, 30)} and not talk.unread


def test_several_things_at_once(talk):
    talk("a table and two chairs", "make the table and chairs black", "move the table and the chairs back by 10 cm")
    assert [(edit["target"]["object"], edit["by"]) for edit in talk.edits()] == [
        (id, (0, 100, 0)) for id in ("table-1", "chair-1", "chair-2")
    ]


def test_a_part_replaced(talk):
    talk("a table", "replace the legs with a pedestal")
    assert talk.parameters() == {"base": "pedestal"}


def test_bare_names_are_of_things_that_are_there(talk):
    talk("a tray and a bottle", "tray silver, bottle dark green")
    assert {one.name: one.material.name for one in talk.scene.objects} == {"tray": "silver", "bottle": "dark green"}


def test_a_lone_direction_is_no_move_and_a_distance_is_no_width(talk):
    talk("a table", "hold it up")
    assert not talk.last.edits and talk.unread
    talk("10 cm to the right")
    assert talk.edits()[0]["by"] == (100, 0, 0)

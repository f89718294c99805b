"""New objects: how many, of what, and where."""

import pytest

from wugan.apps.voice_to_3d.measure import bounds


def test_a_thing_on_a_new_thing(talk):
    talk("a red cube on a blue cylinder")
    assert talk.names == ["cylinder", "cube"]
    place = talk.one("cube").place
    assert (place.of, place.z.to, place.z.own, place.relation) == ("cylinder-1", "max", "min", "on")
    assert talk.one("cube").material.name == "red" and talk.one("cylinder").material.name == "blue"


def test_counts_make_objects_that_do_not_overlap(talk):
    talk("three chairs")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    ends = sorted((low[0], high[0]) for low, high in boxes.values())
    assert len(ends) == 3 and all(a[1] < b[0] for a, b in zip(ends, ends[1:], strict=False))


def test_a_list_of_things(talk):
    talk("one red cube and two blue spheres and a green cone")
    assert talk.names == ["cube", "sphere", "sphere", "cone"]
    assert [one.material.name for one in talk.scene.objects] == ["red", "blue", "blue", "green"]


def test_what_comes_later_stands_beside(talk):
    talk("a cube 50 mm wide", "a cylinder 40 mm in diameter", "a cone")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    ends = sorted((low[0], high[0]) for low, high in boxes.values())
    assert all(a[1] <= b[0] for a, b in zip(ends, ends[1:], strict=False))
    assert all(abs(low[2]) < 1e-6 for low, _ in boxes.values())


@pytest.mark.parametrize(
    "text,axis,before",
    [
        ("a vase to the left of a lamp", 0, True),
        ("a vase to the right of a lamp", 0, False),
        ("a vase behind a lamp", 1, False),
        ("a vase in front of a lamp", 1, True),
        ("a vase next to a lamp", 0, False),
    ],
)
def test_sides(talk, text: str, axis: int, before: bool):
    talk(text)
    assert not talk.unread
    boxes = bounds(talk.scene, ["vase-1", "lamp-1"])
    (low, high), (other_low, other_high) = boxes["vase-1"], boxes["lamp-1"]
    assert high[axis] < other_low[axis] if before else low[axis] > other_high[axis]


def test_a_distance(talk):
    talk("a cube", "a sphere ten centimetres to the left of the cube")
    boxes = bounds(talk.scene, ["cube-1", "sphere-1"])
    assert boxes["cube-1"][0][0] - boxes["sphere-1"][1][0] == pytest.approx(100)


def test_around(talk):
    talk("a round table with four chairs around it")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    assert talk.names == ["table", *["chair"] * 4]
    centres = [((low[0] + high[0]) / 2, (low[1] + high[1]) / 2) for id, (low, high) in boxes.items() if "chair" in id]
    assert sum(x for x, _ in centres) == pytest.approx(0, abs=1) and sum(y for _, y in centres) == pytest.approx(
        0, abs=1
    )
    assert {one.place.rotate[2] for one in talk.scene.objects if one.name == "chair"} == {0, 90, 180, -90}


def test_in_the_middle_and_inside(talk):
    talk("a table, a metre by a metre, 75 centimetres tall", "put a bowl in the middle", "put an egg in the bowl")
    assert talk.one("bowl").place.of == "table-1" and talk.one("bowl").place.z.to == "max"
    assert talk.one("egg").place.of == "bowl-1" and talk.one("egg").place.z.to == "min"


def test_rows_with_distances(talk):
    talk("a row of five spheres ten centimetres apart")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    lows = sorted(low[0] for low, _ in boxes.values())
    assert [round(b - a) for a, b in zip(lows, lows[1:], strict=False)] == [150] * 4  # 50 mm balls and 100 mm between


def test_centre_to_centre(talk):
    talk("three candles in a row, each 5 cm in diameter and 15 cm tall, ten centimetres apart centre to centre")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    lows = sorted(low[0] for low, _ in boxes.values())
    assert [round(b - a) for a, b in zip(lows, lows[1:], strict=False)] == [100, 100]


def test_a_stack(talk):
    talk("a stack of three cubes")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    assert sorted(round(low[2]) for low, _ in boxes.values()) == [0, 50, 100]


def test_between(talk):
    talk("a vase between two candles")
    boxes = bounds(talk.scene, ["candle-1", "vase-1", "candle-2"])
    assert boxes["candle-1"][1][0] < boxes["vase-1"][0][0] and boxes["vase-1"][1][0] < boxes["candle-2"][0][0]


def test_what_is_solid_is_put_on_what_goes_under_it(talk):
    talk("a cylinder", "put a cube under the cylinder")
    boxes = bounds(talk.scene, ["cylinder-1", "cube-1"])
    assert boxes["cube-1"][0][2] == pytest.approx(0) and boxes["cylinder-1"][0][2] == pytest.approx(50)


def test_under_a_table_is_on_the_floor(talk):
    talk("a table", "put a box under it")
    boxes = bounds(talk.scene, ["table-1", "box-1"])
    assert boxes["box-1"][0][2] == pytest.approx(0) and boxes["table-1"][0][2] == pytest.approx(0)


def test_parts_of_a_thing_are_not_things(talk):
    talk("a house with a door and two windows")
    assert talk.names == ["house"] and talk.parameters()["windows"] == 2


def test_the_last_words_of_a_name_are_enough(talk):
    talk("a coffee table", "make the table red")
    assert talk.only.name == "coffee table" and talk.only.material.name == "red"


def test_no_such_thing(talk):
    talk("a flurble 20 cm wide with four legs")
    assert not talk.scene.objects and "flurble" in talk.last.unread[0].reason


def test_another_is_like_the_first(talk):
    talk("a red chair 90 cm high", "another chair")
    first, second = talk.scene.objects
    assert second.material == first.material and second.shape == first.shape and second.id != first.id


def test_a_heading_names_what_follows(talk):
    talk(
        "a bridge: two pillars, each 3 by 3 by 9 centimetres, 12 centimetres apart, "
        "and a beam across the top of them, 18 by 3 by 3"
    )
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects])
    assert talk.names == ["pillar", "pillar", "beam"]
    low = [min(low[i] for low, _ in boxes.values()) for i in range(3)]
    high = [max(high[i] for _, high in boxes.values()) for i in range(3)]
    assert [round(b - a) for a, b in zip(low, high, strict=True)] == [180, 30, 120]


def test_a_body_with_holes(talk):
    talk("a red plate 100 by 60 by 5 mm with four 6 mm holes in the corners")
    assert talk.only.material.name == "red" and not talk.unread
    assert sum(feature.kind == "cut" for feature in talk.only.features) >= 1


def test_a_verb_in_a_name_behind_a_material_is_no_verb(talk):
    talk("a brass paint scraper 76 mm wide")
    assert talk.only.material.name == "brass" and not talk.unread
    talk("paint the scraper red")
    assert talk.only.material.name == "red"

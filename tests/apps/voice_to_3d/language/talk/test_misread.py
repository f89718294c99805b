"""Sentences that were once misread in silence: what is not understood is told and changes nothing."""

import pytest

from wugan.apps.voice_to_3d.measure import bounds


def extent(talk, name: str) -> list[float]:
    low, high = bounds(talk.scene, [talk.one(name).id])[talk.one(name).id]
    return [round(b - a, 2) for a, b in zip(low, high, strict=True)]


@pytest.mark.parametrize("text", ["a box 10 by 10 by 10", "box 10 by 10 by 10", "a box 10 x 10 x 10"])
def test_a_guessed_unit_is_that_of_all_sizes(talk, text: str):
    talk(text)
    assert extent(talk, "box") == [100, 100, 100]
    assert any("centimetres" in one for one in talk.last.assumed)


def test_the_largest_size_tells_the_unit(talk):
    talk("a board 300 by 200 by 2")
    assert extent(talk, "board") == [300, 200, 2]


def test_two_of_a_noun_with_articles_are_two(talk):
    talk("a small vase and a big vase")
    assert talk.names == ["vase", "vase"] and not talk.unread
    small, big = (bounds(talk.scene, [id])[id] for id in ("vase-1", "vase-2"))
    assert small[1][2] < big[1][2]


@pytest.mark.parametrize("word", ["small", "big", "little", "large"])
def test_said_sizes_have_no_factor(talk, word: str):
    talk(f"a {word} cardboard box, 30 by 20 by 15 cm, with a lid")
    assert extent(talk, "box") == [300, 200, 150]


def test_what_is_put_together_is_put_on_the_same(talk):
    talk("an oak table", "put a bowl and a vase on it")
    assert [(one.place.of, one.place.relation) for one in talk.scene.objects[1:]] == [("table-1", "on")] * 2
    boxes = bounds(talk.scene, ["bowl-1", "vase-1"])
    assert boxes["bowl-1"][1][0] < boxes["vase-1"][0][0]


def test_each_with_a_place_of_its_own(talk):
    talk("an oak table", "put a bowl on it and a vase next to the bowl")
    assert [one.place.of for one in talk.scene.objects[1:]] == ["table-1", "bowl-1"]


def test_two_colours_of_the_whole_are_told(talk):
    talk("a lighthouse, 30 cm tall, red and white")
    assert talk.unread == ["red and white"] and talk.only.material is None


def test_a_distance_between_copies_is_no_size(talk):
    talk("a wall hook", "three of them side by side, 5 cm apart")
    assert len(talk.scene.objects) == 3 and not talk.unread
    talk("a vase", "5 cm apart")
    assert talk.unread == ["5 cm apart"] and not talk.last.edits


@pytest.mark.parametrize(
    "text,indices", [("every other", [0, 2, 4]), ("every second", [1, 3, 5]), ("every third", [2, 5])]
)
def test_every_other_one(talk, text: str, indices: list[int]):
    talk("a staircase with six steps", f"paint {text} step black")
    assert [change.parts.index for change in talk.only.changes if change.material] == indices


def test_a_size_after_a_colour_of_parts_is_the_whole_s(talk):
    talk("an oak table 750 mm high", "make the legs black twenty percent taller")
    assert extent(talk, "table")[2] == pytest.approx(900)


def test_the_whole_thing_after_its_parts(talk):
    talk("an oak table 750 mm high", "paint the legs white, make the whole thing ten percent lower")
    assert extent(talk, "table")[2] == pytest.approx(675)


def test_a_hole_of_a_size(talk):
    talk("a birdhouse, 20 cm high, pine, with a hole of 35 mm")
    assert talk.parameters()["hole_diameter"] == 35 and not talk.only.features


def test_the_size_of_a_fillet_is_nothing_else_s(talk):
    talk("an L bracket", "a 10 mm fillet inside the corner")
    assert "thickness" not in talk.parameters()


def test_the_longest_name_first(talk):
    talk("a tv stand", "put a television on it", "make the tv stand a little longer")
    assert {edit["target"]["object"] for edit in talk.edits()} == {"tv-stand-1"} and not talk.unread


def test_a_hole_whose_size_comes_last(talk):
    talk("a steel plate 100 by 80 by 10 mm", "add a hole in the middle, 20 mm")
    assert extent(talk, "plate") == [100, 80, 10] and len(talk.only.features) == 1 and not talk.unread


def test_one_pronoun_is_one_thing(talk):
    talk("a table", "put a chair on the left of it and a chair on the right of it")
    boxes = bounds(talk.scene, ["table-1", "chair-1", "chair-2"])
    assert boxes["chair-1"][1][0] < boxes["table-1"][0][0] and boxes["chair-2"][0][0] > boxes["table-1"][1][0]


def test_on_it_on_the_right(talk):
    talk("a workbench", "put a vise on it, on the right")
    boxes = bounds(talk.scene, ["workbench-1", "vise-1"])
    assert boxes["vise-1"][0][2] == pytest.approx(boxes["workbench-1"][1][2])
    assert boxes["vise-1"][1][0] == pytest.approx(boxes["workbench-1"][1][0])


def test_an_order_that_the_parts_do_not_have(talk):
    talk("a wardrobe with three doors", "make the second door from the top blue")
    assert not talk.last.edits and talk.unread


def test_the_same_for_another_part(talk):
    talk("a bookshelf", "make the top shelf blue", "the second shelf too")
    assert len(talk.scene.objects) == 1 and [e["material"]["name"] for e in talk.edits()] == ["blue"]


def test_as_wide_as_it_is_long(talk):
    talk("a table 2 m by 80 cm", "make it as wide as it is long")
    assert extent(talk, "table")[:2] == [2000, 2000]


def test_away_on_the_side_where_each_is(talk):
    talk("a table", "put a chair on the left of it and a chair on the right of it")
    talk("move both chairs 10 cm away from the table")
    boxes = bounds(talk.scene, ["table-1", "chair-1", "chair-2"])
    assert boxes["table-1"][0][0] - boxes["chair-1"][1][0] == pytest.approx(100)
    assert boxes["chair-2"][0][0] - boxes["table-1"][1][0] == pytest.approx(100)


def test_a_box_on_a_box_on_a_box(talk):
    talk("a small box on a medium box on a large box")
    assert [one.place.of for one in talk.scene.objects] == [None, "box-1", "box-2"]
    assert [one.scale[0] for one in talk.scene.objects] == [1.3, 1.0, 0.7]


def test_on_the_left_end(talk):
    talk("a workbench", "add a vise on the left end")
    boxes = bounds(talk.scene, ["workbench-1", "vise-1"])
    assert boxes["vise-1"][0][2] == pytest.approx(boxes["workbench-1"][1][2]) and not talk.unread
    assert boxes["vise-1"][0][0] == pytest.approx(boxes["workbench-1"][0][0])

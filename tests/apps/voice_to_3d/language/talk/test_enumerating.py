"""Sizes and colours of each of several things."""

from wugan.apps.voice_to_3d.measure import bounds, size


def test_sizes_in_turn(talk):
    talk("three flower pots next to each other, ten, fifteen and twenty centimetres tall")
    assert [round(size(one)[2]) for one in talk.scene.objects] == [100, 150, 200] and not talk.unread


def test_a_stack_of_different_sizes(talk):
    talk("a snowman: three white balls stacked on top of each other, 50, 35 and 20 cm in diameter from bottom to top")
    boxes = bounds(talk.scene, [one.id for one in talk.scene.objects]).values()
    assert [round(low[2]) for low, _ in boxes] == [0, 500, 850] and not talk.unread


def test_colours_in_turn(talk):
    talk("three cubes of 5 cm in red, green and blue")
    assert [one.material.name for one in talk.scene.objects] == ["red", "green", "blue"]


def test_each_of_two_gets_its_own(talk):
    talk("a bed", "put a nightstand on either side of the bed", "with a lamp on each of them")
    lamps = [one for one in talk.scene.objects if one.name == "lamp"]
    assert {one.place.of for one in lamps} == {"nightstand-1", "nightstand-2"}

"""What a result holds."""

from __future__ import annotations

from collections import Counter

import pytest

from wugan.apps.voice_to_3d.language.holdings import Held, copies
from wugan.apps.voice_to_3d.language.lexer import Token, tokens
from wugan.apps.voice_to_3d.scene.edit import Add, Interpretation
from wugan.apps.voice_to_3d.scene.placement import Grid, Polar
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Box, Cut, Cylinder

PLATE = Object(
    id="plate-1",
    name="cover plate",
    shape=Box(size=(80, 40, 6)),
    features=(
        Cut(id="hole-1", name="hole", shape=Cylinder(diameter=5, height=6), pattern=Grid(counts=(2, 2, 1))),
        Cut(id="bore-1", name="bore", shape=Cylinder(diameter=20, height=6)),
    ),
)
TABLE = Object(id="table-1", name="table", shape=FamilyShape(family="table", parameters={"width": 800.0}))


def held(one: Object) -> Held:
    return Held(Interpretation(edits=(Add(object=one),)), Scene(objects=(one,)))


def quantity(text: str) -> Token:
    return next(one for one in tokens(text) if one.quantity)


@pytest.mark.parametrize("said", ["80 mm", "8 cm", "10 mm", "80 x 40 x 6"])  # 10: the radius of the bore
def test_a_length_is_held_as_it_is_or_as_radius(said: str) -> None:
    assert held(PLATE).times(quantity(said), Counter()) > 0


def test_a_length_that_nothing_has_is_not_held() -> None:
    assert held(PLATE).times(quantity("37 mm"), Counter()) == 0


def test_the_double_of_a_value_is_not_held_where_other_words_said_it() -> None:
    assert held(PLATE).times(quantity("3 mm"), Counter({6.0: 1})) == 0


@pytest.mark.parametrize(("count", "noun", "so"), [(4, "hole", True), (5, "hole", False), (1, "bore", True)])
def test_copies_are_counted_by_name(count: int, noun: str, so: bool) -> None:
    assert held(PLATE).counted(count, noun) is so


def test_parts_of_a_family_are_counted() -> None:
    assert held(TABLE).counted(4, "leg")
    assert not held(TABLE).counted(5, "leg")


def test_names_are_held() -> None:
    assert "cover" in held(PLATE).names


def test_copies_of_patterns() -> None:
    assert copies(Polar(count=6, diameter=30).model_dump(mode="json")) == 6
    assert copies(None) == 1

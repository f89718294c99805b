"""Workpieces: sizes that follow one another, limits that say both names, holes that edits can find."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pytest

from wugan.apps.voice_to_3d.families.base import Gap, Sizes, Workpiece, said
from wugan.apps.voice_to_3d.families.registry import families, family
from wugan.apps.voice_to_3d.families.shop.kit import chord, drilled, keyed, keyway
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Solid
from wugan.errors import DataError


class Block(Workpiece):
    """A block with a hole."""

    names = ("test block",)
    follows: ClassVar[Sizes] = {"depth": ("width",), "width": ("depth",)}
    yields: ClassVar[Sizes] = {"hole_diameter": ("width", "depth")}

    width: Annotated[Length, said("long")] = 40.0
    depth: Length = 20.0
    height: Length = 10.0
    hole_diameter: Gap = 8.0

    def solid(self) -> Solid:
        self.below("hole_diameter", min(self.width, self.depth), "the shorter side")
        base = Box(size=(self.width, self.depth, self.height))
        return Compound(base=base, features=(drilled(self.hole_diameter),) if self.hole_diameter else ())


@pytest.mark.parametrize(
    ("parameters", "depth", "hole"),
    [
        ({}, 20, 8),
        ({"width": 80}, 40, 8),  # follows; a hole does not grow
        ({"width": 20}, 10, 4),  # and shrinks with the smallest
        ({"width": 20, "depth": 5}, 5, 2),
        ({"width": 20, "hole_diameter": 7}, 10, 7),
        ({"height": 1}, 20, 8),
    ],
)
def test_unsaid_sizes(parameters: dict[str, float], depth: float, hole: float) -> None:
    block = Block(**parameters)
    assert (block.depth, block.hole_diameter) == (depth, hole)


def test_contradiction_names_both() -> None:
    with pytest.raises(DataError, match="hole_diameter is 25 but must be less than 20 .the shorter side"):
        Block(hole_diameter=25).parts()


def test_a_hair_of_rounding_is_no_contradiction() -> None:
    block = Block(width=25.4 * 3 / 8 * 8 / 3)
    block.below("width", 25.4, "an inch", equal=True)
    with pytest.raises(DataError, match="at most 25"):
        block.below("width", 25, "less", equal=True)


def test_a_derived_size_that_cannot_be_is_told_by_the_sizes_said() -> None:
    class Thin(Block):
        """A block whose inner part vanishes."""

        def solid(self) -> Solid:
            return Box(size=(self.width, self.depth, self.height - self.height))

    with pytest.raises(DataError, match="smallest size is hole_diameter 8 mm"):
        Thin().parts()


def test_a_family_without_a_shape_is_an_error_of_its_author() -> None:
    class Nothing(Workpiece):
        """Nothing."""

    with pytest.raises(NotImplementedError, match="Nothing has neither"):
        Nothing().solid()


def test_keyways_of_din_6885() -> None:
    assert keyway(20) == (6, 2.8)
    assert keyway(8) == (2, 1)
    assert keyway(200) == (50, 12.5)
    assert keyed(20, 0, 0).shape.kind == "cylinder"


def test_chord_between_neighbours() -> None:
    assert chord(6, 100) == pytest.approx(50)
    assert chord(1, 100) == float("inf")


def test_holes_are_cuts_by_that_name() -> None:
    """What an edit or a STEP reader looks for: a through cut, named, with an id."""
    for name in ("mounting plate", "flange", "l bracket", "hinge", "motor mount", "perforated plate", "pillow block"):
        features = [one for part in family(name)().parts() for one in getattr(part.shape, "features", ())]
        holes = [one for one in features if one.name == "hole"]
        assert holes and all(one.kind == "cut" and one.id for one in holes), name


def test_every_name_finds_one_family() -> None:
    assert all(name == name.lower().strip() for name in families())
    with pytest.raises(DataError, match="no family of objects is called 'flux capacitor'"):
        family("flux capacitor")

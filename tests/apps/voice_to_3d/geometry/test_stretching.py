"""Cuts that go through, whatever the body's size and their own."""

from __future__ import annotations

from math import cos, pi, radians

import numpy as np
import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Axis, Coordinate, Placement

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.features import Piece, Work, worked

BLOCK = solids.Box(size=(80, 40, 20))
SIZES = {"x": 80, "y": 40, "z": 20}


def make(shape: solids.Solid, axis: Axis, rotate: tuple[float, float, float] = (0, 0, 0), **at: Coordinate) -> Work:
    cut = solids.Cut(id="cut", shape=shape, through=axis, place=Placement(rotate=rotate, **at))  # type: ignore[arg-type]
    return worked([Piece(BLOCK)], (cut,), "part-1")


@pytest.mark.parametrize("axis", ["x", "y", "z"])
@pytest.mark.parametrize("height", [0.5, 500.0])
def test_a_bar_lies_along_the_axis_it_goes_through(axis: Axis, height: float) -> None:
    work = make(solids.Cylinder(diameter=10, height=height), axis)
    assert 64000 - work.body.volume() == pytest.approx(25 * pi * SIZES[axis], rel=3e-3)
    assert work.body.genus() == 1


@pytest.mark.parametrize(
    ("axis", "rotate"), [("x", (0, 90, 0)), ("y", (90, 0, 0)), ("z", (0, 0, 30)), ("z", (180, 0, 0))]
)
def test_turned_by_hand(axis: Axis, rotate: tuple[float, float, float]) -> None:
    work = make(solids.Extrude(profile=flat.RegularPolygon(sides=6, across_flats=10), height=1), axis, rotate)
    assert 64000 - work.body.volume() == pytest.approx(50 * 3**0.5 * SIZES[axis], rel=1e-6)


@pytest.mark.parametrize(("axis", "section"), [("x", 6 * 8), ("y", 4 * 8), ("z", 4 * 6)])
def test_a_block_is_stretched_along_its_own_side(axis: Axis, section: float) -> None:
    work = make(solids.Box(size=(4, 6, 8)), axis)
    assert 64000 - work.body.volume() == pytest.approx(section * SIZES[axis])


def test_a_slanting_bar_goes_through_both_faces() -> None:
    work = make(solids.Cylinder(diameter=6, height=1), "z", (0, 30, 0))
    assert 64000 - work.body.volume() == pytest.approx(9 * pi * 20 / cos(radians(30)), rel=3e-3)
    assert work.body.genus() == 1


def test_any_other_solid_is_drawn_out() -> None:
    work = make(solids.Sphere(diameter=10), "z")
    waist = 80 * 40 - work.body.slice(10).area()
    assert waist == pytest.approx(25 * pi, rel=3e-3) and work.body.genus() == 1


def test_its_place_and_what_others_refer_to() -> None:
    at_edge = make(solids.Cylinder(diameter=10, height=3), "z", x=Coordinate(to="min", offset=15))
    assert np.allclose(at_edge.steps[0].box, (-30, -5, 0, -20, 5, 20))
    across = make(solids.Cylinder(diameter=10, height=3), "x", z=Coordinate(to="max", offset=-8))
    assert np.allclose(across.steps[0].box, (-40, -5, 7, 40, 5, 17))

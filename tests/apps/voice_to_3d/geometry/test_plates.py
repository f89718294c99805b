"""Plates: cuts straight through in the plane give what they give in space, and the same errors."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Mirror, Placement, Polar
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.features import Piece, Plate, Work, worked

BLOCK = solids.Box(size=(80, 40, 20))
HOLE = solids.Cylinder(diameter=6, height=1)


def cut(shape: solids.Solid = HOLE, **more: object) -> solids.Cut:
    return solids.Cut(**{"name": "hole", "shape": shape, "through": "z", **more})  # type: ignore[arg-type]


PENTAGON = solids.Extrude(profile=flat.RegularPolygon(sides=5, across_flats=9), height=1)
WEDGE = solids.Extrude(profile=flat.Sector(diameter=20, sweep=70), height=1)
SLOT = solids.Extrude(profile=flat.Slot(length=20, width=6), height=1)
NEAR_LEFT = Placement(x=Coordinate(to="min", own="min", offset=3))
CUTS = [
    (cut(),),
    (cut(pattern=Grid(counts=(4, 3, 1), steps=(15, 10, 0))),),
    (cut(pattern=Polar(count=5, diameter=30)), cut(solids.Box(size=(10, 4, 1)))),
    (cut(SLOT, place=Placement(rotate=(0, 0, 30))),),
    (cut(PENTAGON, place=Placement(rotate=(180, 0, 0))),),
    (cut(WEDGE, pattern=Mirror(axes=("x", "y")), place=NEAR_LEFT),),
    (cut(solids.Box(size=(10, 10, 20)), through=None, place=Placement(x=Coordinate(to="max", own="max"))),),
    (cut(HOLE, place=Placement(x=Coordinate(to="max"))),),
]


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("base", [BLOCK, solids.Extrude(profile=flat.Slot(length=40, width=40), height=9)])
def test_the_same_as_in_space(
    base: solids.Solid, cuts: tuple[solids.Cut, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = worked([Piece(base)], cuts, "part-1")
    assert quick._plate is not None, "worked in the plane"
    monkeypatch.setattr(Plate, "of", classmethod(lambda cls, pieces: None))
    slow = worked([Piece(base)], cuts, "part-1")
    assert slow._plate is None
    assert quick.body.volume() == pytest.approx(slow.body.volume(), rel=1e-7)
    assert quick.body.genus() == slow.body.genus()
    assert np.allclose(quick.body.bounding_box(), slow.body.bounding_box(), atol=1e-7)
    assert (quick.body - slow.body).volume() < 1e-3


def test_it_ends_where_the_cut_is_not_straight_through() -> None:
    def plane(*features: solids.Feature) -> bool:
        return worked([Piece(BLOCK)], features, "part-1")._plate is not None

    assert plane(cut())
    assert plane(cut(), solids.Fillet(radius=3, edges=("vertical",)), cut(place=Placement(x=Coordinate(offset=20))))
    assert not plane(cut(through="x"))
    assert not plane(cut(through=None, place=Placement(z=Coordinate(to="max", own="max"))))
    assert not plane(cut(), solids.Fillet(radius=1))
    assert not plane(cut(place=Placement(rotate=(0, 10, 0))))
    assert not plane(cut(solids.Cone(bottom_diameter=3, height=9)))
    assert not plane(solids.Join(shape=HOLE))


def test_edges_after_many_holes_are_those_of_the_plate() -> None:
    holes = cut(pattern=Grid(counts=(4, 3, 1), steps=(15, 10, 0)))
    after = worked([Piece(BLOCK)], (holes, solids.Fillet(radius=3, edges=("vertical",))), "part-1").body
    before = worked([Piece(BLOCK)], (solids.Fillet(radius=3, edges=("vertical",)), holes), "part-1").body
    assert after.volume() == pytest.approx(before.volume(), rel=1e-9)


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        (cut(place=Placement(x=Coordinate(to="max", offset=9))), "hole lies outside part-1"),
        (cut(pattern=Grid(counts=(6, 1, 1), steps=(20, 0, 0))), "hole 1 of part-1 lies outside"),
        (cut(solids.Box(size=(90, 50, 5))), "hole takes all of part-1"),
    ],
)
def test_errors(feature: solids.Cut, words: str) -> None:
    with pytest.raises(DataError, match=words):
        worked([Piece(BLOCK)], (feature,), "part-1")


def test_sizes_that_cannot_be_are_told_at_once() -> None:
    with pytest.raises(DataError, match="not smaller"):
        Work([Piece(solids.Cylinder(diameter=5, height=5, inner_diameter=6))], "part-1")

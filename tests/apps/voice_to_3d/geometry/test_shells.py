"""Hollow bodies against closed forms, and the thickness of their walls."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.features import Piece, Work, worked
from wugan.apps.voice_to_3d.geometry.sound import mesh_of, sound

BLOCK = solids.Box(size=(80, 40, 20))
CLOSED: tuple[str, ...] = ()
SQUARE = flat.Rectangle(width=40, depth=40)


def shell(thickness: float, *opened: str) -> solids.Shell:
    return solids.Shell(thickness=thickness, open=opened)  # type: ignore[arg-type]


def make(base: solids.Solid, *features: solids.Feature) -> Work:
    trimesh = pytest.importorskip("trimesh")
    work = worked([Piece(base)], features, "part-1")
    work.finish()
    assert trimesh.Trimesh(*mesh_of(sound(work.body))).is_volume
    return work


def _placed(shape: solids.Solid) -> solids.Placed:
    return solids.Placed(shape=shape)


CASES = [
    (BLOCK, shell(2, "top"), 64000 - 76 * 36 * 18),
    (BLOCK, shell(2), 64000 - 76 * 36 * 16),
    (BLOCK, shell(2, "front"), 64000 - 76 * 38 * 16),
    (BLOCK, shell(2, "top", "bottom"), 64000 - 76 * 36 * 20),
    (BLOCK, shell(2, "left", "right"), 64000 - 80 * 36 * 16),
    (solids.Cylinder(diameter=20, height=30), shell(2, "top"), pi * (3000 - 64 * 28)),
    (solids.Cylinder(diameter=20, height=30), shell(2, "bottom"), pi * (3000 - 64 * 28)),
    (solids.Sphere(diameter=40), shell(3), 4 / 3 * pi * (8000 - 17**3)),
    (solids.Sphere(diameter=40, upper_half=True), shell(3, "bottom"), 2 / 3 * pi * (8000 - 17**3)),
    (solids.Torus(diameter=60, tube=20), shell(2), 60 * pi**2 * (100 - 64)),
    (solids.Extrude(profile=flat.RegularPolygon(sides=6, across_flats=40), height=30), shell(2, "top"),
     3**0.5 / 2 * (1600 * 30 - 36**2 * 28)),
    (solids.Sweep(profile=flat.Circle(diameter=20), path=((0, 0, 0), (100, 0, 0), (100, 100, 0)), bend_radius=30),
     shell(2, "top", "bottom"), 36 * pi * (140 + 15 * pi)),
    (solids.Compound(base=BLOCK, features=(solids.Fillet(radius=5, edges=("vertical",)),)), shell(2, "top"),
     20 * (3200 - (4 - pi) * 25) - 18 * (76 * 36 - (4 - pi) * 9)),
]  # fmt: skip


@pytest.mark.parametrize(("base", "feature", "volume"), CASES)
def test_what_is_left(base: solids.Solid, feature: solids.Shell, volume: float) -> None:
    work = make(base, feature)
    assert not work.notes
    assert work.body.volume() == pytest.approx(volume, rel=0.005)
    assert work.body.bounding_box() == pytest.approx(make(base).body.bounding_box(), abs=1e-6)


@pytest.mark.parametrize(
    "base",
    [
        solids.Cone(bottom_diameter=40, top_diameter=60, height=50),
        solids.Revolve(points=((0, 0), (30, 0), (40, 40), (20, 80), (25, 100), (0, 100))),
        solids.Pyramid(profile=SQUARE, height=30, top_scale=0.5),
        solids.Ellipsoid(size=(60, 70, 80)),
        solids.Hull(of=tuple(map(_placed, (solids.Sphere(diameter=50), solids.Box(size=(60, 60, 20)))))),
        solids.Extrude(profile=flat.Star(points=5, diameter=100, inner_diameter=60), height=40),
    ],
    ids=lambda base: base.kind,
)  # fmt: skip
def test_walls_are_as_thick_as_said_everywhere(base: solids.Solid) -> None:
    """From points of the inner surface, the outer one is 3 mm away, within what chords lose."""
    trimesh = pytest.importorskip("trimesh")
    outer = make(base).body
    room = outer - make(base, shell(3)).body
    points = room.to_mesh64().vert_properties[:, :3]
    surface = trimesh.Trimesh(*mesh_of(outer))
    _, distance, _ = trimesh.proximity.closest_point_naive(surface, points[:: max(1, len(points) // 150)])
    assert np.all(distance > 3 - 0.06)
    assert np.quantile(distance, 0.5) == pytest.approx(3, abs=0.08)


def test_rounded_blocks_keep_their_wall_round_the_corner() -> None:
    work = make(BLOCK, solids.Fillet(radius=6, edges=("vertical",)), shell(2, "top"))
    expected = 20 * (3200 - (4 - pi) * 36) - 18 * (76 * 36 - (4 - pi) * 16)
    assert work.body.volume() == pytest.approx(expected, rel=0.003)


def test_a_top_rim_that_is_rounded_stays_whole() -> None:
    work = make(BLOCK, solids.Fillet(radius=6), shell(2, "top"))
    assert work.body.bounding_box()[5] == pytest.approx(20, abs=1e-6)
    opening = make(BLOCK, solids.Fillet(radius=6)).body - work.body
    assert opening.bounding_box()[5] == pytest.approx(20, abs=1e-6)


def test_a_wall_stays_around_an_earlier_hole() -> None:
    hole = solids.Cut(shape=solids.Cylinder(diameter=8, height=1), through="z")
    before, after = make(BLOCK, hole, shell(2, "top")).body, make(BLOCK, shell(2, "top"), hole).body
    assert before.volume() - after.volume() == pytest.approx(pi * (36 - 16) * 18, rel=0.02)
    assert before.genus() == after.genus() == 1


def test_what_was_joined_before_stays_solid_and_is_told() -> None:
    boss = solids.Join(
        name="boss", shape=solids.Cylinder(diameter=8, height=9), place=Placement(z=Coordinate(to="max", own="min"))
    )
    work = make(BLOCK, boss, shell(2, "bottom"))
    assert any("boss stays solid" in note for note in work.notes)


@pytest.mark.parametrize("base", [BLOCK, solids.Cylinder(diameter=40, height=50), solids.Ellipsoid(size=(30, 40, 50))])
def test_walls_too_thick_are_an_error(base: solids.Solid) -> None:
    with pytest.raises(DataError, match="part-1.*leave no room"):
        make(base, shell(20.5))


@pytest.mark.parametrize(
    ("base", "feature", "words"),
    [
        (solids.Sphere(diameter=40), shell(3, "top"), "no flat top"),
        (solids.Cylinder(diameter=40, height=50), shell(3, "left"), "no left face"),
        (solids.Helix(profile=flat.Circle(diameter=4), diameter=40, pitch=10, turns=2), shell(1), "profile"),
    ],
)
def test_what_is_not_there_to_open_is_told(base: solids.Solid, feature: solids.Shell, words: str) -> None:
    work = make(base, feature)
    assert work.notes and words in work.notes[0]

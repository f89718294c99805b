"""Exact solids: their volumes by formula, their surfaces by kind, and that they agree with the meshes."""

from __future__ import annotations

from math import pi, sqrt

import pytest

from wugan.apps.voice_to_3d.geometry import made
from wugan.apps.voice_to_3d.scene.profile import (
    Circle,
    Combined,
    Ellipse,
    Gear,
    Piece,
    Polygon,
    Profile,
    Rectangle,
    RegularPolygon,
    Sector,
    Slot,
    Star,
    Text,
)  # fmt: skip
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Capsule,
    Chamfer,
    Cone,
    Cylinder,
    Ellipsoid,
    Extrude,
    Fillet,
    Helix,
    Loft,
    Pyramid,
    Revolve,
    Solid,
    Sphere,
    Sweep,
    Torus,
)  # fmt: skip

pytest.importorskip("manifold3d")
pytest.importorskip("build123d", reason="STEP needs build123d: pip install 'wugan[step]'")

from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.step import Exact, NoExact, faces, shape, worked

L = Polygon(points=((0, 0), (30, 0), (30, 10), (10, 10), (10, 30), (0, 30)), holes=(((2, 2), (5, 2), (5, 5), (2, 5)),))
AREAS: list[tuple[Profile, float]] = [
    (Circle(diameter=20), 100 * pi),
    (Ellipse(width=20, depth=30), 150 * pi),
    (Rectangle(width=30, depth=20), 600),
    (Rectangle(width=30, depth=20, corner_radius=4), 600 - (4 - pi) * 16),
    (Rectangle(width=30, depth=20, corner_radius=10), 200 + 100 * pi),
    (Rectangle(width=30, depth=20, corner_chamfer=4), 600 - 2 * 16),
    (RegularPolygon(sides=6, across_flats=10), 50 * sqrt(3)),
    (Slot(length=20, width=8), 160 + 16 * pi),
    (Slot(length=0, width=8), 16 * pi),
    (Sector(diameter=40, inner_diameter=20, start=10, sweep=120), (400 - 100) * pi / 3),
    (Sector(diameter=40, start=10, sweep=-90), 100 * pi),
    (Sector(diameter=40, inner_diameter=20, sweep=360), 300 * pi),
    (L, 500 - 9),
    (Combined(add=(Piece(profile=Circle(diameter=20)),), cut=(Piece(profile=Circle(diameter=8), x=3),)), 84 * pi),
]
BEND = Sweep(profile=Circle(diameter=6), path=((0, 0, 0), (0, 0, 50), (50, 0, 50)), bend_radius=15)
VOLUMES: list[tuple[Solid, float]] = [
    (Box(size=(10, 20, 30)), 6000),
    (Cylinder(diameter=20, height=30, inner_diameter=10), 2250 * pi),
    (Cone(bottom_diameter=20, top_diameter=10, height=30), 1750 * pi),
    (Cone(bottom_diameter=0, top_diameter=12, height=30), 360 * pi),
    (Cone(bottom_diameter=12, top_diameter=12, height=30), 1080 * pi),
    (Sphere(diameter=12), 288 * pi),
    (Sphere(diameter=12, upper_half=True), 144 * pi),
    (Ellipsoid(size=(10, 20, 30)), 1000 * pi),
    (Capsule(diameter=12, height=32), 288 * pi + 720 * pi),
    (Torus(diameter=40, tube=10), 2 * pi**2 * 20 * 25),
    (Torus(diameter=40, tube=10, tube_inner=6), 2 * pi**2 * 20 * 16),
    (Extrude(profile=L, height=12), 491 * 12),
    (Extrude(profile=Rectangle(width=30, depth=20), height=40, twist=90), 24000),
    (Pyramid(profile=Rectangle(width=30, depth=20), height=40), 8000),
    (Pyramid(profile=Circle(diameter=20), height=30, top_scale=0.5), 1750 * pi),
    (Revolve(points=((10, 0), (20, 0), (20, 5), (10, 5)), sweep=90), 375 * pi),
    (Loft(bottom=Rectangle(width=30, depth=20), top=Rectangle(width=30, depth=20), height=9, shift=(5, 2)), 5400),
    (
        Sweep(profile=Circle(diameter=6), path=((0, 0, 0), (0, 0, 50), (50, 0, 50)), bend_radius=15),
        630 * pi + 67.5 * pi**2,
    ),
    (Helix(profile=Circle(diameter=3), diameter=30, pitch=8, turns=4), 2.25 * pi * 4 * sqrt((30 * pi) ** 2 + 64)),
]
NAMED = lambda value: getattr(value, "kind", None)  # noqa: E731


@pytest.mark.parametrize(("profile", "area"), AREAS, ids=NAMED)
def test_areas(profile: Profile, area: float) -> None:
    found = faces(profile)
    assert sum(face.area for face in found) == pytest.approx(area, rel=1e-6)
    assert all(face.normal_at().Z > 0.99 for face in found)


@pytest.mark.parametrize(("solid", "volume"), VOLUMES, ids=NAMED)
def test_volumes(solid: Solid, volume: float) -> None:
    found = shape(solid)
    assert found.is_valid
    assert found.volume == pytest.approx(volume, rel=1e-3 if solid.kind in ("helix", "ellipsoid") else 1e-6)


def test_surfaces_are_what_they_are() -> None:
    from build123d import GeomType

    kinds = sorted(face.geom_type.name for face in shape(Cylinder(diameter=20, height=30, inner_diameter=10)).faces())
    assert kinds == ["CYLINDER", "CYLINDER", "PLANE", "PLANE"]
    assert [face.geom_type for face in shape(Torus(diameter=40, tube=10)).faces()] == [GeomType.TORUS]
    rounded = shape(Extrude(profile=Rectangle(width=30, depth=20, corner_radius=4), height=5))
    assert sorted(face.geom_type.name for face in rounded.faces()) == ["CYLINDER"] * 4 + ["PLANE"] * 6


EDGED = [
    (Box(size=(20, 30, 40)), Fillet(radius=2)),
    (Box(size=(20, 30, 40)), Fillet(radius=2, edges=("top",))),
    (Box(size=(20, 30, 40)), Fillet(radius=2, edges=("left", "front"))),
    (Box(size=(20, 30, 40)), Fillet(radius=2, edges=("x",))),
    (Box(size=(20, 30, 40)), Chamfer(size=2, edges=("rims",))),
    (Box(size=(20, 30, 40)), Chamfer(size=1, across=3, edges=("top",))),
    (Cylinder(diameter=30, height=30, inner_diameter=10), Fillet(radius=2)),
    (Cylinder(diameter=20, height=30), Chamfer(size=1, across=3, edges=("bottom",))),
    (Extrude(profile=Slot(length=20, width=8), height=12), Fillet(radius=1)),
    (Extrude(profile=RegularPolygon(sides=6, across_flats=13), height=12), Chamfer(size=1, edges=("rims",))),
    (Extrude(profile=L, height=12), Fillet(radius=1, edges=("vertical",))),
]


@pytest.mark.parametrize(("solid", "edged"), EDGED, ids=NAMED)
def test_what_an_edge_takes_away_is_what_it_takes_from_the_mesh(solid: Solid, edged: Chamfer | Fillet) -> None:
    exact = shape(solid)
    taken = exact.volume - worked(exact, edged).volume
    drawn = with_edges(solid, ()).volume() - with_edges(solid, (edged,)).volume()
    assert taken == pytest.approx(drawn, rel=0.06)


def test_chamfer_of_a_box_by_hand() -> None:
    body = worked(shape(Box(size=(20, 30, 40))), Chamfer(size=2, edges=("vertical",)))
    assert body.volume == pytest.approx(24000 - 4 * 2 * 40)
    assert len(body.faces()) == 10


def test_uneven_chamfer_takes_the_size_along_the_axis() -> None:
    body = worked(shape(Cylinder(diameter=20, height=30)), Chamfer(size=1, across=3, edges=("top",)))
    top = max(body.faces(), key=lambda face: face.center().Z)
    assert top.area == pytest.approx(49 * pi)


def test_edges_that_are_not_there() -> None:
    with pytest.raises(NoExact):
        worked(shape(Sphere(diameter=10)), Fillet(radius=1))
    with pytest.raises(NoExact):
        worked(shape(Box(size=(10, 10, 10))), Fillet(radius=8))


@pytest.mark.parametrize(
    "solid",
    [
        *(solid for solid, _ in VOLUMES),
        Extrude(profile=Star(points=5, diameter=40, inner_diameter=18), height=3),
        Extrude(profile=Gear(module=2, teeth=20), height=6),
        Extrude(profile=Text(text="Bo8", height=20), height=2),
        Loft(bottom=Rectangle(width=30, depth=20), top=Circle(diameter=20), height=30),
        Sweep(profile=Rectangle(width=6, depth=4), path=((0, 0, 0), (50, 0, 0), (50, 50, 0))),
    ],
    ids=NAMED,
)
def test_agrees_with_the_mesh_or_says_that_it_is_the_mesh(solid: Solid) -> None:
    mesh = with_edges(solid, ())
    exact = Exact()
    found = exact.of(made.Leaf(solid), mesh)
    assert found.volume == pytest.approx(mesh.volume(), rel=0.01 if solid.kind in ("helix", "torus") else 0.005)
    by_the_mesh = solid.kind == "loft" and solid.bottom.kind != solid.top.kind
    assert any("flat faces" in note for note in exact.notes) == by_the_mesh
    drawn = solid.kind == "extrude" and solid.profile.kind in ("gear", "text")
    assert any("straight pieces" in note for note in exact.notes) == drawn

"""Chamfers and fillets of a solid's own edges against closed forms: the volume they take, and the box they keep."""

from __future__ import annotations

from math import pi, tan

import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.edges import Unworkable, with_edges
from wugan.apps.voice_to_3d.geometry.solids import solid
from wugan.apps.voice_to_3d.geometry.sound import mesh_of, sound

BOX = solids.Box(size=(40, 30, 20))
ROUNDED = solids.Extrude(profile=flat.Rectangle(width=40, depth=30, corner_radius=5), height=20)
ELL = solids.Extrude(profile=flat.Polygon(points=((0, 0), (40, 0), (40, 10), (10, 10), (10, 40), (0, 40))), height=10)
BAR = solids.Cylinder(diameter=20, height=10)
Q = 1 - pi / 4  # what a fillet takes of a square corner, in r²
C = 5 / 3 - pi / 2  # ∫ s² dz of a rim's inset s, in r³


def fillet(radius: float, *edges: str) -> solids.Fillet:
    return solids.Fillet(radius=radius, edges=edges or ("all",))


def chamfer(size: float, *edges: str, across: float | None = None) -> solids.Chamfer:
    return solids.Chamfer(size=size, across=across, edges=edges or ("all",))


CASES = [
    (BOX, (fillet(3),), 4 * Q * 9 * (34 + 24 + 14) + 8 * 27 * (1 - pi / 6)),
    (BOX, (fillet(10),), 4 * Q * 100 * (20 + 10) + 8000 * (1 - pi / 6)),
    (BOX, (chamfer(2),), 8 * (36 + 26 + 16) + 8 * 8 * 5 / 6),
    (BOX, (chamfer(2, "top"),), 140 * 2 - 4 * 8 / 3),
    (BOX, (chamfer(2, "rims"),), 2 * (140 * 2 - 4 * 8 / 3)),
    (BOX, (fillet(4, "front-left"),), Q * 16 * 20),
    (BOX, (fillet(4, "front-left", "back-right"),), 2 * Q * 16 * 20),
    (BOX, (chamfer(2, "top-front"),), 40 * 2),
    (BOX, (chamfer(2, "top-front", "top-back"),), 2 * 40 * 2),
    (BOX, (fillet(4, "front-left"), chamfer(2, "bottom-right")), Q * 16 * 20 + 30 * 2),
    (BOX, (chamfer(2, "top", across=4),), 2 * (140 * 2 - 4 * 16 / 3)),
    (BOX, (fillet(3, "top"),), 140 * Q * 9 - 4 * 27 * C),
    (BOX, (fillet(5, "vertical"),), 4 * Q * 25 * 20),
    (BOX, (fillet(5, "left"),), 2 * Q * 25 * 20),
    (BOX, (fillet(5, "left", "front"),), 3 * Q * 25 * 20),
    (BOX, (chamfer(5, "vertical"),), 4 * 12.5 * 20),
    (BOX, (chamfer(2, "x"),), 4 * 2 * 40),
    (BOX, (fillet(2, "y"),), 4 * Q * 4 * 30),
    (BOX, (chamfer(2, "x"), chamfer(2, "y")), 4 * 2 * 40 + 4 * 2 * 30 - 8 * 8 / 3),
    (ELL, (fillet(4, "left"),), 2 * Q * 16 * 10),
    (BOX, (fillet(5, "vertical"), fillet(2, "top")), None),
    (ROUNDED, (fillet(5, "rims"),), None),
    (ELL, (fillet(4, "vertical"),), (5 - 1) * Q * 16 * 10),
    (ELL, (chamfer(2, "top"),), 160 * 2 - (5 - 1) * 8 / 3),
    (ELL, (fillet(2, "top"),), 160 * Q * 4 - (5 - 1) * 8 * C),
    (BAR, (chamfer(1, "top"),), pi * 100 - pi / 3 * (100 + 90 + 81)),
    (BAR, (chamfer(1),), 2 * (pi * 100 - pi / 3 * (100 + 90 + 81))),
    (BAR, (fillet(3, "top"),), pi * (20 * Q * 9 - 27 * C)),
    (BAR, (fillet(10, "top"),), 1000 * pi / 3),
    (solids.Cylinder(diameter=20, height=10, inner_diameter=10), (fillet(2, "top"),), pi * (20 + 10) * Q * 4),
    (solids.Cone(bottom_diameter=20, top_diameter=10, height=20), (chamfer(1, "top"),), None),
    (solids.Revolve(points=((0, 0), (20, 0), (20, 5), (8, 5), (8, 30), (0, 30))), (fillet(2, "top"),),
     pi * (16 * Q * 4 - 8 * C)),
    (solids.Extrude(profile=flat.RegularPolygon(sides=6, across_flats=20), height=10), (chamfer(2, "top"),),
     120 / 3**0.5 * 2 - 6 * tan(pi / 6) * 8 / 3),
    (solids.Extrude(profile=flat.Slot(length=20, width=10), height=10), (fillet(2, "rims"),),
     2 * ((40 + 10 * pi) * Q * 4 - pi * 8 * C)),
    (solids.Extrude(profile=flat.Gear(module=2, teeth=20), height=10), (chamfer(0.5, "rims"),), None),
    (solids.Extrude(profile=flat.Star(points=5, diameter=40, inner_diameter=20), height=10), (fillet(1),), None),
    (solids.Extrude(profile=flat.Ellipse(width=40, depth=10), height=10), (fillet(4, "top"),), None),
    (solids.Extrude(profile=flat.Rectangle(width=20, depth=20), height=40, twist=90), (fillet(3),), None),
    (solids.Extrude(profile=flat.Text(text="AB", height=20), height=4), (chamfer(0.3, "top"),), None),
    (solids.Extrude(profile=flat.Sector(diameter=20, sweep=90), height=5), (fillet(1, "vertical"),), None),
    (solids.Pyramid(profile=flat.Rectangle(width=20, depth=20), height=20, top_scale=0.5), (fillet(2),), None),
    (solids.Pyramid(profile=flat.Rectangle(width=20, depth=20), height=20, top_scale=0.5), (chamfer(2, "top"),), None),
    (solids.Sphere(diameter=20, upper_half=True), (fillet(2, "bottom"),), None),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "edged", "taken"), CASES)
def test_volume_taken(shape: solids.Solid, edged: tuple[solids.Fillet, ...], taken: float | None) -> None:
    """Within the chords of the arcs: 2.5 % of what a fillet takes, nothing of what a chamfer takes of flat faces."""
    trimesh = pytest.importorskip("trimesh")
    sharp, found = solid(shape), with_edges(shape, edged)
    if taken is not None:
        round = any(isinstance(one, solids.Fillet) for one in edged) or shape.kind in ("cylinder", "revolve")
        assert sharp.volume() - found.volume() == pytest.approx(taken, rel=0.035 if round else 1e-4)
    assert found.volume() < sharp.volume() * (1 + 1e-9)
    assert (found - sharp).volume() < 1e-3 * sharp.volume() or shape.kind == "extrude", (
        "nothing outside the sharp solid"
    )
    mesh = trimesh.Trimesh(*mesh_of(sound(found)))
    assert mesh.is_volume and len(found.decompose()) == len(sharp.decompose())


@pytest.mark.parametrize(
    "edged", [fillet(3), fillet(3, "rims"), chamfer(3), chamfer(3, "top", across=5), fillet(9, "vertical")]
)
def test_the_box_of_a_block_stays(edged: solids.Fillet | solids.Chamfer) -> None:
    assert with_edges(BOX, (edged,)).bounding_box() == pytest.approx((-20, -15, 0, 20, 15, 20), abs=1e-9)


def test_a_corner_of_three_fillets_is_a_ball() -> None:
    """Every point near a corner is `radius` from the corner's centre, or nearer by a chord."""
    import numpy as np

    body = with_edges(BOX, (fillet(6),))
    points = body.to_mesh64().vert_properties[:, :3]
    centre = np.array((14, 9, 14))
    near = points[(points > centre - 1e-9).all(1)]
    assert len(near) > 60
    assert np.linalg.norm(near - centre, axis=1) == pytest.approx(6, abs=1e-9)


def test_a_prism_with_all_edges_rounded_has_balls_at_its_corners() -> None:
    import numpy as np

    body = with_edges(solids.Extrude(profile=flat.Rectangle(width=40, depth=30), height=20), (fillet(6),))
    points = body.to_mesh64().vert_properties[:, :3]
    near = points[(points > np.array((14, 9, 14)) + 1e-6).all(1)]
    assert len(near) > 20
    assert np.linalg.norm(near - (14, 9, 14), axis=1) == pytest.approx(6, abs=0.1)


@pytest.mark.parametrize(
    ("shape", "edged", "words"),
    [
        (BOX, fillet(11), "10 mm is the most"),
        (BOX, chamfer(16, "top"), "15 mm is the most"),
        (BOX, fillet(16, "vertical"), "15 mm is the most"),
        (BOX, fillet(11, "rims"), "do not fit a height of 20 mm"),
        (ELL, fillet(6, "top"), "5 mm is the most"),
        (BAR, fillet(6), "5 mm is the most"),
        (BAR, chamfer(11, "top"), "10 mm is the most"),
    ],
)
def test_too_large_says_what_would_fit(shape: solids.Solid, edged: solids.Fillet, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        with_edges(shape, (edged,))
    assert not isinstance(caught.value, Unworkable)


@pytest.mark.parametrize(
    ("shape", "edged"),
    [
        (solids.Sphere(diameter=20), fillet(1)),
        (solids.Torus(diameter=50, tube=10), fillet(1)),
        (solids.Ellipsoid(size=(10, 20, 30)), fillet(1)),
        (solids.Extrude(profile=flat.Circle(diameter=9), height=3), fillet(1, "left")),
        (BAR, fillet(1, "vertical")),
        (solids.Helix(profile=flat.Circle(diameter=4), diameter=40, pitch=10, turns=2), chamfer(1)),
        (solids.Extrude(profile=flat.Circle(diameter=9), height=3), fillet(1, "x")),
    ],
)
def test_edges_that_are_not_there_are_refused(shape: solids.Solid, edged: solids.Fillet) -> None:
    with pytest.raises(Unworkable):
        with_edges(shape, (edged,))


@pytest.mark.parametrize("radius", [0.5, 1, 2, 4, 6, 7.4])
def test_a_rim_larger_than_the_corner_it_runs_over(radius: float) -> None:
    """The rounded corner closes to a sharp one further in, as the planes say."""
    body = with_edges(
        solids.Extrude(profile=flat.Rectangle(width=30, depth=20, corner_radius=2), height=15),
        (chamfer(radius, "top"),),
    )
    top = body.slice(15 - 1e-7)
    inner = max(2 - radius, 0)
    assert top.area() == pytest.approx((30 - 2 * radius) * (20 - 2 * radius) - (4 - pi) * inner**2, rel=0.002)
    assert body.slice(15 - radius / 2).area() == pytest.approx(
        (30 - radius) * (20 - radius) - (4 - pi) * max(2 - radius / 2, 0) ** 2, rel=0.002
    )

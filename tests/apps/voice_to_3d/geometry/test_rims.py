"""Edges of features: rims and floors of cuts, junctions and ends of joins, against closed forms."""

from __future__ import annotations

from math import pi

import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Grid, Placement, Polar
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.features import Piece, Work, worked
from wugan.apps.voice_to_3d.geometry.sound import mesh_of, sound

BLOCK = solids.Box(size=(80, 40, 20))
Q, C = 1 - pi / 4, 5 / 3 - pi / 2
Side = tuple[Anchor, float, Anchor]
MIDDLE: Side = ("centre", 0, "centre")


def place(
    x: Side = MIDDLE,
    y: Side = MIDDLE,
    z: Side = MIDDLE,
    of: str | None = None,
    rotate: tuple[int, int, int] = (0, 0, 0),
) -> Placement:
    (a, b, c) = (Coordinate(to=to, offset=offset, own=own) for to, offset, own in (x, y, z))
    return Placement(x=a, y=b, z=c, of=of, rotate=rotate)


def hole(diameter: float, through: str = "z", id: str = "hole-1", **more: object) -> solids.Cut:
    return solids.Cut(id=id, name="hole", shape=solids.Cylinder(diameter=diameter, height=1), through=through, **more)  # type: ignore[arg-type]


def pocket(width: float, depth: float, deep: float) -> solids.Cut:
    shape = solids.Box(size=(width, depth, deep))
    return solids.Cut(id="pocket-1", name="pocket", shape=shape, place=place(z=("max", 0, "max")))


def chamfer(size: float, *edges: str, of: str = "hole-1", across: float | None = None) -> solids.Chamfer:
    return solids.Chamfer(size=size, across=across, edges=edges or ("rims",), of=of)


def fillet(radius: float, *edges: str, of: str = "hole-1") -> solids.Fillet:
    return solids.Fillet(radius=radius, edges=edges or ("rims",), of=of)


def make(base: solids.Solid, *features: solids.Feature) -> Work:
    """The body, checked as a reader of its file would."""
    trimesh = pytest.importorskip("trimesh")
    work = worked([Piece(base)], features, "part-1")
    work.finish()
    mesh = trimesh.Trimesh(*mesh_of(sound(work.body)))
    assert mesh.is_volume
    assert mesh.volume == pytest.approx(work.body.volume(), rel=1e-5)
    return work


def ring_out(radius: float, size: float) -> float:
    """What a chamfer takes off the rim of a hole."""
    return pi * size / 3 * (radius**2 + radius * (radius + size) + (radius + size) ** 2) - pi * radius**2 * size


def flare(radius: float, size: float) -> float:
    """What a fillet takes off the rim of a hole, and adds around a boss."""
    return pi * (2 * radius * Q * size**2 + size**3 * C)


CUTS = [
    (BLOCK, (hole(10), chamfer(1)), 500 * pi + 2 * ring_out(5, 1)),
    (BLOCK, (hole(10), chamfer(1, "top")), 500 * pi + ring_out(5, 1)),
    (BLOCK, (hole(10), chamfer(1, "bottom")), 500 * pi + ring_out(5, 1)),
    (BLOCK, (hole(10), fillet(2)), 500 * pi + 2 * flare(5, 2)),
    (BLOCK, (hole(10, "x"), chamfer(1)), 2000 * pi + 2 * ring_out(5, 1)),
    (BLOCK, (hole(10, "y"), chamfer(1)), 1000 * pi + 2 * ring_out(5, 1)),
    (
        BLOCK,
        (
            solids.Cut(
                id="hole-1", shape=solids.Extrude(profile=flat.Slot(length=25, width=10), height=1), through="z"
            ),
            chamfer(1),
        ),
        20 * (250 + 25 * pi) + 2 * (25 + ring_out(5, 1)),
    ),
    (
        BLOCK,
        (
            hole(10),
            solids.Cut(
                id="cb", shape=solids.Cylinder(diameter=18, height=6), place=place(z=("max", 0, "max"), of="hole-1")
            ),
            chamfer(1),
            chamfer(0.5, of="cb"),
        ),
        350 * pi + 486 * pi + 2 * ring_out(5, 1) + ring_out(9, 0.5),
    ),
    (BLOCK, (pocket(40, 20, 10), chamfer(2, "top", of="pocket-1")), 8000 + 240 + 4 * 8 / 3),
    (BLOCK, (pocket(40, 20, 10), fillet(2, "top", of="pocket-1")), 8000 + 120 * Q * 4 + 4 * 8 * C),
    (BLOCK, (pocket(40, 20, 10), fillet(3, "bottom", of="pocket-1")), 8000 - 120 * Q * 9 + 4 * 27 * C),
    (BLOCK, (pocket(40, 20, 10), fillet(5, "vertical", of="pocket-1")), 8000 - 4 * Q * 25 * 10),
    (
        solids.Cylinder(diameter=20, height=20),
        (
            solids.Cut(
                id="hole-1",
                shape=solids.Extrude(profile=flat.RegularPolygon(sides=6, across_flats=8), height=5),
                place=place(z=("max", 0, "max")),
            ),
            chamfer(1, "top"),
        ),
        5 * 32 * 3**0.5 + 6 * 8 / 3**0.5 / 2 + 6 / 3**0.5 / 3,
    ),
]


@pytest.mark.parametrize(("base", "features", "taken"), CUTS)
def test_what_a_cut_takes(base: solids.Solid, features: tuple[solids.Feature, ...], taken: float) -> None:
    whole = make(base).body.volume()
    work = make(base, *features)
    assert not work.notes
    assert whole - work.body.volume() == pytest.approx(taken, rel=0.004)
    assert work.body.bounding_box() == pytest.approx(make(base).body.bounding_box(), abs=1e-6)


def boss(diameter: float = 15, height: float = 40, **more: object) -> solids.Join:
    found = {"place": place(z=("max", 0, "min")), **more}
    return solids.Join(id="boss-1", name="boss", shape=solids.Cylinder(diameter=diameter, height=height), **found)  # type: ignore[arg-type]


def test_the_fillet_where_a_boss_stands() -> None:
    body = make(BLOCK, boss(), fillet(5, "junction", of="boss-1")).body
    assert body.volume() == pytest.approx(64000 + 40 * pi * 56.25 + flare(7.5, 5), rel=5e-4)
    bare = make(BLOCK, boss()).body
    assert body.volume() - bare.volume() == pytest.approx(flare(7.5, 5), rel=0.03)


def test_a_chamfer_where_a_boss_stands() -> None:
    body = make(BLOCK, boss(), chamfer(3, "junction", of="boss-1")).body
    assert body.volume() - make(BLOCK, boss()).body.volume() == pytest.approx(ring_out(7.5, 3), rel=0.01)


def test_the_end_of_a_shank_and_a_bore_made_later() -> None:
    """The turned part of a head, a shank, the fillet between, a bore and the end's chamfer."""
    head = solids.Cylinder(diameter=40, height=15)
    work = make(
        head,
        solids.Join(id="shank", shape=solids.Cylinder(diameter=15, height=80), place=place(z=("max", 0, "min"))),
        fillet(5, "junction", of="shank"),
        hole(3),
        chamfer(2, "top", of="shank"),
    )
    end = pi * 56.25 * 2 - pi * 2 / 3 * (56.25 + 7.5 * 5.5 + 5.5**2)
    expected = pi * (400 * 15 + 56.25 * 80 - 2.25 * 95) + flare(7.5, 5) - end
    assert work.body.volume() == pytest.approx(expected, rel=0.003)
    assert work.body.bounding_box() == pytest.approx((-20, -20, 0, 20, 20, 95), abs=1e-6)
    assert work.body.genus() == 1


def test_a_rib_flush_with_the_edge_gets_its_fillet_on_the_inside_alone() -> None:
    plate = solids.Box(size=(100, 60, 6))
    rib = solids.Join(
        id="rib", shape=solids.Box(size=(4, 60, 30)), place=place(x=("min", 0, "min"), z=("max", 0, "min"))
    )
    work = make(plate, rib, fillet(5, "junction", of="rib"))
    assert work.body.volume() == pytest.approx(36000 + 7200 + Q * 25 * 60, rel=2e-4)
    assert work.body.bounding_box() == pytest.approx((-50, -30, 0, 50, 30, 36), abs=1e-6)


def test_a_fillet_too_wide_for_the_surface_is_cut_off_with_a_note() -> None:
    work = make(
        BLOCK, boss(place=place(x=("min", 9, "centre"), z=("max", 0, "min"))), fillet(5, "junction", of="boss-1")
    )
    assert work.notes and "edge of the surface" in work.notes[0]
    assert work.body.bounding_box()[:3] == pytest.approx((-40, -20, 0), abs=1e-6)


@pytest.mark.parametrize("size", [0.5, 1, 1.5])
@pytest.mark.parametrize("kind", ["chamfer", "fillet"])
def test_a_hole_across_a_bar_has_a_worked_saddle(kind: str, size: float) -> None:
    bar = solids.Cylinder(diameter=30, height=60)
    plain = make(bar, hole(8, "x")).body
    edge = chamfer(size) if kind == "chamfer" else fillet(size)
    body = make(bar, hole(8, "x"), edge).body
    flat_rim = 2 * (ring_out(4, size) if kind == "chamfer" else flare(4, size))
    assert plain.volume() - body.volume() == pytest.approx(flat_rim, rel=0.15)
    assert body.genus() == 1


def test_both_walls_of_a_tube_are_worked() -> None:
    tube = solids.Cylinder(diameter=30, height=60, inner_diameter=24)
    plain, body = make(tube, hole(8, "x")).body, make(tube, hole(8, "x"), chamfer(0.5)).body
    assert plain.volume() - body.volume() == pytest.approx(4 * ring_out(4, 0.5), rel=0.15)


def test_a_shank_grows_out_of_a_ring() -> None:
    ring = solids.Torus(diameter=60, tube=15)
    shank = solids.Join(
        id="shank", shape=solids.Cylinder(diameter=8, height=60), place=place(x=("max", -5, "min"), rotate=(0, 90, 0))
    )
    plain, body = make(ring, shank).body, make(ring, shank, fillet(2, "junction", of="shank")).body
    assert body.volume() - plain.volume() == pytest.approx(flare(4, 2), rel=0.4)
    assert body.genus() == 1 and len(body.decompose()) == 1


def test_a_step_above_a_rim_is_left_alone() -> None:
    """A hole half in a step: each half of the rim is worked at its own height."""
    step = solids.Cut(shape=solids.Box(size=(40, 50, 5)), place=place(x=("max", 0, "max"), z=("max", 0, "max")))
    body, plain = make(BLOCK, step, hole(10), chamfer(1, "top")).body, make(BLOCK, step, hole(10)).body
    assert plain.volume() - body.volume() == pytest.approx(ring_out(5, 1), rel=0.05)
    assert (body ^ plain).volume() == pytest.approx(body.volume(), rel=1e-9)


@pytest.mark.parametrize("angle", [10, 25, 40])
def test_the_rim_of_a_slanting_hole(angle: float) -> None:
    slanting = solids.Cut(id="hole-1", shape=solids.Cylinder(diameter=6, height=200), place=place(rotate=(0, angle, 0)))
    plain, body = make(BLOCK, slanting).body, make(BLOCK, slanting, chamfer(1)).body
    assert 0.5 * ring_out(3, 1) < plain.volume() - body.volume() < 6 * ring_out(3, 1)


def test_every_hole_of_a_pattern_is_worked() -> None:
    plate = solids.Cylinder(diameter=100, height=10)
    holes = hole(8, pattern=Polar(count=6, diameter=70))
    body = make(plate, holes, chamfer(1)).body
    assert body.volume() == pytest.approx(pi * 25000 - 6 * (160 * pi + 2 * ring_out(4, 1)), rel=0.002)
    assert body.genus() == 6


def test_every_boss_of_a_pattern_is_worked() -> None:
    bosses = boss(8, 10, pattern=Grid(counts=(3, 1, 1), steps=(25, 0, 0)))
    plain, body = (
        make(BLOCK, bosses).body,
        make(BLOCK, bosses, fillet(2, "junction", of="boss-1"), chamfer(1, "top", of="boss-1")).body,
    )
    end = pi * 16 - pi / 3 * (16 + 12 + 9)
    assert body.volume() - plain.volume() == pytest.approx(3 * (flare(4, 2) - end), rel=0.05)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ((hole(10), chamfer(21)), "20 mm is the most"),
        ((pocket(40, 20, 3), fillet(4, "top", of="pocket-1")), "3 mm is the most"),
        ((boss(height=4), fillet(5, "junction", of="boss-1")), "4 mm is the most"),
        ((hole(10), chamfer(1, of="hole-2")), "no feature 'hole-2'"),
    ],
)
def test_too_large_names_the_feature(features: tuple[solids.Feature, ...], words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        make(BLOCK, *features)
    assert "part-1" in str(caught.value)


@pytest.mark.parametrize(
    "features",
    [
        (hole(10), chamfer(1, "junction")),
        (
            solids.Join(id="ball", shape=solids.Sphere(diameter=10), place=place(z=("max", 0, "centre"))),
            fillet(1, "top", of="ball"),
        ),
    ],
)
def test_edges_that_are_not_there_become_a_note(features: tuple[solids.Feature, ...]) -> None:
    work = make(BLOCK, *features)
    assert len(work.notes) == 1 and "left out" in work.notes[0]
    assert work.body.volume() == pytest.approx(make(BLOCK, features[0]).body.volume(), rel=1e-9)


def test_an_edge_of_the_block_after_a_hole_leaves_the_hole_alone() -> None:
    after = make(BLOCK, hole(10), solids.Chamfer(size=2, edges=("top",))).body
    before = make(BLOCK, solids.Chamfer(size=2, edges=("top",)), hole(10)).body
    assert after.volume() == pytest.approx(before.volume(), rel=1e-9)


STEP = solids.Cut(
    id="step", shape=solids.Box(size=(30, 40, 8)), place=place(x=("max", 0, "max"), z=("max", 0, "max"))
)  # a third of the block's top, open at three sides
CHANNEL = solids.Cut(id="step", shape=solids.Box(size=(80, 10, 8)), place=place(z=("max", 0, "max")))


@pytest.mark.parametrize(
    ("cut", "edge", "added"),
    [
        (STEP, fillet(4, "bottom", of="step"), Q * 16 * 40),
        (STEP, chamfer(3, "bottom", of="step"), 4.5 * 40),
        (STEP, fillet(4, "vertical", of="step"), 0),
        (STEP, chamfer(2, "rims", of="step"), -2 * 40),
        (CHANNEL, fillet(4, "bottom", of="step"), 2 * Q * 16 * 80),
        (CHANNEL, chamfer(2, "top", of="step"), -2 * 2 * 80),
    ],
)
def test_a_cut_that_is_open_at_a_side_is_worked_along_its_walls_alone(
    cut: solids.Cut, edge: solids.Fillet | solids.Chamfer, added: float
) -> None:
    plain, body = make(BLOCK, cut).body, make(BLOCK, cut, edge).body
    assert body.volume() - plain.volume() == pytest.approx(added, rel=0.03, abs=1e-6)


def test_a_slot_into_a_pocket_keeps_its_mouth_open() -> None:
    slot = solids.Cut(
        id="slot", shape=solids.Box(size=(20, 6, 10)), place=place(x=("max", 0, "max"), z=("max", 0, "max"))
    )
    plain = make(BLOCK, pocket(40, 20, 10), slot).body
    body = make(BLOCK, pocket(40, 20, 10), slot, fillet(2, "bottom", of="slot")).body
    assert body.volume() - plain.volume() == pytest.approx(2 * Q * 4 * 20, rel=0.03)


@pytest.mark.parametrize(
    "profile",
    [
        flat.Text(text="AB", height=30),
        flat.Gear(module=2, teeth=15),
        flat.Star(points=5, diameter=36, inner_diameter=18),
        flat.Polygon(points=((-15, -15), (15, -15), (15, -5), (-5, -5), (-5, 15), (-15, 15))),
    ],
    ids=lambda profile: profile.kind,
)
def test_the_rim_of_any_outline_is_the_outline_grown(profile: flat.Profile) -> None:
    """At the surface a chamfer of 1 mm has grown by 1 mm, half way down by half, below not at all."""
    from manifold3d import JoinType

    from wugan.apps.voice_to_3d.geometry.outlines import section

    cut = solids.Cut(id="hole-1", shape=solids.Extrude(profile=profile, height=5), place=place(z=("max", 0, "max")))
    body = make(BLOCK, cut, chamfer(1, "top")).body
    outline = section(profile)
    for depth, grown in ((1e-4, 1.0), (0.5, 0.5), (1.5, 0.0)):
        expected = 3200 - outline.offset(grown, JoinType.Miter, 20.0).area()
        assert body.slice(20 - depth).area() == pytest.approx(expected, abs=0.5)


def test_an_edge_of_the_plate_ends_where_a_wall_stands_on_it() -> None:
    plate = solids.Box(size=(100, 60, 6))
    wall = solids.Join(
        id="w", shape=solids.Box(size=(4, 60, 30)), place=place(x=("min", 0, "min"), z=("max", 0, "min"))
    )
    plain = make(plate, wall).body
    body = make(plate, wall, solids.Chamfer(size=2, edges=("top",))).body
    assert plain.volume() - body.volume() == pytest.approx(2 * (60 + 2 * 96) - 2 * 8 / 3, rel=1e-3)
    later = make(plate, solids.Chamfer(size=2, edges=("top",)), wall).body
    assert plain.volume() - later.volume() == pytest.approx(2 * 320 - 4 * 8 / 3, rel=1e-3)


def test_features_of_a_compound_are_known_from_outside() -> None:
    """A family's part is a solid with features of its own: its hole may be worked, and things placed by it."""
    part = solids.Compound(base=BLOCK, features=(hole(10, place=place(x=("min", 15, "centre"))),))
    worked_inside = make(part, chamfer(1)).body
    assert make(part).body.volume() - worked_inside.volume() == pytest.approx(2 * ring_out(5, 1), rel=0.01)
    pin = solids.Join(shape=solids.Cylinder(diameter=14, height=30), place=place(z=("max", 0, "min"), of="hole-1"))
    assert make(part, pin).body.bounding_box()[5] == pytest.approx(50)
    assert make(part, pin).body.slice(40).bounds()[0] == pytest.approx(-32)

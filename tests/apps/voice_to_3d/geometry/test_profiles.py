"""Every profile against its closed form: area within what the chords of a circle lose, box exact."""

from __future__ import annotations

from math import pi, sqrt, tan

import pytest

from wugan.apps.voice_to_3d.scene import profile as flat
from wugan.errors import DataError

pytest.importorskip("manifold3d")

from wugan.apps.voice_to_3d.geometry.outlines import outlines, section, segments

CASES = [
    (flat.Circle(diameter=10), 25 * pi, (-5, -5, 5, 5)),
    (flat.Ellipse(width=40, depth=10), 100 * pi, (-20, -5, 20, 5)),
    (flat.Rectangle(width=8, depth=6), 48, (-4, -3, 4, 3)),
    (flat.Rectangle(width=8, depth=6, corner_radius=2), 48 - (4 - pi) * 4, (-4, -3, 4, 3)),
    (flat.Rectangle(width=8, depth=6, corner_radius=3), 12 + 9 * pi, (-4, -3, 4, 3)),
    (flat.Rectangle(width=8, depth=6, corner_chamfer=1), 46, (-4, -3, 4, 3)),
    (flat.RegularPolygon(sides=6, across_flats=10), 50 * sqrt(3), (-10 / sqrt(3), -5, 10 / sqrt(3), 5)),
    (flat.RegularPolygon(sides=4, across_flats=10), 100, (-5, -5, 5, 5)),
    (flat.Slot(length=20, width=10), 200 + 25 * pi, (-15, -5, 15, 5)),
    (flat.Slot(length=0, width=10), 25 * pi, (-5, -5, 5, 5)),
    (flat.Sector(diameter=10, sweep=90), 25 * pi / 4, (0, 0, 5, 5)),
    (flat.Sector(diameter=10, inner_diameter=6, start=30, sweep=240), 16 * pi * 240 / 360, None),
    (flat.Sector(diameter=10, inner_diameter=6, sweep=360), 16 * pi, (-5, -5, 5, 5)),
    (flat.Star(points=4, diameter=20, inner_diameter=10), 4 * 10 * 5 * sqrt(2) / 2, (-10, -10, 10, 10)),
    (flat.Polygon(points=((0, 0), (4, 0), (4, 2), (2, 2), (2, 4), (0, 4))), 12, (0, 0, 4, 4)),
    (
        flat.Polygon(points=((0, 0), (0, 4), (4, 4), (4, 0)), holes=(((1, 1), (3, 1), (3, 3), (1, 3)),)),
        12,
        (0, 0, 4, 4),
    ),
    (flat.Offsetted(profile=flat.Rectangle(width=8, depth=6), by=1), 48 + 28 + pi, (-5, -4, 5, 4)),
    (flat.Offsetted(profile=flat.Rectangle(width=8, depth=6), by=-1, round=False), 24, (-3, -2, 3, 2)),
    (
        flat.Combined(
            add=(flat.Piece(profile=flat.Rectangle(width=8, depth=6)),),
            cut=(flat.Piece(profile=flat.Rectangle(width=2, depth=2), x=4, rotate=90),),
        ),
        46,
        (-4, -3, 4, 3),
    ),
]


@pytest.mark.parametrize(("profile", "area", "box"), CASES, ids=lambda value: getattr(value, "kind", ""))
def test_area_and_box(profile: flat.Profile, area: float, box: tuple[float, ...] | None) -> None:
    found = section(profile)
    assert found.area() == pytest.approx(area, rel=0.004)
    assert found.area() <= area * (1 + 1e-6) or profile.kind in ("sector", "star")
    if box is not None:
        assert found.bounds() == pytest.approx(box, abs=1e-6)


def test_a_sector_that_passes_an_axis_has_the_right_box() -> None:
    assert section(flat.Sector(diameter=10, start=30, sweep=100)).bounds()[3] == pytest.approx(5, abs=1e-9)


@pytest.mark.parametrize("teeth", [8, 17, 20, 60])
def test_a_gear_has_its_teeth_and_diameters(teeth: int) -> None:
    """Tip and root circles of ISO 53, and half a pitch of tooth on the pitch circle."""
    import numpy as np

    (loop,) = outlines(flat.Gear(module=2, teeth=teeth))
    radii = np.linalg.norm(loop, axis=1)
    assert radii.max() == pytest.approx(teeth + 2, abs=1e-6)
    assert radii.min() == pytest.approx(teeth - 2.5, abs=1e-6)
    outside = np.concatenate([radii, radii[:1]]) > teeth
    assert int((outside[1:] & ~outside[:-1]).sum()) == teeth
    (tooth, *_rest) = flanks(loop, teeth)
    assert tooth == pytest.approx(pi / teeth, rel=0.02)


def flanks(loop, teeth: int) -> list[float]:  # type: ignore[no-untyped-def]
    """The angles that the teeth cover on the pitch circle."""
    import numpy as np

    radii, angles = np.linalg.norm(loop, axis=1), np.arctan2(loop[:, 1], loop[:, 0])
    found: list[float] = []
    rises = []
    for i in range(len(loop)):
        j = (i + 1) % len(loop)
        if (radii[i] - teeth) * (radii[j] - teeth) < 0:
            share = (teeth - radii[i]) / (radii[j] - radii[i])
            rises.append((angles[i] + share * ((angles[j] - angles[i] + pi) % (2 * pi) - pi), radii[j] > radii[i]))
    for (a, up), (b, _) in zip(rises, rises[1:], strict=False):
        if up:
            found.append(float((b - a) % (2 * pi)))
    return found


def test_letters_have_the_height_and_are_centred() -> None:
    found = section(flat.Text(text="H", height=12))
    x0, y0, x1, y1 = found.bounds()
    assert y1 - y0 == pytest.approx(12, abs=0.01)
    assert (x0 + x1, y0 + y1) == pytest.approx((0, 0), abs=1e-6)
    assert section(flat.Text(text="O8", height=12)).num_contour() == 5, "two outsides, three counters"


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (flat.Rectangle(width=8, depth=6, corner_radius=4), "3 mm is the most"),
        (flat.Rectangle(width=8, depth=6, corner_radius=1, corner_chamfer=1), "not both"),
        (flat.Sector(diameter=8, inner_diameter=8), "not smaller"),
        (flat.Star(points=5, diameter=8, inner_diameter=9), "do not lie inside"),
        (flat.Polygon(points=((0, 0), (2, 2), (2, 0), (0, 2))), "no area"),
        (flat.Polygon(points=((0, 0), (3, 2), (3, 0), (0, 4))), "crosses itself"),
        (flat.Polygon(points=((0, 0), (1, 1), (2, 2))), "no area"),
        (flat.Offsetted(profile=flat.Circle(diameter=4), by=-2.5), "nothing left"),
        (flat.Gear(module=1, teeth=8, pressure_angle=35), "pointed"),
        (flat.Text(text="水", height=5), "no letter"),
        (flat.Text(text="  ", height=5), "no letter to draw"),
    ],
)
def test_what_cannot_be_is_told(profile: flat.Profile, words: str) -> None:
    with pytest.raises(DataError, match=words):
        section(profile)


@pytest.mark.parametrize("diameter", [0.05, 1, 3, 3.2, 10, 80, 500, 3000])
def test_circles_are_fine_enough(diameter: float) -> None:
    count = segments(diameter)
    sagitta = diameter / 2 * (1 - 1 / sqrt(1 + tan(pi / count) ** 2))
    assert count % 4 == 0 and 48 <= count <= 256
    assert sagitta <= max(0.05, 0.001 * diameter)
    assert count >= 64 or diameter <= 3

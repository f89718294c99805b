"""Outlines that shrink edge by edge: against Clipper's offset, through the events where edges vanish."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.outlines import Level, area, circle, clean, fits, largest, shrink
from wugan.apps.voice_to_3d.scene import profile as flat

manifold3d = pytest.importorskip("manifold3d")

SQUARE = np.array([(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)])
ELL = np.array([(0.0, 0.0), (40.0, 0.0), (40.0, 10.0), (10.0, 10.0), (10.0, 40.0), (0.0, 40.0)])
PROFILES = [
    flat.Rectangle(width=40, depth=30, corner_radius=3),
    flat.Rectangle(width=40, depth=30, corner_chamfer=4),
    flat.Ellipse(width=40, depth=24),
    flat.Star(points=7, diameter=50, inner_diameter=30),
    flat.Gear(module=2, teeth=16),
    flat.Text(text="S", height=40),
    flat.Combined(
        add=(flat.Piece(profile=flat.Rectangle(width=40, depth=40)),),
        cut=(flat.Piece(profile=flat.Circle(diameter=16)),),
    ),
]


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.kind)
@pytest.mark.parametrize("inset", [0.3, 1.5, 4.0, -0.3, -1.0])
def test_the_same_area_as_an_offset_with_sharp_corners(profile: flat.Profile, inset: float) -> None:
    from wugan.apps.voice_to_3d.geometry.outlines import outlines, section

    shape = section(profile)
    expected = shape.offset(-inset, manifold3d.JoinType.Miter, 50.0)
    levels = shrink(outlines(profile), 0.0, [(inset, 1.0)])
    if levels is None:  # it would split, vanish or run into itself; or whole teeth would vanish, which is refused too
        assert (
            profile.kind == "gear"
            or len(expected.decompose()) != len(shape.decompose())
            or expected.num_contour() != shape.num_contour()
        )
        return
    found = sum(area(loop) for loop in levels[-1].loops)
    assert found == pytest.approx(expected.area(), rel=0.004)


def test_every_vertex_is_followed() -> None:
    levels = shrink([ELL], 0.0, [(2.0, 2.0), (4.0, 3.0)])
    assert levels is not None and [(level.inset, level.z) for level in levels] == [(0, 0), (2, 2), (4, 3)]
    for level in levels[1:]:
        assert level.parents[0].tolist() == list(range(6))
    assert levels[-1].loops[0][0].tolist() == [4, 4]


def test_short_edges_vanish_on_the_way() -> None:
    """A corner cut by 2 mm closes to a sharp one at the depth that its planes say."""
    cut = np.array([(0.0, 0.0), (30.0, 0.0), (30.0, 20.0), (2.0, 20.0), (0.0, 18.0)])
    levels = shrink([cut], 0.0, [(6.0, 6.0)])
    assert levels is not None
    counts = [len(level.loops[0]) for level in levels]
    assert counts[0] == 5 and counts[-1] == 4
    event = next(level for level in levels if len(level.loops[0]) == 4)
    assert event.inset == pytest.approx(2 / (2 - np.sqrt(2)), abs=0.15)
    assert event.z == pytest.approx(event.inset)
    assert sorted(levels[-1].loops[0].round(6).tolist()) == [[6, 6], [6, 14], [24, 6], [24, 14]]


@pytest.mark.parametrize(("loop", "limit"), [(SQUARE, 5.0), (ELL, 5.0), (circle(20.0), 10.0)])
def test_the_largest_inset(loop: np.ndarray, limit: float) -> None:
    assert largest([loop], 20.0) == pytest.approx(limit, rel=0.01)
    assert shrink([loop], 0.0, [(limit * 1.01, 1.0)]) is None


def test_a_hole_may_not_grow_through_its_wall() -> None:
    hole = circle(8.0)[::-1] + np.array((10.0, 5.0))
    assert shrink([SQUARE, hole], 0.0, [(0.4, 1.0)]) is not None
    assert shrink([SQUARE, hole], 0.0, [(0.6, 1.0)]) is None
    assert fits([SQUARE, hole], [SQUARE, hole])


def test_clean_drops_what_says_nothing() -> None:
    rough = np.array([(0, 0), (5, 0), (10, 0), (20, 0), (20, 10), (20, 10), (0, 10)], dtype=float)
    assert clean(rough).tolist() == SQUARE.tolist()


def test_no_steps_is_the_outline_itself() -> None:
    levels = shrink([SQUARE], 3.0, [])
    assert levels is not None and len(levels) == 1 and isinstance(levels[0], Level) and levels[0].z == 3

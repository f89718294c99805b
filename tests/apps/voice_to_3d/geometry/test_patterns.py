"""Places and patterns: where things come to lie."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.placing import (
    WORLD,
    centre,
    compose,
    copies,
    inverse,
    moved,
    offset_of,
    repeated,
    rotation,
    shift,
    turn,
)
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Mirror, Placement, Points, Polar, Spread, at
from wugan.errors import DataError

THING = np.array((-1.0, -2.0, 0.0, 1.0, 2.0, 6.0))
BODY = np.array((-50.0, -30.0, 0.0, 50.0, 30.0, 10.0))


def centres(frames: list, thing: np.ndarray = THING) -> list[tuple[float, ...]]:  # type: ignore[type-arg]
    middle = centre(thing)
    return [tuple(np.round(frame[:, :3] @ middle + frame[:, 3], 9).tolist()) for frame in frames]


@pytest.mark.parametrize(
    ("coordinate", "low"),
    [
        (Coordinate(), -1),
        (Coordinate(to="max", own="min"), 50),
        (Coordinate(to="min", own="max"), -52),
        (Coordinate(to="min", offset=5), -46),
        (Coordinate(to="max", offset=-5, own="max"), 43),
        (Coordinate(to="origin", offset=7, own="origin"), 6),
        (Coordinate(to="origin", own="min"), 0),
    ],
)
def test_anchors(coordinate: Coordinate, low: float) -> None:
    by = offset_of(Placement(x=coordinate), THING, BODY)
    assert moved(THING, by)[0] == pytest.approx(low)


def test_a_familys_part_stands_where_at_says() -> None:
    box = moved(THING, offset_of(at(10, 20, 30), THING, WORLD))
    assert box.tolist() == [9, 18, 30, 11, 22, 36]


def test_turns_are_about_x_then_y_then_z_and_exact_for_quarters() -> None:
    frame = rotation((90, 0, 90))
    assert (frame[:, :3] @ (0, 1, 0)).tolist() == [0, 0, 1]
    assert (frame[:, :3] @ (0, 0, 1)).tolist() == [1, 0, 0]
    assert np.array_equal(rotation((450, -270, 360)), rotation((90, 90, 0)))
    assert np.allclose(compose(inverse(frame), frame), np.eye(3, 4))
    assert np.allclose(turn(2, 30)[:2, 0], (np.cos(np.pi / 6), 0.5))
    assert np.allclose(compose(shift((1, 2, 3)), turn(2, 30))[:, 3], (1, 2, 3))


def test_grid() -> None:
    assert centres(copies(Grid(counts=(2, 2, 1), steps=(10, 20, 0)), THING, BODY)) == [
        (-5, -10, 3), (5, -10, 3), (-5, 10, 3), (5, 10, 3),
    ]  # fmt: skip
    started = copies(Grid(counts=(3, 1, 1), steps=(10, 0, 0), centred=False), THING, BODY)
    assert centres(started) == [(0, 0, 3), (10, 0, 3), (20, 0, 3)]


def test_spread_with_a_margin_and_without() -> None:
    assert [c[0] for c in centres(copies(Spread(count=3, margin=10), THING, BODY))] == [-40, 0, 40]
    even = [c[0] for c in centres(copies(Spread(count=3), THING, BODY))]
    gaps = np.diff([-50, *np.repeat(even, 2) + np.tile((-1, 1), 3), 50])[::2]
    assert np.allclose(gaps, gaps[0]) and gaps[0] == pytest.approx(94 / 4)
    assert [c[0] for c in centres(copies(Spread(count=1, margin=10), THING, BODY))] == [0]


def test_polar() -> None:
    found = centres(copies(Polar(count=4, diameter=20), THING, BODY))
    assert np.allclose(found, [(10, 0, 3), (0, 10, 3), (-10, 0, 3), (0, -10, 3)])
    half = centres(copies(Polar(count=3, diameter=20, start=90, sweep=180), THING, BODY))
    assert np.allclose(half, [(0, 10, 3), (-10, 0, 3), (0, -10, 3)])
    turned = copies(Polar(count=4, diameter=20), THING, BODY)[1]
    assert np.allclose(turned[:, 0], (0, 1, 0))
    upright = copies(Polar(count=4, diameter=20, turn=False), THING, BODY)[1]
    assert np.allclose(upright[:, :3], np.eye(3))
    about_x = centres(copies(Polar(count=4, diameter=20, axis="x"), THING, BODY))
    assert np.allclose(about_x, [(0, 10, 3), (0, 0, 13), (0, -10, 3), (0, 0, -7)])


def test_mirror_in_two_planes_of_the_body() -> None:
    thing = moved(THING, np.array((20.0, 10.0, 0.0)))
    found = centres(copies(Mirror(axes=("x", "y")), thing, BODY), thing)
    assert found == [(20, 10, 3), (-20, 10, 3), (20, -10, 3), (-20, -10, 3)]


def test_points_and_a_pattern_of_a_pattern() -> None:
    assert centres(copies(Points(offsets=((1, 2, 3), (-1, 0, 0))), THING, BODY)) == [(1, 2, 6), (-1, 0, 3)]
    pairs = repeated(
        [Grid(counts=(2, 1, 1), steps=(4, 0, 0)), Mirror(axes=("y",))], moved(THING, np.array((0, 9.0, 0))), BODY
    )
    assert sorted(centres(pairs, moved(THING, np.array((0, 9.0, 0))))) == [
        (-2, -9, 3),
        (-2, 9, 3),
        (2, -9, 3),
        (2, 9, 3),
    ]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (Spread(count=60), "do not fit side by side"),
        (Spread(count=2, margin=51), "leaves nothing"),
        (Grid(counts=(2, 1, 1)), "step other than 0"),
        (Grid(counts=(1000, 1000, 1), steps=(1, 1, 0)), "5000 is the most"),
    ],
)
def test_patterns_that_cannot_be(pattern: Grid | Spread, words: str) -> None:
    with pytest.raises(DataError, match=words):
        repeated([pattern], THING, BODY)

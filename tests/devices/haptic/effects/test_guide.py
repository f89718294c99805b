"""Guidance along a path."""

from __future__ import annotations

import math

import numpy as np
import pytest

from wugan.devices.haptic.effects import Guide, Program, Renderer, curve
from wugan.devices.haptic.proxy import path
from wugan.errors import DataError

BENT = ((0.0, 0.0, 0.0), (0.1, 0.0, 0.0), (0.1, 0.1, 0.0))
REST = [0.0, 0.0, 0.0]


def force(effect: Guide, *hands: list[float], velocity: list[float] = REST) -> list[float]:
    renderer = Renderer(3, {"bent": path(BENT)})
    renderer.load(Program((effect,)))
    for hand in hands:
        result = renderer.step(hand, velocity, 1e-3)
    return [float(value) for value in result]


@pytest.mark.parametrize("where", [BENT, "bent"], ids=["inline", "geometry"])
def test_it_pulls_to_the_nearest_place(where: object) -> None:
    guide = Guide(where, stiffness=200.0, strongest=3.0)  # type: ignore[arg-type]
    assert force(guide, [0.05, 0.01, 0.0]) == pytest.approx([0, -2, 0])
    assert force(guide, [0.11, 0.05, 0.0]) == pytest.approx([-2, 0, 0])
    assert force(guide, [-0.01, 0.0, 0.0]) == pytest.approx([2, 0, 0])  # before the start: back to it
    assert force(guide, [0.05, 0.0, 0.03]) == pytest.approx([0, 0, -3])  # capped


def test_the_tube_is_free_inside() -> None:
    guide = Guide(BENT, stiffness=200.0, radius=5e-3)
    assert force(guide, [0.05, 0.004, 0.0]) == [0, 0, 0]
    assert force(guide, [0.05, 0.008, 0.0]) == pytest.approx([0, -0.6, 0])


def test_the_damper_works_across_the_path_only() -> None:
    guide = Guide(BENT, stiffness=0.0, damping=2.0)
    assert force(guide, [0.05, 0.001, 0.0], velocity=[0.3, 0.1, 0.2]) == pytest.approx([0, -0.2, -0.4])


def test_beyond_its_reach_it_lets_go_without_a_jump() -> None:
    guide = Guide(BENT, stiffness=1000.0, strongest=2.0, reach=0.02)
    pulls = [-force(guide, [0.05, y, 0.0])[1] for y in np.linspace(0.0, 0.03, 301)]
    assert max(pulls) == pytest.approx(2.0) and pulls[-1] == 0.0
    assert np.abs(np.diff(pulls)).max() < 0.11


def test_help_forwards_ends_with_the_path() -> None:
    guide = Guide(BENT, stiffness=0.0, assist=0.5)
    assert force(guide, [0.05, 0.0, 0.0]) == pytest.approx([0.5, 0, 0])
    assert force(guide, [0.05, 0.0, 0.0], [0.1, 0.05, 0.0]) == pytest.approx([0, 0.5, 0])
    assert force(guide, [0.1, 0.1, 0.0]) == pytest.approx([0, 0, 0])
    ring = Guide(((0, 0, 0), (0.1, 0, 0), (0.1, 0.1, 0)), stiffness=0.0, assist=0.5, closed=True)
    assert force(ring, [0.05, 0.05, 0.0]) == pytest.approx([-0.5 / math.sqrt(2)] * 2 + [0])


def test_where_the_path_crosses_itself_it_stays_on_its_branch() -> None:
    eight = Guide(((-0.05, 0, 0), (0.05, 0, 0), (0.05, 0.05, 0), (0, 0.05, 0), (0, -0.05, 0)), stiffness=100.0)
    way = [[x, 1e-3, 0.0] for x in np.linspace(-0.03, 0.0001, 40)]  # at the crossing the other branch is nearer
    assert force(eight, *way) == pytest.approx([0, -0.1, 0])
    assert abs(force(eight, way[-1])[0]) > 0.0  # met anew there, it is the other one


def test_a_curve_goes_smoothly_through_its_points() -> None:
    knots = np.array([[0, 0, 0], [0.03, 0.01, 0], [0.05, 0.05, 0.01], [0.02, 0.06, 0.0]])
    line = np.array(curve(knots, 1e-3))
    assert line[0] == pytest.approx(knots[0]) and line[-1] == pytest.approx(knots[-1])
    for knot in knots:
        assert np.linalg.norm(line - knot, axis=1).min() < 1e-9
    steps = np.diff(line, axis=0)
    turns = np.einsum("ij,ij->i", steps[1:], steps[:-1])
    turns /= np.linalg.norm(steps[1:], axis=1) * np.linalg.norm(steps[:-1], axis=1)
    assert turns.min() > 0.97
    ring = np.array(curve(knots, 1e-3, closed=True))
    assert np.linalg.norm(ring[0] - ring[-1]) < 2e-3
    for bad, step in (([[0, 0]], 1e-3), ([[0, 0], [0, 0]], 1e-3), (knots, 0.0), (knots, 1e-6)):
        with pytest.raises(DataError):
            curve(bad, step)

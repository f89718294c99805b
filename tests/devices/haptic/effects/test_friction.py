"""Dry friction: stick, slip, and rest."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.haptic.effects import Friction, Program, Renderer

DT = 1e-3


def rendered(effect: Friction, axes: int = 1) -> Renderer:
    renderer = Renderer(axes)
    renderer.load(Program((effect,)))
    renderer.step([0.0] * axes, [0.0] * axes, DT)
    return renderer


def test_it_holds_then_breaks_away_then_slides() -> None:
    renderer = rendered(Friction(moving=1.0, still=1.5, stiffness=1000.0))
    assert renderer.step([0.0014], [0.0], DT)[0] == pytest.approx(-1.4)
    assert renderer.step([0.0016], [0.1], DT)[0] == pytest.approx(-1.0)
    for x in np.linspace(0.0017, 0.05, 50):
        assert renderer.step([x], [0.1], DT)[0] == pytest.approx(-1.0)
    assert renderer.step([0.0495], [-0.1], DT)[0] == pytest.approx(-0.5)  # turned round: the bristle gives back
    assert renderer.step([0.0481], [-0.1], DT)[0] == pytest.approx(0.9)
    assert renderer.step([0.0460], [-0.1], DT)[0] == pytest.approx(1.0)


def test_at_rest_an_encoder_that_flickers_moves_nothing() -> None:
    step = 1e-5
    renderer = rendered(Friction(moving=1.0, still=1.3, stiffness=1000.0))
    for x in np.linspace(0, 0.01, 100):
        held = renderer.step([x], [0.1], DT)[0]
    forces = [
        renderer.step([0.01 + step * flick], [step * flick / DT], DT)[0]
        for flick in np.random.default_rng(0).integers(-1, 2, 5000)
    ]
    assert np.ptp(forces) <= 2 * step * 1000.0 + 1e-9
    assert forces[-1] == pytest.approx(held, abs=2 * step * 1000.0 + 1e-9)
    assert renderer.step([0.01], [0.0], DT)[0] == pytest.approx(held, abs=2 * step * 1000.0 + 1e-9)


def test_it_acts_against_the_direction_or_on_each_axis() -> None:
    together, each = rendered(Friction(1.0), 2), rendered(Friction(1.0, each_axis=True), 2)
    for x in np.linspace(0, 0.03, 50):
        one = together.step([x, 2 * x], [0.1, 0.2], DT).copy()
        two = each.step([x, 2 * x], [0.1, 0.2], DT).copy()
    assert np.linalg.norm(one) == pytest.approx(1.0) and one[1] == pytest.approx(2 * one[0], rel=1e-3)
    assert two == pytest.approx([-1.0, -1.0])


def test_a_program_that_comes_again_does_not_stop_the_slide() -> None:
    effect = Friction(moving=1.0, still=2.0, stiffness=1000.0)
    renderer = rendered(effect)
    renderer.step([0.0021], [0.1], DT)
    for x in np.linspace(0.0022, 0.01, 30):
        renderer.load(Program((effect,)))
        assert renderer.step([x], [0.1], DT)[0] == pytest.approx(-1.0)


def test_viscous_part_counts_while_it_slides() -> None:
    renderer = rendered(Friction(moving=1.0, viscous=2.0))
    assert renderer.step([0.0005], [0.1], DT)[0] == pytest.approx(-0.5)
    assert renderer.step([0.0100], [0.1], DT)[0] == pytest.approx(-1.2)

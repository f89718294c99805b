"""Forbidden boxes and spheres: no way through, no throw out."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from wugan.devices.haptic.effects import Effect, ForbiddenBox, ForbiddenSphere, Program, Renderer

BOX = ForbiddenBox((-0.02, -0.02, 0.0), (0.02, 0.02, 1e-3), stiffness=500.0, damping=0.0)  # 1 mm thin


def forces(
    effect: Effect, *hands: tuple[float, float, float], velocity: tuple[float, ...] = (0.0, 0.0, 0.0)
) -> np.ndarray:
    renderer = Renderer(3)
    renderer.load(Program((effect,)))
    return np.array([renderer.step(hand, velocity, 1e-3).copy() for hand in hands])


def test_it_pushes_out_where_the_hand_came_in_however_thin_and_fast() -> None:
    felt = forces(BOX, (0, 0, 0.01), (0, 0, -0.01), (0.01, 0.01, -0.005), (0.01, 0.01, 0.01))
    assert felt == pytest.approx(np.array([[0, 0, 0], [0, 0, 5.5], [0, 0, 3.0], [0, 0, 0]]))
    assert forces(BOX, (0, 0, -0.01), (0, 0, 5e-4))[-1] == pytest.approx([0, 0, -0.25])
    assert forces(BOX, (0.03, 0, 5e-4), (0.01, 0, 5e-4))[-1] == pytest.approx([5.0, 0, 0])


def test_round_its_edge_the_hand_is_free_again() -> None:
    felt = forces(BOX, (0, 0, 0.01), (0.01, 0, -0.005), (0.021, 0, -0.005), (0.01, 0, -0.005), (0.01, 0, 0.0005))
    assert felt[1, 2] > 0 and not felt[2].any() and not felt[3].any()
    assert felt[4] == pytest.approx([0, 0, -0.25])  # from below now


def test_a_hand_inside_when_it_appears_is_left_in_peace() -> None:
    box = ForbiddenBox((-0.02,) * 3, (0.02,) * 3, damping=0.0)
    felt = forces(box, (0, 0, 0), (0.01, 0, 0), (0.03, 0, 0), (0.01, 0, 0))
    assert not felt[:3].any() and felt[3] == pytest.approx([5.0, 0, 0])
    ball = ForbiddenSphere(0.02, damping=0.0)
    felt = forces(ball, (0, 0, 0), (0.01, 0, 0), (0.03, 0, 0), (0.01, 0, 0))
    assert not felt[:3].any() and felt[3] == pytest.approx([5.0, 0, 0])


def test_a_box_or_a_sphere_to_stay_in() -> None:
    box = ForbiddenBox((-0.02,) * 3, (0.02,) * 3, damping=0.0, outside=True)
    assert forces(box, (0.01, 0, 0), (0.03, -0.04, 0)) == pytest.approx(np.array([[0, 0, 0], [-5, 10, 0]]))
    ball = ForbiddenSphere(0.02, damping=0.0, outside=True)
    assert forces(ball, (0.01, 0, 0), (0.0, -0.04, 0)) == pytest.approx(np.array([[0, 0, 0], [0, 10, 0]]))


@pytest.mark.parametrize("effect", [BOX, ForbiddenSphere(0.02)], ids=["box", "sphere"])
def test_the_damper_never_holds_back(effect: Effect) -> None:
    damped = dataclasses.replace(effect, damping=5.0)  # type: ignore[type-var]
    deep = (0.0, 0.0, 5e-4) if effect is BOX else (0.0, 0.0, 0.015)
    still = forces(damped, (0, 0, 0.03), deep)[-1]
    inwards = forces(damped, (0, 0, 0.03), deep, velocity=(0.0, 0.0, -0.1))[-1]
    outwards = forces(damped, (0, 0, 0.03), deep, velocity=(0.0, 0.0, 0.1))[-1]
    assert inwards - still == pytest.approx([0, 0, 0.5]) and outwards == pytest.approx(still)

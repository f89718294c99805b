"""Turns by right angles."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from wugan.apps.voice_to_3d.language.assembly.frame import IDENTITY, after, angles, back, turned, upright

AXES = {"x": (1, 0, 0), "y": (0, 1, 0), "z": (0, 0, 1)}


@pytest.mark.parametrize(("axis", "way"), list(product("xyz", (1, -1))))
def test_own_z_lies_along_the_axis(axis: str, way: int) -> None:
    turn = upright(axis, way)
    assert tuple(np.array(turn) @ (0, 0, 1)) == tuple(way * np.array(AXES[axis]))
    assert np.linalg.det(np.array(turn)) == pytest.approx(1.0)
    assert after(turn, back(turn)) == IDENTITY
    assert turned((1.0, 2.0, 3.0), turn)["xyz".index(axis)] == 3.0


@pytest.mark.parametrize(("axis", "way"), list(product("xyz", (1, -1))))
def test_angles_give_the_turn_back(axis: str, way: int) -> None:
    made = np.eye(3)
    for one, angle in zip("xyz", angles(upright(axis, way)), strict=True):
        c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        step = {
            "x": [[1, 0, 0], [0, c, -s], [0, s, c]],
            "y": [[c, 0, s], [0, 1, 0], [-s, 0, c]],
            "z": [[c, -s, 0], [s, c, 0], [0, 0, 1]],
        }[one]
        made = np.array(step) @ made
    assert np.allclose(made, upright(axis, way))

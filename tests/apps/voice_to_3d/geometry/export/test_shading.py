"""Normals and creases of solids of which both are known."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.export import creases, shaded

Manifold = pytest.importorskip("manifold3d").Manifold


def test_a_box_has_twelve_creases_and_24_corners() -> None:
    mesh = shaded(Manifold.cube((1, 2, 3)))
    assert len(mesh.vertices) == 24 and len(creases(mesh)) == 12
    assert len(np.unique(mesh.welded)) == 8
    np.testing.assert_array_equal(np.sort(np.abs(mesh.normals), axis=1), [[0, 0, 1]] * 24)


def test_a_ball_has_none() -> None:
    mesh = shaded(Manifold.sphere(10, 64))
    assert len(creases(mesh)) == 0
    np.testing.assert_allclose(mesh.normals, mesh.vertices / 10, atol=0.03)


def test_a_cylinder_has_its_two_rims() -> None:
    edges = creases(mesh := shaded(Manifold.cylinder(10, 5, 5, 48)))
    assert len(edges) == 2 * 48
    heights = mesh.vertices[edges][:, :, 2]
    assert set(np.unique(heights)) == {0.0, 10.0} and (heights[:, 0] == heights[:, 1]).all()


def test_turned_and_moved_normals_stay_in_the_world() -> None:
    mesh = shaded(Manifold.cube((1, 1, 1)).rotate((0, 0, 45)).translate((5, 5, 5)))
    assert {tuple(np.round(normal, 3) + 0.0) for normal in mesh.normals.tolist()} == {
        (0, 0, 1), (0, 0, -1), (0.707, 0.707, 0), (-0.707, 0.707, 0), (0.707, -0.707, 0), (-0.707, -0.707, 0),
    }  # fmt: skip

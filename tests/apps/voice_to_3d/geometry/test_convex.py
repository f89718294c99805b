"""Convex bodies: their planes, moved inwards, and bodies rounded and bevelled by them."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.convex import inward, planes, within, worked
from wugan.apps.voice_to_3d.geometry.edges import Unworkable
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet
from wugan.errors import DataError

manifold3d = pytest.importorskip("manifold3d")
Manifold = manifold3d.Manifold


def test_the_planes_of_a_cube_and_of_what_is_not_convex() -> None:
    cube = Manifold.cube((10, 10, 10), True)
    found = planes(cube)
    assert found is not None and len(found) == 6 and found[:, 3] == pytest.approx(5)
    assert planes(cube - Manifold.cube((4, 4, 20), True)) is None


def test_every_face_moves_inwards() -> None:
    pyramid = Manifold.hull_points(
        np.array([(-10, -10, 0), (10, -10, 0), (10, 10, 0), (-10, 10, 0), (0, 0, 20)], dtype=float)
    )
    found = inward(pyramid, 2.0)
    assert found is not None
    # Similar about its incentre: the inner ball's radius shrinks by 2.
    radius = 20 * 10 / (10 + sqrt(10**2 + 20**2))
    assert found.volume() == pytest.approx(pyramid.volume() * ((radius - 2) / radius) ** 3, rel=1e-6)
    assert found.bounding_box()[2] == pytest.approx(2)
    with pytest.raises(DataError, match="no room inside"):
        inward(pyramid, radius + 0.1)


def test_a_ball_shrinks_to_a_ball() -> None:
    found = inward(Manifold.sphere(20, 96), 5.0)
    assert found is not None
    assert found.volume() == pytest.approx(4 / 3 * pi * 15**3, rel=0.01)


def test_an_open_end_moves_outwards() -> None:
    found = inward(Manifold.cube((10, 10, 10), True), 1.0, frozenset({"top"}))
    assert found is not None and found.bounding_box() == pytest.approx((-4, -4, -4, 4, 4, 6))


def test_a_body_from_planes_needs_a_point_inside() -> None:
    faces = planes(Manifold.cube((10, 10, 10), True))
    assert faces is not None
    assert within(faces, np.array((20.0, 0, 0))) is None
    again = within(faces, np.array((1.0, 2.0, 3.0)))
    assert again is not None and again.volume() == pytest.approx(1000)


def test_rounded_and_bevelled_like_a_block() -> None:
    cube = Manifold.cube((10, 10, 10), True)
    rounded = worked(cube, (Fillet(radius=2),), "block")
    assert rounded.volume() == pytest.approx(1000 - 12 * 6 * 4 * (1 - pi / 4) - 8 * 8 * (1 - pi / 6), rel=4e-3)
    bevelled = worked(cube, (Chamfer(size=1, edges=("top",)),), "block")
    assert bevelled.volume() == pytest.approx(1000 - (40 / 2 - 4 / 3))
    uneven = worked(cube, (Chamfer(size=1, across=2, edges=("top",)),), "block")
    assert uneven.slice(5 - 1e-6).area() == pytest.approx(36, rel=1e-4)


def test_what_is_curved_or_hollow_is_refused() -> None:
    with pytest.raises(Unworkable, match="a thing cannot be worked"):
        worked(Manifold.sphere(10, 64), (Fillet(radius=1),), "a thing")
    with pytest.raises(Unworkable, match="all its edges or none"):
        worked(Manifold.cube((10, 10, 10)), (Fillet(radius=1, edges=("top",)),), "a thing")
    with pytest.raises(DataError, match="use a smaller one"):
        worked(Manifold.cube((10, 10, 10)), (Fillet(radius=6),), "a thing")

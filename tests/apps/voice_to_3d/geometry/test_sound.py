"""Solids whose sheets touch: a reader that merges equal places still finds a solid."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.sound import mesh_of, sound, touching
from wugan.errors import DataError

manifold3d = pytest.importorskip("manifold3d")
trimesh = pytest.importorskip("trimesh")
Manifold = manifold3d.Manifold
CUBE = Manifold.cube((10, 10, 10))
TOUCHING = {
    "two cubes along an edge": CUBE + CUBE.translate((10, 10, 0)),
    "two cubes at a corner": CUBE + CUBE.translate((10, 10, 10)),
    "four cubes round an edge, two missing": CUBE + CUBE.translate((10, 10, 0)) + CUBE.translate((20, 0, 0)),
    "a cube on its edge on a plate": CUBE.rotate((45, 0, 0)) + Manifold.cube((40, 40, 4), True).translate((0, 0, -2)),
    "two holes that touch": Manifold.cube((40, 20, 5))
    - Manifold.cylinder(5, 4, 4, 64).translate((12, 10, 0))
    - Manifold.cylinder(5, 4, 4, 64).translate((20, 10, 0)),
    "a cone's tip on a plate": Manifold.cylinder(10, 0, 5, 64) + Manifold.cube((20, 20, 2)).translate((-10, -10, -2)),
    "a hole that touches the edge": Manifold.cube((20, 20, 5)) - Manifold.cylinder(5, 4, 4, 64).translate((4, 10, 0)),
    "a checkerboard": sum(
        (CUBE.translate((10 * i, 10 * j, 0)) for i in range(6) for j in range(6) if (i + j) % 2), Manifold()
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOUCHING)
def test_sheets_that_touch_are_parted(name: str) -> None:
    solid = TOUCHING[name]
    found = sound(solid)
    vertices, faces = mesh_of(found)
    assert not touching(vertices)
    mesh = trimesh.Trimesh(vertices, faces)
    assert len(mesh.vertices) == len(vertices), "trimesh merged nothing"
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.is_volume
    assert mesh.volume == pytest.approx(solid.volume(), rel=0.01)
    assert np.abs(np.array(found.bounding_box()) - solid.bounding_box()).max() <= 0.02


def test_the_cases_do_touch() -> None:
    """Otherwise the test above says nothing: each is rejected by trimesh, or has places in common, as it is."""
    assert sum(touching(mesh_of(solid)[0]) > 0 for solid in TOUCHING.values()) >= 6


def test_a_solid_without_faults_is_left_as_it_is() -> None:
    assert sound(CUBE) is CUBE


def test_edges_shorter_than_float_are_merged() -> None:
    """A far corner, 2e-5 mm long: two places in double precision, one in float32."""
    thin = Manifold.hull_points(
        np.array([(1000, 0, 0), (1000, 1e-5, 0), (990, 0, 0), (990, 9, 0), (995, 4, 9)], dtype=float)
    )
    found = sound(thin)
    assert not touching(mesh_of(found)[0])
    assert trimesh.Trimesh(*mesh_of(found)).is_volume


def test_a_broken_solid_is_an_error() -> None:
    broken = Manifold(manifold3d.Mesh(np.zeros((4, 3), np.float32), np.array([[0, 1, 2], [0, 2, 3]], np.uint32)))
    with pytest.raises(DataError, match="could not be built"):
        sound(broken)


def test_it_is_the_same_each_time() -> None:
    first, second = (mesh_of(sound(TOUCHING["a checkerboard"])) for _ in range(2))
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


@pytest.mark.parametrize("gap", [0.0, 6e-14, 3e-6, 5e-5])
def test_vertices_of_almost_one_place_are_parted(gap: float) -> None:
    """Two blocks whose edges pass each other by less than a reader in metres can tell."""
    solid = Manifold.compose([CUBE, CUBE.translate((10 + gap, 10 + gap, 0))])
    vertices, faces = mesh_of(sound(solid))
    mesh = trimesh.Trimesh(np.round(vertices.astype(np.float64) / 1000, 8), faces)
    assert len(mesh.vertices) == len(vertices)
    assert mesh.is_volume

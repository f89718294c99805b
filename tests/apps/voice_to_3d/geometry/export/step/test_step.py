"""STEP: the tree of a part step by step, names and colours, and what is said when it has no exact form."""

from __future__ import annotations

import sys
from math import pi
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry import made
from wugan.apps.voice_to_3d.geometry.built import Built
from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.export import export
from wugan.apps.voice_to_3d.geometry.made import Body
from wugan.apps.voice_to_3d.geometry.placing import shift, turn
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Fillet, Sphere
from wugan.errors import DataError


def body(solid: Box | Cylinder | Sphere, *edged: Fillet) -> Body:
    return Body(with_edges(solid, edged), made.Leaf(solid, edged))


def test_without_build123d_the_extra_is_named(bracket: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "build123d", None)
    with pytest.raises(DataError, match=r"pip install 'wugan\[step\]'"):
        export(bracket, tmp_path / "a.step")
    assert not list(tmp_path.iterdir())


class TestWithKernel:
    @pytest.fixture(autouse=True)
    def _kernel(self) -> None:
        pytest.importorskip("build123d", reason="STEP needs build123d: pip install 'wugan[step]'")

    def test_joined_cut_common_and_moved(self) -> None:
        from wugan.apps.voice_to_3d.geometry.export.step.tree import Exact

        plate = body(Box(size=(80, 40, 5)), Fillet(radius=4, edges=("vertical",)))
        boss = body(Cylinder(diameter=20, height=15)).translate((20, 0, 0))
        lying = body(Cylinder(diameter=6, height=100)).transform(turn(1, 90)).translate((-50, 0, 2.5))
        hole = body(Cylinder(diameter=8, height=50)).translate((20, 0, -10))
        whole = Body.cut(plate + boss, [hole, lying])
        exact = Exact()
        found = exact.of(whole.made, whole.manifold)
        assert exact.notes == [] and found.is_valid and len(found.solids()) == 1
        assert found.volume == pytest.approx(whole.manifold.volume(), rel=0.005)
        rounded = 80 * 40 * 5 - (4 - pi) * 16 * 5
        assert (plate.made == made.Leaf(Box(size=(80, 40, 5)), (Fillet(radius=4, edges=("vertical",)),))) is True
        assert Exact().of(plate.made, plate.manifold).volume == pytest.approx(rounded)

        dome = body(Sphere(diameter=30)) ^ body(Box(size=(40, 40, 12)))
        cap = pi * 12**2 * (15 - 12 / 3)  # of height 12 of a ball of radius 15
        assert Exact().of(dome.made, dome.manifold).volume == pytest.approx(cap)

    def test_mirrored_and_stretched(self) -> None:
        from wugan.apps.voice_to_3d.geometry.export.step.tree import Exact

        half = body(Box(size=(10, 20, 30))) + body(Cylinder(diameter=8, height=10)).translate((5, 0, 0))
        flip = np.eye(3, 4)
        flip[0, 0] = -1
        stretch = np.diag([2.0, 1.0, 0.5, 1.0])[:3]
        for frame, factor in ((flip, 1.0), (stretch, 1.0), (2 * np.eye(3, 4), 8.0), (shift((5, 5, 5)), 1.0)):
            turned = half.transform(frame)
            exact = Exact()
            found = exact.of(turned.made, turned.manifold)
            assert exact.notes == [] and found.is_valid
            assert found.volume == pytest.approx(factor * (6000 + 16 * pi * 10 / 2), rel=1e-3)

    def test_a_tree_that_is_not_the_mesh_is_noticed(self) -> None:
        from wugan.apps.voice_to_3d.geometry.export.step.tree import Exact

        exact = Exact()
        mesh = with_edges(Box(size=(10, 20, 31)), ())
        found = exact.of(made.Leaf(Box(size=(10, 20, 30))), mesh)
        assert found.volume == pytest.approx(6200) and len(exact.notes) == 1 and "flat faces" in exact.notes[0]

    def test_names_colours_and_size_are_read_back(self, table: Built, tmp_path: Path) -> None:
        from build123d import import_step

        notes = export(table, tmp_path / "a.step")
        assert len(notes) == 1 and "flat faces" in notes[0]  # these parts have no tree
        read = import_step(tmp_path / "a.step")
        assert [child.label for child in read.children] == ["table-1", "vase-1"]
        legs = [solid for solid in read.children[0].children if solid.label.startswith("leg")]
        assert len(legs) == 4
        assert tuple(read.children[0].children[0].color)[:3] == pytest.approx(
            [200 / 255, 161 / 255, 101 / 255], abs=1e-4
        )
        assert sum(solid.volume for solid in read.solids()) == pytest.approx(table.volume(), rel=1e-3)
        low, high = table.bounds()
        assert tuple(read.bounding_box().min) == pytest.approx(tuple(low), abs=0.01)
        assert tuple(read.bounding_box().max) == pytest.approx(tuple(high), abs=0.01)

    def test_hollow_and_separate_bodies_from_a_mesh(self) -> None:
        from manifold3d import Manifold

        from wugan.apps.voice_to_3d.geometry.export.step.faceted import faceted

        hollow = Manifold.cube((10, 10, 10), True) - Manifold.cube((4, 4, 4), True)
        assert faceted(hollow).volume == pytest.approx(1000 - 64)
        two = Manifold.cube((10, 10, 10)) + Manifold.cube((1, 1, 1)).translate((20, 0, 0))
        assert faceted(two).volume == pytest.approx(1001) and len(faceted(two).solids()) == 2
        assert len(faceted(Manifold.cube((10, 10, 10))).faces()) == 6

"""STEP: the tree of a part step by step, names and colours, and what is said when it has no exact form."""

from __future__ import annotations

import pickle
import sys
from math import pi
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry import made
from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.export import export
from wugan.apps.voice_to_3d.geometry.features import Piece, worked
from wugan.apps.voice_to_3d.geometry.placing import shift, turn
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, at
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Cut, Cylinder, Fillet, Join, Sphere
from wugan.errors import DataError


def test_without_build123d_the_extra_is_named(bracket: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "build123d", None)
    monkeypatch.delitem(sys.modules, "wugan.apps.voice_to_3d.geometry.step", raising=False)
    with pytest.raises(DataError, match=r"pip install 'wugan\[step\]'"):
        export(bracket, tmp_path / "a.step")
    assert not list(tmp_path.iterdir())


class TestWithKernel:
    @pytest.fixture(autouse=True)
    def _kernel(self) -> None:
        pytest.importorskip("build123d", reason="STEP needs build123d: pip install 'wugan[step]'")

    def test_features_at_the_places_of_the_build(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        features = (
            Fillet(radius=4, edges=("vertical",)),
            Join(
                shape=Cylinder(diameter=20, height=10),
                place=Placement(x=Coordinate(offset=20), z=Coordinate(to="max", own="min")),
            ),
            Cut(shape=Cylinder(diameter=8, height=1), through="z", place=Placement(x=Coordinate(offset=20))),
            Cut(
                shape=Cylinder(diameter=4, height=1),
                through="z",
                place=Placement(x=Coordinate(offset=-20)),
                pattern=Grid(counts=(2, 2, 1), steps=(20, 20, 0)),
            ),
        )
        work = worked([Piece(Box(size=(80, 40, 5)))], features, "plate")
        (tree,) = made.parts_of(work)
        exact = Exact()
        found = exact.of(tree, work.body)
        assert exact.notes == [] and found.is_valid and len(found.solids()) == 1
        by_hand = (80 * 40 - (4 - pi) * 16) * 5 + 100 * pi * 10 - 16 * pi * 15 - 4 * 4 * pi * 5
        assert found.volume == pytest.approx(by_hand, rel=1e-6)
        assert found.volume == pytest.approx(work.body.volume(), rel=0.005)

    def test_common_and_compound(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        cap = Compound(base=Sphere(diameter=30), features=(Common(shape=Box(size=(40, 40, 12)), place=at()),))
        work = worked([Piece(cap)], (), "cap")
        (tree,) = made.parts_of(work)
        found = Exact().of(tree, work.body)
        assert found.volume == pytest.approx(pi * 12**2 * (15 - 12 / 3))  # of height 12 of a ball of radius 15

    def test_parts_of_a_family(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        hole = Cut(shape=Cylinder(diameter=6, height=1), through="z", place=at(10, 0))
        pieces = [Piece(Box(size=(40, 20, 5)), shift((0, 0, 30))), Piece(Cylinder(diameter=8, height=30))]
        work = worked(pieces, (hole,), "stool")
        trees, parts = made.parts_of(work), work.parts()
        exact = Exact()
        volumes = [exact.of(tree, part).volume for tree, part in zip(trees, parts, strict=True)]
        assert exact.notes == []
        assert volumes == pytest.approx([40 * 20 * 5 - 9 * pi * 5, 16 * pi * 30])

    def test_mirrored_and_stretched(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        work = worked([Piece(Box(size=(10, 20, 30)))], (Join(shape=Cylinder(diameter=8, height=10), place=at(5)),), "a")
        (tree,) = made.parts_of(work)
        flip = np.eye(3, 4)
        flip[0, 0] = -1
        stretch = np.diag([2.0, 1.0, 0.5, 1.0])[:3]
        for frame, factor in ((flip, 1.0), (stretch, 1.0), (2 * np.eye(3, 4), 8.0), (turn(1, 30), 1.0)):
            exact = Exact()
            found = exact.of(made.Moved(tree, frame), work.body.transform(frame))
            assert exact.notes == [] and found.is_valid
            assert found.volume == pytest.approx(factor * (6000 + 16 * pi * 10 / 2), rel=1e-3)

    def test_a_tree_that_is_not_the_mesh_is_noticed(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        exact = Exact()
        mesh = with_edges(Box(size=(10, 20, 31)), ())
        found = exact.of(made.Leaf(Box(size=(10, 20, 30))), mesh)
        assert found.volume == pytest.approx(6200) and len(exact.notes) == 1 and "flat faces" in exact.notes[0]

    def test_a_step_without_an_exact_form_is_its_mesh_and_survives_pickling(self) -> None:
        from wugan.apps.voice_to_3d.geometry.step import Exact

        mesh = with_edges(Sphere(diameter=10), ())
        exact = Exact()
        found = exact.of(pickle.loads(pickle.dumps(made.Other(mesh, "a shell"))), mesh)
        assert found.volume == pytest.approx(mesh.volume(), rel=1e-4)
        assert exact.notes == ["a shell is written with flat faces"]

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

        from wugan.apps.voice_to_3d.geometry.step import faceted

        hollow = Manifold.cube((10, 10, 10), True) - Manifold.cube((4, 4, 4), True)
        assert faceted(hollow).volume == pytest.approx(1000 - 64)
        two = Manifold.cube((10, 10, 10)) + Manifold.cube((1, 1, 1)).translate((20, 0, 0))
        assert faceted(two).volume == pytest.approx(1001) and len(faceted(two).solids()) == 2
        assert len(faceted(Manifold.cube((10, 10, 10))).faces()) == 6

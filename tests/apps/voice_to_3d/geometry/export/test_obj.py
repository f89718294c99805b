"""OBJ with its MTL: names without spaces, colours as said, vertices shared so that the mesh is closed as it stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.export import export

trimesh = pytest.importorskip("trimesh")


def test_objects_and_materials(table: Built, tmp_path: Path) -> None:
    export(table, tmp_path / "my table.obj")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["my table.obj", "my_table.mtl"]
    lines = (tmp_path / "my table.obj").read_text().splitlines()
    assert "mtllib my_table.mtl" in lines and "o table-1/leg_2" in lines and "usemtl matte_black" in lines
    materials = (tmp_path / "my_table.mtl").read_text().split("newmtl ")[1:]
    glass = dict(line.split(" ", 1) for line in materials[-1].splitlines()[1:] if line)
    assert glass["d"] == "0.4000" and glass["Pr"] == "0.1000"
    assert [float(value) for value in glass["Kd"].split()] == pytest.approx([48 / 255, 96 / 255, 192 / 255], abs=1e-6)


def test_colours_are_read_back(table: Built, tmp_path: Path) -> None:
    export(table, tmp_path / "a.obj")
    scene = trimesh.load_scene(tmp_path / "a.obj")
    colours = {tuple(mesh.visual.material.diffuse[:3]) for mesh in scene.geometry.values()}
    assert colours == {part.material.rgba()[:3] for part in table.parts}


def test_closed_without_merging(bracket: Built, tmp_path: Path) -> None:
    export(bracket, tmp_path / "a.obj")
    lines = (tmp_path / "a.obj").read_text().splitlines()
    faces = np.array([[int(w.split("//")[0]) for w in line.split()[1:]] for line in lines if line.startswith("f ")])
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, count = np.unique(edges, axis=0, return_counts=True)
    assert (count == 2).all()


def test_two_materials_of_one_name(bracket: Built, tmp_path: Path) -> None:
    part = bracket.parts[0]
    red = part.material.model_copy(update={"colour": "#ff0000"})
    export(Built([part, BuiltPart("b", "", (), 0, red, part.solid.translate((200, 0, 0)))]), tmp_path / "a.obj")
    library = (tmp_path / "a.mtl").read_text()
    assert "newmtl brushed_steel\n" in library and "newmtl brushed_steel_2\n" in library

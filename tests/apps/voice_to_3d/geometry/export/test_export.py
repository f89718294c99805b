"""Files by suffix, written whole or not at all, and read back by a reader that is not ours."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.export import encode, export
from wugan.errors import DataError

trimesh = pytest.importorskip("trimesh")


def loaded(path: Path) -> trimesh.Trimesh:
    """All the file's meshes as one, places merged."""
    mesh = trimesh.load_scene(path).to_geometry()
    mesh.merge_vertices(merge_norm=True, merge_tex=True)
    return mesh


@pytest.mark.parametrize("suffix", [".glb", ".stl", ".3mf", ".obj", ".GLB"])
@pytest.mark.parametrize("name", ["table", "bracket"])
def test_reads_back_as_the_same_solid(name: str, suffix: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    built: Built = request.getfixturevalue(name)
    path = tmp_path / f"a thing{suffix}"
    assert export(built, path) == []
    mesh = loaded(path)
    assert mesh.is_watertight and mesh.is_winding_consistent
    low, high = built.bounds()
    unit = 1000.0 if suffix.lower() == ".glb" else 1.0
    assert mesh.volume * unit**3 == pytest.approx(built.volume(), rel=1e-5)
    if unit > 1:  # y up: their y is our z, their z is what faces the viewer, our -y
        ours = np.array([[low[0], low[2], -high[1]], [high[0], high[2], -low[1]]])
    elif suffix == ".3mf":  # moved into the positive octant
        ours = np.array([np.zeros(3), high - low])
    else:
        ours = np.array([low, high])
    np.testing.assert_allclose(mesh.bounds * unit, ours, atol=1e-4)


def test_same_scene_same_bytes(table: Built) -> None:
    for suffix in (".glb", ".stl", ".3mf"):
        assert encode(table, suffix) == encode(table, suffix)


def test_an_unknown_suffix_lists_those_that_are_known(bracket: Built, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"\.fbx; use one of \.glb, \.stl, \.3mf, \.obj, \.step"):
        export(bracket, tmp_path / "a.fbx")
    with pytest.raises(DataError, match="without a suffix"):
        export(bracket, tmp_path / "a")
    with pytest.raises(DataError, match="is not one file"):
        encode(bracket, ".obj")


def test_nothing_to_write_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nothing to write"):
        export(Built(), tmp_path / "a.glb")
    with pytest.raises(DataError, match="nothing to write"):
        encode(Built(), ".stl")
    assert not list(tmp_path.iterdir())


def test_a_failed_write_leaves_the_old_file(bracket: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.stl"
    path.write_bytes(b"before")

    def full(self: Path, data: bytes) -> int:
        with open(self, "wb") as file:
            file.write(data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(DataError, match="No space left"):
        export(bracket, path)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there(bracket: Built, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        export(bracket, tmp_path / "none" / "a.glb")

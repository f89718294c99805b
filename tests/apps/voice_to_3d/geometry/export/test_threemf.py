"""3MF: names, colours and one item; read by lib3mf where that is installed, and as XML."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.export import encode

pytest.importorskip("trimesh")
CORE = "{http://schemas.microsoft.com/3dmanufacturing/core/2015/02}"


def model(built: Built) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(encode(built, ".3mf"))) as package:
        assert package.namelist() == ["[Content_Types].xml", "_rels/.rels", "3D/3dmodel.model"]
        return ElementTree.fromstring(package.read("3D/3dmodel.model"))


def test_parts_have_names_and_colours(table: Built) -> None:
    root = model(table)
    assert root.get("unit") == "millimeter"
    bases = root.findall(f".//{CORE}base")
    assert [(base.get("name"), base.get("displaycolor")) for base in bases] == [
        ("oak", "#C8A165FF"),
        ("matte black", "#1C1C1CFF"),
        ("blue glass", "#3060C066"),
    ]
    meshes = [entry for entry in root.findall(f".//{CORE}object") if entry.find(f"{CORE}mesh") is not None]
    assert [(mesh.get("name"), mesh.get("pindex")) for mesh in meshes] == [
        ("top", "0"), ("leg 1", "1"), ("leg 2", "1"), ("leg 3", "1"), ("leg 4", "1"), ("vase-1", "2"),
    ]  # fmt: skip


def test_one_item_holds_everything(table: Built, bracket: Built) -> None:
    for built, holders in ((table, ["table-1", "vase-1", "scene"]), (bracket, ["bracket-1"])):
        root = model(built)
        (item,) = root.findall(f"{CORE}build/{CORE}item")
        groups = [entry for entry in root.findall(f".//{CORE}object") if entry.find(f"{CORE}components") is not None]
        assert [group.get("name") for group in groups] == holders
        assert item.get("objectid") == groups[-1].get("id")
        low, _ = built.bounds()
        assert [float(word) for word in item.get("transform", "").split()[9:]] == pytest.approx(list(-low))


def test_names_that_xml_would_not_take(bracket: Built) -> None:
    part = bracket.parts[0]
    odd = Built([BuiltPart("a<b>&\x07\"c'", "", (), 0, part.material, part.solid)])
    names = [entry.get("name") for entry in model(odd).findall(f".//{CORE}object")]
    assert names == ["a<b>& \"c'"] * 2


@pytest.mark.parametrize("name", ["table", "bracket"])
def test_lib3mf_finds_nothing_wrong(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    lib3mf = pytest.importorskip("lib3mf", reason="needs lib3mf, the consortium's own reader")
    path = tmp_path / "a.3mf"
    path.write_bytes(encode(request.getfixturevalue(name), ".3mf"))
    read = lib3mf.get_wrapper().CreateModel()
    reader = read.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(str(path))
    assert [reader.GetWarning(number) for number in range(reader.GetWarningCount())] == []
    meshes = read.GetMeshObjects()
    count = 0
    while meshes.MoveNext():
        mesh = meshes.GetCurrentMeshObject()
        assert mesh.IsValid() and mesh.IsManifoldAndOriented()
        count += 1
    assert count == len(request.getfixturevalue(name).parts)

"""GLB: what the standard asks, by its own validator where that is installed, and what viewers read from it."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.export import encode, linear

pytest.importorskip("trimesh")

VALIDATE = """
const {createRequire} = require('module');
const validator = createRequire(process.argv[1] + '/')('gltf-validator');
const bytes = new Uint8Array(require('fs').readFileSync(process.argv[2]));
validator.validateBytes(bytes).then(report => console.log(JSON.stringify(report.issues)));
"""


def description(data: bytes) -> dict[str, Any]:
    magic, version, size, length, kind = struct.unpack("<4sIII4s", data[:20])
    assert (magic, version, size, kind) == (b"glTF", 2, len(data), b"JSON")
    return json.loads(data[20 : 20 + length])


def test_a_node_for_each_part_under_one_for_each_object(table: Built) -> None:
    tree = description(encode(table, ".glb"))
    nodes = tree["nodes"]
    roots = [nodes[number] for number in tree["scenes"][0]["nodes"]]
    assert [root["name"] for root in roots] == ["table-1", "vase-1"]
    names = [[nodes[child]["name"] for child in root["children"]] for root in roots]
    assert names == [["top", "leg 1", "leg 2", "leg 3", "leg 4"], ["vase-1"]]
    leg = nodes[roots[0]["children"][1]]
    assert leg["extras"]["role"] == "leg" and leg["extras"]["sides"] == ["left", "front"]
    assert leg["extras"]["units"] == "mm" and leg["extras"]["unitsInFile"] == "m"
    assert leg["extras"]["size"] == pytest.approx([50, 50, 720])


def test_materials_are_linear_and_shared(table: Built) -> None:
    tree = description(encode(table, ".glb"))
    materials = {material["name"]: material for material in tree["materials"]}
    assert list(materials) == ["oak", "matte black", "blue glass"]
    oak = materials["oak"]["pbrMetallicRoughness"]
    # IEC 61966-2-1 by hand: ((0.784314 + 0.055) / 1.055) ** 2.4 for 0xc8, and so on
    assert oak["baseColorFactor"] == pytest.approx([0.577580, 0.356400, 0.130136, 1.0], abs=1e-6)
    assert oak["roughnessFactor"] == 0.6 and oak["metallicFactor"] == 0.0
    assert "alphaMode" not in materials["oak"]
    assert materials["blue glass"]["alphaMode"] == "BLEND"
    assert materials["blue glass"]["pbrMetallicRoughness"]["baseColorFactor"][3] == 0.4
    used = [mesh["primitives"][0]["material"] for mesh in tree["meshes"]]
    assert used == [0, 1, 1, 1, 1, 2]


def test_the_ends_of_the_colour_scale() -> None:
    assert linear("#000000") == (0.0, 0.0, 0.0)
    assert linear("#ffffff") == (1.0, 1.0, 1.0)
    assert linear("#0a0a0a")[0] == pytest.approx(10 / 255 / 12.92, abs=1e-7)  # the straight part near black


def test_round_is_smooth_and_edges_are_sharp(table: Built) -> None:
    tree = description(data := encode(table, ".glb"))
    start = 20 + struct.unpack("<I", data[12:16])[0] + 8

    def values(accessor: int) -> np.ndarray:
        entry = tree["accessors"][accessor]
        view = tree["bufferViews"][entry["bufferView"]]
        offset = start + view.get("byteOffset", 0) + entry.get("byteOffset", 0)
        return np.frombuffer(data, "<f4", entry["count"] * 3, offset).reshape(-1, 3)

    attributes = tree["meshes"][0]["primitives"][0]["attributes"]
    places, normals = values(attributes["POSITION"]), values(attributes["NORMAL"])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-6)
    rim = np.abs(normals[:, 1]) < 0.5
    assert 0 < rim.sum() < len(normals)
    outwards = places[rim] * (1, 0, 1) / 0.4  # of a cylinder, whose side's normal points away from its axis
    np.testing.assert_allclose(normals[rim], outwards, atol=0.01)
    np.testing.assert_allclose(np.abs(normals[~rim][:, 1]), 1, atol=1e-6)


@pytest.mark.parametrize("name", ["table", "bracket"])
def test_khronos_validator(name: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = os.environ.get("WUGAN_GLTF_VALIDATOR")
    if not folder or not shutil.which("node"):
        pytest.skip("needs node and WUGAN_GLTF_VALIDATOR=folder in which `npm install gltf-validator` was run")
    path = tmp_path / "a.glb"
    path.write_bytes(encode(request.getfixturevalue(name), ".glb"))
    command = ["node", "-e", VALIDATE, str(Path(folder).resolve()), str(path)]
    issues = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]

"""Binary glTF 2.0 with physically based materials.

Metres and y up, as the standard has them (glTF 2.0, section 3.4): x stays to the right, the front faces +z. The file is
put together here: trimesh, which could do it, takes a second to import, keeps colours in eight bits, which is too
coarse for linear ones, and was measured to take three times as long; it reads the files back in the tests.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.names import grouped
from wugan.apps.voice_to_3d.geometry.export.shading import Shaded, shaded

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built, BuiltPart
    from wugan.apps.voice_to_3d.scene.material import Material

METRE = 1000.0  # mm
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
FLOAT, UNSIGNED_INT = 5126, 5125
UNITS = {"units": "mm", "unitsInFile": "m"}


def linear(colour: str) -> tuple[float, float, float]:
    """An sRGB colour `#rrggbb` as linear red, green, blue, 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def glb(built: Built) -> bytes:
    """The scene as one GLB: a node for each object, under it a node for each part."""
    buffer = _Buffer()
    nodes: list[dict[str, Any]] = []
    roots: list[int] = []
    meshes: list[dict[str, Any]] = []
    materials: dict[Material, int] = {}
    for name, parts in grouped(built).items():
        children = []
        for label, part in parts:
            mesh = shaded(part.solid)
            places = (_upright(mesh.vertices) / METRE).astype(np.float32)
            primitive = {
                "attributes": {
                    "POSITION": buffer.vectors(places, bounds=True),
                    "NORMAL": buffer.vectors(_upright(mesh.normals).astype(np.float32)),
                },
                "indices": buffer.indices(mesh.faces),
                "material": materials.setdefault(part.material, len(materials)),
            }
            children.append(len(nodes))
            nodes.append({"name": label, "mesh": len(meshes), "extras": _extras(part, mesh)})
            meshes.append({"name": f"{name}/{label}", "primitives": [primitive]})
        roots.append(len(nodes))
        nodes.append({"name": name, "children": children, "extras": {"object": name, **UNITS}})
    tree = {
        "asset": {"version": "2.0", "generator": "wugan voice to 3D"},
        "scene": 0,
        "scenes": [{"nodes": roots, "extras": UNITS}],
        "nodes": nodes,
        "meshes": meshes,
        "materials": [_material(material) for material in materials],
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{"byteLength": buffer.length}],
    }
    return _container(tree, b"".join(buffer.chunks))


@dataclass
class _Buffer:
    """The binary part, and what lies where in it. All entries are of four bytes, so that everything is aligned."""

    accessors: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    chunks: list[bytes] = field(default_factory=list)
    length: int = 0
    known: dict[tuple[bytes, int], int] = field(default_factory=dict)

    def vectors(self, values: np.ndarray, bounds: bool = False) -> int:
        """The number of the accessor of float32 vectors [N, 3]."""
        entry: dict[str, Any] = {"componentType": FLOAT, "count": len(values), "type": "VEC3"}
        if bounds:  # which the standard asks of positions
            entry |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self._add(values.astype("<f4").tobytes(), entry, ARRAY_BUFFER)

    def indices(self, faces: np.ndarray) -> int:
        """The number of the accessor of triangles [N, 3]."""
        entry = {"componentType": UNSIGNED_INT, "count": faces.size, "type": "SCALAR"}
        return self._add(faces.astype("<u4").tobytes(), entry, ELEMENT_ARRAY_BUFFER)

    def _add(self, data: bytes, entry: dict[str, Any], target: int) -> int:
        if (found := self.known.get((data, target))) is not None:  # four like legs share their triangles and normals
            return found
        self.known[data, target] = len(self.accessors)
        self.views.append({"buffer": 0, "byteOffset": self.length, "byteLength": len(data), "target": target})
        self.accessors.append({"bufferView": len(self.views) - 1, **entry})
        self.chunks.append(data)
        self.length += len(data)
        return len(self.accessors) - 1


def _container(tree: dict[str, Any], binary: bytes) -> bytes:
    """The two chunks behind a header (section 4.4)."""
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 4)
    length = 12 + 8 + len(text) + 8 + len(binary)
    header = struct.pack("<4sII", b"glTF", 2, length)
    return header + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(binary), b"BIN\0") + binary


def _upright(vectors: np.ndarray) -> np.ndarray:
    """From z up to y up, float64."""
    x, y, z = vectors.T.astype(np.float64)
    return np.column_stack([x, z, -y])


def _linear(value: float) -> float:
    return round(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4, 7)


def _material(material: Material) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": material.name,
        "pbrMetallicRoughness": {
            "baseColorFactor": [*linear(material.colour), material.opacity],
            "metallicFactor": material.metallic,
            "roughnessFactor": material.roughness,
        },
    }
    if material.opacity < 1:
        entry["alphaMode"] = "BLEND"
    return entry


def _extras(part: BuiltPart, mesh: Shaded) -> dict[str, Any]:
    size = mesh.vertices.max(axis=0) - mesh.vertices.min(axis=0)
    return {
        "object": part.object,
        "role": part.role,
        "sides": list(part.sides),
        "material": part.material.name,
        "size": [round(float(side), 4) for side in size],  # mm along x, y, z of the scene: right, back, up
        **UNITS,
    }

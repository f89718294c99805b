"""Binary glTF 2.0 with physically based materials; `trimesh` writes buffers and container.

Metres and y up, as the standard has them (glTF 2.0, section 3.4): x stays to the right, the front faces +z. The
description (nodes, materials, extras) is written here: trimesh keeps colours in eight bits, too coarse for linear ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.names import grouped
from wugan.apps.voice_to_3d.geometry.export.shading import Shaded, shaded

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built, BuiltPart
    from wugan.apps.voice_to_3d.scene.material import Material

METRE = 1000.0  # mm
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
UNITS = {"units": "mm", "unitsInFile": "m"}


def linear(colour: str) -> tuple[float, float, float]:
    """An sRGB colour `#rrggbb` as linear red, green, blue, 0 to 1 (IEC 61966-2-1)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return _linear(red), _linear(green), _linear(blue)


def glb(built: Built) -> bytes:
    """The scene as one GLB: a node for each object, under it a node for each part."""
    from trimesh import Scene, Trimesh
    from trimesh.exchange.gltf import export_glb

    buffers = Scene()
    nodes: list[dict[str, Any]] = []
    roots: list[int] = []
    materials: dict[Material, int] = {}
    painted: list[int] = []
    for name, parts in grouped(built).items():
        children = []
        for label, part in parts:
            mesh = shaded(part.solid)
            surface = Trimesh(_upright(mesh.vertices) / METRE, mesh.faces, vertex_normals=_upright(mesh.normals),
                              process=False)  # fmt: skip
            buffers.geometry[f"{name}/{label}"] = surface
            painted.append(materials.setdefault(part.material, len(materials)))
            children.append(len(nodes))
            nodes.append({"name": label, "mesh": len(painted) - 1, "extras": _extras(part, mesh)})
        roots.append(len(nodes))
        nodes.append({"name": name, "children": children, "extras": {"object": name, **UNITS}})

    def describe(tree: dict[str, Any]) -> None:
        tree["asset"] = {"version": "2.0", "generator": "wugan voice to 3D"}
        tree["scenes"] = [{"nodes": roots, "extras": UNITS}]
        tree["nodes"] = nodes
        tree["materials"] = [_material(material) for material in materials]
        for mesh, material in zip(tree["meshes"], painted, strict=True):
            mesh.pop("extras", None)
            mesh["primitives"][0]["material"] = material
        _aim(tree)

    return bytes(export_glb(buffers, include_normals=True, unitize_normals=False, tree_postprocessor=describe))


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


def _aim(tree: dict[str, Any]) -> None:
    """Say of each buffer view what it is for, which viewers use to upload it once."""
    for mesh in tree["meshes"]:
        for primitive in mesh["primitives"]:
            used = [(primitive["indices"], ELEMENT_ARRAY_BUFFER)]
            used += [(accessor, ARRAY_BUFFER) for accessor in primitive["attributes"].values()]
            for accessor, target in used:
                tree["bufferViews"][tree["accessors"][accessor]["bufferView"]]["target"] = target

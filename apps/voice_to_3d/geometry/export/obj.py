"""Wavefront OBJ in millimetres, z up, with its material library (MTL).

Colours are sRGB, as readers of MTL take them; `Pr` and `Pm` are the usual extension for roughness and metal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.names import grouped
from wugan.apps.voice_to_3d.geometry.export.shading import shaded

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built
    from wugan.apps.voice_to_3d.scene.material import Material


def obj(built: Built, library: str) -> tuple[bytes, bytes]:
    """The OBJ, which names `library` as its material file, and the MTL."""
    materials: dict[Material, str] = {}
    lines = ["# wugan voice to 3D; units: millimetres; z up", f"mtllib {library}"]
    first_vertex = first_normal = 1
    for name, parts in grouped(built).items():
        for label, part in parts:
            material = materials.get(part.material) or _name(part.material.name, materials)
            materials[part.material] = material
            mesh = shaded(part.solid)
            kept, place = np.unique(mesh.welded, return_inverse=True)
            corners = np.empty((len(mesh.faces), 6), np.int64)
            corners[:, 0::2] = place[mesh.faces] + first_vertex
            corners[:, 1::2] = mesh.faces + first_normal
            lines += [f"o {_word(name)}/{_word(label)}", f"usemtl {material}"]
            lines += [
                # Nine digits give each float32 back, so that vertices which differ still do.
                _rows("v %.9g %.9g %.9g\n", mesh.vertices[kept]),
                _rows("vn %.4f %.4f %.4f\n", mesh.normals),
                _rows("f %d//%d %d//%d %d//%d\n", corners),
            ]
            first_vertex += len(kept)
            first_normal += len(mesh.normals)
    text = "\n".join(lines)
    return text.encode(), "\n\n".join(_material(name, material) for material, name in materials.items()).encode()


def _rows(form: str, values: np.ndarray) -> str:
    return (form * len(values) % tuple(values.ravel().tolist())).rstrip("\n")


def _word(name: str) -> str:
    """Without spaces, at which some readers end a name."""
    return re.sub(r"\s+", "_", name.strip()) or "part"


def _name(said: str, taken: dict[Material, str]) -> str:
    name, number = _word(said), 2
    while name in taken.values():
        name, number = f"{_word(said)}_{number}", number + 1
    return name


def _material(name: str, material: Material) -> str:
    red, green, blue = (channel / 255 for channel in material.rgba()[:3])
    shine = 1 - material.roughness
    specular = 0.04 + 0.96 * material.metallic
    return "\n".join(
        [
            f"newmtl {name}",
            f"Kd {red:.6f} {green:.6f} {blue:.6f}",
            f"Ks {specular:.4f} {specular:.4f} {specular:.4f}",
            f"Ns {1 + 999 * shine**2:.2f}",
            f"d {material.opacity:.4f}",
            "illum 2",
            f"Pr {material.roughness:.4f}",
            f"Pm {material.metallic:.4f}",
            "",
        ]
    )

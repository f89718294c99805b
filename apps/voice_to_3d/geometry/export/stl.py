"""Binary STL in millimetres, z up: the union of all parts, ready to be printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.shading import face_normals
from wugan.apps.voice_to_3d.geometry.sound import mesh_of

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built

HEADER = b"wugan voice to 3D, millimetres, z up"  # must not begin with "solid": that is the ASCII kind
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attributes", "<u2")])


def stl(built: Built) -> bytes:
    """The scene as one binary STL; parts that touch or overlap are one body."""
    vertices, faces = mesh_of(built.solid())
    facets = np.zeros(len(faces), FACET)
    facets["normal"] = face_normals(vertices, faces)
    facets["corners"] = vertices[faces]
    return HEADER.ljust(80, b" ") + np.uint32(len(faces)).tobytes() + facets.tobytes()

"""3MF (core specification 1.3): parts with their names and colours, in millimetres, as one item to be printed."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np

from wugan.apps.voice_to_3d.geometry.export.names import grouped

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built
    from wugan.apps.voice_to_3d.scene.material import Material

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="model" ContentType="application/vnd.ms-package.3dmanufacturing-3dmodel+xml"/></Types>"""
RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">\
<Relationship Target="/3D/3dmodel.model" Id="rel0" \
Type="http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"/></Relationships>"""
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<model unit="millimeter" xml:lang="en-US" xmlns="http://schemas.microsoft.com/3dmanufacturing/core/2015/02">
<metadata name="Application">wugan voice to 3D</metadata>
<resources>
"""
MATERIALS_ID = 1


def threemf(built: Built) -> bytes:
    """The scene as a 3MF package; an object of components for each object, and one around them if there are several.

    The item is moved into the positive octant, where a printer's space lies (section 3.1.1 of the specification).
    """
    materials: dict[Material, int] = {}
    meshes: list[str] = []
    groups: list[tuple[str, list[int]]] = []
    number = MATERIALS_ID
    for name, parts in grouped(built).items():
        members = []
        for label, part in parts:
            number += 1
            members.append(number)
            colour = materials.setdefault(part.material, len(materials))
            meshes.append(_mesh(number, label, colour, *built.mesh(part)))
        groups.append((name, members))
    holders = []
    for name, members in groups:
        number += 1
        meshes.append(_components(number, name, members))
        holders.append(number)
    if len(holders) > 1:
        number += 1
        meshes.append(_components(number, "scene", holders))
    low, _ = built.bounds()
    move = " ".join(f"{-float(side) + 0.0:.7g}" for side in low)
    end = f'</resources>\n<build><item objectid="{number}" transform="1 0 0 0 1 0 0 0 1 {move}"/></build>\n</model>\n'
    return _package("".join([MODEL, _materials(list(materials)), *meshes, end]))


def _materials(materials: list[Material]) -> str:
    rows = "".join(
        f'<base name={quoteattr(material.name)} displaycolor="#{bytes(material.rgba()).hex().upper()}"/>\n'
        for material in materials
    )
    return f'<basematerials id="{MATERIALS_ID}">\n{rows}</basematerials>\n'


def _mesh(number: int, name: str, colour: int, vertices: np.ndarray, faces: np.ndarray) -> str:
    vertices = vertices + np.float32(0)  # no -0; nine digits below give each float32 back
    points = '<vertex x="%.9g" y="%.9g" z="%.9g"/>\n' * len(vertices) % tuple(vertices.ravel().tolist())
    corners = '<triangle v1="%d" v2="%d" v3="%d"/>\n' * len(faces) % tuple(faces.ravel().tolist())
    return (
        f'<object id="{number}" type="model" name={quoteattr(name)} pid="{MATERIALS_ID}" pindex="{colour}"><mesh>\n'
        f"<vertices>\n{points}</vertices>\n<triangles>\n{corners}</triangles>\n</mesh></object>\n"
    )


def _components(number: int, name: str, members: list[int]) -> str:
    rows = "".join(f'<component objectid="{member}"/>' for member in members)
    return f'<object id="{number}" type="model" name={quoteattr(name)}><components>{rows}</components></object>\n'


def _package(model: str) -> bytes:
    """Zipped with a fixed date, so that the same scene gives the same bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as package:
        for name, text in (
            ("[Content_Types].xml", CONTENT_TYPES),
            ("_rels/.rels", RELATIONS),
            ("3D/3dmodel.model", model),
        ):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, text)
    return file.getvalue()

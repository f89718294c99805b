"""Files that other tools open: `export(built, path)` by the path's suffix; each is written whole or not at all."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from xml.sax.saxutils import quoteattr

import numpy as np

from wugan.apps.voice_to_3d.geometry.sound import mesh_of
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.build import Built, BuiltPart
    from wugan.apps.voice_to_3d.scene.material import Material


SUFFIXES = (".glb", ".stl", ".3mf", ".obj", ".step", ".stp")


def export(built: Built, path: str | Path) -> list[str]:
    """Write `built` as GLB, STL, 3MF, OBJ (with MTL beside it) or STEP, as the suffix of `path` says.

    Args:
        built: at least one part.
        path: in a folder that exists; a file that is there is replaced when the new one is complete.

    Returns:
        Notes on what the format could not hold exactly (STEP: which parts are faceted); mostly none.

    Raises:
        DataError: an unknown suffix, nothing to write, no `build123d` (STEP), or a file that cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: cannot write {suffix or 'a file without a suffix'}; use one of {', '.join(SUFFIXES)}")
    if not built.parts:
        raise DataError(f"{path}: there is nothing to write; the scene has no parts")
    if suffix in (".step", ".stp"):
        try:
            from wugan.apps.voice_to_3d.geometry.step import step
        except ImportError as error:
            raise DataError(f"STEP needs build123d ({error}): pip install 'wugan[step]'") from error
        text, notes = step(built)
        write(path, text)
        return notes
    if suffix == ".obj":
        library = path.with_name("_".join(path.stem.split()) + ".mtl")  # readers end the name at a space
        text, materials = obj(built, library.name)
        write(library, materials)  # first: an OBJ must not point to a file that is not there
        write(path, text)
        return []
    write(path, WRITERS[suffix](built))
    return []


def encode(built: Built, suffix: str) -> bytes:
    """The bytes of a format of one file (`.glb`, `.stl`, `.3mf`), for those who send rather than keep them."""
    if suffix not in WRITERS:
        raise DataError(f"{suffix!r} is not one file in memory; use .glb, .stl or .3mf, or `export` to a path")
    if not built.parts:
        raise DataError("there is nothing to write; the scene has no parts")
    return WRITERS[suffix](built)


def write(path: Path, data: bytes) -> None:
    """All of `data` at `path` or, after an error, what was there before."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); is the folder there and free?") from error


def grouped(built: Built) -> dict[str, list[tuple[str, BuiltPart]]]:
    """Parts with their names by object, in the scene's order.

    A role that an object has once is the part's name; of several, each has its number from 1.
    """
    objects: dict[str, list[BuiltPart]] = {}
    for part in built.parts:
        objects.setdefault(part.object, []).append(part)
    return {_printable(name): _named(_printable(name), parts) for name, parts in objects.items()}


def _named(object: str, parts: list[BuiltPart]) -> list[tuple[str, BuiltPart]]:
    roles = [_printable(part.role) or object for part in parts]
    total, so_far = Counter(roles), Counter[str]()
    named = []
    for role, part in zip(roles, parts, strict=True):
        so_far[role] += 1
        named.append((role if total[role] == 1 else f"{role} {so_far[role]}", part))
    return named


def _printable(name: str) -> str:
    """Without control characters, which XML and many readers refuse."""
    return "".join(letter if letter.isprintable() else " " for letter in name).strip()


CREASE = 35.0  # degrees; facets of a round thing of 12 sides or more meet at 30 or less


@dataclass(frozen=True, slots=True)
class Shaded:
    """A mesh whose vertices are doubled along creases, so that each has one normal.

    Attributes:
        vertices: float32 [V, 3], mm.
        normals: float32 [V, 3], of length 1, outwards.
        faces: int32 [F, 3], counter-clockwise from outside.
        welded: int32 [V]: the number of each vertex's place; vertices that lie together share it.
    """

    vertices: np.ndarray
    normals: np.ndarray
    faces: np.ndarray
    welded: np.ndarray


def shaded(solid: Manifold, crease: float = CREASE) -> Shaded:
    """The surface of `solid` with normals; edges sharper than `crease` degrees stay sharp."""
    mesh = solid.calculate_normals(0, crease).to_mesh()
    properties = np.asarray(mesh.vert_properties, np.float32)
    vertices = np.ascontiguousarray(properties[:, :3]) + np.float32(0)  # no -0
    faces = np.ascontiguousarray(mesh.tri_verts, np.int32)
    normals = _unit(properties[:, 3:6], vertices, faces)
    return Shaded(vertices, normals, faces, _welded(len(vertices), mesh.merge_from_vert, mesh.merge_to_vert))


def creases(mesh: Shaded, crease: float = CREASE) -> np.ndarray:
    """The sharp edges: int32 [E, 2], numbers of vertices of `mesh`."""
    faces, places = mesh.faces, mesh.welded
    ends = faces[:, (0, 1, 1, 2, 2, 0)].reshape(-1, 2)
    own = np.sort(places[ends], axis=1).astype(np.int64)
    key = own[:, 0] * len(mesh.vertices) + own[:, 1]
    order = np.argsort(key, kind="stable")
    key, ends, face = key[order], ends[order], order // 3
    pairs = np.flatnonzero(key[1:] == key[:-1])
    normals = face_normals(mesh.vertices, faces)
    cosine = np.einsum("ij,ij->i", normals[face[pairs]], normals[face[pairs + 1]])
    return np.ascontiguousarray(ends[pairs[cosine < np.cos(np.radians(crease))]], np.int32)


def face_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Normals of the triangles, float64 [F, 3]; zero where a triangle has no area."""
    corners = vertices.astype(np.float64)[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1, keepdims=True)
    return np.divide(normals, length, out=np.zeros_like(normals), where=length > 0)


def _unit(normals: np.ndarray, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Of length 1 in float32, as glTF wants; a vertex of degenerate triangles only gets one all the same."""
    normals = normals.astype(np.float64)
    length = np.linalg.norm(normals, axis=1)
    bad = ~(np.isfinite(length) & (length > 1e-6))
    if bad.any():
        flat = face_normals(vertices, faces)
        for column in range(3):
            normals[faces[:, column][bad[faces[:, column]]]] = flat[bad[faces[:, column]]]
        length = np.linalg.norm(normals, axis=1)
        bad = ~(np.isfinite(length) & (length > 1e-6))
        normals[bad], length[bad] = (0.0, 0.0, 1.0), 1.0
    return (normals / length[:, None]).astype(np.float32)


def _welded(count: int, sources: object, targets: object) -> np.ndarray:
    places = np.arange(count, dtype=np.int32)
    source = np.asarray(sources, np.int64)
    if len(source):
        places[source] = np.asarray(targets, np.int32)
        while not np.array_equal(places, places[places]):  # merges may lead on to merges
            places = places[places]
    return places


# Binary glTF 2.0 with physically based materials.
#
# Metres and y up, as the standard has them (glTF 2.0, section 3.4): x stays to the right, the front faces +z. The
# file is put together here: trimesh, which could do it, takes a second to import, keeps colours in eight bits, which
# is too coarse for linear ones, and was measured to take three times as long; it reads the files back in the tests.

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


# Wavefront OBJ in millimetres, z up, with its material library (MTL).
#
# Colours are sRGB, as readers of MTL take them; `Pr` and `Pm` are the usual extension for roughness and metal.


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
    return text.encode(), "\n\n".join(_entry_of(name, material) for material, name in materials.items()).encode()


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


def _entry_of(name: str, material: Material) -> str:
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


HEADER = b"wugan voice to 3D, millimetres, z up"  # must not begin with "solid": that is the ASCII kind
FACET = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attributes", "<u2")])


def stl(built: Built) -> bytes:
    """The scene as one binary STL; parts that touch or overlap are one body."""
    vertices, faces = mesh_of(built.solid())
    facets = np.zeros(len(faces), FACET)
    facets["normal"] = face_normals(vertices, faces)
    facets["corners"] = vertices[faces]
    return HEADER.ljust(80, b" ") + np.uint32(len(faces)).tobytes() + facets.tobytes()


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


WRITERS: dict[str, Callable[[Built], bytes]] = {".glb": glb, ".stl": stl, ".3mf": threemf}

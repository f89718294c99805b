"""`render`: a picture of what was built, as a product is shown: three quarters from the front, on a soft ground.

The same scene gives the same bytes on one machine; another machine's OpenGL may round a few pixels differently.
"""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.export import write
from wugan.apps.voice_to_3d.geometry.export.glb import linear
from wugan.apps.voice_to_3d.geometry.export.shading import Shaded, creases, shaded
from wugan.apps.voice_to_3d.geometry.preview.camera import Camera, framing
from wugan.apps.voice_to_3d.geometry.preview.offscreen import draw
from wugan.apps.voice_to_3d.geometry.preview.scale import draw_scale
from wugan.apps.voice_to_3d.geometry.preview.shadow import shadow
from wugan.errors import DataError

if TYPE_CHECKING:
    from PIL import Image
    from pyrender import Mesh, Node, Scene

    from wugan.apps.voice_to_3d.geometry.built import Built
    from wugan.apps.voice_to_3d.scene.material import Material

SMALLEST, LARGEST = 64, 4096  # pixels
# Where light comes from, in the camera's frame (right, up, towards the camera), and how strong it is.
KEY, FILL, RIM = ((-0.7, 0.8, 0.8), 3.3), ((0.9, 0.1, 0.55), 0.55), ((0.3, 0.9, -0.7), 0.5)
AMBIENT = 0.33
SKY, FLOOR = 255, 238  # grey of the background, at the top and at the bottom
LIFT = 2e-3  # of the distance: edges are drawn so much nearer to the camera than the faces that they bound


def render(built: Built, path: str | Path | None = None, size: tuple[int, int] = (800, 600)) -> bytes:
    """The picture as PNG, written to `path` if one is given.

    Args:
        built: at least one part.
        path: of the PNG; `None` writes none.
        size: width and height, 64 to 4096 pixels.

    Raises:
        DataError: nothing to show, another size, no OpenGL (names the package to install), a file that cannot be
            written.
    """
    if not built.parts:
        raise DataError("there is nothing to show; the scene has no parts")
    if not all(SMALLEST <= side <= LARGEST for side in size):
        raise DataError(f"a picture of {size[0]} × {size[1]} pixels; each side must be {SMALLEST} to {LARGEST}")
    file = io.BytesIO()
    picture(built, size).save(file, "png", compress_level=3)
    if path is not None:
        write(Path(path), file.getvalue())
    return file.getvalue()


def warm_up(size: tuple[int, int] = (800, 600)) -> None:
    """Load OpenGL and its shaders by drawing a triangle, some two seconds that the first picture need not take.

    Raises:
        DataError: no OpenGL; names the package to install.
    """
    from wugan.apps.voice_to_3d.scene.material import Material

    corners = np.eye(3, dtype=np.float32)
    mesh = Shaded(corners, corners, np.array([[0, 1, 2]], np.int32), np.arange(3, dtype=np.int32))
    grey = Material(name="grey", colour="#808080")
    camera = framing(corners, size)
    draw(lambda: _scene([(mesh, grey)], camera), size)


def picture(built: Built, size: tuple[int, int] = (800, 600)) -> Image.Image:
    """The picture, RGB; arguments and errors as of `render`."""
    from PIL import Image, ImageChops

    meshes = [(shaded(part.solid), part.material) for part in built.parts]
    camera = framing(np.concatenate([mesh.vertices for mesh, _ in meshes]), size)
    low, high = built.bounds()
    colours = draw(lambda: _scene(meshes, camera), size)
    covered = Image.fromarray(np.ascontiguousarray(colours[:, :, 3]))
    front = Image.fromarray(np.ascontiguousarray(colours[:, :, :3]))
    casting = [(mesh.vertices, mesh.faces) for mesh, _ in meshes]
    ground = ImageChops.multiply(_background(size), shadow(casting, float(low[2]), camera)).convert("RGB")
    # The front is already mixed with white where it covers a pixel in part, and white times the ground is the ground.
    result = Image.composite(front, ImageChops.multiply(front, ground), covered)
    draw_scale(result, camera.pixels_per_mm(), low, high)
    return result


def _scene(meshes: list[tuple[Shaded, Material]], camera: Camera) -> Scene:
    from pyrender import DirectionalLight, PerspectiveCamera, Scene

    scene = Scene(bg_color=[1.0, 1.0, 1.0, 0.0], ambient_light=[AMBIENT] * 3)
    nodes: list[dict[str, Any]] = [
        {"camera": PerspectiveCamera(camera.yfov, camera.near, camera.far), "matrix": camera.pose}
    ]
    for direction, strength in (KEY, FILL, RIM):
        pose = _shining(camera.pose[:3, :3] @ np.array(direction))
        nodes.append({"light": DirectionalLight(intensity=strength), "matrix": pose})
    for material, group in _by_material(meshes):
        nodes.append({"mesh": _surface(group, material)})
        ends = [mesh.vertices[creases(mesh).ravel()] for mesh in group]
        if sum(map(len, ends)):
            nodes.append({"mesh": _lines(np.concatenate(ends), material, camera)})
    for number, node in enumerate(nodes):
        scene.add_node(_node(number, **node))
    return scene


def _by_material(meshes: list[tuple[Shaded, Material]]) -> list[tuple[Material, list[Shaded]]]:
    """What is drawn at once: all of an opaque material; what shines through by itself, so that it can be sorted."""
    opaque: dict[Material, list[Shaded]] = {}
    for mesh, material in meshes:
        if material.opacity == 1:
            opaque.setdefault(material, []).append(mesh)
    return [*opaque.items(), *((material, [mesh]) for mesh, material in meshes if material.opacity < 1)]


def _node(number: int, **content: Any) -> Node:
    """A node that hashes to its number.

    pyrender keeps nodes in sets. By address, their order would differ from picture to picture, and with it the order in
    which light is added up, which shows in the last bit of a pixel.
    """
    from pyrender import Node

    class Numbered(Node):
        def __hash__(self) -> int:
            return number

    return Numbered(**content)


def _surface(meshes: list[Shaded], material: Material) -> Mesh:
    from pyrender import Mesh, MetallicRoughnessMaterial, Primitive

    # There is no surrounding to be mirrored, and without one polished metal would be black.
    look = MetallicRoughnessMaterial(
        baseColorFactor=[*linear(material.colour), material.opacity],
        metallicFactor=0.25 * material.metallic,
        roughnessFactor=max(material.roughness, 0.4),
        alphaMode="BLEND" if material.opacity < 1 else "OPAQUE",
    )
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes)])
    faces = np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)])
    vertices = np.concatenate([mesh.vertices for mesh in meshes])
    normals = np.concatenate([mesh.normals for mesh in meshes])
    return Mesh([Primitive(vertices, normals=normals, indices=faces, material=look)])


def _lines(ends: np.ndarray, material: Material, camera: Camera) -> Mesh:
    """Edges, given by both ends of one after another, a hair in front of the faces.

    In a darker shade of the part's colour; a lighter one of black.
    """
    from pyrender import Mesh, MetallicRoughnessMaterial, Primitive

    colour = np.array(linear(material.colour))
    shade = colour * 0.12 if colour.mean() > 0.03 else colour + 0.06
    look = MetallicRoughnessMaterial(baseColorFactor=[*shade, 1.0], metallicFactor=0.0, roughnessFactor=1.0)
    towards = camera.pose[:3, 3] - ends
    facing = towards / np.linalg.norm(towards, axis=1, keepdims=True)
    return Mesh([Primitive(ends + LIFT * towards, normals=facing.astype(np.float32), material=look, mode=1)])


def _shining(source: np.ndarray) -> np.ndarray:
    """The pose of a lamp that shines from `source` to the origin: along its own -z."""
    back = source / np.linalg.norm(source)
    side = np.cross((0.0, 0.0, 1.0) if abs(back[2]) < 0.99 else (0.0, 1.0, 0.0), back)
    side /= np.linalg.norm(side)
    pose = np.eye(4)
    pose[:3, :3] = np.column_stack([side, np.cross(back, side), back])
    return pose


@cache
def _background(size: tuple[int, int]) -> Image.Image:
    from PIL import Image

    column = np.rint(np.linspace(SKY, FLOOR, size[1])).astype(np.uint8)
    return Image.fromarray(np.repeat(column[:, None], size[0], axis=1))


__all__ = ["picture", "render", "warm_up"]

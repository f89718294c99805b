"""`render`: a picture of what was built, as a product is shown: three quarters from the front, on a soft ground.

The same scene gives the same bytes on one machine; another machine's OpenGL may round a few pixels differently.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.export import Shaded, creases, linear, shaded, write
from wugan.apps.voice_to_3d.geometry.offscreen import draw
from wugan.errors import DataError

if TYPE_CHECKING:
    from PIL import Image, ImageFont
    from pyrender import Mesh, Node, Scene

    from wugan.apps.voice_to_3d.geometry.build import Built
    from wugan.apps.voice_to_3d.scene.material import Material


DIRECTION = (0.62, -1.0, 0.52)  # from the thing to the camera; the front of a thing faces -y
FIELD = 26.0  # degrees, vertical: a long lens, which keeps parallel edges nearly parallel
MARGIN = 0.09  # of the picture's width and height, on each side
FOOT = 0.10  # of the picture's height, above the lower margin: the scale's place


@dataclass(frozen=True)
class Camera:
    """Where the camera stands and what it sees.

    Attributes:
        pose: float64 [4, 4], camera to world (mm); it looks along its -z, its y is up.
        size: of the picture, pixels.
        near, far: distances between which everything lies, mm.
        middle: distance of the middle of everything, mm.
    """

    pose: np.ndarray
    size: tuple[int, int]
    near: float
    far: float
    middle: float

    @property
    def yfov(self) -> float:
        """Vertical field of view, radians."""
        return float(np.radians(FIELD))

    def pixels_per_mm(self) -> float:
        """At the distance of the middle."""
        return self.size[1] / (2 * self.middle * float(np.tan(self.yfov / 2)))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Pixels [N, 2], y downwards, of points [N, 3] in the world."""
        local = (points - self.pose[:3, 3]) @ self.pose[:3, :3]
        scale = self.size[1] / (2 * np.tan(self.yfov / 2))
        flat = local[:, :2] / -local[:, 2:3] * scale
        return np.column_stack([self.size[0] / 2 + flat[:, 0], self.size[1] / 2 - flat[:, 1]])


def framing(points: np.ndarray, size: tuple[int, int]) -> Camera:
    """The camera that shows all of `points` [N, 3] (mm) within the margins.

    Of all the cameras that look that way it is the nearest. A side of the picture is a plane through the camera that
    every point must lie inside of; with t the tangent of the side's angle, x + t z <= s + t d, where s is the camera's
    place sideways and d along its axis. Each pair of sides gives the least d, and s for it.
    """
    back = np.array(DIRECTION) / np.linalg.norm(DIRECTION)
    right = np.cross((0.0, 0.0, 1.0), back)
    right /= np.linalg.norm(right)
    turn = np.column_stack([right, np.cross(back, right), back])
    x, y, z = (points.astype(np.float64) @ turn).T
    whole = float(np.tan(np.radians(FIELD) / 2))
    sideways = whole * size[0] / size[1] * (1 - 2 * MARGIN)
    above, below = whole * (1 - 2 * MARGIN), whole * (1 - 2 * MARGIN - 2 * FOOT)
    right_of, left_of = (x + sideways * z).max(), (-x + sideways * z).max()
    top_of, bottom_of = (y + above * z).max(), (-y + below * z).max()
    distance = max((right_of + left_of) / (2 * sideways), (top_of + bottom_of) / (above + below))
    shift_x = (right_of - left_of) / 2
    # Where the width decides, the height has room to spare: half of it above, half below.
    shift_y = ((top_of - above * distance) + (below * distance - bottom_of)) / 2
    pose = np.eye(4)
    pose[:3, :3] = turn
    pose[:3, 3] = turn @ (shift_x, shift_y, distance)
    depth = max(float(distance - z.min()), 1e-6)
    near = max(float(distance - z.max()), 1e-3 * depth)
    return Camera(pose, size, near * 0.9, depth * 1.1, float(distance - (z.min() + z.max()) / 2))


INK = (64, 68, 74)
ROUND = (1.0, 2.0, 5.0, 10.0)


def length(mm: float) -> str:
    """A length as one reads it: "0.8 mm", "35 mm", "1.2 m"."""
    if mm >= 10_000:
        return f"{mm / 1000:.4g} m"
    return f"{mm:.4g} mm" if mm < 1000 else f"{mm:.0f} mm"


def dimensions(low: np.ndarray, high: np.ndarray) -> str:
    """Width × depth × height of a box (mm); with the letter x, since Pillow's own font lacks the sign."""
    width, depth, height = (float(side) for side in np.asarray(high, np.float64) - np.asarray(low, np.float64))
    if max(width, depth, height) >= 10_000:
        return f"W {width / 1000:.4g} x D {depth / 1000:.4g} x H {height / 1000:.4g} m"
    sides = (f"{side:.1f}".rstrip("0").rstrip(".") if side >= 10 else f"{side:.3g}" for side in (width, depth, height))
    return "W {} x D {} x H {} mm".format(*sides)


def bar(pixels_per_mm: float, widest: float) -> float:
    """The longest of 1, 2, 5, 10 … mm that `widest` pixels hold."""
    most = widest / pixels_per_mm
    power = 10.0 ** np.floor(np.log10(most))
    return float(max(step * power for step in ROUND if step * power <= most * (1 + 1e-9)))


def draw_scale(picture: Image.Image, pixels_per_mm: float, low: np.ndarray, high: np.ndarray) -> None:
    """Draw both at the foot of `picture`: the bar (true at the middle of the thing) left, the sizes right."""
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    font = _font(max(height // 40, 9))
    margin, line = width // 32, height - height // 22
    mm = bar(pixels_per_mm, width / 5)
    end = margin + round(mm * pixels_per_mm)
    tick = max(height // 120, 2)
    draw.line([(margin, line), (end, line)], fill=INK, width=2)
    for x in (margin, end):
        draw.line([(x, line - tick), (x, line + tick)], fill=INK, width=2)
    draw.text((end + height // 60, line), length(mm), fill=INK, font=font, anchor="lm")
    draw.text((width - margin, line), dimensions(low, high), fill=INK, font=font, anchor="rm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    from PIL import ImageFont

    return ImageFont.load_default(size)  # ships inside Pillow, so that every machine draws the same letters


SMALLER = 4  # the shadow is drawn at a quarter of the size: it is blurred anyway
LIGHT = (-0.42, -0.30, 1.0)  # from the thing to the lamp: the shadow falls to the right and the back
CAST, CONTACT = 0.22, 0.20  # how dark the shadow of the lamp is, and the one right below what touches the ground
FADE = 0.08  # of the picture, at each side
LOW = 0.06  # of the whole height: what is lower counts as touching the ground


def shadow(meshes: list[tuple[np.ndarray, np.ndarray]], ground: float, camera: Camera) -> Image.Image:
    """What the ground keeps of its light, as a grey picture (255: all).

    Args:
        meshes: vertices [V, 3] (mm) and faces [F, 3] of what casts it.
        ground: its height, mm.
        camera: whose picture it is for.
    """
    from PIL import Image, ImageFilter

    size = (camera.size[0] // SMALLER, camera.size[1] // SMALLER)
    light = np.full((size[1], size[0]), 255.0, np.float32)
    top = max(float(vertices[:, 2].max()) for vertices, _ in meshes)
    low = [(v, f[(v[f][:, :, 2] - ground).min(axis=1) <= LOW * (top - ground)]) for v, f in meshes]
    for casting, direction, dark, softness in (
        (meshes, LIGHT, CAST, size[1] / 60),
        (low, (0.0, 0.0, 1.0), CONTACT, size[1] / 50),
    ):
        mask = _silhouette(casting, ground, camera, direction, size)
        soft = np.asarray(mask.filter(ImageFilter.GaussianBlur(softness)), np.float32)
        light *= 1 - dark * soft * _fading(size) / 255
    return Image.fromarray(np.rint(light).astype(np.uint8)).resize(camera.size, Image.Resampling.BILINEAR)


@cache
def _fading(size: tuple[int, int]) -> np.ndarray:
    """1, and less towards the picture's sides, where a shadow would otherwise be cut off."""
    across, down = (np.minimum(np.arange(n), np.arange(n)[::-1]) / (FADE * n) for n in size)
    return np.minimum(np.minimum(across[None, :], down[:, None]), 1.0).astype(np.float32)


def _silhouette(
    meshes: list[tuple[np.ndarray, np.ndarray]],
    ground: float,
    camera: Camera,
    direction: tuple[float, float, float],
    size: tuple[int, int],
) -> Image.Image:
    """Everything flattened onto the ground along `direction`, as the camera sees it, white on black."""
    from PIL import Image, ImageDraw

    mask = Image.new("L", size)
    draw = ImageDraw.Draw(mask)
    dots = []
    for vertices, faces in meshes:
        height = vertices[:, 2:3].astype(np.float64) - ground
        flat = vertices - height * np.array(direction)
        corners = (camera.project(flat) / SMALLER)[faces]
        reach = np.abs(corners - corners.mean(axis=1, keepdims=True)).max(axis=(1, 2), initial=0.0)
        for triangle in corners[reach > 1].reshape(-1, 6).tolist():
            draw.polygon(triangle, fill=255)
        dots.append(corners[reach <= 1].reshape(-1, 2))  # of a pixel or two: their corners will do
    points = np.rint(np.concatenate(dots)).astype(np.int64) if dots else np.zeros((0, 2), np.int64)
    points = points[(points >= 0).all(axis=1) & (points < size).all(axis=1)]
    pixels = np.array(mask)
    pixels[points[:, 1], points[:, 0]] = 255
    return Image.fromarray(pixels)


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

"""The shadow on the ground: a soft dark shape, drawn small and blurred, by which a thing stands instead of floating."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from PIL import Image

    from wugan.apps.voice_to_3d.geometry.preview.camera import Camera

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

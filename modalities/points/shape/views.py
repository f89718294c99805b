"""Views of a shape: what it looks like from around and from above, as small images, whatever way it was scanned.

A set of points becomes depth images as in SimpleView (Goyal et al. 2021, "Revisiting Point Cloud Shape Classification
with a Simple and Effective Baseline"), here at equal angles about the vertical, so that turning the shape about it only
turns the sequence of views.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.errors import DataError

SIZE = 32  #: pixels of a view's side
CHANNELS = 3  #: nearness of the near side, of the far side, and how many points lie behind a pixel
LEAST_POINTS = 4
_MARGIN = 0.9  # share of the image that a shape fills
_FAINT = 0.02  # nearness of the farthest point: not the 0 of "nothing is there"
_OUTLIERS = 0.99  # the share of points that a shape's size is taken from


def normalised(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """Points about their middle, in units of their radius: float32 `[N, 3]`, z up.

    Raises:
        DataError: not `[N, 3]`, not finite, fewer than 4 points, or all in one place.
    """
    if points.ndim != 2 or points.shape[1] != 3:
        raise DataError(f"a shape is points [N, 3], got {list(points.shape)}")
    if len(points) < LEAST_POINTS:
        raise DataError(f"a shape needs {LEAST_POINTS} points at least, got {len(points)}")
    if not np.isfinite(points).all():
        raise DataError("points of a shape hold NaN or infinity; drop those points first")
    low, high = points[:, 2].min(), points[:, 2].max()
    middle = np.array([*points[:, :2].mean(axis=0), (low + high) / 2])
    centred = points - middle
    radius = np.quantile(np.linalg.norm(centred, axis=1), _OUTLIERS)
    if radius <= 0:
        raise DataError("all points of a shape lie in one place; give a scan of the whole object")
    return (centred / radius).astype(np.float32)


def padded(shapes: Sequence[NDArray[np.float32]]) -> tuple[Tensor, Tensor]:
    """Shapes as one tensor `[B, N, 3]`, filled up with zeros, and how many points each has `[B]`."""
    counts = torch.tensor([len(shape) for shape in shapes])
    points = torch.zeros(len(shapes), int(counts.max()), 3)
    for row, shape in zip(points, shapes, strict=True):
        row[: len(shape)] = torch.from_numpy(shape)
    return points, counts


def azimuths(views: int) -> Tensor:
    """Angles (rad) of views at equal distances about the vertical, `[views]`."""
    return torch.arange(views) * (2 * math.pi / views)


def rendered(points: Tensor, counts: Tensor, azimuth: Tensor) -> Tensor:
    """Images of shapes from around, and one from above.

    Args:
        points: normalised, `[B, N, 3]`.
        counts: of the real points of each, `[B]`.
        azimuth: angles of the views (rad), `[B, V]`.

    Returns:
        Float32 `[B, V + 1, 3, 32, 32]`, the view from above last. 0 is nothing there; else 0.02 is farthest, 1 nearest.
    """
    batch, length, _ = points.shape
    real = torch.arange(length) < counts[:, None]
    cos, sin = azimuth.cos()[..., None], azimuth.sin()[..., None]
    x, y, z = (points[:, None, :, axis] for axis in range(3))
    across, depth = cos * x - sin * y, sin * x + cos * y
    right = torch.cat([across, across[:, :1]], 1)
    up = torch.cat([z.expand_as(across), depth[:, :1]], 1)
    depth = torch.cat([depth, z], 1)
    images = batch * right.shape[1]
    offset = torch.arange(images).view(batch, -1, 1) * SIZE * SIZE
    place = (_pixel(-up) * SIZE + _pixel(right) + offset).reshape(-1)
    here = real[:, None].expand_as(depth)
    near = (depth * _MARGIN + 1) / 2
    layers = [
        _highest(place, torch.where(here, near.clamp(_FAINT, 1), 0.0), images),
        _highest(place, torch.where(here, (1 - near).clamp(_FAINT, 1), 0.0), images),
        _density(place, here.float(), images),
    ]
    return torch.cat(layers, 1).view(batch, -1, CHANNELS, SIZE, SIZE)


def _pixel(value: Tensor) -> Tensor:
    return ((value * _MARGIN + 1) / 2 * SIZE).floor().clamp(0, SIZE - 1).long()


def _highest(place: Tensor, value: Tensor, images: int) -> Tensor:
    """The greatest value at each pixel and its neighbours, which closes the gaps between points."""
    flat = torch.zeros(images * SIZE * SIZE).scatter_reduce(0, place, value.reshape(-1), "amax")
    return nn.functional.max_pool2d(flat.view(images, 1, SIZE, SIZE), 3, 1, 1)


def _density(place: Tensor, value: Tensor, images: int) -> Tensor:
    flat = torch.zeros(images * SIZE * SIZE).scatter_add(0, place, value.reshape(-1))
    smooth = nn.functional.avg_pool2d(flat.view(images, 1, SIZE, SIZE), 3, 1, 1)
    return smooth / (smooth.flatten(1).amax(1)[:, None, None, None] + 1e-6)

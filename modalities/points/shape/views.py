"""Views of a shape: what it looks like from around, as small shaded images, whatever way it was scanned; `ViewNetwork`.

Views are taken from above and from below, at equal angles about the vertical, as by multi-view networks for meshes (Su
et al. 2015, "Multi-view Convolutional Neural Networks for 3D Shape Recognition"; shading and depth together as in Su et
al. 2018, "A Deeper Look at 3D Shape Classifiers"). Points are drawn as squares that close the gaps between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.errors import DataError
from wugan.modalities.points.shape.backbone import WIDTH, EfficientNetLite

SIZE = 96  #: pixels of a view's side
CHANNELS = 3  #: shading, nearness of the near side and of the far side
VIEWS = 4  #: of a look
ABOVE, BELOW = math.radians(30), math.radians(-20)  #: where one looks from
LEAST_POINTS = 4
_DRAWN = SIZE // 2  # pixels of a side that points are drawn on: the gaps between them are no wider than two of these
_LIGHT = (0.5, 0.6, 0.62)  # from the right, above and the viewer
_RELIEF = 2.0  # how much steeper than it is a surface is shaded
_AMBIENT = 0.1
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


def around(turn: Tensor) -> tuple[Tensor, Tensor]:
    """Azimuths and elevations (rad), `[B, 4]`: at equal angles that begin at `turn` (`[B]`), above and below by turns.

    Half a turn on, they are the same.
    """
    step = 2 * math.pi / VIEWS
    height = torch.tensor([ABOVE, BELOW]).repeat(VIEWS // 2)
    return turn[:, None] + torch.arange(VIEWS) * step, height.expand(len(turn), -1)


def scattered(turn: Tensor) -> tuple[Tensor, Tensor]:
    """The same for training: angles up to 30° further on, each above or below by chance, elevations ±5°."""
    azimuth, _ = around(turn)
    azimuth = azimuth + torch.rand(azimuth.shape) * 0.5
    height = torch.where(torch.rand(azimuth.shape) < 0.5, ABOVE, BELOW)
    return azimuth, height + (torch.rand(azimuth.shape) - 0.5) * math.radians(10)


def rendered(points: Tensor, counts: Tensor, azimuth: Tensor, elevation: Tensor) -> Tensor:
    """Images of shapes.

    Args:
        points: normalised, `[B, N, 3]`.
        counts: of the real points of each, `[B]`.
        azimuth: of the views (rad), `[B, V]`.
        elevation: of the views (rad), above the horizontal, `[B, V]`.

    Returns:
        Float32 `[B, V, 3, 96, 96]`, 0…1: shading of the near side, its nearness, that of the far side seen from behind.
        0 is nothing there; else a nearness of 0.02 is farthest, 1 nearest.
    """
    batch, length, _ = points.shape
    views = azimuth.shape[1]
    here = (torch.arange(length) < counts[:, None])[:, None].expand(-1, views, -1)
    cos, sin, flat, steep = (f(angle)[..., None] for angle in (azimuth, elevation) for f in (torch.cos, torch.sin))
    x, y, z = (points[:, None, :, axis] for axis in range(3))
    towards = sin * x + cos * y
    depth, up = flat * towards + steep * z, flat * z - steep * towards
    offset = torch.arange(batch * views).view(batch, views, 1) * _DRAWN**2
    place = (_pixel(-up) * _DRAWN + _pixel(cos * x - sin * y) + offset).reshape(-1)
    near = (depth * _MARGIN + 1) / 2
    front, back = (
        _highest(place, torch.where(here, nearness.clamp(_FAINT, 1), 0.0), batch * views)
        for nearness in (near, 1 - near)
    )
    there = (front > 0).float()
    smooth = _wider(_mean(front, there))
    there = _wider(there)
    images = torch.cat([_shading(smooth) * there, smooth, _wider(back)], 1)
    return images.view(batch, views, CHANNELS, SIZE, SIZE)


def _pixel(value: Tensor) -> Tensor:
    return ((value * _MARGIN + 1) / 2 * _DRAWN).floor().clamp(0, _DRAWN - 1).long()


def _highest(place: Tensor, value: Tensor, images: int) -> Tensor:
    """The greatest value at each pixel and its neighbours, which closes the gaps between points."""
    flat = torch.zeros(images * _DRAWN**2).scatter_reduce(0, place, value.reshape(-1), "amax")
    return nn.functional.max_pool2d(flat.view(images, 1, _DRAWN, _DRAWN), 3, 1, 1)


def _mean(image: Tensor, there: Tensor) -> Tensor:
    """Over each pixel and its neighbours, of those where something is."""
    total, share = (nn.functional.avg_pool2d(layer, 3, 1, 1) for layer in (image, there))
    return total / (share + 1e-6) * there


def _wider(image: Tensor) -> Tensor:
    return nn.functional.interpolate(image, size=(SIZE, SIZE), mode="bilinear", align_corners=False)


def _shading(nearness: Tensor) -> Tensor:
    """How much light falls from `_LIGHT` on the surface with this nearness."""
    scale = _RELIEF * SIZE / (2 * _MARGIN)
    right, down = ((nearness.roll(-1, axis) - nearness.roll(1, axis)) / 2 * scale for axis in (3, 2))
    normal = nn.functional.normalize(torch.cat([-right, down, torch.ones_like(right)], 1), dim=1)
    lit = (normal * torch.tensor(_LIGHT).view(1, 3, 1, 1)).sum(1, keepdim=True).clamp(min=0)
    return (1 - _AMBIENT) * lit + _AMBIENT


class ViewNetwork(nn.Module):
    """Logits and features of shapes from four views (a multi-view network, Su et al. 2015).

    Args:
        classes: number of classes.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite()
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(WIDTH, classes))

    def seen(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Features of every view, `[B, 4, 1280]`; in training, of views taken by chance. Arguments as for `forward`."""
        images = rendered(points, counts, *(scattered(turn) if self.training else around(turn)))
        return self.backbone(images.flatten(0, 1)).view(*images.shape[:2], -1)

    def forward(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Logits `[B, classes]` of normalised points `[B, N, 3]`, seen from angles that begin at `turn` (rad, `[B]`).

        The order of the views does not matter.
        """
        return self.named(self.seen(points, counts, turn))

    def named(self, features: Tensor) -> Tensor:
        """Logits `[B, classes]` of what `seen` gives: of each feature, the most that a view shows."""
        return self.head(features.amax(1))

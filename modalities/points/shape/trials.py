"""What a shape classifier is tried on: ModelNet's grids as they are, turned, thinned and shaken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.points.shape.classifier import ShapeClassifier
from wugan.modalities.points.shape.views import LEAST_POINTS

SIDE = 30
NOISE = 0.5
"""Standard deviation of the noise, in voxels: 2 % of a shape's length."""


@dataclass(frozen=True)
class Shape:
    """One grid's occupied voxels.

    Attributes:
        points: their indices, float32 `[N, 3]`.
        surface: which have an empty neighbour, bool `[N]`.
        label: index of the class.
    """

    points: NDArray[np.float32]
    surface: NDArray[np.bool_]
    label: int


def read_modelnet(path: Path, split: str) -> list[Shape]:
    """The shapes of a split; empty grids are dropped.

    Raises:
        DataError: the file cannot be read or lacks the split.
    """
    try:
        with np.load(path) as file:
            bits, labels = file[f"{split}_bits"], file[f"{split}_label"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: needs `{split}_bits` and `{split}_label`: {error}") from error
    grids = np.unpackbits(bits, axis=1)[:, : SIDE**3].reshape(-1, SIDE, SIDE, SIDE).astype(bool)
    shapes = [_shape(grid, int(label)) for grid, label in zip(grids, labels, strict=True)]
    return [shape for shape in shapes if len(shape.points) >= LEAST_POINTS]


def _shape(grid: NDArray[np.bool_], label: int) -> Shape:
    wide = np.pad(grid, 1)
    inner = np.ones_like(grid)
    for axis in range(3):
        for step in (1, -1):
            inner &= np.roll(wide, step, axis)[1:-1, 1:-1, 1:-1]
    return Shape(np.argwhere(grid).astype(np.float32), ~inner[grid], label)


def _as_is(points: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.floating]:
    return points


def _turned(points: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = np.cos(angle), np.sin(angle)
    return points @ np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])


def _halved(points: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    kept = rng.random(len(points)) < 0.5
    return points[kept] if kept.sum() >= LEAST_POINTS else points


def _shaken(points: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    return points + rng.normal(0, NOISE, points.shape)


def _all_three(points: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.floating]:
    return _halved(_shaken(_turned(points, rng), rng), rng)


TRIALS: dict[str, Callable[[NDArray[np.float32], np.random.Generator], NDArray[np.floating]]] = {
    "as they are": _as_is,
    "turned about the vertical": _turned,
    "half of the points": _halved,
    "noise of half a voxel": _shaken,
    "all three": _all_three,
}


def trial(
    classifier: ShapeClassifier, shapes: list[Shape], name: str, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Probabilities `[N, classes]` and true labels `[N]` of shapes under one of `TRIALS`."""
    rng = np.random.default_rng(seed)
    changed = [TRIALS[name](shape.points, rng) for shape in shapes]
    return classifier.probabilities(changed), np.array([shape.label for shape in shapes])

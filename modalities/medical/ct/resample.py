"""Regular grids to regular grids: another spacing, another order of axes, planes at other heights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from wugan.errors import DataError
from wugan.modalities.medical.ct.volume import Series, Volume


def to_spacing(volume: Volume, spacing: float | Sequence[float]) -> Volume:
    """The volume on a grid with the same centre and axes and another spacing.

    Linear between neighbours where the new grid is finer, and a triangle as wide as the new spacing (no aliasing) where
    it is coarser. Beyond the outermost planes their values go on.

    Args:
        volume: what to resample.
        spacing: mm, one number or x, y, z.

    Raises:
        DataError: a spacing is not a positive number.
    """
    wanted = np.broadcast_to(np.asarray(spacing, np.float64), 3)
    if not (np.isfinite(wanted).all() and (wanted > 0).all()):
        raise DataError(f"spacing must be positive millimetres (one number, or x, y, z), got {spacing!r}")
    old = np.array(volume.spacing)
    sizes = np.maximum(1, np.round(np.array(volume.size) * old / wanted)).astype(int)
    # Index, in the old grid, of the new first voxel: both grids have the same centre.
    first = (np.array(volume.size) - 1) / 2 - (sizes - 1) / 2 * wanted / old
    weights = [
        line_weights(first[axis] + np.arange(sizes[axis]) * wanted[axis] / old[axis], volume.size[axis], width)
        for axis, width in enumerate(np.maximum(1.0, wanted / old))
    ]
    affine = volume.affine.copy()
    affine[:3, 3] = volume.to_world(first)
    affine[:3, :3] = volume.directions * wanted
    same = np.array_equal(sizes, volume.size) and np.allclose(wanted, old, rtol=0, atol=1e-9)
    values = volume.values if same else _apply(volume.values, *weights)
    series = volume.series if same else _without_planes(volume)
    return replace(volume, values=values, affine=affine, series=series)


def to_canonical(volume: Volume) -> Volume:
    """The volume with its axes swapped and turned so that x, y, z lie nearest to left, back and head."""
    order, signs = nearest_axes(volume.directions)
    if order == (0, 1, 2) and (signs > 0).all():
        return volume
    values = np.transpose(volume.values, [2 - order[2], 2 - order[1], 2 - order[0]])
    values = values[:: int(signs[2]), :: int(signs[1]), :: int(signs[0])]
    affine = np.eye(4)
    affine[:3, :3] = volume.affine[:3, list(order)] * signs
    last = np.array(volume.size, np.float64) - 1
    affine[:3, 3] = volume.affine[:3, 3]
    for axis, sign in zip(order, signs, strict=True):
        if sign < 0:  # the old last voxel becomes the first
            affine[:3, 3] += volume.affine[:3, axis] * last[axis]
    series = volume.series
    if order[2] != 2:
        series = _without_planes(volume)
    elif signs[2] < 0:
        top = volume.size[2] - 1
        turned = (replace(ref, z=None if ref.z is None else top - ref.z) for ref in reversed(series.instances))
        series = replace(series, instances=tuple(turned))
    return replace(volume, values=np.ascontiguousarray(values), affine=affine + 0.0, series=series)  # no -0.0


def nearest_axes(directions: NDArray[np.float64]) -> tuple[tuple[int, int, int], NDArray[np.float64]]:
    """Which column of `directions [3, 3]` lies nearest to each of x, y, z, and with which sign."""
    from scipy.optimize import linear_sum_assignment

    _, columns = linear_sum_assignment(-np.abs(directions))
    order = (int(columns[0]), int(columns[1]), int(columns[2]))
    signs = np.array([1.0 if directions[row, column] >= 0 else -1.0 for row, column in enumerate(order)])
    return order, signs


def line_weights(places: NDArray[np.float64], size: int, width: float = 1.0) -> csr_array:
    """Weights `[len(places), size]` that read a line of `size` samples at fractional indices.

    Args:
        places: fractional indices to read at.
        size: number of samples of the line.
        width: half width of the triangle, in samples; 1 is linear interpolation.
    """
    reach = int(np.ceil(width))
    offsets = np.arange(-reach, reach + 1)
    near = np.floor(places).astype(int)[:, None] + offsets
    weights = np.maximum(0.0, 1.0 - np.abs(places[:, None] - near) / width)
    rows = np.broadcast_to(np.arange(len(places))[:, None], near.shape)
    kept = weights > 1e-9
    columns = np.clip(near, 0, size - 1)
    matrix = csr_array((weights[kept], (rows[kept], columns[kept])), shape=(len(places), size))
    total = matrix.sum(axis=1)
    matrix = csr_array((matrix.data / np.repeat(total, np.diff(matrix.indptr)), matrix.indices, matrix.indptr))
    matrix.resize((len(places), size))
    return matrix.astype(np.float32)


def _apply(
    values: NDArray[np.float32], along_x: csr_array, along_y: csr_array, along_z: csr_array
) -> NDArray[np.float32]:
    """The weights of each axis applied to `values [Z, Y, X]`; sparse, so the sum's order never depends on threads."""
    z, y, x = values.shape
    planes = (along_z @ values.reshape(z, y * x)).reshape(-1, y, x)
    out = np.empty((len(planes), along_y.shape[0], along_x.shape[0]), np.float32)
    for index, plane in enumerate(planes):
        out[index] = (along_x @ np.ascontiguousarray((along_y @ plane).T)).T
    return out


def _without_planes(volume: Volume) -> Series:
    """Its series, with images that no plane stands for any more."""
    instances = tuple(replace(ref, z=None) for ref in volume.series.instances)
    return replace(volume.series, instances=instances)

"""Shapes in files of numpy: occupancy grids, packed or not, and points."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

_GREATEST_SIDE = 256


def read_shapes(path: Path) -> Iterator[NDArray[np.float32]]:
    """The points of each shape of a `.npz` or `.npy` file, `[N, 3]`, z along the last axis; an empty grid has none.

    Understood are grids `[N, S, S, S]` or `[S, S, S]` of booleans or numbers, grids packed into bits `[N, S³ / 8]`
    (`np.packbits`, as the ModelNet files hold), and points `[N, 3]` or `[M, N, 3]`. One-dimensional arrays (labels) are
    passed over. Several arrays follow one another in the file's order.

    Raises:
        DataError: it cannot be read, or holds nothing of the kind; names the file, the array and what would do.
    """
    found = False
    for name, array in _arrays(path):
        if array.ndim < 2:
            continue
        found = True
        yield from _shapes(path, name, array)
    if not found:
        raise DataError(f"{path}: holds no shapes; give grids [N, S, S, S], packed bits [N, S³/8] or points [N, 3]")


def _arrays(path: Path) -> Iterator[tuple[str, NDArray[np.generic]]]:
    try:
        loaded = np.load(path, allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            yield path.name, loaded
            return
        with loaded:
            for name in loaded.files:
                yield name, loaded[name]
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as numpy's .npz or .npy: {error}") from error


def _shapes(path: Path, name: str, array: NDArray[np.generic]) -> Iterator[NDArray[np.float32]]:
    shape = array.shape
    if array.dtype.kind not in "biuf":
        raise DataError(f"{path}: array {name!r} holds {array.dtype}, not numbers")
    if array.ndim in (3, 4) and shape[-1] == shape[-2] == shape[-3] and shape[-1] > 3:
        for grid in array if array.ndim == 4 else array[None]:
            yield _occupied(grid)
    elif array.ndim == 2 and array.dtype == np.uint8 and (side := _side(shape[1])):
        for row in array:
            yield _occupied(np.unpackbits(row)[: side**3].reshape(side, side, side))
    elif array.ndim in (2, 3) and shape[-1] == 3:
        for points in array if array.ndim == 3 else array[None]:
            yield points.astype(np.float32)
    else:
        raise DataError(
            f"{path}: array {name!r} of shape {list(shape)} and type {array.dtype} is no set of shapes; "
            "give grids [N, S, S, S], packed bits [N, S³/8] or points [N, 3]"
        )


def _occupied(grid: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.argwhere(grid).astype(np.float32)


def _side(length: int) -> int | None:
    """Side of the cube whose voxels fill so many bytes, a bit each."""
    if length == 3:  # points
        return None
    side = round((8 * length) ** (1 / 3))
    for candidate in (side, side - 1):
        if 2 <= candidate <= _GREATEST_SIDE and -(-(candidate**3) // 8) == length:
            return candidate
    return None

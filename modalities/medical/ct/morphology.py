"""Morphology of masks `[Z, Y, X]` on grids that end where the scan ends, not where the body does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Mask = NDArray[np.bool_]

#: Neighbours within an axial plane only, so that one call labels every plane by itself.
IN_PLANE = np.zeros((3, 3, 3), bool)
IN_PLANE[1] = ndimage.generate_binary_structure(2, 1)


def dilate(mask: Mask, radius: float, *, flat: bool = False) -> Mask:
    """All voxels within `radius` voxels of the mask.

    Args:
        mask: bool `[Z, Y, X]`.
        radius: in voxels of an isotropic grid.
        flat: grow within axial planes only.
    """
    return ~_further(~mask, radius, flat)


def erode(mask: Mask, radius: float, *, flat: bool = False) -> Mask:
    """Voxels of the mask with no other voxel within `radius` voxels; beyond the grid the mask goes on."""
    return _further(mask, radius, flat)


def opened(mask: Mask, radius: float, *, flat: bool = False) -> Mask:
    """The mask without what a ball (or, flat, a disc) of this radius does not fit into."""
    return dilate(erode(mask, radius, flat=flat), radius, flat=flat) & mask


def closed(mask: Mask, radius: float, *, flat: bool = False) -> Mask:
    """The mask and the gaps that a ball (or, flat, a disc) of this radius does not fit into."""
    return erode(dilate(mask, radius, flat=flat), radius, flat=flat) | mask


def filled(mask: Mask) -> Mask:
    """The mask and, in each axial plane, the holes that it encloses."""
    labels, _ = ndimage.label(~mask, IN_PLANE)
    outside = np.zeros(int(labels.max()) + 1, bool)
    for edge in (labels[:, 0], labels[:, -1], labels[:, :, 0], labels[:, :, -1]):
        outside[np.unique(edge)] = True
    outside[0] = False
    return ~outside[labels]


def parts(mask: Mask) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Connected parts (faces touch): labels from 1 and, at each label, its count of voxels (0 for the background)."""
    labels, count = ndimage.label(mask)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    sizes[0] = 0
    return labels, sizes


def larger_than(mask: Mask, voxels: float) -> Mask:
    """Parts of the mask with at least so many voxels."""
    labels, sizes = parts(mask)
    keep = sizes >= voxels
    keep[0] = False
    return keep[labels]


def touching(mask: Mask, seeds: Mask) -> Mask:
    """Parts of the mask that hold at least one seed."""
    labels, sizes = parts(mask)
    keep = np.zeros(len(sizes), bool)
    keep[np.unique(labels[seeds])] = True
    keep[0] = False
    return keep[labels]


def _further(mask: Mask, radius: float, flat: bool) -> Mask:
    """Voxels of the mask further than `radius` from its complement; beyond the grid the mask goes on.

    A ball is built from steps to the faces and steps to the whole neighbourhood in turn, which is within a voxel of a
    ball. A step is a few shifts of a bit mask: a twentieth of the time of a distance transform.
    """
    axes = (1, 2) if flat else (0, 1, 2)
    out = mask
    for index in range(max(1, round(radius))):
        out = _to_faces(out, axes) if index % 2 == 0 else _to_all(out, axes)
    return out


def _to_faces(mask: Mask, axes: tuple[int, ...]) -> Mask:
    out = mask.copy()
    for axis in axes:
        low, high = _shifts(axis)
        out[low] &= mask[high]
        out[high] &= mask[low]
    return out


def _to_all(mask: Mask, axes: tuple[int, ...]) -> Mask:
    for axis in axes:
        mask = _to_faces(mask, (axis,))
    return mask


def _shifts(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """All but the last, and all but the first, along an axis."""
    whole = [slice(None)] * 3
    low, high = whole.copy(), whole.copy()
    low[axis], high[axis] = slice(None, -1), slice(1, None)
    return tuple(low), tuple(high)

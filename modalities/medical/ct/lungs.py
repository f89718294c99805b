"""Air inside the body: lungs, right and left, airways, and gas elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.morphology import IN_PLANE, Mask, closed, dilate, erode, larger_than, parts

AERATED = -400.0  #: HU midway between lung and soft tissue (Hu et al., IEEE TMI 20:490, 2001, find it near there)
_GAS = -935.0  # gas is darker than this in a part of it, however thick the slices; breathing lung hardly is
_LUNG_ML = 1000.0  # more air than this in one place is lung, even if it is emphysema as dark as gas
_VESSELS_MM = 6.0  # vessels and nodules up to about this radius belong to the lung they lie in
_TREE_ML = 150.0  # an airway tree that is larger has leaked into the lung


@dataclass(frozen=True, slots=True)
class Air:
    """Masks `[Z, Y, X]` of the air in the body; no voxel is in two of them."""

    right: Mask
    left: Mask
    airway: Mask
    gas: Mask


def find_air(hu: NDArray[np.float32], body: Mask, spacing: float) -> Air:
    """The air inside `body`.

    A part is lung if it holds no plain gas: its 5th percentile is above -935 HU (10th above -970 HU for 300 ml and
    more). From one litre on it is lung in any case, for emphysema is as dark as gas; below 10 ml it is lung only if it
    lies within 20 mm of one that is. So lung that reaches into the scan by less than 10 ml counts as gas. Gaps that
    vessels and nodules leave are closed. The airway tree grows from the trachea (round, plain air, by itself in its
    plane) at the highest threshold at which it does not leak.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid, x to the left, y to the back, z to the head.
        body: mask of the body.
        spacing: mm of a voxel.
    """
    ml = spacing**3 / 1000
    air = body & (hu < AERATED)
    # The skin's own blurred edge is no air inside the body.
    air &= erode(body, max(1.0, 4 / spacing), flat=True)
    air = larger_than(air, 0.2 / ml)
    airway = _airway_tree(hu, air, spacing)
    lung = _lungs(hu, air & ~airway, spacing)
    gas = air & ~lung & ~airway
    if lung.any():
        lung = closed(lung, max(1.0, _VESSELS_MM / spacing)) & body & ~airway & ~gas
        lung = _holes_filled(lung) & ~airway & ~gas
    right, left = _sides(lung, body, spacing)
    return Air(right, left, airway, gas)


def _lungs(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """The parts of the air that are lung; see `find_air`."""
    ml = spacing**3 / 1000
    labels, sizes = parts(air)
    places = np.flatnonzero(labels)
    order = np.argsort(labels.ravel()[places], kind="stable")
    values = hu.ravel()[places[order]]
    starts = np.concatenate([[0], np.cumsum(sizes)])
    sure = np.zeros(len(sizes), bool)
    likely = np.zeros(len(sizes), bool)
    for index in np.flatnonzero(sizes * ml >= 2):
        low, lower = np.percentile(values[starts[index] : starts[index + 1]], (10, 5))
        size = sizes[index] * ml
        if size > _LUNG_ML:
            sure[index] = True
        elif size > 300:
            sure[index] = low > -970
        else:
            (sure if size > 10 else likely)[index] = lower > _GAS
    lung = sure[labels]
    beside = np.zeros(len(sizes), bool)
    beside[np.unique(labels[dilate(lung, max(1.0, 20 / spacing))])] = True
    return np.asarray((sure | (likely & beside))[labels])


def _holes_filled(mask: Mask) -> Mask:
    """Holes with no way out in three dimensions; the grid's ends are a way out."""
    labels, _ = ndimage.label(~mask)
    open_ = np.zeros(int(labels.max()) + 1, bool)
    for axis in range(3):
        for plane in (0, -1):
            open_[np.unique(labels.take(plane, axis))] = True
    open_[0] = False
    return ~open_[labels]


def _airway_tree(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """Trachea and main bronchi, as far as they can be told from the lung at this spacing."""
    empty = np.zeros(air.shape, bool)
    seeds = _trachea(hu, air, spacing)
    if not seeds.any():
        return empty
    limit = _TREE_ML / (spacing**3 / 1000)
    for threshold in (-880.0, -910.0, -935.0, -955.0, -970.0):
        dark = air & (hu < threshold)
        labels, sizes = parts(dark)
        touched = np.unique(labels[seeds & dark])
        touched = touched[touched > 0]
        if touched.size and sizes[touched].sum() <= limit:
            # The wall's blurred inside belongs to the lumen.
            return dilate(np.isin(labels, touched), 1) & air & (hu < -600)
    return seeds


def _trachea(hu: NDArray[np.float32], air: Mask, spacing: float) -> Mask:
    """Round spots of plain air, by themselves in their plane, one above the other for 3 cm and more."""
    labels, count = ndimage.label(air, IN_PLANE)
    if not count:
        return np.zeros(air.shape, bool)
    index = np.arange(1, count + 1)
    area = ndimage.sum_labels(air, labels, index) * spacing**2
    mean = ndimage.mean(hu, labels, index)
    boxes = ndimage.find_objects(labels)
    side = np.array([[box[1].stop - box[1].start, box[2].stop - box[2].start] for box in boxes]) * spacing
    fill = area / (side[:, 0] * side[:, 1])
    round_ = (area > 60) & (area < 900) & (mean < -700) & (fill > 0.55) & (side.max(1) < 2.2 * side.min(1))
    spots = np.concatenate([[False], round_])[labels]
    tubes, sizes = parts(spots)
    best, longest = 0, 30 / spacing
    for tube, box in enumerate(ndimage.find_objects(tubes), 1):
        height = box[0].stop - box[0].start
        volume = sizes[tube] * spacing**3
        # A bowel loop is rarely upright and as slim for so long; the trachea also ends in or near the top plane.
        slim = volume / (height * spacing) < 700
        if slim and height > longest and box[0].stop * 3 > 2 * air.shape[0]:
            best, longest = tube, height
    return tubes == best if best else np.zeros(air.shape, bool)


def _sides(lung: Mask, body: Mask, spacing: float) -> tuple[Mask, Mask]:
    """Right and left lung; where they hang together, they are parted by wearing them down until they come apart."""
    if not lung.any():
        return lung, lung.copy()
    middle = _midline(body)
    labels, sizes = parts(lung)
    x = np.arange(lung.shape[2])
    left = np.zeros(lung.shape, bool)
    for index, box in enumerate(ndimage.find_objects(labels), 1):
        mine = labels[box] == index
        across = x[box[2]]
        share = float((mine & (across > middle)).sum()) / sizes[index]
        if 0.2 < share < 0.8 and sizes[index] * spacing**3 / 1000 > 200:
            left[box] |= _parted(mine, across, middle)
        elif share >= 0.5:
            left[box] |= mine
    return lung & ~left, left


def _parted(mask: Mask, x: NDArray[np.int64], middle: float) -> Mask:
    """The left one of two lungs that touch."""
    for steps in range(1, 7):
        worn = erode(mask, steps)
        labels, sizes = parts(worn)
        order = np.argsort(sizes)[::-1]
        if len(order) > 2 and sizes[order[1]] > 0.2 * sizes[order[0]]:
            first, second = labels == order[0], labels == order[1]
            far_first = ndimage.distance_transform_edt(~first)
            far_second = ndimage.distance_transform_edt(~second)
            nearer_first = far_first <= far_second
            first_left = np.nonzero(first)[2].mean() > np.nonzero(second)[2].mean()
            return np.asarray(mask & (nearer_first == first_left))
    return np.asarray(mask & (x > middle))


def _midline(body: Mask) -> float:
    """Column that halves the body."""
    across = np.cumsum(body.sum(axis=(0, 1)))
    return float(np.searchsorted(across, across[-1] / 2))

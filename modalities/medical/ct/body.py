"""The patient without the table: the body's mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.morphology import Mask, dilate, erode, filled, opened, parts

SKIN = -350.0  #: HU between air and fat, so that half a voxel of fat counts
_TABLE_MM = 7.5  # shells of tables, clothes and blankets are thinner than twice this
_WALLS_MM = 40.0  # how far a thin chest wall may reach from the nearest thick place
_EDGE = 0.3  # share of a plane's edge that is body where the field lies within it
_SMALLEST_ML = 30.0  # a forearm over one thick slice


def body_mask(hu: NDArray[np.float32], spacing: float) -> Mask:
    """Everything inside the skin, lungs and gut gas included, arms too where they are in the field.

    Whatever a ball of 7.5 mm does not fit into is torn off first: shells of tables, clothes, tubes. Of the parts left,
    those that look like tissue (soft tissue to a third) stay. Then walls and surface are given back and each axial
    plane is filled, so lungs that are open at the first or last plane count too. Where the field lies within the body
    (three tenths of a plane's edge are body), lungs that its edge cuts are filled as well, and only air at the plane's
    corners is outside.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid.
        spacing: mm of a voxel.

    Returns:
        bool `[Z, Y, X]`, all false where there is no body.
    """
    solid = hu > SKIN
    radius = max(1.0, _TABLE_MM / spacing)
    cores = erode(solid, radius, flat=True)
    labels, sizes = parts(cores)
    soft = np.bincount(labels[cores & (hu > -20) & (hu < 200)], minlength=len(sizes))
    keep = (sizes * spacing**3 / 1000 >= _SMALLEST_ML) & (soft >= sizes / 3)
    keep[0] = False
    if not keep.any():
        return np.zeros(hu.shape, bool)
    # Give back what hangs together with what stayed, so far that thin walls over the lungs close; what was given back
    # of the table is still a shell, and goes when the rest is filled and thick.
    grown = keep[labels]
    for _ in range(round(_WALLS_MM / spacing)):
        grown = dilate(grown, 1, flat=True) & solid
    whole = _filled(grown)
    thick = opened(whole, radius, flat=True)
    return _filled(dilate(thick, 1, flat=True) & whole)


def _filled(mask: Mask) -> Mask:
    """`filled`, and in planes whose field lies within the body also the holes that its edge cuts."""
    out = filled(mask)
    edge = np.concatenate([mask[:, 0], mask[:, -1], mask[:, :, 0], mask[:, :, -1]], axis=1)
    for plane in np.flatnonzero(edge.mean(axis=1) > _EDGE):
        labels, _ = ndimage.label(~mask[plane])
        corners = labels[[0, 0, -1, -1], [0, -1, 0, -1]]
        out[plane] = ~np.isin(labels, corners[corners > 0])
    return out

"""Fat under the skin and within, and the muscle of the body's wall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.morphology import Mask, closed, dilate, erode, filled, larger_than, opened

FAT = (-190.0, -30.0)  #: HU of fat (Yoshizumi et al., Radiology 211:283, 1999; usual for areas at L3)
MUSCLE = (-29.0, 150.0)  #: HU of skeletal muscle (Mourtzakis et al., Appl Physiol Nutr Metab 33:997, 2008)
_GAPS_MM = 10.0  # the wall's muscles are closed over fat planes up to twice this wide
_CANAL_MM = 5.0  # half the widest gap between vertebral arches in a plane
_SKIN_MM = 3.0
_WALL_MM = 12.0  # how far the muscles of chest and belly reach in from the fat under the skin


@dataclass(frozen=True, slots=True)
class Wall:
    """Masks `[Z, Y, X]`: fat outside and inside of the wall, and soft tissue that is part of the wall."""

    subcutaneous: Mask
    visceral: Mask
    muscle: Mask


def find_wall(hu: NDArray[np.float32], body: Mask, air: Mask, bone: Mask, spacing: float) -> Wall:
    """Parts fat by the wall of muscle and bone, in each axial plane.

    The wall encloses what is left of the body when fat that hangs together with the skin is taken off, after the
    muscles' gaps are closed. Muscle is soft tissue of the wall: within 12 mm of the fat outside, or behind the ribs and
    the spinal canal. It stands for the muscles of the trunk, not for those around the hips.

    Args:
        hu: `[Z, Y, X]` on an isotropic grid, x to the left, y to the back, z to the head.
        body: mask of the body.
        air: mask of the air in the body.
        bone: mask of bone and metal.
        spacing: mm of a voxel.
    """
    skin = body & ~erode(body, max(1.0, _SKIN_MM / spacing), flat=True)
    fat = body & (hu >= FAT[0]) & (hu <= FAT[1]) & ~air & ~bone
    firm = body & ~skin & ~fat
    # Strands in the fat are one voxel thin and fall away in a majority of 3 × 3; a wall of two stays.
    firm = ndimage.uniform_filter(firm.astype(np.float32), (1, 3, 3)) > 0.5
    firm = larger_than(firm, 100) | bone | (air & body)
    within = filled(closed(firm, max(1.0, _GAPS_MM / spacing), flat=True)) & body
    within = erode(within, 1, flat=True) | (within & firm)
    soft = body & ~skin & ~air & ~bone & (hu >= MUSCLE[0]) & (hu <= MUSCLE[1])
    outer = within & ~erode(within, max(1.0, _WALL_MM / spacing), flat=True)
    behind = _behind_spine(bone, spacing) & within
    canal = filled(closed(bone, max(1.0, _CANAL_MM / spacing), flat=True))
    muscle = opened(soft & (outer | behind), 1) | (soft & behind & dilate(bone, 1))
    return Wall(fat & ~within, fat & within, muscle & ~canal)


def _behind_spine(bone: Mask, spacing: float) -> Mask:
    """What lies behind the ribs, or, where there are none, behind the spinal canal to 6 cm on either side."""
    _, y, x = bone.shape
    rows = np.arange(y)
    off = np.abs(np.arange(x) - _spine_x(bone)) * spacing
    spine = bone[:, :, off <= 25]
    amount = spine.sum(axis=(1, 2))
    # Depth of the spine in each plane; planes without one get none.
    depth = np.einsum("zyx,y->z", spine, rows) / np.maximum(amount, 1) + 10 / spacing
    depth[amount * spacing**2 < 150] = y
    ribs = bone & (rows[None, :, None] > depth[:, None, None])
    last = np.where(ribs.any(axis=1), y - 1 - ribs[:, ::-1].argmax(axis=1), -1)  # [Z, X], the bone nearest to the back
    last = ndimage.maximum_filter1d(last, 2 * round(15 / spacing) + 1, axis=0, mode="nearest")
    flank = np.where(off[None, :] <= 60, depth[:, None], y)
    front = np.where(off[None, :] <= 25, depth[:, None], np.where(last >= 0, last, flank))
    return np.asarray((rows[None, :, None] > front[:, None, :]) & (off <= 90))


def _spine_x(bone: Mask) -> float:
    """Column with the most bone, averaged over 3 cm: the spine's."""
    columns = bone.sum(axis=(0, 1)).astype(np.float64)
    width = min(len(columns), 11)
    return float(np.convolve(columns, np.ones(width), "same").argmax())

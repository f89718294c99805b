"""Bone with its marrow, and what is as bright and is none: contrast in vessels and gut, calcifications, metal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.morphology import Mask, closed, dilate, erode, filled, larger_than, parts, touching

CALCIUM = 130.0  #: HU from which a spot counts as calcified (Agatston et al., JACC 15:827, 1990)
_STONE = 250.0  # HU that a calcification reaches somewhere, so that noise and cartilage are none
METAL = 2500.0  #: HU above all bone and enamel of a usual scan
_SURE = 200.0  # cortical bone, seen through a voxel of 2 to 3 mm
_MAYBE = 120.0  # trabecular bone and the blurred edge of cortical bone
_MARROW = 65.0  # an enclosed voxel above this (and above muscle by 20) is marrow; cord and liquor are below
_SMALLEST_ML = 0.6  # a part of the skeleton, even cut by the ends of the scan
_CORTEX_GAPS_MM = 7.5  # half the widest gap in a cortex that is closed
_CORE_MM = 5.0  # a vessel that contrast could be mistaken in has at least this radius


@dataclass(frozen=True, slots=True)
class Bright:
    """Masks `[Z, Y, X]` of what is bright; no voxel is in two of them."""

    bone: Mask
    calcification: Mask
    contrast: Mask
    metal: Mask


def find_bright(hu: NDArray[np.float32], body: Mask, spacing: float) -> Bright:
    """Sorts the bright voxels of the body.

    Bone is what hangs together above 120 HU with a voxel above 200, without vessels: a smooth core of 5 mm radius that
    no brighter shell surrounds. Then gaps in the cortex are closed, and what it encloses is marrow if denser than 65 HU
    (the spinal canal is not), or fatty (long bones).

    Args:
        hu: `[Z, Y, X]` on an isotropic grid.
        body: mask of the body.
        spacing: mm of a voxel.
    """
    ml = spacing**3 / 1000
    metal = larger_than(body & (hu > METAL), 2)
    maybe = body & (hu > _MAYBE) & ~metal
    contrast = _contrast(hu, maybe, spacing)
    maybe &= ~contrast
    sure = maybe & (hu > _SURE)
    bone = touching(maybe, sure)
    bone = larger_than(bone, _SMALLEST_ML / ml)
    # Stones and plaques are small and lie by themselves; parts of the skeleton do not.
    smooth = ndimage.gaussian_filter(hu, 0.7, truncate=2.0)
    shut = closed(bone, max(1.0, _CORTEX_GAPS_MM / spacing), flat=True)
    inside = filled(shut) & ~bone
    fatty = _fatty(inside, hu, bone)
    soft = hu[body & (hu > 0) & (hu < 110)][::7]
    marrow = max(_MARROW, float(np.median(soft)) + 20 if soft.size else 0.0)  # muscle brightens with contrast
    bone = bone | (inside & (smooth > marrow) & ~contrast) | fatty
    bone = _without_specks(bone) & body
    near = dilate(bone, max(1.0, 3 / spacing))
    # Metal shines through whole planes.
    streaks = dilate(np.asarray(metal.any(axis=(1, 2), keepdims=True)), max(1.0, 10 / spacing))
    spots = body & (hu > CALCIUM) & ~near & ~contrast & ~streaks
    spots = touching(spots, spots & (hu > _STONE))
    spots = larger_than(spots, max(2.0, 0.01 / ml))
    labels, sizes = parts(spots)
    small = sizes * ml < 3
    small[0] = False
    calcification = small[labels]
    return Bright(bone & ~metal, calcification, contrast & ~bone, metal)


def _fatty(inside: Mask, hu: NDArray[np.float32], bone: Mask) -> Mask:
    """Fatty marrow of long bones: whole holes that are fat and that lie within cortex on all sides of their plane."""
    walls = filled(bone) & ~bone
    labels, count = ndimage.label(walls & inside, np.ones((3, 3, 3), bool) & _PLANE)
    if not count:
        return np.zeros(inside.shape, bool)
    # The median, for the rim of a narrow hole is blurred with cortex.
    keep = np.concatenate([[False], np.asarray(ndimage.median(hu, labels, np.arange(1, count + 1))) < -15])
    return np.asarray(keep[labels])


_PLANE = np.zeros((3, 3, 3), bool)
_PLANE[1] = True


def _without_specks(bone: Mask) -> Mask:
    labels, sizes = parts(bone)
    keep = sizes > 8
    keep[0] = False
    return np.asarray(keep[labels])


def _contrast(hu: NDArray[np.float32], maybe: Mask, spacing: float) -> Mask:
    """Large, smooth, bright bodies without a brighter shell: blood with contrast, kidneys, filled gut.

    A vertebra's trabecular core is coarse (its half width between the 16th and the 84th percentile is a tenth of its
    level and more, blood's is a twentieth) and lies in a cortex that is brighter by 60 HU in a third of its voxels
    and more. What is found grows over the voxels around it
    of about its own brightness, by as much as was worn off to find the core.
    """
    radius = np.ceil(_CORE_MM / spacing)
    cores = erode(maybe, radius)
    labels, sizes = parts(cores)
    found = np.zeros(maybe.shape, bool)
    reach = round(radius) + 2
    for index, box in enumerate(ndimage.find_objects(labels), 1):
        if sizes[index] * spacing**3 / 1000 < 0.3:
            continue
        wide = tuple(slice(max(0, b.start - reach), b.stop + reach) for b in box)
        core = labels[wide] == index
        values = hu[wide][core]
        level, spread = float(np.median(values)), float(np.percentile(values, 84) - np.percentile(values, 16)) / 2
        around = dilate(core, radius + 1) & maybe[wide] & ~core
        shell = float((hu[wide][around] > level + 60).mean()) if around.any() else 0.0
        if spread < max(20.0, 0.09 * level) and shell < 0.3:
            grown = dilate(core, radius + 1) & maybe[wide] & (hu[wide] < level + 3 * spread + 20)
            middle, upper = np.percentile(hu[wide][grown], (50, 84))
            if upper - middle < 10 + 0.12 * level:  # blood's rim is blurred to darker values, bone's is brighter
                found[wide] |= grown
    return found

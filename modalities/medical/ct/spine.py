"""Vertebral bodies and the density of their trabecular bone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.compartments import Compartments
from wugan.modalities.medical.ct.morphology import erode, filled

_LEAST_MM = 9.0  # radius of the largest circle in a vertebral body's plane
_SPINE_MM = 35.0  # the bodies' centres lie within this of the column with the most bone
_SCATTER = 60.0  # HU
_APART_MM = 18.0  # centres of neighbouring bodies lie further apart


@dataclass(frozen=True, slots=True)
class Vertebra:
    """One vertebral body; which one, nobody said.

    Attributes:
        center_mm: x, y, z (LPS mm) of its trabecular core.
        trabecular: mean HU of the core.
        sd: standard deviation of the core's voxels (HU), texture and noise.
        voxels: how many they are.
    """

    center_mm: tuple[float, float, float]
    trabecular: float
    sd: float
    voxels: int


def vertebrae(found: Compartments) -> list[Vertebra]:
    """Vertebral bodies from the lowest up.

    In each axial plane the largest circle within bone near the midline is the body's; its inner 60 % is trabecular.
    Along the spine the core's mean has its minima in the middle of the bodies, for end plates are brighter and discs,
    which are no bone, break the row. Cores whose voxels scatter by more than 60 HU are other bones, or sick ones.
    """
    spacing = found.volume.spacing[0]
    bone = found.bone
    if not bone.any():
        return []
    columns = np.convolve(bone.sum(axis=(0, 1)).astype(float), np.ones(11), "same")
    middle, reach = int(columns.argmax()), round(_SPINE_MM / spacing)
    left = max(0, middle - reach)
    hu = found.volume.values[:, :, left : middle + reach + 1]
    solid = bone[:, :, left : middle + reach + 1]
    centers, radii, means, sds, counts = _cores(hu, solid, spacing)
    firm = radii * spacing >= _LEAST_MM
    smooth = ndimage.gaussian_filter1d(np.where(firm, means, 1000.0), 3 / spacing, mode="nearest")
    half = max(1, round(_APART_MM / 2 / spacing))
    lowest = (smooth == ndimage.minimum_filter1d(smooth, 2 * half + 1, mode="nearest")) & firm
    out = []
    for z in np.flatnonzero(lowest):
        run = [k for k in (z - 1, z, z + 1) if 0 <= k < len(firm) and firm[k]]
        if not _inside(firm, int(z), 6 / spacing):
            continue  # cut by the end of the scan, or no body
        weight = counts[run] / counts[run].sum()
        if (sds[run] * weight).sum() > _SCATTER:
            continue
        x, y = (float((centers[run, k] * weight).sum()) for k in (1, 0))
        place = found.volume.to_world([x + left, y, float(np.mean(run))])
        out.append(
            Vertebra(
                (float(place[0]), float(place[1]), float(place[2])),
                float((means[run] * weight).sum()),
                float((sds[run] * weight).sum()),
                int(counts[run].sum()),
            )
        )
    return out


def _inside(firm: NDArray[np.bool_], z: int, reach: float) -> bool:
    """The planes around `z`, as far as the scan goes, are all of a body."""
    low, high = max(0, z - round(reach)), min(len(firm), z + round(reach) + 1)
    return bool(firm[low:high].mean() >= 0.8)


def _cores(
    hu: NDArray[np.float32], bone: NDArray[np.bool_], spacing: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """For each plane: centre (y, x) and radius (voxels) of the body's circle; mean, sd and count of its core."""
    planes = len(hu)
    centers, radii = np.zeros((planes, 2)), np.zeros(planes)
    means, sds, counts = np.zeros(planes), np.zeros(planes), np.zeros(planes, np.int64)
    least = _LEAST_MM / spacing
    # Planes in which nothing is left when worn down by the smallest radius need no distances.
    promising = erode(filled(bone), max(1.0, 0.7 * least), flat=True).any(axis=(1, 2))
    rows, columns = np.indices(hu.shape[1:])
    for z in np.flatnonzero(promising):
        far = ndimage.distance_transform_edt(bone[z])
        y, x = np.unravel_index(int(far.argmax()), far.shape)
        centers[z], radii[z] = (y, x), far[y, x]
        core = (rows - y) ** 2 + (columns - x) ** 2 <= (0.6 * far[y, x]) ** 2
        values = hu[z][core]
        means[z], sds[z], counts[z] = values.mean(), values.std(), values.size
    return centers, radii, means, sds, counts

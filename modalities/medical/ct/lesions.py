"""Lesion candidates: round, dense spots in the lung, for a person to look at. A classical screen, not a diagnosis.

Blobs are maxima of the scale-normalised Laplacian of Gaussian over place and scale (Lindeberg, IJCV 30:79, 1998);
vessels are told from nodules by the principal curvatures at the maximum: alike in a ball, one near zero along a tube
(Li, Sone & Doi, Med Phys 30:2040, 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.compartments import Compartments
from wugan.modalities.medical.ct.morphology import erode

LARGEST_MM = 30.0  #: a nodule is at most this wide; larger is a mass (Hansell et al., Fleischner glossary, 2008)
VOXELS = 2.5  #: voxels that the smallest detectable nodule is wide
_PEAK = 0.925  # response at the centre of a ball of contrast 1 at the scale radius / sqrt(3)
_CONTRAST = 150.0  # HU above the lung that a candidate must have at least
_SOLID = -300.0  # HU above which the upper quarter of a solid nodule's voxels lies (its rim is blurred)
_TRIED = 400  # strongest maxima that are looked at
_SCALES = 1.25  # ratio of neighbouring scales


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A spot that may be a lesion.

    Attributes:
        center_mm: float64 `[3]`, LPS mm.
        diameter_mm: of the ball with the volume above half its contrast.
        mean_hu: mean over its voxels.
        score: from 0 to 1: roundness times contrast. Not a probability.
        kind: `"solid-nodule"` or `"subsolid-nodule"`.
        voxels: int64 `[N, 3]`, its voxels as z, y, x on the grid of the compartments.
    """

    center_mm: NDArray[np.float64]
    diameter_mm: float
    mean_hu: float
    score: float
    kind: str
    voxels: NDArray[np.int64]


def smallest_mm(found: Compartments) -> float:
    """Diameter (mm) below which nodules are not looked for on this grid."""
    return VOXELS * found.volume.spacing[0]


def lesions(found: Compartments, least_score: float = 0.5, most: int = 50) -> list[Candidate]:
    """Nodule candidates of both lungs, best first.

    Not found: nodules narrower than `smallest_mm`, nodules in the pleura wider than about 12 mm (they count as chest
    wall), and most ground glass. How many of which are found stands in `docs/senses/ct.md`.

    Args:
        found: the compartments.
        least_score: of a candidate that is kept.
        most: candidates that are kept.
    """
    lung = found.lung
    if not lung.any():
        return []
    spacing = found.volume.spacing[0]
    box = ndimage.find_objects(lung.astype(np.uint8))[0]
    pad = 3
    box = tuple(slice(max(0, s.start - pad), min(n, s.stop + pad)) for s, n in zip(box, lung.shape, strict=True))
    mask = lung[box]
    level = float(np.median(found.volume.values[box][mask]))
    # Beyond the lung's edge its own level goes on, so that the chest wall makes no blob.
    hu = np.where(mask, np.clip(found.volume.values[box], -1000, 150), level)
    scales = _scales(spacing)
    offset = np.array([s.start for s in box])
    candidates = []
    taken = np.zeros(mask.shape, bool)
    for place, scale, contrast in _maxima(hu, mask, scales):
        roundness = _roundness(hu, place, scale)
        score = roundness * float(np.clip((contrast - _CONTRAST / 2) / 600, 0, 1)) ** 0.5
        if score < least_score or taken[tuple(place)]:
            continue
        voxels = _region(hu, mask, place, scale * np.sqrt(3), level)
        diameter = 2 * (3 * len(voxels) / (4 * np.pi)) ** (1 / 3) * spacing
        if diameter < 0.8 * VOXELS * spacing or diameter > LARGEST_MM * 1.2:
            continue
        taken[tuple(voxels.T)] = True
        values = found.volume.values[box][tuple(voxels.T)]
        mean = float(values.mean())
        center = found.volume.to_world((voxels.mean(0) + offset)[::-1])
        kind = "solid-nodule" if np.percentile(values, 75) > _SOLID else "subsolid-nodule"
        candidates.append(Candidate(center, float(diameter), mean, float(score), kind, voxels + offset))
    candidates.sort(key=lambda c: (-c.score, *np.round(c.center_mm, 3)))
    return candidates[:most]


def _scales(spacing: float) -> list[float]:
    """Standard deviations (voxels), from the smallest nodule's to the largest's."""
    first, last = VOXELS / 2 / np.sqrt(3), LARGEST_MM / spacing / 2 / np.sqrt(3)
    count = max(2, int(np.ceil(np.log(last / first) / np.log(_SCALES))) + 1)
    return [float(first * (last / first) ** (k / (count - 1))) for k in range(count)]


def _maxima(
    hu: NDArray[np.float32], mask: NDArray[np.bool_], scales: list[float]
) -> list[tuple[NDArray[np.int64], float, float]]:
    """Places, scales and contrasts (HU) of the maxima over place and scale, strongest first."""
    stack = np.stack([-(s**2) / _PEAK * ndimage.gaussian_laplace(hu, s, truncate=3.5) for s in scales])
    peak = ndimage.maximum_filter(stack, (3, 3, 3, 3), mode="constant", cval=-np.inf)
    places = np.argwhere((stack == peak) & (stack > _CONTRAST) & mask[None])
    strength = stack[tuple(places.T)]
    order = np.lexsort((*places.T[::-1], -strength))[:_TRIED]
    return [(places[i, 1:], scales[places[i, 0]], float(strength[i])) for i in order]


def _roundness(hu: NDArray[np.float32], place: NDArray[np.int64], scale: float) -> float:
    """Smallest curvature over the largest at a place, 1 in a ball, 0 in a tube or a sheet."""
    reach = int(np.ceil(4 * scale)) + 1
    window = tuple(slice(max(0, p - reach), p + reach + 1) for p in place)
    centre = tuple(int(p - w.start) for p, w in zip(place, window, strict=True))
    patch = hu[window]
    curvature = np.empty((3, 3))
    for a in range(3):
        for b in range(a, 3):
            order = [0, 0, 0]
            order[a] += 1
            order[b] += 1
            curvature[a, b] = curvature[b, a] = ndimage.gaussian_filter(patch, scale, order, truncate=3.5)[centre]
    values = np.linalg.eigvalsh(curvature)  # most negative first
    return float(np.clip(values[2] / values[0], 0, 1)) if values[0] < 0 else 0.0


def _region(
    hu: NDArray[np.float32], mask: NDArray[np.bool_], place: NDArray[np.int64], radius: float, level: float
) -> NDArray[np.int64]:
    """Voxels around a place above half its contrast, thin ends (vessels) cut, within 1.5 of its radius."""
    reach = int(np.ceil(1.6 * radius)) + 2
    low = np.maximum(place - reach, 0)
    window = tuple(slice(int(a), int(p + reach + 1)) for a, p in zip(low, place, strict=True))
    patch = hu[window]
    centre = place - low
    axes = np.ogrid[tuple(slice(n) for n in patch.shape)]
    near = np.sqrt(sum((axis - c) ** 2 for axis, c in zip(axes, centre, strict=True)))
    peak = float(np.median(patch[near <= max(1.0, 0.5 * radius)]))
    solid = (patch > (peak + level) / 2) & (near <= 1.6 * radius + 0.5) & mask[window]
    core = erode(solid, 1) if radius > 4 else solid
    for candidate in (core, solid):
        labels, _ = ndimage.label(candidate)
        label = labels[tuple(centre)]
        if label:
            grown = labels == label
            if candidate is core and radius > 4:
                grown = ndimage.binary_dilation(grown) & solid
            return np.asarray(np.argwhere(grown) + low)
    return place[None]

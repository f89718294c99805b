"""Radiomics of a region after the Image Biomarker Standardisation Initiative: intensity, shape and co-occurrence.

Zwanenburg et al., Radiology 295:328, 2020; definitions in the reference manual, arXiv:1612.07003. The tests hold every
feature here to the manual's value for its digital phantom. These three families are the ones that most models use; the
other texture matrices are left out. Written here since the packages that have them need a compiler (PyRadiomics), are
under a copyleft licence (MIRP) or bring a compiler along (numba).
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Array = NDArray[np.float64]


def radiomics(
    values: NDArray[np.floating], mask: NDArray[np.bool_], spacing: tuple[float, float, float], bin_width: float = 25.0
) -> dict[str, float]:
    """All features of a region by name; what a region is too small for is left out.

    Args:
        values: intensities `[Z, Y, X]` (HU).
        mask: the region, bool `[Z, Y, X]`.
        spacing: mm of a voxel along x, y, z. Resample to cubes first where shape and texture are to be compared.
        bin_width: of the grey levels of the texture, counted from the region's smallest value.

    Raises:
        DataError: the shapes differ, the region is empty, or a value in it is not finite.
    """
    if values.shape != mask.shape or values.ndim != 3:
        raise DataError(f"radiomics: values {values.shape} and mask {mask.shape} must be the same [Z, Y, X]")
    if not mask.any():
        raise DataError("radiomics: the region is empty")
    inside = values[mask].astype(np.float64)
    if not np.isfinite(inside).all():
        raise DataError("radiomics: a value in the region is not finite")
    if not bin_width > 0:
        raise DataError(f"radiomics: bin_width must be positive, got {bin_width}")
    levels = np.zeros(values.shape, np.int64)
    levels[mask] = np.floor((inside - inside.min()) / bin_width).astype(np.int64) + 1
    return intensity(inside) | shape(values, mask, spacing) | cooccurrence(levels)


def intensity(inside: Array) -> dict[str, float]:
    """Intensity statistics (IBSI family UHIW) of the values `[N]` of a region."""
    mean, variance = inside.mean(), inside.var()
    p10, p25, p50, p75, p90 = (float(np.percentile(inside, p, method="inverted_cdf")) for p in (10, 25, 50, 75, 90))
    centred = inside - mean
    robust = inside[(inside >= p10) & (inside <= p90)]
    out = {
        "mean": mean,
        "variance": variance,
        "skewness": (centred**3).mean() / variance**1.5 if variance else 0.0,
        "kurtosis": (centred**4).mean() / variance**2 - 3 if variance else 0.0,
        "median": p50,
        "minimum": inside.min(),
        "p10": p10,
        "p90": p90,
        "maximum": inside.max(),
        "interquartile_range": p75 - p25,
        "range": np.ptp(inside),
        "mean_absolute_deviation": abs(centred).mean(),
        "robust_mean_absolute_deviation": abs(robust - robust.mean()).mean(),
        "median_absolute_deviation": abs(inside - p50).mean(),
        "energy": (inside**2).sum(),
        "root_mean_square": np.sqrt((inside**2).mean()),
    }
    if mean:
        out["coefficient_of_variation"] = np.sqrt(variance) / mean
    if p75 + p25:
        out["quartile_coefficient_of_dispersion"] = (p75 - p25) / (p75 + p25)
    return {f"intensity_{name}": float(value) for name, value in out.items()}


def shape(
    values: NDArray[np.floating], mask: NDArray[np.bool_], spacing: tuple[float, float, float]
) -> dict[str, float]:
    """Morphology (IBSI family HCUG): mm, mm², mm³. The surface is a marching-cubes mesh."""
    from scipy.spatial import ConvexHull
    from scipy.spatial.distance import pdist
    from skimage.measure import marching_cubes

    step = np.array(spacing[::-1])
    points = np.argwhere(mask) * step
    vertices, faces, _, _ = marching_cubes(np.pad(mask, 1).astype(np.float32), 0.5, spacing=tuple(step))
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    volume = abs(float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum())) / 6
    area = float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2
    hull = vertices[ConvexHull(vertices).vertices]
    weights = values[mask].astype(np.float64)
    out = {
        "volume": volume,
        "voxel_volume": len(points) * float(step.prod()),
        "surface": area,
        "surface_to_volume": area / volume,
        "compactness_1": volume / (np.sqrt(np.pi) * area**1.5),
        "compactness_2": 36 * np.pi * volume**2 / area**3,
        "spherical_disproportion": area / (36 * np.pi * volume**2) ** (1 / 3),
        "sphericity": (36 * np.pi * volume**2) ** (1 / 3) / area,
        "asphericity": (area**3 / (36 * np.pi * volume**2)) ** (1 / 3) - 1,
        "maximum_diameter": float(pdist(hull).max()),
    }
    if weights.sum():
        heavy = (points * weights[:, None]).sum(0) / weights.sum()
        out["centre_of_mass_shift"] = float(np.linalg.norm(points.mean(0) - heavy))
    if len(points) > 3:
        major, minor, least = np.sqrt(np.maximum(np.linalg.eigvalsh(np.cov(points.T))[::-1], 0))
        out |= {"major_axis": 4 * major, "minor_axis": 4 * minor, "least_axis": 4 * least}
        if major:
            out |= {"elongation": minor / major, "flatness": least / major}
    return {f"shape_{name}": float(value) for name, value in out.items()}


def cooccurrence(levels: NDArray[np.int64]) -> dict[str, float]:
    """Grey level co-occurrence (IBSI family LFYI), distance 1, symmetric, all 13 directions in one matrix (IAZD).

    Args:
        levels: grey levels `[Z, Y, X]` from 1; 0 is outside.
    """
    count = int(levels.max())
    matrix = np.zeros((count + 1, count + 1))
    for dz, dy, dx in product((-1, 0, 1), repeat=3):
        if (dz, dy, dx) <= (0, 0, 0):
            continue  # the other half is the same, seen from the neighbour
        here = levels[_part(dz, 0), _part(dy, 0), _part(dx, 0)]
        there = levels[_part(dz, 1), _part(dy, 1), _part(dx, 1)]
        pairs = here * (count + 1) + there
        matrix += np.bincount(pairs.ravel(), minlength=(count + 1) ** 2).reshape(matrix.shape)
    matrix = matrix[1:, 1:] + matrix[1:, 1:].T
    if not matrix.sum():
        return {}
    p = matrix / matrix.sum()
    i, j = np.indices(p.shape) + 1.0
    alone = p.sum(1)
    mean = float((i * p).sum())
    variance = float(((i - mean) ** 2 * p).sum())
    apart = np.bincount(abs(i - j).astype(int).ravel(), p.ravel(), count).astype(np.float64)
    steps = np.arange(count)
    together = np.bincount((i + j).astype(int).ravel(), p.ravel(), 2 * count + 1)[2:].astype(np.float64)
    sums = np.arange(2, 2 * count + 1)
    apart_mean, sum_mean = float((steps * apart).sum()), float((sums * together).sum())
    joint_entropy, own_entropy = _entropy(p), _entropy(alone)
    product_ = np.outer(alone, alone)
    cross_1 = -float((p * _log(product_)).sum())
    cross_2 = _entropy(product_)
    off = i != j
    centred = i + j - 2 * mean
    out = {
        "joint_maximum": p.max(),
        "joint_average": mean,
        "joint_variance": variance,
        "joint_entropy": joint_entropy,
        "difference_average": apart_mean,
        "difference_variance": ((steps - apart_mean) ** 2 * apart).sum(),
        "difference_entropy": _entropy(apart),
        "sum_average": sum_mean,
        "sum_variance": ((sums - sum_mean) ** 2 * together).sum(),
        "sum_entropy": _entropy(together),
        "angular_second_moment": (p**2).sum(),
        "contrast": ((i - j) ** 2 * p).sum(),
        "dissimilarity": (abs(i - j) * p).sum(),
        "inverse_difference": (p / (1 + abs(i - j))).sum(),
        "normalised_inverse_difference": (p / (1 + abs(i - j) / count)).sum(),
        "inverse_difference_moment": (p / (1 + (i - j) ** 2)).sum(),
        "normalised_inverse_difference_moment": (p / (1 + (i - j) ** 2 / count**2)).sum(),
        "inverse_variance": (p[off] / (i - j)[off] ** 2).sum(),
        "autocorrelation": (i * j * p).sum(),
        "cluster_tendency": (centred**2 * p).sum(),
        "cluster_shade": (centred**3 * p).sum(),
        "cluster_prominence": (centred**4 * p).sum(),
        "information_correlation_2": np.sqrt(max(0.0, 1 - np.exp(-2 * (cross_2 - joint_entropy)))),
    }
    if variance:
        out["correlation"] = ((i - mean) * (j - mean) * p).sum() / variance
        out["information_correlation_1"] = (joint_entropy - cross_1) / own_entropy
    return {f"glcm_{name}": float(value) for name, value in out.items()}


def _part(step: int, side: int) -> slice:
    """The part of an axis that has a neighbour `step` further on (side 0), or is one (side 1)."""
    if not step:
        return slice(None)
    return slice(None, -1) if (step > 0) == (side == 0) else slice(1, None)


def _log(p: Array) -> Array:
    return np.log2(p, out=np.zeros_like(p), where=p > 0)


def _entropy(p: Array) -> float:
    return -float((p * _log(p)).sum())

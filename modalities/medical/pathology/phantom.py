"""A drawn slide whose nuclei are known, for tests, benchmarks and demonstrations; no tissue of anybody.

Ellipses with the sizes and densities of nuclei in haematoxylin on fibrous eosin, optionally some in DAB, with the blur
and noise of a scanner. It is easier than tissue: a count that fails here fails there, not the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.pathology.stain import REFERENCE, RUIFROK, to_rgb


@dataclass(frozen=True, slots=True)
class Phantom:
    """A drawn field of tissue.

    Attributes:
        rgb: uint8 `[H, W, 3]`.
        mpp: microns per pixel.
        centres_um: x and y of each nucleus, `[N, 2]`.
        areas_um2: of each nucleus, `[N]`, before blur.
        positive: bool `[N]`, drawn in DAB.
    """

    rgb: NDArray[np.uint8]
    mpp: float
    centres_um: NDArray[np.float64]
    areas_um2: NDArray[np.float64]
    positive: NDArray[np.bool_]


def draw_phantom(
    size_um: tuple[float, float] = (256.0, 256.0),
    *,
    per_mm2: float = 2500.0,
    radius_um: float = 3.6,
    positive: float = 0.0,
    touching: float = 0.1,
    mpp: float = 0.5,
    strength: float = 1.0,
    noise: float = 2.0,
    margin_um: float = 0.0,
    seed: int = 0,
) -> Phantom:
    """Draw a field.

    Args:
        size_um: width and height.
        per_mm2: nuclei per square millimetre of tissue.
        radius_um: mean radius; radii vary by 15 %, axes by up to 1.6 to 1.
        positive: share of the nuclei in DAB; above zero, the eosin is left out, as in immunohistochemistry.
        touching: share of the nuclei that may touch another.
        mpp: microns per pixel.
        strength: of the stain, 1 is usual.
        noise: standard deviation of the scanner's noise, in grey levels.
        margin_um: width of the empty glass around the tissue.
        seed: another field for each.
    """
    from scipy import ndimage

    random = np.random.default_rng(seed)
    width, height = (round(length / mpp) for length in size_um)
    inner = (size_um[0] - 2 * margin_um, size_um[1] - 2 * margin_um)
    count = round(per_mm2 * inner[0] * inner[1] / 1e6)
    centres, radii = _place(random, inner, count, radius_um, touching)
    centres += margin_um
    # Fibres: noise smoothed along one direction.
    fibres = ndimage.gaussian_filter(random.standard_normal((height, width)), (1.0 / mpp, 6.0 / mpp))
    fibres = 0.32 + 0.1 * fibres / max(fibres.std(), 1e-9)
    y, x = np.mgrid[:height, :width] * mpp
    tissue = ((x >= margin_um) & (x < size_um[0] - margin_um) & (y >= margin_um) & (y < size_um[1] - margin_um)).astype(
        float
    )
    dyes = np.zeros((3, height, width))
    dyes[0] = 0.06 * tissue
    dyes[1] = (0.0 if positive else 1.0) * fibres.clip(0.1) * tissue
    is_positive = random.random(len(centres)) < positive
    angles, chromatin = random.uniform(0, np.pi, len(centres)), random.uniform(0.55, 0.9, len(centres))
    for centre, (a, b), angle, amount, brown in zip(centres, radii, angles, chromatin, is_positive, strict=True):
        x0, x1 = int((centre[0] - a) / mpp) - 2, int((centre[0] + a) / mpp) + 3
        y0, y1 = int((centre[1] - a) / mpp) - 2, int((centre[1] + a) / mpp) + 3
        window = np.s_[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]
        dx, dy = x[window] + mpp / 2 - centre[0], y[window] + mpp / 2 - centre[1]
        along, across = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
        inside = np.clip((1 - np.hypot(along / a, across / b)) * b / mpp + 0.5, 0, 1)
        grain = 1 + 0.15 * random.standard_normal(inside.shape)
        dye = dyes[2 if brown else 0][window]
        np.maximum(dye, inside * amount * grain, out=dye)
        dyes[1][window] *= 1 - 0.5 * inside
    dyes = np.stack([ndimage.gaussian_filter(dye, 0.35 / mpp) for dye in dyes]) * strength
    vectors = np.vstack([REFERENCE, RUIFROK[2]]).astype(np.float32)
    rgb = to_rgb(np.moveaxis(dyes, 0, -1).astype(np.float32) @ vectors).astype(np.float64) * (245 / 255)
    rgb += random.normal(0, noise, rgb.shape)
    return Phantom(np.rint(rgb.clip(0, 255)).astype(np.uint8), mpp, centres, np.pi * radii.prod(1), is_positive)


def _place(
    random: np.random.Generator, size: tuple[float, float], count: int, radius: float, touching: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres `[N, 2]` and half axes `[N, 2]`; those that may not touch keep a micron between."""
    from scipy.spatial import cKDTree

    base = radius * np.clip(random.normal(1, 0.15, 40 * count + 1), 0.6, 1.6)
    stretch = np.sqrt(random.uniform(1.0, 1.6, len(base)))
    axes = np.stack([base * stretch, base / stretch], 1)
    tries = random.uniform((0, 0), size, (len(base), 2))
    free = random.random(len(base)) >= touching
    largest = axes[:, 0].max()
    tree = cKDTree(tries)
    taken = np.zeros(len(base), bool)
    for i in range(len(base)):
        if np.count_nonzero(taken[: i + 1]) == count:
            break
        near = [j for j in tree.query_ball_point(tries[i], 2 * largest + 1) if taken[j]]
        gap = 1.0 if free[i] else -0.25 * radius
        distances = np.hypot(*(tries[near] - tries[i]).T) if near else np.array([np.inf])
        taken[i] = bool((distances > axes[i, 0] + (axes[near, 0] if near else 0) + gap).all())
    return tries[taken], axes[taken]

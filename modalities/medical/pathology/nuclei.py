"""`Nuclei`: where a picture's nuclei are, how large, how round and how dark.

Seeds by the Laplacian of Gaussian at the size of a nucleus, then a watershed within what is darker in haematoxylin than
its surroundings: the scheme of Al-Kofahi et al. 2010, Improved automatic detection and segmentation of cell nuclei in
histopathology images (doi:10.1109/TBME.2009.2035102), without its graph cuts. No learning, and so no surprise: it counts
too few where nuclei overlap, pale and vesicular nuclei with clear centres may be missed, and pigment may be counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.stain import Stains

MPP = 0.5  #: microns per pixel that it is made for; others are resampled to it
AREA_UM2 = (12.0, 350.0)  #: nuclei are between: a disc of 3.9 µm and one of 21 µm across
POSITIVE = 0.15  #: mean DAB over a nucleus, as optical density, from which it counts as positive

_SMOOTH_UM = 0.7
_SEED_UM = (1.9, 3.3, 4.8)  # sigmas of the Laplacian: best for discs of a radius of 2.7, 4.7 and 6.8 µm
_AROUND_UM = 12.0  # sigma of the surroundings' mean
_APART_UM = 3.0  # between seeds
_DARK = 0.28  # of what 99 % of the slide's haematoxylin stays under: no nucleus is paler
_DARKER = 0.10  # of the same: no nucleus stands out from its surroundings by less
_LEAK = 0.2  # haematoxylin that a unit of DAB seems to bear: dense DAB does not keep to Beer and Lambert's law
_LEAST = 0.06  # amount of haematoxylin, however pale the slide


@dataclass(frozen=True, slots=True)
class Nuclei:
    """The nuclei of a picture. Lengths are in microns, from the picture's upper left corner.

    Attributes:
        labels: int32 `[H, W]` at `MPP`: 0 between nuclei, i + 1 on nucleus i.
        centres_um: x and y, `[N, 2]`.
        areas_um2: `[N]`.
        eccentricities: `[N]`, of the ellipse of the same moments: 0 for a circle, towards 1 for a line.
        haematoxylin: mean amount `[N]`.
        dab: mean amount `[N]`; zeros for H&E.
        edge: bool `[N]`, cut by the picture's edge.
    """

    labels: NDArray[np.int32]
    centres_um: NDArray[np.float64]
    areas_um2: NDArray[np.float64]
    eccentricities: NDArray[np.float64]
    haematoxylin: NDArray[np.float64]
    dab: NDArray[np.float64]
    edge: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.areas_um2)

    @property
    def positive(self) -> NDArray[np.bool_]:
        """Which bear DAB, `[N]`."""
        return self.dab >= POSITIVE


def find_nuclei(rgb: NDArray[np.uint8], mpp: float, stains: Stains, *, nuclear_marker: bool = False) -> Nuclei:
    """Find the nuclei of a picture of tissue.

    Args:
        rgb: uint8 `[H, W, 3]`.
        mpp: its microns per pixel, square; best from 0.25 to 0.6, and above 1 there is nothing to see.
        stains: the slide's.
        nuclear_marker: DAB marks nuclei (Ki-67, ER, p53), so that it counts as nuclear stain; otherwise it may lie
            anywhere in the cell and does not help to find nuclei.

    Raises:
        DataError: it is no picture in colour, or coarser than 1 µm per pixel.
    """
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.dtype != np.uint8:
        raise DataError(f"nuclei are found in uint8 [H, W, 3], got {rgb.dtype} {list(rgb.shape)}")
    if mpp > 1.0:
        raise DataError(f"nuclei cannot be seen at {mpp:g} µm per pixel; read the slide at {MPP} µm")
    if abs(mpp / MPP - 1) > 0.02:
        rgb = _resized(rgb, mpp / MPP)
    amounts = stains.separate(rgb)
    is_dab = stains.kind == "H-DAB"
    dye = amounts[..., 0]
    if is_dab:
        dye = dye + amounts[..., 1] if nuclear_marker else np.maximum(dye - _LEAK * amounts[..., 1], 0)
    most = max(stains.amounts) if is_dab and nuclear_marker else stains.amounts[0]
    labels = _segment(dye, most)
    return _measure(labels, amounts[..., 0], amounts[..., 1] if is_dab else np.zeros_like(dye))


def _segment(dye: NDArray[np.float32], most: float) -> NDArray[np.int32]:
    """Labels `[H, W]` of the nuclei in a map of nuclear stain."""
    from scipy import ndimage
    from skimage.segmentation import watershed

    smooth = ndimage.gaussian_filter(dye, _SMOOTH_UM / MPP, truncate=3)
    around = _mean_around(smooth)
    dark = (smooth > max(_DARK * most, _LEAST)) & (smooth > around + max(_DARKER * most, _LEAST / 2))
    dark = ndimage.binary_opening(dark, structure=ndimage.generate_binary_structure(2, 1))
    dark = ndimage.binary_fill_holes(dark)
    if not dark.any():
        return np.zeros(dye.shape, np.int32)
    blob = np.maximum.reduce(
        [-(sigma**2) * ndimage.gaussian_laplace(smooth, sigma / MPP, truncate=3) for sigma in _SEED_UM]
    )
    reach = 2 * round(_APART_UM / MPP / 2) + 1
    peaks = (blob == ndimage.maximum_filter(blob, reach)) & dark & (blob > 0)
    seeds, _ = ndimage.label(peaks, np.ones((3, 3)))
    # Every island has a seed: one too flat for the Laplacian is its own.
    islands, count = ndimage.label(dark)
    seeded = np.bincount(islands[peaks], minlength=count + 1) > 0
    seeds = np.where(dark & ~seeded[islands], islands + seeds.max(), seeds)
    labels = watershed(-blob, seeds, mask=dark)
    areas = np.bincount(labels.ravel()) * MPP**2
    keep = (areas >= AREA_UM2[0]) & (areas <= AREA_UM2[1])
    keep[0] = False
    renumbered = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return np.asarray(renumbered[labels])


def _mean_around(smooth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean of the surroundings, from a quarter of the resolution: it is smooth anyway."""
    from scipy import ndimage

    step = 4
    height, width = smooth.shape
    padded = np.pad(smooth, ((0, -height % step), (0, -width % step)), mode="edge")
    small = padded.reshape(padded.shape[0] // step, step, -1, step).mean((1, 3))
    small = ndimage.gaussian_filter(small, _AROUND_UM / MPP / step, truncate=2, mode="nearest")
    return np.asarray(small.repeat(step, 0).repeat(step, 1)[:height, :width], np.float32)


def _measure(labels: NDArray[np.int32], haematoxylin: NDArray[np.float32], dab: NDArray[np.float32]) -> Nuclei:
    """Moments of all nuclei at once."""
    rows, columns = np.nonzero(labels)
    index = labels[rows, columns] - 1
    count = int(labels.max(initial=0))

    def total(weights: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
        return np.bincount(index, weights, minlength=count).astype(np.float64)

    pixels = total()
    x, y = total(columns.astype(float)) / pixels, total(rows.astype(float)) / pixels
    dx, dy = columns - x[index], rows - y[index]
    # A pixel is a square, which has a second moment of 1/12 itself.
    xx, yy, xy = total(dx * dx) / pixels + 1 / 12, total(dy * dy) / pixels + 1 / 12, total(dx * dy) / pixels
    root = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    minor, major = (xx + yy) / 2 - root, (xx + yy) / 2 + root
    at_edge = np.zeros(count + 1, bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[line] = True
    return Nuclei(
        labels=labels,
        centres_um=np.stack([x + 0.5, y + 0.5], 1) * MPP,
        areas_um2=pixels * MPP**2,
        eccentricities=np.sqrt(np.clip(1 - minor / major, 0, 1)),
        haematoxylin=total(haematoxylin[rows, columns]) / pixels,
        dab=total(dab[rows, columns]) / pixels,
        edge=at_edge[1:],
    )


def _resized(rgb: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    from PIL import Image

    height, width = rgb.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR))

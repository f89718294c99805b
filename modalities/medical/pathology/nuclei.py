"""`Nuclei`: where a picture's nuclei are, how large, how round and how dark.

Seeds by the Laplacian of Gaussian at the size of a nucleus, then a watershed within what is darker in haematoxylin than
its surroundings: the scheme of Al-Kofahi et al. 2010, Improved automatic detection and segmentation of cell nuclei in
histopathology images (doi:10.1109/TBME.2009.2035102), without its graph cuts. No learning: it counts too few where
nuclei overlap, misses pale ones with clear centres, and counts dark keratin, folds and pigment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.stain import Stains, density, is_ink

MPP = 0.5  #: microns per pixel that it is made for; others are resampled to it
AREA_UM2 = (8.0, 350.0)  #: nuclei are between: a disc of 3.2 µm and one of 21 µm across
POSITIVE = 0.15  #: mean DAB over a nucleus, as optical density, from which it counts as positive

_SMOOTH_UM = 0.7
_SEED_UM = (1.9, 3.3, 4.8)  # sigmas of the Laplacian: best for discs of a radius of 2.7, 4.7 and 6.8 µm
_HALF_FROM_UM = 3.0  # sigmas from here on are computed at half the resolution
_AROUND_UM = 12.0  # sigma of the surroundings' mean
_APART_UM = 3.0  # between seeds
_DARK = 0.28  # of what 99 % of the slide's haematoxylin stays under: no nucleus is paler
_DARKER = 0.10  # of the same: no nucleus stands out from its surroundings by less
_THIN_UM, _BENT = 1.3, 1.3  # least minor half axis, and most area of the ellipse of its moments over its own
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

    def inside(self, margin: int) -> Nuclei:
        """Those whose centres lie within the picture less a margin of so many pixels, and the picture without it.

        Tiles that are read with a margin count every nucleus once and see it whole.
        """
        if margin == 0:
            return self
        height, width = (length - 2 * margin for length in self.labels.shape)
        centres = self.centres_um - margin * MPP
        keep = ((centres >= 0) & (centres < (width * MPP, height * MPP))).all(1)
        lookup = np.concatenate([[0], np.where(keep, np.cumsum(keep), 0)]).astype(np.int32)
        return Nuclei(
            labels=lookup[self.labels[margin:-margin, margin:-margin]],
            centres_um=centres[keep],
            areas_um2=self.areas_um2[keep],
            eccentricities=self.eccentricities[keep],
            haematoxylin=self.haematoxylin[keep],
            dab=self.dab[keep],
            edge=self.edge[keep],
        )


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
    densities = density(rgb, stains.background)
    amounts = stains.unmix(densities)
    return nuclei_of(amounts, is_ink(densities), stains, nuclear_marker=nuclear_marker)


def nuclei_of(
    amounts: NDArray[np.float32], ink: NDArray[np.bool_], stains: Stains, *, nuclear_marker: bool = False
) -> Nuclei:
    """As `find_nuclei`, of what `Stains.unmix` gives at `MPP`, `[H, W, 3]`, and where ink is, `[H, W]`."""
    is_dab = stains.kind == "H-DAB"
    dye = np.where(ink, np.float32(0), amounts[..., 0])
    if is_dab:
        dye = dye + amounts[..., 1] if nuclear_marker else np.maximum(dye - _LEAK * amounts[..., 1], 0)
    most = max(stains.amounts) if is_dab and nuclear_marker else stains.amounts[0]
    labels = _segment(dye, most)
    return _measure(labels, amounts[..., 0], amounts[..., 1] if is_dab else np.zeros_like(dye))


def _segment(dye: NDArray[np.float32], most: float) -> NDArray[np.int32]:
    """Labels `[H, W]` of the dark pieces in a map of nuclear stain, each around one seed."""
    from scipy import ndimage
    from skimage.segmentation import watershed

    smooth = ndimage.gaussian_filter(dye, _SMOOTH_UM / MPP, truncate=3)
    around = _mean_around(smooth)
    dark = (smooth > max(_DARK * most, _LEAST)) & (smooth > around + max(_DARKER * most, _LEAST / 2))
    dark = ndimage.binary_opening(dark, structure=ndimage.generate_binary_structure(2, 1))
    if not dark.any():
        return np.zeros(dye.shape, np.int32)
    blob = _blobs(smooth)
    reach = 2 * round(_APART_UM / MPP / 2) + 1
    peaks = (blob == ndimage.maximum_filter(blob, reach)) & dark & (blob > 0)
    seeds, _ = ndimage.label(peaks, np.ones((3, 3)))
    # Every island has a seed: one too flat for the Laplacian is its own.
    islands, count = ndimage.label(dark)
    seeded = np.bincount(islands[peaks], minlength=count + 1) > 0
    seeds = np.where(dark & ~seeded[islands], islands + seeds.max(), seeds)
    return _shrunk(np.asarray(watershed(-blob, seeds, mask=dark), np.int32), smooth)


def _shrunk(labels: NDArray[np.int32], smooth: NDArray[np.float32]) -> NDArray[np.int32]:
    """Each piece down to what is darker than halfway between its dark half and the ground around it: its true edge."""
    from scipy import ndimage
    from skimage.measure import label

    count = int(labels.max()) + 1
    index, values = labels.ravel(), smooth.ravel()
    mean = np.bincount(index, values, count) / np.maximum(np.bincount(index, minlength=count), 1)
    darker = values > mean[index]
    half = np.bincount(index, values * darker, count) / np.maximum(np.bincount(index, darker, count), 1)
    ground = _mean_around(smooth, labels == 0).ravel()
    core = (2 * values > half[index] + ground) & (index > 0)
    core = ndimage.binary_opening(core.reshape(labels.shape), structure=ndimage.generate_binary_structure(2, 1))
    # What falls apart is several things.
    return np.asarray(label(np.where(ndimage.binary_fill_holes(core), labels, 0), connectivity=1), np.int32)


def _blobs(smooth: NDArray[np.float32]) -> NDArray[np.float32]:
    """Largest scale-normalised Laplacian over the sizes of nuclei, `[H, W]`; the coarse ones at half the resolution."""
    from scipy import ndimage

    height, width = smooth.shape
    half = reduced(smooth, 2)
    best = np.full(smooth.shape, -np.inf, np.float32)
    coarse = np.full(half.shape, -np.inf, np.float32)
    for sigma in _SEED_UM:
        layer, step, out = (smooth, 1, best) if sigma < _HALF_FROM_UM else (half, 2, coarse)
        response = -(sigma**2) * ndimage.gaussian_laplace(layer, sigma / (MPP * step), truncate=3) / (MPP * step) ** 2
        np.maximum(out, response, out=out)
    # Back between the pixels' centres, by bilinear interpolation.
    fine = ndimage.zoom(coarse, 2, order=1, mode="nearest", grid_mode=True)[:height, :width]
    return np.maximum(best, fine)


def reduced(layer: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Means of squares of `step` (a power of two) by `step` pixels, the edge repeated to full squares."""
    height, width = layer.shape
    if height % step or width % step:
        layer = np.pad(layer, ((0, -height % step), (0, -width % step)), mode="edge")
    while step > 1:
        layer = (layer[::2, ::2] + layer[1::2, ::2] + layer[::2, 1::2] + layer[1::2, 1::2]) * np.float32(0.25)
        step //= 2
    return layer


def _mean_around(smooth: NDArray[np.float32], where: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """Mean of the surroundings (where it counts), from a quarter of the resolution: it is smooth anyway."""
    from scipy import ndimage

    step = 4
    height, width = smooth.shape

    def blurred(layer: NDArray[np.float32]) -> NDArray[np.float32]:
        return ndimage.gaussian_filter(reduced(layer, step), _AROUND_UM / MPP / step, truncate=2, mode="nearest")

    if where is None:
        small = blurred(smooth)
    else:
        weight = where.astype(np.float32)
        small = np.asarray(blurred(smooth * weight) / np.maximum(blurred(weight), 1e-3), np.float32)
    return np.asarray(small.repeat(step, 0).repeat(step, 1)[:height, :width], np.float32)


def _measure(labels: NDArray[np.int32], haematoxylin: NDArray[np.float32], dab: NDArray[np.float32]) -> Nuclei:
    """Moments of all pieces at once, and of those the ones with a nucleus's size and shape."""
    rows, columns = np.nonzero(labels)
    index = labels[rows, columns]
    count = int(labels.max(initial=0)) + 1

    def total(weights: NDArray[np.floating] | None = None) -> NDArray[np.float64]:
        return np.bincount(index, weights, minlength=count).astype(np.float64)

    pixels = np.maximum(total(), 1)
    x, y = total(columns.astype(float)) / pixels, total(rows.astype(float)) / pixels
    dx, dy = columns - x[index], rows - y[index]
    # A pixel is a square, which has a second moment of 1/12 itself.
    xx, yy, xy = total(dx * dx) / pixels + 1 / 12, total(dy * dy) / pixels + 1 / 12, total(dx * dy) / pixels
    root = np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    minor, major = np.maximum((xx + yy) / 2 - root, 1e-9), (xx + yy) / 2 + root
    areas = pixels * MPP**2
    # The ellipse of the same moments has half axes of twice their roots; strands and crescents fill it badly.
    bent = 4 * np.pi * np.sqrt(minor * major) / pixels
    keep = (areas >= AREA_UM2[0]) & (areas <= AREA_UM2[1]) & (2 * np.sqrt(minor) * MPP >= _THIN_UM) & (bent <= _BENT)
    keep[0] = False
    at_edge = np.zeros(count, bool)
    for line in (labels[0], labels[-1], labels[:, 0], labels[:, -1]):
        at_edge[line] = True
    return Nuclei(
        labels=np.where(keep, np.cumsum(keep), 0).astype(np.int32)[labels],
        centres_um=np.stack([x + 0.5, y + 0.5], 1)[keep] * MPP,
        areas_um2=areas[keep],
        eccentricities=np.sqrt(np.clip(1 - minor / major, 0, 1))[keep],
        haematoxylin=(total(haematoxylin[rows, columns]) / pixels)[keep],
        dab=(total(dab[rows, columns]) / pixels)[keep],
        edge=at_edge[keep],
    )


def _resized(rgb: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    from PIL import Image

    height, width = rgb.shape[:2]
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BILINEAR))

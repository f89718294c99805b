"""`Stains`: which dyes a slide bears, how much of each there is at a pixel, and the slide in a reference's colours.

Colour deconvolution: Ruifrok & Johnston 2001, Quantification of histochemical staining by color deconvolution. Stains
of a slide: Macenko et al. 2009, A method for normalizing histology slides for quantitative analysis
(doi:10.1109/ISBI.2009.5193250). Colour statistics: Reinhard et al. 2001, Color transfer between images
(doi:10.1109/38.946629).

The libraries of this method estimate the stains tile by tile, and fail (a singular matrix) or invent a stain where a
tile is blank or holds one dye. Here they are estimated once from pixels of all of a slide's tissue, checked, and where
the check fails the standard vectors are used and a note says so. A blank tile then is nothing special.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

#: Optical densities (red, green, blue) of haematoxylin, eosin and DAB, of length 1 (Ruifrok & Johnston's, as in
#: scikit-image's `rgb_from_hed`).
RUIFROK = np.array([[0.65, 0.70, 0.29], [0.07, 0.99, 0.11], [0.27, 0.57, 0.78]])
RUIFROK /= np.linalg.norm(RUIFROK, axis=1, keepdims=True)
#: What H&E is normalised to, and assumed to bear where its own stains cannot be found: the vectors of the reference
#: slide of the method's public code (M. Veta, github.com/mitkovetta/staining-normalization), and the amounts that 99 %
#: of its pixels stay under, there in natural logarithms.
REFERENCE = np.array([[0.5626, 0.7201, 0.4062], [0.2159, 0.8012, 0.5581]])
REFERENCE /= np.linalg.norm(REFERENCE, axis=1, keepdims=True)
REFERENCE_AMOUNTS = (1.9705 / np.log(10), 1.0308 / np.log(10))

#: Red minus green density over the density's length: haematoxylin reaches .15 to .18, green and blue ink go beyond.
COLD = 0.25
CLEAR = 0.15  #: density (sum over the channels, Macenko's beta) below which a pixel says nothing of dyes
_ANGLES = (1.0, 99.0)  # Macenko's alpha, in percent
_ENOUGH = 500  # pixels, to estimate from
_TURNED = 0.85  # cosine with the standard vector below which an estimate is no such dye (32 degrees)
_APART = 0.97  # cosine between the estimates above which they are one dye (14 degrees)
_FAINT = 0.05  # amount of a dye below which the slide does not bear it


@dataclass(frozen=True, slots=True)
class Stains:
    """The dyes of a slide.

    Attributes:
        kind: `"H&E"` or `"H-DAB"`.
        vectors: optical density (red, green, blue) of one unit of each dye, of length 1, `[2, 3]`: haematoxylin first.
        amounts: what 99 % of the tissue's pixels stay under, of each dye.
        background: colour of the empty glass.
        estimated: whether the vectors are the slide's own, or the standard ones.
        notes: why not, and what else was seen.
    """

    kind: str
    vectors: NDArray[np.float64]
    amounts: tuple[float, float]
    background: NDArray[np.float64]
    estimated: bool = True
    notes: tuple[Note, ...] = ()

    def separate(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Amount of each dye at each pixel, and what neither explains, float32 `[..., 3]`; not below zero.

        Args:
            rgb: uint8 `[..., 3]`.
        """
        return self.unmix(density(rgb, self.background))

    def unmix(self, densities: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `separate`, of optical densities `[..., 3]`."""
        amounts = densities @ self._inverse()
        return np.maximum(amounts, 0, out=amounts)

    def normalise(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture as if it bore the reference's stains, on white glass; the amounts' 99th percentiles meet.

        Raises:
            DataError: it is no H&E: there is no reference for others.
        """
        if self.kind != "H&E":
            raise DataError(f"only H&E is normalised to a reference, this slide is {self.kind}")
        scale = np.array([REFERENCE_AMOUNTS[i] / max(self.amounts[i], _FAINT) for i in (0, 1)], np.float32)
        amounts = self.separate(rgb)[..., :2] * np.clip(scale, 0.25, 4.0)
        return to_rgb(amounts @ REFERENCE.astype(np.float32))

    def _inverse(self) -> NDArray[np.float32]:
        """`[3, 3]`: densities to amounts; the third axis stands at right angles to both dyes."""
        third = np.cross(self.vectors[0], self.vectors[1])
        return np.linalg.inv(np.vstack([self.vectors, third / np.linalg.norm(third)])).astype(np.float32)


def density(rgb: NDArray[np.uint8], background: NDArray[np.float64] | float = 255.0) -> NDArray[np.float32]:
    """Optical density (base 10) of each channel against the empty glass, float32 `[..., 3]`; not below zero."""
    levels = np.arange(256, dtype=np.float64).clip(1)
    glass = np.broadcast_to(np.asarray(background, np.float64), 3)
    table = np.log10(glass / levels[:, None]).clip(0)
    out = np.empty(rgb.shape, np.float32)
    for channel in range(3):
        np.take(table[:, channel].astype(np.float32), rgb[..., channel], out=out[..., channel])
    return out


def to_rgb(densities: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Colours on white glass, uint8, of optical densities `[..., 3]`."""
    return np.asarray(np.rint(255 * np.power(10, -np.maximum(densities, 0))), np.uint8)


def is_ink(densities: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pixels `[...]` absorb so much more red than green that no dye of tissue does, of densities `[..., 3]`."""
    cold = densities[..., 0] - densities[..., 1]
    length: NDArray[np.floating] = np.linalg.norm(densities, axis=-1)
    return np.asarray((cold > 0.05) & (cold > COLD * length))


def find_stains(
    pixels: NDArray[np.uint8], background: NDArray[np.float64] | float = 255.0, kind: str | None = None, name: str = ""
) -> Stains:
    """The dyes of a slide, from pixels of its tissue.

    Args:
        pixels: uint8 `[N, 3]`, from all over the tissue; some ten thousand are enough.
        background: colour of the empty glass.
        kind: `"H&E"` or `"H-DAB"`; told from the colours where not given.
        name: the slide's, for notes.

    Raises:
        DataError: `kind` is another.
    """
    if kind not in (None, "H&E", "H-DAB"):
        raise DataError(f"stain {kind!r} is not known: give 'H&E' or 'H-DAB'")
    glass = np.broadcast_to(np.asarray(background, np.float64), 3)
    densities = density(pixels.reshape(-1, 3), glass).astype(np.float64)
    densities = densities[(densities.sum(1) > CLEAR) & ~is_ink(densities)]
    if kind is None:
        kind = _kind(densities)
    standard = REFERENCE if kind == "H&E" else RUIFROK[[0, 2]]
    vectors, reason = _macenko(densities, standard)
    notes: tuple[Note, ...] = ()
    if reason:
        notes = (
            Note(
                "stain-fallback",
                f"The slide's own stain colours could not be found ({reason}); standard ones are used.",
                name,
            ),
        )
    stains = Stains(kind, standard if reason else vectors, (1.0, 1.0), glass, not reason, notes)
    if not len(densities):
        return replace(stains, amounts=(0.0, 0.0))
    amounts = np.maximum(densities @ stains._inverse().astype(np.float64), 0)[:, :2]
    high = np.percentile(amounts, 99, axis=0)
    return replace(stains, amounts=(float(high[0]), float(high[1])))


def _kind(densities: NDArray[np.float64]) -> str:
    """H-DAB where more of the coloured pixels absorb blue most (brown) than green most (pink).

    Haematoxylin absorbs blue least, so that it votes for neither.
    """
    if not len(densities):
        return "H&E"
    unit = densities / np.linalg.norm(densities, axis=1, keepdims=True)
    # Blood and yellow pigment absorb blue, too, but as much green.
    brown = unit[:, 2] - unit[:, 1] > 0.05
    pink = (unit[:, 1] - unit[:, 2] > 0.25) & (unit[:, 1] - unit[:, 0] > 0.25)
    return "H-DAB" if float(brown.mean()) > max(float(pink.mean()), 0.02) else "H&E"


def _macenko(densities: NDArray[np.float64], standard: NDArray[np.float64]) -> tuple[NDArray[np.float64], str]:
    """The two dyes' vectors `[2, 3]`, and why they are not to be used (empty where they are)."""
    if len(densities) < _ENOUGH:
        return standard, f"{len(densities)} coloured pixels, {_ENOUGH} are needed"
    values, vectors = np.linalg.eigh(np.cov(densities.T))
    if values[1] < 1e-3 * max(values[2], 1e-12):
        return standard, "all pixels are of one colour"
    plane = vectors[:, [2, 1]] * np.where(vectors[:, [2, 1]].sum(0) < 0, -1, 1)
    angles = np.arctan2(*(densities @ plane).T[::-1])
    low, high = np.percentile(angles, _ANGLES)
    found = np.array([plane @ (np.cos(angle), np.sin(angle)) for angle in (low, high)])
    found = np.maximum(found, 0)  # a dye gives no light
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    # Which is which: the assignment that agrees best with the standard vectors.
    if np.trace(found @ standard.T) < np.trace(found[::-1] @ standard.T):
        found = found[::-1]
    likeness = (found * standard).sum(1)
    if likeness.min() < _TURNED:
        dye = int(likeness.argmin())
        degrees = np.degrees(np.arccos(np.clip(likeness[dye], -1, 1)))
        return standard, f"stain {dye + 1} is {degrees:.0f} degrees from the standard colour"
    if float(found[0] @ found[1]) > _APART:
        return standard, "the pixels bear one dye, not two"
    return found, ""


@dataclass(frozen=True, slots=True)
class ColourStatistics:
    """Mean and spread of tissue in CIE L*a*b*, which Reinhard's method matches.

    Attributes:
        mean: of L*, a*, b*, `[3]`.
        spread: standard deviations, `[3]`.
    """

    mean: NDArray[np.float64]
    spread: NDArray[np.float64]

    def match(self, rgb: NDArray[np.uint8], target: ColourStatistics) -> NDArray[np.uint8]:
        """The picture `[H, W, 3]` moved from these statistics to the target's."""
        from skimage.color import lab2rgb, rgb2lab

        # A slide of one colour has no spread to stretch; stretching more than threefold shows noise.
        gain = np.clip(target.spread / np.maximum(self.spread, 1e-3), 1 / 3, 3.0)
        lab = (rgb2lab(rgb) - self.mean) * gain + target.mean
        lab[..., 0] = lab[..., 0].clip(0, 100)
        return np.asarray(np.rint(lab2rgb(lab) * 255), np.uint8)


def colour_statistics(pixels: NDArray[np.uint8]) -> ColourStatistics:
    """Statistics of tissue's pixels, uint8 `[N, 3]`.

    Raises:
        DataError: there are none.
    """
    from skimage.color import rgb2lab

    if not pixels.size:
        raise DataError("colour statistics need pixels of tissue; there are none")
    lab = rgb2lab(pixels.reshape(-1, 1, 3)).reshape(-1, 3)
    return ColourStatistics(lab.mean(0), lab.std(0))

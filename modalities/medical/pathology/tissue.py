"""`Tissue`: where on a slide there is something to look at.

The saturation of an overview, split by Otsu's threshold (Otsu 1979, doi:10.1109/TSMC.1979.4310076), as most pipelines
do. Otsu always splits: a blank slide into noise and noise, a slide full of tissue into pale and dark tissue. So the
threshold is held between two bounds. Pen is told from stain by which light it absorbs: haematoxylin, eosin and DAB all
take away more green than red, blue and green ink more red than green, and black ink all alike. Red ink looks like blood
and stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.stain import COLD

MPP = 8.0  #: of the overview
SURELY_NOT, SURELY = 0.05, 0.12  #: saturation: the threshold lies between
_FAINT = 0.02  # what faint tissue is more saturated than glass by, at least
_SEPARABLE = 0.7  # share of the variance that the two classes explain, for faint tissue to be believed
_SMOOTH_UM = 8.0
_GAP_UM = 24.0  # holes and cracks up to about this are tissue, too
_SPECK_MM2 = 0.004  # an island smaller than this (a disc 71 µm across) is dust
_INK_OD = 0.2  # density above which colour is judged
_COOL, _YELLOW = 0.12, 0.20  # blue ink that is no colder than haematoxylin may be lacks its share of blue density
_INK_SPECK_MM2 = 0.001  # smaller blue spots are nuclei
_DARK, _BLACK, _GREY = 40, 60, 0.25  # brightest channel of black ink or an edge, whatever its colour, and if it is grey
_MAX_PIXELS = 64_000_000


@dataclass(frozen=True, slots=True)
class Tissue:
    """A mask over the slide.

    Attributes:
        mask: bool `[H, W]`, true on tissue.
        ink: bool `[H, W]`, true where pen, black edges or folds were taken out.
        mpp: microns of a mask's pixel, square; the mask starts at the slide's upper left corner.
        picture: the overview that it was made from, uint8 `[H, W, 3]`.
        background: the empty glass's colour, float `[3]`, white (255) where there is no glass to be seen.
        notes: what was found.
    """

    mask: NDArray[np.bool_]
    ink: NDArray[np.bool_]
    mpp: float
    picture: NDArray[np.uint8]
    background: NDArray[np.float64]
    notes: tuple[Note, ...] = ()

    @property
    def area_mm2(self) -> float:
        """Area of the tissue."""
        return float(np.count_nonzero(self.mask)) * (self.mpp / 1000) ** 2

    def share(self, x_um: NDArray[np.float64], y_um: NDArray[np.float64], side_um: float) -> NDArray[np.float64]:
        """Share of each square that is tissue, `[N]`; outside the slide there is none.

        Args:
            x_um: left edges `[N]`.
            y_um: upper edges `[N]`.
            side_um: side of the squares.
        """
        # Sums over rectangles from one table; edges between pixels are interpolated.
        table = np.zeros((self.mask.shape[0] + 1, self.mask.shape[1] + 1))
        np.cumsum(np.cumsum(self.mask, 0, dtype=np.float64), 1, out=table[1:, 1:])
        x0, y0, x1, y1 = (edge / self.mpp for edge in (x_um, y_um, x_um + side_um, y_um + side_um))
        total = _at(table, x1, y1) - _at(table, x0, y1) - _at(table, x1, y0) + _at(table, x0, y0)
        return np.clip(total * (self.mpp / side_um) ** 2, 0.0, 1.0)


def find_tissue(slide: Slide, mpp: float = MPP) -> Tissue:
    """Find the tissue of a slide.

    An empty mask always comes with the note `no-tissue`, which says what was seen instead.

    Args:
        slide: the slide.
        mpp: microns per pixel of the overview; made coarser for a slide of more than 64 million such pixels.
    """
    width, height = slide.size_um
    # A picture smaller than a few pixels of the overview is looked at in its own.
    mpp = max(min(mpp, width / 64, height / 64), max(slide.mpp), (width * height / _MAX_PIXELS) ** 0.5)
    picture = slide.overview(mpp)
    return tissue_of(picture, mpp, slide.name)


def tissue_of(picture: NDArray[np.uint8], mpp: float, name: str = "") -> Tissue:
    """The tissue on an overview `[H, W, 3]` with pixels of `mpp` microns."""
    from scipy import ndimage
    from skimage.morphology import remove_small_holes, remove_small_objects

    smooth = np.stack(
        [ndimage.gaussian_filter(picture[..., c].astype(np.float32), _SMOOTH_UM / mpp / 2) for c in range(3)], -1
    )
    background = _glass(smooth)
    smooth *= (255 / background).astype(np.float32)
    np.clip(smooth, 0, 255, out=smooth)
    saturation = 1 - smooth.min(-1) / np.maximum(smooth.max(-1), 1)
    threshold, notes = _threshold(saturation, name)
    stained = saturation > threshold
    ink = _ink(smooth, saturation)
    # A brush of ink bleeds into its surroundings; single blue pixels are nuclei.
    ink = remove_small_objects(ink, max_size=max(1, round(_INK_SPECK_MM2 * 1e6 / mpp**2)))
    ink = ndimage.binary_dilation(ink, iterations=max(1, round(_SMOOTH_UM / mpp)))
    mask = stained & ~ink
    gap = _GAP_UM / mpp
    if gap >= 2:
        mask = _closed(mask, gap / 2) & ~ink
    speck = min(_SPECK_MM2, 0.05 * mask.size * mpp**2 / 1e6)  # a cutting may be smaller than what dust is on a slide
    mask = remove_small_objects(mask, max_size=max(1, round(speck * 1e6 / mpp**2)))
    mask = remove_small_holes(mask, max_size=max(1, round(np.pi / 4 * gap**2))) & ~ink
    drawn = float(ink.mean())
    if drawn > 1e-3:
        text = f"Ink, black edges or folds cover {drawn:.1%} of the slide and were left out."
        notes.append(Note("ink-excluded", text, name))
    if not mask.any():
        most = float(np.quantile(saturation, 0.999))
        what = f"ink covers {drawn:.1%}" if drawn > 1e-3 else f"the strongest colour has a saturation of {most:.3f}"
        text = f"No tissue was found: {what}, and tissue begins at {threshold:.3f}, over {speck:.2g} mm²."
        notes.append(Note("no-tissue", text, name))
    return Tissue(mask, ink, mpp, picture, background, tuple(notes))


def _glass(smooth: NDArray[np.float32]) -> NDArray[np.float64]:
    """Colour of empty glass: the median of the brightest, hardly coloured pixels; white where there are too few."""
    bright = smooth.min(-1)
    level = float(np.quantile(bright, 0.98))
    glass = smooth[(bright >= level - 6) & (smooth.max(-1) - bright < 0.15 * 255)]
    # Paler than this and it may as well be pale tissue that fills the slide.
    if level < 215 or len(glass) < 0.005 * bright.size:
        return np.full(3, 255.0)
    return np.asarray(np.median(glass, axis=0), np.float64)


def _threshold(saturation: NDArray[np.float32], name: str) -> tuple[float, list[Note]]:
    from skimage.filters import threshold_otsu

    if float(np.ptp(saturation)) < 1e-6:
        return SURELY_NOT, []
    otsu = float(threshold_otsu(saturation))
    if float(np.quantile(saturation, 0.999)) > SURELY_NOT:
        return float(np.clip(otsu, SURELY_NOT, SURELY)), []
    above = saturation > otsu
    share = float(above.mean())
    step = float(saturation[above].mean() - saturation[~above].mean()) if above.any() else 0.0
    separable = share * (1 - share) * step**2 / max(float(saturation.var()), 1e-12)
    if separable < _SEPARABLE or step < _FAINT:
        return SURELY_NOT, []
    middle = float(saturation[~above].mean()) + step / 2
    text = f"Tissue is very faint (saturation threshold {middle:.3f}); its outline is uncertain."
    return middle, [Note("faint-tissue", text, name)]


def _ink(smooth: NDArray[np.float32], saturation: NDArray[np.float32]) -> NDArray[np.bool_]:
    density = -np.log10(np.maximum(smooth, 1) / 255)
    length = np.sqrt((density**2).sum(-1))
    cold = density[..., 0] - density[..., 1]
    cold = (cold > COLD * length) | ((cold > _COOL * length) & (density[..., 2] < _YELLOW * length))
    cold &= length > _INK_OD
    brightest = smooth.max(-1)
    black = (brightest < _DARK) | ((brightest < _BLACK) & (saturation < _GREY))
    return np.asarray(cold | black)


def _closed(mask: NDArray[np.bool_], radius: float) -> NDArray[np.bool_]:
    """Closing with a disc, by distances: cheap at any radius. What touches the border is closed as if it went on."""
    from scipy import ndimage

    margin = int(radius) + 2
    padded = np.pad(mask, margin, mode="edge")
    grown = ndimage.distance_transform_edt(~padded) <= radius
    shrunk = ndimage.distance_transform_edt(grown) > radius
    return np.asarray(shrunk[margin:-margin, margin:-margin] | mask)


def _at(table: NDArray[np.float64], x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The table's value at fractional places, clipped to it."""
    x, y = np.clip(x, 0, table.shape[1] - 1), np.clip(y, 0, table.shape[0] - 1)
    x0, y0 = np.minimum(x.astype(int), table.shape[1] - 2), np.minimum(y.astype(int), table.shape[0] - 2)
    fx, fy = x - x0, y - y0
    upper = table[y0, x0] * (1 - fx) + table[y0, x0 + 1] * fx
    lower = table[y0 + 1, x0] * (1 - fx) + table[y0 + 1, x0 + 1] * fx
    return np.asarray(upper * (1 - fy) + lower * fy)

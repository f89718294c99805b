"""`Tissue`: where on a slide there is something to look at; `Tiling`: the squares that it is cut into.

Tissue is the saturation of an overview, split by Otsu's threshold (Otsu 1979, doi:10.1109/TSMC.1979.4310076), as most
pipelines do. Otsu always splits: a blank slide into noise and noise, a slide full of tissue into pale and dark tissue.
So the threshold is held between two bounds. Pen is told from stain by which light it absorbs: haematoxylin, eosin and
DAB all take away more green than red, blue and green ink more red than green, and black ink all alike. Red ink looks
like blood and stays.

Squares have a side in pixels at a stated resolution, so that a tile shows as much tissue whatever the scanner. They
come in Morton order: neighbours in the row are neighbours on the slide. A tiling is never empty: where no square has
enough tissue, the best ones are taken and a note says so; where there is no tissue at all, an error says why.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.stain import COLD
from wugan.morton import morton_order

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


_COARSE = (
    1.1  # a slide whose own resolution is coarser than asked for by more than this is enlarged, and a note says so
)
_GRID_TILES = 4_000_000  # squares that a slide may have
_AHEAD = 4  # tiles that are read ahead, for each thread

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Tiling:
    """Squares on a slide, in Morton order.

    Attributes:
        corners_um: left and upper edge of each, `[N, 2]`.
        share: of each that is tissue, `[N]`.
        size: side in pixels.
        mpp: microns per pixel.
        tissue: the mask that they were chosen by.
        notes: of the tissue and of the choice.
    """

    corners_um: NDArray[np.float64]
    share: NDArray[np.float64]
    size: int
    mpp: float
    tissue: Tissue
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.corners_um)

    @property
    def side_um(self) -> float:
        """Side of a square."""
        return self.size * self.mpp

    @property
    def centres_um(self) -> NDArray[np.float64]:
        """Middle of each, `[N, 2]`."""
        return self.corners_um + self.side_um / 2


def cut_tiles(
    slide: Slide,
    *,
    mpp: float = 0.5,
    size: int = 256,
    overlap: float = 0.0,
    min_tissue: float = 0.25,
    max_tiles: int | None = None,
    tissue: Tissue | None = None,
) -> Tiling:
    """Cut a slide into tiles.

    The grid starts at the slide's upper left corner; squares at the right and lower edge reach beyond it, into white.

    Args:
        slide: the slide.
        mpp: microns per pixel of the tiles.
        size: side in pixels.
        overlap: share of the side that neighbours have in common, from 0 up to 0.9.
        min_tissue: share of a tile that has to be tissue; 0 takes every tile, tissue or not.
        max_tiles: at most so many, spread evenly over the tissue; a note says how many were left out.
        tissue: the mask, where it is known already.

    Raises:
        DataError: an argument is out of range, the slide has no tissue, or too many squares.
    """
    if size < 8 or not 0.02 <= mpp <= 100 or not 0 <= overlap <= 0.9 or not 0 <= min_tissue <= 1:
        raise DataError(
            f"tiles of {size} pixels at {mpp} µm with overlap {overlap} and min_tissue {min_tissue} cannot be cut; "
            "give a size from 8, mpp from 0.02 to 100, overlap from 0 to 0.9, min_tissue from 0 to 1"
        )
    if max_tiles is not None and max_tiles < 1:
        raise DataError(f"max_tiles must be 1 or more, got {max_tiles}")
    tissue = find_tissue(slide) if tissue is None else tissue
    notes = [*slide.notes, *tissue.notes]
    if max(slide.mpp) > mpp * _COARSE:
        text = f"The slide has {max(slide.mpp):.3g} µm per pixel; tiles at {mpp:g} µm are enlarged and show no more."
        notes.append(Note("tiles-enlarged", text, slide.name))
    side = size * mpp
    step = side * (1 - overlap)
    count_x, count_y = (max(1, int(np.ceil((length - side) / step - 1e-6)) + 1) for length in slide.size_um)
    if count_x * count_y > _GRID_TILES:
        raise DataError(
            f"{slide.name} would be cut into {count_x * count_y:,} tiles (at most {_GRID_TILES:,}); "
            "give a larger mpp or size"
        )
    y, x = (axis.ravel() * step for axis in np.mgrid[:count_y, :count_x])
    share = tissue.share(x, y, side)
    chosen = np.flatnonzero(share >= min_tissue)
    if not len(chosen):
        chosen, note = _best(share, min_tissue, tissue, slide)
        notes.append(note)
    corners = np.stack([x, y], 1)[chosen]
    order = morton_order(corners, step)
    if max_tiles is not None and len(order) > max_tiles:
        text = f"{max_tiles} of {len(order)} tiles with tissue were taken, spread evenly."
        notes.append(Note("tiles-sampled", text, slide.name))
        order = order[np.linspace(0, len(order) - 1, max_tiles).round().astype(int)]
    return Tiling(corners[order], share[chosen][order], size, mpp, tissue, tuple(notes))


def _best(
    share: NDArray[np.float64], min_tissue: float, tissue: Tissue, slide: Slide
) -> tuple[NDArray[np.int64], Note]:
    """The squares with the most tissue, where none has enough."""
    most = float(share.max(initial=0.0))
    if most <= 0:
        reason = next((note.text for note in tissue.notes if note.code == "no-tissue"), "The tissue mask is empty.")
        raise DataError(
            f"{slide.name} has no tissue to cut into tiles. {reason} If there is some, give a tissue mask of your own, "
            "or min_tissue=0 to take every tile"
        )
    text = f"No tile is {min_tissue:.0%} tissue; those with at least {most / 2:.1%} were taken."
    return np.flatnonzero(share >= most / 2), Note("tiles-sparse", text, slide.name)


def read_tiles(slide: Slide, tiling: Tiling, threads: int | None = None) -> Iterator[NDArray[np.uint8]]:
    """The tiles' pixels in the tiling's order, uint8 `[size, size, 3]` each, read ahead by a few threads.

    A tile of a level whose pixels fit is read without resampling; others are smoothed as they shrink.

    Args:
        slide: the slide, open.
        tiling: which tiles.
        threads: how many read; as many as there are processors, at most 8, where not given.

    Raises:
        DataError: the slide is damaged at a tile; the tiles before it have been given.
    """

    def read(corner: NDArray[np.float64]) -> NDArray[np.uint8]:
        return slide.region(float(corner[0]), float(corner[1]), tiling.size, tiling.mpp)

    return spread(read, iter(tiling.corners_um), threads)


def spread(work: Callable[[T], U], items: Iterator[T], threads: int | None = None) -> Iterator[U]:
    """`map` over a few threads, in order, with a bounded number of items under way."""
    threads = min(8, os.cpu_count() or 1) if threads is None else threads
    if threads <= 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="slide")
    waiting: deque[Future[U]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > threads * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

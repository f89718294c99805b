"""`Tiling`: the squares that a slide is cut into, and reading them.

Squares have a side in pixels at a stated resolution, so that a tile shows as much tissue whatever the scanner.
They come in Morton order: neighbours in the row are neighbours on the slide. A tiling is never empty: where no square
has enough tissue, the best ones are taken and a note says so; where there is no tissue at all, an error says why.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.tissue import Tissue, find_tissue
from wugan.morton import morton_order

_COARSE = (
    1.1  # a slide whose own resolution is coarser than asked for by more than this is enlarged, and a note says so
)
_GRID_TILES = 4_000_000  # squares that a slide may have
_AHEAD = 4  # tiles that are read ahead, for each thread


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
    threads = min(8, os.cpu_count() or 1) if threads is None else threads

    def read(corner: NDArray[np.float64]) -> NDArray[np.uint8]:
        return slide.region(float(corner[0]), float(corner[1]), tiling.size, tiling.mpp)

    if threads <= 1:
        yield from map(read, tiling.corners_um)
        return
    pool = ThreadPoolExecutor(threads, thread_name_prefix="tiles")
    waiting: deque[Future[NDArray[np.uint8]]] = deque()
    try:
        for corner in tiling.corners_um:
            waiting.append(pool.submit(read, corner))
            if len(waiting) > threads * _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)

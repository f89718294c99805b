"""`SlideAnalysis`: all that is measured on a slide, in one pass over its tiles."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.features import TileMeasures, measure_tile, weights
from wugan.modalities.medical.pathology.nuclei import MPP
from wugan.modalities.medical.pathology.slide import Slide
from wugan.modalities.medical.pathology.stain import Stains, find_stains
from wugan.modalities.medical.pathology.tiles import Tiling, cut_tiles

MAX_TILES = 1024  #: that are looked at unless told otherwise
_STAIN_TILES, _STAIN_PIXELS = 24, 4000  # tiles, and pixels of each, that the stains are estimated from
_BATCH = 16
_MARGIN = 16  # pixels around a tile, 8 µm: nuclei up to 16 µm across are seen whole

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class SlideAnalysis:
    """What is on a slide.

    Attributes:
        name: the slide's.
        tiling: the tiles, in Morton order.
        stains: the slide's dyes.
        resolution: microns per pixel of level 0 (x, y), and where that is from.
        features: float64 `[N, F]`, see `features.TABLE`; NaN where a tile does not tell.
        counts: nuclei whose centres lie in each tile, `[N]`; those cut by the slide's edge count half.
        tissue_mm2: pixels with any density in each tile, `[N]`.
        areas_um2: of every whole nucleus, `[M]`.
        eccentricities: likewise.
        positive: bool, likewise; all false for H&E.
        notes: of the slide, its tissue, tiles and stains.
    """

    name: str
    tiling: Tiling
    stains: Stains
    resolution: tuple[tuple[float, float], str]
    features: NDArray[np.float64]
    counts: NDArray[np.float64]
    tissue_mm2: NDArray[np.float64]
    areas_um2: NDArray[np.float64]
    eccentricities: NDArray[np.float64]
    positive: NDArray[np.bool_]
    notes: tuple[Note, ...] = ()


def analyse(
    slide: Slide,
    *,
    stain: str | None = None,
    nuclear_marker: bool = False,
    tile_size: int = 256,
    min_tissue: float = 0.25,
    max_tiles: int | None = MAX_TILES,
    threads: int | None = None,
) -> SlideAnalysis:
    """Look at a slide's tiles at 0.5 µm per pixel.

    The result does not depend on the number of threads.

    Args:
        slide: the slide, open.
        stain: `"H&E"` or `"H-DAB"`; told from the colours where not given.
        nuclear_marker: DAB marks nuclei (Ki-67, ER, p53); see `find_nuclei`.
        tile_size: side of a tile in pixels of 0.5 µm.
        min_tissue: share of a tile that has to be tissue.
        max_tiles: at most so many, spread evenly; `None` for all.
        threads: how many work; as many as there are processors, at most 8, where not given.

    Raises:
        DataError: there is no tissue, the slide is damaged, or too coarse for nuclei.
    """
    if min(slide.mpp) > 1.0:
        raise DataError(
            f"{slide.name} has {min(slide.mpp):.3g} µm per pixel: nuclei cannot be seen above 1 µm. "
            "Give a scan at 10× or more"
        )
    tiling = cut_tiles(slide, mpp=MPP, size=tile_size, min_tissue=min_tissue, max_tiles=max_tiles)
    stains = slide_stains(slide, tiling, stain)

    def look(corner: NDArray[np.float64]) -> TileMeasures:
        x, y = corner - _MARGIN * MPP
        rgb = slide.region(float(x), float(y), tiling.size + 2 * _MARGIN, tiling.mpp)
        return measure_tile(rgb, stains, margin=_MARGIN, nuclear_marker=nuclear_marker)

    features, counts, tissue, shapes = [], [], [], []
    for measures in spread(look, iter(tiling.corners_um), threads):
        nuclei, whole = measures.nuclei, ~measures.nuclei.edge
        features.append(measures.features)
        counts.append(weights(nuclei).sum())
        tissue.append(measures.tissue_mm2)
        shapes.append(np.stack([nuclei.areas_um2, nuclei.eccentricities, nuclei.positive.astype(float)])[:, whole])
    together = np.concatenate(shapes, axis=1)
    return SlideAnalysis(
        name=slide.name,
        tiling=tiling,
        stains=stains,
        resolution=(slide.mpp, slide.resolution.source),
        features=np.stack(features),
        counts=np.array(counts),
        tissue_mm2=np.array(tissue),
        areas_um2=together[0],
        eccentricities=together[1],
        positive=together[2].astype(bool),
        notes=(*tiling.notes, *stains.notes),
    )


def slide_stains(slide: Slide, tiling: Tiling, kind: str | None = None) -> Stains:
    """The slide's dyes, from tiles spread over its tissue.

    Args:
        slide: the slide, open.
        tiling: its tiles.
        kind: `"H&E"` or `"H-DAB"`; told from the colours where not given.
    """
    order = np.argsort(-tiling.share, kind="stable")[: max(_STAIN_TILES, len(tiling) // 2)]
    chosen = np.sort(order)[np.linspace(0, len(order) - 1, min(_STAIN_TILES, len(order))).round().astype(int)]
    pixels = []
    for corner in tiling.corners_um[chosen]:
        rgb = slide.region(float(corner[0]), float(corner[1]), tiling.size, tiling.mpp).reshape(-1, 3)
        pixels.append(rgb[:: max(1, len(rgb) // _STAIN_PIXELS)])
    return find_stains(np.concatenate(pixels), tiling.tissue.background, kind, slide.name)


def spread(work: Callable[[T], U], items: Iterator[T], threads: int | None = None) -> Iterator[U]:
    """`map` over a few threads, in order, with a bounded number of items under way."""
    threads = min(8, os.cpu_count() or 1) if threads is None else threads
    if threads <= 1:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="slide") as pool:
        while batch := list(islice(items, _BATCH * threads)):
            yield from pool.map(work, batch)

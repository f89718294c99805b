"""`Slide`: a whole-slide image, addressed in microns."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.pathology.folder import dicom_file
from wugan.modalities.medical.pathology.pyramid import Pyramid, open_pyramid
from wugan.modalities.medical.pathology.resolution import Resolution, find_resolution

_MARGIN = 2  # pixels read around a region, so that resampling at its edge sees what lies beside it
_FINER = 1.05  # a level up to 5 % coarser than asked for still serves
_BLOCK = 2048  # pixels of a side that an overview reads at once
_OVERVIEW_PIXELS = 6_000_000_000  # of the level that an overview is made from: about 2 minutes of decoding


class Slide:
    """A whole-slide image. Places are microns from its upper left corner, x to the right and y down.

    Reading is thread-safe. A pickled slide is its path and `mpp`: it opens again where it arrives.

    Attributes:
        path: the file.
        format: vendor or picture format.
        resolution: size of a pixel of level 0 and where that is from.
        sizes: width and height of each level in pixels, the largest first.
        properties: what the file says of itself, named as OpenSlide names it.
        notes: what was found and handled.
    """

    def __init__(
        self, path: Path, pyramid: Pyramid, resolution: Resolution, given: float | tuple[float, float] | None = None
    ) -> None:
        self.path, self.format, self.resolution = path, pyramid.format, resolution
        self.sizes, self.properties = pyramid.sizes, pyramid.properties
        self.notes = resolution.notes
        self._pyramid, self._given = pyramid, given

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def mpp(self) -> tuple[float, float]:
        """Microns per pixel of level 0, across and down."""
        return self.resolution.x, self.resolution.y

    @property
    def size_um(self) -> tuple[float, float]:
        """Width and height in microns."""
        width, height = self.sizes[0]
        return width * self.resolution.x, height * self.resolution.y

    def level_mpp(self, level: int) -> tuple[float, float]:
        """Microns per pixel of a level, across and down."""
        width, height = self.size_um
        return width / self.sizes[level][0], height / self.sizes[level][1]

    def best_level(self, mpp: float) -> int:
        """The smallest level that still resolves `mpp`; 0 where none does."""
        fine = [level for level in range(len(self.sizes)) if max(self.level_mpp(level)) <= mpp * _FINER]
        return max(fine, key=lambda level: min(self.level_mpp(level)), default=0)

    def region(self, x_um: float, y_um: float, size_px: int | tuple[int, int], mpp: float) -> NDArray[np.uint8]:
        """A region with square pixels, uint8 `[height, width, 3]`, resampled from the best level.

        What lies outside the slide is white.

        Args:
            x_um: left edge.
            y_um: upper edge.
            size_px: side of the square, or width and height, in pixels of the result.
            mpp: microns per pixel of the result.

        Raises:
            DataError: the file is damaged there, or the size or `mpp` is not positive.
        """
        width, height = (size_px, size_px) if isinstance(size_px, int) else size_px
        if width < 1 or height < 1 or not mpp > 0:
            raise DataError(f"a region of {width} × {height} pixels at {mpp} µm is empty; give positive sizes")
        level = self.best_level(mpp)
        scale = self.level_mpp(level)
        box = (x_um / scale[0], y_um / scale[1], (x_um + width * mpp) / scale[0], (y_um + height * mpp) / scale[1])
        # Pillow's filter widens with the reduction; so does what it needs to see around the box.
        margin = [math.ceil(_MARGIN * max(1.0, mpp / each)) for each in scale]
        left, top = math.floor(box[0]) - margin[0], math.floor(box[1]) - margin[1]
        right, bottom = math.ceil(box[2]) + margin[0], math.ceil(box[3]) + margin[1]
        pixels = self._window(level, left, top, right, bottom)
        return _resample(pixels, (box[0] - left, box[1] - top, box[2] - left, box[3] - top), (width, height))

    def overview(self, mpp: float) -> NDArray[np.uint8]:
        """The whole slide with square pixels of `mpp` microns, uint8 `[H, W, 3]`, read block by block.

        Raises:
            DataError: the file is damaged, or has no level small enough to make an overview of in reasonable time.
        """
        width, height = (max(1, math.ceil(length / mpp)) for length in self.size_um)
        level = self.best_level(mpp)
        across, down = self.sizes[level]
        if across * down > _OVERVIEW_PIXELS:
            raise DataError(
                f"{self.path}: its smallest useful level has {across} × {down} pixels, too many to look for tissue in; "
                "add levels, for example with `vips tiffsave --tile --pyramid`"
            )
        out = np.full((height, width, 3), 255, np.uint8)
        step = max(1, int(_BLOCK * max(self.level_mpp(level)) / mpp))
        for y in range(0, height, step):
            for x in range(0, width, step):
                size = (min(step, width - x), min(step, height - y))
                out[y : y + size[1], x : x + size[0]] = self.region(x * mpp, y * mpp, size, mpp)
        return out

    def _window(self, level: int, left: int, top: int, right: int, bottom: int) -> NDArray[np.uint8]:
        """Pixels of a level between these edges, white where there is no slide."""
        width, height = self.sizes[level]
        x0, y0, x1, y1 = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
        if x0 >= x1 or y0 >= y1:
            return np.full((bottom - top, right - left, 3), 255, np.uint8)
        inside = self._pyramid.read(level, x0, y0, x1 - x0, y1 - y0)
        if (x0, y0, x1, y1) == (left, top, right, bottom):
            return inside
        pixels = np.full((bottom - top, right - left, 3), 255, np.uint8)
        pixels[y0 - top : y1 - top, x0 - left : x1 - left] = inside
        return pixels

    def close(self) -> None:
        """Let go of the file; safe to call twice."""
        self._pyramid.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., Slide], tuple[Path, float | tuple[float, float] | None]]:
        return open_slide, (self.path, self._given)

    def __repr__(self) -> str:
        width, height = self.sizes[0]
        return f"Slide({self.name!r}, {width} × {height}, {self.mpp[0]:.4g} µm, {self.format})"


def open_slide(path: str | Path, mpp: float | tuple[float, float] | None = None) -> Slide:
    """Open a whole-slide image or a picture of tissue.

    Args:
        path: a file that OpenSlide reads (SVS, NDPI, MRXS, SCN, BIF, tiled TIFF, one file of a DICOM slide, …), a TIFF
            pyramid that tiffslide reads, a PNG or JPEG; or the folder of one DICOM slide.
        mpp: microns per pixel of level 0, one number or (x, y), where the file does not say or is wrong.
            `resolution.py` has the policy for a slide that does not say.

    Raises:
        DataError: no such file, no slide, damaged, of unknown resolution, or too large for what it is.
        PluginError: openslide is not installed.
    """
    path = Path(path)
    if path.is_dir():
        path = dicom_file(path)
    if not path.exists():
        raise DataError(f"{path}: no such file")
    if path.stat().st_size == 0:
        raise DataError(f"{path} is empty (0 bytes)")
    pyramid = open_pyramid(path)
    try:
        return Slide(path, pyramid, find_resolution(pyramid.properties, path.name, mpp), mpp)
    except DataError:
        pyramid.close()
        raise


def _resample(
    pixels: NDArray[np.uint8], box: tuple[float, float, float, float], size: tuple[int, int]
) -> NDArray[np.uint8]:
    """The box (left, top, right, bottom) of these pixels at another size, smoothed as it shrinks."""
    left, top = round(box[0]), round(box[1])
    if all(math.isclose(edge, round(edge), abs_tol=1e-6) for edge in box) and size == (
        round(box[2]) - left,
        round(box[3]) - top,
    ):
        return np.ascontiguousarray(pixels[top : top + size[1], left : left + size[0]])
    from PIL import Image

    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize(size, Image.Resampling.BILINEAR, box=box)).copy()

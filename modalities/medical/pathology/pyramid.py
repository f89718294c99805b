"""`Pyramid`: the pixels of a slide, level by level, whichever library reads the file.

OpenSlide reads what scanners write (SVS, NDPI, MRXS, SCN, BIF, DICOM, tiled TIFF, …). tiffslide reads pyramids that
OpenSlide does not know (OME-TIFF with its levels as sub-images, QPTIFF). Pillow reads a picture of one level.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError

PICTURE_PIXELS = 170_000_000  #: a picture of one level is held in memory: 0.5 GB at most (Pillow refuses more than 178)
_TIFF_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Pyramid(Protocol):
    """The same picture at several sizes, level 0 the largest.

    Attributes:
        format: the vendor as OpenSlide names it, or the picture's format.
        sizes: width and height of each level.
        properties: named as OpenSlide names them.
    """

    format: str
    sizes: tuple[tuple[int, int], ...]
    properties: Mapping[str, str]

    def read(self, level: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        """Pixels `[height, width, 3]` of a level, inside it; x and y count that level's pixels. Thread-safe."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


def open_pyramid(path: Path) -> Pyramid:
    """Open a file with the first library that can.

    Raises:
        DataError: none can; says why.
        PluginError: openslide is not installed.
    """
    try:
        import openslide
    except ImportError as error:
        raise PluginError("Slides need openslide: pip install 'wugan[medical]'") from error
    try:
        vendor = openslide.OpenSlide.detect_format(str(path))
        if vendor is not None:
            return _with_all_levels(OpenSlidePyramid(path), path)
    except openslide.OpenSlideError as error:
        raise DataError(f"{path} is damaged or cut off: OpenSlide says {error}") from error
    with path.open("rb") as file:
        tiff = file.read(4) in _TIFF_MAGIC
    try:
        return PicturePyramid(path)
    except DataError:
        if not tiff:
            raise
        return TiffPyramid(path)


def _with_all_levels(pyramid: OpenSlidePyramid, path: Path) -> Pyramid:
    """OpenSlide reads only the largest level of an OME-TIFF whose others are its sub-images; tiffslide reads all."""
    if len(pyramid.sizes) > 1 or "<OME" not in pyramid.properties.get("tiff.ImageDescription", ""):
        return pyramid
    try:
        whole = TiffPyramid(path)
    except (DataError, PluginError):
        return pyramid
    if len(whole.sizes) > 1:
        pyramid.close()
        return whole
    whole.close()
    return pyramid


class _LibraryPyramid:
    """A slide that a library reads by regions of level 0."""

    _path: Path
    _slide: Any
    sizes: tuple[tuple[int, int], ...]

    def _region(self, level: int, x: int, y: int, width: int, height: int, **how: bool) -> NDArray[np.uint8]:
        factors = [self.sizes[0][axis] / self.sizes[level][axis] for axis in (0, 1)]
        start = (round(x * factors[0]), round(y * factors[1]))
        try:
            return np.asarray(self._slide.read_region(start, level, (width, height), **how))
        except Exception as error:  # OpenSlideError; tiffslide passes on whatever tifffile and zarr raise
            raise DataError(
                f"{self._path} is damaged or cut off: level {level} at ({x}, {y}) cannot be read ({error})"
            ) from error

    def close(self) -> None:
        self._slide.close()


class OpenSlidePyramid(_LibraryPyramid):
    """A slide that OpenSlide reads."""

    def __init__(self, path: Path) -> None:
        import openslide

        self._path = path
        self._slide = openslide.OpenSlide(str(path))
        self.properties: Mapping[str, str] = dict(self._slide.properties)
        self.format = self.properties.get(openslide.PROPERTY_NAME_VENDOR, "")
        self.sizes = tuple(self._slide.level_dimensions)
        self._background = _background(self.properties.get("openslide.background-color"))

    def read(self, level: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        return _flatten(self._region(level, x, y, width, height), self._background)


class TiffPyramid(_LibraryPyramid):
    """A TIFF that tiffslide reads."""

    def __init__(self, path: Path) -> None:
        try:
            import tiffslide
        except ImportError as error:
            raise PluginError(
                f"{path.name} is a TIFF that only tiffslide may read: pip install 'wugan[medical]'"
            ) from error
        self._path = path
        try:
            self._slide = tiffslide.TiffSlide(str(path))
            properties = {
                key.replace("tiffslide.", "openslide.", 1): value for key, value in self._slide.properties.items()
            }
            self.sizes = tuple((int(w), int(h)) for w, h in self._slide.level_dimensions)
        except Exception as error:  # tiffslide passes on whatever tifffile and zarr raise
            raise DataError(
                f"{path} is a TIFF that neither OpenSlide nor Pillow nor tiffslide can read ({error}); damaged, cut "
                "off, or in a format of its own: convert it to a tiled pyramid, for example by "
                "`vips tiffsave --tile --pyramid`"
            ) from error
        self.properties: Mapping[str, str] = {key: str(value) for key, value in properties.items() if value is not None}
        self.format = self.properties.get("openslide.vendor", "tiff")
        self._lock = threading.Lock()  # its file handle is shared by readers

    def read(self, level: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        with self._lock:
            pixels = self._region(level, x, y, width, height, as_array=True)
        if pixels.ndim != 3 or pixels.shape[2] < 3 or pixels.dtype != np.uint8:
            raise DataError(f"{self._path} holds {pixels.dtype} {list(pixels.shape)}, not 8-bit RGB: no stained slide")
        return np.ascontiguousarray(pixels[..., :3])


class PicturePyramid:
    """A picture of one level, as Pillow reads it: PNG, JPEG, plain TIFF, BMP, WebP."""

    def __init__(self, path: Path) -> None:
        from PIL import Image

        self._path = path
        try:
            with Image.open(path) as picture:
                self.format = str(picture.format)
                self.sizes: tuple[tuple[int, int], ...] = (picture.size,)
                mode, pages = picture.mode, getattr(picture, "n_frames", 1)
                self.properties: Mapping[str, str] = _density(picture)
        except Image.DecompressionBombError as error:
            raise DataError(_too_large(path, str(error))) from error
        except Exception as error:  # of a damaged file, Pillow raises KeyError, TypeError and others as well
            raise DataError(
                f"{path} is no slide or picture that can be read ({error}); give a whole-slide image (SVS, NDPI, MRXS, "
                "DICOM, tiled TIFF, …) or a PNG, JPEG or TIFF"
            ) from error
        width, height = self.sizes[0]
        if width * height > PICTURE_PIXELS:
            raise DataError(_too_large(path, f"{width} × {height} pixels"))
        if pages > 1:
            raise DataError(f"{path} holds {pages} pictures, and OpenSlide does not know them as a pyramid")
        if mode in ("1", "L", "LA", "F") or mode.startswith("I"):
            raise DataError(f"{path} is grey ({mode}), no stained slide; give a picture in colour")
        self._pixels: NDArray[np.uint8] | None = None
        self._lock = threading.Lock()

    def read(self, level: int, x: int, y: int, width: int, height: int) -> NDArray[np.uint8]:
        with self._lock:
            if self._pixels is None:
                self._pixels = self._load()
        return self._pixels[y : y + height, x : x + width]

    def _load(self) -> NDArray[np.uint8]:
        from PIL import Image

        try:
            with Image.open(self._path) as picture:
                transparent = "A" in picture.getbands() or "transparency" in picture.info
                pixels = np.asarray(picture.convert("RGBA" if transparent else "RGB"))
        except (OSError, ValueError, SyntaxError) as error:
            raise DataError(f"{self._path} is damaged or cut off ({error})") from error
        return _flatten(pixels, np.full(3, 255, np.uint8)) if transparent else pixels

    def close(self) -> None:
        self._pixels = None


def _flatten(pixels: NDArray[np.uint8], background: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """RGBA `[H, W, 4]` over the slide's background: what was not scanned is transparent."""
    alpha = pixels[..., 3]
    if alpha.min() == 255:
        return np.ascontiguousarray(pixels[..., :3])
    share = alpha[..., None].astype(np.float32) / 255
    mixed = pixels[..., :3] * share + background * (1 - share)
    return np.asarray(np.rint(mixed), np.uint8)


def _background(colour: str | None) -> NDArray[np.uint8]:
    """OpenSlide's background colour, six hexadecimal digits; white where there is none."""
    try:
        return np.frombuffer(bytes.fromhex(colour or "ffffff"), np.uint8)[:3]
    except ValueError:
        return np.full(3, 255, np.uint8)


def _density(picture: Any) -> dict[str, str]:
    """A picture's resolution under the names of OpenSlide's TIFF properties."""
    unit, density = "inch", picture.info.get("dpi")
    tags = getattr(picture, "tag_v2", None)
    if tags is not None:
        unit = {2: "inch", 3: "centimeter"}.get(tags.get(296, 2), "")
        density = (tags.get(282), tags.get(283))
    if not density or not all(density):
        return {}
    return {
        "tiff.ResolutionUnit": unit,
        "tiff.XResolution": str(float(density[0])),
        "tiff.YResolution": str(float(density[1])),
    }


def _too_large(path: Path, size: str) -> str:
    return (
        f"{path} is too large for a picture of one level ({size}; at most {PICTURE_PIXELS // 1_000_000} million pixels "
        "are held in memory); convert it to a tiled pyramid, for example by `vips tiffsave --tile --pyramid`"
    )

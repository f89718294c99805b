"""`Slide`: a whole-slide image, addressed in microns; which files of a folder are slides; `SlideSource`.

Everything that is counted or measured on a slide hangs on how large its pixels are (`Resolution`), so that is never
guessed in silence. In this order:

1. what the caller gives;
2. what the scanner wrote (`openslide.mpp-x`, `-y`; OpenSlide reads each vendor's own field and DICOM's pixel spacing),
   or an OME-TIFF's physical size;
3. the resolution tags of a TIFF or the density of a picture, where they make a plausible pixel (pictures often carry
   72 dpi or the like, a habit of graphics software that says nothing of the tissue);
4. the objective's power, as 10 µm divided by the power (40× is 0.25, 20× is 0.5), with a note: scanners of the same
   power differ by up to 15 % (0.22 to 0.28 µm at 40×), so lengths do too, and areas and densities by twice that;
5. nothing: the slide is refused.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.modalities.medical.pathology.pyramid import Pyramid, open_pyramid
from wugan.packet import Packet
from wugan.stage import Source

_SLIDES = (".bif", ".btf", ".czi", ".mrxs", ".ndpi", ".qptiff", ".scn", ".svs", ".svslide", ".vms", ".vmu", ".zvi")
_PICTURES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")


def slide_paths(folder: str | Path) -> tuple[list[Path], list[Note]]:
    """The slides of a folder, by name, and a note for each file that is none.

    The files of one DICOM slide (its levels, label and overview) count once. The companion folder of an MRXS slide is
    left alone, as is any subfolder that holds no DICOM slide.

    Raises:
        DataError: it is no folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder")
    found: list[Path] = []
    notes: list[Note] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            inner = _dicom_series(path.iterdir()) if not path.with_suffix(".mrxs").exists() else []
            found += inner
        elif path.suffix.lower() in _SLIDES + _PICTURES:
            found.append(path)
        elif not _is_dicom(path):
            notes.append(Note("not-a-slide", f"{path.name} is no slide by its name and was left out.", path.name))
    found += _dicom_series(path for path in folder.iterdir() if path.is_file())
    return sorted(set(found)), notes


def _is_dicom(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        file.seek(128)
        return file.read(4) == b"DICM"


def _dicom_series(paths: Iterable[Path]) -> list[Path]:
    """One file for each series of slide microscopy (DICOM modality SM) among these files."""
    series: dict[str, Path] = {}
    for path in sorted(paths):
        if not _is_dicom(path):
            continue
        from pydicom import dcmread

        header = dcmread(path, stop_before_pixels=True, specific_tags=["Modality", "SeriesInstanceUID", "ImageType"])
        # OpenSlide finds the other files of the series itself, but wants to start from one with tiles of the slide.
        if header.get("Modality") == "SM" and "VOLUME" in header.get("ImageType", ()):
            series.setdefault(str(header.get("SeriesInstanceUID")), path)
    return sorted(series.values())


def dicom_file(folder: Path) -> Path:
    """A file of the one DICOM slide in a folder.

    Raises:
        DataError: there is none, or more than one.
    """
    found = _dicom_series(folder.iterdir())
    if len(found) != 1:
        raise DataError(
            f"{folder} is a folder with {len(found)} DICOM slides; give one slide's file, or its own folder "
            "(slide_paths(folder) lists what a folder holds)"
        )
    return found[0]


PLAUSIBLE_UM = (0.05, 20.0)  #: a pixel of a microscope's picture; outside, the field holds another unit
_TAG_PLAUSIBLE_UM = (0.05, 5.0)  # of tags that only may mean the tissue: 5 µm is 5,080 dpi
_PER_UNIT_UM = {"centimeter": 10_000.0, "inch": 25_400.0}
_OME_UM = {"µm": 1.0, "&#181;m": 1.0, "&#xB5;m": 1.0, "um": 1.0, "nm": 1e-3, "mm": 1e3, "cm": 1e4}
_MICRONS_AT_POWER_1 = 10.0
_SQUARE = 1e-3  # relative difference of x and y below which a pixel counts as square


class ResolutionError(DataError):
    """A slide does not say how large its pixels are."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """Size of a pixel of level 0.

    Attributes:
        x: microns per pixel across.
        y: microns per pixel down.
        source: `"given"`, `"file"`, `"tags"` or `"objective"`.
        notes: what a reader has to know about it.
    """

    x: float
    y: float
    source: str
    notes: tuple[Note, ...] = ()


def find_resolution(
    properties: Mapping[str, str], name: str, given: float | tuple[float, float] | None = None
) -> Resolution:
    """The resolution by the policy above.

    Args:
        properties: the slide's properties, named as OpenSlide names them.
        name: the slide's, for notes and errors.
        given: microns per pixel that the caller knows, one number or (x, y).

    Raises:
        DataError: what is given or written is no plausible size, or nothing is known.
    """
    if given is not None:
        x, y = (given, given) if isinstance(given, (int, float)) else given
        if not (_plausible(x) and _plausible(y)):
            raise DataError(f"{name}: mpp={given!r} is no size of a pixel; give microns, {_range(PLAUSIBLE_UM)}")
        return _checked(Resolution(float(x), float(y), "given"), name)
    written = [_number(properties.get(f"openslide.mpp-{axis}")) for axis in "xy"]
    if written == [None, None]:
        written = [_from_ome(properties.get("tiff.ImageDescription", ""), axis) for axis in "XY"]
    if any(value is not None for value in written):
        x, y = (value if value is not None else written[1 - i] for i, value in enumerate(written))  # type: ignore[assignment]
        if not (_plausible(x) and _plausible(y)):
            raise DataError(
                f"{name} says {x:g} × {y:g} µm per pixel, which no microscope has ({_range(PLAUSIBLE_UM)}); the field "
                "holds another unit or is damaged. Give the true size: mpp="
            )
        notes: tuple[Note, ...] = ()
        if None in written:
            notes = (
                Note("mpp-one-axis", f"The file gives one axis only; pixels are taken as square, {x:g} µm.", name),
            )
        return _checked(Resolution(x, y, "file", notes), name)
    tags = _from_tags(properties)
    if tags is not None:
        text = (
            f"The size of a pixel, {tags[0]:.4g} µm, is from the picture's resolution tags, not from a scanner's field."
        )
        return _checked(Resolution(*tags, "tags", (Note("mpp-from-tags", text, name),)), name)
    power = _number(properties.get("openslide.objective-power"))
    if power is not None and _plausible(_MICRONS_AT_POWER_1 / power):
        mpp = _MICRONS_AT_POWER_1 / power
        text = (
            f"The file gives no size of a pixel; {mpp:g} µm is assumed from the objective's power ({power:g}×). "
            "Scanners differ by up to 15 %, so densities and areas may be off by 30 %."
        )
        return Resolution(mpp, mpp, "objective", (Note("mpp-assumed", text, name),))
    raise ResolutionError(
        f"{name} does not say how large a pixel is (no mpp, no usable resolution tags, no objective's power), and "
        "nothing can be measured without; give it in microns: mpp=0.25 for a scan at 40×, 0.5 at 20×, or the scanner's "
        "own figure"
    )


def _checked(resolution: Resolution, name: str) -> Resolution:
    """With a note where pixels are not square."""
    if math.isclose(resolution.x, resolution.y, rel_tol=_SQUARE):
        return resolution
    text = (
        f"Pixels are not square ({resolution.x:.4g} × {resolution.y:.4g} µm); regions are resampled to square pixels."
    )
    notes = (*resolution.notes, Note("mpp-anisotropic", text, name))
    return Resolution(resolution.x, resolution.y, resolution.source, notes)


def _from_ome(description: str, axis: str) -> float | None:
    """`PhysicalSizeX` or `Y` of an OME-XML description, in microns (its own unit where it gives none)."""
    size = re.search(rf'\bPhysicalSize{axis}="([^"]+)"', description)
    unit = re.search(rf'\bPhysicalSize{axis}Unit="([^"]+)"', description)
    factor = _OME_UM.get(unit[1] if unit else "µm")
    value = _number(size[1]) if size else None
    return value * factor if value and factor else None


def _from_tags(properties: Mapping[str, str]) -> tuple[float, float] | None:
    unit = _PER_UNIT_UM.get(properties.get("tiff.ResolutionUnit", ""))
    per_unit = [_number(properties.get(f"tiff.{axis}Resolution")) for axis in "XY"]
    if unit is None or per_unit[0] is None or per_unit[1] is None:
        return None
    x, y = unit / per_unit[0], unit / per_unit[1]
    low, high = _TAG_PLAUSIBLE_UM
    return (x, y) if low <= x <= high and low <= y <= high else None


def _number(text: str | None) -> float | None:
    """A positive number, or `None`; a comma as some locales of scanners' software write it counts as a point."""
    try:
        value = float(str(text).replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and value > 0 else None


def _plausible(mpp: float) -> bool:
    return isinstance(mpp, (int, float)) and PLAUSIBLE_UM[0] <= mpp <= PLAUSIBLE_UM[1]


def _range(limits: tuple[float, float]) -> str:
    return f"{limits[0]:g} to {limits[1]:g}"


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
            This module says above what holds for a slide that does not say.

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


logger = logging.getLogger(__name__)


@dataclass(eq=False)
class SlideSource(Source[Slide]):
    """Gives a slide, or each slide of a folder by name, one packet a slide; all times are 0.

    What travels is the slide's path and `mpp`, and it opens again where it arrives, so that a stage on another machine
    needs the same path. `attrs["notes"]` are sentences on what was assumed; files of the folder that are no slides are
    named in the first packet's.

    Args:
        path: a file, or a folder of slides.
        mpp: microns per pixel, of every slide, where the files do not say or are wrong.

    Raises:
        DataError: from `open`: no such file or folder, or no slide in it. From `packets`: a slide that cannot be read,
            by name; those before it have been given.
    """

    path: str | Path
    mpp: float | tuple[float, float] | None = None
    _open: list[Slide] = field(init=False, repr=False, default_factory=list)

    @property
    def spec(self) -> dict[str, Any]:
        """Kind and path."""
        return {"kind": "slide", "path": str(self.path), "unit": "µm"}

    def open(self) -> None:
        """Look for the slides."""
        self._find()

    def close(self) -> None:
        """Close the slides that were opened here."""
        while self._open:
            self._open.pop().close()

    def packets(self) -> Iterator[Packet[Slide]]:
        """One packet a slide."""
        paths, notes = self._find()
        for seq, path in enumerate(paths):
            slide = open_slide(path, self.mpp)
            self._open.append(slide)
            said = [str(note) for note in (*notes, *slide.notes)]
            for sentence in said:
                logger.warning("%s", sentence)
            notes = []
            yield Packet(slide, 0, stream=slide.name, seq=seq, attrs={"notes": said} if said else {})

    def _find(self) -> tuple[list[Path], list[Any]]:
        path = Path(self.path)
        if not path.is_dir():
            if not path.exists():
                raise DataError(f"{path}: no such slide or folder")
            return [path], []
        paths, notes = slide_paths(path)
        if not paths:
            raise DataError(f"{path} holds no slide; needs SVS, NDPI, MRXS, DICOM, TIFF, PNG or JPEG files")
        return paths, notes

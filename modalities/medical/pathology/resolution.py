"""`Resolution`: how large a pixel of a slide is, and how that is known.

Everything that is counted or measured on a slide hangs on it, so it is never guessed in silence. In this order:

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

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

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

"""`Plane`: what the headers say about one image plane, from single-frame and multi-frame files alike; DICOMDIRs."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from wugan.errors import DataError
from wugan.modalities.medical.ct.archive import Entry

CT = "1.2.840.10008.5.1.4.1.1.2"
ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.1"
LEGACY_ENHANCED_CT = "1.2.840.10008.5.1.4.1.1.2.2"
START = 132  #: bytes that tell whether a file is DICOM
CT_CLASSES = (CT, ENHANCED_CT, LEGACY_ENHANCED_CT)

# What the whole file shares.
_FIELDS = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality"),
    *("PatientID", "PatientName", "PatientBirthDate", "StudyDate", "SeriesNumber", "SeriesDescription"),
    *("Manufacturer", "ManufacturerModelName", "ConvolutionKernel", "SamplesPerPixel", "RescaleType"),
    "LossyImageCompression",
)
#: Fields that tell two images at the same place apart, the most telling first.
SPLIT_KEYS = (
    *("AcquisitionNumber", "TemporalPositionIndex", "TemporalPositionIdentifier", "NominalPercentageOfCardiacPhase"),
    *("TriggerTime", "ConvolutionKernel", "KVP", "SliceThickness", "ImageType", "AcquisitionDateTime"),
    *("AcquisitionTime", "ContentTime"),
)
_TAGS = (
    *dict.fromkeys((*_FIELDS, *SPLIT_KEYS, "NumberOfFrames", "Rows", "Columns", "PixelSpacing")),
    *("ImageOrientationPatient", "ImagePositionPatient", "GantryDetectorTilt", "RescaleSlope", "RescaleIntercept"),
    *("PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit"),
    *("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
)


_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class Plane:
    """One image plane: a single-frame file, or one frame of a multi-frame file.

    Attributes:
        entry: its file.
        frame: index of its frame from 0, or `None` in a single-frame file.
        header: what the whole file shares, by DICOM keyword, as text; empty where it lacks a field.
        image_type: ImageType (of the frame, if it has one), upper case.
        shape: rows and columns; zeros where there are no pixels.
        spacing: mm between columns (x) and between rows (y), or `None`.
        orientation: the six direction cosines, or `None`.
        position: centre of the first pixel, LPS mm, or `None`.
        thickness: SliceThickness (mm), or `None`.
        tilt: GantryDetectorTilt (degrees), or `None`.
        slope: RescaleSlope, or `None`.
        intercept: RescaleIntercept, or `None`.
        padding: lowest and highest stored value that mean "no pixel", or `None`.
        keys: values of `SPLIT_KEYS` that it has.
    """

    entry: Entry
    frame: int | None
    header: dict[str, str]
    image_type: tuple[str, ...]
    shape: tuple[int, int]
    spacing: tuple[float, float] | None
    orientation: tuple[float, ...] | None
    position: tuple[float, ...] | None
    thickness: float | None
    tilt: float | None
    slope: float | None
    intercept: float | None
    padding: tuple[int, int] | None
    keys: dict[str, str]

    @property
    def identity(self) -> tuple[str, int, str]:
        """Sorts copies of an image in the same way wherever they lie."""
        return self.header["SOPInstanceUID"], self.frame or 0, self.entry.name


@contextmanager
def quiet() -> Iterator[None]:
    """Without pydicom's warnings of values against the standard: those that matter are checked here.

    One thread at a time: Python's filters of warnings are common to all threads.
    """
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def looks_like_dicom(start: bytes) -> bool:
    """Whether a file that starts with these bytes (`START` of them) is DICOM.

    Files of old without the 128-byte preamble are known by their first data element: it has the group 0002 or 0008,
    little endian, and a small element number.
    """
    return start[128:132] == b"DICM" or (start[:2] in (b"\x02\x00", b"\x08\x00") and start[3:4] == b"\x00")


def read_header(file: BinaryIO) -> Any | None:
    """The header (without pixels) of a DICOM file, or `None` where it is no DICOM file.

    Raises:
        Exception: pydicom's, where it is DICOM but damaged.
    """
    import pydicom

    start = file.read(START)
    file.seek(0)
    if not looks_like_dicom(start):
        return None
    bare = start[128:132] != b"DICM"
    header = pydicom.dcmread(file, stop_before_pixels=True, force=bare, specific_tags=list(_TAGS))
    # Without a preamble it may still be anything: an image says what class it is of.
    return header if "SOPClassUID" in header or not bare else None


def is_cut_off(header: Any) -> bool:
    """Whether a header ends before what every image has, as in a file that was cut off early."""
    return "SOPClassUID" not in header or (header.SOPClassUID in CT_CLASSES and "Rows" not in header)


def planes(header: Any, entry: Entry) -> list[Plane]:
    """The planes of a file; one for anything that is no multi-frame image."""
    values = _values(header)
    shared = _text(header, values)
    frames = values.get("PerFrameFunctionalGroupsSequence")
    if not frames:
        count = _number(values.get("NumberOfFrames"))
        return [_plane(entry, 0 if count and count > 1 else None, shared, [values])]
    common = [_values(macro) for macro in _macros((values.get("SharedFunctionalGroupsSequence") or [{}])[0])]
    # The frame's own values come before the shared ones, those before the file's.
    return [
        _plane(entry, index, shared, [*(_values(macro) for macro in _macros(groups)), *common, values])
        for index, groups in enumerate(frames)
    ]


def _macros(groups: Any) -> Iterator[Any]:
    """The first item of every functional group."""
    for element in groups:
        if getattr(element, "VR", "") == "SQ" and element.value:
            yield element.value[0]


def _values(data: Any) -> dict[str, Any]:
    """Values by keyword; what is empty or cannot be converted (such as "1,5" for a number) counts as missing."""
    found = {}
    for tag in tuple(data.keys()):  # iterating over the data set itself would convert, and raise outside of the try
        try:
            element = data[tag]
        except Exception:  # pydicom's, of many kinds
            continue
        if element.value is not None and element.value != "" and element.value != []:
            found[element.keyword] = element.value
    return found


def _plane(entry: Entry, frame: int | None, shared: dict[str, str], places: list[dict[str, Any]]) -> Plane:
    def get(*keywords: str) -> Any:
        return next((place[keyword] for keyword in keywords for place in places if keyword in place), None)

    spacing = _numbers(get("PixelSpacing"), 2)
    # For PixelRepresentation's sake pydicom reads the padding as unsigned when it has not seen that field yet.
    low, limit = _number(get("PixelPaddingValue")), _number(get("PixelPaddingRangeLimit"))
    signed = _number(get("PixelRepresentation")) == 1
    padding = None
    if low is not None:
        ends = sorted(_signed(int(value), signed) for value in (low, low if limit is None else limit))
        padding = (ends[0], ends[1])
    rows, columns = _number(get("Rows")), _number(get("Columns"))
    keys = {key: _joined(value) for key in SPLIT_KEYS if (value := get(key)) is not None}
    image_type = tuple(_joined(get("FrameType", "ImageType")).upper().split("\\"))
    return Plane(
        entry=entry,
        frame=frame,
        header=shared,
        image_type=image_type if image_type != ("",) else (),
        shape=(int(rows or 0), int(columns or 0)),
        spacing=(spacing[1], spacing[0]) if spacing and min(spacing) > 0 else None,
        orientation=_numbers(get("ImageOrientationPatient"), 6),
        position=_numbers(get("ImagePositionPatient"), 3),
        thickness=_number(get("SliceThickness")),
        tilt=_number(get("GantryDetectorTilt")),
        slope=_number(get("RescaleSlope")),
        intercept=_number(get("RescaleIntercept")),
        padding=padding,
        keys=keys,
    )


def _text(header: Any, values: dict[str, Any]) -> dict[str, str]:
    """Fields that the whole file shares, as text."""
    found = {keyword: _joined(values.get(keyword)) for keyword in _FIELDS}
    meta = getattr(header, "file_meta", None)
    if meta is not None:
        found["SOPClassUID"] = found["SOPClassUID"] or _joined(meta.get("MediaStorageSOPClassUID"))
        found["SOPInstanceUID"] = found["SOPInstanceUID"] or _joined(meta.get("MediaStorageSOPInstanceUID"))
    return found


def _joined(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes) and not hasattr(value, "family_name"):
        return "\\".join(str(part).strip() for part in value)
    return str(value).strip()


def _numbers(value: Any, count: int) -> tuple[float, ...] | None:
    """That many finite numbers, or `None`."""
    try:
        numbers = tuple(float(part) for part in value)
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and bool(np.isfinite(numbers).all()) else None


def _number(value: Any) -> float | None:
    found = _numbers([value], 1) if value is not None else None
    return found[0] if found else None


def _signed(value: int, signed: bool) -> int:
    """A 16-bit value as it is meant."""
    return value - 65536 if signed and value > 32767 else value


MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"  #: its SOP class


def referenced(file: BinaryIO, name: str) -> list[tuple[str, ...]]:
    """Paths of the files that a DICOMDIR names, as tuples of their parts.

    Raises:
        DataError: it is damaged or names files outside of its own folder.
    """
    import pydicom

    try:
        directory = pydicom.dcmread(file, specific_tags=["DirectoryRecordSequence"])
        records = directory.get("DirectoryRecordSequence") or []
        found = [_parts(record) for record in records]
    except Exception as error:  # pydicom's, of many kinds
        raise DataError(f"{name} is a damaged DICOMDIR ({error}); give its folder without it") from error
    outside = next((parts for parts in found if any(part in ("", ".", "..") or "/" in part for part in parts)), None)
    if outside is not None:
        raise DataError(f"{name} names {'/'.join(outside)!r}, outside of its folder; refused")
    return sorted({parts for parts in found if parts})


def folded(name: str) -> str:
    """A name as it compares, whatever case and version number a copying system gave it."""
    return name.removesuffix(";1").rstrip(".").casefold()


def is_dicomdir(path: Path) -> bool:
    """Whether a path is a DICOMDIR by its name."""
    return path.name.casefold() == "dicomdir"


def _parts(record: Any) -> tuple[str, ...]:
    value = record.get("ReferencedFileID")
    if not value:
        return ()
    return (value,) if isinstance(value, str) else tuple(str(part) for part in value)

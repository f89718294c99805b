"""DICOMDIR: the table of contents of a DICOM medium."""

from __future__ import annotations

from pathlib import Path
from typing import Any, BinaryIO

from wugan.errors import DataError

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

"""Which files of a folder are slides."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

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

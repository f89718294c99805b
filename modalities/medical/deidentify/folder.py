"""A folder of DICOM files and FHIR records, de-identified into another one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from wugan.errors import DataError
from wugan.modalities.medical.deidentify.dicom import DicomDeidentifier
from wugan.modalities.medical.deidentify.fhir import FhirDeidentifier
from wugan.modalities.medical.note import Note
from wugan.privacy.pseudonyms import Pseudonyms


class Written(BaseModel):
    """One file that was de-identified.

    Attributes:
        original: SHA-256 of the file that was read; its name is not told, since names of files often hold a patient's.
        path: of the new file, in the folder it was written to.
        sha256: of the new file.
    """

    original: str
    path: str
    sha256: str


class Deidentified(BaseModel):
    """What became of a folder.

    Attributes:
        written: the files that were written.
        skipped: how many were not, because they are neither DICOM nor FHIR or cannot be read.
        notes: what a person should know, each with how many files it is about.
    """

    written: tuple[Written, ...] = ()
    skipped: int = 0
    notes: dict[str, int] = {}


def deidentify_folder(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    pseudonyms: Pseudonyms | None = None,
    keep_characteristics: bool = False,
) -> Deidentified:
    """Write what `source` holds, de-identified, to `target`: DICOM by study and series, records beside them.

    What is neither DICOM nor FHIR JSON is not copied: it could be anything. Nor are DICOMDIRs, which hold names.

    Args:
        source: a file or a folder, searched to its depths; links are not followed.
        target: a folder that is empty or missing.
        pseudonyms: makes the stand-ins; the same key gives the same ones.
        keep_characteristics: see `DicomDeidentifier`.

    Raises:
        DataError: there is no such source, or the target holds something already.
    """
    source, target = Path(source), Path(target)
    if not source.exists():
        raise DataError(f"{source}: no such file or folder")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise DataError(f"{target}: is no empty folder; give a new one, so that nothing is mixed up")
    pseudonyms = pseudonyms or Pseudonyms()
    dicom, fhir = DicomDeidentifier(pseudonyms, keep_characteristics), FhirDeidentifier(pseudonyms)
    result = Deidentified()
    written: list[Written] = []
    for path in _files(source):
        try:
            made, notes = _one(path, target, dicom, fhir)
        except _Skipped as error:
            result.skipped += 1
            result.notes[str(error)] = result.notes.get(str(error), 0) + 1
            continue
        written.append(made)
        for note in notes:
            result.notes[note.text] = result.notes.get(note.text, 0) + 1
    result.written = tuple(written)
    if not written:
        why = "; ".join(f"{count}: {text}" for text, count in result.notes.items()) or "it holds no file"
        raise DataError(f"{source}: nothing could be de-identified ({why})")
    return result


class _Skipped(Exception):
    """Why a file is not written."""


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    for folder, below, names in os.walk(source):
        below.sort()
        yield from (Path(folder, name) for name in sorted(names) if not Path(folder, name).is_symlink())


def _one(
    path: Path, target: Path, dicom: DicomDeidentifier, fhir: FhirDeidentifier
) -> tuple[Written, tuple[Note, ...]]:
    data = path.read_bytes()
    if data[128:132] == b"DICM":
        made, notes = _dicom(path, target, dicom)
    elif data[:1].strip() in (b"{", b"\xef"):
        made, notes = _record(data, target, fhir)
    else:
        raise _Skipped("neither a DICOM file nor FHIR JSON; not copied")
    sha256 = hashlib.sha256(made.read_bytes()).hexdigest()
    return Written(original=hashlib.sha256(data).hexdigest(), path=str(made.relative_to(target)), sha256=sha256), notes


def _dicom(path: Path, target: Path, dicom: DicomDeidentifier) -> tuple[Path, tuple[Note, ...]]:
    import pydicom

    try:
        dataset = pydicom.dcmread(path)
        if dataset.file_meta.MediaStorageSOPClassUID == pydicom.uid.MediaStorageDirectoryStorage:
            raise _Skipped("a DICOMDIR, which holds names; not copied")
        clean, notes = dicom(dataset)
        made = target / str(clean.StudyInstanceUID) / str(clean.SeriesInstanceUID) / f"{clean.SOPInstanceUID}.dcm"
        made.parent.mkdir(parents=True, exist_ok=True)
        clean.save_as(made, enforce_file_format=True, overwrite=False)
    except _Skipped:
        raise
    except FileExistsError:
        raise _Skipped("a second file of the same instance; not copied") from None
    except Exception as error:  # pydicom raises many kinds for damaged files
        raise _Skipped(f"a DICOM file that cannot be read or written ({type(error).__name__}); not copied") from error
    return made, notes


def _record(data: bytes, target: Path, fhir: FhirDeidentifier) -> tuple[Path, tuple[Note, ...]]:
    try:
        clean, notes = fhir(json.loads(data))
    except (ValueError, DataError, AttributeError) as error:
        raise _Skipped("JSON that is no FHIR resource; not copied") from error
    name = str(clean.get("id") or fhir.pseudonyms.uuid(hashlib.sha256(data).hexdigest()))
    made = target / "records" / f"{name}.json"
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(json.dumps(clean, ensure_ascii=False), encoding="utf-8")
    return made, notes

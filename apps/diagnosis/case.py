"""`Case`: what a case's folder holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wugan.errors import DataError
from wugan.modalities.medical.note import Note

_CT = ("ct", "ct.zip", "ct.nii.gz", "ct.nii", "ct.dcm", "DICOMDIR")
_SLIDES = ("slides", "slide")
_RECORD = ("record.json", "record.ndjson", "record.xml", "record.csv", "record", "records")
_DESCRIPTION = "case.yaml"


class Description(BaseModel):
    """What `case.yaml` may say of a case.

    Attributes:
        name: of the case; the folder's name unless given.
        composite: its parts are from different patients, as in a demonstration. Else they must be of one.
        mpp: microns per pixel of its slides, where their files do not say or are wrong.
    """

    model_config = ConfigDict(extra="forbid")

    name: str = ""
    composite: bool = False
    mpp: float | None = Field(None, gt=0)


@dataclass(frozen=True, slots=True)
class Case:
    """A folder and what of it is looked at.

    Attributes:
        name: of the case.
        folder: where it lies.
        ct: folder, archive or file of a CT series; `None` if there is none.
        slides: file or folder of slides, or `None`.
        record: file or folder of a patient's record, or `None`.
        composite: see `Description`.
        notes: what lies beside and is not looked at.
        mpp: see `Description`.
    """

    name: str
    folder: Path
    ct: Path | None
    slides: Path | None
    record: Path | None
    composite: bool = False
    notes: tuple[Note, ...] = ()
    mpp: float | None = None


def open_case(folder: str | PathLike[str]) -> Case:
    """Look what is in a case's folder: any of `ct/` (or `ct.zip`, `ct.nii.gz`), `slides/`, `record.json`, `case.yaml`.

    Raises:
        DataError: there is no such folder, it holds none of these, or one of them twice.
    """
    folder = Path(folder)
    if not folder.exists():
        raise DataError(f"{folder}: no such folder")
    if not folder.is_dir():
        raise DataError(f"{folder}: is a file; give a case's folder with any of ct/, slides/, record.json in it")
    description = _description(folder / _DESCRIPTION)
    ct, slides, record = _one(folder, _CT), _one(folder, _SLIDES), _one(folder, _RECORD)
    if ct is slides is record is None:
        raise DataError(f"{folder}: holds none of ct/ (or ct.zip, ct.nii.gz), slides/, record.json (or .xml, .csv)")
    used = {path.name for path in (ct, slides, record) if path} | {_DESCRIPTION}
    beside = sorted(path.name for path in folder.iterdir() if path.name not in used and not path.name.startswith("."))
    notes: tuple[Note, ...] = ()
    if beside:
        shown = ", ".join(beside[:5]) + (f" and {len(beside) - 5} more" if len(beside) > 5 else "")
        notes = (Note("not-looked-at", f"the case's folder also holds {shown}, which is not looked at"),)
    name = description.name or folder.resolve().name
    return Case(name, folder, ct, slides, record, description.composite, notes, description.mpp)


def _one(folder: Path, names: Sequence[str]) -> Path | None:
    found = [folder / name for name in names if (folder / name).exists()]
    if len(found) > 1:
        raise DataError(f"{folder}: holds {found[0].name} and {found[1].name}; keep one of them, or make two cases")
    return found[0] if found else None


def _description(path: Path) -> Description:
    if not path.exists():
        return Description()
    try:
        return Description.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{path}: cannot be read as YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise DataError(
            f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}; it may hold name, composite, mpp"
        ) from error

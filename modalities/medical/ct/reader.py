"""`read_ct`: a DICOM folder, DICOMDIR, zip, multi-frame file or NIfTI file to a `Volume`, or an error; `CtSource`.

Not by SimpleITK's series reader, which spreads the planes that are there over a hole and takes a tilted gantry for a
straight one (`docs/senses/ct.md` has the figures; the tests hold both to the same files).
"""

from __future__ import annotations

import logging
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError
from wugan.modalities.medical.ct import geometry, headers, nifti, pixels
from wugan.modalities.medical.ct.archive import Entry, Files, is_zip, open_location
from wugan.modalities.medical.ct.geometry import assembled
from wugan.modalities.medical.ct.headers import Plane
from wugan.modalities.medical.ct.series import SeriesSummary, Stack, check_one_patient, choose, derived_uid, stacks
from wugan.modalities.medical.ct.volume import InstanceRef, Series, Volume
from wugan.modalities.medical.note import Note
from wugan.packet import Packet
from wugan.stage import Source

UNREADABLE = 0.1  #: share of a series' planes that may be damaged
_NO_AIR = -200.0  # HU; a CT in which nothing lies below is suspicious
_SHOWN = 3  # names of files that a note gives


def read_ct(path: str | Path, series: str | None = None) -> Volume:
    """The CT in a folder (searched with its subfolders), DICOMDIR, zip, multi-frame DICOM file or NIfTI file.

    Planes are ordered by their positions along their normal. Whatever does not lie on a regular grid (missing planes,
    irregular distances, a tilted gantry) is resampled onto one and noted, or refused; the limits stand in
    `wugan.modalities.medical.ct.geometry`. Copies are dropped, repeated acquisitions split. Of several series
    `wugan.modalities.medical.ct.series.choose` takes one, and the notes name the others.

    Args:
        path: what to read. Files that are no DICOM are left out and noted.
        series: `key` of the series to read, as `list_series` gives it (the SeriesInstanceUID); in a folder of NIfTI
            files the name of one.

    Returns:
        The volume. Its notes say everything that was found and handled.

    Raises:
        DataError: nothing to read; two patients; no usable CT series (each is listed with the reason); a series that
            makes no volume; more than a tenth of its images damaged.
        PluginError: the libraries of `wugan[medical]` are not installed.
    """
    path = Path(path)
    with _opened(path) as files:
        with headers.quiet():
            found = _scan(files, path)
        if not found.planes:
            return _other_format(files, found, path, series)
        check_one_patient(found.planes)
        candidates = stacks(found.planes, partial(pixels.same, files))
        stack = choose(candidates, series, str(path))
        notes = [*files.notes, *found.notes(), *_left_out(candidates, stack)]
        return _volume(files, stack, notes)


def list_series(path: str | Path) -> list[SeriesSummary]:
    """What a folder, DICOMDIR or zip holds, and why each series is or is not the one that `read_ct` reads.

    Raises:
        DataError: nothing to read, or two patients.
    """
    path = Path(path)
    with _opened(path) as files:
        with headers.quiet():
            found = _scan(files, path)
        if not found.planes:
            names = [entry.name for entry in found.niftis]
            if not names:
                raise DataError(_nothing(found, path))
            return [SeriesSummary(name, "", "", "CT", 0, None, "", chosen=len(names) == 1) for name in names]
        check_one_patient(found.planes)
        candidates = stacks(found.planes, partial(pixels.same, files))
        try:
            best: Stack | None = choose(candidates, None, str(path))
        except DataError:
            best = None
        return [stack.summary(stack is best) for stack in sorted(candidates, key=lambda stack: stack.key)]


def source_headers(series: Series) -> list[Any]:
    """The whole headers (pydicom data sets without pixels) of a series' source images, each file once, in their order.

    Raises:
        DataError: a file is not there any more.
    """
    import pydicom

    found = []
    for location in dict.fromkeys(ref.path for ref in series.instances):
        with open_location(location) as file:
            found.append(pydicom.dcmread(file, stop_before_pixels=True, force=True))
    return found


@dataclass(slots=True)
class _Found:
    """What a look at every file gave."""

    planes: list[Plane] = field(default_factory=list)
    niftis: list[Entry] = field(default_factory=list)
    zips: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    def notes(self) -> list[Note]:
        notes = []
        for code, names, what in (
            (
                "files-ignored",
                [*self.foreign, *(entry.name for entry in self.niftis), *self.zips],
                "are no DICOM images",
            ),
            ("files-damaged", self.damaged, "are damaged or cut off within their header"),
            ("files-missing", self.missing, "are named by the DICOMDIR and not there"),
        ):
            if names:
                notes.append(Note(code, f"{len(names)} files {what}: {_few(names)}."))
        return notes


def _opened(path: Path) -> Files:
    try:
        import pydicom  # noqa: F401
    except ImportError as error:
        raise PluginError("reading CT needs pydicom and its decoders: pip install 'wugan[medical]'") from error
    # A DICOMDIR stands for the folder that it lies in.
    return Files(path.parent if headers.is_dicomdir(path) and path.is_file() else path)


def _scan(files: Files, path: Path) -> _Found:
    """Look at every file."""
    found = _Found()
    directories: list[tuple[Entry, list[tuple[str, ...]]]] = []
    for entry in files.entries:
        if nifti.is_nifti(entry.name):
            found.niftis.append(entry)
            continue
        try:
            if not headers.looks_like_dicom(files.start(entry, headers.START)):
                (found.zips if entry.name.lower().endswith(".zip") else found.foreign).append(entry.name)
                continue
            with files.open(entry) as file:
                header = headers.read_header(file)
                if header is None:
                    found.foreign.append(entry.name)
                elif header.file_meta.get("MediaStorageSOPClassUID") == headers.MEDIA_DIRECTORY:
                    file.seek(0)
                    directories.append((entry, headers.referenced(file, entry.name)))
                elif headers.is_cut_off(header):
                    found.damaged.append(f"{entry.name} (its header is cut off)")
                else:
                    found.planes += headers.planes(header, entry)
        except DataError:
            raise
        except PermissionError as error:
            raise DataError(f"{entry.location} must not be read; change its permissions") from error
        except Exception as error:  # whatever pydicom meets in a damaged file
            found.damaged.append(f"{entry.name} ({str(error).splitlines()[0] if str(error) else type(error).__name__})")
    names = {headers.folded(entry.name) for entry in files.entries}
    wanted = set()
    for entry, referenced in directories:
        base = entry.name[: -len(Path(entry.name).name)]
        for parts in referenced:
            name = headers.folded(base + "/".join(parts))
            wanted.add(name)
            if name not in names:
                found.missing.append("/".join(parts))
    if headers.is_dicomdir(path) and path.is_file():
        found.planes = [plane for plane in found.planes if headers.folded(plane.entry.name) in wanted]
        found.foreign, found.niftis, found.zips = [], [], []
    return found


def _other_format(files: Files, found: _Found, path: Path, series: str | None) -> Volume:
    """A folder without DICOM: its NIfTI file, or the zip in it."""
    if series is not None:
        found.niftis = [entry for entry in found.niftis if entry.name == series]
    if not found.niftis:
        if len(found.zips) == 1 and path.is_dir() and is_zip(path / found.zips[0]):
            return read_ct(path / found.zips[0], series)
        raise DataError(_nothing(found, path))
    volumes: list[Volume] = []
    refused: list[str] = []
    for entry in found.niftis:
        try:
            with files.open(entry) as file:
                volumes.append(nifti.read_nifti(file, entry.name).noted(*files.notes))
        except (OSError, zipfile.BadZipFile) as error:
            refused.append(f"{entry.name} cannot be read ({error})")
        except DataError as error:
            refused.append(str(error))
        if len(volumes) > 1:
            names = _few([entry.name for entry in found.niftis])
            raise DataError(f"{path} holds several CT volumes ({names}); choose one with series= (its file's name)")
    if not volumes:
        raise DataError("; ".join(refused))
    if refused:
        text = f"{len(refused)} NIfTI files are no CT: {'; '.join(refused[:_SHOWN])}."
        return volumes[0].noted(Note("files-ignored", text))
    return volumes[0]


def _nothing(found: _Found, path: Path) -> str:
    if found.damaged:
        return f"{path} holds only damaged DICOM files: {_few(found.damaged)}; copy them again"
    if found.zips:
        return f"{path} holds only zips ({_few(found.zips)}); give one of them"
    if found.foreign:
        return f"{path} holds no DICOM or NIfTI file, only others: {_few(found.foreign)}"
    return f"{path} is empty; give a folder with DICOM files, a DICOMDIR, a zip, or a .nii or .nii.gz file"


def _volume(files: Files, stack: Stack, notes: list[Note]) -> Volume:
    """The pixels of a stack on its grid."""
    grid = stack.grid
    assert grid is not None  # only stacks with a grid are chosen
    planes = [stack.planes[index] for index in grid.order]
    rows, columns = planes[0].shape
    voxels = grid.size[0] * grid.size[1] * max(len(planes), len(grid.places))
    if voxels > nifti.MAX_VOXELS:
        raise DataError(f"series {stack.key} makes {voxels} voxels, more than {nifti.MAX_VOXELS}; its header is wrong")
    raw = np.empty((len(planes), rows, columns), np.float32)
    failed = pixels.load(files, planes, raw)
    if failed:
        notes.append(_damaged(planes, failed, stack.key))
        kept = [index for index in range(len(planes)) if index not in failed]
        planes = [planes[index] for index in kept]
        raw = raw[kept]
        try:
            grid = geometry.grid(planes)
        except DataError as error:
            raise DataError(f"{notes[-1]} Without them, {error}") from error
        planes = [planes[index] for index in grid.order]
    values = assembled(grid, raw)
    notes += [*stack.notes, *(Note(note.code, note.text, stack.key) for note in grid.notes)]
    notes += _value_notes(values, planes, stack.key)
    return Volume(values, grid.affine, _series(stack, planes, grid, notes), tuple(notes))


def _damaged(planes: Sequence[Plane], failed: dict[int, str], key: str) -> Note:
    names = _few([f"{planes[index].entry.name} ({reason})" for index, reason in sorted(failed.items())])
    text = f"{len(failed)} of {len(planes)} images cannot be read and were left out: {names}."
    if len(failed) > UNREADABLE * len(planes):
        raise DataError(f"series {key}: {text} At most {UNREADABLE:.0%} may be so; copy the series again")
    return Note("files-damaged", text, key)


def _value_notes(values: NDArray[np.float32], planes: Sequence[Plane], key: str) -> list[Note]:
    notes = []
    lossy = sum(plane.header["LossyImageCompression"] == "01" for plane in planes)
    if lossy:
        notes.append(Note("lossy", f"{lossy} of {len(planes)} images were compressed with loss.", key))
    lowest = float(values.min())
    if lowest > _NO_AIR:
        text = (
            f"Nothing lies below {lowest:.0f} HU, although air and lung would: the values may not be Hounsfield units."
        )
        notes.append(Note("no-air", text, key))
    return notes


def _series(stack: Stack, planes: Sequence[Plane], grid: geometry.Grid, notes: list[Note]) -> Series:
    header = planes[0].header
    own = {int(place): z for z, place in enumerate(grid.places) if place == int(place)} if not grid.sheared else {}
    instances = tuple(
        InstanceRef(
            plane.header["SOPClassUID"],
            plane.header["SOPInstanceUID"],
            plane.entry.location,
            own.get(index),
            None if plane.frame is None else plane.frame + 1,
        )
        for index, plane in enumerate(planes)
    )
    study, uid = header["StudyInstanceUID"], header["SeriesInstanceUID"]
    if not study or not uid:
        text = "The files bear no StudyInstanceUID or SeriesInstanceUID; UIDs derived from other fields stand for them."
        notes.append(Note("uid-derived", text))
        study = study or derived_uid(header["PatientID"], header["FrameOfReferenceUID"], header["StudyDate"])
        uid = uid or stack.key.partition("#")[0]
    maker = f"{header['Manufacturer']} {header['ManufacturerModelName']}".strip()
    return Series(
        patient_id=header["PatientID"],
        study_uid=study,
        series_uid=uid,
        frame_of_reference_uid=header["FrameOfReferenceUID"],
        description=header["SeriesDescription"],
        study_date=header["StudyDate"],
        manufacturer=maker,
        kernel=header["ConvolutionKernel"],
        slice_thickness=planes[0].thickness,
        instances=instances,
    )


def _left_out(candidates: Sequence[Stack], chosen: Stack) -> list[Note]:
    notes = []
    for stack in sorted(candidates, key=lambda stack: stack.key):
        if stack is not chosen:
            header = stack.planes[0].header
            name = header["SeriesDescription"] or header["SeriesNumber"] or "without description"
            why = stack.reason or "another one comes first"
            text = f"Series {name} ({len(stack.planes)} images) was not read: {why}."
            notes.append(Note("series-left-out", text, stack.key))
    return notes


def _few(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


logger = logging.getLogger(__name__)


@dataclass(eq=False)
class CtSource(Source[Volume]):
    """Gives the CT volume of a folder, zip or file, or one for each study below a folder.

    Each packet's `attrs["study"]` is the name of what it was read from. In the stream, studies are a second apart.

    Args:
        path: what `read_ct` reads; with `studies`, a folder of such things.
        series: key of the series to read (see `list_series`); not with `studies`.
        studies: read every folder, zip and NIfTI file that lies directly in `path`, in the order of their names.
        on_error: `"raise"`, or `"skip"` to log what cannot be read and go on with the next study.

    Raises:
        DataError: from `open`: nothing there, no study in the folder. From `packets`: what `read_ct` raises.
    """

    path: str | Path
    series: str | None = None
    studies: bool = False
    on_error: Literal["raise", "skip"] = "raise"
    _open: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        if self.studies and self.series is not None:
            raise DataError("CtSource: series= names one series; it cannot be had with studies=True")

    @property
    def spec(self) -> dict[str, Any]:
        """Kind, type, unit and coordinates."""
        return {"kind": "ct", "dtype": "float32", "unit": "HU", "axes": "ZYX", "coordinates": "LPS mm"}

    def open(self) -> None:
        """Look that there is something to read."""
        self._places()
        self._open = True

    def close(self) -> None:
        """Stop before the next study."""
        self._open = False

    def packets(self) -> Iterator[Packet[Volume]]:
        """One packet for each study."""
        if not self._open:
            self.open()
        seq = 0
        for place in self._places():
            if not self._open:
                return
            try:
                volume = read_ct(place, self.series)
            except DataError as error:
                if self.on_error == "raise":
                    raise
                logger.warning("%s is left out: %s", place, error)
                continue
            yield Packet(volume, seq * 1_000_000_000, stream="ct", seq=seq, attrs={"study": place.name})
            seq += 1

    def _places(self) -> list[Path]:
        path = Path(self.path)
        if not path.exists():
            raise DataError(f"{path}: no such file or folder")
        if not self.studies:
            return [path]
        if not path.is_dir():
            raise DataError(f"{path} is no folder; with studies=True give the folder that the studies lie in")
        endings = (".zip", ".nii", ".nii.gz")
        found = [item for item in sorted(path.iterdir()) if item.is_dir() or item.name.lower().endswith(endings)]
        if not found:
            raise DataError(f"{path} holds no folder, zip or NIfTI file, so no study")
        return found

"""`Source`: headers of the images that a CT was read from, as SEG and SR refer to them, de-identified by default."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.medical.ct.reader import source_headers
from wugan.modalities.medical.ct.series import derived_uid
from wugan.modalities.medical.ct.volume import Series
from wugan.modalities.medical.deidentify.dicom import DicomDeidentifier
from wugan.privacy.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from pydicom import Dataset

MAKER = "wugan"
RESEARCH = "research, not for diagnosis"
# What a de-identified header says of its de-identification; goes into what is made from it.
_METHOD = (
    "PatientIdentityRemoved",
    "DeidentificationMethod",
    "DeidentificationMethodCodeSequence",
    "LongitudinalTemporalInformationModified",
)
#: Attributes of a source image that SEG and SR are made from; the others are not copied and need not be cleaned.
_USED = (
    *("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID", "Modality"),
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "IssuerOfPatientID", "OtherPatientIDs"),
    *("StudyDate", "StudyTime", "StudyID", "AccessionNumber", "ReferringPhysicianName", "StudyDescription"),
    *("SeriesNumber", "InstanceNumber", "ImageType", "SpecificCharacterSet", "PositionReferenceIndicator"),
    *("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "SliceThickness", "SpacingBetweenSlices"),
    *("Rows", "Columns", "NumberOfFrames", "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence"),
    *("SamplesPerPixel", "PhotometricInterpretation", "BitsAllocated", "LossyImageCompression"),
)
_TEXTS = (
    *("PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyID", "AccessionNumber"),
    *("StudyDate", "StudyTime", "ReferringPhysicianName"),
)


@dataclass(frozen=True, slots=True, eq=False)
class SourcePlane:
    """One image plane of the source.

    Attributes:
        frame: its index in a multi-frame file, from 0; `None` in a single-frame one.
        affine: float64 `[4, 4]`, index (column, row, 0, 1) to LPS mm.
        rows: of pixels.
        columns: of pixels.
    """

    frame: int | None
    affine: NDArray[np.float64]
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Images that a CT was read from.

    Attributes:
        images: their headers, in stack order; one header for a multi-frame file.
        planes: those that the volume was made of, in stack order.
        deidentified: whether the headers are.
    """

    images: tuple[Dataset, ...]
    planes: tuple[SourcePlane, ...]
    deidentified: bool = False

    @property
    def study_uid(self) -> str:
        """StudyInstanceUID."""
        return str(self.images[0].StudyInstanceUID)

    @property
    def series_uid(self) -> str:
        """SeriesInstanceUID."""
        return str(self.images[0].SeriesInstanceUID)

    @property
    def multi_frame(self) -> bool:
        """Whether it is one file of several frames."""
        return self.planes[0].frame is not None

    def uid(self, *what: str) -> str:
        """A UID for something made of it, the same for the same parts; such as a document's name and its time."""
        return derived_uid(self.series_uid, *what)

    def when(self, created: str) -> datetime:
        """The time that documents bear.

        Of de-identified images it is their study's date, which was moved: the true time beside it, or the true time
        moved as far beside one that was not, would tell how far.

        Args:
            created: UTC, ISO 8601.
        """
        date = str(self.images[0].get("StudyDate") or "")
        if self.deidentified and re.fullmatch(r"\d{8}", date):
            return datetime.strptime(date, "%Y%m%d").replace(tzinfo=UTC)
        return datetime.fromisoformat(created)

    def stamp(self, document: Dataset, created: str) -> None:
        """Sets a document's dates, and what was done to the patient's identity.

        Args:
            document: SEG or SR; changed in place.
            created: UTC, ISO 8601.
        """
        when = self.when(created)
        for keyword in ("ContentDate", "SeriesDate", "InstanceCreationDate"):
            if keyword in document:
                setattr(document, keyword, f"{when:%Y%m%d}")
        for keyword in ("ContentTime", "SeriesTime", "InstanceCreationTime"):
            if keyword in document:
                setattr(document, keyword, f"{when:%H%M%S}")
        for equipment in document.get("ContributingEquipmentSequence", ()):  # highdicom adds itself, with the time
            equipment.ContributionDateTime = f"{when:%Y%m%d%H%M%S}"
        document.TimezoneOffsetFromUTC = "+0000"
        if self.deidentified:
            for keyword in _METHOD:
                setattr(document, keyword, self.images[0][keyword].value)


def read_source(series: Series, pseudonyms: Pseudonyms | None) -> Source:
    """Headers of a series' images.

    Args:
        series: of a volume that was read from DICOM.
        pseudonyms: makes the stand-ins; `None` keeps the original identifiers.

    Raises:
        DataError: the series has no DICOM images (it is from NIfTI), a file is not there any more, or there are several
            multi-frame files.
    """
    if not series.instances:
        raise DataError("the CT is no DICOM series, so that there are no images that a SEG or SR could refer to")
    headers = source_headers(series)
    frames = {ref.frame for ref in series.instances}
    if frames != {None} and len(headers) > 1:
        raise DataError(
            f"the CT is {len(headers)} multi-frame files; a SEG can refer to one. Give the files one by one"
        )
    images = [_reduced(header, series) for header in headers]
    planes = _planes(images, [ref.frame for ref in series.instances])
    if pseudonyms is None:
        return Source(tuple(images), planes)
    clean = DicomDeidentifier(pseudonyms)
    return Source(tuple(clean(image)[0] for image in images), planes, deidentified=True)


def _reduced(header: Dataset, series: Series) -> Dataset:
    """The attributes that are used; those that must be there and are not are empty."""
    from pydicom import Dataset
    from pydicom.uid import ImplicitVRLittleEndian

    image = Dataset()
    for keyword in _USED:
        if keyword in header:
            image[keyword] = header[keyword]
    for keyword in _TEXTS:
        if keyword not in image:
            setattr(image, keyword, "")
    image.StudyInstanceUID, image.SeriesInstanceUID = series.study_uid, series.series_uid
    if not image.get("FrameOfReferenceUID"):
        # Must not be empty in what refers to it. All images of the series lie in one frame: they made one volume.
        image.FrameOfReferenceUID = series.frame_of_reference_uid or derived_uid(series.series_uid, "frame")
    image.file_meta = getattr(header, "file_meta", None) or _meta(image)
    if "TransferSyntaxUID" not in image.file_meta:
        image.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    return image


def _meta(image: Dataset) -> Any:
    from pydicom.dataset import FileMetaDataset

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = image.SOPClassUID, image.SOPInstanceUID
    return meta


def _planes(images: Sequence[Dataset], frames: Sequence[int | None]) -> tuple[SourcePlane, ...]:
    if frames[0] is None:
        return tuple(
            SourcePlane(
                None,
                _affine(i.ImagePositionPatient, i.ImageOrientationPatient, i.PixelSpacing),
                int(i.Rows),
                int(i.Columns),
            )
            for i in images
        )
    image = images[0]
    shared = image.SharedFunctionalGroupsSequence[0]
    planes = []
    for number in frames:
        assert number is not None
        own = image.PerFrameFunctionalGroupsSequence[number - 1]

        def group(sequence: str, own: Dataset = own) -> Dataset:
            return (own if sequence in own else shared)[sequence].value[0]

        affine = _affine(
            group("PlanePositionSequence").ImagePositionPatient,
            group("PlaneOrientationSequence").ImageOrientationPatient,
            group("PixelMeasuresSequence").PixelSpacing,
        )
        planes.append(SourcePlane(number - 1, affine, int(image.Rows), int(image.Columns)))
    return tuple(planes)


def _affine(position: Sequence[Any], orientation: Sequence[Any], spacing: Sequence[Any]) -> NDArray[np.float64]:
    """PS3.3 C.7.6.2.1.1: rows run along the first direction, with the second number as their pixels' distance."""
    along, down = (np.array([float(v) for v in part]) for part in (orientation[:3], orientation[3:]))
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1] = along * float(spacing[1]), down * float(spacing[0])
    affine[:3, 2] = np.cross(along, down)
    affine[:3, 3] = [float(v) for v in position]
    return affine

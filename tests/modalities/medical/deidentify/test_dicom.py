from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("pydicom", reason="needs the medical extra")
pytest.importorskip("dicomanonymizer", reason="needs the medical extra")
import pydicom
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from wugan.errors import DataError
from wugan.modalities.medical.deidentify.dicom import DicomDeidentifier
from wugan.privacy.pseudonyms import Pseudonyms

KEY = b"a key for tests only"
SECRETS = ("Przybylski", "Ottilie", "MRN-77812", "ACC-5531", "Vondrackova", "Saint Hypatia", "19430212", "555-0199")


def study() -> Dataset:
    """A data set that holds each secret in its own place, in sequences, in private attributes, and in free text."""
    ds = Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["image"])
    ds.file_meta.SourceApplicationEntityTitle = "OTTILIE"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = generate_uid(entropy_srcs=["st"]), generate_uid(entropy_srcs=["se"])
    ds.Modality, ds.PatientName, ds.PatientID = "CT", "Przybylski^Ottilie", "MRN-77812"
    ds.PatientBirthDate, ds.PatientSex, ds.PatientAge = "19430212", "F", "093Y"
    ds.PatientTelephoneNumbers, ds.AccessionNumber = "555-0199", "ACC-5531"
    ds.StudyDate, ds.StudyTime, ds.AcquisitionDateTime = "20240131", "101500", "20240131101523.5+0100"
    ds.InstitutionName, ds.ReferringPhysicianName = "Saint Hypatia", "Vondrackova^Jana"
    ds.ImageComments = "Mrs Przybylski moved"
    ds.ConvolutionKernel = "Vondrackova B30"  # a text that the profile keeps
    inner = Dataset()
    inner.PatientName, inner.ReferencedSOPInstanceUID, inner.StudyDate = (
        "Przybylski^Ottilie",
        ds.SOPInstanceUID,
        "20240124",
    )
    inner.ReferencedSOPClassUID = CTImageStorage
    outer = Dataset()
    outer.PurposeOfReferenceCodeSequence = [inner]
    ds.SourceImageSequence = [outer]
    ds.private_block(0x0009, "VENDOR", create=True).add_new(1, "LO", "Przybylski")
    inner.private_block(0x0011, "VENDOR", create=True).add_new(1, "LO", "MRN-77812")
    ds.Rows = ds.Columns = 1
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.SamplesPerPixel, ds.PixelRepresentation = 15, 1, 0
    ds.PhotometricInterpretation, ds.PixelData = "MONOCHROME2", b"\x12\x34"
    return ds


def data(ds: Dataset) -> bytes:
    file = io.BytesIO()
    ds.save_as(file, enforce_file_format=True)
    return file.getvalue()


def test_nothing_that_identifies_is_in_the_file() -> None:
    original = study()
    before = data(original)
    assert all(secret.encode() in before for secret in SECRETS)  # the test can fail
    clean, notes = DicomDeidentifier(Pseudonyms(KEY))(original)
    after = data(clean).lower()
    assert [secret for secret in (*SECRETS, "093Y") if secret.lower().encode() in after] == []
    assert data(original) == before
    assert clean.PixelData == original.PixelData and clean.Modality == "CT"
    assert clean.PatientIdentityRemoved == "YES" and clean.LongitudinalTemporalInformationModified == "MODIFIED"
    assert [code.CodeValue for code in clean.DeidentificationMethodCodeSequence] == ["113100", "113107"]
    assert any(note.code == "identifier-in-text" and "ConvolutionKernel" in note.text for note in notes)


def test_references_and_intervals_stay() -> None:
    clean, _ = DicomDeidentifier(Pseudonyms(KEY))(study())
    again, _ = DicomDeidentifier(Pseudonyms(KEY))(study())
    other, _ = DicomDeidentifier(Pseudonyms(KEY + b"2"))(study())
    inner = clean.SourceImageSequence[0].PurposeOfReferenceCodeSequence[0]
    assert inner.ReferencedSOPInstanceUID == clean.SOPInstanceUID == clean.file_meta.MediaStorageSOPInstanceUID
    assert inner.ReferencedSOPClassUID == CTImageStorage  # the standard's own UIDs stay
    assert clean.SOPInstanceUID.is_valid and clean.SOPInstanceUID == again.SOPInstanceUID != other.SOPInstanceUID
    assert (clean.PatientID, clean.StudyDate) == (again.PatientID, again.StudyDate)
    assert clean.PatientID != other.PatientID
    days = (pydicom.valuerep.DA(clean.StudyDate) - pydicom.valuerep.DA(inner.StudyDate)).days
    assert days == 7 and clean.StudyDate < "20240131"
    assert clean.StudyTime == "101500" and str(clean.AcquisitionDateTime) == f"{clean.StudyDate}101523.5+0100"


def test_characteristics_can_be_kept_and_old_age_is_not_told() -> None:
    clean, _ = DicomDeidentifier(Pseudonyms(KEY), keep_characteristics=True)(study())
    assert (clean.PatientSex, clean.PatientAge, clean.PatientBirthDate) == ("F", "090Y", "")
    assert "113108" in [code.CodeValue for code in clean.DeidentificationMethodCodeSequence]


@pytest.mark.parametrize(
    ("modality", "burned", "code"),
    [("CT", "YES", "burned-in-text"), ("US", "", "burned-in-text-possible"), ("US", "NO", None), ("CT", "", None)],
)
def test_text_in_the_pixels_is_warned_of(modality: str, burned: str, code: str | None) -> None:
    original = study()
    original.Modality, original.BurnedInAnnotation = modality, burned
    _, notes = DicomDeidentifier(Pseudonyms(KEY))(original)
    assert [note.code for note in notes if note.code.startswith("burned")] == ([code] if code else [])


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small.dcm", "reportsi.dcm", "rtplan.dcm", "JPEG2000.dcm"])
def test_real_files_stay_readable_and_lose_the_name(name: str) -> None:
    original = pydicom.dcmread(get_testdata_file(name))
    clean, _ = DicomDeidentifier(Pseudonyms(KEY))(original)
    again = pydicom.dcmread(io.BytesIO(data(clean)))
    assert str(again.PatientName).startswith("Anonymous") and not any(element.tag.is_private for element in again)
    family = str(original.PatientName).split("^")[0].lower()
    if len(family) > 2 and "PatientName" in original:
        assert family.encode() not in data(clean).replace(original.get("PixelData", b"-"), b"").lower()


@settings(max_examples=25, deadline=None)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=5, max_size=12), st.integers(0, 4), st.sampled_from(["LO", "UT"]))
def test_a_name_is_found_at_any_depth_and_in_any_text(family: str, depth: int, vr: str) -> None:
    family = f"Q{family}X"
    ds = study()
    ds.PatientName = family
    inner = ds
    for _ in range(depth):
        item = Dataset()
        inner.RequestAttributesSequence = inner.ReferencedSeriesSequence = [item]
        inner = item
    inner.add_new(0x00181030 if vr == "LO" else 0x00420010, "LO" if vr == "LO" else "ST", f"for {family}, urgent")
    clean, _ = DicomDeidentifier(Pseudonyms(KEY))(ds)
    assert family.lower().encode() not in data(clean).lower()


def test_keys_are_secret_and_long_enough(tmp_path) -> None:
    key = tmp_path / "key"
    first = Pseudonyms.load(key)
    assert key.stat().st_mode & 0o777 == 0o600 and Pseudonyms.load(key).uid("1.2.3") == first.uid("1.2.3")
    assert Pseudonyms().label("patient", "1") != Pseudonyms().label("patient", "1")
    key.write_bytes(b"short")
    with pytest.raises(DataError, match="5 bytes are too few"):
        Pseudonyms.load(key)
    with pytest.raises(DataError, match="key file"):
        Pseudonyms.load(tmp_path / "none" / "key")

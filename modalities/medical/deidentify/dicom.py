"""DICOM without what identifies the patient: PS3.15 Basic Profile, at every depth; dates move and are not removed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from wugan.modalities.medical.deidentify.identifiers import Identifiers
from wugan.modalities.medical.deidentify.rules import EDITION, Action, action
from wugan.modalities.medical.note import Note
from wugan.privacy.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset

# Birth is emptied as the profile has it; all other dates move.
_BIRTH = {(0x0010, tag) for tag in (0x0030, 0x0032, 0x0033, 0x0034)}
# Retain Patient Characteristics Option: sex, age, size, weight, smoking, pregnancy.
_CHARACTERISTICS = {(0x0010, tag) for tag in (0x0040, 0x1010, 0x1020, 0x1030, 0x21A0, 0x21C0)}
_OLDEST = 90  # ages from here on are all written as this one (HIPAA Safe Harbor)
_STANDARD_ROOT = "1.2.840.10008."  # UIDs that the standard itself defines name nobody
_DUMMIES: dict[str, Any] = {
    **dict.fromkeys(("LO", "LT", "SH", "ST", "UC", "UT"), "removed"),
    **dict.fromkeys(("AE", "CS"), "REMOVED"),
    **dict.fromkeys(("DS", "IS"), "0"),
    **dict.fromkeys(("FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"), 0),
    **dict.fromkeys(("OB", "OD", "OF", "OL", "OV", "OW", "UN"), b"\0\0"),
    "AS": "000Y",
    "PN": "Anonymous",
    "UR": "http://removed.invalid",
}
#: Codes of PS3.16 CID 7050.
METHODS = {
    "113100": "Basic Application Confidentiality Profile",
    "113107": "Retain Longitudinal Temporal Information Modified Dates Option",
    "113108": "Retain Patient Characteristics Option",
}
_DRAWN_ON = {"ES", "GM", "OT", "SC", "US", "XC", "SM"}  # modalities whose pictures often have text in them


@dataclass(eq=False)
class DicomDeidentifier:
    """Takes out of data sets what identifies the patient and who cared for them.

    The profile's table decides about each attribute, in sequences too. Private attributes go. UIDs get stand-ins that
    are the same for the same UID, so that studies, series and references stay together. A person's dates all move by
    the same number of weeks; times of day stay. Texts that the table keeps, but that hold the patient's name, number or
    address or a physician's name as they stand elsewhere in the data set, are emptied. Pixels are not looked at.

    Args:
        pseudonyms: makes the stand-ins; with a random key unless given.
        keep_characteristics: keep sex, age (up to 90), size, weight, smoking status and pregnancy.
    """

    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)
    keep_characteristics: bool = False

    def __call__(self, dataset: Dataset) -> tuple[Dataset, tuple[Note, ...]]:
        """A de-identified copy, and what a person should know about it. The original is not changed."""
        identifiers = Identifiers.of(dataset)
        clean, notes = copy.deepcopy(dataset), list[Note]()
        shift = self.pseudonyms.shift(identifiers.person)
        self._clean(clean, shift, notes)
        self._sweep(clean, identifiers, notes)
        self._name(clean, identifiers)
        if getattr(dataset, "file_meta", None) is not None:
            clean.file_meta = self._file_meta(dataset.file_meta)
            clean.preamble = b"\0" * 128
        notes += _burned_in(dataset)
        return clean, tuple(dict.fromkeys(notes))

    def _clean(self, dataset: Dataset, shift: timedelta, notes: list[Note]) -> None:
        for tag in list(dataset.keys()):
            if tag.is_private or tag.element == 0:
                del dataset[tag]
                continue
            try:
                element = dataset[tag]
            except Exception as error:  # pydicom raises many kinds for a value that it cannot read
                del dataset[tag]
                notes.append(Note("attribute-removed", f"attribute {tag} cannot be read ({error}) and was removed"))
                continue
            self._apply(dataset, element, shift, notes)

    def _apply(self, dataset: Dataset, element: DataElement, shift: timedelta, notes: list[Note]) -> None:
        key = (element.tag.group, element.tag.element)
        rule = action(*key)
        if self.keep_characteristics and key in _CHARACTERISTICS:
            if element.VR == "AS":
                element.value = _age(str(element.value))
        elif element.VR == "TM" and key not in _BIRTH:
            pass
        elif element.VR in ("DA", "DT") and key not in _BIRTH:
            _move(element, shift, notes)
        elif rule is Action.REMOVE:
            del dataset[element.tag]
        elif element.VR == "SQ":
            if rule is Action.EMPTY:
                element.value = []
            for item in element.value:
                self._clean(item, shift, notes)
        elif rule is Action.UID or (rule is Action.DUMMY and element.VR == "UI"):
            values = [self._uid(str(value)) for value in _values(element)]
            element.value = values if len(values) != 1 else values[0]
        elif rule is Action.EMPTY:
            element.value = "" if element.VR == "PN" else element.empty_value
        elif rule is Action.DUMMY:
            element.value = _DUMMIES.get(element.VR, element.empty_value)

    def _uid(self, uid: str) -> str:
        return uid if not uid or uid.startswith(_STANDARD_ROOT) else self.pseudonyms.uid(uid)

    def _sweep(self, dataset: Dataset, identifiers: Identifiers, notes: list[Note]) -> None:
        for element in _leaves(dataset):
            if element.VR in ("LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT", "UN", "AE"):
                found = identifiers.found_in(" ".join(_text(value) for value in _values(element)))
                if found:
                    element.value = element.empty_value if element.VR != "UN" else b""
                    text = f"{element.keyword or element.tag} held {found} and was emptied"
                    notes.append(Note("identifier-in-text", text))

    def _name(self, dataset: Dataset, identifiers: Identifiers) -> None:
        label = self.pseudonyms.label("patient", identifiers.person)
        dataset.PatientID, dataset.PatientName = label, f"Anonymous^{label}"
        dataset.PatientIdentityRemoved = "YES"
        codes = ["113100", "113107", *(["113108"] if self.keep_characteristics else [])]
        dataset.DeidentificationMethod = [f"wugan, PS3.15 {EDITION} table E.1-1", *(METHODS[code] for code in codes)]
        dataset.DeidentificationMethod = [text[:64] for text in dataset.DeidentificationMethod]
        dataset.DeidentificationMethodCodeSequence = [_code(code) for code in codes]
        dataset.LongitudinalTemporalInformationModified = "MODIFIED"

    def _file_meta(self, meta: Dataset) -> Any:
        from pydicom.dataset import FileMetaDataset
        from pydicom.uid import UID

        clean = FileMetaDataset()
        for keyword in ("MediaStorageSOPClassUID", "TransferSyntaxUID", "ImplementationClassUID"):
            if keyword in meta:
                setattr(clean, keyword, meta[keyword].value)
        if "MediaStorageSOPInstanceUID" in meta:
            clean.MediaStorageSOPInstanceUID = UID(self._uid(str(meta.MediaStorageSOPInstanceUID)))
        return clean


def _code(value: str) -> Dataset:
    from pydicom import Dataset

    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", METHODS[value]
    return item


def _values(element: DataElement) -> list[Any]:
    from pydicom.multival import MultiValue

    value = element.value
    if value is None:
        return []
    return list(value) if isinstance(value, MultiValue | list) else [value]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _leaves(dataset: Dataset) -> Iterator[DataElement]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield from _leaves(item)
        else:
            yield element


def _age(age: str) -> str:
    """An age as it may be shown: 90 years stand for all that are older."""
    return f"{_OLDEST:03}Y" if age[-1:] == "Y" and age[:-1].isdigit() and int(age[:-1]) > _OLDEST else age


def _move(element: DataElement, shift: timedelta, notes: list[Note]) -> None:
    moved = []
    for value in _values(element):
        text = str(value).replace(".", "") if element.VR == "DA" else str(value)  # 1993.08.22 is ACR-NEMA's DA
        try:
            day = datetime.strptime(text[:8], "%Y%m%d")
            moved.append(f"{day + shift:%Y%m%d}" + (text[8:] if element.VR == "DT" else ""))
        except (ValueError, OverflowError):
            if text:
                notes.append(Note("date-removed", f"{element.keyword or element.tag} is no whole date and was emptied"))
            moved.append("")
    element.value = moved if len(moved) != 1 else moved[0]


def _burned_in(dataset: Dataset) -> list[Note]:
    said = str(dataset.get("BurnedInAnnotation", "")).upper()
    if said == "YES":
        return [Note("burned-in-text", "the pixels hold text (Burned In Annotation is YES); it was not removed")]
    if said != "NO" and str(dataset.get("Modality", "")) in _DRAWN_ON:
        text = (
            f"pixels of modality {dataset.Modality} often hold text with names; look at them: nothing says they do not"
        )
        return [Note("burned-in-text-possible", text)]
    return []

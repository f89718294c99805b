"""DICOM without what identifies the patient: PS3.15 Basic Profile, at every depth; dates move and are not removed.

What the profile says of each attribute (PS3.15 2026c, table E.1-1) is data of the package dicom-anonymizer (Kitware,
BSD). Its own walk is not used: it applies the rules to the data set's top level only, so that a patient's name in a
sequence stays.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from wugan.modalities.medical.note import Note
from wugan.privacy.pseudonyms import Pseudonyms

if TYPE_CHECKING:
    from pydicom import DataElement, Dataset


EDITION = "2026c"

Masked = tuple[int, int, int, int]


class Action(Enum):
    """What happens to an attribute, by the code of table E.1-1.

    Where the table leaves a choice by the attribute's type (`X/Z`, `X/D`, `Z/D`, `X/Z/D`), it is the one that fits
    every information object: empty rather than absent, a dummy rather than empty.
    """

    DUMMY = "D"
    EMPTY = "Z"
    REMOVE = "X"
    UID = "U"


_CODES = {
    "X_TAGS": Action.REMOVE,
    "Z_TAGS": Action.EMPTY,
    "X_Z_TAGS": Action.EMPTY,
    "D_TAGS": Action.DUMMY,
    "Z_D_TAGS": Action.DUMMY,
    "X_D_TAGS": Action.DUMMY,
    "X_Z_D_TAGS": Action.DUMMY,
    "X_Z_U_STAR_TAGS": Action.UID,
    "U_TAGS": Action.UID,
}


@cache
def _tables() -> tuple[dict[tuple[int, int], Action], list[tuple[Masked, Action]]]:
    table = import_module(f"dicomanonymizer.dicom_anonymization_databases.dicomfields_{EDITION}")
    exact: dict[tuple[int, int], Action] = {}
    masked: list[tuple[Masked, Action]] = []
    for name, action in _CODES.items():
        for tag in getattr(table, name):
            if len(tag) == 2:
                exact[tag] = action
            else:
                masked.append((tag, action))
    return exact, masked


def action(group: int, element: int) -> Action | None:
    """What the profile says of an attribute; `None` where it is kept."""
    exact, masked = _tables()
    found = exact.get((group, element))
    if found is None:
        for (like_group, like_element, group_mask, element_mask), rule in masked:
            if group & group_mask == like_group & group_mask and element & element_mask == like_element & element_mask:
                return rule
    return found


_SHORTEST_NAME = 3  # "Li" would empty half of all texts
_NUMBERS = ("PatientID", "OtherPatientIDs", "AccessionNumber", "StudyID", "AdmissionID", "PatientTelephoneNumbers")
_PLACES = ("PatientAddress", "InstitutionName", "InstitutionAddress", "PatientMotherBirthName")
#: Characters from which a value of an attribute is looked for; other attributes do not identify.
_SHORTEST = {**dict.fromkeys((*_NUMBERS, "PatientBirthDate"), 4), **dict.fromkeys(_PLACES, _SHORTEST_NAME)}


@dataclass(frozen=True)
class Identifiers:
    """The values that identify, as they stand in one data set.

    Attributes:
        person: what stands for the patient: the patient's ID, else name and date of birth.
        words: kinds of identifiers by value, in lower case.
    """

    person: str
    words: dict[str, str]

    @classmethod
    def of(cls, dataset: Dataset) -> Identifiers:
        """Those of a data set, at every depth."""
        words: dict[str, str] = {}
        for element in _all(dataset):
            values = [str(value) for value in (element.value if element.VM > 1 else [element.value]) if value]
            for value in values:
                if element.VR == "PN":
                    kind = "the patient's name" if element.keyword == "PatientName" else "a person's name"
                    for part in re.split(r"[\^=\s,.]+", value):
                        if len(part) >= _SHORTEST_NAME:
                            words.setdefault(part.lower(), kind)
                elif len(value.strip()) >= _SHORTEST.get(element.keyword, len(value) + 1):
                    words.setdefault(value.strip().lower(), f"the {element.name.lower()}")
        person = str(dataset.get("PatientID", "") or "") or (
            f"{dataset.get('PatientName', '')}|{dataset.get('PatientBirthDate', '')}"
        )
        return cls(person, words)

    def found_in(self, text: str) -> str:
        """Kind of the first identifier that is a word of a text; empty if none is."""
        low = text.lower()
        for word, kind in self.words.items():
            if word in low and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", low):
                return kind
        return ""


def _all(dataset: Dataset) -> Iterator[DataElement]:
    for tag in list(dataset.keys()):
        try:
            element = dataset[tag]
        except Exception:  # what cannot be read is removed by the de-identifier
            continue
        if element.VR == "SQ":
            for item in element.value:
                yield from _all(item)
        else:
            yield element


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
        for element in _all(dataset):
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

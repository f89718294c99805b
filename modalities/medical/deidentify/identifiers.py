"""What in a DICOM data set names its patient and those who cared for them, to look for it where it should not be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom import DataElement, Dataset

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

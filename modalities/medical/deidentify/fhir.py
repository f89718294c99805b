"""FHIR without what identifies the patient: names, numbers, places and texts masked; dates move, references stay."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from wugan.errors import DataError
from wugan.modalities.medical.note import Note
from wugan.privacy.pseudonyms import Pseudonyms
from wugan.privacy.text import TextMask

_PERSONS = {"Patient", "Person", "RelatedPerson", "Practitioner"}
_NAMED = {"Organization", "Location", "HealthcareService", "CareTeam", "Device", "PractitionerRole", "Endpoint"}
_DROPPED = {"telecom", "photo", "contact", "link", "maritalStatus", "multipleBirthBoolean", "multipleBirthInteger"}
_KEPT_OF_ADDRESS = ("state", "country")  # HIPAA Safe Harbor allows no smaller place
_FREE_TEXT = {"comment", "conclusion", "description", "div", "markdown", "patientInstruction", "text", "title"} | {
    "valueString", "valueMarkdown", "relevantHistory", "deviceName", "authorString", "summary"
}  # fmt: skip
_CODED = {"system", "code", "url", "unit", "resourceType", "status", "use", "profile", "contentType", "language"}
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?")
_REFERENCE = re.compile(r"(?:.*/)?([A-Z]\w+)/([A-Za-z0-9.-]{1,64})(?:/_history/.*)?")
_OLDEST = 89  # years; who is older has no year of birth (HIPAA Safe Harbor)
_PSEUDONYMISED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "PSEUDED"}


@dataclass(eq=False)
class FhirDeidentifier:
    """Takes out of FHIR R4 resources what identifies the patient and who cared for them.

    Names and identifiers get stand-ins, ids and references stand-ins that still meet. All dates move by the same number
    of weeks; the date of birth becomes a year, and goes for ages above 89. Addresses keep state and country.
    Narratives, pictures and documents that are no text go, and free text is masked by a `TextMask` that knows the names
    of the bundle. Codes and their displays stay.

    Args:
        pseudonyms: makes the stand-ins; with a random key unless given.
    """

    pseudonyms: Pseudonyms = field(default_factory=Pseudonyms)

    def __call__(self, document: dict[str, Any]) -> tuple[dict[str, Any], tuple[Note, ...]]:
        """A de-identified copy of a bundle or a resource, and what a person should know about it.

        Raises:
            DataError: it is no FHIR resource.
        """
        if not isinstance(document.get("resourceType"), str):
            raise DataError("record: has no resourceType, so it is no FHIR resource")
        walk = _Walk(self.pseudonyms, document)
        return walk.resource(document), tuple(dict.fromkeys(walk.notes))


class _Walk:
    """One document on its way through."""

    def __init__(self, pseudonyms: Pseudonyms, document: dict[str, Any]) -> None:
        self.pseudonyms = pseudonyms
        self.notes: list[Note] = []
        resources = list(_resources(document))
        patients = [one for one in resources if one["resourceType"] == "Patient"]
        person = str(patients[0].get("id", "")) if patients else ""
        self.shift = pseudonyms.shift(person)
        self.newest = max((day for one in resources for day in _days(one)), default=date.today())
        names, known = _identifiers(resources)
        self.text = TextMask(names, known, self.shift)

    def resource(self, resource: dict[str, Any]) -> dict[str, Any]:
        kind = resource["resourceType"]
        clean: dict[str, Any] = {}
        for key, value in resource.items():
            if key in _DROPPED and kind in _PERSONS | _NAMED:
                continue
            if key == "text" and isinstance(value, dict) and "div" in value:
                continue  # the narrative says again what the elements say, with the names
            if key == "name" and kind in _PERSONS | _NAMED:
                label = self.pseudonyms.label(kind, str(resource.get("id", value)))
                clean[key] = [{"text": f"Anonymous {label}"}] if kind in _PERSONS else f"Anonymous {label}"
            elif key in ("extension", "modifierExtension") and kind in _PERSONS:
                continue
            elif key == "birthDate":
                self._birth(clean, str(value))
            else:
                clean[key] = self.value(key, value)
        if kind != "Bundle" and (kind == "Patient" or "subject" in resource or "patient" in resource):
            meta = clean.setdefault("meta", {})
            meta["security"] = [*meta.get("security", []), dict(_PSEUDONYMISED)]
        return clean

    def value(self, key: str, value: Any, beside: dict[str, Any] | None = None) -> Any:
        if isinstance(value, list):
            return [self.value(key, item, beside) for item in value]
        if isinstance(value, dict):
            return self.element(key, value)
        if not isinstance(value, str):
            return value
        beside = beside or {}
        if key in ("id", "fullUrl", "reference"):
            return self.reference(value) if key != "id" else self.pseudonyms.uuid(value)
        if _DATE.fullmatch(value) and key not in _CODED:
            return self.moved(value)
        if key in _CODED or (key == "display" and "code" in beside) or (key == "text" and _says_code(value, beside)):
            return value
        if key == "data":
            return self.attachment(value, str(beside.get("contentType", "")))
        return self.text.mask(value) if key in _FREE_TEXT else self.text.mask_known(value)

    def element(self, key: str, element: dict[str, Any]) -> Any:
        if "resourceType" in element:
            return self.resource(element)
        if key == "identifier":
            value = str(element.get("value", ""))
            kept = {name: element[name] for name in ("use", "type", "system") if name in element}
            return {**kept, "value": self.pseudonyms.label("identifier", f"{element.get('system', '')}|{value}", 16)}
        if key == "address" or key == "valueAddress":
            return {name: element[name] for name in _KEPT_OF_ADDRESS if name in element}
        if key in ("valueHumanName", "valueContactPoint"):
            return {}
        skipped = {"display"} if "reference" in element else set()
        return {name: self.value(name, value, element) for name, value in element.items() if name not in skipped}

    def reference(self, text: str) -> str:
        if text.startswith("#"):
            return f"#{self.pseudonyms.uuid(text[1:])}"
        if text.startswith("urn:uuid:"):
            return f"urn:uuid:{self.pseudonyms.uuid(text[9:])}"
        found = _REFERENCE.fullmatch(text)
        if found:
            return f"{found[1]}/{self.pseudonyms.uuid(found[2])}"
        self.notes.append(Note("reference-removed", "a reference that is no address of a resource was replaced"))
        return f"urn:uuid:{self.pseudonyms.uuid(text)}"

    def moved(self, text: str) -> str:
        """A date, dateTime or instant, moved; a year or month alone moves from its middle, and stays as coarse."""
        parts = [int(part) for part in text[:10].split("-")]
        day = date(*(parts + [7, 1][len(parts) - 1 :])[:3]) if len(parts) > 1 else date(parts[0], 7, 1)
        return (day + self.shift).isoformat()[: min(len(text), 10)] + text[10:]

    def _birth(self, clean: dict[str, Any], text: str) -> None:
        if not _DATE.fullmatch(text):
            return
        if self.newest.year - int(text[:4]) > _OLDEST:
            self.notes.append(
                Note("birth-removed", f"the patient is older than {_OLDEST}; the year of birth was removed")
            )
            return
        clean["birthDate"] = self.moved(text)[:4]

    def attachment(self, data: str, kind: str) -> str:
        if not kind.startswith("text/"):
            self.notes.append(
                Note("document-removed", f"a document of type {kind or 'unknown'} cannot be masked: removed")
            )
            return ""
        try:
            text = base64.b64decode(data, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            self.notes.append(Note("document-removed", f"a document of type {kind} is no UTF-8 text and was removed"))
            return ""
        return base64.b64encode(self.text.mask(text).encode()).decode()


def _resources(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield document
    for entry in document.get("entry", ()):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict) and "resourceType" in entry["resource"]:
            yield from _resources(entry["resource"])


def _identifiers(resources: list[dict[str, Any]]) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of the people and places, and their numbers by kind."""
    names: list[str] = []
    known: list[tuple[str, str]] = []
    for one in resources:
        kind = one["resourceType"]
        if kind not in _PERSONS | _NAMED:
            continue
        name = one.get("name", [])
        if isinstance(name, str):
            known.append(("name", name))
        for human in name if isinstance(name, list) else []:
            names += [str(human.get("family", "")), str(human.get("text", "")), *map(str, human.get("given", []))]
        for key, what in (("identifier", "id"), ("telecom", "phone")):
            known += [
                (what, str(item["value"])) for item in one.get(key, ()) if isinstance(item, dict) and "value" in item
            ]
        addresses = one.get("address", [])
        for address in addresses if isinstance(addresses, list) else [addresses]:
            known += [("address", str(line)) for line in address.get("line", ())]
        for extension in one.get("extension", ()):
            if "MaidenName" in str(extension.get("url", "")):
                names.append(str(extension.get("valueString", "")))
    return names, [(what, value) for what, value in known if len(value) > 3]


def _days(value: Any) -> Iterator[date]:
    """All whole dates of a resource but its entries' (they have their own)."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in ("entry", "birthDate"):
                yield from _days(item)
    elif isinstance(value, list):
        for item in value:
            yield from _days(item)
    elif isinstance(value, str) and len(value) >= 10 and _DATE.fullmatch(value):
        try:
            yield date.fromisoformat(value[:10])
        except ValueError:
            return


def _says_code(text: str, concept: dict[str, Any]) -> bool:
    """Whether a concept's text is the display of one of its codes."""
    return any(isinstance(code, dict) and code.get("display") == text for code in concept.get("coding", ()))

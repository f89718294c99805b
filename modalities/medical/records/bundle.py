"""FHIR files taken apart: bundles of any type, single resources, newline-delimited resources, folders of these.

What is fatal: a file that is not what it claims to be (no JSON, XML or lines of it; no FHIR at its root; an `entry`
that is no list), or one in which nothing is left. A single bad entry or line is left out with a note that names it.

XML becomes the same data that JSON gives. It does not say which elements are lists and which values are numbers: the
declared types of `resources` do (hl7.org/fhir/R4/xml.html, json.html).
"""

from __future__ import annotations

import dataclasses
import json
import re
import types
import typing
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from pydantic.alias_generators import to_camel

from wugan.errors import DataError
from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records import resources
from wugan.modalities.medical.records.resources import Reference

_LARGEST = 1 << 29  # bytes; a thousand times the record of a patient with a long history
_DEEPEST = 4  # bundles within bundles
SUFFIXES = (".json", ".ndjson", ".jsonl", ".xml")
_REMEDY = "give a FHIR R4 Bundle or resource as JSON or XML, or NDJSON with a resource a line"


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of a file.

    Attributes:
        place: where it stands, for messages: `entry[3]`, `line 4`.
        full_url: the bundle's name for it, or empty.
        resource: the parsed JSON object; has a `resourceType`.
    """

    place: str
    full_url: str
    resource: dict[str, Any]

    @property
    def kind(self) -> str:
        """Its resource type."""
        return str(self.resource["resourceType"])

    @property
    def name(self) -> str:
        """`Type/id`, or its place if it has no id."""
        identity = self.resource.get("id")
        return f"{self.kind}/{identity}" if isinstance(identity, str) and identity else f"{self.kind} at {self.place}"


def read_entries(path: str | PathLike[str], findings: Findings) -> list[Entry]:
    """All resources of a file or folder, each version once.

    Args:
        path: a `.json`, `.ndjson` or `.xml` file, or a folder of them (a bulk export), which are read as one.
        findings: where is noted what was left out.

    Raises:
        DataError: no such file, not FHIR, or nothing in it.
    """
    place = Path(path)
    if place.is_dir():
        files = sorted(p for p in place.iterdir() if p.suffix.lower() in SUFFIXES and p.is_file())
        if not files:
            raise DataError(f"{place}: holds no file of a record; {_REMEDY}")
        found = [entry for file in files for entry in _read(file, findings, f"{file.name}: ")]
    else:
        found = list(_read(place, findings, ""))
    if not found:
        raise DataError(f"{place}: no resource is left{_why(findings)}; {_REMEDY}")
    return _newest(found, findings)


def parse_entries(data: dict[str, Any], findings: Findings, name: str = "the record") -> list[Entry]:
    """The resources of parsed JSON: a bundle or a single resource.

    Args:
        data: the object.
        findings: where is noted what was left out.
        name: what to call it in messages.

    Raises:
        DataError: it is not FHIR, or nothing is in it.
    """
    found = list(_resources(data, "", "", findings, name, 0))
    if not found:
        raise DataError(f"{name}: no resource is left{_why(findings)}; {_REMEDY}")
    return _newest(found, findings)


def _why(findings: Findings) -> str:
    notes = findings.notes()
    return f" ({notes[0]}{', and more' if notes[1:] else ''})" if notes else ""


def _read(path: Path, findings: Findings, prefix: str) -> Iterator[Entry]:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise DataError(f"{path}: {size >> 20} MiB is no patient's record; split it by patient")
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(f"{path}: no such file") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error
    raw = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not raw:
        raise DataError(f"{path}: is empty")
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{path}: is UTF-16; FHIR is UTF-8: save it so")
    if raw[:1] == b"<":
        yield from _resources(from_xml(raw, str(path)), "", prefix, findings, str(path), 0)
    elif path.suffix.lower() in (".ndjson", ".jsonl") or _is_lines(raw):
        yield from _lines(raw, path, findings, prefix)
    else:
        yield from _resources(_json(raw, path), "", prefix, findings, str(path), 0)


def _is_lines(raw: bytes) -> bool:
    """Whether the first line is a JSON object by itself, and another follows."""
    first, _, rest = raw.partition(b"\n")
    return first.rstrip().endswith(b"}") and rest.lstrip()[:1] == b"{"


def _json(raw: bytes, path: Path) -> Any:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: is not UTF-8 (byte {error.start}): save it so") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for numbers of thousands of digits
        cut = "; the file seems to be cut off" if _ends_early(error, text) else ""
        raise DataError(f"{path}: is no JSON: {error}{cut}; {_REMEDY}") from error


def _ends_early(error: Exception, text: str) -> bool:
    return isinstance(error, json.JSONDecodeError) and (error.pos >= len(text) or error.msg.startswith("Unterminated"))


def _lines(raw: bytes, path: Path, findings: Findings, prefix: str) -> Iterator[Entry]:
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        place = f"{prefix}line {number}"
        try:
            data = json.loads(line)
        except (ValueError, RecursionError) as error:  # ValueError also for bytes that are no UTF-8
            findings.add("entry-dropped", f"is no JSON ({error}): left out", place)
            continue
        if not isinstance(data, dict) or not isinstance(data.get("resourceType"), str):
            findings.add("entry-dropped", "is no FHIR resource (no resourceType): left out", place)
            continue
        yield from _resources(data, "", f"{place}, ", findings, str(path), 0, place)


def _resources(
    data: Any, full_url: str, prefix: str, findings: Findings, name: str, depth: int, place: str = ""
) -> Iterator[Entry]:
    """The resources in one that may be a bundle; `place` is where it stands itself."""
    if not isinstance(data, dict) or not isinstance(data.get("resourceType"), str):
        what = f"an object without resourceType (it has {', '.join(list(data)[:5]) or 'nothing'})"
        what = what if isinstance(data, dict) else f"a {type(data).__name__}"
        raise DataError(f"{name}: is no FHIR: its root is {what}; {_REMEDY}")
    if data["resourceType"] != "Bundle":
        yield Entry(place or f"{prefix}root", full_url, data)
        return
    if depth > _DEEPEST:
        findings.add("entry-dropped", f"lies in bundles more than {_DEEPEST} deep: left out", place)
        return
    entries = data.get("entry", [])
    if not isinstance(entries, list):
        raise DataError(f"{name}: {prefix}Bundle.entry must be a list, is {type(entries).__name__}")
    for number, entry in enumerate(entries):
        at = f"{prefix}entry[{number}]"
        if not isinstance(entry, dict):
            findings.add("entry-dropped", f"must be an object, is {type(entry).__name__}: left out", at)
            continue
        resource, url = entry.get("resource"), entry.get("fullUrl")
        if resource is None:
            findings.add("entry-dropped", "holds no resource (a deletion, or a link): left out", at)
        elif not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            findings.add("entry-dropped", "resource is no object with a resourceType: left out", at)
        else:
            url = url if isinstance(url, str) else ""
            yield from _resources(resource, url, f"{at}.", findings, name, depth + 1, at)


def _newest(entries: list[Entry], findings: Findings) -> list[Entry]:
    """Each resource once, in its newest version; histories and merged exports repeat them."""
    versions: dict[str, list[Entry]] = {}
    for entry in entries:
        identity = entry.resource.get("id")
        # Two hospitals may both have an Observation/1: the same resource is also the same person's.
        person = "" if entry.kind == "Patient" else _subject(entry.resource)
        key = f"{entry.kind}/{identity} {person}" if isinstance(identity, str) and identity else entry.full_url
        versions.setdefault(key or f"\0{len(versions)}", []).append(entry)
    out = []
    for of in versions.values():
        if len(of) > 1:
            contents = {_canonical(entry.resource) for entry in of}
            what = "the same resource again" if len(contents) == 1 else "another version of a resource: the newest kept"
            for _ in of[1:]:
                findings.add("duplicates-dropped", what, of[0].name)
            if of[0].kind == "Patient":
                _one_person(of)
            of = sorted(of, key=_version)
        out.append(of[-1])
    return out


def _one_person(of: list[Entry]) -> None:
    """Refuse two people under one id, as records merged from several places may have them.

    Raises:
        DataError: their birth dates or sexes differ, and they are not numbered as versions of one resource.
    """
    metas = [entry.resource.get("meta") for entry in of]
    if all(isinstance(meta, dict) and "versionId" in meta for meta in metas):
        return
    for name in ("birthDate", "gender"):
        given = sorted({str(entry.resource[name]) for entry in of if entry.resource.get(name)})
        if len(given) > 1:
            raise DataError(
                f"{of[0].name} occurs with {name} {' and '.join(given)}: two patients under one id must not be mixed; "
                "give a file for each"
            )


def _subject(resource: dict[str, Any]) -> str:
    of = resource.get("subject", resource.get("patient"))
    return str(of.get("reference") or of.get("identifier")) if isinstance(of, dict) else ""


def _version(entry: Entry) -> tuple[str, int, str]:
    meta = entry.resource.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    number = str(meta.get("versionId", ""))
    return str(meta.get("lastUpdated", "")), int(number) if number.isdigit() else -1, _canonical(entry.resource)


def _canonical(resource: dict[str, Any]) -> str:
    try:
        return json.dumps(resource, sort_keys=True)
    except RecursionError:  # as deep as the parser just allowed; only versions of one resource are compared by this
        return ""


_VERSION = re.compile(r"/_history/[^/]+$")
_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]+)$")


class References:
    """Looks resources up by full URL (`urn:uuid:…`, `https://…`), by `Type/id`, or by business identifier."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.full_url:
                self._entries.setdefault(entry.full_url, entry)
            if identity := entry.resource.get("id"):
                self._entries.setdefault(f"{entry.kind}/{identity}", entry)
                self._entries.setdefault(f"urn:uuid:{identity}", entry)
            for name in _identifiers(entry.resource.get("identifier")):
                self._entries.setdefault(f"{entry.kind} {name}", entry)

    def find(
        self, reference: Reference | None, kind: str, inside: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """The resource that a reference means, or `None` if it is not here.

        Args:
            reference: of the resource that refers.
            kind: resource type that is looked for, where the reference gives a business identifier only.
            inside: the resource that refers, for references to what it contains (`#drug`).
        """
        if reference is None:
            return None
        target = reference.reference
        if target.startswith("#"):
            contained = (inside or {}).get("contained")
            for resource in contained if isinstance(contained, list) else []:
                if isinstance(resource, dict) and resource.get("id") == target[1:]:
                    return resource
            return None
        entry = self._entry(reference, kind)
        return entry.resource if entry else None

    def patient(self, reference: Reference | None) -> str | None:
        """Whose a resource is: `Patient/id` if the patient is here, otherwise the reference's own words; `None` if it
        names nobody, or what is no patient (a group, a device, somebody contained).
        """
        if reference is None:
            return None
        if entry := self._entry(reference, "Patient"):
            return entry.name if entry.kind == "Patient" else None
        target = _VERSION.sub("", reference.reference)
        if typed := _TYPED.search(target):
            return typed[1] if typed[1].startswith("Patient/") else None
        if target.startswith("#"):
            return None
        if not target:
            return next((f"Patient {name}" for name in _identifiers([reference.identifier])), None)
        return target

    def _entry(self, reference: Reference, kind: str) -> Entry | None:
        target = _VERSION.sub("", reference.reference)
        if found := self._entries.get(target):
            return found
        if typed := _TYPED.search(target):
            return self._entries.get(typed[1])
        names = _identifiers([reference.identifier])
        return next((self._entries[f"{kind} {name}"] for name in names if f"{kind} {name}" in self._entries), None)


def _identifiers(identifiers: Any) -> list[str]:
    if not isinstance(identifiers, list):
        return []
    pairs = [(i.get("system", ""), i.get("value")) for i in identifiers if isinstance(i, dict)]
    return [f"{system}|{value}" for system, value in pairs if value]


_NAMESPACE = "{http://hl7.org/fhir}"
_LISTS = {"entry", "identifier", "contained"}  # of a bundle, and of every resource


def from_xml(raw: bytes, name: str) -> dict[str, Any]:
    """A FHIR XML document as FHIR JSON's data; elements that nothing is read from are left out.

    Args:
        raw: the document.
        name: of the file, for messages.

    Raises:
        DataError: it is no FHIR XML.
    """
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        raise DataError(f"{name}: holds a document type declaration, which FHIR forbids: it is not read")
    try:
        root = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise DataError(f"{name}: is no XML: {error}") from error
    if not root.tag.startswith(_NAMESPACE):
        raise DataError(f"{name}: is no FHIR XML: its root is <{root.tag}>, expected the namespace {_NAMESPACE[1:-1]}")
    return _resource(root)


def _resource(element: ElementTree.Element) -> dict[str, Any]:
    kind = element.tag.removeprefix(_NAMESPACE)
    of = resources.CLASSES.get(kind)
    return {"resourceType": kind, **_fields(element, _types(of) if of else {})}


def _fields(element: ElementTree.Element, known: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for child in element:
        name = child.tag.removeprefix(_NAMESPACE)
        if name == "text" and len(child):  # the narrative, for people; a concept's own text has a value only
            continue
        of = known.get(name, Any)
        value = _value(child, of)
        if name in _LISTS or typing.get_origin(of) is list:
            out.setdefault(name, []).append(value)
        else:
            out[name] = value
    return out


def _value(element: ElementTree.Element, of: Any) -> Any:
    if len(element) and element[0].tag.removeprefix(_NAMESPACE)[:1].isupper():  # a resource inside
        return _resource(element[0])
    kinds = _members(of)
    text = element.get("value")
    if text is not None:
        return _number(text) if float in kinds else _whole(text) if int in kinds else _boolean(text, kinds)
    inner: Any = next((kind for kind in kinds if dataclasses.is_dataclass(kind)), None)
    return _fields(element, _types(inner) if inner else {})


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _whole(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _boolean(text: str, kinds: set[Any]) -> bool | str:
    return text == "true" if bool in kinds and text in ("true", "false") else text


def _members(of: Any) -> set[Any]:
    """Plain types in an annotation: those of a union, a list's items, those inside `Annotated`."""
    origin = typing.get_origin(of)
    if origin in (typing.Union, types.UnionType, list):
        return {kind for part in typing.get_args(of) for kind in _members(part)}
    return _members(typing.get_args(of)[0]) if origin is typing.Annotated else {of}


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Annotations of a resource's class by FHIR's names."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {"class" if name == "class_" else to_camel(name): hint for name, hint in hints.items()}

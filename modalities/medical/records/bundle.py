"""FHIR files taken apart: bundles of any type, single resources, newline-delimited resources, folders of these.

What is fatal: a file that is not what it claims to be (no JSON, XML or lines of it; no FHIR at its root; an `entry`
that is no list), or one in which nothing is left. A single bad entry or line is left out with a note that names it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.modalities.medical.records.findings import Findings

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
        from wugan.modalities.medical.records.xml import from_xml

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

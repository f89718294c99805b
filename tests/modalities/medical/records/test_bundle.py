from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.note import Findings
from wugan.modalities.medical.records.bundle import Entry, parse_entries, read_entries

Write = Callable[..., Path]
A = {"resourceType": "Patient", "id": "a"}
B = {"resourceType": "Observation", "id": "b", "code": {"text": "x"}}


def names(entries: list[Entry]) -> list[str]:
    return [entry.name for entry in entries]


@pytest.mark.parametrize("kind", ["collection", "transaction", "batch", "searchset", "document", "history"])
def test_bundles_of_every_type(kind: str, bundle: Any, written: Write) -> None:
    assert names(read_entries(written(bundle(A, B, kind=kind)), Findings())) == ["Patient/a", "Observation/b"]


def test_single_resource_bundles_in_bundles_and_a_byte_order_mark(bundle: Any, written: Write) -> None:
    assert names(read_entries(written(B), Findings())) == ["Observation/b"]
    assert names(read_entries(written("\ufeff" + json.dumps(bundle(bundle(A), B))), Findings())) == [
        "Patient/a", "Observation/b",
    ]  # fmt: skip


def test_newline_delimited_with_a_bad_line(written: Write) -> None:
    text = json.dumps(A) + "\n\n{cut\n" + json.dumps({"no": "type"}) + "\n" + json.dumps(B) + "\n"
    findings = Findings()
    assert names(read_entries(written(text, "export.ndjson"), findings)) == ["Patient/a", "Observation/b"]
    assert sorted((note.code, note.source) for note in findings.notes()) == [
        ("entry-dropped", "line 3"), ("entry-dropped", "line 4"),
    ]  # fmt: skip
    assert names(read_entries(written(json.dumps(A) + "\n" + json.dumps(B), "x.json"), Findings())) == [
        "Patient/a", "Observation/b",
    ]  # fmt: skip


def test_folder_is_one_export(written: Write, tmp_path: Path) -> None:
    written(json.dumps(A), "Patient.ndjson")
    written(B, "other.json")
    written("ignored", "notes.txt")
    assert sorted(names(read_entries(tmp_path, Findings()))) == ["Observation/b", "Patient/a"]


def test_bad_entries_are_left_out_and_named(written: Write) -> None:
    entries = [3, {"request": {"method": "DELETE"}}, {"resource": {"id": "x"}}, {"resource": B, "fullUrl": 7}]
    findings = Findings()
    found = read_entries(written({"resourceType": "Bundle", "entry": entries}), findings)
    assert [(entry.name, entry.place, entry.full_url) for entry in found] == [("Observation/b", "entry[3]", "")]
    assert sorted(note.source for note in findings.notes()) == ["entry[0]", "entry[1]", "entry[2]"]


def test_the_newest_version_counts_once(bundle: Any) -> None:
    versions = [{**B, "meta": {"lastUpdated": f"2024-01-0{day}T00:00:00Z"}, "day": day} for day in (1, 3, 2)]
    for _ in range(3):
        random.shuffle(versions)
        findings = Findings()
        found = parse_entries(bundle(*versions), findings)
        assert [entry.resource["day"] for entry in found] == [3]
        assert [note.code for note in findings.notes()] == ["duplicates-dropped"]


def test_ids_of_two_places_are_told_apart(bundle: Any) -> None:
    both = [{**B, "subject": {"reference": f"Patient/{name}"}} for name in "xy"]
    assert len(parse_entries(bundle(*both), Findings())) == 2
    people = [{**A, "birthDate": day} for day in ("1950-01-01", "1960-01-01")]
    with pytest.raises(DataError, match="Patient/a occurs with birthDate 1950-01-01 and 1960-01-01: two patients"):
        parse_entries(bundle(*people), Findings())
    versions = [{**of, "meta": {"versionId": str(n)}} for n, of in enumerate(people)]
    assert parse_entries(bundle(*versions), Findings())[0].resource["birthDate"] == "1960-01-01"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ('{"resourceType": "Bundle", "entry": [{', "cut off"),
        ("PK\x03\x04", "is no JSON"),
        ("[]", "its root is a list"),
        ('{"a": 1}', "without resourceType .it has a."),
        ('{"resourceType": "Bundle", "entry": {}}', "Bundle.entry must be a list, is dict"),
        ('{"resourceType": "Bundle", "entry": []}', "no resource is left"),
        ('{"resourceType": "Bundle"}', "no resource is left"),
        ('{"resourceType": "Bundle", "entry": [1]}', r"no resource is left .must be an object"),
        ('{"resourceType": "Bundle", "entry": ' + "[" * 5000 + "]" * 5000 + "}", "recursion"),
    ],
)
def test_what_is_fatal_says_where_and_why(text: str, says: str, written: Write) -> None:
    path = written(text)
    with pytest.raises(DataError, match=says) as error:
        read_entries(path, Findings())
    assert str(path) in str(error.value)


def test_other_encodings_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for raw, says in (("{}".encode("utf-16"), "UTF-16"), (b'{"a": "\xe4"}', "not UTF-8")):
        path.write_bytes(raw)
        with pytest.raises(DataError, match=says):
            read_entries(path, Findings())
    with pytest.raises(DataError, match="no such file"):
        read_entries(tmp_path / "none.json", Findings())
    with pytest.raises(DataError, match="holds no file of a record"):
        (tmp_path / "empty").mkdir()
        read_entries(tmp_path / "empty", Findings())


def test_deep_resources_are_no_trouble(bundle: Any) -> None:
    deep: Any = {}
    for _ in range(900):
        deep = {"a": deep}
    both = [{**B, "subject": deep, "note": n} for n in (deep, 1)]
    assert len(parse_entries(bundle(*both), Findings())) == 1


def test_bundles_without_end_are_cut(bundle: Any) -> None:
    data = bundle(B)
    for _ in range(8):
        data = {"resourceType": "Bundle", "entry": [{"resource": data}, {"resource": A}]}
    findings = Findings()
    assert names(parse_entries(data, findings)) == ["Patient/a"]
    assert "entry-dropped" in [note.code for note in findings.notes()]

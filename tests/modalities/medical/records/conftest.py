"""Small FHIR resources that the tests put together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wugan.modalities.medical.records import Record, read_record

Resource = dict[str, Any]


def _lab(code: str = "718-7", value: Any = 14.0, unit: str = "g/dL", time: str = "2024-05-01", **more: Any) -> Resource:
    resource: Resource = {
        "resourceType": "Observation",
        "id": more.pop("id", f"{code}-{time}"),
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": time,
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }
    return {name: of for name, of in (resource | more).items() if of is not None}


def _patient(id: str = "p", gender: str = "male", birth: str = "1960-02-03") -> Resource:
    return {"resourceType": "Patient", "id": id, "gender": gender, "birthDate": birth}


def _bundle(*resources: Resource, kind: str = "collection") -> Resource:
    entries = [{"fullUrl": f"https://x.org/{r['resourceType']}/{r.get('id')}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


@pytest.fixture
def lab() -> Callable[..., Resource]:
    """Makes an Observation of patient `p`; further fields by name, `None` leaves one out."""
    return _lab


@pytest.fixture
def patient() -> Callable[..., Resource]:
    """Makes a Patient."""
    return _patient


@pytest.fixture
def bundle() -> Callable[..., Resource]:
    """Makes a Bundle of resources."""
    return _bundle


@pytest.fixture
def read() -> Callable[..., Record]:
    """The record of patient `p` with these resources."""
    return lambda *resources: read_record(_bundle(_patient(), *resources))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes data as JSON (or text as it is) to a file."""

    def write(data: Any, name: str = "record.json") -> Path:
        path = tmp_path / name
        path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
        return path

    return write

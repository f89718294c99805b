from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.records import read_record

Write = Callable[..., Path]
XML = """<?xml version="1.0" encoding="UTF-8"?>
<Bundle xmlns="http://hl7.org/fhir">
  <type value="collection"/>
  <entry><fullUrl value="urn:uuid:a"/><resource>
    <Patient><id value="p"/><gender value="male"/><birthDate value="1960-02-03"/></Patient></resource></entry>
  <entry><resource><Observation><id value="o"/>
    <text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">9.1 g/dL</div></text>
    <status value="final"/>
    <code><coding><system value="http://loinc.org"/><code value="718-7"/><display value="Hb"/></coding></code>
    <subject><reference value="urn:uuid:a"/></subject><effectiveDateTime value="2024-01-02T03:04:05+02:00"/>
    <valueQuantity><value value="9.1"/><unit value="g/dL"/></valueQuantity>
    <referenceRange><low><value value="13"/></low></referenceRange></Observation></resource></entry>
  <entry><resource><MedicationRequest><contained><Medication><id value="m"/><code><text value="Iron"/></code>
    </Medication></contained><status value="active"/><medicationReference><reference value="#m"/></medicationReference>
    <subject><reference value="urn:uuid:a"/></subject></MedicationRequest></resource></entry>
  <entry><resource><Observation><code><text value="fasting"/></code><valueBoolean value="true"/>
    <subject><reference value="urn:uuid:a"/></subject><effectiveDateTime value="2024"/></Observation></resource></entry>
  <entry><resource><Organization><name value="x"/></Organization></resource></entry>
</Bundle>"""


def test_the_same_as_json(written: Write) -> None:
    record = read_record(written(XML, "record.xml"))
    assert (record.patient.id, record.patient.sex) == ("p", "male")
    fasting, haemoglobin = record.observations
    assert (haemoglobin.value, haemoglobin.flag, haemoglobin.low, haemoglobin.display) == (9.1, "low", 13, "Hb")
    assert (fasting.display, fasting.text) == ("fasting", "true")
    assert [of.display for of in record.medications] == ["Iron"]
    assert "1 Organization" in record.notes[0].text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<Bundle", "is no XML"),
        ("<html><body/></html>", "is no FHIR XML: its root is <html>"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><Bundle xmlns="http://hl7.org/fhir">&a;</Bundle>', "which FHIR forbids"),
    ],
)
def test_what_is_no_fhir(text: str, says: str, written: Write) -> None:
    with pytest.raises(DataError, match=says):
        read_record(written(text, "record.xml"))


def as_xml(name: str, value: Any, space: str = "") -> str:
    """FHIR JSON as FHIR XML, but for the narrative."""
    if isinstance(value, list):
        return "".join(as_xml(name, item) for item in value)
    if not isinstance(value, dict):
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
        return f"<{name} value={quoteattr(text)}/>"
    fields = {key: of for key, of in value.items() if key not in ("resourceType", "div") and not key.startswith("_")}
    inner = "".join(as_xml(key, of) for key, of in fields.items())
    if kind := value.get("resourceType"):
        inner = f"<{kind}{space}>{inner}</{kind}>"
        return inner if space else f"<{name}>{inner}</{name}>"
    return f"<{name}>{inner}</{name}>"


def test_real_bundles_give_the_same_record_in_xml(data_root: Path, written: Write) -> None:
    paths = sorted((data_root / "fhir").glob("*.json"))[::7]
    if not paths:
        pytest.skip(f"needs {data_root / 'fhir'}")
    for path in paths:
        data = json.loads(path.read_text())
        for entry in data["entry"]:
            entry["resource"].pop("text", None)
        xml = as_xml("", data, ' xmlns="http://hl7.org/fhir"')
        assert read_record(written(xml, "record.xml")) == read_record(path)

"""A patient's FHIR record to values beside their ranges, and to tokens: `python examples/read_record.py`."""

import json
from pathlib import Path
from typing import Any

import wugan
from wugan.modalities.medical.records import RecordEncoder, RecordSource, describe, read_record
from wugan.tokens import Tokens


def lab(code: str, value: Any, unit: str, day: str) -> dict[str, Any]:
    """A laboratory value of the only patient."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": day,
        "valueQuantity": {"value": value, "unit": unit},
    }


resources: list[dict[str, Any]] = [
    {"resourceType": "Patient", "id": "1", "gender": "female", "birthDate": "1950-03-01"},
    lab("718-7", 12.4, "g/dL", "2024-01-10"),  # haemoglobin
    lab("718-7", 92, "g/L", "2024-05-02"),  # the same in another unit
    lab("14682-9", 141, "umol/L", "2024-05-02"),  # creatinine
    lab("2823-3", "6,4", "mmol/L", "2024-05-02"),  # potassium, with a decimal comma
    lab("777-3", 250000, "10*9/L", "2024-05-02"),  # platelets, in the wrong unit
]
bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": of} for of in resources]}
Path("record.json").write_text(json.dumps(bundle))

record = read_record("record.json")
for of in record.observations:
    print(f"{of.display}: {of.value:g} {of.unit}  {of.flag}" + (f"  (from {of.derived})" if of.derived else ""))
for note in record.notes:
    print("note:", note)


def show(packet: wugan.Packet[Tokens]) -> None:
    """Each token, and how many days it is before the newest."""
    tokens = packet.data
    assert tokens.positions is not None
    print(f"{len(tokens)} tokens of {tokens.values.shape[1]} numbers")
    for text, days in zip(describe(record), tokens.positions[:, 0], strict=True):
        print(f"  {days:5.0f} days before: {text}")


pipeline = wugan.Pipeline("record")
source = pipeline.source(RecordSource("record.json"))
pipeline.sink(show, pipeline.stage(RecordEncoder(), source))
with pipeline.run() as running:
    running.wait()

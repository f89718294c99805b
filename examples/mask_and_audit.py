"""A record on its way out: de-identified, a letter masked, and an audit trail: `python examples/mask_and_audit.py`."""

import hashlib
import json
from pathlib import Path

from wugan.errors import DataError
from wugan.modalities.medical.deidentify.fhir import FhirDeidentifier
from wugan.privacy.audit import AuditTrail, verify
from wugan.privacy.pseudonyms import Pseudonyms
from wugan.privacy.text import TextMask

letter = "Mrs Okonkwo, MRN 8837261, was seen by Dr. Maria Berg on 3 March 2021. Potassium 4.2. Call 555-123-4567."
print(TextMask().mask(letter))

record = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [
        {
            "resource": {
                "resourceType": "Patient",
                "id": "1",
                "birthDate": "1961-05-06",
                "name": [{"family": "Okonkwo"}],
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3", "display": "Potassium"}]},
                "subject": {"reference": "Patient/1", "display": "Adaeze Okonkwo"},
                "effectiveDateTime": "2021-03-03",
                "valueQuantity": {"value": 4.2, "unit": "mmol/L"},
                "note": [{"text": letter}],
            }
        },
    ],
}
clean, notes = FhirDeidentifier(Pseudonyms.load("key"))(record)  # the same key gives the same stand-ins
text = json.dumps(clean, indent=1)
Path("record.json").write_text(text)
print("the name is gone:", "okonkwo" not in text.lower(), "| the value is there:", "4.2" in text)

trail = AuditTrail("trail.jsonl")
trail.record("export", inputs={"record": hashlib.sha256(json.dumps(record).encode()).hexdigest()}, notes=len(notes))
trail.record("export", inputs={"letter": hashlib.sha256(letter.encode()).hexdigest()})
print(verify("trail.jsonl").entries, "entries, unchanged")

Path("trail.jsonl").write_text(Path("trail.jsonl").read_text().replace('"notes":0', '"notes":1'))
try:
    verify("trail.jsonl")
except DataError as error:
    print(error)

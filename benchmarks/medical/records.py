"""A FHIR bundle of one megabyte to tokens, step by step; beside it, in the same run, fhir.resources R4B.

    python benchmarks/medical/records.py [--megabytes 1] [--repeat 7]

The bundle is composed of whole Synthea records from `fhir/` of the data folder ($WUGAN_DATA, else ../shared/data beside
the checkout); a second one is made up. fhir.resources parses and validates the same bytes; it neither compares values
with ranges nor makes tokens. Processor time, the best of the repeats; everything here runs in one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data"))
LABS = [("718-7", 13, "g/dL"), ("14749-6", 5.5, "mmol/L"), ("14682-9", 80, "umol/L"), ("2951-2", 140, "mmol/L")]


def real_bundle(size: int) -> tuple[bytes, str]:
    """Whole records of several patients, at least `size` bytes, and what it is."""
    entries: list[Any] = []
    files = sorted((DATA / "fhir").glob("*.json"), reverse=True)
    raw, patients = b"", 0
    while len(raw) < size:
        entries += json.loads(files[patients].read_text())["entry"]
        raw = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=2).encode()
        patients += 1
    return raw, f"{patients} Synthea patients"


def made_bundle(size: int) -> tuple[bytes, str]:
    """Laboratory values of one patient over years, half of them in SI units that have to be converted."""
    chance = random.Random(0)
    patient = {"resourceType": "Patient", "id": "p", "gender": "male", "birthDate": "1950-01-01"}
    entries: list[Any] = [{"resource": patient}]
    while True:
        i = len(entries)
        code, value, unit = chance.choice(LABS)
        entries.append(
            {
                "fullUrl": f"urn:uuid:{i}",
                "resource": {
                    "resourceType": "Observation",
                    "id": str(i),
                    "status": "final",
                    "code": {"coding": [{"system": "http://loinc.org", "code": code, "display": "a quantity"}]},
                    "subject": {"reference": "Patient/p"},
                    "effectiveDateTime": f"{2000 + i % 25}-{1 + i % 12:02}-{1 + i % 28:02}T{i % 24:02}:00:00+01:00",
                    "valueQuantity": {"value": round(value * chance.uniform(0.7, 1.4), 3), "unit": unit},
                },
            }
        )
        if i % 200 == 0:
            raw = json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=2).encode()
            if len(raw) >= size:
                return raw, "one made-up patient, half the values in SI units"


def best(call: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Least processor time in seconds, and the result."""
    shortest, result = float("inf"), None
    for _ in range(repeat):
        start = time.process_time()
        result = call()
        shortest = min(shortest, time.process_time() - start)
    return shortest, result


def peak(call: Callable[[], Any]) -> float:
    """Most that Python held at once beyond what it held before, MB."""
    tracemalloc.start()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def report(raw: bytes, what: str, repeat: int, folder: str) -> None:
    """Print the times for one bundle."""
    from fhir.resources.R4B.bundle import Bundle

    from wugan.modalities.medical.records import RecordEncoder, read_records
    from wugan.packet import Packet

    encoder = RecordEncoder()

    path = Path(folder) / "bundle.json"
    path.write_bytes(raw)

    def ours() -> list[Any]:
        records = read_records(path)
        return encoder.encode([Packet(record, 0, stream="record", seq=i) for i, record in enumerate(records)])

    start = time.process_time()
    tokens = ours()
    first = time.process_time() - start
    data = json.loads(raw)
    parse, _ = best(lambda: json.loads(raw), repeat)
    read, records = best(lambda: read_records(path), repeat)
    total, _ = best(ours, repeat)
    encode, _ = best(lambda: encoder.encode([Packet(of, 0, stream="r", seq=i) for i, of in enumerate(records)]), repeat)
    start = time.process_time()
    Bundle.model_validate_json(raw)
    peer_first = time.process_time() - start
    peer, _ = best(lambda: Bundle.model_validate_json(raw), max(2, repeat // 2))
    print(f"\n{what}: {len(raw) / 1e6:.2f} MB, {len(data['entry'])} resources, {sum(map(len, tokens))} tokens")
    rows = [
        ("json.loads", parse), ("file to record", read), ("record to tokens", encode),
        ("wugan, file to tokens", total), ("  the first time in the process", first),
        ("fhir.resources R4B, bytes to models", peer), ("  the first time in the process", peer_first),
    ]  # fmt: skip
    for name, seconds in rows:
        print(f"  {name:38s}{seconds * 1e3:9.1f} ms")
    print(f"  ratio {peer / total:.1f}; peak of Python's memory {peak(ours):.1f} MB, fhir.resources "
          f"{peak(lambda: Bundle.model_validate_json(raw)):.1f} MB")  # fmt: skip


def main() -> None:
    """Run both bundles."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--repeat", type=int, default=7)
    given = parser.parse_args()
    size = round(given.megabytes * 1e6)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        if (DATA / "fhir").is_dir():
            report(*real_bundle(size), given.repeat, folder)
        else:
            print(f"{DATA / 'fhir'} is not there: only the made-up bundle")
        report(*made_bundle(size), given.repeat, folder)


if __name__ == "__main__":
    main()

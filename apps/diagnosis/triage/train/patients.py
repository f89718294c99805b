"""Parts of composed cases whose truth is known: records with changed values, scans with drawn nodules, slides.

A case's truth is what the rules say of the true state: values before the laboratory's error, nodules that were drawn.
What the encoders get is what was measured: values with an error, scans with noise. Nothing here is a clinical outcome.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.findings import NODULE_MM, ct_findings, half_width, record_findings
from wugan.apps.diagnosis.pipeline import CtLook, RecordLook, SlideLook
from wugan.apps.diagnosis.result import Finding, Urgency
from wugan.apps.diagnosis.triage.rules import levels
from wugan.modalities.medical.ct.encoder import CtAnalysis, CtEncoder
from wugan.modalities.medical.ct.measures import Measurement, measures
from wugan.modalities.medical.ct.trunk import trunk
from wugan.modalities.medical.records.labs import LOINC, analytes
from wugan.modalities.medical.records.reader import read_record
from wugan.tokens import Tokens

_CRITICAL = (
    "hemoglobin",
    "leukocytes",
    "platelets",
    "sodium",
    "potassium",
    "calcium",
    "bicarbonate",
    "glucose",
    "lactate",
)


@dataclass(frozen=True, slots=True)
class Part:
    """One modality of one made case.

    Attributes:
        tokens: of what was measured.
        findings: in what was measured.
        prompt: whether its true state calls for at least `prompt`.
        urgent: likewise for `urgent`.
    """

    tokens: Tokens
    findings: tuple[Finding, ...]
    prompt: bool
    urgent: bool


def made_record(path: Path, random: np.random.Generator, folder: Path) -> Part:
    """A patient's record with changed and added values, a diagnosis now and then, read as it is in use."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    subject, newest = _subject(bundle), _newest(bundle)
    truth = copy.deepcopy(bundle)
    for _ in range(int(random.choice([0, 0, 1, 1, 2, 3]))):
        truth["entry"].append({"resource": _lab(random, subject, newest)})
    if random.random() < 0.15:
        truth["entry"].append({"resource": _condition(random, subject, newest)})
    measured = copy.deepcopy(truth)
    true_record = read_record(truth)
    errors = {of.source.rpartition("/")[2]: half_width(of) / 1.96 for of in true_record.observations if of.source}
    for entry in measured["entry"]:
        resource = entry["resource"]
        quantity = resource.get("valueQuantity")
        if resource["resourceType"] == "Observation" and quantity and resource.get("id") in errors:
            quantity["value"] = float(quantity["value"]) + float(random.normal()) * errors[resource["id"]]
    file = folder / "record.json"
    file.write_text(json.dumps(measured), encoding="utf-8")
    seen = RecordLook().look(file)
    assert seen.tokens is not None
    prompt, urgent = levels(_certain(record_findings(true_record)))
    return Part(seen.tokens, seen.findings, prompt > 0.5, urgent > 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A made-up scan, analysed.

    Attributes:
        analysis: as in use.
        measurements: likewise.
        nodules: that were drawn, `[N, 4]`: x, y, z (LPS mm), diameter.
    """

    analysis: CtAnalysis
    measurements: tuple[Measurement, ...]
    nodules: NDArray[np.float64]

    def part(self) -> Part:
        """Findings of today's rules."""
        wide = bool((self.nodules[:, 3] >= NODULE_MM).any())
        findings = tuple(ct_findings(self.analysis, self.measurements))
        return Part(self.analysis.tokens, findings, wide, False)

    def hits(self) -> NDArray[np.bool_]:
        """Of each candidate, whether it lies in a drawn nodule of at least 6 mm."""
        found = [False] * len(self.analysis.candidates)
        for i, one in enumerate(self.analysis.candidates):
            for x, y, z, diameter in self.nodules[self.nodules[:, 3] >= NODULE_MM]:
                found[i] |= bool(np.linalg.norm(one.center_mm - (x, y, z)) <= max(diameter / 2, 3.0))
        return np.array(found, bool)


def made_scan(random: np.random.Generator) -> Scan:
    """A made-up trunk with drawn nodules, or none, and with noise of a scan at low or usual dose."""
    count = int(random.choice([0, 0, 0, 1, 1, 2]))
    whole = random.random() < 0.85
    nodules = np.array([_nodule(random) for _ in range(count if whole else 0)]).reshape(-1, 4)
    made = trunk(
        3.0,
        heights=(40.0, 300.0) if whole else (-40.0, 150.0),
        contrast=bool(random.random() < 0.3),
        trabecular=float(random.uniform(70, 220)),
        noise=float(random.uniform(5, 40)),
        vessels=int(random.integers(30, 80)),
        nodules=nodules,
        seed=int(random.integers(1 << 30)),
    )
    analysis = CtEncoder().analyse(made.volume)
    assert analysis is not None
    return Scan(analysis, tuple(measures(analysis.compartments)), nodules)


def read_scan(path: Path) -> Part:
    """A real scan without lungs to speak of: whether there are nodules is not known, and taken as no."""
    seen = CtLook().look(path)
    assert seen.tokens is not None
    return Part(seen.tokens, seen.findings, False, False)


def slide_pool(path: Path) -> tuple[list[Tokens], list[Tokens], tuple[Finding, ...]]:
    """Tokens of a slide's upper and lower half, each drawn anew into a few pools; and its findings."""
    seen = SlideLook().look(path)
    assert seen.tokens is not None and seen.tokens.positions is not None
    y = seen.tokens.positions[1:, 1]
    upper = y <= np.median(y)
    random = np.random.default_rng(0)
    halves = []
    for half in (np.flatnonzero(upper) + 1, np.flatnonzero(~upper) + 1):
        pool = []
        for _ in range(8):
            rows = np.sort(random.choice(half, max(4, int(0.7 * len(half))), replace=False))
            chosen = np.concatenate([[0], rows])
            values = seen.tokens.values[chosen].copy()
            values[0] = values[1:].mean(0)
            times = np.zeros(len(chosen), np.int64)
            pool.append(Tokens(values, times, "slide", positions=seen.tokens.positions[chosen]))
        halves.append(pool)
    return halves[0], halves[1], seen.findings


def _certain(findings: Sequence[Finding]) -> list[Finding]:
    """Findings of a true state: each is so or not."""
    return [f.model_copy(update={"probability": float((f.probability or 0) >= 0.5)}) for f in findings]


def _nodule(random: np.random.Generator) -> NDArray[np.float64]:
    """Centre and diameter of a nodule within a lung."""
    side = float(random.choice([-74.0, 74.0]))
    diameter = float(random.choice([random.uniform(4, 8), random.uniform(8, 20)]))
    direction = random.normal(size=3)
    direction *= random.uniform(0, 0.75) / np.linalg.norm(direction)
    return np.array([side + 45 * direction[0], 60 * direction[1], 235 + 55 * direction[2], diameter])


def _lab(random: np.random.Generator, subject: str, newest: datetime) -> dict[str, Any]:
    """A laboratory value from the middle of its range to beyond a critical limit."""
    analyte = analytes()[str(random.choice(_CRITICAL))]
    normal = analyte.range("male", 50.0)
    assert normal is not None
    ends = [end for end in analyte.critical if end is not None]
    limit = float(ends[int(random.integers(len(ends)))])
    known = [end for end in (normal.low, normal.high) if end is not None]
    middle = float(np.mean(known))
    value = middle + float(random.uniform(0, 1.5)) * (limit - middle)
    value = float(np.clip(value, analyte.possible[0], analyte.possible[1]))
    when = newest if random.random() < 0.75 else newest - timedelta(days=float(random.uniform(100, 900)))
    return {
        "resourceType": "Observation",
        "id": f"made-{random.integers(1 << 40)}",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": analyte.loinc[0], "display": analyte.name}]},
        "subject": {"reference": subject},
        "effectiveDateTime": when.isoformat(),
        "valueQuantity": {
            "value": value,
            "unit": analyte.unit,
            "system": "http://unitsofmeasure.org",
            "code": analyte.unit,
        },
    }


def _condition(random: np.random.Generator, subject: str, newest: datetime) -> dict[str, Any]:
    code, name = [
        ("C34.1", "Malignant neoplasm of upper lobe, bronchus or lung"),
        ("C18.9", "Malignant neoplasm of colon"),
        ("I21.9", "Acute myocardial infarction"),
        ("J45.9", "Asthma"),
        ("M54.5", "Low back pain"),
    ][int(random.integers(5))]
    days = float(random.choice([2.0, 300.0]))
    return {
        "resourceType": "Condition",
        "id": f"made-{random.integers(1 << 40)}",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code, "display": name}]},
        "subject": {"reference": subject},
        "onsetDateTime": (newest - timedelta(days=days)).isoformat(),
    }


def _subject(bundle: dict[str, Any]) -> str:
    for entry in bundle["entry"]:
        reference = entry["resource"].get("subject", {}).get("reference")
        if reference:
            return str(reference)
    return "Patient/p"


def _newest(bundle: dict[str, Any]) -> datetime:
    times = []
    for entry in bundle["entry"]:
        text = entry["resource"].get("effectiveDateTime") or entry["resource"].get("onsetDateTime")
        if text:
            moment = datetime.fromisoformat(text)
            times.append(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    return max(times)


def worst(parts: Sequence[Part]) -> Urgency:
    """What the true state of all parts calls for."""
    if any(part.urgent for part in parts):
        return Urgency.URGENT
    return Urgency.PROMPT if any(part.prompt for part in parts) else Urgency.ROUTINE

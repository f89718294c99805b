from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from wugan.apps.diagnosis.demo import record
from wugan.apps.diagnosis.result import Urgency
from wugan.apps.diagnosis.triage.rules import levels
from wugan.apps.diagnosis.triage.train.patients import Part, made_record, worst


def test_truth_and_what_is_measured_mostly_agree(tmp_path: Path) -> None:
    bundle = record()
    # Without what makes the invented patient urgent as it is.
    bundle["entry"] = [
        e for e in bundle["entry"] if "2823-3" not in e["resource"]["id"] and "2160" not in e["resource"]["id"]
    ]
    (tmp_path / "patient.json").write_text(json.dumps(bundle))
    random = np.random.default_rng(0)
    parts = [made_record(tmp_path / "patient.json", random, tmp_path) for _ in range(40)]
    agree = [(levels(part.findings)[1] > 0.5) == part.urgent for part in parts]
    assert 2 <= sum(part.urgent for part in parts) <= 30 and np.mean(agree) > 0.8
    assert all(part.prompt or not part.urgent for part in parts)


def test_a_case_is_as_urgent_as_its_worst_part() -> None:
    none, prompt, urgent = (Part(None, (), p, u) for p, u in ((False, False), (True, False), (True, True)))  # type: ignore[arg-type]
    assert worst([none, none]) is Urgency.ROUTINE
    assert worst([none, prompt]) is Urgency.PROMPT
    assert worst([urgent, prompt]) is Urgency.URGENT

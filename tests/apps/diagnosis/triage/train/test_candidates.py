from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from wugan.apps.diagnosis.triage.train.candidates import fit
from wugan.apps.diagnosis.triage.train.patients import Scan
from wugan.modalities.medical.ct.lesions import Candidate


def test_shares_are_found_again() -> None:
    """Candidates with a score of .9 are nodules in four of five, those of .5 in one of five."""
    candidates, nodules = [], []
    for i in range(600):
        score, real = (0.9, i % 10 < 8) if i % 2 else (0.5, i % 10 < 2)
        candidates.append(
            Candidate(np.array([20.0 * i, 0, 0]), 10.0, 0.0, score, "solid-nodule", np.zeros((1, 3), int))
        )
        if real:
            nodules.append((20.0 * i, 0, 0, 10.0))
    scan = Scan(SimpleNamespace(candidates=candidates), (), np.array(nodules))  # type: ignore[arg-type]
    hits = scan.hits()
    weights = fit([scan])
    for score in (0.9, 0.5):
        mine = np.array([c.score == score for c in candidates])
        chance = 1 / (1 + np.exp(-(weights @ [1, score, 0.0, 1.0])))
        assert chance == pytest.approx(hits[mine].mean(), abs=0.08)

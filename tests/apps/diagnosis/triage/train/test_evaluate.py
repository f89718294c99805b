from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.diagnosis.triage.train.evaluate import score


def test_perfect_and_honest_probabilities() -> None:
    truth = np.array([0, 1, 2, 0])
    sure = score(np.eye(3)[truth], truth)
    assert sure == {"accuracy": 1.0, "log_loss_bits": 0.0, "ece": 0.0, "entropy_bits": 0.0}
    # Half sure of two classes, right half of the time.
    half = score(np.array([[0.5, 0.5, 0.0]] * 4), np.array([0, 1, 0, 1]))
    assert half["accuracy"] == 0.5 and half["log_loss_bits"] == pytest.approx(1) and half["ece"] == 0


def test_overconfidence_shows() -> None:
    wrong = score(np.array([[0.99, 0.005, 0.005]] * 10), np.array([0] * 5 + [1] * 5))
    assert wrong["ece"] == pytest.approx(0.49, abs=1e-6)

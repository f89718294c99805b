"""Figures on held-out composed cases, with every subset of modalities."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.result import Modality, Urgency
from wugan.apps.diagnosis.triage.network import TriageModel
from wugan.apps.diagnosis.triage.rules import Levels, assess
from wugan.apps.diagnosis.triage.train.compose import SUBSETS, Composed
from wugan.apps.diagnosis.triage.train.fit import logits_of
from wugan.learn.calibration import softmax
from wugan.learn.metrics import top_calibration_error

_NAMES = [u.value for u in Urgency]
Predict = Callable[[Sequence[Composed]], NDArray[np.float64]]
NOTHING: dict[Modality, Levels] = {"ct": (0.0, 0.0), "slide": (0.0, 0.0), "record": (0.0, 0.0)}


def by_rules(usual: dict[Modality, Levels]) -> Predict:
    """The rules, what is missing counting as `usual`."""

    def predict(cases: Sequence[Composed]) -> NDArray[np.float64]:
        out = []
        for case in cases:
            found = assess(case.findings, usual)
            assert found is not None
            out.append([found.probabilities[name] for name in _NAMES])
        return np.array(out)

    return predict


def by_network(model: TriageModel) -> Predict:
    """The fusion network."""

    def predict(cases: Sequence[Composed]) -> NDArray[np.float64]:
        windows = [{str(m): of for m, of in case.tokens.items()} for case in cases]
        return softmax(logits_of(model.network, windows) / model.info.temperature)

    return predict


def by_share(train: Sequence[Composed]) -> Predict:
    """What is the most frequent in training."""
    share = np.array([np.mean([c.truth.value == name for c in train]) for name in _NAMES])
    return lambda cases: np.repeat(share[None], len(cases), 0)


def figures(cases: Sequence[Composed], methods: dict[str, Predict]) -> list[dict[str, object]]:
    """Accuracy, log loss (bits), expected calibration error and mean entropy of each method with each subset."""
    truth = np.array([_NAMES.index(c.truth.value) for c in cases])
    rows: list[dict[str, object]] = []
    for names in SUBSETS:
        part = [case.only(names) for case in cases]
        for method, predict in methods.items():
            p = predict(part)
            rows.append({"modalities": "+".join(names), "method": method, **score(p, truth)})
    return rows


def score(p: NDArray[np.float64], truth: NDArray[np.int64]) -> dict[str, float]:
    """Figures of probabilities `[N, 3]`."""
    right = p.argmax(1) == truth
    chance = np.clip(p[np.arange(len(truth)), truth], 1e-6, 1)
    entropy = -(p * np.log2(np.clip(p, 1e-12, 1))).sum(1)
    return {
        "accuracy": round(float(right.mean()), 4),
        "log_loss_bits": round(float(-np.log2(chance).mean()), 4),
        "ece": round(top_calibration_error(p, truth), 4),
        "entropy_bits": round(float(entropy.mean()), 4),
    }

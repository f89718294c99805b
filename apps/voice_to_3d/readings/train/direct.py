"""Fits the direct readings: logistic regressions of first tokens, in closed form as it were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.customer_service.network import Direct
from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.network import ReadingNetwork
from wugan.apps.voice_to_3d.readings.train.baselines import embedding, prosody, summary
from wugan.apps.voice_to_3d.readings.train.data import Data

OPEN = ("said", "open")
_INVERSE_PENALTY = {"size": 0.1, "kind": 0.1, "open": 0.1, "effort": 0.01, "shape": 0.1}


def fit_direct(network: ReadingNetwork, data: Data) -> None:
    """Fit all direct readings of a network on these data."""
    read = embedding(data.texts)
    said = [text.sentence for text in data.texts]
    jobs: dict[str, tuple[NDArray[np.float64], list[str], Sequence[str]]] = {
        "size": (read, [one.size for one in said], LABELS["size"]),
        "kind": (read, [one.kind for one in said], LABELS["kind"]),
        "open": (read, [OPEN[one.open] for one in said], OPEN),
        "effort": (prosody(data.voices), [voice.effort for voice in data.voices], LABELS["strength"]),
        "shape": (summary(data.scans), [scan.shape for scan in data.scans], LABELS["shape"]),
    }
    for name, (x, labels, classes) in jobs.items():
        network.direct[name] = fitted(x, labels, classes, _INVERSE_PENALTY[name])


def fitted(x: NDArray[np.float64], labels: Sequence[str], classes: Sequence[str], inverse_penalty: float) -> Direct:
    """A logistic regression of standardised values, every class counting as much.

    Args:
        x: `[N, D]`.
        labels: class of each.
        classes: all classes, in the order of the logits.
        inverse_penalty: scikit-learn's `C`.
    """
    from sklearn.linear_model import LogisticRegression

    with torch.random.fork_rng(devices=[]):
        reading = Direct(x.shape[1], len(classes))
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-3)
    z = np.clip((x - mean) / scale, -5, 5)
    model = LogisticRegression(C=inverse_penalty, max_iter=2000, class_weight="balanced").fit(z, list(labels))
    order = [model.classes_.tolist().index(name) for name in classes]
    if len(classes) == 2:  # scikit-learn keeps one row
        rows = np.stack([np.zeros(x.shape[1]), model.coef_[0]])[order]
        bias = np.array([0.0, model.intercept_[0]])[order]
    else:
        rows, bias = model.coef_[order], model.intercept_[order]
    with torch.no_grad():
        for target, value in (
            (reading.mean, mean),
            (reading.scale, scale),
            (reading.linear.weight, rows),
            (reading.linear.bias, bias),
        ):
            target.copy_(torch.as_tensor(value))  # type: ignore[operator]
    return reading

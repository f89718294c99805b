"""How probable it is that a nodule candidate is one: logistic in its score and width, fitted to drawn nodules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.findings import candidate_features
from wugan.apps.diagnosis.triage.train.patients import Scan

_RIDGE = 1.0


def fit(scans: Sequence[Scan]) -> NDArray[np.float64]:
    """Coefficients, the constant first."""
    x = np.array([candidate_features(c) for s in scans for c in s.analysis.candidates])
    y = np.concatenate([s.hits() for s in scans]).astype(float)
    design = np.column_stack([np.ones(len(x)), x])
    weights = np.zeros(design.shape[1])
    for _ in range(50):  # Newton's method
        chance = 1 / (1 + np.exp(-design @ weights))
        ridge = _RIDGE * np.r_[0.0, np.ones(x.shape[1])]
        gradient = design.T @ (y - chance) - ridge * weights
        hessian = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(hessian + 1e-9 * np.eye(len(hessian)), gradient)
        weights += step
        if np.abs(step).max() < 1e-8:
            break
    return weights

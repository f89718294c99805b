"""Fit weights and calibration to held-out readings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.calibration import GROUPS, LABELS, Calibration, groups
from wugan.apps.diagnosis.cohort.hazards import CAUSES, fit_baseline
from wugan.apps.diagnosis.cohort.targets import Events
from wugan.apps.diagnosis.cohort.train.fit import causes
from wugan.apps.diagnosis.cohort.train.ridge_cox import fit_cox

Array = NDArray[np.float64]
_PENALTY = 0.02
"""Of the weights; it shares them between groups that say the same."""


def fit_calibration(readings: Array, outcome: Events) -> Calibration:
    """Weights, baselines and label calibration.

    Args:
        readings: `[N, readings, causes]`, of patients whom the readings had not seen.
        outcome: theirs.
    """
    of = groups(readings)
    scale = np.maximum(of.std(axis=0), 1e-6)
    weights = np.zeros((len(GROUPS), len(CAUSES)))
    for column, (days, event) in enumerate(causes(outcome).values()):
        x = of[:, :, column] / scale[:, column]
        weights[:, column] = fit_cox(x, days, event, _PENALTY, positive=True)
        if not weights[:, column].any():  # nothing is read from this: the baseline alone speaks
            weights[:, column] = 1e-3
    risk = (of * weights / scale).sum(axis=1)
    fitted = [fit_baseline(risk[:, c], days, event) for c, (days, event) in enumerate(causes(outcome).values())]
    labels = outcome.labels()
    reads = {"status": (0, 1), "death": (0, 1), "recurrence": (2,)}
    return Calibration(
        scale=scale.tolist(),
        weights=weights.tolist(),
        baseline=[baseline.tolist() for baseline, _ in fitted],
        slope=[slope for _, slope in fitted],
        labels={name: fit_logistic(risk[:, reads[name]], labels[name]).tolist() for name in LABELS},
    )


def fit_logistic(x: Array, label: Array, penalty: float = 1.0) -> Array:
    """Intercept and slopes; slopes are not negative, and a ridge pulls them to zero. NaN labels are left out."""
    known = ~np.isnan(label)
    x, y = np.column_stack([np.ones(known.sum()), x[known]]), label[known]
    ridge = np.array([1e-3] + [penalty] * (x.shape[1] - 1))
    b = np.zeros(x.shape[1])
    rate = np.clip(y.mean() if len(y) else 0.5, 1e-3, 1 - 1e-3)
    b[0] = np.log(rate / (1 - rate))
    free = np.ones(len(b), bool)
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ b))
        gradient = x.T @ (y - p) - ridge * b
        free = (b > 0) | (gradient > 0)
        free[0] = True
        curvature = (x[:, free] * (p * (1 - p))[:, None]).T @ x[:, free] + np.diag(ridge[free])
        step = np.zeros(len(b))
        step[free] = np.linalg.solve(curvature, gradient[free])
        new = b + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        new[1:] = new[1:].clip(0)
        moved, b = float(np.abs(new - b).max()), new
        if moved < 1e-8:
            break
    return b

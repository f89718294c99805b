"""How probable it is that a nodule candidate is one: logistic in its score and width, fitted to drawn nodules."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.findings import candidate_features
from wugan.apps.diagnosis.triage.train.patients import Scan


def fit(scans: Sequence[Scan]) -> NDArray[np.float64]:
    """Coefficients, the constant first."""
    from sklearn.linear_model import LogisticRegression

    x = np.array([candidate_features(c) for s in scans for c in s.analysis.candidates])
    y = np.concatenate([s.hits() for s in scans]).astype(float)
    model = LogisticRegression(C=1.0, max_iter=500, tol=1e-8).fit(x, y)
    return np.r_[model.intercept_, model.coef_[0]]

from __future__ import annotations

import numpy as np
import torch
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression

from wugan.learn.direct import fit_discriminant, fit_logistic

CLASSES = ["a", "b", "c"]


def data() -> tuple[np.ndarray, list[str]]:
    rng = np.random.default_rng(0)
    index = np.arange(300) % 3
    centres = rng.standard_normal((3, 10))
    return (centres[index] + rng.standard_normal((300, 10))).astype(np.float32), [CLASSES[k] for k in index]


def read(reading: torch.nn.Module, x: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return torch.softmax(reading(torch.as_tensor(x)), -1).numpy()


def test_the_discriminant_is_that_of_scikit_learn() -> None:
    x, labels = data()
    z = ((x - x.mean(0)) / x.std(0)).clip(-5, 5)
    theirs = LinearDiscriminantAnalysis("lsqr", shrinkage=0.3, priors=np.ones(3) / 3).fit(z, labels)
    ours = read(fit_discriminant(x, labels, CLASSES, 0.3), x)
    np.testing.assert_allclose(ours, theirs.predict_proba(z), atol=1e-4)


def test_classes_keep_their_order() -> None:
    x, labels = data()
    turned = read(fit_discriminant(x, labels, CLASSES[::-1], 0.3), x)
    np.testing.assert_allclose(turned[:, ::-1], read(fit_discriminant(x, labels, CLASSES, 0.3), x), atol=1e-5)
    turned = read(fit_logistic(x, labels, CLASSES[::-1], 1.0), x)
    theirs = LogisticRegression(C=1.0, max_iter=500).fit(x, labels).predict_proba(x)
    np.testing.assert_allclose(turned[:, ::-1], theirs, atol=1e-3)

"""The two ways to fit a direct reading: for few recordings a discriminant, for many sentences a logistic regression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.customer_service.network import Direct


def fit_discriminant(x: NDArray[np.float32], labels: Sequence[str], classes: Sequence[str], shrinkage: float) -> Direct:
    """Fit a direct reading as a linear discriminant with equal priors.

    The covariance within classes is shrunk towards a multiple of the identity (Friedman, JASA 84, 1989). Variants of a
    clip lie within its class, so directions in which they differ (channel, noise, speaker) count for less.

    Args:
        x: `[N, S]` summary vectors.
        labels: class of each.
        classes: all classes, in the order of the logits.
        shrinkage: 0 for none, 1 for a multiple of the identity.
    """
    reading = Direct(x.shape[1], len(classes))
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-3)
    z = np.clip((x - mean) / scale, -5, 5).astype(np.float64)
    index = np.asarray([list(classes).index(label) for label in labels])
    centres = np.stack([z[index == k].mean(axis=0) for k in range(len(classes))])
    within = np.zeros((z.shape[1], z.shape[1]))
    for k, centre in enumerate(centres):
        of = z[index == k] - centre
        within += of.T @ of / len(of) / len(classes)
    within = (1 - shrinkage) * within + shrinkage * np.trace(within) / len(within) * np.eye(len(within))
    weight = np.linalg.solve(within, centres.T).T
    with torch.no_grad():
        for target, value in (
            (reading.mean, mean),
            (reading.scale, scale),
            (reading.linear.weight, weight),
            (reading.linear.bias, -0.5 * (weight * centres).sum(axis=1)),
        ):
            target.copy_(torch.as_tensor(value))  # type: ignore[operator]
    return reading


def fit_logistic(
    x: NDArray[np.float32], labels: Sequence[str], classes: Sequence[str], inverse_penalty: float
) -> Direct:
    """Fit a direct reading of unit-length vectors by multinomial logistic regression, without standardising.

    Args:
        x: `[N, S]` summary vectors.
        labels: class of each.
        classes: all classes, in the order of the logits.
        inverse_penalty: scikit-learn's `C`.
    """
    from sklearn.linear_model import LogisticRegression

    reading = Direct(x.shape[1], len(classes))
    fitted = LogisticRegression(C=inverse_penalty, max_iter=500).fit(x, labels)
    order = [fitted.classes_.tolist().index(name) for name in classes]
    with torch.no_grad():
        reading.linear.weight.copy_(torch.as_tensor(fitted.coef_[order]))
        reading.linear.bias.copy_(torch.as_tensor(fitted.intercept_[order]))
    return reading

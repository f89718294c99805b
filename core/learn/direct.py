"""`Direct`: a linear reading of one vector, and the two ways to fit it in closed form.

For few recordings a discriminant, for many sentences a logistic regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.errors import PluginError

_CLIP = 5.0  # deviations beyond which a value says no more


class Direct(nn.Module):
    """A standardised linear reading of one vector of a window's input, beside what the backbone makes of it."""

    def __init__(self, size: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.linear = nn.Linear(size, classes)

    def forward(self, x: Tensor) -> Tensor:
        """`[B, size]` to logits `[B, classes]`."""
        mean, scale = cast(Tensor, self.mean), cast(Tensor, self.scale)
        return self.linear(((x - mean) / scale).clamp(-_CLIP, _CLIP))


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
    mean, scale, z = _standardised(x)
    index = np.asarray([list(classes).index(label) for label in labels])
    centres = np.stack([z[index == k].mean(axis=0) for k in range(len(classes))])
    within = np.zeros((z.shape[1], z.shape[1]))
    for k, centre in enumerate(centres):
        of = z[index == k] - centre
        within += of.T @ of / len(of) / len(classes)
    within = (1 - shrinkage) * within + shrinkage * np.trace(within) / len(within) * np.eye(len(within))
    weight = np.linalg.solve(within, centres.T).T
    return _made(mean, scale, weight, -0.5 * (weight * centres).sum(axis=1))


def fit_logistic(
    x: NDArray[np.floating],
    labels: Sequence[str],
    classes: Sequence[str],
    inverse_penalty: float,
    *,
    standardise: bool = False,
) -> Direct:
    """Fit a direct reading by multinomial logistic regression.

    Args:
        x: `[N, S]` summary vectors.
        labels: class of each.
        classes: all classes, in the order of the logits.
        inverse_penalty: scikit-learn's `C`.
        standardise: whether values are standardised, and every class counts as much; not for vectors of unit length.

    Raises:
        PluginError: scikit-learn is not installed.
    """
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise PluginError("training needs scikit-learn: pip install 'wugan[train]'") from error
    mean, scale, z = _standardised(x) if standardise else (np.zeros(x.shape[1]), np.ones(x.shape[1]), x)
    weight_of = "balanced" if standardise else None
    model = LogisticRegression(C=inverse_penalty, max_iter=2000, class_weight=weight_of).fit(z, list(labels))
    rows, bias = model.coef_, model.intercept_
    if len(classes) == 2:  # scikit-learn keeps one row
        rows, bias = np.stack([np.zeros(x.shape[1]), rows[0]]), np.array([0.0, bias[0]])
    order = [model.classes_.tolist().index(name) for name in classes]
    return _made(mean, scale, rows[order], bias[order])


def _standardised(x: NDArray[np.floating]) -> tuple[NDArray[Any], NDArray[Any], NDArray[np.float64]]:
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-3)
    return mean, scale, np.clip((x - mean) / scale, -_CLIP, _CLIP).astype(np.float64)


def _made(mean: NDArray[Any], scale: NDArray[Any], weight: NDArray[Any], bias: NDArray[Any]) -> Direct:
    with torch.random.fork_rng(devices=[]):  # what is fitted in closed form does not change the rest's training
        reading = Direct(len(mean), len(bias))
    with torch.no_grad():
        for target, value in (
            (reading.mean, mean),
            (reading.scale, scale),
            (reading.linear.weight, weight),
            (reading.linear.bias, bias),
        ):
            cast(Tensor, target).copy_(torch.as_tensor(value))
    return reading

"""Figures of merit and calibration."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def accuracy(probs: Array, target: Index) -> float:
    """Share of right answers."""
    return float((probs.argmax(axis=1) == target).mean())


def unweighted_recall(probs: Array, target: Index) -> float:
    """Mean over the classes of the share of each that is found."""
    right = probs.argmax(axis=1) == target
    return float(np.mean([right[target == k].mean() for k in np.unique(target)]))


def calibration_error(probs: Array, target: Index, bins: int = 10) -> float:
    """Expected calibration error: confidence against accuracy in equal bins (Guo et al., ICML 2017)."""
    confidence, right = probs.max(axis=1), probs.argmax(axis=1) == target
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(confidence[place == b].mean() - right[place == b].mean()) * (place == b).mean()
            for b in np.unique(place)
        )
    )


def softmax(logits: Array) -> Array:
    """Probabilities."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def pool(readings: list[Array], weights: list[float]) -> Array:
    """Weighted sum of several readings' logits."""
    return np.einsum("r,rnc->nc", np.asarray(weights), np.stack(readings))


def fit_weights(readings: list[Array], target: Index) -> list[float]:
    """Non-negative weights of several readings' logits that make their sum most likely on held-out data.

    For one reading this is temperature scaling (Guo et al.); for several, a logarithmic opinion pool.
    """
    stacked = torch.tensor(np.stack(readings), dtype=torch.float64)
    truth = torch.tensor(target)
    # Each reading starts at the scale of unit deviation, so that the optimiser sees like with like.
    start = 1.0 / stacked.std(dim=(1, 2)).clamp_min(1e-6) / len(readings)
    log_weights = start.log().requires_grad_()
    optimiser = torch.optim.LBFGS([log_weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        loss = F.cross_entropy((log_weights.exp()[:, None, None] * stacked).sum(0), truth)
        loss.backward()
        return loss

    optimiser.step(closure)
    return [float(weight) for weight in log_weights.detach().exp()]

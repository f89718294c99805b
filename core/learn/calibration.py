"""Calibration: the temperature of one reading, the weights of several."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from wugan.learn.metrics import Array, Index


def softmax(logits: Array) -> Array:
    """Probabilities of logits `[N, C]`."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)


def pool(readings: list[Array], weights: list[float]) -> Array:
    """Weighted sum of several readings' logits."""
    return np.einsum("r,rnc->nc", np.asarray(weights), np.stack(readings))


def fit_weights(readings: list[Array], target: Index) -> list[float]:
    """Non-negative weights of several readings' logits that make their sum most likely on held-out data.

    For one reading this is temperature scaling (Guo et al., ICML 2017); for several, a logarithmic opinion pool.
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


def fit_temperature(logits: Array, target: Index) -> float:
    """What logits of held-out data are divided by to make the truth likeliest; between 0.1 and 10."""
    (weight,) = fit_weights([logits], target)
    return float(np.clip(1 / max(weight, 1e-9), 0.1, 10.0))

"""Cox regression with a ridge penalty, by Newton's method."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def partial_log_likelihood(eta: Array, days: Array, event: NDArray[np.bool_]) -> float:
    """Cox's partial log-likelihood of log risks (ties after Breslow), divided by the number of events."""
    order = np.argsort(-days, kind="stable")
    eta, t, e = eta[order], days[order], event[order]
    top = eta.max(initial=0.0)
    total = np.cumsum(np.exp(eta - top))[np.searchsorted(-t, -t, side="right") - 1]
    return float(((eta - top - np.log(total)) * e).sum() / max(e.sum(), 1))


def fit_cox(
    x: Array,
    days: Array,
    event: NDArray[np.bool_],
    penalty: float,
    positive: bool = False,
    start: Array | None = None,
) -> Array:
    """Coefficients `[F]` that maximise the penalised partial likelihood (ties after Breslow).

    Args:
        x: `[N, F]`.
        days: `[N]` to the event or the end of follow-up.
        event: `[N]` whether it came.
        penalty: weight of half the squared distance from `start`, in units of N.
        positive: whether coefficients below zero become zero (projected after each step).
        start: where the penalty pulls to; default zero.
    """
    order = np.argsort(-days, kind="stable")
    x, t, e = x[order], days[order], event[order].astype(float)
    n, size = x.shape
    centre = np.zeros(size) if start is None else start
    last = np.searchsorted(-t, -t, side="right") - 1  # the risk set of a patient: all up to this one
    b = centre.copy()
    for _ in range(30):
        eta = x @ b
        w = np.exp(eta - eta.max())
        total = np.cumsum(w)[last]
        mean = np.cumsum(w[:, None] * x, axis=0)[last] / total[:, None]
        gradient = (e[:, None] * (x - mean)).sum(axis=0) - penalty * n * (b - centre)
        sets = np.zeros(n)
        np.add.at(sets, last, e / total)
        share = np.cumsum(sets[::-1])[::-1]
        curvature = (x * (w * share)[:, None]).T @ x - (mean * e[:, None]).T @ mean
        step = np.linalg.solve(curvature + (penalty * n + 1e-9) * np.eye(size), gradient)
        step *= min(1.0, 2.0 / max(float(np.abs(x @ step).max()), 1e-12))  # a long step may overshoot
        new = np.maximum(b + step, 0.0) if positive else b + step
        moved = float(np.abs(new - b).max())
        b = new
        if moved < 1e-6:
            break
    return b

"""Discrete-time hazards: the follow-up in intervals, likelihood, survival and cumulative incidence.

Source: Tutz & Schmid, Modeling Discrete Time-to-Event Data (2016), chapters 3 and 8 (competing risks).
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

Array = NDArray[np.float64]
YEAR = 365.25
EDGES_Y = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
"""Ends of the intervals in years; what comes later is seen as living through the last."""
BINS = len(EDGES_Y)
CAUSES = ("tumour death", "other death", "recurrence")


def exposure(days: Array, event: NDArray[np.bool_]) -> tuple[Array, Array]:
    """Which intervals a patient was at risk in, and in which one the event came.

    A censored patient counts for an interval if he was seen for at least half of it.

    Args:
        days: `[N]` to the event or to the end of follow-up.
        event: `[N]` whether it came.

    Returns:
        At risk and event, `[N, BINS]` of 0 and 1.
    """
    ends = np.array(EDGES_Y) * YEAR
    starts = np.concatenate([[0.0], ends[:-1]])
    here = (days[:, None] > starts) & (days[:, None] <= ends)
    here[:, 0] |= days <= 0
    seen = days[:, None] >= np.where(event[:, None], starts, (starts + ends) / 2)
    happened = here & event[:, None]
    return (seen | happened).astype(float), happened.astype(float)


def loss(logits: Tensor, at_risk: Tensor, happened: Tensor) -> Tensor:
    """Negative log-likelihood for each patient, summed over the intervals; `[N, BINS]` all."""
    return (F.binary_cross_entropy_with_logits(logits, happened, reduction="none") * at_risk).sum(-1)


def fit_baseline(risk: Array, days: Array, event: NDArray[np.bool_], slope: bool = True) -> tuple[Array, float]:
    """Baseline logits and the risk's slope that make outcomes most likely; a slope is never negative.

    Args:
        risk: `[N]` log relative risk.
        days: `[N]`.
        event: `[N]`.
        slope: whether to fit the slope; else it is 1.

    Returns:
        Baseline logits `[BINS]` and slope.
    """
    at_risk, happened = (torch.tensor(of) for of in exposure(days, event))
    x = torch.tensor(risk)
    rate = ((happened.sum(0) + 0.5) / (at_risk.sum(0) + 1.0)).clamp(1e-4, 0.9)
    baseline = torch.logit(rate).requires_grad_()
    steep = torch.zeros((), dtype=torch.float64, requires_grad=slope)
    parameters = [baseline, steep] if slope else [baseline]
    optimiser = torch.optim.LBFGS(parameters, max_iter=100, line_search_fn="strong_wolfe")
    prior = baseline.detach().clone()

    def closure() -> Tensor:
        optimiser.zero_grad()
        value = loss(baseline + steep.exp() * x[:, None], at_risk, happened).sum()
        value = value + (baseline - prior).square().sum() * 0.1 + steep.square()  # intervals without events stay finite
        value.backward()
        return value

    optimiser.step(closure)
    return baseline.detach().numpy(), float(steep.detach().exp())


def survival(logits: Array) -> Array:
    """Probability of living through each interval, `[..., BINS]`, from the causes' logits `[..., causes, BINS]`."""
    hazard = 1 / (1 + np.exp(-logits))
    return np.cumprod(1 - hazard.sum(axis=-2).clip(0, 1), axis=-1)


def at_years(curve: Array, years: float) -> Array:
    """A survival curve `[..., BINS]` at a time, geometric between the intervals' ends.

    Args:
        curve: survival at the ends of the intervals.
        years: time, at most the last end.
    """
    ends = np.concatenate([[0.0], EDGES_Y])
    log = np.concatenate([np.zeros((*curve.shape[:-1], 1)), np.log(curve.clip(1e-12))], axis=-1)
    place = min(int(np.searchsorted(ends, years)), BINS)
    if place == 0:
        return np.ones(curve.shape[:-1])
    share = (years - ends[place - 1]) / (ends[place] - ends[place - 1])
    return np.exp(log[..., place - 1] * (1 - share) + log[..., place] * share)

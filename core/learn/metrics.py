"""Figures of merit: discrimination, calibration, and their confidence intervals."""

# By hand, since the wheel does not need scikit-learn: a dozen lines each, and the tests compare them with it.

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]


def accuracy(probs: Array, target: Index) -> float:
    """Share of right answers of `probs [N, C]`, or logits."""
    return float((probs.argmax(axis=1) == target).mean())


def unweighted_recall(probs: Array, target: Index) -> float:
    """Mean over the classes of the share of each that is found."""
    right = probs.argmax(axis=1) == target
    return float(np.mean([right[target == k].mean() for k in np.unique(target)]))


def top_calibration_error(probs: Array, target: Index, bins: int = 10) -> float:
    """Expected calibration error of the likeliest class of `probs [N, C]` (Guo et al., ICML 2017)."""
    return calibration_error((probs.argmax(axis=1) == target).astype(float), probs.max(axis=1), bins)


def calibration_error(label: Array, p: Array, bins: int = 10, equal_mass: bool = False) -> float:
    """Expected calibration error: mean probability against frequency, weighted by the bins' sizes.

    Args:
        label: 0, 1, or NaN to leave out.
        p: probability of 1.
        bins: number of them.
        equal_mass: as many items in each bin, else bins of equal width (Guo et al., ICML 2017).
    """
    return float(sum(abs(mean - rate) * share for mean, rate, share in reliability(label, p, bins, equal_mass)))


def reliability(label: Array, p: Array, bins: int = 10, equal_mass: bool = False) -> list[tuple[float, float, float]]:
    """For each bin that is not empty: mean probability, frequency, share of items."""
    known = ~np.isnan(label)
    y, p = label[known], p[known]
    place = _ranks(p) * bins // len(p) if equal_mass else np.minimum((p * bins).astype(int), bins - 1)
    here = [place == b for b in np.unique(place)]
    return [(float(p[rows].mean()), float(y[rows].mean()), float(rows.mean())) for rows in here]


def auc(label: Array, score: Array) -> float:
    """Area under the receiver operating characteristic, ties as half; NaN labels and scores are left out."""
    known = ~np.isnan(label) & ~np.isnan(score)
    y, s = label[known] > 0, score[known]
    if y.all() or not y.any():
        return float("nan")
    _, place, counts = np.unique(s, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[y].sum() - y.sum() * (y.sum() + 1) / 2) / (y.sum() * (~y).sum()))


def concordance(days: Array, event: NDArray[np.bool_], score: Array) -> float:
    """Harrell's C: of pairs whose order is known, the share where the earlier event has the higher score."""
    known = ~np.isnan(score)
    days, event, score = days[known], event[known], score[known]
    later = days[None, :] > days[:, None]
    # Seen to the very day of another's event is to have outlived it.
    later |= (days[None, :] == days[:, None]) & ~event[None, :]
    pairs = later & event[:, None]
    right = (score[:, None] > score[None, :]) + 0.5 * (score[:, None] == score[None, :])
    return float((right * pairs).sum() / pairs.sum()) if pairs.any() else float("nan")


def kaplan_meier(days: Array, event: NDArray[np.bool_], at: float) -> float:
    """Share that lives beyond a time, censored follow-up taken into account (Kaplan & Meier, JASA 53, 1958)."""
    alive = 1.0
    for t in np.unique(days[event & (days <= at)]):
        alive *= 1 - (event & (days == t)).sum() / (days >= t).sum()
    return float(alive)


def horizon_error(days: Array, event: NDArray[np.bool_], p: Array, at: float, bins: int = 10) -> float:
    """Expected calibration error of the probability of the event by a time, in bins of as many items.

    The frequency in a bin is Kaplan and Meier's: to leave out whom one did not see that long would make it too great.
    """
    place = _ranks(p) * bins // len(p)
    apart = [
        abs(p[rows].mean() - 1 + kaplan_meier(days[rows], event[rows], at))
        for rows in (place == b for b in range(bins))
    ]
    return float(np.mean(apart))


def bootstrap(of: Callable[[Index], float], n: int, times: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95 % percentile interval of a figure over resampled items; `of` takes rows."""
    rng = np.random.default_rng(seed)
    values = [of(rng.integers(n, size=n)) for _ in range(times)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return float(low), float(high)


def _ranks(p: Array) -> Index:
    return np.argsort(np.argsort(p, kind="stable"), kind="stable")

from __future__ import annotations

import numpy as np
import pytest

from wugan.learn.metrics import (
    auc,
    bootstrap,
    calibration_error,
    concordance,
    horizon_error,
    kaplan_meier,
    reliability,
)


def test_auc_is_sklearns_ties_included() -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    rng = np.random.default_rng(0)
    y, s = rng.integers(0, 2, 200).astype(float), rng.integers(0, 9, 200).astype(float)
    assert auc(y, s) == pytest.approx(metrics.roc_auc_score(y, s))
    assert auc(np.append(y, np.nan), np.append(s, 99.0)) == pytest.approx(auc(y, s))
    assert np.isnan(auc(np.ones(3), np.arange(3.0)))


def test_concordance_by_hand() -> None:
    days, event = np.array([1.0, 2, 3, 4]), np.array([True, False, True, False])
    # Pairs: 1 before 2, 3 and 4; 3 before 4; the censored second is nobody's earlier one.
    assert concordance(days, event, np.array([4.0, 1, 2, 3])) == pytest.approx(3 / 4)
    assert concordance(days, event, np.zeros(4)) == pytest.approx(0.5)


def test_calibration_error() -> None:
    p = np.repeat([0.05, 0.25], 100)
    y = np.concatenate([np.repeat([1.0, 0], [5, 95]), np.repeat([1.0, 0], [45, 55])])
    assert calibration_error(y, p) == pytest.approx(0.1)  # the second half is out by 0.2
    assert calibration_error(y, p, 2, equal_mass=True) == pytest.approx(0.1)
    assert reliability(y, p)[1] == pytest.approx((0.25, 0.45, 0.5))


def test_bootstrap_covers_a_mean() -> None:
    x = np.random.default_rng(0).normal(size=400)
    low, high = bootstrap(lambda rows: float(x[rows].mean()), len(x))
    assert low < x.mean() < high and high - low == pytest.approx(2 * 1.96 / 20, rel=0.15)


def test_kaplan_meier_by_hand() -> None:
    days, event = np.array([1.0, 2, 3, 4, 5]), np.array([True, False, True, False, True])
    assert kaplan_meier(days, event, 0.5) == 1
    assert kaplan_meier(days, event, 3) == pytest.approx(4 / 5 * 2 / 3)
    assert kaplan_meier(days, event, 9) == 0


def test_calibration_at_a_horizon_takes_censoring_into_account() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.05, 0.9, 20_000)
    time, end = rng.exponential(-100 / np.log(1 - p)), rng.uniform(0, 300, len(p))
    days, event = np.minimum(time, end), time < end
    assert horizon_error(days, event, p, 100) < 0.02
    assert horizon_error(days, event, p / 2, 100) > 0.2

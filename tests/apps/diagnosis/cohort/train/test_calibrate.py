from __future__ import annotations

import numpy as np

from wugan.apps.diagnosis.cohort.calibration import GROUPS, QUANTITIES, shape_of
from wugan.apps.diagnosis.cohort.cohort import Events
from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.network import READINGS
from wugan.apps.diagnosis.cohort.train.fit import fit_calibration, fit_logistic


def test_logistic_is_found_again_and_leaves_unknown_labels_out() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5000, 2))
    y = (rng.random(5000) < 1 / (1 + np.exp(1 - x[:, 0]))).astype(float)
    y[::7] = np.nan
    b = fit_logistic(x, y)
    np.testing.assert_allclose(b, [-1, 1, 0], atol=0.12)
    assert (fit_logistic(-x, y)[1:] >= 0).all()


def test_a_reading_that_says_something_gets_weight(cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    rng = np.random.default_rng(0)
    good = np.nan_to_num(of.values["clinical"][:, of.names["clinical"].index("age")] - 62) / 12
    readings = rng.normal(size=(len(of), len(READINGS), 3)) * 0.01
    readings[:, READINGS.index("joint")] += good[:, None]
    fitted = fit_calibration(readings, outcome)
    weights = np.array(fitted.weights)
    assert weights[GROUPS.index("joint"), 0] > 3 * weights[GROUPS.index("fused"), 0] and (weights >= 0).all()
    assert shape_of(fitted)
    p = fitted.probabilities(fitted.risk(readings))
    assert set(p) == set(QUANTITIES) and all(((of > 0) & (of < 1)).all() for of in p.values())
    assert (p["dead_1y"] < p["dead_3y"]).all() and (p["dead_3y"] < p["dead_5y"]).all()
    for name in ("status", "death", "recurrence"):
        label = outcome.labels()[name]
        assert abs(p[name][~np.isnan(label)].mean() - np.nanmean(label)) < 0.02


def test_readings_of_nothing_give_the_base_rate(cohort_data: tuple[Features, Events]) -> None:
    of, outcome = cohort_data
    readings = np.zeros((len(of), len(READINGS), 3))
    fitted = fit_calibration(readings, outcome)
    p = fitted.probabilities(fitted.risk(readings))["status"]
    assert np.ptp(p) < 1e-9 and abs(p[0] - np.nanmean(outcome.labels()["status"])) < 0.02

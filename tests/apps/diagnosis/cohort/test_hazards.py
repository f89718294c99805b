from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.hazards import BINS, EDGES_Y, YEAR, at_years, exposure, fit_baseline, survival


def test_exposure_by_hand() -> None:
    days = np.array([0.75, 0.75, 1.2, 50.0]) * YEAR
    at_risk, happened = exposure(days, np.array([True, False, False, False]))
    assert at_risk[:, :4].tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 1]]
    assert happened[0].tolist() == [0, 1, *[0] * (BINS - 2)] and not happened[1:].any() and at_risk[3].all()


def test_a_censored_patient_counts_from_half_of_an_interval() -> None:
    at_risk, _ = exposure(np.array([1.24, 1.26]) * YEAR, np.array([False, False]))
    assert at_risk[:, 2].tolist() == [0, 1]


def test_an_event_on_the_first_day_counts() -> None:
    at_risk, happened = exposure(np.array([0.0]), np.array([True]))
    assert at_risk[0, 0] == 1 and happened[0, 0] == 1


def test_two_causes_take_their_share() -> None:
    logits = np.log(np.array([[0.1] * BINS, [0.2] * BINS]) / np.array([[0.9] * BINS, [0.8] * BINS]))
    np.testing.assert_allclose(survival(logits), 0.7 ** np.arange(1, BINS + 1))


def test_a_curve_between_its_ends_is_geometric() -> None:
    curve = np.array([[0.81, *[0.64] * (BINS - 1)]])
    assert at_years(curve, 0)[0] == 1 and at_years(curve, 0.25)[0] == pytest.approx(0.9)
    assert at_years(curve, 0.75)[0] == pytest.approx(0.72) and at_years(curve, EDGES_Y[-1])[0] == pytest.approx(0.64)


def test_baseline_and_slope_are_found_again() -> None:
    rng = np.random.default_rng(0)
    risk = rng.normal(size=2000)
    days = rng.exponential(1500 * np.exp(-0.7 * risk))
    end = rng.uniform(200, 4000, len(risk))
    baseline, slope = fit_baseline(risk, np.minimum(days, end), days < end)
    assert slope == pytest.approx(0.75, abs=0.1)  # log odds of an interval move a little faster than the log hazard
    alive = at_years(survival((baseline + slope * 1.0)[None, None])[0][None], 3.0)[0]
    assert alive == pytest.approx(np.exp(-3 * YEAR / 1500 * np.exp(0.7)), abs=0.03)

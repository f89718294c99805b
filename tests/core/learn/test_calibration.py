from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import recall_score

from wugan.learn.calibration import fit_temperature, fit_weights, pool, softmax
from wugan.learn.metrics import accuracy, top_calibration_error, unweighted_recall


def test_recall_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(0)
    target, probs = rng.choice(4, 200, p=[0.6, 0.2, 0.1, 0.1]), softmax(rng.standard_normal((200, 4)))
    assert unweighted_recall(probs, target) == pytest.approx(recall_score(target, probs.argmax(1), average="macro"))
    assert accuracy(probs, target) == pytest.approx((probs.argmax(1) == target).mean())


def test_calibration_error_of_the_likeliest_class() -> None:
    probs = np.repeat([[0.8, 0.2]], 100, axis=0)
    assert top_calibration_error(probs, np.repeat([0, 1], [80, 20])) == pytest.approx(0)
    assert top_calibration_error(probs, np.repeat([0, 1], [30, 70])) == pytest.approx(0.5)


def test_temperature_is_found() -> None:
    rng = np.random.default_rng(0)
    truth = rng.standard_normal((20_000, 3))
    target = np.asarray([rng.choice(3, p=p) for p in softmax(truth)])
    (weight,) = fit_weights([5 * truth], target)
    assert weight == pytest.approx(0.2, abs=0.02)
    assert fit_temperature(5 * truth, target) == pytest.approx(5, rel=0.1)


def test_a_useless_reading_gets_no_say() -> None:
    rng = np.random.default_rng(0)
    truth, noise = rng.standard_normal((2, 20_000, 3))
    target = np.asarray([rng.choice(3, p=p) for p in softmax(truth)])
    useful, useless = fit_weights([truth, noise], target)
    assert useful == pytest.approx(1, abs=0.1) and useless < 0.05
    np.testing.assert_allclose(pool([truth, noise], [2.0, 0.5]), 2 * truth + 0.5 * noise)

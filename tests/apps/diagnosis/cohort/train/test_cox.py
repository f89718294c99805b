from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.train.cox import fit_cox, partial_log_likelihood


def draw(n: int = 300, ties: bool = False) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, 4))
    time = rng.exponential(np.exp(-x @ [1.0, -0.5, 0, 0]))
    end = rng.uniform(0, 3, n)
    days = np.minimum(time, end) * 100
    return x, np.ceil(days / 10) if ties else days, time < end


def by_definition(eta: np.ndarray, days: np.ndarray, event: np.ndarray) -> float:
    total = sum(eta[i] - np.log(np.exp(eta[days >= days[i]]).sum()) for i in np.flatnonzero(event))
    return float(total / event.sum())


@pytest.mark.parametrize("ties", [False, True])
def test_likelihood_is_the_definition(ties: bool) -> None:
    x, days, event = draw(80, ties)
    assert partial_log_likelihood(x[:, 0], days, event) == pytest.approx(by_definition(x[:, 0], days, event))


@pytest.mark.parametrize("ties", [False, True])
def test_the_fit_is_a_maximum(ties: bool) -> None:
    x, days, event = draw(200, ties)
    b, penalty = fit_cox(x, days, event, 0.1), 0.1

    def goal(at: np.ndarray) -> float:
        return by_definition(x @ at, days, event) * event.sum() - penalty * len(x) * (at**2).sum() / 2

    for direction in np.eye(4):
        assert abs(goal(b + 1e-4 * direction) - goal(b - 1e-4 * direction)) / 2e-4 < 1e-3


def test_coefficients_are_found_again_and_shrink() -> None:
    x, days, event = draw(3000)
    np.testing.assert_allclose(fit_cox(x, days, event, 0.0), [1.0, -0.5, 0, 0], atol=0.1)
    assert np.linalg.norm(fit_cox(x, days, event, 10.0)) < 0.2


def test_weights_that_must_be_positive() -> None:
    x, days, event = draw(1000)
    b = fit_cox(x, days, event, 0.001, positive=True)
    assert b[0] > 0.8 and (b >= 0).all() and b[1] == 0

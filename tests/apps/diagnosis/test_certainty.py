from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.apps.diagnosis.findings import beyond
from wugan.apps.diagnosis.result import Measure, Threshold


@given(st.floats(-1e3, 1e3), st.floats(0.01, 100), st.floats(-1e3, 1e3), st.sampled_from(["above", "below"]))
def test_it_is_a_probability_and_both_sides_sum_to_one(value: float, spread: float, limit: float, side: str) -> None:
    measure = Measure(value=value, low=value - spread, high=value + spread)
    sides = [beyond(measure, Threshold(value=limit, side=one, source="")) for one in ("above", "below")]
    assert min(sides) >= 0 and max(sides) <= 1 and sum(sides) == pytest.approx(1)


def test_known_values() -> None:
    limit = Threshold(value=10, side="above", source="")
    assert beyond(Measure(value=10, low=8, high=12), limit) == pytest.approx(0.5)
    assert beyond(Measure(value=12, low=10, high=14), limit) == pytest.approx(0.975)
    assert beyond(Measure(value=12, low=11.9, high=40), limit) > 0.99  # only the side towards the limit counts
    assert beyond(Measure(value=11), limit) == 1 and beyond(Measure(value=10), limit) == 0.5

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.servo.memory import BIN_NS, BINS, Jitter


def histogram(late_ns: list[int]) -> list[int]:
    counts = [0] * BINS
    for late in late_ns:
        counts[min(late // BIN_NS, BINS - 1)] += 1
    return counts


@settings(max_examples=30)
@given(st.lists(st.integers(0, 4_000_000), min_size=1, max_size=200))
def test_quantiles_are_those_of_the_values_to_a_bin(late_ns: list[int]) -> None:
    found = Jitter.of(histogram(late_ns), max(late_ns))
    assert found.count == len(late_ns)
    assert found.max_s == max(late_ns) / 1e9
    for share, value in ((0.5, found.p50_s), (0.99, found.p99_s)):
        exact = np.quantile(late_ns, share, method="inverted_cdf") / 1e9
        assert exact - 1e-12 <= value <= exact + BIN_NS / 1e9 + 1e-12


def test_what_is_later_than_the_last_bin_counts_as_the_maximum() -> None:
    assert Jitter.of(histogram([9_000_000]), 9_000_000).p50_s == pytest.approx(0.009)


def test_nothing_counted() -> None:
    assert Jitter.of([0] * BINS, 0) == Jitter(0, 0.0, 0.0, 0.0)


def test_only_what_was_added_since() -> None:
    before = histogram([5_000] * 10)
    now = histogram([5_000] * 10 + [90_000])
    assert Jitter.of(now, 90_000, before).count == 1
    assert Jitter.of(now, 90_000, before).p50_s == pytest.approx(90e-6)

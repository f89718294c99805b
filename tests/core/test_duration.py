from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.duration import to_ns
from wugan.errors import DataError


@pytest.mark.parametrize(
    ("duration", "ns"),
    [
        ("250ms", 250_000_000),
        (" 2 s ", 2_000_000_000),
        ("1.5us", 1_500),
        ("1.5µs", 1_500),
        ("7ns", 7),
        ("2min", 120_000_000_000),
        ("720h", 2_592_000_000_000_000),
        (0.25, 250_000_000),
        (3, 3_000_000_000),
        ("0ms", 0),
    ],
)
def test_durations(duration, ns):
    assert to_ns(duration) == ns


NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize("wrong", ["", "250", "ms", "-1s", "1 hour", "1e3ms", -1, NAN, INFINITY, None, True])
def test_what_is_no_duration_is_refused(wrong):
    with pytest.raises(DataError, match="duration"):
        to_ns(wrong)


@given(st.integers(0, 10**12))
def test_nanoseconds_are_exact(ns):
    assert to_ns(f"{ns}ns") == ns

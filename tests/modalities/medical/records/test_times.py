from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from wugan.modalities.medical.records.values import DAY_NS, to_ns, to_text


def ns(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 1_000_000_000  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020", ns(2020, 1, 1)),
        ("2020-05", ns(2020, 5, 1)),
        ("2020-05-17", ns(2020, 5, 17)),
        ("2020-05-17T10:00:00Z", ns(2020, 5, 17, 10)),
        ("2020-05-17T10:00:00+02:00", ns(2020, 5, 17, 8)),
        ("2020-05-17T10:00:00.250-05:00", ns(2020, 5, 17, 15) + 250_000_000),
        ("1931-01-02", ns(1931, 1, 2)),
    ],
)
def test_fhir_times(text: str, expected: int) -> None:
    assert to_ns(text) == expected


@pytest.mark.parametrize(
    "text", ["", "17.05.2020", "2020-13-01", "2020-02-30", "yesterday", "0001-01-01", "9999-12-31"]
)
def test_what_is_no_time_of_a_patient(text: str) -> None:
    assert to_ns(text) is None


def test_days_before_1970_too() -> None:
    assert to_text(to_ns("1931-01-02") or 0) == "1931-01-02"
    assert (to_ns("1970-01-02") or 0) == DAY_NS


def test_the_machine_s_time_zone_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        for zone in ("UTC", "Asia/Tokyo"):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert to_ns("2020-05-17T10:00:00") == ns(2020, 5, 17, 10)
            assert to_text(ns(2020, 5, 17, 23)) == "2020-05-17"
    finally:
        monkeypatch.undo()
        time.tzset()

"""`benchmarks/runtime/sync.py`, on recordings that take no time."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "runtime"


@pytest.fixture(autouse=True)
def benchmark_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delitem(sys.modules, "sync", raising=False)


def test_it_prints_a_line_for_each_setup(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import sync

    for flags in (["--json"], []):
        monkeypatch.setattr(sys, "argv", ["sync.py", "--seconds", "5", "--seeds", "1", *flags])
        sync.main()
        lines = capsys.readouterr().out.splitlines()
        assert len(lines) == len(sync.SETUPS) + len(sync.SIGNAL_HZ)
        if not flags:
            continue
        rows = [json.loads(line) for line in lines]
        for row in rows[: len(sync.SETUPS)]:
            assert row["ros_matched"] <= row["wugan_matched"] <= row["best"]
            assert row["wugan_span_ms"] <= row["slop_ms"]
        for row in rows[len(sync.SETUPS) :]:
            assert row["stamps"] > 50 and row["interpolate_rms"] < row["nearest_rms"] < row["latest_rms"]


def test_the_error_of_interpolation_falls_with_the_square_of_the_period() -> None:
    import sync

    slow, fast = (sync.resampling(rate, seconds=20, seeds=1) for rate in (20, 100))
    assert 15 < slow["interpolate_rms"] / fast["interpolate_rms"] < 40
    assert 4 < slow["nearest_rms"] / fast["nearest_rms"] < 7

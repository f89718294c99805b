"""`benchmarks/haptics/guards.py` in small: every wrong value is refused, no right one is."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "haptics"


@pytest.fixture(autouse=True)
def benchmark_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER))
    monkeypatch.delitem(sys.modules, "guards", raising=False)


def test_all_wrong_values_are_refused_and_no_right_ones() -> None:
    import guards

    chance = random.Random(1)
    specs = guards.devices()
    assert {spec.protocol for spec in specs} >= {"wugan", "haply", "inverse3", "odrive"}
    for spec in specs:
        for line, refused, _ in guards.forces(spec, chance, 60):
            assert refused, (spec.protocol, line)
        for source in (guards.states, guards.streams, guards.parameters):
            for line, refused, wrong in source(spec, chance, 10):
                assert refused == wrong, (spec.protocol, line)

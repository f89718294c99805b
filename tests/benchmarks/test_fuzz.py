"""`benchmarks/haptics/fuzz.py`, with few frames: receivers keep their promises, and it notices one that does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks" / "haptics"


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    for name in ("fuzz", "mutations", "firmware"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import fuzz

    return fuzz


NAMES = ["wugan-host", "wugan-device", "wugan-firmware", "dynamixel-host", "dynamixel-device", "odrive-host"]


@pytest.mark.parametrize("name", NAMES)
def test_receivers_survive_damage_and_stay_in_step(fuzz: Any, name: str) -> None:
    if name == "wugan-firmware" and fuzz.compiler() is None:
        pytest.skip("no gcc or clang to build the firmware with")
    (target,) = [target for target in fuzz.TARGETS if target.name == name]
    result = fuzz.fuzz(target, 440, seed=1)
    assert result.crashes == 0
    assert result.behind == 0
    if name.startswith("wugan"):
        assert result.wrong == 0


def test_a_receiver_that_trusts_everything_is_found_out(fuzz: Any) -> None:
    class Trusting(fuzz.WuganHost):  # type: ignore[misc, name-defined]
        def feed(self, data: bytes) -> list[object]:
            return [data]

        def believed(self, wrong: object, true: object) -> bool:
            return True

    result = fuzz.fuzz(fuzz.Target("trusting", "none", 1.0, Trusting), 22, seed=1)
    assert result.wrong >= 22
    assert result.behind == 22


def test_every_kind_of_damage_is_drawn_and_changes_the_frame(fuzz: Any) -> None:
    import mutations

    mutate, frame, other = mutations.Mutator(1), bytes(range(1, 30)), bytes(range(30, 59))
    damaged = [mutate(frame, other) for _ in range(20 * len(mutations.KINDS))]
    assert not {frame, other} & set(damaged)
    assert len(set(damaged)) > len(damaged) * 0.9

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wugan.apps.teleop.score import score
from wugan.apps.teleop.tasks import Task, task
from wugan.apps.teleop.trial import Trial, TrialInfo
from wugan.errors import DataError

INFO = TrialInfo("peg", 1, "nobody", 1, "none")
PEG = task("peg", 1)


def along(known: Task, seconds: float, off: NDArray[np.float64] | None = None, until: float = 1.0) -> Trial:
    count = round(seconds * 200)
    at = np.linspace(0, until * (len(known.path) - 1), count)
    place = np.stack([np.interp(at, np.arange(len(known.path)), known.path[:, axis]) for axis in range(3)], axis=1)
    place = place if off is None else place + off
    time_s = np.arange(count) / 200
    return Trial(INFO, time_s, place, np.gradient(place, time_s, axis=0), np.zeros((count, 3)), np.zeros(count))


def test_the_path_itself_in_time_earns_everything() -> None:
    trial = along(PEG, 4.0)
    found = score(trial, PEG, np.zeros(len(trial.time_s)))
    assert found.total == pytest.approx(100, abs=0.1) and found.completed == 1.0 and not found.violations


def test_what_was_not_done_earns_nothing() -> None:
    half = along(PEG, 4.0, until=0.75)
    found = score(half, PEG, np.zeros(len(half.time_s)))
    assert 0.2 < found.completed < 0.7 and found.total < 100 * found.completed + 0.1
    still = along(PEG, 4.0, until=0.0)
    with pytest.raises(DataError, match="never moved"):
        score(still, PEG, np.zeros(len(still.time_s)))


def test_each_fault_costs_its_part() -> None:
    trial = along(PEG, 4.0)
    none = np.zeros(len(trial.time_s))
    best = {part.name: part.marks for part in score(trial, PEG, none).parts}
    slow = along(PEG, 12.0)
    beside = along(PEG, 4.0, np.array([0.0015, 0.0, 0.0]))
    pressing = none.copy()
    pressing[500:600] = 3.0
    faults = {
        "time": score(slow, PEG, np.zeros(len(slow.time_s))),
        "path": score(beside, PEG, none),
        "force": score(trial, PEG, pressing),
    }
    for name, found in faults.items():
        marks = {part.name: part.marks for part in found.parts}
        assert marks[name] == pytest.approx(0.5, abs=0.06)  # twice the time, the half-way error, half the force
        assert all(marks[other] == pytest.approx(best[other], abs=0.02) for other in marks if other != name)
        assert f"{found.path_mm:.2f} mm" in next(part.explanation for part in found.parts if part.name == "path")


def test_violations_are_counted_once_each_with_their_worst() -> None:
    trial = along(PEG, 4.0)
    pressed = np.zeros(len(trial.time_s))
    pressed[300:340] = 7.0
    pressed[345] = 9.0  # 25 ms later: the same episode
    pressed[500:520] = 6.5
    found = score(trial, PEG, pressed)
    assert [one.kind for one in found.violations] == ["force", "force"]
    assert found.violations[0].worst == 9.0 and "9.0 N" in found.violations[0].text
    assert next(part.marks for part in found.parts if part.name == "safety") == 0.5


def test_leaving_the_path_is_unsafe_and_so_is_speed_in_contact() -> None:
    trial = along(PEG, 4.0)
    trial.position[600:620, 0] += 0.03
    trial.velocity[700:720] = 0.5
    touching = np.zeros(len(trial.time_s))
    touching[690:730] = 0.2
    assert {one.kind for one in score(trial, PEG, touching).violations} == {"keep-out", "speed"}


def test_what_comes_before_the_start_does_not_count() -> None:
    trial, twice = along(PEG, 4.0), along(PEG, 4.0)
    back = trial.position[::-1]
    twice.position = np.concatenate([trial.position, back, trial.position])
    twice.time_s = np.arange(len(twice.position)) / 200
    twice.velocity, twice.force = np.gradient(twice.position, twice.time_s, axis=0), np.zeros_like(twice.position)
    twice.level = np.zeros(len(twice.position))
    pressed = np.zeros(len(twice.position))
    pressed[500:540] = 9.0  # while the tool was brought to the start
    found = score(twice, PEG, pressed)
    assert found.violations == [] and found.seconds == pytest.approx(score(trial, PEG, pressed[:800]).seconds, abs=0.02)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**31), st.floats(0, 0.02), st.floats(0, 20))
def test_points_are_between_0_and_100_and_add_up(seed: int, off: float, force: float) -> None:
    draw = np.random.default_rng(seed)
    trial = along(PEG, 2.0)
    trial.position += draw.normal(0, off, trial.position.shape)
    found = score(trial, PEG, np.abs(draw.normal(0, force, len(trial.time_s))))
    assert 0 <= found.total <= 100 and all(0 <= part.marks <= 1 for part in found.parts)
    assert found.total == pytest.approx(found.completed * sum(part.points for part in found.parts), abs=0.01)

"""Trials whose tool is behind a network, in virtual time."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.teleop.coach import Assist
from wugan.apps.teleop.operator import SKILLS, Operator
from wugan.apps.teleop.practise import Network, practise_remote
from wugan.apps.teleop.score import contact, score
from wugan.apps.teleop.tasks import task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError

PEG = task("peg", 1)
BAD = Network(0.05, 0.1)
QUICK = dataclasses.replace(SKILLS["expert"], pace=0.6)


@pytest.mark.slow
def test_a_peg_finds_its_hole_over_a_bad_network_and_the_recording_says_so(tmp_path: Path) -> None:
    trial = practise_remote(PEG, Operator(PEG, QUICK, 3), BAD, Assist(PEG.limits.path_m))
    found = score(trial, PEG)
    assert found.completed == 1.0 and found.path_mm < 1.5 and found.total > 80
    trial.save(tmp_path / "trial-001.mcap")
    again = Trial.load(tmp_path / "trial-001.mcap")
    assert score(again) == found and np.array_equal(again.pressed, trial.pressed)


def test_mujoco_stops_the_peg_at_the_bottom() -> None:
    pytest.importorskip("mujoco")
    heavy = dataclasses.replace(QUICK, heavy_n=3.0)
    trial = practise_remote(PEG, Operator(PEG, heavy, 3), BAD, world="mujoco")
    bottom = PEG.path[-1, 2]
    assert abs(trial.position[-1, 2] - bottom) < 5e-4 and np.median(contact(trial, PEG)[-200:]) > 0.5


def test_worlds_that_are_not_there() -> None:
    with pytest.raises(DataError, match="plain, mujoco"):
        practise_remote(PEG, Operator(PEG, QUICK), BAD, world="moon")
    deburring = task("deburring", 1)
    with pytest.raises(DataError, match="plain one"):
        practise_remote(deburring, Operator(deburring, QUICK), BAD, world="mujoco")

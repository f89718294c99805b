"""Whole trials in virtual time, what is written of them, and what the report shows."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.teleop.coach import Assist
from wugan.apps.teleop.operator import SKILLS, Operator, Skill
from wugan.apps.teleop.practise import practise
from wugan.apps.teleop.report import write_report
from wugan.apps.teleop.score import score
from wugan.apps.teleop.tasks import task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError

PEG = task("peg", 1)
QUICK = Skill(0.003, 0.0005, 0.5, 0.8)


@pytest.fixture(scope="module")
def alone() -> Trial:
    return practise(PEG, Operator(PEG, QUICK, 3))


def test_it_is_the_same_each_time(alone: Trial) -> None:
    again = practise(PEG, Operator(PEG, QUICK, 3))
    assert np.array_equal(again.position, alone.position) and np.array_equal(again.force, alone.force)


def test_guidance_brings_the_tool_nearer_to_the_path(alone: Trial) -> None:
    guided = practise(PEG, Operator(PEG, QUICK, 3), Assist(PEG.limits.path_m))
    assert score(guided, PEG).path_mm < 0.8 * score(alone, PEG).path_mm
    assert np.linalg.norm(guided.force, axis=1).max() <= 8.0 + 1e-9 and guided.level.max() <= 1.0


def test_an_expert_scores_higher_than_a_novice() -> None:
    points = []
    for name in ("novice", "expert"):
        skill = dataclasses.replace(SKILLS[name], pace=0.3)
        points.append(score(practise(PEG, Operator(PEG, skill, 3)), PEG).total)
    assert points[1] > points[0] + 15


def test_a_recording_replays_to_the_same_score(alone: Trial, tmp_path: Path) -> None:
    alone.save(tmp_path / "trial-001.mcap")
    again = Trial.load(tmp_path / "trial-001.mcap")
    assert score(again) == score(alone)
    with pytest.raises(DataError, match="there already"):
        alone.save(tmp_path / "trial-001.mcap")


def test_the_report_needs_nothing_else(alone: Trial, tmp_path: Path) -> None:
    found = write_report([alone], tmp_path / "report.html", "wugan <command>", ["a note"])
    text = (tmp_path / "report.html").read_text()
    assert f"{found[0].total:.0f}" in text and "wugan &lt;command&gt;" in text and "a note" in text
    assert text.count("data:image/png;base64,") == 2 and "http" not in text and "<script" not in text
    with pytest.raises(DataError, match="no trials"):
        write_report([], tmp_path / "report.html", "")

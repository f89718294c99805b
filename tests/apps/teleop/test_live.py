"""Trials in real time: emulated device, servo process, pipeline. Nothing here asserts how fast anything was."""

from __future__ import annotations

from pathlib import Path

import pytest

from wugan.apps.teleop.live import Trainer, place
from wugan.apps.teleop.operator import Skill
from wugan.apps.teleop.score import score
from wugan.apps.teleop.tasks import task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError, WuganError


@pytest.mark.slow
def test_a_trial_through_servo_and_pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen = []
    trainer = Trainer(
        "peg", 1, skill=Skill(0.0004, 0.0001, 0.25, 0.0), on_advice=lambda seconds, advice: seen.append(advice)
    )
    live = trainer.run(tmp_path / "trial-001.mcap")
    assert len(seen) > 3 and live.trial.level[-1] > 0 and live.notes
    assert live.trial.position.shape[1] == 3 and live.trial.info.device.startswith("emulated")
    found = score(live.trial)
    assert found.completed > 0.5
    assert score(Trial.load(live.recording)) == found
    assert not (tmp_path / "dead_letters").exists()


def test_the_workpiece_stands_in_the_middle_of_the_workspace() -> None:
    peg = task("peg", 1)
    assert place(((-0.1, 0.1),) * 3, peg) == peg.origin
    origin = place(((0.1, 0.3), (-0.1, 0.1), (-0.1, 0.1)), peg)
    moved = task("peg", 1, origin)
    assert moved.path[:, 0].min() > 0.105 and moved.path[:, 0].max() < 0.295
    with pytest.raises(DataError, match="too small"):
        place(((-0.01, 0.01),) * 3, peg)


@pytest.mark.parametrize(("driver", "says"), [("simplefoc", "Cartesian"), ("nothing", "nothing")])
def test_devices_that_cannot_train(driver: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(WuganError, match=says):
        Trainer("peg", driver=driver).run(tmp_path / "x.mcap")

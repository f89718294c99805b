"""Sessions: several trials one after another, each recorded; the guidance goes on from trial to trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.apps.teleop.assist import Assist
from wugan.apps.teleop.operator import SKILLS, Operator, improved
from wugan.apps.teleop.practise import practise
from wugan.apps.teleop.remote import Network, practise_remote
from wugan.apps.teleop.tasks.task import task as make_task
from wugan.apps.teleop.trial import Trial, TrialInfo
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.teleop.live import Live, OnAdvice
    from wugan.apps.teleop.pipeline import CoachKind

PRACTICE = 5  # trials of practice that lie between two of a scripted operator's


def recording(folder: Path, number: int) -> Path:
    """The file of a trial."""
    return folder / f"trial-{number:03}.mcap"


def virtual_session(
    task: str,
    seed: int,
    skill: str,
    trials: int,
    level: float,
    fixed: bool,
    folder: Path | None,
    network: Network | None = None,
    world: str = "plain",
) -> Iterator[Trial]:
    """Trials in virtual time, each as it is done, of a scripted operator who practises in between (`improved`).

    Args:
        task: name of the task.
        seed: its workpiece.
        skill: with which the operator begins.
        trials: how many.
        level: of the guidance at the start, 0…1.
        fixed: keep it.
        folder: where recordings go; None keeps none.
        network: between the operator and the tool; None is a tool in the operator's hand.
        world: with a network, what the tool touches; see `remote.practise_remote`.

    Raises:
        DataError: there is no such task or skill.
    """
    known = make_task(task, seed)
    if skill not in SKILLS:
        raise DataError(f"there is no skill {skill!r}; there are {', '.join(SKILLS)}")
    assist = Assist(known.limits.path_m, level=level)
    for number in range(1, trials + 1):
        person = Operator(known, improved(SKILLS[skill], PRACTICE * (number - 1)), number)
        if fixed:
            assist = Assist(known.limits.path_m, level=level, fixed=True)
        info = TrialInfo(task, seed, f"scripted, began as {skill}", number, "virtual")
        if network is None:
            trial = practise(known, person, assist, info)
        else:
            info.device = f"virtual, tool behind {network}, {world} world"
            trial = practise_remote(known, person, network, assist, info, world)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            trial.save(recording(folder, number), overwrite=True)
        yield trial


def live_session(
    task: str,
    seed: int,
    driver: str,
    port: str | None,
    values: Mapping[str, Any],
    skill: str,
    trials: int,
    level: float,
    fixed: bool,
    folder: Path,
    seconds: float | None = None,
    runtime: str = "local",
    on_advice: OnAdvice | None = None,
    coach: CoachKind = "rule",
) -> Iterator[Live]:
    """Trials in real time, each as it is done; see `live.Trainer` for what the arguments mean."""
    from wugan.apps.teleop.live import Trainer

    trainer = Trainer(task, seed, driver, port, values, skill, level, fixed, runtime, on_advice, coach)
    for number in range(1, trials + 1):
        live = trainer.run(recording(folder, number), number, seconds)
        trainer.level = live.level
        yield live

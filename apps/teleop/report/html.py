"""The report of a training session: one self-contained HTML file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from wugan.apps.teleop.report import plots
from wugan.apps.teleop.score import Score, contact, score
from wugan.apps.teleop.tasks.task import Task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError

MOST_PLOTTED = 6  # trials with plots of their own: the first ones and the last


@dataclass(slots=True)
class Shown:
    """One trial on the page.

    Attributes:
        trial: what was recorded.
        task: its task.
        score: its score.
        where: PNG as a data URI, or empty.
        over_time: likewise.
    """

    trial: Trial
    task: Task
    score: Score
    where: str = ""
    over_time: str = ""


def write_report(
    trials: Sequence[Trial], page: Path, command: str, notes: Sequence[str] = (), scores: Sequence[Score] | None = None
) -> list[Score]:
    """Score the trials and write the page.

    Args:
        trials: of one task each; usually those of one session, in order.
        page: the file.
        command: by which it was made, for the page's end.
        notes: further lines, such as how the servo kept its time.
        scores: where they are known already.

    Raises:
        DataError: there are no trials, one cannot be scored, or the file cannot be written.
    """
    from jinja2 import Environment, FileSystemLoader, select_autoescape

    if not trials:
        raise DataError("no trials: nothing to report")
    tasks: dict[tuple[object, ...], Task] = {}
    shown = []
    plotted = set(range(len(trials)) if len(trials) <= MOST_PLOTTED else [*range(MOST_PLOTTED - 1), len(trials) - 1])
    for index, trial in enumerate(trials):
        key = (trial.info.task, trial.info.seed, trial.info.origin)
        task = tasks[key] if key in tasks else tasks.setdefault(key, trial.task)
        pressed = contact(trial, task) if scores is None or index in plotted else None
        one = Shown(trial, task, scores[index] if scores is not None else score(trial, task, pressed))
        if index in plotted and pressed is not None:
            one.where = _uri(plots.where(trial, task, one.score))
            one.over_time = _uri(plots.over_time(trial, task, one.score, pressed))
        shown.append(one)
    environment = Environment(
        loader=FileSystemLoader(str(files(__package__))),
        autoescape=select_autoescape(),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    values: dict[str, Any] = {
        "shown": shown,
        "tasks": list(tasks.values()),
        "progress": _uri(plots.progress(trials, [one.score for one in shown])) if len(shown) > 1 else "",
        "command": command,
        "notes": notes,
        "best": max(shown, key=lambda one: one.score.total),
    }
    text = environment.get_template("report.html").render(values)
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{page}: {error.strerror}; give a file that can be written") from error
    return [one.score for one in shown]


def _uri(data: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(data).decode()

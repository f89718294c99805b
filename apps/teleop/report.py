"""The report of a training session: one self-contained HTML file, with plots of its trials."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.teleop.score import Score, contact, score
from wugan.apps.teleop.tasks import Line, Task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_DPI = 110
PATH, TOOL, FORCE, GUIDE, BAD = "#1b7f79", "#20364f", "#8a5a00", "#6f4aa8", "#b3412c"
_SCAN_POINTS = 2500  # of the scan that are drawn; more only makes a bigger file


def figure(width: float, height: float, rows: int = 1, columns: int = 1, **options: Any) -> tuple[Figure, Any]:
    """A figure that needs no display and no pyplot, which would keep it for ever."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    made = Figure(figsize=(width, height), dpi=_DPI)
    FigureCanvasAgg(made)
    axes = made.subplots(rows, columns, squeeze=False, **options)
    # Margins by hand, in inches: the constrained layout takes longer than all the rest.
    made.subplots_adjust(0.75 / width, 0.5 / height, 1 - 0.1 / width, 1 - 0.3 / height, wspace=0.22, hspace=0.12)
    for one in axes.flat:
        one.spines[["top", "right"]].set_visible(False)
        one.tick_params(labelsize=8)
    return made, axes


def png(made: Figure) -> bytes:
    """The figure as PNG."""
    out = io.BytesIO()
    made.savefig(out, format="png")
    return out.getvalue()


def where(trial: Trial, task: Task, score: Score) -> bytes:
    """From above and from the side: the scan, the path, and where the tool went."""
    made, axes = figure(9.0, 3.6, 1, 2)
    some = task.scan[:: max(1, len(task.scan) // _SCAN_POINTS)]
    for one, (right, up), title in zip(axes[0], ((0, 1), (0, 2)), ("from above", "from the front"), strict=True):
        one.plot(1e3 * some[:, right], 1e3 * some[:, up], ",", color="#9fb0c0", label="scan")
        one.plot(1e3 * task.path[:, right], 1e3 * task.path[:, up], color=PATH, lw=3, alpha=0.45, label="path")
        one.plot(1e3 * trial.position[:, right], 1e3 * trial.position[:, up], color=TOOL, lw=0.9, label="tool")
        for violation in score.violations:
            at = trial.position[min(int(np.searchsorted(trial.time_s, violation.start_s)), len(trial.time_s) - 1)]
            one.plot(1e3 * at[right], 1e3 * at[up], "x", color=BAD, ms=8, mew=2)
        one.set_aspect("equal", adjustable="datalim")
        one.set_title(title, fontsize=9, loc="left")
        one.set_xlabel("x (mm)", fontsize=8)
        one.set_ylabel(f"{'xyz'[up]} (mm)", fontsize=8)
    axes[0][0].legend(fontsize=8, frameon=False, loc="best")
    return png(made)


def over_time(trial: Trial, task: Task, score: Score, pressed: NDArray[np.float64]) -> bytes:
    """Distance from the path, contact force and guidance over time; violations shaded."""
    made, axes = figure(9.0, 4.6, 3, 1, sharex=True)
    distance, force, guide = axes[:, 0]
    time_s = trial.time_s
    distance.plot(time_s, 1e3 * Line(task.path).nearest(trial.position)[0], color=TOOL, lw=0.9)
    distance.axhline(1e3 * task.limits.path_m, color=PATH, lw=1, ls="--")
    distance.set_ylabel("off the path\n(mm)", fontsize=8)
    force.plot(time_s, pressed, color=FORCE, lw=0.9)
    force.axhline(task.limits.force_n, color=BAD, lw=1, ls="--")
    if task.limits.press_n:
        force.axhspan(*task.limits.press_n, color=PATH, alpha=0.15, lw=0)
    force.set_ylabel("contact\n(N)", fontsize=8)
    guide.fill_between(time_s, 100 * trial.level, color=GUIDE, alpha=0.5, lw=0, step="post")
    guide.set_ylim(0, 105)
    guide.set_ylabel("guidance\n(%)", fontsize=8)
    guide.set_xlabel("s", fontsize=8)
    for violation in score.violations:
        for one in axes[:, 0]:
            end = violation.start_s + max(violation.seconds, 0.05)
            one.axvspan(violation.start_s, end, color=BAD, alpha=0.18, lw=0)
    return png(made)


def progress(trials: Sequence[Trial], scores: Sequence[Score]) -> bytes:
    """Points, distance from the path and guidance from trial to trial."""
    made, axes = figure(9.0, 2.6, 1, 3)
    numbers = [trial.info.number for trial in trials]
    series = (
        ("points", [one.total for one in scores], TOOL),
        ("off the path (mm)", [one.path_mm for one in scores], PATH),
        ("guidance, mean (%)", [100 * float(trial.level.mean()) for trial in trials], GUIDE),
    )
    for one, (title, values, colour) in zip(axes[0], series, strict=True):
        one.plot(numbers, values, "o-", color=colour, ms=4)
        one.set_ylim(0, max(100.0 if title == "points" else 0.0, 1.15 * max(values, default=0.0)) or 1.0)
        one.set_title(title, fontsize=9, loc="left")
        one.set_xticks(numbers)
        one.set_xlabel("trial", fontsize=8)
    return png(made)


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
            one.where = _uri(where(trial, task, one.score))
            one.over_time = _uri(over_time(trial, task, one.score, pressed))
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
        "progress": _uri(progress(trials, [one.score for one in shown])) if len(shown) > 1 else "",
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

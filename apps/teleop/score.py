"""`score()`: how good a trial was, in points that are explained.

A score is a function of the recording and the task alone: the same recording gives the same score, whoever made it.
The contact force is rendered again from the recorded positions with the workpiece alone, so that the guidance's force
is not taken for contact.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from wugan.apps.teleop.tasks import Line, Task
from wugan.apps.teleop.trial import Trial
from wugan.errors import DataError

Array = NDArray[np.float64]

WEIGHTS = {"time": 0.2, "path": 0.35, "force": 0.25, "safety": 0.2}
_TOUCH_N = 0.05  # below this nothing is touched
_SHORTEST_S = 0.005  # what is shorter is noise of the encoder
_APART_S = 0.15  # violations nearer than this are one
_MOVED_M = 0.003  # what moved less never moved
_START_M = 0.005  # the trial begins when the tool leaves this surrounding of the start for the last time
_EACH_VIOLATION = 0.25  # of the marks for safety


class Part(BaseModel):
    """One part of a score.

    Attributes:
        name: `time`, `path`, `force` or `safety`.
        marks: 0…1.
        weight: share of the total.
        explanation: what was measured, and how that makes marks.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    marks: float
    weight: float
    explanation: str

    @property
    def points(self) -> float:
        """Of 100."""
        return 100 * self.marks * self.weight


class Violation(BaseModel):
    """Something unsafe.

    Attributes:
        kind: `force`, `speed` or `keep-out`.
        start_s: when it began.
        seconds: how long it lasted.
        worst: greatest value, N, m/s or m.
        text: in words.
    """

    model_config = ConfigDict(extra="forbid")

    kind: str
    start_s: float
    seconds: float
    worst: float
    text: str


class Score(BaseModel):
    """How good a trial was.

    Attributes:
        total: 0…100: completed share of the work, times the sum of all parts' points.
        completed: share of the path's work that was passed, 0…1.
        seconds: from the first movement to the end of the work.
        path_mm: root mean square distance from the path during the work.
        force_n: 95th percentile of the contact force while touching; 0 where nothing was touched.
        parts: where the points come from.
        violations: everything unsafe, in order of time.
    """

    model_config = ConfigDict(extra="forbid")

    total: float
    completed: float
    seconds: float
    path_mm: float
    force_n: float
    parts: list[Part]
    violations: list[Violation]


def contact(trial: Trial, task: Task) -> Array:
    """Size of the contact force at each state, N `[T]`: as measured, or the workpiece rendered again along the path."""
    if trial.pressed is not None:
        return trial.pressed
    from wugan.devices.haptic.effects import Renderer
    from wugan.devices.haptic.force import program_of
    from wugan.signals import ImpedanceUpdate

    renderer = Renderer(3, {"surface": task.surface})
    renderer.load(program_of(ImpedanceUpdate(task.contact("surface"))))
    steps = np.clip(np.diff(trial.time_s, prepend=trial.time_s[0] - 0.001), 1e-4, 0.02)
    force = np.empty_like(trial.position)
    rows = zip(trial.position.tolist(), trial.velocity.tolist(), steps.tolist(), strict=True)
    for index, (position, velocity, step) in enumerate(rows):
        force[index] = renderer.step(position, velocity, step)
    return np.asarray(np.linalg.norm(force, axis=1))


def score(trial: Trial, task: Task | None = None, touched: Array | None = None) -> Score:
    """Score a trial.

    Args:
        trial: what was recorded.
        task: its task; made again where it is not given.
        touched: the contact force, where `contact` was called already.

    Raises:
        DataError: the tool never moved.
    """
    task = task or trial.task
    limits = task.limits
    pressed = contact(trial, task) if touched is None else touched
    moved = np.flatnonzero(np.linalg.norm(trial.position - trial.position[0], axis=1) > _MOVED_M)
    if not len(moved):
        raise DataError("the tool never moved: nothing to score")
    distance, index, _ = Line(task.path).nearest(trial.position)
    close = distance <= 2 * limits.path_m
    gone = np.flatnonzero(close & (index >= task.worked))
    top = gone[index[gone] == index[gone].max()] if len(gone) else np.array([len(distance) - 1])
    begin = _begin(trial, task, int(moved[0]), int(top[-1]))
    end = int(top[top >= begin][0])
    gone = gone[gone >= begin]
    passed = np.zeros(len(task.path), bool)
    passed[index[gone]] = True
    completed = float(_filled(passed)[task.worked :].mean())
    work = np.zeros(len(distance), bool)
    work[int(gone[0]) if len(gone) else begin : end + 1] = True
    seconds = float(trial.time_s[end] - trial.time_s[begin])
    rms = float(np.sqrt(np.mean(distance[work] ** 2)))
    worst = int(np.flatnonzero(work)[distance[work].argmax()])
    violations = _violations(trial, task, distance, pressed, work, begin)
    force, force_part = _force(task, pressed, work)
    parts = [
        _part(
            "time",
            min(1.0, limits.time_s / max(seconds, 1e-9)),
            f"{seconds:.1f} s; a trained person takes {limits.time_s:g} s (full marks), twice that earns half",
        ),
        _part(
            "path",
            1 / (1 + (1e3 * rms / (1e3 * limits.path_m)) ** 2),
            f"{1e3 * rms:.2f} mm off the path on average (root mean square; {1e3 * limits.path_m:g} mm earn half), "
            f"{1e3 * distance[worst]:.1f} mm at worst, at {trial.time_s[worst]:.1f} s",
        ),
        force_part,
        _part(
            "safety",
            max(0.0, 1 - _EACH_VIOLATION * len(violations)),
            f"{len(violations)} unsafe; each takes a quarter" if violations else "nothing unsafe",
        ),
    ]
    total = completed * sum(part.points for part in parts)
    return Score(
        total=round(total, 2),
        completed=completed,
        seconds=seconds,
        path_mm=1e3 * rms,
        force_n=force,
        parts=parts,
        violations=violations,
    )


def _begin(trial: Trial, task: Task, moved: int, end: int) -> int:
    """Where the trial begins: a person first has to bring the tool to the start."""
    near = np.flatnonzero(np.linalg.norm(trial.position[:end] - task.start, axis=1) < _START_M)
    return int(near[-1]) if len(near) else min(moved, end)


def _part(name: str, marks: float, explanation: str) -> Part:
    return Part(name=name, marks=float(marks), weight=WEIGHTS[name], explanation=explanation)


def _filled(passed: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A quick tool skips points of a path a millimetre apart: gaps of up to three are passed too."""
    filled = passed.copy()
    for shift in (1, 2, 3):
        filled[shift:] |= passed[:-shift]
        filled[:-shift] |= passed[shift:]
    return filled


def _force(task: Task, pressed: Array, work: NDArray[np.bool_]) -> tuple[float, Part]:
    limits = task.limits
    touching = work & (pressed > _TOUCH_N)
    high = float(np.quantile(pressed[touching], 0.95)) if touching.any() else 0.0
    if limits.press_n is None:
        marks = max(0.0, 1 - high / limits.force_n)
        text = f"{high:.1f} N while touching (95th percentile); none earns full marks, {limits.force_n:g} N none"
    else:
        least, most = limits.press_n
        marks = float(np.mean((pressed[work] >= least) & (pressed[work] <= most)))
        text = f"{least:g} to {most:g} N were pressed in {100 * marks:.0f} % of the work; 95th percentile {high:.1f} N"
    return high, _part("force", marks, text)


def _violations(
    trial: Trial, task: Task, distance: Array, pressed: Array, work: NDArray[np.bool_], begin: int
) -> list[Violation]:
    limits = task.limits
    begun = np.arange(len(work)) >= begin
    speed = np.linalg.norm(trial.velocity, axis=1)
    kinds: list[tuple[str, Array, float, NDArray[np.bool_], str]] = [
        ("force", pressed, limits.force_n, begun, "pressed with {:.1f} N, more than {:g} N"),
        (
            "speed",
            speed,
            limits.speed,
            begun & (pressed > _TOUCH_N),
            "moved at {:.3f} m/s while touching, more than {:g} m/s",
        ),
        ("keep-out", distance, limits.keep_out_m, work, "left the path by {:.3f} m, more than {:g} m"),
    ]
    found = []
    for kind, value, limit, where, text in kinds:
        for first, last in _episodes(trial.time_s, where & (value > limit)):
            if trial.time_s[last] - trial.time_s[first] < _SHORTEST_S:
                continue
            worst = float(value[first : last + 1].max())
            found.append(
                Violation(
                    kind=kind,
                    start_s=float(trial.time_s[first]),
                    seconds=float(trial.time_s[last] - trial.time_s[first]),
                    worst=worst,
                    text=text.format(worst, limit),
                )
            )
    return sorted(found, key=lambda one: one.start_s)


def _episodes(time_s: Array, where: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of each stretch; those less than `_APART_S` apart are one."""
    episodes: list[tuple[int, int]] = []
    for at in np.flatnonzero(where).tolist():
        if episodes and time_s[at] - time_s[episodes[-1][1]] < _APART_S:
            episodes[-1] = (episodes[-1][0], at)
        else:
            episodes.append((at, at))
    return episodes


def summary(one: Score) -> dict[str, Any]:
    """A score as JSON values."""
    return one.model_dump(mode="json")

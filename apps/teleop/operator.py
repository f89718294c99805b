"""`Operator`: a scripted person at the device, of a given skill, repeatable from a seed.

The hand is a spring and damper to where the person wants to be. What is wanted runs along the path that the person has
in mind with minimum-jerk timing (Flash and Hogan 1985), beside it by a slow wander (how well the path is known) and a
tremor of 8 to 12 Hz. Who is less skilled wanders more, trembles more, takes longer, and presses harder.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.teleop.tasks import Task
from wugan.errors import DataError

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skill:
    """How good a person is at a task.

    Attributes:
        wander_m: standard deviation of the slow error on each axis, m.
        tremor_m: amplitude of the tremor, m.
        pace: time that is taken, in times of the task's own.
        heavy_n: what is pressed beyond what the task needs, N.
        stiffness: of the hand, N/m.
    """

    wander_m: float
    tremor_m: float
    pace: float
    heavy_n: float
    stiffness: float = 300.0


SKILLS = {
    "novice": Skill(0.0030, 0.0006, 1.7, 0.8),
    "trained": Skill(0.0013, 0.0003, 1.1, 0.3),
    "expert": Skill(0.0004, 0.0001, 0.9, 0.0),
}
_WAVES = ((0.11, 0.9), (0.29, 0.7), (0.53, 0.45), (0.97, 0.25))  # Hz and share of the wander; none is a multiple
_REST_S = (0.4, 0.8)  # before and after the movement
_DAMPING = 8.0  # N·s/m, of a hand that holds a stylus
_STRENGTH = 12.0  # N
_AIMS_HZ = 1000.0


class Operator:
    """A `Hand` for an emulated device.

    Args:
        task: what is to be done.
        skill: a name of `SKILLS`, or a `Skill`.
        seed: of this person on this day.
        gate: something with a `value` (`multiprocessing.sharedctypes.RawValue`), until which is true the hand waits at
            the start. None waits for nothing.

    Raises:
        DataError: no skill of that name.
    """

    def __init__(self, task: Task, skill: str | Skill = "trained", seed: int = 0, gate: Any = None) -> None:
        if isinstance(skill, str):
            if skill not in SKILLS:
                raise DataError(f"there is no skill {skill!r}; there are {', '.join(SKILLS)}")
            skill = SKILLS[skill]
        self.skill, self.task, self.gate = skill, task, gate
        draw = np.random.default_rng([seed, 7])
        self._phases = draw.uniform(0, 2 * math.pi, (len(_WAVES) + 1, 3))
        self._tremor_hz = float(draw.uniform(8, 12))
        scale = math.sqrt(2 / sum(share**2 for _, share in _WAVES)) * skill.wander_m
        self._waves = [(2 * math.pi * hz, scale * share) for hz, share in _WAVES]
        self.move_s = skill.pace * task.limits.time_s
        self._press_n = (sum(task.limits.press_n) / 2 if task.limits.press_n else 0.0) + skill.heavy_n
        self._legs = self._plan()
        self._begun_s: float | None = None
        # Worked out beforehand, so that a hand costs next to nothing in an emulator that keeps real time.
        self._aims = [self.aim(tick / _AIMS_HZ).tolist() for tick in range(math.ceil(self.seconds * _AIMS_HZ) + 1)]

    @property
    def seconds(self) -> float:
        """How long a trial takes, with the rests before and after."""
        return self.move_s + sum(_REST_S)

    def _plan(self) -> list[tuple[float, float, int, int]]:
        """Legs of the path: start and end time in s, start and end as indices. Each is one minimum-jerk movement."""
        last = len(self.task.path) - 1
        approach = 0.35 * self.move_s
        legs = [(0.0, approach, 0, self.task.worked), (approach, self.move_s, self.task.worked, last)]
        return [(_REST_S[0] + a, _REST_S[0] + b, i, j) for a, b, i, j in legs if j > i]

    def aim(self, time_s: float) -> Vector:
        """Where the hand wants to be, m `[3]`."""
        path = self.task.path
        along = float(len(path) - 1) if time_s >= self._legs[-1][1] else 0.0
        for start, end, first, last in self._legs:
            if start <= time_s < end:
                r = (time_s - start) / (end - start)
                along = first + (last - first) * r**3 * (10 - 15 * r + 6 * r * r)
        index = min(int(along), len(path) - 2)
        at = path[index] + (path[index + 1] - path[index]) * (along - index)
        for (speed, size), phase in zip(self._waves, self._phases, strict=False):
            at = at + size * np.sin(speed * time_s + phase)
        at = at + self.skill.tremor_m * np.sin(2 * math.pi * self._tremor_hz * time_s + self._phases[-1])
        if along > self.task.worked:
            at = at + self.task.into[index] * (self._press_n / self.skill.stiffness)
        return np.asarray(at)

    def force(self, time_s: float, position: Sequence[float], velocity: Sequence[float]) -> list[float]:
        """Force of the hand on the device, N, one for each axis."""
        if self._begun_s is None and (self.gate is None or self.gate.value):
            self._begun_s = time_s
        since = 0.0 if self._begun_s is None else time_s - self._begun_s
        wanted = self._aims[min(int(since * _AIMS_HZ), len(self._aims) - 1)]
        pull = [
            self.skill.stiffness * (aim - at) - _DAMPING * speed
            for aim, at, speed in zip(wanted, position, velocity, strict=True)
        ]
        size = math.sqrt(sum(part * part for part in pull))
        return pull if size <= _STRENGTH else [part * _STRENGTH / size for part in pull]


def improved(skill: Skill, trials: int) -> Skill:
    """The same person after so many more trials, by the power law of practice (Newell and Rosenbloom 1981)."""
    rest = (1 + trials) ** -0.4
    best = SKILLS["expert"]
    wander, tremor, pace, heavy_n = (
        getattr(best, name) + (getattr(skill, name) - getattr(best, name)) * rest
        for name in ("wander_m", "tremor_m", "pace", "heavy_n")
    )
    return Skill(wander, tremor, pace, heavy_n, skill.stiffness)

"""`practise()`: a trial in virtual time: scripted operator, emulated body, the same effects; no port and no process.

It takes about a tenth of the time that the trial would, and is the same each time: for tests, for trying settings, and
for showing how guidance fades over many trials. `live` does the same at a real or emulated device.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wugan.apps.teleop.assist import Assist
from wugan.apps.teleop.geometry import Line
from wugan.apps.teleop.operator import Operator
from wugan.apps.teleop.tasks.task import Task
from wugan.apps.teleop.trial import Trial, TrialInfo

PERIOD_S = 0.001
UPDATE_S = 0.05  # as often as the pipeline
_FORCE_N = 8.0  # of a desktop device
_MASS_KG = 0.1


def practise(
    task: Task,
    operator: Operator,
    assist: Assist | None = None,
    info: TrialInfo | None = None,
    on_update: Callable[[float, float], None] | None = None,
) -> Trial:
    """One trial.

    Args:
        task: what is to be done.
        operator: who does it.
        assist: their guidance, which is changed by it; none where it is not given.
        info: what is written of it.
        on_update: called with the time (s) and the distance from the path (m) at each update.
    """
    from wugan.devices.haptic.effects import Renderer
    from wugan.devices.haptic.emulators.body import Body
    from wugan.devices.haptic.impedance import program_of
    from wugan.signals import ImpedanceUpdate

    body = Body(_MASS_KG, 0.5, encoder_step=2e-5, ends=[(-0.1, 0.1)] * 3, start=task.start.tolist(), hand=operator)
    renderer = Renderer(3, {"surface": task.surface, "path": task.guide})
    line = Line(task.seen)
    count = round(operator.seconds / PERIOD_S)
    every = round(UPDATE_S / PERIOD_S)
    position, velocity, force = (np.empty((count, 3)) for _ in range(3))
    level = np.zeros(count)
    for index in range(count):
        at, speed = body.sensed()
        if index % every == 0:
            distance, place, _ = line.nearest(at[None])
            away = float(distance[0])
            now = assist.level if assist is not None else 0.0
            if assist is not None and place[0] >= task.worked:  # the way there is no work
                now = assist.update(away, UPDATE_S)
            effects = task.contact("surface")
            if assist is not None:
                effects += task.guidance(now, "path", assist.stiffest)
            renderer.load(program_of(ImpedanceUpdate(effects)))
            if on_update is not None:
                on_update(index * PERIOD_S, away)
        position[index], velocity[index] = at, speed
        out = renderer.step(at.tolist(), speed.tolist(), PERIOD_S)
        size = float(np.sqrt(out @ out))
        force[index] = out if size <= _FORCE_N else out * (_FORCE_N / size)
        level[index] = assist.level if assist is not None else 0.0
        body.step(force[index], PERIOD_S)
    known = info or TrialInfo(task.name, task.seed, "scripted", 1, "virtual", task.origin)
    return Trial(known, np.arange(count) * 1_000_000 / 1e9, position, velocity, force, level)

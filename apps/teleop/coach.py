"""`Coach`: fuses how the hand is (touch) with where the tool is (tool), and decides what the trainee is to feel.

A rule, not a trained model: what it does can be read here, and is the same for the same recording. From the tool's
tokens it takes the error, by which the guide fades or comes back (`Assist`). From touch it takes the tremor, the power
of vibration from 5 to 16 Hz, against which it adds damping.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from wugan.apps.teleop.assist import GUIDE_N_M, Assist
from wugan.apps.teleop.tasks.task import MIDDLE, Place, Task, task
from wugan.apps.teleop.tool import MODALITY as TOOL
from wugan.apps.teleop.tool import NAMES
from wugan.devices.haptic.effects import Program
from wugan.devices.haptic.impedance import program_of
from wugan.join import Join
from wugan.packet import Packet
from wugan.signals import ImpedanceUpdate
from wugan.stage import Stage
from wugan.sync import SyncPolicy, Window

STRETCH = "200ms"  # of touch that one decision looks at: two turns of the slowest tremor
MOST_DAMPING = 6.0  # N·s/m against tremor
TREMOR_M = 0.0006  # amplitude at which it is all there
_BANDS = 2  # of touch, from 5 to 16 Hz in stretches of 200 ms
_VALID_S = 1.0  # five decisions: after a pipeline that stalled so long, the hand is free
_AWAY, _PROGRESS, _WORKING = NAMES.index("away"), NAMES.index("progress"), NAMES.index("working")


class Advice(BaseModel):
    """What the coach decides at a moment.

    Attributes:
        level: of the guidance, 0…1.
        damping: against tremor, N·s/m.
        away_mm: distance from the path.
        alone_mm: what it would be without guidance, as estimated.
        tremor_mm: amplitude of the tremor.
        progress: 0…1 along the path.
    """

    model_config = ConfigDict(extra="forbid")

    level: float
    damping: float
    away_mm: float
    alone_mm: float
    tremor_mm: float
    progress: float


class Coach(Join[Any, Advice]):
    """Reads windows of `touch` and `tool` tokens. Without tool tokens it decides nothing; without touch, no damping.

    Args:
        sync: how the two streams are aligned.
        target_m: error at which a trainee needs no guidance.
        level: of the guidance at the start; 0 with `fixed` for training without.
        fixed: keep that level.
    """

    def __init__(self, sync: SyncPolicy, target_m: float, level: float = 1.0, fixed: bool = False) -> None:
        super().__init__(sync)
        self.target_m, self.level, self.fixed = target_m, level, fixed
        self._assist = Assist(target_m, level=level, fixed=fixed)
        self._before_ns: int | None = None

    def combine(self, window: Window) -> Advice | None:
        """Decide for one window."""
        tokens = {packet.data.modality: packet.data for packet in window.packets.values()}
        if TOOL not in tokens:
            return None
        row = tokens[TOOL].values[-1]
        since = 0.2 if self._before_ns is None else min(1.0, (window.time_ns - self._before_ns) / 1e9)
        self._before_ns = window.time_ns
        if row[_WORKING] > 0.5:  # the way there is no work
            self._assist.update(float(row[_AWAY]), since)
        shake = tremor_m(tokens["touch"].values) if "touch" in tokens else 0.0
        return Advice(
            level=self._assist.level,
            damping=0.0 if self.fixed and not self.level else damping(shake),
            away_mm=1e3 * float(row[_AWAY]),
            alone_mm=1e3 * self._assist.alone_m,
            tremor_mm=1e3 * shake,
            progress=float(row[_PROGRESS]),
        )


def damping(tremor_m: float) -> float:
    """N·s/m against a tremor of an amplitude, m."""
    return MOST_DAMPING * min(1.0, tremor_m / TREMOR_M)


def tremor_m(touch: np.ndarray) -> float:
    """Amplitude (m) of a 10 Hz tremor with the power that the lowest bands of touch tokens hold, `[T, 27]`."""
    power = float((10.0 ** touch[:, :_BANDS].astype(np.float64)).sum(axis=1).mean())
    return math.sqrt(2 * power) / (2 * math.pi * 10.0) ** 2


def felt(advice: Advice, known: Task, surface: str, path: str) -> ImpedanceUpdate:
    """The workpiece, the guidance and the damping as effects.

    Args:
        advice: what was decided.
        known: the task.
        surface: name under which the workpiece is shared.
        path: name under which the path is shared.
    """
    effects = known.contact(surface) + known.guidance(advice.level, path, GUIDE_N_M)
    if advice.damping > 0:
        effects.append({"effect": "Damper", "damping": advice.damping})
    return ImpedanceUpdate(effects, _VALID_S)


class Felt(Stage[Advice, Program]):
    """What is decided as a program for the servo.

    Args:
        name: of the task.
        seed: its workpiece.
        surface: name under which the workpiece is shared.
        path: name under which the path is shared.
        origin: where the workpiece stands, m.
    """

    def __init__(self, name: str, seed: int, surface: str, path: str, origin: Place = MIDDLE) -> None:
        self.name, self.seed, self.surface, self.path, self.origin = name, seed, surface, path, origin

    def warm_up(self) -> None:
        """Make the task."""
        self._task = task(self.name, self.seed, self.origin)

    def process(self, packet: Packet[Advice]) -> Iterator[Packet[Program]]:
        """One program for each decision."""
        yield packet.replace(program_of(felt(packet.data, self._task, self.surface, self.path)))

"""`Coach`: fuses how the hand is (touch) with where the tool is (tool), and decides what the trainee is to feel.

A rule, not a trained model: what it does can be read here, and is the same for the same recording. From the tool's
tokens it takes the error, by which the guide fades or comes back (`Assist`). From touch it takes the tremor, the power
of vibration from 5 to 16 Hz, against which it adds damping.

Guidance that never fades is leaned on, and what was learnt goes with it (the guidance hypothesis: Salmoni, Schmidt,
Walter 1984; for haptics Powell and O'Malley 2012). So the level follows the error that the trainee *would* make alone:
the error that is seen, times (hand + guide) / hand in stiffness. It is lowered while that is below the target, raised
while it is above, and never jumps: what is felt must not surprise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict

from wugan.apps.teleop.tasks import MIDDLE, Line, Place, Task, task
from wugan.devices.haptic.effects import Program
from wugan.devices.haptic.force import program_of
from wugan.errors import DataError
from wugan.join import Join
from wugan.packet import Packet
from wugan.signals import HapticSample, ImpedanceUpdate
from wugan.stage import Encoder, Stage
from wugan.sync import SyncPolicy, Window
from wugan.tokens import Tokens

RISE_PER_S = 0.5  # of the level
FALL_PER_S = 0.25
GUIDE_N_M = 400.0  # stiffness of the guide at level 1
HAND = 300.0  # N/m, a hand that holds a stylus (100 to 500 in the literature)
_MEMORY_S = 1.0  # over which the error is averaged


@dataclass(slots=True)
class Assist:
    """The level of guidance of one trainee.

    Attributes:
        target_m: error at which a trainee needs none.
        stiffest: N/m of the guide at level 1.
        level: now, 0…1.
        fixed: keep the level.
        alone_m: error that the trainee would make without guidance, as estimated; m.
    """

    target_m: float
    stiffest: float = GUIDE_N_M
    level: float = 1.0
    fixed: bool = False
    alone_m: float = 0.0
    _seen: bool = False

    def update(self, error_m: float, dt_s: float) -> float:
        """Take the distance from the path over the last `dt_s`; the new level.

        What is not finite or takes no time changes nothing.
        """
        return self.follow(error_m * (HAND + self.level * self.stiffest) / HAND, dt_s)

    def follow(self, alone_m: float, dt_s: float) -> float:
        """Take an estimate of the error without guidance over the last `dt_s`; the new level. Else as `update`."""
        if not (math.isfinite(alone_m) and math.isfinite(dt_s)) or dt_s <= 0 or alone_m < 0:
            return self.level
        share = 1.0 if not self._seen else -math.expm1(-dt_s / _MEMORY_S)
        self.alone_m += share * (alone_m - self.alone_m)
        self._seen = True
        if self.fixed:
            return self.level
        wanted = min(1.0, max(0.0, self.alone_m / self.target_m - 1.0))
        most = RISE_PER_S * dt_s if wanted > self.level else FALL_PER_S * dt_s
        self.level += min(most, max(-most, wanted - self.level))
        return self.level


TOOL = "tool"
NAMES = (
    "away",  # m, root mean square distance from the path that was seen
    "toward x",  # m, mean vector to the path
    "toward y",
    "toward z",
    "progress",  # 0…1 along the path
    "speed",  # m/s along the path, mean
    "working",  # share of the time in which the nearest place is work and not approach
)


class ToolEncoder(Encoder[HapticSample, Tokens]):
    """One token a stretch, float32 `[1, 7]` (`NAMES`), in natural units; a stretch without states gives none.

    Args:
        task: name of the task, whose path is found anew from its scan where this runs.
        seed: its workpiece.
        origin: where it stands, m.

    Raises:
        DataError: from `encode`, the device has not three axes.
    """

    modality = TOOL
    dim = len(NAMES)

    def __init__(self, task: str, seed: int = 0, origin: Place = MIDDLE) -> None:
        self.task, self.seed, self.origin = task, seed, origin

    def warm_up(self) -> None:
        """Find the path in the scan."""
        self._known = task(self.task, self.seed, self.origin)
        self._line = Line(self._known.seen)

    def encode(self, batch: Sequence[Packet[HapticSample]]) -> list[Tokens | None]:
        """A token for each stretch."""
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[HapticSample]) -> Tokens | None:
        position, velocity = packet.data.position, packet.data.velocity
        if not len(position):
            return None
        if position.shape[1] != 3:
            raise DataError(f"training needs a device of three axes, {packet.stream!r} has {position.shape[1]}")
        distance, index, toward = self._line.nearest(position)
        along = np.gradient(self._line.points, axis=0)[index]
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
        row = [
            float(np.sqrt(np.mean(distance**2))),
            *toward.mean(axis=0).tolist(),
            float(index.max()) / (len(self._line.points) - 1),
            float((velocity * along).sum(axis=1).mean()),
            float(np.mean(index >= self._known.worked)),
        ]
        return Tokens(np.array([row], np.float32), np.array([packet.time_ns]), TOOL)


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

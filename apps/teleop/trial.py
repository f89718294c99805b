"""`Trial`: one attempt at a task, as it was recorded; written as MCAP and read again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.teleop.tasks import MIDDLE, Place, Task, task
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.record.recorder import Recorder
from wugan.record.replay import read
from wugan.signals import HapticSample

Array = NDArray[np.float64]

_CHUNK = 100  # states in a packet of a recording that was made in virtual time
_LEAST = 20  # states of which something can be said


@dataclass(slots=True)
class TrialInfo:
    """What is to be known of a trial beside its states. The first packet of a recording.

    Attributes:
        task: name of the task.
        seed: its workpiece.
        operator: who did it, in words.
        number: which trial of the session, from 1.
        device: at which device.
        origin: where in the device's frame the workpiece stood, m.
    """

    task: str
    seed: int
    operator: str
    number: int
    device: str
    origin: Place = MIDDLE


@dataclass(slots=True)
class Guided:
    """The guidance at a moment.

    Attributes:
        level: 0…1.
        alone_m: error that the trainee would make without it, m.
    """

    level: float
    alone_m: float


@dataclass(slots=True)
class Pressed:
    """Measured contact force, one for each state of the touch packet of the same number; N `[T]`."""

    force: Array


@dataclass(slots=True)
class Trial:
    """One attempt.

    Attributes:
        info: what it was.
        time_s: float64 `[T]`, from its start.
        position: of the tool, m `[T, 3]`.
        velocity: m/s `[T, 3]`.
        force: that the device was told to give, N `[T, 3]`.
        level: of the guidance, 0…1 `[T]`.
        pressed: size of the contact force where it was measured, N `[T]`; None where it is to be rendered again.
    """

    info: TrialInfo
    time_s: Array
    position: Array
    velocity: Array
    force: Array
    level: Array
    pressed: Array | None = None

    @property
    def task(self) -> Task:
        """The task, made again from its name and seed. Raises `DataError` where there is none of that name."""
        return task(self.info.task, self.info.seed, self.info.origin)

    def save(self, path: Path, overwrite: bool = False) -> None:
        """Write it. Raises `DataError` where the file is there already or cannot be written."""
        with Recorder(path, overwrite) as recorder:
            recorder.write(Packet(self.info, 0, stream="trial"))
            time_ns = np.round(self.time_s * 1e9).astype(np.int64)
            changes = np.flatnonzero(np.diff(self.level, prepend=np.nan) != 0)
            for seq, at in enumerate(changes.tolist()):
                recorder.write(Packet(Guided(float(self.level[at]), 0.0), int(time_ns[at]), stream="guidance", seq=seq))
            for seq, at in enumerate(range(0, len(time_ns), _CHUNK)):
                part = slice(at, at + _CHUNK)
                columns = (self.position[part], self.velocity[part], self.force[part])
                sample = HapticSample(time_ns[part], *columns, rate_hz=1000.0)
                recorder.write(Packet(sample, int(time_ns[at]), stream="touch", seq=seq))
                if self.pressed is not None:
                    recorder.write(Packet(Pressed(self.pressed[part]), int(time_ns[at]), stream="pressed", seq=seq))

    @classmethod
    def load(cls, path: Path) -> Trial:
        """Read a recording, of virtual time or of a live pipeline.

        Raises:
            DataError: it is no recording of a trial, holds too little, or is damaged.
        """
        info: TrialInfo | None = None
        samples: list[HapticSample] = []
        levels: list[tuple[int, float]] = []
        pressed: list[Array] = []
        for packet in read(path):
            if isinstance(packet.data, TrialInfo):
                info = packet.data
            elif isinstance(packet.data, HapticSample):
                samples.append(packet.data)
            elif isinstance(packet.data, Guided):
                levels.append((packet.time_ns, packet.data.level))
            elif isinstance(packet.data, Pressed):
                pressed.append(packet.data.force)
        if info is None or sum(map(len, samples)) < _LEAST:
            raise DataError(f"{path} is no recording of a trial: it lacks the streams 'trial' and 'touch'")
        trial = cls.of(info, samples, levels)
        if pressed:
            trial.pressed = np.concatenate(pressed)
            if len(trial.pressed) != len(trial.time_s):
                raise DataError(f"{path}: {len(trial.pressed)} contact forces do not fit {len(trial.time_s)} states")
        return trial

    @classmethod
    def of(cls, info: TrialInfo, samples: list[HapticSample], levels: list[tuple[int, float]]) -> Trial:
        """Put a trial together from what came of the streams.

        Args:
            info: what it was.
            samples: of three axes; put in order of time, doubled states left out.
            levels: time in ns, and the level from then on.

        Raises:
            DataError: the device has not three Cartesian axes, or something is not finite.
        """
        if any(sample.axes != 3 or sample.space != "cartesian" for sample in samples):
            raise DataError("training needs a Cartesian device of three axes")
        time_ns = np.concatenate([sample.time_ns for sample in samples])
        time_ns, first = np.unique(time_ns, return_index=True)
        position, velocity, force = (
            np.concatenate([np.asarray(getattr(sample, name), float) for sample in samples])[first]
            for name in ("position", "velocity", "force")
        )
        if not all(np.isfinite(column).all() for column in (position, velocity, force)):
            raise DataError("the recording holds states that are not finite")
        levels = sorted(levels)
        before = np.searchsorted([at for at, _ in levels], time_ns, side="right") - 1
        values = np.array([level for _, level in levels] or [0.0])
        level = np.where(before >= 0, values[np.maximum(before, 0)], 0.0)
        return cls(info, (time_ns - time_ns[0]) / 1e9, position, velocity, force, level)

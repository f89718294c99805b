"""`Renderer`: the force of a program, period by period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.effects.effect import Running
from wugan.devices.haptic.effects.program import Program

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


class Renderer:
    """Renders a program in the servo loop: no I/O, no clock, no exception for finite input.

    Args:
        axes: number of axes of the device.
        geometries: meshes, clouds and paths by the names that programs use. Looked up when a program is loaded, so a
            mapping that gains names later serves later programs.
    """

    def __init__(self, axes: int, geometries: Mapping[str, Geometry] | None = None) -> None:
        self._axes = axes
        self._geometries = {} if geometries is None else geometries
        self._running: dict[tuple[object, ...], Running] = {}
        self._output = np.zeros(axes)

    def load(self, program: Program) -> None:
        """Render this program from the next step on.

        An effect that was in the last program too (the same kind, in the same place among its kind) takes its new
        parameters and keeps its memory: its proxy stays where it is.

        Raises:
            DataError: an effect does not suit the device or its geometry is unknown; the last program stays.
        """
        seen: dict[tuple[object, ...], int] = {}
        fresh: dict[tuple[object, ...], Running] = {}
        kept = []
        for effect in program.effects:
            turn = seen[effect.key] = seen.get(effect.key, -1) + 1
            key = (*effect.key, turn)
            started = effect.start(self._axes, self._geometries)
            old = self._running.get(key)
            fresh[key] = started if old is None else old
            if old is not None:
                kept.append((old, effect))
        for old, effect in kept:  # only now, when all effects were accepted
            old.update(effect)
        self._running = fresh

    def step(self, position: Sequence[float], velocity: Sequence[float], dt_s: float) -> NDArray[np.float64]:
        """The program's force.

        Args:
            position: finite, one for each axis, m or rad.
            velocity: finite, one for each axis, m/s or rad/s.
            dt_s: time since the last step, s.

        Returns:
            float64 `[axes]`, N or N·m; overwritten by the next step.
        """
        at, speed = [float(value) for value in position], [float(value) for value in velocity]
        force = [0.0] * self._axes
        for running in self._running.values():
            running.add(at, speed, dt_s, force)
        self._output[:] = force
        return self._output

    def reset(self) -> None:
        """Forget all contacts and times: the device was away, and may be anywhere."""
        for running in self._running.values():
            running.reset()

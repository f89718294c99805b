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

#: Beyond this, m, rad, m/s or rad/s, a number is no measurement.
_FAR = 1e6


class Renderer:
    """Renders a program in the servo loop: no I/O, no clock, no exception for finite input.

    Args:
        axes: number of axes of the device.
        geometries: meshes, clouds and paths by the names that programs use. Looked up when a program is loaded, so a
            mapping that gains names later serves later programs.

    Attributes:
        active: the part of the last step's force that pushes by itself (pulse, vibration, weight, assist of a guide),
            float64 `[axes]`, N or N·m; passivity control leaves it alone.
        granted_j: energy that new programs have put into springs, guides and walls, J: a spring whose center was moved
            has it to give, lawfully. The loop reads it and sets it to 0.
    """

    def __init__(self, axes: int, geometries: Mapping[str, Geometry] | None = None) -> None:
        self._axes = axes
        self._geometries = {} if geometries is None else geometries
        self._running: dict[tuple[object, ...], Running] = {}
        self._output = np.zeros(axes)
        self._at = [0.0] * axes
        self._begun = False
        self.active = np.zeros(axes)
        self.granted_j = 0.0

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
            effect.check_axes(self._axes)
            turn = seen[effect.key] = seen.get(effect.key, -1) + 1
            key = (*effect.key, turn)
            started = effect.start(self._axes, self._geometries)
            old = self._running.get(key)
            fresh[key] = started if old is None else old
            if old is not None:
                kept.append((old, effect))
        before = {key: running.potential(self._at) for key, running in self._running.items()} if self._begun else {}
        for old, effect in kept:  # only now, when all effects were accepted
            old.update(effect)
        self._running = fresh
        if self._begun:
            for key, running in fresh.items():
                self.granted_j += max(0.0, running.potential(self._at) - before.get(key, 0.0))

    def step(self, position: Sequence[float], velocity: Sequence[float], dt_s: float) -> NDArray[np.float64]:
        """The program's force.

        Args:
            position: finite, one for each axis, m or rad.
            velocity: finite, one for each axis, m/s or rad/s.
            dt_s: time since the last step, s.

        Returns:
            float64 `[axes]`, N or N·m; overwritten by the next step. Zero where a number is not finite or beyond any
            device.
        """
        at, speed = [float(value) for value in position], [float(value) for value in velocity]
        force, push = [0.0] * self._axes, [0.0] * self._axes
        if all(-_FAR < value < _FAR for value in (*at, *speed)):
            self._at, self._begun = at, True
            for running in self._running.values():
                running.add(at, speed, dt_s, force, push)
        self.active[:] = push
        np.add(force, push, out=self._output)
        return self._output

    def potential(self, position: Sequence[float]) -> float:
        """Energy (J) that springs, guides, walls and surfaces have stored with the hand there, m or rad."""
        at = [float(value) for value in position]
        return sum(running.potential(at) for running in self._running.values())

    def reset(self) -> None:
        """Forget all contacts and times: the device was away, and may be anywhere."""
        self._begun = False
        for running in self._running.values():
            running.reset()

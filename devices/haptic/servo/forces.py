"""`Forces`: from the program in force to what the device is told: render, keep passive, limit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from wugan.devices.haptic.driver import State
from wugan.devices.haptic.passivity import PassivityController
from wugan.devices.haptic.safety.events import Code, Events
from wugan.devices.haptic.safety.guard import Guard
from wugan.devices.haptic.servo.memory import MAX_EXPIRES_S, ServoMemory, Word
from wugan.devices.haptic.servo.process import ServoConfig


class Renders(Protocol):
    """What the loop needs of a renderer."""

    def load(self, data: bytes) -> bool:
        """Take a program into force; False: not yet, ask again. Raises where it cannot be used."""

    def step(
        self, position: Sequence[float], velocity: Sequence[float], dt_s: float
    ) -> tuple[Sequence[float], Sequence[float]]:
        """Force of this period, N or N·m, one for each axis: what stays passive, and what pushes by itself."""

    def granted(self) -> float:
        """Energy (J) that new programs have stored since this was last asked."""

    def potential(self, position: Sequence[float]) -> float:
        """Energy (J) that the program has stored with the handle there."""

    def reset(self) -> None:
        """The device was away, and may be anywhere now."""


class Forces:
    """Takes programs out of shared memory, and makes the output of each period of them.

    Args:
        config: of the servo.
        memory: where programs come from.
        renderer: makes forces of programs.
        events: told of programs that cannot be used.
    """

    def __init__(self, config: ServoConfig, memory: ServoMemory, renderer: Renders, events: Events) -> None:
        spec = config.driver.spec
        self._memory = memory
        self._words = memory.words
        self._renderer = renderer
        self._events = events
        self._period_ns = config.period_ns
        self._passivity = PassivityController.of(spec, 1) if config.passivity else None
        self._zero = (0.0,) * spec.axes
        self._rendered_ns = 0
        self._program = 0  # number of the newest program that was looked at
        self._expires_s = 0.0
        self._loaded = False
        self._at_rest = True  # nothing was rendered in the period before

    @property
    def energy_j(self) -> float:
        """Energy that the passivity controller has seen taken in, less what was given out; 0 without one."""
        return self._passivity.energy_j if self._passivity is not None else 0.0

    def reset(self) -> None:
        """The device was away: forget contacts and energy."""
        if self._passivity is not None:
            self._passivity.reset()
        self._renderer.reset()
        self._at_rest = True

    def next(self, now: int, state: State | None, position: tuple[float, ...], guard: Guard) -> tuple[float, ...]:
        """What the device is to be told in the period that begins now.

        Args:
            now: monotonic time, nanoseconds.
            state: the newest state that was admitted; None where there is none, which gives zero.
            position: of that state, less the calibration's offset.
            guard: has the last word.
        """
        dt_s = (now - self._rendered_ns) / 1e9 if self._rendered_ns else self._period_ns / 1e9
        self._rendered_ns = now
        if self._memory.programs.head != self._program:
            self._load(now)
        now_s = now / 1e9
        wanted: Sequence[float] = self._zero
        active: Sequence[float] = self._zero
        rendering = self._loaded and state is not None and now_s < self._expires_s
        if rendering:
            try:
                wanted, active = self._renderer.step(position, guard.velocity, dt_s)
            except Exception as error:  # the loop must not die of an effect; no force is safe
                self._drop(f"an effect failed: {error!r}")
        expires_s = self._expires_s if self._loaded else float("inf")
        passivity = self._passivity
        if passivity is None or state is None:
            return guard.limit(
                [f + more for f, more in zip(wanted, active, strict=True)], state, now_s, dt_s, expires_s
            )
        granted = self._renderer.granted()
        if rendering and self._at_rest:  # the account was closed meanwhile: all that is stored comes anew
            granted = self._renderer.potential(position)
        passivity.grant(granted)
        self._at_rest = not rendering
        held = passivity.step(wanted, guard.velocity, dt_s, position)
        total = [f + more for f, more in zip(held, active, strict=True)]
        output = guard.limit(total, state, now_s, dt_s, expires_s)
        passivity.applied(output, active)
        return output

    def _load(self, now: int) -> None:
        """Take the newest program. One that cannot be used leaves none in force."""
        newest = self._memory.read_program()
        if newest is None:  # overtaken in each try: the next period has another
            return
        number, expires_ns, program = newest
        loaded = False
        if program:
            try:
                if not self._renderer.load(program):  # what it needs is on its way; the one before stays
                    return
                loaded = True
            except Exception as error:
                self._drop(f"program {number} cannot be used: {error}")
        latest_ns = now + round(MAX_EXPIRES_S * 1e9)  # whatever the one who wrote it believes
        self._program, self._loaded, self._expires_s = number, loaded, min(expires_ns, latest_ns) / 1e9
        self._words[Word.PROGRAM] = number if loaded else 0

    def _drop(self, why: str) -> None:
        self._loaded = False
        self._words[Word.PROGRAM] = 0
        self._events.add(Code.PROGRAM, time.monotonic_ns(), why)

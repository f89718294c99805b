"""A handle of one axis in somebody's hand, a sampled loop with a delay, and a wall: what the energy benchmarks share.

Pure Python, no NumPy: one axis in plain floats is faster, and the loop calls the real controller.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

PERIOD_S = 1e-3
SUBSTEPS = 20
DURATION_S = 2.0

Push = Callable[[float, float, float], float]  # seconds, position, velocity to the hand's force


class Controller(Protocol):
    """What stands between the wall and the device."""

    def step(
        self, force: Sequence[float], velocity: Sequence[float], dt_s: float, position: Sequence[float] | None = None
    ) -> tuple[float, ...]: ...

    def applied(self, output: Sequence[float]) -> None: ...


@dataclass(frozen=True)
class Hand:
    """How a handle meets the wall, which fills all below 0."""

    name: str
    push: Push | None = None
    start: float = 0.0
    speed: float = 0.0
    duration_s: float = DURATION_S


@dataclass(frozen=True)
class Handle:
    """The device: kg, N·s/m, m of an encoder count, N, and whole periods from sampling to acting."""

    mass: float = 0.1
    damping: float = 0.1
    count: float = 1e-5
    cap: float = 8.0
    delay: int = 1


@dataclass
class Run:
    """What happened: energy that went into the wall less what it gave back (J), and force over time (N·s)."""

    net_j: float = 0.0
    lowest_j: float = 0.0
    highest_j: float = 0.0
    position: list[float] = field(default_factory=list)
    force: list[float] = field(default_factory=list)
    wanted_ns: float = 0.0
    withheld_ns: float = 0.0


class Reactive:
    """Time-domain passivity control as in 2002: damps by as much as has come out, once it has.

    The energy is counted as exactly as ours (by positions, each force when it acts): by `force · velocity` of the same
    sample, as the paper has it, a spring's energy is never negative, whatever the delay.
    """

    def __init__(self, delay: int = 1, most: float = math.inf) -> None:
        self.energy_j = 0.0
        self.most = most
        self._last = 0.0
        self._under_way = [0.0] * (delay + 1)

    def step(
        self, force: Sequence[float], velocity: Sequence[float], dt_s: float, position: Sequence[float] | None = None
    ) -> tuple[float, ...]:
        assert position is not None
        f, v = force[0], velocity[0]
        self.energy_j -= self._under_way.pop(0) * (position[0] - self._last)
        self._last = position[0]
        if self.energy_j < 0.0 and v != 0.0:
            f -= min(-self.energy_j / (v * v * dt_s), self.most) * v
        self._under_way.append(f)
        return (f,)

    def applied(self, output: Sequence[float]) -> None:
        self._under_way[-1] = output[0]


def hands(seed: int = 1) -> list[Hand]:
    """Taps without a hand, steady pushes, hands that follow a path, one without any damping, one that trembles."""
    chance = random.Random(seed)
    tremble = [chance.gauss(0.0, 0.2) for _ in range(int(DURATION_S / PERIOD_S) * 4)]

    def to(path: Callable[[float], float], stiffness: float, damping: float) -> Push:
        return lambda t, x, v: stiffness * (path(t) - x) - damping * v

    return [
        Hand("tap, 0.2 m/s", None, 0.01, -0.2),
        Hand("tap, 0.5 m/s", None, 0.02, -0.5),
        Hand("push, 0.5 N", lambda t, x, v: -0.5, 0.002),
        Hand("push, 2 N", lambda t, x, v: -2.0, 0.002),
        Hand("swing, 1 Hz", to(lambda t: -0.005 - 0.01 * math.sin(math.tau * t), 300.0, 3.0)),
        Hand("swing, 5 Hz", to(lambda t: -0.005 - 0.01 * math.sin(5 * math.tau * t), 300.0, 1.0)),
        Hand("lean, slowly", to(lambda t: -0.03 * math.sin(math.pi * t) ** 2, 200.0, 2.0), 0.003),
        Hand("hold, undamped", to(lambda t: -0.005, 500.0, 0.0)),
        Hand(
            "hold, trembling",
            lambda t, x, v: 300.0 * (-0.02 * min(1.0, 2 * t) - x) - 3.0 * v + tremble[int(t / PERIOD_S) % len(tremble)],
            0.003,
            duration_s=4 * DURATION_S,
        ),
    ]


def simulate(stiffness: float, hand: Hand, handle: Handle, controller: Controller | None = None) -> Run:
    """A wall of a stiffness (N/m) rendered at 1 kHz from the encoder's counts, in the energy that really flows."""
    run = Run()
    x, v, step = hand.start, hand.speed, PERIOD_S / SUBSTEPS
    last: float | None = None
    under_way = [0.0] * handle.delay
    for period in range(round(hand.duration_s / PERIOD_S)):
        sensed = math.floor(x / handle.count) * handle.count
        velocity = 0.0 if last is None else (sensed - last) / PERIOD_S
        last = sensed
        force = -stiffness * sensed if sensed < 0.0 else 0.0
        if controller is not None:
            wanted, force = force, controller.step((force,), (velocity,), PERIOD_S, (sensed,))[0]
            run.wanted_ns += abs(wanted) * PERIOD_S
            run.withheld_ns += abs(force - wanted) * PERIOD_S
        force = max(-handle.cap, min(handle.cap, force))
        if controller is not None:
            controller.applied((force,))
        under_way.append(force)
        acting = under_way.pop(0)
        for number in range(SUBSTEPS):
            push = 0.0 if hand.push is None else hand.push(period * PERIOD_S + number * step, x, v)
            v += step * (acting + push - handle.damping * v) / handle.mass
            x += step * v
            run.net_j -= acting * step * v
        run.lowest_j = min(run.lowest_j, run.net_j)
        run.highest_j = max(run.highest_j, run.net_j)
        run.position.append(x)
        run.force.append(acting)
    return run

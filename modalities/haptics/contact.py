"""`ContactDetector`: when the hand meets something and when it leaves it again."""

from __future__ import annotations

import dataclasses
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Stage

_NOISE_S = 0.3  # time over which the force in free motion is averaged
_SIGMAS = 4.0  # what is further from that mean than so many standard deviations is no noise
_FLOOR = 0.01  # N: an ideal sensor has no noise, but no contact begins at a hundredth of a newton
_RATE_S = 0.003  # time over which the rise of the force is taken: one state's noise must not look like an impact
_LOOK_BACK_NS = 100_000_000  # how far an onset may lie before the moment at which it was noticed


@dataclass(slots=True)
class Contact:
    """A contact begins or ends.

    Attributes:
        phase: `begin` or `end`.
        time_ns: when, as the force tells; `begin` is noticed a little later, and dated back.
        position: float64 `[A]`, where the hand was then (m or rad).
        speed: how fast it was (m/s or rad/s).
        force: N (N·m): of `begin`, the magnitude when it was noticed; of `end`, the greatest of the contact.
        seconds: of `end`, how long the contact was; 0 of `begin`.
    """

    phase: Literal["begin", "end"]
    time_ns: int
    position: np.ndarray
    speed: float
    force: float
    seconds: float = 0.0


@dataclass(slots=True)
class _State:
    time_ns: int
    force: float
    position: np.ndarray
    speed: float


@dataclass(eq=False)
class ContactDetector(Stage[HapticSample, Contact]):
    """Finds contacts in the magnitude of the force, with hysteresis.

    A contact begins where the force exceeds `on`, or rises faster than `rate` out of its noise (an impact is noticed
    before it is strong). Its onset is dated back to the last state that was still noise, whose level is learnt while
    nothing is touched; so the date is good to some milliseconds also where the force grows slowly. It ends where the
    force stays below `off` for `hold`, dated to the first of these states.

    Args:
        on: N (N·m) above which there is contact.
        off: N below which there is none.
        rate: N/s; `None` leaves impacts to `on`.
        hold: how long the force must stay below `off`, at most 100 ms.

    Raises:
        DataError: `off` is not below `on`, or `hold` is longer than 100 ms.
    """

    on: float = 0.3
    off: float = 0.1
    rate: float | None = 50.0
    hold: str | float = "20ms"
    touching: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        if not 0 < self.off < self.on or not math.isfinite(self.on):
            raise DataError(f"ContactDetector: off ({self.off:g} N) must be above 0 and below on ({self.on:g} N)")
        if to_ns(self.hold) > _LOOK_BACK_NS:
            raise DataError(f"ContactDetector: hold {self.hold!r} is longer than 100 ms")
        self.interrupt()

    def interrupt(self) -> None:
        """Forget the contact under way, and what noise is."""
        self.touching = False
        self._mean, self._variance = 0.0, 0.0
        self._learnt_s = 0.0
        self._recent: deque[_State] = deque()
        self._onset: _State | None = None
        self._peak = 0.0
        self._below: _State | None = None  # the first of the states below `off`

    def watermark(self, time_ns: int) -> int:
        """Contacts are dated back by at most 100 ms."""
        return time_ns - _LOOK_BACK_NS

    def process(self, packet: Packet[HapticSample]) -> Iterator[Packet[Contact]]:
        sample = packet.data
        strength = np.sqrt((sample.force**2).sum(axis=1)).tolist()
        speed = np.sqrt((sample.velocity**2).sum(axis=1)).tolist()
        for index, time_ns in enumerate(sample.time_ns.tolist()):
            force = strength[index]
            if not math.isfinite(force):
                raise DataError(f"{packet.stream!r}: the force is {force}; a device that gives it must be stopped")
            event = self._step(_State(time_ns, force, sample.position[index], speed[index]))
            if event is not None:
                yield dataclasses.replace(packet.replace(event), time_ns=event.time_ns)

    def _step(self, now: _State) -> Contact | None:
        recent = self._recent
        recent.append(now)
        while now.time_ns - recent[0].time_ns > _LOOK_BACK_NS:
            recent.popleft()
        return self._end(now) if self.touching else self._begin(now)

    def _begin(self, now: _State) -> Contact | None:
        limit = self._mean + max(_FLOOR, _SIGMAS * math.sqrt(self._variance))
        strong = now.force > self.on
        if not strong and not (self.rate is not None and now.force > limit and self._rise(now) > self.rate):
            if now.force <= limit or self._learnt_s < _NOISE_S / 10:
                self._learn(now.force)
            return None
        onset = now
        for state in reversed(self._recent):
            onset = state
            if state.force <= limit:
                break
        self.touching, self._onset, self._peak, self._below = True, onset, now.force, None
        return Contact("begin", onset.time_ns, onset.position, onset.speed, now.force)

    def _end(self, now: _State) -> Contact | None:
        self._peak = max(self._peak, now.force)
        if now.force >= self.off:
            self._below = None
            return None
        if self._below is None:
            self._below = now
        if now.time_ns - self._below.time_ns < to_ns(self.hold):
            return None
        assert self._onset is not None
        end, self.touching = self._below, False
        seconds = (end.time_ns - self._onset.time_ns) / 1e9
        self._recent.clear()  # a new contact is not dated back into this one
        self._recent.append(now)
        return Contact("end", end.time_ns, end.position, end.speed, self._peak, seconds)

    def _rise(self, now: _State) -> float:
        """How fast the force has grown over the last milliseconds, N/s."""
        for state in reversed(self._recent):
            passed = (now.time_ns - state.time_ns) / 1e9
            if passed >= _RATE_S - 1e-9:
                return (now.force - state.force) / passed
        return 0.0

    def _learn(self, force: float) -> None:
        """Follow mean and variance of the force while nothing is touched."""
        recent = self._recent
        passed = (recent[-1].time_ns - recent[-2].time_ns) / 1e9 if len(recent) > 1 else 1e-3
        self._learnt_s += passed
        share = min(1.0, passed / min(_NOISE_S, max(passed, self._learnt_s)))
        away = force - self._mean
        self._mean += share * away
        self._variance = (1 - share) * (self._variance + share * away * away)

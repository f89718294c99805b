"""`Faults`: what goes wrong on a serial line, and `Line`, which does it to bytes; seeded, for runs to be repeated."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wugan.errors import DataError

Side = Literal["both", "commands", "answers"]


@dataclass(frozen=True, slots=True)
class Faults:
    """How a line misbehaves. The defaults are a perfect line.

    Attributes:
        seed: of all that is random.
        delay_s: added to each answer on its way to the host.
        jitter_s: up to as much again is added to each answer, evenly spread. Answers keep their order, as on a wire.
        noise: probability that a byte has one bit flipped.
        loss: probability that a byte is dropped.
        duplicate: probability that an answer is sent twice.
        on: which way noise and loss strike: `commands` (host to device), `answers`, or `both`.
        stall_s: for this long the device's port neither reads nor answers. Its clock, watchdog and motor go on.
        stall_every_s: how often it stalls; 0 is never.
        unplug_s: for this long the device is away.
        unplug_every_s: how often it is unplugged; 0 is never.

    Raises:
        DataError: a value that cannot be.
    """

    seed: int = 0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    noise: float = 0.0
    loss: float = 0.0
    duplicate: float = 0.0
    on: Side = "both"
    stall_s: float = 0.0
    stall_every_s: float = 0.0
    unplug_s: float = 0.0
    unplug_every_s: float = 0.0

    def __post_init__(self) -> None:
        for name in ("noise", "loss", "duplicate"):
            value = getattr(self, name)
            if not 0 <= value <= 1:
                raise DataError(f"fault {name}={value}: give a probability, 0 to 1")
        for name in ("delay_s", "jitter_s", "stall_s", "stall_every_s", "unplug_s", "unplug_every_s"):
            value = getattr(self, name)
            if not 0 <= value < float("inf"):
                raise DataError(f"fault {name}={value}: give seconds, 0 or more")
        if self.on not in ("both", "commands", "answers"):
            raise DataError(f"fault on={self.on}: give both, commands or answers")

    @classmethod
    def parse(cls, text: str) -> Faults:
        """Read the command line's form: `delay=0.002,noise=1e-4,stall=0.03@2` (stall for 30 ms every 2 s).

        Raises:
            DataError: an unknown fault or a value that cannot be.
        """
        fields = {field.name for field in dataclasses.fields(cls)}
        values: dict[str, str | float | int] = {}
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, _, value = part.partition("=")
            value, _, every = value.partition("@")
            name = name if name in fields else f"{name}_s"
            if name not in fields or (every and f"{name.removesuffix('_s')}_every_s" not in fields):
                known = ", ".join(sorted(field.removesuffix("_s") for field in fields))
                raise DataError(f"--fault {part!r}: no such fault. Known: {known}; stall and unplug take @EVERY_S")
            try:
                values[name] = value if name == "on" else int(value) if name == "seed" else float(value)
                if every:
                    values[f"{name.removesuffix('_s')}_every_s"] = float(every)
            except ValueError as error:
                raise DataError(f"--fault {part!r}: {value!r} is not a number") from error
        return cls(**values)  # type: ignore[arg-type]


class Line:
    """One direction of a line that suffers from `Faults`: what goes in, and what is due to come out."""

    def __init__(self, faults: Faults, way: Literal["commands", "answers"]) -> None:
        """Start with nothing under way."""
        self._faults = faults
        self._strikes = faults.on in ("both", way)
        self._answers = way == "answers"
        self._random = np.random.default_rng((faults.seed, self._answers))
        self._under_way: list[tuple[float, bytes]] = []

    def put(self, data: bytes, now_s: float) -> None:
        """Send bytes at a time."""
        faults = self._faults
        if self._strikes and (faults.noise or faults.loss):
            data = self._damage(data)
        if not data:
            return
        due = now_s
        if self._answers:
            due += faults.delay_s + (faults.jitter_s * self._random.random() if faults.jitter_s else 0.0)
            if faults.duplicate and self._random.random() < faults.duplicate:
                data += data
        if self._under_way:
            due = max(due, self._under_way[-1][0])
        self._under_way.append((due, data))

    def take(self, now_s: float) -> bytes:
        """The bytes that have arrived by then."""
        arrived = b""
        while self._under_way and self._under_way[0][0] <= now_s:
            arrived += self._under_way.pop(0)[1]
        return arrived

    @property
    def next_s(self) -> float | None:
        """When the next bytes arrive; None when nothing is under way."""
        return self._under_way[0][0] if self._under_way else None

    def clear(self) -> None:
        """Lose what is under way."""
        self._under_way.clear()

    def _damage(self, data: bytes) -> bytes:
        values = np.frombuffer(data, np.uint8)
        flips = np.where(
            self._random.random(values.size) < self._faults.noise, 1 << self._random.integers(0, 8, values.size), 0
        )
        kept = self._random.random(values.size) >= self._faults.loss
        return (values ^ flips.astype(np.uint8))[kept].tobytes()

"""`ServoStats`: what a servo loop has done so far, read from its shared memory."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wugan.devices.haptic.servo.jitter import Jitter
from wugan.devices.haptic.servo.memory import ServoMemory, Word
from wugan.devices.haptic.servo.records import Phase


@dataclass(frozen=True, slots=True)
class ServoStats:
    """Counters since the servo was started.

    Attributes:
        phase: how the link to the device stands.
        age_s: seconds since the newest state; `None` before the first.
        cycles: periods that began.
        states: states that were admitted.
        rejected: states that could not be true.
        commands: commands that were written.
        skipped: periods without a command, as the one before was not answered yet.
        unsent: commands that were dropped, as the line had not taken the one before.
        overruns: periods that were left out, as the one before took too long.
        timeouts: answers that did not come in time.
        losses: links lost.
        links: links made, the first one and each reconnect.
        jitter: how late the loop woke.
    """

    phase: Phase
    age_s: float | None
    cycles: int
    states: int
    rejected: int
    commands: int
    skipped: int
    unsent: int
    overruns: int
    timeouts: int
    losses: int
    links: int
    jitter: Jitter

    @classmethod
    def of(cls, memory: ServoMemory) -> ServoStats:
        """Read them. The words are read one after the other, while the loop goes on."""
        words = memory.words
        last_ns = words[Word.LAST_STATE_NS]
        return cls(
            phase=Phase(words[Word.PHASE]),
            age_s=(time.monotonic_ns() - last_ns) / 1e9 if last_ns else None,
            cycles=words[Word.CYCLES],
            states=words[Word.STATES],
            rejected=words[Word.REJECTED],
            commands=words[Word.COMMANDS],
            skipped=words[Word.SKIPPED],
            unsent=words[Word.UNSENT],
            overruns=words[Word.OVERRUNS],
            timeouts=words[Word.TIMEOUTS],
            losses=words[Word.LOSSES],
            links=words[Word.LINKS],
            jitter=Jitter.of(memory.histogram.tolist(), words[Word.LATE_MAX_NS]),
        )

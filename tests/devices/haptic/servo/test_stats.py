from __future__ import annotations

import time
from pathlib import Path

from wugan.devices.haptic.servo.memory import Phase, ServoMemory, ServoStats, Word


def test_counters_as_the_servo_wrote_them(tmp_path: Path) -> None:
    memory = ServoMemory.create(str(tmp_path / "port"))
    assert ServoStats.of(memory).age_s is None
    memory.words[Word.PHASE] = Phase.READY
    memory.words[Word.STATES] = 12
    memory.words[Word.LAST_STATE_NS] = time.monotonic_ns() - 1_000_000
    memory.words[Word.LATE_MAX_NS] = 7_000
    memory.histogram[6] = 3
    stats = ServoStats.of(memory)
    assert (stats.phase, stats.states, stats.jitter.count) == (Phase.READY, 12, 3)
    assert stats.jitter.p99_s == stats.jitter.max_s == 7e-6
    assert stats.age_s is not None
    assert stats.age_s >= 0.001
    memory.remove()
    memory.close()

"""`Jitter`: how late a loop woke, as a histogram in shared memory, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BIN_NS = 1_000
BINS = 4_096  # bins of 1 µs; the last one holds all that is later than 4 ms


@dataclass(frozen=True, slots=True)
class Jitter:
    """Wake lateness of a servo loop: how long after the deadline of a period the loop ran.

    Attributes:
        count: wakes that were counted.
        p50_s, p99_s, max_s: median, 99th percentile (upper edges of their bins of 1 µs) and maximum, seconds.
    """

    count: int
    p50_s: float
    p99_s: float
    max_s: float

    @classmethod
    def of(cls, histogram: Sequence[int], max_ns: int, before: Sequence[int] | None = None) -> Jitter:
        """Read a histogram, or what was added to it since `before` (a copy of it; the maximum stays that of all)."""
        counts = [now - then for now, then in zip(histogram, before, strict=True)] if before else list(histogram)
        total = sum(counts)
        return cls(total, _quantile(counts, total, 0.5, max_ns), _quantile(counts, total, 0.99, max_ns), max_ns / 1e9)


def _quantile(counts: Sequence[int], total: int, share: float, max_ns: int) -> float:
    """Upper edge of the bin in which this share of all wakes is reached; the maximum for the open last bin."""
    if total == 0:
        return 0.0
    need = share * total
    seen = 0
    for place, count in enumerate(counts):
        seen += count
        if seen >= need and count:
            edge = (place + 1) * BIN_NS
            return (max_ns if place == len(counts) - 1 else min(edge, max_ns) if max_ns else edge) / 1e9
    return max_ns / 1e9

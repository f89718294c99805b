"""Durations as people write them: `"250ms"`, `"2s"`, or a number of seconds."""

from __future__ import annotations

import re

from wugan.errors import DataError

_UNITS_NS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "min": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PATTERN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|min|h)\s*")


def to_ns(duration: str | int | float) -> int:
    """Nanoseconds of a duration: a string with a unit (ns, us, ms, s, min, h), or a plain number of seconds.

    Raises:
        DataError: the text is no duration, or it is negative.
    """
    if isinstance(duration, (int, float)) and not isinstance(duration, bool):
        if not 0 <= duration < float("inf"):
            raise DataError(f"duration {duration!r}: give a number of seconds that is finite and not negative")
        return round(duration * 1_000_000_000)
    match = _PATTERN.fullmatch(duration) if isinstance(duration, str) else None
    if not match:
        raise DataError(f"duration {duration!r} is not understood: write a number and a unit, such as '250ms' or '2s'")
    return round(float(match[1]) * _UNITS_NS[match[2]])

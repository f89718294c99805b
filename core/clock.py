"""The pipeline's clock: nanoseconds since 1970 that never jump.

The system's time of day is set now and then (NTP, a person), back or forth. So the clock counts by
`time.monotonic_ns()`, from the time of day when this process first asked. All processes of one machine count the same
monotonic time; with the same offset they have the same clock. A runtime hands its own offset to its actors.
"""

from __future__ import annotations

import time

EPOCH_NS = 10**17
"""In 1973: stamps from here on are times of day, those before count from the start of a recording."""

_offset_ns = time.time_ns() - time.monotonic_ns()


def now_ns() -> int:
    """Nanoseconds since 1970 (Unix time), by the pipeline's clock. Stamp live data with it."""
    return time.monotonic_ns() + _offset_ns


def offset_ns() -> int:
    """What this process adds to `time.monotonic_ns()`."""
    return _offset_ns


def machine() -> str:
    """Names what counts the monotonic time: this machine, since its last start."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:  # pathlib is slow to import
            return file.read().strip()
    except OSError:  # not Linux
        import socket

        return socket.gethostname()


def set_offset(ns: int, of: str | None = None) -> bool:
    """Take over the offset of another process.

    Each machine counts its monotonic time from its own start, so that an offset means nothing on another one; there
    a process keeps its own, and the clocks agree as well as the machines' times of day do.

    Args:
        ns: its `offset_ns()`.
        of: its `machine()`; `None` says that it is this one.

    Returns:
        Whether it was taken over.
    """
    global _offset_ns
    if of is not None and of != machine():
        return False
    _offset_ns = ns
    return True

"""Sleeping until a moment, not for a while: what was late once is not late ever after."""

from __future__ import annotations

import ctypes
import errno
import sys
import time
from collections.abc import Callable

_CLOCK_MONOTONIC = 1
_TIMER_ABSTIME = 1
_SECOND_NS = 1_000_000_000


class _Timespec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


def sleeper() -> Callable[[int], None]:
    """A function that sleeps until a time of `time.monotonic_ns()`, by `clock_nanosleep` where there is one.

    A signal ends the sleep early, so that its handler runs; the caller looks at the clock anyway.
    """
    if not sys.platform.startswith("linux"):
        return _sleep_for_the_rest
    nanosleep = ctypes.CDLL(None, use_errno=True).clock_nanosleep
    moment = _Timespec()
    reference = ctypes.byref(moment)

    def sleep(until_ns: int) -> None:
        moment.tv_sec, moment.tv_nsec = divmod(until_ns, _SECOND_NS)
        failed = nanosleep(_CLOCK_MONOTONIC, _TIMER_ABSTIME, reference, None)
        if failed not in (0, errno.EINTR):
            raise OSError(failed, "clock_nanosleep")

    return sleep


def _sleep_for_the_rest(until_ns: int) -> None:
    rest = until_ns - time.monotonic_ns()
    if rest > 0:
        time.sleep(rest / _SECOND_NS)

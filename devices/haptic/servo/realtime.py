"""What the servo process asks of the system, and what it says where that is refused."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys

PRIORITY = 60  # above the threads that Linux runs interrupts in (50), so that USB's own do not hold the loop up
_MCL_CURRENT = 1
_MCL_FUTURE = 2
_PR_SET_TIMERSLACK = 29
_PR_SET_PDEATHSIG = 1


def ask_for_real_time() -> list[str]:
    """Real-time priority, memory that stays in RAM, timers without slack, no garbage collection.

    Returns:
        What was refused, each with what it costs and what to do about it; empty where all was granted.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    if not sys.platform.startswith("linux"):
        return ["real-time scheduling is asked for on Linux only: expect the loop to wake some milliseconds late"]
    refused = []
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)  # nanoseconds; 50 µs unless asked. Never refused
    # Where the limit is a number, memory that is asked for later must not fail for being locked.
    limited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY and os.geteuid() != 0
    if library.mlockall(_MCL_CURRENT if limited else _MCL_CURRENT | _MCL_FUTURE) != 0:
        refused.append(
            f"memory cannot be locked ({os.strerror(ctypes.get_errno())}): a page that was swapped out costs "
            "milliseconds. Give the user `memlock unlimited` in /etc/security/limits.d, and log in anew"
        )
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError as error:
        refused.append(
            f"real-time priority was refused ({error.strerror}): other programs delay the loop. Give the user "
            f"`rtprio {PRIORITY}` in /etc/security/limits.d and log in anew, or run with CAP_SYS_NICE"
        )
    return refused


def die_with_parent(signal_number: int) -> None:
    """Let the kernel send us a signal when the *thread* that started us ends; its handler must look who has died."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)

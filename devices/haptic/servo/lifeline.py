"""`Lifeline`: how the servo learns in the same period that its parent was killed, however large the parent was.

A process that is killed gives its memory back first, which takes the longer the more it had (a second for a pipeline
with large models), and only then do its sockets close, its locks open and its children get another parent. One thing
comes before: a robust mutex whose owner dies is marked by the kernel (`FUTEX_OWNER_DIED`, get_robust_list(2)). So a
thread of the parent holds one that lies in shared memory, and the servo looks at its word.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading

_OWNER_DIED = 0x40000000
_TID_MASK = 0x3FFFFFFF
_PROCESS_SHARED = 1
_ROBUST = 1
_PRIORITY = 1  # that the thread dies at once, before others of ordinary priority have their turn

BYTES = 64  # a glibc mutex takes 40


class Lifeline:
    """A mutex in shared memory that one thread holds for as long as it lives.

    Args:
        memory: where it lies: `BYTES` bytes, zeros, aligned to 8.
    """

    def __init__(self, memory: memoryview) -> None:
        self._word = memory[:4].cast("I")
        self._memory = memory
        self._mutex: ctypes.Array[ctypes.c_char] | None = None

    @property
    def cut(self) -> bool:
        """Whether the thread that held it has died; False where none ever did."""
        return bool(self._word[0] & _OWNER_DIED)

    def hold(self) -> bool:
        """Take it, in the thread whose death is to be noticed.

        Returns:
            Whether it works here; where it does not (another libc, another system), the slower signs remain.
        """
        if not sys.platform.startswith("linux"):
            return False
        library = ctypes.CDLL(None)
        attributes = ctypes.create_string_buffer(64)
        mutex = (ctypes.c_char * BYTES).from_buffer(self._memory)
        try:
            library.pthread_mutexattr_init(attributes)
            failed = library.pthread_mutexattr_setpshared(attributes, _PROCESS_SHARED)
            failed |= library.pthread_mutexattr_setrobust(attributes, _ROBUST)
            failed |= library.pthread_mutex_init(mutex, attributes)
            if failed or library.pthread_mutex_lock(mutex):
                return False
        except AttributeError:  # no such function in this libc
            return False
        self._mutex = mutex
        if self._word[0] & _TID_MASK != threading.get_native_id():  # its word lies elsewhere
            self.release()
            self._word[0] = 0
            return False
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_PRIORITY))
        return True

    def release(self) -> None:
        """Let go of it, in the thread that holds it. Nothing happens where it is not held."""
        mutex, self._mutex = self._mutex, None
        if mutex is not None:
            ctypes.CDLL(None).pthread_mutex_unlock(mutex)

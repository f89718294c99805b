"""`share`: independent tasks on the CPU, each thread computing its own, without a barrier after every operation.

PyTorch splits each operation over its threads and waits for the slowest. Where operations are short and the machine has
other work, that waiting costs more than the second thread brings. Here every thread runs whole tasks, operations on one
thread each, and takes the next task when it is done.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

import torch

Task = TypeVar("Task")

# Operations are started from Python, one at a time: more threads would wait for that.
_MOST = 8


def worker_count(tasks: int) -> int:
    """How many threads `share` will use: PyTorch's number, at most one for each task."""
    return max(1, min(torch.get_num_threads(), _MOST, tasks))


def share(function: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Call `function` on every task, without recording gradients and without autocast; on this thread if it is alone.

    Tasks are started in order. The first exception is raised here, once all threads have stopped.
    """
    waiting = deque(tasks)
    inference = torch.is_inference_mode_enabled()

    def work() -> None:
        # Modes belong to a thread: an inference tensor may be written to in inference mode only.
        with torch.inference_mode(inference), torch.no_grad(), torch.autocast("cpu", enabled=False):
            while True:
                try:
                    task = waiting.popleft()
                except IndexError:
                    return
                function(task)

    count = worker_count(len(tasks))
    if count == 1:
        work()
        return
    errors = [
        future.exception() for future in [_pool(count, torch.get_num_threads()).submit(work) for _ in range(count)]
    ]
    for error in errors:
        if error is not None:
            raise error


@lru_cache(maxsize=4)
def _pool(count: int, threads: int) -> ThreadPoolExecutor:
    """`count` threads that share PyTorch's `threads` among them."""
    ready = threading.Barrier(count + 1)
    pool = ThreadPoolExecutor(count, "wugan-attention")

    def settle() -> None:
        torch.get_num_threads()  # a thread takes the default when first asked, which would undo what is set before
        torch.set_num_threads(max(1, threads // count))
        ready.wait()

    for _ in range(count):
        pool.submit(settle)
    ready.wait()
    # The number is each thread's own, but the last one set is the default of threads to come.
    torch.set_num_threads(threads)
    return pool


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a child has the pool, but not its threads

"""Independent parts of a training, side by side in processes of one thread each, so that results stay the same."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

import torch

In = TypeVar("In")
Out = TypeVar("Out")


def each(function: Callable[[In], Out], items: Sequence[In], jobs: int) -> list[Out]:
    """`function` of each item, in order. With one job, or one item, here in this process.

    Args:
        function: defined at the top level of a module, as processes are started afresh.
        items: its arguments.
        jobs: processes at the most.
    """
    if min(jobs, len(items)) <= 1:
        return [function(item) for item in items]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(jobs, len(items)), context, _settle, (logging.getLogger().level,)) as pool:
        return list(pool.map(function, items))


def _settle(level: int) -> None:
    torch.set_num_threads(1)
    logging.basicConfig(level=level, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")

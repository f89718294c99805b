"""Folds, batches, tokens kept between runs, and independent work side by side."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.tokens import Tokens

In = TypeVar("In")
Out = TypeVar("Out")


def stratified(strata: NDArray[Any], folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each item, `[N]`: every stratum is dealt out evenly in random order."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(strata), np.int64)
    dealt = 0
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        fold[rows] = (np.arange(len(rows)) + dealt) % folds
        dealt += len(rows)
    return fold


def grouped(groups: Sequence[str], folds: int, seed: int) -> list[set[str]]:
    """Groups (speakers, patients) parted into folds of about the same size; each is to be held out whole."""
    order = np.random.default_rng(seed).permutation(sorted(set(groups)))
    return [set(part.tolist()) for part in np.array_split(order, folds)]


def batches(count: int, size: int, rng: np.random.Generator, keep_last: bool = False) -> Iterator[NDArray[np.int64]]:
    """Rows of one batch after another without end; every pass in a new random order.

    Args:
        count: number of items.
        size: of a batch, at most `count`.
        rng: the only source of randomness.
        keep_last: whether a pass ends with the rest that fills no batch, else the rest is left out.
    """
    size = min(size, count)
    while True:
        order = rng.permutation(count)
        for start in range(0, count if keep_last else count - size + 1, size):
            yield order[start : start + size]


def one_of(groups: Sequence[Sequence[Out]], rng: np.random.Generator) -> Out:
    """An item, every group as often."""
    group = groups[int(rng.integers(len(groups)))]
    return group[int(rng.integers(len(group)))]


def kept_arrays(path: Path, make: Callable[[], Mapping[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """Arrays from a file, or made and written there; never half a file, never a pickle."""
    if not path.is_file():
        arrays = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"partial-{path.name}")
        np.savez(partial, **arrays)  # type: ignore[arg-type]
        partial.rename(path)
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def packed(tokens: Sequence[Tokens]) -> dict[str, NDArray[Any]]:
    """Tokens of one modality as arrays for `kept_arrays`, values in half precision."""
    arrays = {
        "modality": np.array(tokens[0].modality),
        "values": np.concatenate([one.values for one in tokens]).astype(np.float16),
        "time_ns": np.concatenate([one.time_ns for one in tokens]),
        "ends": np.cumsum([len(one) for one in tokens]),
    }
    if tokens[0].positions is not None:
        arrays["positions"] = np.concatenate([one.positions for one in tokens if one.positions is not None])
    return arrays


def unpacked(arrays: Mapping[str, NDArray[Any]]) -> list[Tokens]:
    """What `packed` was given."""
    ends = arrays["ends"][:-1]
    values, times = np.split(arrays["values"].astype(np.float32), ends), np.split(arrays["time_ns"], ends)
    positions = np.split(arrays["positions"], ends) if "positions" in arrays else [None] * len(values)
    modality = str(arrays["modality"])
    return [Tokens(v, t, modality, positions=p) for v, t, p in zip(values, times, positions, strict=True)]


def kept_tokens(path: Path, make: Callable[[], Sequence[Tokens]]) -> list[Tokens]:
    """Tokens of one modality from a file, or made and written there."""
    return unpacked(kept_arrays(path, lambda: packed(make())))


def each(function: Callable[[In], Out], items: Sequence[In], jobs: int) -> list[Out]:
    """`function` of each item, in order. With one job, or one item, here in this process.

    Processes have one thread each, so that results do not depend on their number.

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

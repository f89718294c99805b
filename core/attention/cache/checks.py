"""What `DARCache` refuses, with messages that name the argument."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.store import BlockStore
from wugan.errors import DataError

Times = Tensor | np.ndarray | Sequence[int] | Sequence[float] | int | float
Clock = Literal["default", "int", "float"]


def check_segment(store: BlockStore, segment: object) -> None:
    """Raise `DataError` unless `segment` is the number of one."""
    count = len(store.segments)
    if not isinstance(segment, int) or isinstance(segment, bool) or not 0 <= segment < count:
        raise DataError(f"segment must be a number from 0 to {count - 1}, got {segment!r}")


def check_keys(store: BlockStore, k: Tensor, v: Tensor, gate_k: Tensor | None, segment: int) -> None:
    """Raise `DataError` where new tokens do not fit the cache or each other."""
    c = store.config
    check_segment(store, segment)
    _check_tensor(store, "k", k, c.kv_heads, None, c.head_dim)
    _check_tensor(store, "v", v, c.kv_heads, k.shape[2], c.v_dim)
    _check_gate(store, "gate_k", gate_k, k.shape[2])


def check_queries(store: BlockStore, q: Tensor, gate_q: Tensor | None, segment: int | None) -> None:
    """Raise `DataError` where queries do not fit the cache or each other."""
    c = store.config
    if segment is not None:
        check_segment(store, segment)
    _check_tensor(store, "q", q, c.heads, None, c.head_dim)
    _check_gate(store, "gate_q", gate_q, q.shape[2])


def _check_gate(store: BlockStore, name: str, gate: Tensor | None, length: int) -> None:
    c = store.config
    if gate is None and c.gate_dim:
        raise DataError(f"{name} is missing: this cache has gates of size {c.gate_dim}")
    if gate is not None:
        if not c.gate_dim:
            raise DataError(f"{name} is given, but this cache has no gates: set gate_dim")
        _check_tensor(store, name, gate, c.gate_heads, length, c.gate_dim)


def _check_tensor(store: BlockStore, name: str, x: Tensor, heads: int, length: int | None, size: int) -> None:
    c = store.config
    wanted = (c.batch, heads, "n" if length is None else length, size)
    if x.ndim != 4 or tuple(x.shape) != (c.batch, heads, x.shape[2] if length is None else length, size):
        raise DataError(f"{name} must have shape [{', '.join(map(str, wanted))}], got {tuple(x.shape)}")
    if x.device != store.device:
        raise DataError(f"{name} is on {x.device}, the cache on {store.device}: move them to one device")
    if not name.startswith("gate") and x.dtype != c.torch_dtype:
        raise DataError(f"{name} is {x.dtype}, the cache {c.torch_dtype}: use one dtype")
    if not x.is_floating_point():
        raise DataError(f"{name} must be floating point, got {x.dtype}")


def as_times(name: str, time: Times, length: int) -> np.ndarray:
    """Times `[length]` as int64 or float64. Raises `DataError`."""
    if isinstance(time, Tensor):
        time = time.detach().to("cpu", torch.float64 if time.is_floating_point() else time.dtype).numpy()
    times = np.atleast_1d(np.asarray(time))
    if times.shape != (length,):
        raise DataError(
            f"{name} must have shape {(length,)}, one for each token and shared by the batch, got {times.shape}"
        )
    if times.dtype.kind not in "iuf":
        raise DataError(f"{name} must be integer or floating, got {times.dtype}")
    if times.dtype.kind == "u" and (times > np.iinfo(np.int64).max).any():
        raise DataError(f"{name} does not fit int64: {times.max()}")
    if np.isnan(times).any():
        raise DataError(f"{name} holds NaN: give every token a time")
    return times.astype(np.float64 if times.dtype.kind == "f" else np.int64)


def clock_of(times: np.ndarray, default: bool) -> Clock:
    """What times a cache goes by."""
    return "default" if default else "float" if times.dtype.kind == "f" else "int"


def check_new_times(
    store: BlockStore, clock: Clock | None, asked: float | None, times: np.ndarray, default: bool, segment: int
) -> None:
    """Raise `DataError` where new tokens come too late, or go by another clock than those before."""
    if clock is not None and clock != clock_of(times, default):
        raise DataError(
            f"time goes by clock {clock_of(times, default)!r}, the tokens so far by {clock!r}: give times to all "
            "tokens or to none, and of one kind"
        )
    if not len(times):
        return
    if (times[1:] < times[:-1]).any():
        raise DataError(
            f"time must not decrease within a segment, got {times[1:][times[1:] < times[:-1]][0]} after a "
            "later one: sort the tokens"
        )
    own = store.segments[segment]
    if own.length and times[0] < (last := store.token_times(segment, own.length - 1)[0]):
        raise DataError(
            f"time {times[0]} is before {last}, the newest of segment {segment}: tokens of a segment arrive in order"
        )
    if asked is not None and times[0] <= asked:
        raise DataError(
            f"time {times[0]} is too late: a query of time {asked} was answered without this token. Hold queries back "
            "until all tokens up to their time are appended, and append all tokens of one time before asking"
        )


def query_times(
    store: BlockStore, clock: Clock | None, time: Times | None, length: int, segment: int | None
) -> tuple[int, np.ndarray]:
    """Number of the first query in its segment, and the queries' times. Raises `DataError` where they do not fit."""
    if segment is None:
        if time is None:
            newest = [store.token_times(n, s.length - 1)[0] for n, s in enumerate(store.segments) if s.length]
            return 0, np.full(length, max(newest, default=0))
        times = as_times("time", time, length)
        if clock is not None and (times.dtype.kind == "f") != store.float_times:
            raise DataError(f"time is {times.dtype}, that of the tokens is of clock {clock!r}: use one clock")
        return 0, times
    own = store.segments[segment]
    first = own.length - length
    if first < 0:
        raise DataError(f"q has length {length}, but segment {segment} has {own.length} tokens: append them first")
    if store.config.query_block_size > 1 and first < own.asked:
        raise DataError(
            f"q has length {length}, but only the newest {own.length - own.asked} tokens of segment {segment} have "
            "not been asked yet: with query_block_size above 1 each is asked once"
        )
    times = store.token_times(segment, first) if length else np.zeros(0)
    if time is not None and not np.array_equal(as_times("time", time, length), times):
        raise DataError("time differs from that of the segment's newest tokens: leave it out")
    return first, times

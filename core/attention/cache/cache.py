"""`DARCache`: Dynamic Attention Routing on a stream, token by token."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from os import PathLike
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from wugan.attention.cache.route import Route, choose_route, drop_slot, extend_route, read
from wugan.attention.cache.state import pack, read_file, unpack, write_file
from wugan.attention.cache.store import BlockStore, CacheConfig, Clock
from wugan.attention.cache.tree import Block
from wugan.attention.functional import Options, dar_attention
from wugan.errors import DataError

Times = Tensor | np.ndarray | Sequence[int] | Sequence[float] | int | float


class DARCache:
    """Keys and values of a stream, and attention to them, equal to `dar_attention(..., causal=True)` on the whole.

    Tokens of several modalities (segments) arrive in any interleaving, for example voice at 50 and touch at 1000 a
    second. `step` appends new tokens and answers their queries; `append` and `attend` do so apart. For inference: no
    gradient is recorded.

        cache = DARCache(batch=1, heads=8, head_dim=64, gate_dim=16, segments=2)
        out = cache.step(q, k, v, gate_q, gate_k, time=now_ns, segment=1)  # [1, 8, n, 64] each

    **Agreement.** What the queries get is, to rounding, what one call of `dar_attention` on the whole row gives, with
    `causal=True`, the same options, `segments_q` the segments' lengths, and the times as `time_q` and `time_k`. For
    this, when a query of time t is asked, all tokens of times up to t must be there, those of other segments too. A
    token that is not later than a query already answered is refused: hold queries back until every sensor has passed
    their time. Tokens of one time are given before the first query of that time (`append` each, then `attend`).
    `beam="auto"` scores all blocks while there are up to 2,048 at the time of the query and descends beyond, as
    `dar_attention` does by the length of the whole row: for agreement beyond 2,048 blocks give both the same number.

    **Batch.** The rows of a batch grow in lockstep: one layout and one time for all. There is no padding.

    **Cost.** With k blocks of b tokens read and n in the cache, a query costs O(k b + beam log n) in time, an appended
    token O(1) on average. Memory is that of keys and values, 8/7 · 1/b of that of keys and gate keys for the means, 8
    bytes a token for its time, and what one query reads; a pool that is full grows by half, so set `capacity` where
    the pause to copy would hurt.
    New tokens are answered one query block at a time, except for the first ones of a cache with one segment, which go
    through `dar_attention` at once.

    **Bounded memory.** With `max_blocks`, no more full blocks are kept than that: when one begins, the oldest of all
    segments is evicted, except for each segment's first (to which attention sinks) and its last two. `evict` does so
    by hand. An evicted block lives on as a summary, one token of mean key and mean value whose logit has log(count)
    and its gate score added (as in the far field of `dar_attention`). Every query reads all summaries. Once
    `max_summaries + 8` of a segment are of one size, the oldest eight merge into one: at most
    (max_summaries + 7) · log₈(blocks) a segment. A query must not be older than what was evicted before it.

    Args:
        batch: rows B.
        heads: query heads H.
        head_dim: size D of queries and keys.
        dtype: of queries, keys and values.
        device: of all tensors given.
        capacity: tokens to allocate for at once.
        **options: other fields of `CacheConfig`: `kv_heads`, `block_size`, `top_k`, `segments`, `max_blocks`, ...

    Raises:
        DataError: numbers do not fit together.
    """

    def __init__(
        self,
        batch: int,
        heads: int,
        head_dim: int,
        *,
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
        capacity: int = 0,
        **options: Any,
    ) -> None:
        defaults = {
            "kv_heads": heads,
            "v_dim": head_dim,
            "query_block_size": options.get("block_size", CacheConfig.block_size),
            "route_heads": heads,
            "scale": head_dim**-0.5,
        }
        options |= {name: value for name, value in defaults.items() if options.get(name) is None}
        if options.get("gate_heads") is None:
            options["gate_heads"] = options["kv_heads"]
        name = str(dtype).removeprefix("torch.")
        config = CacheConfig(batch=batch, heads=heads, head_dim=head_dim, dtype=name, **options)
        self.store = BlockStore(config, torch.device(device), capacity)
        self.clock: Clock | None = None
        self.asked: int | float | None = None  # latest time of a query
        self.routes: dict[int, Route] = {}  # of each segment's latest query block

    @property
    def config(self) -> CacheConfig:
        """The shape of the cache."""
        return self.store.config

    def __len__(self) -> int:
        """Tokens so far, evicted ones included."""
        return sum(segment.length for segment in self.store.segments)

    @property
    def nbytes(self) -> int:
        """Bytes of all tensors, as allocated."""
        return self.store.nbytes

    @torch.no_grad()
    def append(
        self, k: Tensor, v: Tensor, gate_k: Tensor | None = None, time: Times | None = None, segment: int = 0
    ) -> None:
        """Add the next n tokens of one segment.

        Args:
            k: keys `[B, Hkv, n, D]`.
            v: values `[B, Hkv, n, Dv]`.
            gate_k: gate keys `[B, Hg, n, G]`, if the cache has gates.
            time: `[n]`, integer (nanoseconds are exact) or floating, always or never given. It must not decrease
                within a segment, and must be later than any query so far. Default: tokens are counted, 0, 1, 2, ...
            segment: number of the modality.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value, or comes too late.
        """
        _check_keys(self.store, k, v, gate_k, segment)
        times = self._new_times(time, k.shape[2], segment)
        if not len(times):
            return
        self.clock = _clock_of(times, time is None)
        self.store.float_times = self.clock == "float"
        for first, last in pairwise(self._cuts(times, segment)):
            part = slice(first, last)
            gate = None if gate_k is None else gate_k[:, :, part]
            self.store.write(segment, k[:, :, part], v[:, :, part], gate, times[part])
            if self.config.max_blocks is not None:
                self.evict(blocks=self.store.resident - self.config.max_blocks)

    @torch.no_grad()
    def attend(
        self, q: Tensor, gate_q: Tensor | None = None, time: Times | None = None, segment: int | None = 0
    ) -> Tensor:
        """Answer n queries.

        Args:
            q: queries `[B, H, n, D]`. With a segment they belong to its newest n tokens, each of which is asked once
                (again only if `query_block_size` is 1); a token left out counts as masked.
            gate_q: gate queries `[B, Hg, n, G]`, if the cache has gates.
            time: for `segment=None`, the queries' times `[n]`; default the newest time there is.
            segment: which modality, or `None` for cross-attention: then n queries are cut into query blocks by
                themselves, and no block is read for its place alone.

        Returns:
            `[B, H, n, Dv]`; zeros for a query that sees no key.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value.
        """
        _check_queries(self.store, q, gate_q, segment)
        length, size = q.shape[2], self.config.query_block_size
        first, times = _query_times(self.store, self.clock, time, length, segment)
        out = [q.new_zeros(*q.shape[:2], 0, self.config.v_dim)]
        cuts = [0, *range(size - first % size, length, size), length] if length else [0]
        for start, end in pairwise(cuts):
            part, number = slice(start, end), (first + start) // size
            q_part, gate_part = q[:, :, part], None if gate_q is None else gate_q[:, :, part]
            route = None if segment is None else self.routes.get(segment)
            if route is None or route.number != number:
                own = None if segment is None else (segment, (first + start) // self.config.block_size)
                route = choose_route(self.store, number, q_part, gate_part, times[part], own)
            route = extend_route(self.store, route, times[end - 1 : end] if segment is not None else times[part])
            if segment is not None and size > 1:
                self.routes[segment] = route
            out.append(read(self.store, route, q_part, times[part]))
        if length:
            self._note(segment, times)
        return out[1] if len(out) == 2 else torch.cat(out, 2)

    @torch.no_grad()
    def step(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        gate_q: Tensor | None = None,
        gate_k: Tensor | None = None,
        time: Times | None = None,
        segment: int = 0,
    ) -> Tensor:
        """`append` and `attend`, as if token by token; see there.

        Returns:
            `[B, H, n, Dv]`.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value, or comes too late.
        """
        _check_queries(self.store, q, gate_q, segment)
        _check_keys(self.store, k, v, gate_k, segment)
        length = k.shape[2]
        if q.shape[2] != length:
            raise DataError(f"q has length {q.shape[2]}, k has {length}: each new token has one query")
        given = None if time is None else _as_times("time", time, length)
        cuts = self._cuts(self._new_times(given, length, segment), segment, ties=True)
        first = 0
        if not len(self):
            bound = self.config.max_blocks
            first = max(cut for cut in cuts if bound is None or cut <= bound * self.config.block_size)
        out = [q.new_zeros(*q.shape[:2], 0, self.config.v_dim)]
        for start, end in pairwise([0, *(cut for cut in cuts if cut >= first and cut)]):
            part = slice(start, end)
            q_part, k_part, v_part = (x[:, :, part] for x in (q, k, v))
            gate_q_part, gate_k_part = (None if gate is None else gate[:, :, part] for gate in (gate_q, gate_k))
            self.append(k_part, v_part, gate_k_part, None if given is None else given[part], segment)
            if 1 < end <= first:
                out.append(self._prefill(q_part, k_part, v_part, gate_q_part, gate_k_part, segment, given is None))
            else:
                out.append(self.attend(q_part, gate_q_part, segment=segment))
        return out[1] if len(out) == 2 else torch.cat(out, 2)

    def _prefill(
        self,
        q: Tensor,
        k: Tensor,
        v: Tensor,
        gate_q: Tensor | None,
        gate_k: Tensor | None,
        segment: int,
        in_order: bool,
    ) -> Tensor:
        """Answer the first tokens of all at once; `in_order`: their times are 0, 1, 2, ..."""
        c, times = self.config, self.store.token_times(segment, 0)
        when = None if in_order else torch.as_tensor(times, device=q.device)
        placed: Options = {**c.options, "causal": True, "time_q": when, "time_k": when, "self_attention": True}
        out = dar_attention(q, k, v, gate_q=gate_q, gate_k=gate_k, **placed)
        length = len(times)
        self._note(segment, times)
        number, rest = divmod(length, c.query_block_size)
        if rest:
            part = slice(length - rest, length)
            own = segment, part.start // c.block_size
            gate = None if gate_q is None else gate_q[:, :, part]
            route = choose_route(self.store, number, q[:, :, part], gate, times[part], own)
            self.routes[segment] = extend_route(self.store, route, times[-1:])
        return out

    @torch.no_grad()
    def evict(self, *, before: float | None = None, blocks: int = 0) -> int:
        """Turn old blocks into summaries, but for each segment's first block and its last two.

        Args:
            before: evict the blocks all of whose tokens are of earlier times.
            blocks: evict so many blocks, the oldest first; in addition to `before`.

        Returns:
            How many were evicted.
        """
        evicted, store = 0, self.store
        for number, segment in enumerate(store.segments if before is not None else ()):
            while (block := max(segment.evicted, 1)) <= segment.newest - 2:
                if not store.times[segment.slots[block], -1] < before:
                    break
                self._evict((number, block))
                evicted += 1
        for _ in range(blocks):
            oldest = store.oldest()
            if oldest is None:
                break
            self._evict(oldest)
            evicted += 1
        return evicted

    def _evict(self, block: Block) -> None:
        slot = self.store.evict(block)
        for number, route in list(self.routes.items()):
            self.routes[number] = drop_slot(route, slot, self.config.heads)

    def _note(self, segment: int | None, times: np.ndarray) -> None:
        """Queries of these times are answered."""
        latest = times.max().item()
        self.asked = latest if self.asked is None else max(self.asked, latest)
        if segment is not None:
            self.store.segments[segment].asked = self.store.segments[segment].length

    def _cuts(self, times: np.ndarray, segment: int, ties: bool = False) -> list[int]:
        """Where new tokens are cut so that blocks are evicted one by one; with `ties`, never between equal times."""
        length = len(times)
        if self.config.max_blocks is None or not length:
            return [0, length] if length else [0]
        width = self.config.block_size
        cuts = range(width - self.store.segments[segment].length % width, length, width)
        return [0, *(cut for cut in cuts if not ties or times[cut - 1] < times[cut]), length]

    def _new_times(self, time: Times | None, length: int, segment: int) -> np.ndarray:
        """Times of new tokens, checked."""
        times = np.arange(len(self), len(self) + length) if time is None else _as_times("time", time, length)
        _check_new_times(self.store, self.clock, self.asked, times, time is None, segment)
        return times

    def state_dict(self) -> dict[str, Any]:
        """A copy of everything: `config` and `layout`, fit for JSON, and `tensors`."""
        return pack(self.store, self.clock, self.asked, self.routes)

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Become what `state_dict` was taken of; the cache then goes on bit for bit.

        Raises:
            DataError: the state is of another configuration, or its parts do not fit together.
        """
        store, clock, asked, routes = unpack(state, self.store.device)
        if store.config != self.config:
            raise DataError(f"the state is of another cache: {store.config}, this one is {self.config}")
        self.store, self.clock, self.asked, self.routes = store, clock, asked, routes

    def save(self, path: str | PathLike[str]) -> None:
        """Write the cache to one safetensors file."""
        write_file(self.state_dict(), path)

    @classmethod
    def load(cls, path: str | PathLike[str], device: torch.device | str = "cpu") -> Self:
        """Read what `save` wrote.

        Raises:
            DataError: the file is missing, damaged, or no such file.
        """
        state = read_file(path)
        cache = cls.__new__(cls)
        cache.store, cache.clock, cache.asked, cache.routes = unpack(state, torch.device(device))
        return cache


def _check_segment(store: BlockStore, segment: object) -> None:
    """Raise `DataError` unless `segment` is the number of one."""
    count = len(store.segments)
    if not isinstance(segment, int) or isinstance(segment, bool) or not 0 <= segment < count:
        raise DataError(f"segment must be a number from 0 to {count - 1}, got {segment!r}")


def _check_keys(store: BlockStore, k: Tensor, v: Tensor, gate_k: Tensor | None, segment: int) -> None:
    """Raise `DataError` where new tokens do not fit the cache or each other."""
    c = store.config
    _check_segment(store, segment)
    _check_tensor(store, "k", k, c.kv_heads, None, c.head_dim)
    _check_tensor(store, "v", v, c.kv_heads, k.shape[2], c.v_dim)
    _check_gate(store, "gate_k", gate_k, k.shape[2])


def _check_queries(store: BlockStore, q: Tensor, gate_q: Tensor | None, segment: int | None) -> None:
    """Raise `DataError` where queries do not fit the cache or each other."""
    c = store.config
    if segment is not None:
        _check_segment(store, segment)
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


def _as_times(name: str, time: Times, length: int) -> np.ndarray:
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


def _clock_of(times: np.ndarray, default: bool) -> Clock:
    """What times a cache goes by."""
    return "default" if default else "float" if times.dtype.kind == "f" else "int"


def _check_new_times(
    store: BlockStore, clock: Clock | None, asked: float | None, times: np.ndarray, default: bool, segment: int
) -> None:
    """Raise `DataError` where new tokens come too late, or go by another clock than those before."""
    if clock is not None and clock != _clock_of(times, default):
        raise DataError(
            f"time goes by clock {_clock_of(times, default)!r}, the tokens so far by {clock!r}: give times to all "
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


def _query_times(
    store: BlockStore, clock: Clock | None, time: Times | None, length: int, segment: int | None
) -> tuple[int, np.ndarray]:
    """Number of the first query in its segment, and the queries' times. Raises `DataError` where they do not fit."""
    if segment is None:
        if time is None:
            newest = [store.token_times(n, s.length - 1)[0] for n, s in enumerate(store.segments) if s.length]
            return 0, np.full(length, max(newest, default=0))
        times = _as_times("time", time, length)
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
    if time is not None and not np.array_equal(_as_times("time", time, length), times):
        raise DataError("time differs from that of the segment's newest tokens: leave it out")
    return first, times

"""CPU training: matrix products on the gathered kept blocks, a few query blocks at a time.

For each query block the kept key blocks are gathered side by side, and two batched products with an exponential
between them attend to them. Everything else is kept off the logits, the largest tensor: as long as they are known to be
small, no maximum is taken from them before the exponential; the gate bias is a factor on the block's values and sum;
the sum divides the output; masks are paid for only where something is hidden. The backward pass gathers again instead
of keeping what was gathered, so memory stays that of q, k and v, and one chunk.

PyTorch splits each operation over its threads and waits for the slowest. Where operations are short and the machine has
other work, that waiting costs more than the second thread brings. Here every thread runs whole tasks (`share`),
operations on one thread each, and takes the next task when it is done.
"""

from __future__ import annotations

import math
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.layout import Plan, span, spread
from wugan.attention.routing import Routes

Task = TypeVar("Task")

# Logits and gathered keys and values of one chunk should stay near the second-level cache of each core.
_CHUNK_BYTES = 3 << 20
# Added to a logit it hides a key; finite, so that no NaN can come of it.
_HIDDEN = -1e30
# Exponentials are to base 2, which is what the hardware computes; the logits are scaled by this.
_LOG2_E = math.log2(math.e)
# As long as no exponent can be larger, float32 holds sums of exponentials of millions of keys, times any sane value.
_TAME = 40.0
# Operations are started from Python, one at a time: more threads would wait for that.
_MOST_THREADS = 8


@dataclass(frozen=True)
class Places:
    """Routes with masks and time applied. Key blocks are in the order: straddling the query's time, visible, unused.

    Attributes:
        blocks: int64 `[B, R, query blocks, K]`.
        used: bool of the same shape: some query may see some key of the block.
        straddling: int64 `[B, R, query blocks]`, how many of the first places hold keys in some query's future; `None`
            without the causal rule.
        bias: `[B, H, query blocks, K]` or `None`.
        alive: bool `[B, key blocks, width]`, keys that exist; `None` where all do.
        seeing: bool `[B, R, query blocks, width or 1]`, queries that see any key; `None` where all do.
    """

    blocks: Tensor
    used: Tensor
    straddling: Tensor | None
    bias: Tensor | None
    alive: Tensor | None
    seeing: Tensor | None


def places(routes: Routes) -> Places:
    """Leave out of `routes` what nobody sees, and sort it."""
    plan, blocks, used, bias = routes.plan, routes.blocks, routes.kept, routes.bias
    batch = plan.batch
    sample = torch.arange(batch, device=blocks.device)[:, None, None, None]
    alive = None if plan.key_mask is None and plan.keys.regular else plan.existing_keys()
    rank = seeing = None
    if plan.time_q is not None and plan.time_k is not None:
        k_span = span(plan.time_k, plan.keys, plan.existing_keys())
        q_span = span(plan.time_q, plan.queries, plan.queries.valid.expand(batch, -1, -1))
        earliest, latest = k_span.earliest[sample, blocks], k_span.latest[sample, blocks]
        used = used & (earliest <= q_span.latest[:, None, :, None])
        limits = torch.finfo(earliest.dtype) if earliest.is_floating_point() else torch.iinfo(earliest.dtype)
        first = torch.where(used, earliest, limits.max).amin(-1, keepdim=True)
        seeing = first <= plan.queries.cut_rows(plan.time_q, 0)[:, None]
        rank = (latest > q_span.earliest[:, None, :, None]).to(torch.int8)
    if alive is not None:
        used = used & alive.any(-1)[sample, blocks]
    seen = used.any(-1, keepdim=True)
    seeing = seen if seeing is None else seeing & seen
    straddling = None if rank is None else (rank.bool() & used).sum(-1)
    if rank is not None or not used.all():
        rank = used.to(torch.int8) if rank is None else torch.where(used, 1 + rank, 0)
        order = rank.argsort(dim=-1, descending=True, stable=True)
        blocks, used = blocks.gather(-1, order), used.gather(-1, order)
        bias = None if bias is None else bias.gather(-1, spread(order, bias.shape[1]))
    return Places(blocks, used, straddling, bias, alive, None if seeing.all() else seeing)


@dataclass(frozen=True)
class _Times:
    """The causal rule, needed only where a key block straddles the time of a query block."""

    queries: Tensor  # [B * query blocks, width_q]
    keys: Tensor  # [B * key blocks, width_k]
    rows_q: Tensor  # int64 [E]: row of `queries`
    rows_k: Tensor  # int64 [E, K]: row of `keys`
    straddling: list[int]  # [E]: how many of the first places hold keys in the future of some query
    triangle: Tensor | None  # [width_q, width_k]: if given, added to the first place it hides all that is to be hidden


@dataclass(frozen=True)
class _Chunk:
    """Consecutive query blocks of one head that are worked off together."""

    part: slice
    width: int  # places that the one that reads most has in use, at least 1
    full: bool  # whether all have as many
    straddling: int  # first places that hold keys in the future of some query


@dataclass(frozen=True)
class _Work:
    """What one call needs beside the tensors that are differentiated; E = B · H · query blocks, in that order."""

    rows: Tensor  # int64 [E, K]: row of the key table for each place, used ones first
    counts: list[int]  # [E]: places used
    groups: int  # B · heads of k; the query blocks of one lie together
    scale: float
    dead: Tensor | None  # bool [rows, width_k]: keys that do not exist
    biased: bool
    tame: bool  # no logit, bias included, is far from zero
    times: _Times | None

    def chunks(self, q: Tensor, k: Tensor, v: Tensor) -> list[list[_Chunk]]:
        """For each sample and head of k, the chunks that read of it."""
        if not self.counts:
            return []
        each = k.shape[1] * (q.shape[1] + k.shape[2] + v.shape[2]) * torch.float32.itemsize
        budget = _CHUNK_BYTES * max(1, torch.get_num_threads() // worker_count(self.groups))
        size = len(self.counts) // self.groups
        return [
            [self._chunk(start, stop) for start, stop in self._cuts(first, first + size, budget // each)]
            for first in range(0, len(self.counts), size)
        ]

    def _cuts(self, start: int, end: int, room: int) -> Iterator[tuple[int, int]]:
        """Runs of query blocks; all but those of one have at most `room` places, each as many as its widest."""
        width = 1
        for stop in range(start + 1, end):
            width = max(width, self.counts[stop - 1])
            if max(width, self.counts[stop]) * (stop + 1 - start) > room:
                yield start, stop
                start, width = stop, 1
        yield start, end

    def _chunk(self, start: int, stop: int) -> _Chunk:
        counts = self.counts[start:stop]
        width = max(1, max(counts))
        straddling = 0 if self.times is None else max(self.times.straddling[start:stop])
        return _Chunk(slice(start, stop), width, min(counts) == width, straddling)


def blocks_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes) -> Tensor:
    """Same result and gradients as `reference_attention`, in time and memory linear in the kept blocks."""
    plan, heads = routes.plan, q.shape[1]
    place = places(routes)
    blocks, used = spread(place.blocks, heads), spread(place.used, heads)
    dtype = torch.promote_types(q.dtype, torch.float32)
    bias = used.new_zeros((), dtype=dtype) if place.bias is None else place.bias.to(dtype)
    out = _BlockAttention.apply(
        plan.queries.cut(q).flatten(0, 2),
        plan.keys.cut(k).flatten(0, 2),
        plan.keys.cut(v).flatten(0, 2),
        torch.where(used, bias, _HIDDEN).flatten(0, 2),
        None if place.seeing is None else spread(place.seeing, heads).flatten(0, 2),
        _work(plan, place, blocks, used, k.shape[1], dtype, _tame(q, k, bias, plan.scale)),
    )
    return plan.queries.join(cast(Tensor, out).unflatten(0, (plan.batch, heads, -1)))


def _tame(q: Tensor, k: Tensor, bias: Tensor, scale: float) -> bool:
    """Whether the logits are known to be small, by |q · k| <= |q| |k|."""
    with torch.no_grad():
        longest = [torch.linalg.vector_norm(x, dim=-1, dtype=bias.dtype).amax() for x in (q, k)]
        return bool(longest[0] * longest[1] * abs(scale) + bias.abs().amax() <= _TAME / _LOG2_E)


def _work(
    plan: Plan, place: Places, blocks: Tensor, used: Tensor, kv_heads: int, dtype: torch.dtype, tame: bool
) -> _Work:
    batch, heads, query_blocks, _ = blocks.shape
    key_blocks = plan.keys.blocks
    sample = torch.arange(batch, device=blocks.device)[:, None, None]
    kv_of = torch.arange(heads, device=blocks.device)[:, None] // (heads // kv_heads)
    rows = ((sample * kv_heads + kv_of) * key_blocks)[..., None] + blocks
    dead = None
    if place.alive is not None:
        dead = (~place.alive)[:, None].expand(-1, kv_heads, -1, -1).flatten(0, 2)
    times = None
    if place.straddling is not None and plan.time_q is not None and plan.time_k is not None:
        straddling = spread(place.straddling, heads).flatten().tolist()
        # In plain order only the own block straddles, and it looks the same everywhere.
        own = plan.plain_order and plan.queries is plan.keys and set(straddling) == {1}
        triangle = place.blocks.new_full((plan.keys.width,) * 2, _HIDDEN, dtype=dtype).triu_(1) if own else None
        times = _Times(
            plan.queries.cut_rows(plan.time_q, 0).flatten(0, 1),
            plan.keys.cut_rows(plan.time_k, 0).flatten(0, 1),
            (sample * query_blocks + torch.arange(query_blocks, device=blocks.device)).expand(-1, heads, -1).flatten(),
            (sample[..., None] * key_blocks + blocks).flatten(0, 2),
            straddling,
            triangle,
        )
    counts = used.sum(-1).flatten().tolist()
    biased = place.bias is not None
    return _Work(rows.flatten(0, 2), counts, batch * kv_heads, plan.scale, dead, biased, tame, times)


class _BlockAttention(torch.autograd.Function):
    """Takes q `[E, wq, D]`, tables of k and v `[rows, wk, D]`, bias `[E, K]` and visible `[E, wq or 1]`."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor, visible: Tensor | None, work: _Work) -> Tensor:
        out = q.new_empty(*q.shape[:2], v.shape[-1])

        def attend(chunk: _Chunk) -> None:
            found = _attend(q, k, bias, work, chunk)
            v_part = found.by_factor(_gather(v, found.rows, bias.dtype))
            torch.div(torch.bmm(found.weights, v_part), found.total, out=out[chunk.part])

        share(attend, [chunk for group in work.chunks(q, k, v) for chunk in group])
        if visible is not None:
            out.masked_fill_(~visible[..., None], 0)
        ctx.save_for_backward(q, k, v, bias, visible, out)
        ctx.work = work
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, bias, visible, out = ctx.saved_tensors
        work: _Work = ctx.work
        if visible is not None:
            grad_out = grad_out.masked_fill(~visible[..., None], 0)
        grad_q, grad_bias = torch.empty_like(q), torch.zeros_like(bias)
        grad_k, grad_v = torch.zeros_like(k, dtype=bias.dtype), torch.zeros_like(v, dtype=bias.dtype)

        def differentiate(group: list[_Chunk]) -> None:
            for chunk in group:
                part = chunk.part
                found = _attend(q, k, bias, work, chunk)
                rows = found.rows.flatten()
                grad = grad_out[part] / found.total
                mean = (grad * out[part]).sum(-1, keepdim=True)
                _add_rows(grad_v, rows, found.by_factor(torch.bmm(found.weights.mT, grad)))
                # Softmax: the gradient of a logit is weight * (its own gradient - the mean one).
                logits = torch.bmm(grad, _gather(v, found.rows, bias.dtype).mT).sub_(mean).mul_(found.weights)
                _add_rows(grad_k, rows, found.by_factor(torch.bmm(logits.mT, found.q.div_(_LOG2_E))))
                torch.mul(torch.bmm(logits, found.by_factor(found.k)), work.scale, out=grad_q[part])
                if ctx.needs_input_grad[3]:
                    by_block = logits.unflatten(2, (chunk.width, -1)).sum((1, 3))
                    grad_bias[part, : chunk.width] = by_block if found.factor is None else by_block * found.factor

        # Groups write to different rows of the tables, so threads do not meet and sums have one order.
        share(differentiate, work.chunks(q, k, v))
        return grad_q, grad_k.to(k.dtype), grad_v.to(v.dtype), grad_bias, None, None


def _gather(table: Tensor, rows: Tensor, dtype: torch.dtype) -> Tensor:
    """The `rows` `[C, width]` of `table` `[., wk, D]` side by side, `[C, width * wk, D]`."""
    return table.index_select(0, rows.flatten()).to(dtype).view(len(rows), -1, table.shape[-1])


def _add_rows(table: Tensor, rows: Tensor, parts: Tensor) -> None:
    """Add `parts` `[C, width * wk, D]` to the `rows` `[C * width]` of `table` `[., wk, D]`."""
    table.index_add_(0, rows, parts.view(-1, *table.shape[1:]))


@dataclass(frozen=True)
class _Attended:
    """One chunk of C query blocks; the softmax is `weights * factor / total`."""

    rows: Tensor  # int64 [C, width], of the tables of keys and values
    q: Tensor  # [C, wq, D], scaled
    k: Tensor  # [C, width * wk, D], gathered
    weights: Tensor  # [C, wq, width * wk]
    factor: Tensor | None  # [C, width]
    total: Tensor  # [C, wq, 1]

    def by_factor(self, x: Tensor) -> Tensor:
        """Multiply `x` `[C, width * wk, D]` by the factor of each block, in place."""
        if self.factor is not None:
            x.unflatten(1, (self.factor.shape[1], -1)).mul_(self.factor[..., None, None])
        return x


def _attend(q: Tensor, k: Tensor, bias: Tensor, work: _Work, chunk: _Chunk) -> _Attended:
    dtype, part = bias.dtype, chunk.part
    rows = work.rows[part, : chunk.width]
    q_part = q[part].to(dtype) * (work.scale * _LOG2_E)
    k_part = _gather(k, rows, dtype)
    logits = torch.bmm(q_part, k_part.mT)
    by_block = logits.unflatten(2, (chunk.width, -1))
    factor = None
    if work.biased or not chunk.full:
        factor = bias[part, : chunk.width] * _LOG2_E
        if work.tame:
            factor.exp2_()
        else:
            by_block += factor[:, None, :, None]
            factor = None
    if work.dead is not None:
        dead = work.dead[rows]
        if dead.any():
            by_block.masked_fill_(dead[:, None], _HIDDEN)
    if work.times is not None and chunk.straddling:
        _hide_future(by_block[:, :, : chunk.straddling], work.times, part)
    if not work.tame:
        logits.sub_(logits.amax(-1, keepdim=True))
    weights = logits.exp2_()
    total = weights.sum(-1, keepdim=True) if factor is None else torch.bmm(by_block.sum(-1), factor[..., None])
    # A query that sees nothing has no weight; its output is cleared later.
    return _Attended(rows, q_part, k_part, weights, factor, total.clamp_min_(torch.finfo(dtype).tiny))


def _hide_future(logits: Tensor, times: _Times, part: slice) -> None:
    """Hide keys in a query's future in `logits` `[C, wq, straddling, wk]`."""
    if times.triangle is not None:
        logits[:, :, 0] += times.triangle
        return
    time_q = times.queries[times.rows_q[part]]
    time_k = times.keys[times.rows_k[part, : logits.shape[2]]]
    logits.masked_fill_(time_k[:, None] > time_q[:, :, None, None], _HIDDEN)


def worker_count(tasks: int) -> int:
    """How many threads `share` will use: PyTorch's number, at most one for each task."""
    return max(1, min(torch.get_num_threads(), _MOST_THREADS, tasks))


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

"""The three Triton kernels of `wugan.attention.backends.triton`; importing this module imports Triton.

Notation: B samples, H query heads, Hkv key heads, M rows of queries and N of keys in a tile, D and DV the sizes of a
head. All reduce in float32 and exponentiate in base 2 (`lse` is a base-2 logarithm). A tile never spans two blocks of
keys. The online softmax is that of FlashAttention-2 (Dao, 2023, https://arxiv.org/abs/2307.08691).
"""

# mypy: disable-error-code="no-untyped-def"
# Annotations of a kernel's parameters mean something to Triton; what they hold stands beside them.

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import triton
import triton.language as tl

# Fixed when a kernel is decorated, that is now: later changes of TRITON_INTERPRET change nothing.
INTERPRETED = bool(triton.knobs.runtime.interpret)

_LOG2E = tl.constexpr(1.4426950408889634)
_KEY = ["D", "DV", "BLOCK_M", "BLOCK_N", "PRECISION"]


def _tuned(*settings: tuple[int, int], rows: Sequence[int] = (), reset_to_zero: Sequence[str] = ()) -> Any:
    """Decorator: the quickest of launch settings, measured at the first call with such heads, tiles and dtypes.

    Interpreted, there is nothing to measure. Settings that do not fit the card's memory drop out.

    Args:
        settings: warps and pipeline stages. Four warps suit tiles of 64 rows, eight larger ones; a third stage pays
            where shared memory allows it, one stage is for cards with little of it.
        rows: `BLOCK_M` of each setting, where the caller leaves it open.
        reset_to_zero: arguments that the kernel adds to.
    """
    if INTERPRETED:
        return lambda kernel: kernel
    tiles: list[dict[str, Any]] = [{"BLOCK_M": m} for m in rows] or [{}] * len(settings)
    configs = [
        triton.Config(tile, num_warps=warps, num_stages=stages)
        for tile, (warps, stages) in zip(tiles, settings, strict=True)
    ]
    return triton.autotune(configs, key=_KEY, reset_to_zero=list(reset_to_zero))


def _mend_interpreter() -> None:
    """Make loops up to a loaded number work, and products of bfloat16, which Triton's interpreter gets wrong."""
    from triton.runtime import interpreter

    patch_tensor, dot = interpreter._patch_lang_tensor, interpreter.InterpreterBuilder.create_dot

    def patch_and_mend(tensor: Any, *scope: Any) -> None:
        # NumPy 2.4 refuses int(array of one): https://github.com/triton-lang/triton/issues/9171
        patch_tensor(tensor, *scope)
        tensor.__index__ = lambda self: self.handle.data.item()

    def dot_in_float(self: Any, a: Any, b: Any, *rest: Any) -> Any:
        # bfloat16 is held as uint16 there, and would be multiplied as such.
        a, b = (self.cast_impl(x, tl.float32) if x.dtype == tl.bfloat16 else x for x in (a, b))
        return dot(self, a, b, *rest)

    interpreter._patch_lang_tensor = patch_and_mend
    interpreter.InterpreterBuilder.create_dot = dot_in_float


if INTERPRETED:
    _mend_interpreter()


@_tuned((4, 2), (4, 3), (8, 2), (8, 3), (8, 1))
@triton.jit
def forward_kernel(
    q,  # [B, H, Nq, D], strides below
    k,  # [B, Hkv, Nk, D]
    v,  # [B, Hkv, Nk, DV]
    out,  # [B, H, Nq, DV], contiguous
    lse,  # float32 [B, H, Nq]
    first,  # int32 [B, R, query blocks, places]: first token of each kept key block
    end,  # likewise, one past its last token
    count,  # int32 [B, R, query blocks]: places in use, the foremost ones
    bias,  # float32 [B, H, query blocks, places] or None
    time_q,  # [B, Nq] or None
    time_k,  # [B, Nk] or None
    key_mask,  # uint8 [B, Nk] or None
    q_starts,  # int32 [query blocks + 1]
    q_sb,
    q_sh,
    q_sn,
    k_sb,
    k_sh,
    k_sn,
    v_sb,
    v_sh,
    v_sn,
    scale,
    heads,
    group,  # H / Hkv
    share,  # H / R
    length_q,
    length_k,
    q_blocks,
    places,
    tiles_q,  # tiles in a query block
    tiles_k,  # tiles in a key block
    D: tl.constexpr,
    DV: tl.constexpr,
    BLOCK_D: tl.constexpr,
    BLOCK_DV: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """One program for each tile of queries: `out` and `lse`."""
    tile = tl.program_id(0) % tiles_q
    row = (tl.program_id(0) // tiles_q).to(tl.int64)  # (sample, head, query block)
    block = row % q_blocks
    sample = row // q_blocks // heads
    head = row // q_blocks % heads
    route = (sample * (heads // share) + head // share) * q_blocks + block

    start = tl.load(q_starts + block) + tile * BLOCK_M
    rows = start + tl.arange(0, BLOCK_M)
    row_live = rows < tl.load(q_starts + block + 1)
    d, dv = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_DV)
    q_at = q + sample * q_sb + head * q_sh + rows[:, None].to(tl.int64) * q_sn + d[None, :]
    q_tile = tl.load(q_at, mask=row_live[:, None] & (d < D)[None, :], other=0.0)
    k += sample * k_sb + head // group * k_sh
    v += sample * v_sb + head // group * v_sh
    if time_q is not None:
        row_time = tl.load(time_q + sample * length_q + rows, mask=row_live, other=0)

    top = tl.full([BLOCK_M], float("-inf"), tl.float32)
    total = tl.zeros([BLOCK_M], tl.float32)
    acc = tl.zeros([BLOCK_M, BLOCK_DV], tl.float32)
    for step in range(tl.load(count + route) * tiles_k):
        place = step // tiles_k
        begin = tl.load(first + route * places + place) + step % tiles_k * BLOCK_N
        cols = begin + tl.arange(0, BLOCK_N)
        seen = cols < tl.load(end + route * places + place)
        col_at = cols.to(tl.int64)
        k_tile = tl.load(k + col_at[None, :] * k_sn + d[:, None], mask=seen[None, :] & (d < D)[:, None], other=0.0)
        v_tile = tl.load(v + col_at[:, None] * v_sn + dv[None, :], mask=seen[:, None] & (dv < DV)[None, :], other=0.0)
        logits = tl.dot(q_tile, k_tile, input_precision=PRECISION) * (scale * _LOG2E)
        if bias is not None:
            logits += tl.load(bias + row * places + place) * _LOG2E
        if key_mask is not None:
            seen = seen & (tl.load(key_mask + sample * length_k + cols, mask=seen, other=0) != 0)
        visible = seen[None, :]
        if time_q is not None:
            col_time = tl.load(time_k + sample * length_k + cols, mask=seen, other=0)
            visible = visible & (col_time[None, :] <= row_time[:, None])
        logits = tl.where(visible, logits, float("-inf"))
        new_top = tl.maximum(top, tl.max(logits, 1))
        safe = tl.where(new_top == float("-inf"), 0.0, new_top)  # -inf - -inf would be NaN
        weights = tl.exp2(logits - safe[:, None])
        shrink = tl.exp2(top - safe)
        total = total * shrink + tl.sum(weights, 1)
        acc = tl.dot(weights.to(v.dtype.element_ty), v_tile, acc * shrink[:, None], input_precision=PRECISION)
        top = new_top

    blind = total == 0.0
    acc = acc / tl.where(blind, 1.0, total)[:, None]
    at = (sample * heads + head) * length_q + rows
    tl.store(lse + at, tl.where(blind, 0.0, top + tl.log2(tl.where(blind, 1.0, total))), mask=row_live)
    tl.store(
        out + at[:, None] * DV + dv[None, :],
        acc.to(out.dtype.element_ty),
        mask=row_live[:, None] & (dv < DV)[None, :],
    )


@_tuned((4, 2), (4, 3), (8, 2), (8, 3), (8, 1))
@triton.jit
def query_gradient_kernel(
    q,
    k,
    v,
    out,
    grad_out,  # [B, H, Nq, DV], contiguous
    lse,
    delta,  # float32 [B, H, Nq], written here and read by `key_gradient_kernel`: sum of out * grad_out
    grad_q,  # [B, H, Nq, D], contiguous
    grad_bias,  # float32 [B, H, query blocks, tiles_q, places, tiles_k] or None: summed over tiles by the caller
    first,
    end,
    count,
    bias,
    time_q,
    time_k,
    key_mask,
    q_starts,
    q_sb,
    q_sh,
    q_sn,
    k_sb,
    k_sh,
    k_sn,
    v_sb,
    v_sh,
    v_sn,
    scale,
    heads,
    group,
    share,
    length_q,
    length_k,
    q_blocks,
    places,
    tiles_q,
    tiles_k,
    D: tl.constexpr,
    DV: tl.constexpr,
    BLOCK_D: tl.constexpr,
    BLOCK_DV: tl.constexpr,
    BLOCK_M: tl.constexpr,
    BLOCK_N: tl.constexpr,
    PRECISION: tl.constexpr,
):
    """One program for each tile of queries: `grad_q`, `grad_bias` and `delta`. Arguments as in `forward_kernel`."""
    tile = tl.program_id(0) % tiles_q
    row = (tl.program_id(0) // tiles_q).to(tl.int64)
    block = row % q_blocks
    sample = row // q_blocks // heads
    head = row // q_blocks % heads
    route = (sample * (heads // share) + head // share) * q_blocks + block

    start = tl.load(q_starts + block) + tile * BLOCK_M
    rows = start + tl.arange(0, BLOCK_M)
    row_live = rows < tl.load(q_starts + block + 1)
    d, dv = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_DV)
    q_mask = row_live[:, None] & (d < D)[None, :]
    q_at = q + sample * q_sb + head * q_sh + rows[:, None].to(tl.int64) * q_sn + d[None, :]
    q_tile = tl.load(q_at, mask=q_mask, other=0.0)
    at = (sample * heads + head) * length_q + rows
    out_at, out_mask = at[:, None] * DV + dv[None, :], row_live[:, None] & (dv < DV)[None, :]
    grad_tile = tl.load(grad_out + out_at, mask=out_mask, other=0.0)
    out_tile = tl.load(out + out_at, mask=out_mask, other=0.0)
    row_delta = tl.sum(out_tile.to(tl.float32) * grad_tile.to(tl.float32), 1)
    tl.store(delta + at, row_delta, mask=row_live)
    row_lse = tl.load(lse + at, mask=row_live, other=float("inf"))  # no weight for rows that do not exist
    k += sample * k_sb + head // group * k_sh
    v += sample * v_sb + head // group * v_sh
    if time_q is not None:
        row_time = tl.load(time_q + sample * length_q + rows, mask=row_live, other=0)

    acc = tl.zeros([BLOCK_M, BLOCK_D], tl.float32)
    for step in range(tl.load(count + route) * tiles_k):
        place = step // tiles_k
        begin = tl.load(first + route * places + place) + step % tiles_k * BLOCK_N
        cols = begin + tl.arange(0, BLOCK_N)
        seen = cols < tl.load(end + route * places + place)
        col_at = cols.to(tl.int64)
        k_tile = tl.load(k + col_at[:, None] * k_sn + d[None, :], mask=seen[:, None] & (d < D)[None, :], other=0.0)
        v_tile = tl.load(v + col_at[None, :] * v_sn + dv[:, None], mask=seen[None, :] & (dv < DV)[:, None], other=0.0)
        logits = tl.dot(q_tile, tl.trans(k_tile), input_precision=PRECISION) * (scale * _LOG2E)
        if bias is not None:
            logits += tl.load(bias + row * places + place) * _LOG2E
        if key_mask is not None:
            seen = seen & (tl.load(key_mask + sample * length_k + cols, mask=seen, other=0) != 0)
        visible = seen[None, :]
        if time_q is not None:
            col_time = tl.load(time_k + sample * length_k + cols, mask=seen, other=0)
            visible = visible & (col_time[None, :] <= row_time[:, None])
        weights = tl.where(visible, tl.exp2(logits - row_lse[:, None]), 0.0)
        grad_weights = tl.dot(grad_tile, v_tile, input_precision=PRECISION)
        grad_logits = weights * (grad_weights - row_delta[:, None])
        if grad_bias is not None:
            sum_at = tl.program_id(0).to(tl.int64) * places * tiles_k + step
            tl.store(grad_bias + sum_at, tl.sum(tl.sum(grad_logits, 1), 0))
        acc = tl.dot(grad_logits.to(k.dtype.element_ty), k_tile, acc, input_precision=PRECISION)

    tl.store(grad_q + at[:, None] * D + d[None, :], (acc * scale).to(grad_q.dtype.element_ty), mask=q_mask)


@_tuned((4, 2), (8, 2), (8, 2), (8, 1), rows=(32, 32, 64, 32), reset_to_zero=("grad_k", "grad_v"))
@triton.jit
def key_gradient_kernel(
    q,
    k,
    v,
    grad_out,
    lse,
    delta,
    grad_k,  # float32 [B, Hkv, Nk, D], contiguous, zeros: added to
    grad_v,  # float32 [B, Hkv, Nk, DV], likewise
    edges,  # int64 [E]: place in `bias` of each pair of blocks, sorted by key block
    edge_rows,  # int32 [E]: its (sample, head, query block)
    item_rows,  # int32 [items]: (sample, key head, key block) of each item of work
    item_first,  # int64 [items]: its range of edges
    item_end,
    bias,
    time_q,
    time_k,
    key_mask,
    q_starts,
    k_starts,  # int32 [key blocks + 1]
    q_sb,
    q_sh,
    q_sn,
    k_sb,
    k_sh,
    k_sn,
    v_sb,
    v_sh,
    v_sn,
    scale,
    heads,
    kv_heads,
    length_q,
    length_k,
    q_blocks,
    k_blocks,
    width_q,  # tokens in the longest query block
    tiles_k,
    D: tl.constexpr,
    DV: tl.constexpr,
    BLOCK_D: tl.constexpr,
    BLOCK_DV: tl.constexpr,
    BLOCK_N: tl.constexpr,
    PRECISION: tl.constexpr,
    BLOCK_M: tl.constexpr = 32,
):
    """One program for each tile of keys and item of work: its share of `grad_k` and `grad_v`.

    The queries of an item's edges are read side by side, so that short query blocks fill tiles too.
    """
    item = tl.program_id(0) // tiles_k
    first_edge = tl.load(item_first + item)
    end_edge = tl.load(item_end + item)
    if first_edge >= end_edge:
        return
    key_row = tl.load(item_rows + item)
    block = key_row % k_blocks
    sample = (key_row // k_blocks // kv_heads).to(tl.int64)
    kv_head = key_row // k_blocks % kv_heads
    cols = tl.load(k_starts + block) + tl.program_id(0) % tiles_k * BLOCK_N + tl.arange(0, BLOCK_N)
    live = cols < tl.load(k_starts + block + 1)
    seen = live
    if key_mask is not None:
        seen = seen & (tl.load(key_mask + sample * length_k + cols, mask=live, other=0) != 0)
    if time_k is not None:
        col_time = tl.load(time_k + sample * length_k + cols, mask=live, other=0)
    d, dv = tl.arange(0, BLOCK_D), tl.arange(0, BLOCK_DV)
    k_mask, v_mask = live[:, None] & (d < D)[None, :], live[:, None] & (dv < DV)[None, :]
    col_at = cols[:, None].to(tl.int64)
    k_tile = tl.load(k + sample * k_sb + kv_head * k_sh + col_at * k_sn + d[None, :], mask=k_mask, other=0.0)
    v_tile = tl.load(v + sample * v_sb + kv_head * v_sh + col_at * v_sn + dv[None, :], mask=v_mask, other=0.0)
    q += sample * q_sb

    acc_k = tl.zeros([BLOCK_N, BLOCK_D], tl.float32)
    acc_v = tl.zeros([BLOCK_N, BLOCK_DV], tl.float32)
    for begin in range(0, (end_edge - first_edge).to(tl.int32) * width_q, BLOCK_M):
        number = begin + tl.arange(0, BLOCK_M)
        edge = first_edge + number // width_q
        ok = edge < end_edge
        edge_row = tl.load(edge_rows + edge, mask=ok, other=0)
        q_block = edge_row % q_blocks
        q_head = (edge_row // q_blocks).to(tl.int64)  # sample * heads + head
        rows = tl.load(q_starts + q_block) + number % width_q
        ok = ok & (rows < tl.load(q_starts + q_block + 1))
        q_at = (q_head - sample * heads) * q_sh + rows.to(tl.int64) * q_sn
        at = q_head * length_q + rows
        q_tile = tl.load(q + q_at[:, None] + d[None, :], mask=ok[:, None] & (d < D)[None, :], other=0.0)
        grad_at = grad_out + at[:, None] * DV + dv[None, :]
        grad_tile = tl.load(grad_at, mask=ok[:, None] & (dv < DV)[None, :], other=0.0)
        row_lse = tl.load(lse + at, mask=ok, other=float("inf"))
        row_delta = tl.load(delta + at, mask=ok, other=0.0)
        logits = tl.dot(k_tile, tl.trans(q_tile), input_precision=PRECISION) * (scale * _LOG2E)
        if bias is not None:
            place = tl.load(edges + edge, mask=ok, other=0)
            logits += tl.load(bias + place, mask=ok, other=0.0)[None, :] * _LOG2E
        visible = seen[:, None]
        if time_k is not None:
            row_time = tl.load(time_q + sample * length_q + rows, mask=ok, other=0)
            visible = visible & (col_time[:, None] <= row_time[None, :])
        weights = tl.where(visible, tl.exp2(logits - row_lse[None, :]), 0.0)
        acc_v = tl.dot(weights.to(grad_out.dtype.element_ty), grad_tile, acc_v, input_precision=PRECISION)
        grad_weights = tl.dot(v_tile, tl.trans(grad_tile), input_precision=PRECISION)
        grad_logits = weights * (grad_weights - row_delta[None, :])
        acc_k = tl.dot(grad_logits.to(q.dtype.element_ty), q_tile, acc_k, input_precision=PRECISION)

    at = (sample * kv_heads + kv_head) * length_k + col_at
    tl.atomic_add(grad_k + at * D + d[None, :], acc_k * scale, mask=k_mask, sem="relaxed")
    tl.atomic_add(grad_v + at * DV + dv[None, :], acc_v, mask=v_mask, sem="relaxed")

"""NVIDIA backend: three Triton kernels (`triton_kernels`) that read only the kept blocks, forward and backward.

Tokens are read where they lie (nothing is cut, padded or gathered), so the extra memory is the output, one float32 for
each query, and the lists of block pairs. The backward pass goes twice over the same pairs: by query block for the
gradients of queries and gate, and by key block, over the query blocks that kept it, for those of keys and values.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from wugan.attention.backends.reference import reference_attention
from wugan.attention.layout import Blocks, Plan, span, spread
from wugan.attention.routing import Routes
from wugan.errors import DataError

_DTYPES = (torch.float16, torch.bfloat16, torch.float32)
_MAX_HEAD = 256
_MIN_TILE = 16  # the smallest side that a tensor core multiplies


def suits_triton(q: Tensor, v: Tensor) -> bool:
    """Whether the kernels run here on tensors like these: an NVIDIA card since Ampere, Triton, dtype, head size."""
    return (
        q.device.type == "cuda"
        and torch.version.cuda is not None
        and q.dtype in _DTYPES
        and max(q.shape[-1], v.shape[-1]) <= _MAX_HEAD
        and torch.cuda.get_device_capability(q.device) >= (8, 0)
        and find_spec("triton") is not None
    )


def triton_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes) -> Tensor:
    """Same result and gradients as `reference_attention`, to the precision of the inputs, reduced in float32.

    Gradients of keys and values are added up in no fixed order unless `torch.use_deterministic_algorithms` is set.
    float32 inputs are multiplied in three TF32 products, which keeps all but the last bits; in one, quicker and with
    ten bits, if `torch.set_float32_matmul_precision` allows TF32.

    Raises:
        DataError: Triton is missing, or the device, dtype or head size does not suit the kernels.
    """
    _check(q, v)
    if not (q.numel() and v.numel()):
        return reference_attention(q, k, v, routes)
    q, k, v = (x if x.stride(-1) == 1 else x.contiguous() for x in (q, k, v))
    pairs, bias = _pairs(routes, q.shape[1])
    return cast(Tensor, _TritonAttention.apply(q, k, v, bias, routes.plan, pairs))


def _check(q: Tensor, v: Tensor) -> None:
    if find_spec("triton") is None:
        raise DataError("backend 'triton' needs the package triton: pip install triton, or use backend='auto'")
    from wugan.attention.backends.triton_kernels import INTERPRETED

    if q.device.type != "cuda" and not INTERPRETED:
        raise DataError(
            f"backend 'triton' runs on NVIDIA cards and q is on {q.device}: use backend='auto', "
            "or start Python with TRITON_INTERPRET=1 to try the kernels without a card (slowly)"
        )
    if q.dtype not in _DTYPES:
        raise DataError(f"backend 'triton' takes float16, bfloat16 or float32, q is {q.dtype}: use backend='auto'")
    if max(q.shape[-1], v.shape[-1]) > _MAX_HEAD:
        raise DataError(
            f"backend 'triton' takes heads of up to {_MAX_HEAD}, q has {q.shape[-1]} and v {v.shape[-1]}: "
            "use backend='auto'"
        )


@dataclass(frozen=True)
class _Pairs:
    """The pairs of blocks to read, the kept ones of each query block foremost.

    Attributes:
        blocks: int64 `[B, R, query blocks, K]`, key blocks.
        count: int32 `[B, R, query blocks]`, how many of the K places are in use.
        first: int32 like `blocks`, first token of the key block.
        end: int32 like `blocks`, one past its last token.
        q_starts: int32 `[query blocks + 1]`, first token of each query block, and the number of tokens.
        k_starts: int32 `[key blocks + 1]`, likewise.
    """

    blocks: Tensor
    count: Tensor
    first: Tensor
    end: Tensor
    q_starts: Tensor
    k_starts: Tensor


def _pairs(routes: Routes, heads: int) -> tuple[_Pairs, Tensor | None]:
    """The pairs, and the gate's bias in the same order (differentiable)."""
    plan, blocks, kept = routes.plan, routes.blocks, routes.kept
    if routes.everything:  # no router has looked at masks and time yet
        kept = kept & _some_visible(plan)[:, None]
    places = (~kept).to(torch.uint8).argsort(dim=-1, stable=True)
    blocks = blocks.gather(-1, places)
    k_starts = _starts(plan.keys)
    bias = routes.bias
    if bias is not None:
        bias = bias.float().gather(-1, spread(places, heads)).contiguous()
    pairs = _Pairs(
        blocks=blocks,
        count=kept.sum(-1, dtype=torch.int32),
        first=k_starts[blocks],
        end=k_starts[blocks + 1],
        q_starts=_starts(plan.queries),
        k_starts=k_starts,
    )
    return pairs, bias


def _some_visible(plan: Plan) -> Tensor:
    """Bool `[B, query blocks, key blocks]`: some key may be visible to some query."""
    keys = plan.existing_keys()
    filled = keys.any(-1)[:, None, :].expand(-1, plan.queries.blocks, -1)
    if plan.time_q is None or plan.time_k is None:
        return filled
    latest_q = span(plan.time_q, plan.queries, plan.queries.valid.expand(plan.batch, -1, -1)).latest
    return filled & (span(plan.time_k, plan.keys, keys).earliest[:, None, :] <= latest_q[:, :, None])


def _starts(layout: Blocks) -> Tensor:
    first = layout.index.view(layout.blocks, layout.width)[:, 0]
    return torch.cat((first, first.new_full((1,), layout.length))).to(torch.int32)


@dataclass(frozen=True)
class _KeyWork:
    """The pairs sorted by key block, in items of bounded length; see `key_gradient_kernel`."""

    edges: Tensor
    edge_rows: Tensor
    item_rows: Tensor
    item_first: Tensor
    item_end: Tensor


def _key_work(pairs: _Pairs, heads: int, kv_heads: int, key_blocks: int) -> _KeyWork:
    """Invert the lists without waiting for the device, hence arrays of the greatest length there can be.

    The first block of a segment is kept by all query blocks. One program would work on it long after all others are
    done, so a long list is split into items of up to twice the mean length.
    """
    blocks = spread(pairs.blocks, heads)
    batch, _, _, places = blocks.shape
    device = blocks.device
    rows = batch * kv_heads * key_blocks
    kv_of = torch.arange(heads, device=device) // (heads // kv_heads)
    kv_row = (torch.arange(batch, device=device)[:, None] * kv_heads + kv_of)[:, :, None, None]
    used = torch.arange(places, device=device) < spread(pairs.count, heads)[..., None]
    owner, edges = torch.where(used, kv_row * key_blocks + blocks, rows).flatten().sort(stable=True)
    offsets = torch.searchsorted(owner, torch.arange(rows + 1, device=device))

    most = len(edges)
    length = most if torch.are_deterministic_algorithms_enabled() else max(8, 2 * math.ceil(most / rows))
    items = (offsets.diff() + length - 1) // length
    item_ends = items.cumsum(0)
    number = torch.arange(rows + most // length, device=device)
    row = torch.searchsorted(item_ends, number, right=True)
    beyond = row == rows
    row = row.clamp_max(rows - 1)
    first = offsets[row] + (number - (item_ends - items)[row]) * length
    end = torch.minimum(first + length, offsets[row + 1])
    return _KeyWork(
        edges=edges,
        edge_rows=(edges // places).to(torch.int32),
        item_rows=row.to(torch.int32),
        item_first=first,
        item_end=torch.where(beyond, first, end),
    )


def _side(width: int, limit: int) -> int:
    """Side of a tile for a block of `width`: a power of two, as Triton wants it."""
    return min(limit, max(_MIN_TILE, 1 << (width - 1).bit_length()))


def _limit(q: Tensor, v: Tensor, room: int) -> int:
    """Rows of a tile that leave registers and shared memory for the rest, of up to `room` bytes."""
    return max(_MIN_TILE, room // (_side(max(q.shape[-1], v.shape[-1]), _MAX_HEAD) * q.element_size()))


def _common(q: Tensor, k: Tensor, v: Tensor, plan: Plan) -> dict[str, Any]:
    """Arguments that all kernels share."""
    if q.dtype != torch.float32:
        precision = "ieee"
    else:
        precision = "tf32x3" if torch.get_float32_matmul_precision() == "highest" else "tf32"
    names = [f"{name}_s{axis}" for name in "qkv" for axis in "bhn"]
    strides = [stride for x in (q, k, v) for stride in x.stride()[:3]]
    return {
        **dict(zip(names, strides, strict=True)),
        "time_q": None if plan.time_q is None else plan.time_q.contiguous(),
        "time_k": None if plan.time_k is None else plan.time_k.contiguous(),
        "key_mask": None if plan.key_mask is None else plan.key_mask.contiguous().view(torch.uint8),
        "scale": plan.scale,
        "heads": q.shape[1],
        "length_q": q.shape[2],
        "length_k": k.shape[2],
        "q_blocks": plan.queries.blocks,
        "D": q.shape[-1],
        "DV": v.shape[-1],
        "BLOCK_D": _side(q.shape[-1], _MAX_HEAD),
        "BLOCK_DV": _side(v.shape[-1], _MAX_HEAD),
        "PRECISION": precision,
    }


def _by_query(q: Tensor, k: Tensor, plan: Plan, pairs: _Pairs, block_m: int, block_n: int) -> dict[str, Any]:
    """Arguments of the two kernels that go by query block."""
    return {
        "first": pairs.first,
        "end": pairs.end,
        "count": pairs.count,
        "q_starts": pairs.q_starts,
        "group": q.shape[1] // k.shape[1],
        "share": q.shape[1] // pairs.blocks.shape[1],
        "places": pairs.blocks.shape[-1],
        "tiles_q": -(-plan.queries.width // block_m),
        "tiles_k": -(-plan.keys.width // block_n),
        "BLOCK_M": block_m,
        "BLOCK_N": block_n,
    }


class _TritonAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, plan: Plan, pairs: _Pairs) -> Tensor:
        from wugan.attention.backends.triton_kernels import forward_kernel

        batch, heads, length, _ = q.shape
        out = q.new_empty(batch, heads, length, v.shape[-1])
        lse = q.new_empty(batch, heads, length, dtype=torch.float32)
        block_m = _side(plan.queries.width, min(128, _limit(q, v, 32768)))
        block_n = _side(plan.keys.width, min(64, _limit(q, v, 16384)))
        options = _by_query(q, k, plan, pairs, block_m, block_n)
        grid = (batch * heads * plan.queries.blocks * options["tiles_q"],)
        with _on(q):
            forward_kernel[grid](q=q, k=k, v=v, out=out, lse=lse, bias=bias, **options, **_common(q, k, v, plan))
        ctx.save_for_backward(q, k, v, bias, out, lse)
        ctx.plan, ctx.pairs = plan, pairs
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor | None, ...]:
        q, k, v, bias, out, lse = ctx.saved_tensors
        given = {"q": q, "k": k, "v": v, "bias": bias, "grad_out": grad_out.contiguous(), "lse": lse}
        given |= {"delta": torch.empty_like(lse), **_common(q, k, v, ctx.plan)}
        with _on(q):
            grad_q, grad_bias = _query_gradients(given, out, ctx.plan, ctx.pairs)
            grad_k, grad_v = None, None
            if ctx.needs_input_grad[1] or ctx.needs_input_grad[2]:
                grad_k, grad_v = _key_gradients(given, ctx.plan, ctx.pairs)
        return grad_q, grad_k, grad_v, grad_bias, None, None


def _on(x: Tensor) -> torch.cuda.device:
    """Triton launches on the current device, which need not be the tensors'; -1 (no card) changes nothing."""
    return torch.cuda.device(x.device if x.is_cuda else -1)


def _query_gradients(given: dict[str, Any], out: Tensor, plan: Plan, pairs: _Pairs) -> tuple[Tensor, Tensor | None]:
    """Gradients of q and bias; fills `delta`."""
    from wugan.attention.backends.triton_kernels import query_gradient_kernel

    q, k, v, bias = (given[name] for name in ("q", "k", "v", "bias"))
    side = min(64, _limit(q, v, 16384))
    options = _by_query(q, k, plan, pairs, _side(plan.queries.width, side), _side(plan.keys.width, side))
    tiles_q, tiles_k = options["tiles_q"], options["tiles_k"]
    grad_q = torch.empty(q.shape, dtype=q.dtype, device=q.device)
    sums = None
    if bias is not None:
        *blocks, places = bias.shape
        sums = bias.new_zeros(*blocks, tiles_q, places, tiles_k)
    query_gradient_kernel[(q.shape[0] * q.shape[1] * plan.queries.blocks * tiles_q,)](
        out=out, grad_q=grad_q, grad_bias=sums, **given, **options
    )
    return grad_q, None if sums is None else sums.sum((-3, -1))


def _key_gradients(given: dict[str, Any], plan: Plan, pairs: _Pairs) -> tuple[Tensor, Tensor]:
    """Gradients of k and v."""
    from wugan.attention.backends.triton_kernels import key_gradient_kernel

    q, k, v = (given[name] for name in "qkv")
    grad_k = torch.zeros(k.shape, dtype=torch.float32, device=k.device)
    grad_v = torch.zeros(v.shape, dtype=torch.float32, device=v.device)
    work = _key_work(pairs, q.shape[1], k.shape[1], plan.keys.blocks)
    block_n = _side(plan.keys.width, min(64, _limit(q, v, 16384)))
    tiles_k = -(-plan.keys.width // block_n)
    key_gradient_kernel[(len(work.item_rows) * tiles_k,)](
        grad_k=grad_k,
        grad_v=grad_v,
        **vars(work),
        q_starts=pairs.q_starts,
        k_starts=pairs.k_starts,
        kv_heads=k.shape[1],
        k_blocks=plan.keys.blocks,
        width_q=plan.queries.width,
        tiles_k=tiles_k,
        BLOCK_N=block_n,
        **given,
    )
    return grad_k.to(k.dtype), grad_v.to(v.dtype)

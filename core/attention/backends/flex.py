"""CPU inference by PyTorch's FlexAttention: a C++ kernel, compiled for each shape, that gathers nothing.

Sizes are static in the compiled kernel (in torch 2.11 a biased one with dynamic sizes does not compile), so the number
of blocks is padded up to a bucket, at most an eighth more, and all lengths of one bucket share a kernel. Compiling
takes half a minute, and the gate's bias costs a look-up for each pair, so the `blocks` backend is the better default:
measured on one thread at 16 blocks of 128, 1.2 ms for each query block without gate and 2.4 ms with it, where `blocks`
takes 1.1 ms with it. `auto` therefore never takes this path.
"""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.attention.backends.blocks import Places, blocks_attention, places
from wugan.attention.layout import Blocks, Plan, spread
from wugan.attention.routing import Routes
from wugan.errors import DataError

_DTYPES = (torch.float32, torch.bfloat16, torch.float16)
# PyTorch would fall back to its uncompiled, quadratic form after 8 shapes, without a word.
_SHAPES = 256


def flex_attention(q: Tensor, k: Tensor, v: Tensor, routes: Routes) -> Tensor:
    """Same result as `reference_attention`; FlexAttention has no backward on the CPU, so `blocks` takes over there.

    Raises:
        DataError: q is float64 or not on the CPU, or no C++ compiler is found.
    """
    _check(q)
    differentiable = (q, k, v) if routes.bias is None else (q, k, v, routes.bias)
    if torch.is_grad_enabled() and any(x.requires_grad for x in differentiable):
        return blocks_attention(q, k, v, routes)
    plan, heads = routes.plan, q.shape[1]
    place = places(routes)
    query_blocks, key_blocks = _bucket(plan.queries.blocks), _bucket(plan.keys.blocks)
    out = _compiled()(
        _padded(q, plan.queries, query_blocks),
        _padded(k, plan.keys, key_blocks),
        _padded(v, plan.keys, key_blocks),
        score_mod=_score_mod(plan, place, query_blocks, key_blocks),
        block_mask=_block_mask(plan, place, heads, query_blocks, key_blocks),
        scale=plan.scale,
        enable_gqa=k.shape[1] != heads,
    )
    out = out[:, :, : plan.queries.blocks * plan.queries.width].unflatten(2, (plan.queries.blocks, -1))
    return plan.queries.join(out)


def _check(q: Tensor) -> None:
    if q.device.type != "cpu":
        raise DataError(f"backend 'flex' runs on the CPU only and q is on {q.device}: use backend='auto'")
    if q.dtype not in _DTYPES:
        raise DataError(f"backend 'flex' computes in float32, bfloat16 or float16 and q is {q.dtype}: use 'blocks'")
    if _compiler() is None:
        raise DataError(
            "backend 'flex' compiles its kernel and found no C++ compiler: install g++ or clang++, or name one in the "
            f"environment variable CXX (this is {platform.system()}), or use backend='blocks', which needs none"
        )


@lru_cache
def _compiler() -> str | None:
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler

    try:
        return get_cpp_compiler()
    except InvalidCxxCompiler:
        return None


@lru_cache
def _compiled() -> Callable[..., Tensor]:
    from torch.nn.attention.flex_attention import flex_attention as flex

    kernel = torch.compile(flex, dynamic=False, fullgraph=True)

    def call(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> Tensor:
        with torch.no_grad(), torch._dynamo.config.patch(recompile_limit=_SHAPES):
            return kernel(q, k, v, **options)

    return call


def _bucket(blocks: int) -> int:
    """`blocks` rounded up by at most an eighth, and to an even number: a size of one would be compiled differently."""
    step = max(1, 1 << (blocks.bit_length() - 4)) if blocks >= 16 else 2
    return -(-blocks // step) * step


def _padded(x: Tensor, layout: Blocks, blocks: int) -> Tensor:
    """`[B, H, N, D]` to `[B, H, blocks * width, D]`, cut into blocks."""
    x = layout.cut(x).flatten(2, 3)
    return F.pad(x, (0, 0, 0, blocks * layout.width - x.shape[2]))


def _score_mod(plan: Plan, place: Places, query_blocks: int, key_blocks: int) -> Callable[..., Tensor] | None:
    """Adds the bias of its pair of blocks to a logit."""
    if place.bias is None:
        return None
    heads = place.bias.shape[1]
    table = place.bias.new_zeros(*place.bias.shape[:2], query_blocks, key_blocks)
    kept = torch.where(spread(place.used, heads), place.bias, 0)
    table[:, :, : plan.queries.blocks].scatter_add_(-1, spread(place.blocks, heads), kept)
    width_q, width_k = plan.queries.width, plan.keys.width

    def biased(score: Tensor, b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
        return score + table[b, h, i // width_q, j // width_k]

    return biased


def _block_mask(plan: Plan, place: Places, heads: int, query_blocks: int, key_blocks: int) -> Any:
    """The routes: blocks with a key that is hidden from some query go through the mask, the others do not."""
    from torch.nn.attention.flex_attention import BlockMask

    batch, _, _, places_each = place.blocks.shape
    sample = torch.arange(batch)[:, None, None, None]
    masked = torch.zeros_like(place.used)
    if place.straddling is not None:
        masked |= torch.arange(places_each) < place.straddling[..., None]
    if place.alive is not None:
        masked |= ~place.alive.all(-1)[sample, place.blocks]

    def listed(chosen: Tensor) -> tuple[Tensor, Tensor]:
        order = chosen.to(torch.uint8).argsort(dim=-1, descending=True, stable=True)
        below = query_blocks - plan.queries.blocks
        count = F.pad(chosen.sum(-1), (0, below)).to(torch.int32)
        index = F.pad(place.blocks.gather(-1, order), (0, key_blocks - places_each, 0, below)).to(torch.int32)
        return spread(count, heads).contiguous(), spread(index, heads).contiguous()

    partly, wholly = listed(place.used & masked), listed(place.used & ~masked)
    return BlockMask.from_kv_blocks(
        kv_num_blocks=partly[0],
        kv_indices=partly[1],
        full_kv_num_blocks=wholly[0],
        full_kv_indices=wholly[1],
        BLOCK_SIZE=(plan.queries.width, plan.keys.width),
        mask_mod=_mask_mod(plan, place, batch, query_blocks, key_blocks) if masked.any() else None,
        seq_lengths=(query_blocks * plan.queries.width, key_blocks * plan.keys.width),
        compute_q_blocks=False,
    )


def _mask_mod(plan: Plan, place: Places, batch: int, query_blocks: int, key_blocks: int) -> Callable[..., Tensor]:
    """True where the key exists and is not in the query's future."""

    def padded(rows: Tensor, blocks: int) -> Tensor:
        return F.pad(rows, (0, 0, 0, blocks - rows.shape[1])).flatten(1).contiguous()

    alive = plan.keys.valid.expand(batch, -1, -1) if place.alive is None else place.alive
    exists = padded(alive, key_blocks)
    if plan.time_q is None or plan.time_k is None:
        return lambda b, h, i, j: exists[b, j]
    time_q = padded(plan.queries.cut_rows(plan.time_q, 0), query_blocks)
    time_k = padded(plan.keys.cut_rows(plan.time_k, 0), key_blocks)
    return lambda b, h, i, j: exists[b, j] & (time_k[b, j] <= time_q[b, i])

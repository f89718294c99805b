"""`dar_attention`: the one door to all backends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, overload

from torch import Tensor

from wugan.attention.backends.blocks import blocks_attention
from wugan.attention.backends.dense import dense_attention
from wugan.attention.backends.far import far_attention
from wugan.attention.backends.flex import flex_attention
from wugan.attention.backends.reference import reference_attention
from wugan.attention.backends.triton import suits_triton, triton_attention
from wugan.attention.call import prepare_call
from wugan.attention.plan import Plan
from wugan.attention.router import Beam
from wugan.attention.routing import Routes
from wugan.errors import DataError

Backend = Literal["auto", "reference", "dense", "blocks", "flex", "triton"]
Kernel = Callable[[Tensor, Tensor, Tensor, Plan, Routes], Tensor]

BACKENDS: dict[str, Kernel] = {
    "reference": reference_attention,
    "dense": dense_attention,
    "blocks": blocks_attention,
    "flex": flex_attention,
    "triton": triton_attention,
}


@overload
def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = ...,
    gate_k: Tensor | None = ...,
    block_size: int = ...,
    query_block_size: int | None = ...,
    top_k: int | None = ...,
    causal: bool = ...,
    time_q: Tensor | None = ...,
    time_k: Tensor | None = ...,
    query_mask: Tensor | None = ...,
    key_mask: Tensor | None = ...,
    segments_q: Sequence[int] | None = ...,
    segments_k: Sequence[int] | None = ...,
    cu_seqlens_q: Tensor | Sequence[int] | None = ...,
    cu_seqlens_k: Tensor | Sequence[int] | None = ...,
    self_attention: bool | None = ...,
    route_heads: int | None = ...,
    router: str = ...,
    beam: Beam = ...,
    far_field: bool = ...,
    scale: float | None = ...,
    backend: Backend = ...,
    return_routes: Literal[False] = ...,
) -> Tensor: ...


@overload
def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = ...,
    gate_k: Tensor | None = ...,
    block_size: int = ...,
    query_block_size: int | None = ...,
    top_k: int | None = ...,
    causal: bool = ...,
    time_q: Tensor | None = ...,
    time_k: Tensor | None = ...,
    query_mask: Tensor | None = ...,
    key_mask: Tensor | None = ...,
    segments_q: Sequence[int] | None = ...,
    segments_k: Sequence[int] | None = ...,
    cu_seqlens_q: Tensor | Sequence[int] | None = ...,
    cu_seqlens_k: Tensor | Sequence[int] | None = ...,
    self_attention: bool | None = ...,
    route_heads: int | None = ...,
    router: str = ...,
    beam: Beam = ...,
    far_field: bool = ...,
    scale: float | None = ...,
    backend: Backend = ...,
    return_routes: Literal[True],
) -> tuple[Tensor, Routes]: ...


def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
    block_size: int = 64,
    query_block_size: int | None = None,
    top_k: int | None = 8,
    causal: bool = False,
    time_q: Tensor | None = None,
    time_k: Tensor | None = None,
    query_mask: Tensor | None = None,
    key_mask: Tensor | None = None,
    segments_q: Sequence[int] | None = None,
    segments_k: Sequence[int] | None = None,
    cu_seqlens_q: Tensor | Sequence[int] | None = None,
    cu_seqlens_k: Tensor | Sequence[int] | None = None,
    self_attention: bool | None = None,
    route_heads: int | None = None,
    router: str = "tree",
    beam: Beam = "auto",
    far_field: bool = False,
    scale: float | None = None,
    backend: Backend = "auto",
    return_routes: bool = False,
) -> Tensor | tuple[Tensor, Routes]:
    """Dynamic Attention Routing: each block of queries attends to the key blocks that score best for it.

    With all blocks kept this is `torch.nn.functional.scaled_dot_product_attention` with the gate as a bias, exactly.
    The result does not depend on the backend, and padding changes nothing. NaN or infinity in a token that exists is
    not searched for: it shows as NaN in the rows that read its block, or more. See docs/dar.md.

    Args:
        q: queries `[B, H, Nq, D]`.
        k: keys `[B, Hkv, Nk, D]`; H is a multiple of Hkv (grouped-query attention).
        v: values `[B, Hkv, Nk, Dv]`.
        gate_q: gate queries `[B, Hg, Nq, G]`; H is a multiple of Hg. With `gate_k`, the score of two blocks, (mean gate
            query) · (mean gate key), is added to the route score and to the logits of a kept block.
        gate_k: gate keys `[B, Hg, Nk, G]`.
        block_size: keys in a block.
        query_block_size: queries that share a route, a divisor of `block_size` and by default the same. 1 routes every
            query by itself.
        top_k: blocks that each query block reads, the forced ones included; `None`, or more than there are, means all.
        causal: a key is visible if and only if its time is not after the query's. Which blocks a query reads, and
            their bias, then never depend on its future either.
        time_q: `[Nq]` or `[B, Nq]`, integer or floating, used if `causal`; default 0, 1, 2, ... Times need not be in
            order (points in Morton order are not); in order they make fewer blocks straddle a query's time.
        time_k: `[Nk]` or `[B, Nk]`, of `time_q`'s dtype; default 0, 1, 2, ... Give both or neither.
        query_mask: bool `[B, Nq]`, queries that count when a block is summed up; in self-attention `key_mask` unless
            given. Rows of other queries are computed and mean nothing.
        key_mask: bool `[B, Nk]`, true for keys that exist. What the others hold is never used, not even NaN.
        segments_q: lengths of contiguous runs (one per modality) that sum to Nq; a block never spans two.
        segments_k: likewise for keys; in self-attention `segments_q` unless given.
        cu_seqlens_q: several sequences packed in each row, `[sequences + 1]`: the first token of each, and Nq. A query
            sees the keys of its own sequence only; with default times each sequence starts anew. A list spares the
            wait for the device that a tensor costs. Modalities within the sequences are given by `segments_q`.
        cu_seqlens_k: likewise for keys; in self-attention `cu_seqlens_q` unless given. As many sequences as queries.
        self_attention: queries and keys are the same tokens: the own block, the previous and the first of its segment
            are always kept, in this order of rank. Default: Nq equals Nk and both have the same segments and sequences.
        route_heads: number of separate routes, a divisor of H; default H. Heads that share a route use its mean score.
        router: registered name of what chooses the blocks (`wugan.attention.registry.routers`): `"tree"` as described
            here, `"window"` the nearest ones, without gate, or one of your own.
        beam: how blocks are found. `None` scores every block; a number descends the block tree and expands that many
            nodes at each level (at least `top_k`), in time linear in Nq and logarithmic in Nk; the wider, the nearer
            to `None`. `"auto"`: `None` up to 2048 blocks, then twice `top_k`, at least 16.
        far_field: what is left out still counts, at the resolution at which it was: a node of the tree that was scored
            and not expanded (with `beam=None`: a block) is one token of mean key, mean value and mean gate, with the
            logarithm of its count as a bias. Backends `"reference"` and, for `"auto"`, one of its own.
        scale: factor on q · k; default 1 / sqrt(D).
        backend: `"reference"` (readable oracle, quadratic memory), `"dense"` (PyTorch's kernels with a mask),
            `"blocks"` (CPU, linear memory, trains), `"flex"` (CPU inference, compiles a kernel for each shape, half a
            minute the first time), `"triton"` (NVIDIA, linear memory, trains), or `"auto"`: on the CPU dense while
            nothing is left out, else blocks; on NVIDIA cards triton unless nothing is masked, biased or left out.
        return_routes: also return the `Routes` taken.

    Returns:
        `[B, H, Nq, Dv]`; zeros for a query that sees no key. With `return_routes`, a pair with the routes.

    Raises:
        DataError: an argument has the wrong shape, dtype, device or value; the message names it.
    """
    call = prepare_call(
        q,
        k,
        v,
        gate_q=gate_q,
        gate_k=gate_k,
        block_size=block_size,
        query_block_size=query_block_size,
        top_k=top_k,
        causal=causal,
        time_q=time_q,
        time_k=time_k,
        query_mask=query_mask,
        key_mask=key_mask,
        segments_q=segments_q,
        segments_k=segments_k,
        cu_seqlens_q=cu_seqlens_q,
        cu_seqlens_k=cu_seqlens_k,
        self_attention=self_attention,
        route_heads=route_heads,
        router=router,
        beam=beam,
        far_field=far_field,
        scale=scale,
        backend=backend,
    )
    if far_field and backend not in ("auto", "reference"):
        raise DataError(f"backend {backend!r} has no far field: use backend='auto' or 'reference'")
    routes, plan = call.route(), call.plan
    if not q.shape[2] or not k.shape[2]:
        out = q.new_zeros(*q.shape[:3], v.shape[-1])
    elif routes.far is not None and backend == "auto":
        out = far_attention(call.q, call.k, call.v, plan, routes, routes.far)
    else:
        name = _choose_backend(q, v, plan, routes) if backend == "auto" else backend
        out = BACKENDS[name](call.q, call.k, call.v, plan, routes)
    return (out, routes) if return_routes else out


# Measured on a CPU with blocks of 64 and 128: while nothing is left out and no pair of tokens is masked, one call of
# PyTorch's kernel is fastest, even with a column for the gate of each key block, up to this many of them.
_DENSE_COLUMNS = 32


def _choose_backend(q: Tensor, v: Tensor, plan: Plan, routes: Routes) -> str:
    masked = plan.time_q is not None and not (plan.plain_order and plan.key_mask is None)
    columns = 0 if routes.bias is None else routes.key_blocks
    if routes.everything and not masked and not columns:
        return "dense"
    if q.device.type != "cpu":
        return "triton" if suits_triton(q, v) else "dense"
    return "dense" if routes.everything and not masked and columns <= _DENSE_COLUMNS else "blocks"

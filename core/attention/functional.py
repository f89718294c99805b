"""`dar_attention`: `route` and `attend` in one call; `attend` is the one door to all backends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Literal, TypedDict, Unpack, overload

from torch import Tensor

from wugan.attention.backends.blocks import blocks_attention
from wugan.attention.backends.dense import dense_attention
from wugan.attention.backends.far import far_attention
from wugan.attention.backends.flex import flex_attention
from wugan.attention.backends.reference import reference_attention
from wugan.attention.backends.triton import suits_triton, triton_attention
from wugan.attention.layout import Layout
from wugan.attention.routing import Beam, RouteConfig, Routes, check_tensors, route
from wugan.errors import DataError

Backend = Literal["auto", "reference", "dense", "blocks", "flex", "triton"]

BACKENDS: dict[str, Callable[[Tensor, Tensor, Tensor, Routes], Tensor]] = {
    "reference": reference_attention,
    "dense": dense_attention,
    "blocks": blocks_attention,
    "flex": flex_attention,
    "triton": triton_attention,
}


class Placement(TypedDict, total=False):
    """The fields of `Layout` that come with the tokens, as keyword arguments."""

    causal: bool
    time_q: Tensor | None
    time_k: Tensor | None
    query_mask: Tensor | None
    key_mask: Tensor | None
    segments_q: Sequence[int] | None
    segments_k: Sequence[int] | None
    cu_seqlens_q: Tensor | Sequence[int] | None
    cu_seqlens_k: Tensor | Sequence[int] | None


class Options(Placement, total=False):
    """All fields of `Layout` and `RouteConfig`, as keyword arguments."""

    block_size: int
    query_block_size: int | None
    self_attention: bool | None
    top_k: int | None
    route_heads: int | None
    router: str
    beam: Beam
    far_field: bool
    scale: float | None


def from_options(options: Options) -> tuple[Layout, RouteConfig]:
    """The layout and the route configuration that `options` make up."""
    of_layout = {field.name for field in fields(Layout)} & set(options)
    return (
        Layout(**{name: options[name] for name in of_layout}),  # type: ignore[literal-required]
        RouteConfig(**{name: value for name, value in options.items() if name not in of_layout}),  # type: ignore[arg-type]
    )


@overload
def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = ...,
    gate_k: Tensor | None = ...,
    backend: Backend = ...,
    return_routes: Literal[False] = ...,
    **options: Unpack[Options],
) -> Tensor: ...


@overload
def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = ...,
    gate_k: Tensor | None = ...,
    backend: Backend = ...,
    return_routes: Literal[True],
    **options: Unpack[Options],
) -> tuple[Tensor, Routes]: ...


def dar_attention(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    *,
    gate_q: Tensor | None = None,
    gate_k: Tensor | None = None,
    backend: Backend = "auto",
    return_routes: bool = False,
    **options: Unpack[Options],
) -> Tensor | tuple[Tensor, Routes]:
    """Dynamic Attention Routing: each block of queries attends to the key blocks that score best for it.

    With all blocks kept this is `torch.nn.functional.scaled_dot_product_attention` with the gate as a bias, exactly.
    The result does not depend on the backend, and padding changes nothing. NaN or infinity in a token that exists is
    not searched for: it shows as NaN in the rows that read its block, or more. See docs/compose/dar.md.

    Args:
        q: queries `[B, H, Nq, D]`.
        k: keys `[B, Hkv, Nk, D]`; H is a multiple of Hkv (grouped-query attention).
        v: values `[B, Hkv, Nk, Dv]`.
        gate_q: gate queries `[B, Hg, Nq, G]`, see `route`.
        gate_k: gate keys `[B, Hg, Nk, G]`.
        backend: see `attend`.
        return_routes: also return the `Routes` taken.
        **options: fields of `Layout` and `RouteConfig`, described there: `block_size`, `causal`, `segments_q`,
            `top_k`, `beam`, ...

    Returns:
        `[B, H, Nq, Dv]`; zeros for a query that sees no key. With `return_routes`, a pair with the routes.

    Raises:
        DataError: an argument has the wrong shape, dtype, device or value; the message names it.
    """
    layout, config = from_options(options)
    _check_backend(q, backend, config.far_field)
    routes = route(q, k, layout, config, gate_q, gate_k)
    out = attend(q, k, v, routes, backend)
    return (out, routes) if return_routes else out


def attend(q: Tensor, k: Tensor, v: Tensor, routes: Routes, backend: Backend = "auto") -> Tensor:
    """Attention of each query to the blocks that `routes` keep for it.

    Args:
        q: queries `[B, H, Nq, D]`, those that were routed.
        k: keys `[B, Hkv, Nk, D]`, likewise.
        v: values `[B, Hkv, Nk, Dv]`.
        routes: what `route` gave.
        backend: `"reference"`, `"dense"`, `"blocks"` (CPU), `"flex"` (CPU, compiled), `"triton"` (NVIDIA). `"auto"`: on
            the CPU dense while nothing is left out, else blocks; on NVIDIA cards triton unless nothing is masked,
            biased or left out.

    Returns:
        `[B, H, Nq, Dv]`; zeros for a query that sees no key.

    Raises:
        DataError: an argument has the wrong shape, dtype or device; the message names it.
    """
    check_tensors(q, q=q, k=k, v=v)
    if v.shape[1:3] != k.shape[1:3]:
        raise DataError(f"v has heads and length {tuple(v.shape[1:3])}, k has {tuple(k.shape[1:3])}")
    plan = routes.plan
    if (len(q), q.shape[2], k.shape[2]) != (plan.batch, plan.queries.length, plan.keys.length):
        raise DataError(
            f"the routes are of a batch of {plan.batch} with {plan.queries.length} queries and {plan.keys.length} "
            f"keys, got q of shape {tuple(q.shape)} and k of {tuple(k.shape)}"
        )
    _check_backend(q, backend, routes.far is not None)
    if not q.shape[2] or not k.shape[2]:
        return q.new_zeros(*q.shape[:3], v.shape[-1])
    k, v = plan.clear(k), plan.clear(v)
    if routes.far is not None and backend == "auto":
        return far_attention(q, k, v, routes, routes.far)
    return BACKENDS[_choose_backend(q, v, routes) if backend == "auto" else backend](q, k, v, routes)


def _check_backend(q: Tensor, backend: str, far_field: bool) -> None:
    if backend != "auto" and backend not in BACKENDS:
        raise DataError(f"backend must be one of {', '.join(('auto', *BACKENDS))}, got {backend!r}")
    if backend == "blocks" and q.device.type != "cpu":
        raise DataError(f"backend 'blocks' runs on the CPU only and q is on {q.device}: use backend='auto'")
    if far_field and backend not in ("auto", "reference"):
        raise DataError(f"backend {backend!r} has no far field: use backend='auto' or 'reference'")


# Measured on a CPU with blocks of 64 and 128: while nothing is left out and no pair of tokens is masked, one call of
# PyTorch's kernel is fastest, even with a column for the gate of each key block, up to this many of them.
_DENSE_COLUMNS = 32


def _choose_backend(q: Tensor, v: Tensor, routes: Routes) -> str:
    plan = routes.plan
    masked = plan.time_q is not None and not (plan.plain_order and plan.key_mask is None)
    columns = 0 if routes.bias is None else routes.key_blocks
    if routes.everything and not masked and not columns:
        return "dense"
    if q.device.type != "cpu":
        return "triton" if suits_triton(q, v) else "dense"
    return "dense" if routes.everything and not masked and columns <= _DENSE_COLUMNS else "blocks"

"""`DARAttention`: the layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, overload

import torch
from torch import Tensor, nn

from wugan.attention.cache import DARCache
from wugan.attention.cache.checks import Times
from wugan.attention.explain import explain_attention
from wugan.attention.functional import Backend, Beam, dar_attention
from wugan.attention.registry import attentions, gates, routers
from wugan.attention.route_loss import route_loss
from wugan.attention.routing import Routes
from wugan.errors import DataError


@attentions.register("dar")
class DARAttention(nn.Module):
    """Multi-head Dynamic Attention Routing with projections; batch first, used like `nn.MultiheadAttention`.

    It returns the output alone, masks are true where a token *exists* (as in `scaled_dot_product_attention`, the
    opposite of `nn.MultiheadAttention`), and it has no dropout on weights.

    Args:
        dim: size of query and output.
        heads: number of query heads H.
        kv_heads: number of key and value heads, a divisor of H (grouped-query attention); default H.
        head_dim: size of a head; default `dim / heads`.
        kv_dim: size of key and value inputs in cross-attention; default `dim`.
        block_size: keys in a block.
        query_block_size: queries that share a route, a divisor of `block_size`; default `block_size`.
        top_k: key blocks that each query block reads; `None` for all. `set_top_k` changes it, see `KAnnealing`.
        gate_dim: size of gate queries and keys, one gate for each key head; 0 for no gate.
        gate: registered name of what makes them (`wugan.attention.registry.gates`).
        route_heads: number of separate routes, a divisor of H; default H.
        router: registered name of what chooses the blocks, see `dar_attention`.
        bias: whether projections have a bias.
        backend: see `dar_attention`.
        beam: how blocks are found, see `dar_attention`.
        far_field: whether blocks that are not read still count as their means, see `dar_attention`.
    """

    def __init__(
        self,
        dim: int,
        heads: int,
        *,
        kv_heads: int | None = None,
        head_dim: int | None = None,
        kv_dim: int | None = None,
        block_size: int = 64,
        query_block_size: int | None = None,
        top_k: int | None = 8,
        gate_dim: int = 16,
        gate: str = "linear",
        route_heads: int | None = None,
        router: str = "tree",
        bias: bool = False,
        backend: Backend = "auto",
        beam: Beam = "auto",
        far_field: bool = False,
    ) -> None:
        super().__init__()
        kv_heads = kv_heads or heads
        if head_dim is None and dim % heads:
            raise DataError(f"dim {dim} is not a multiple of heads {heads}: give head_dim")
        if heads % kv_heads:
            raise DataError(f"kv_heads {kv_heads} does not divide heads {heads}")
        head_dim = head_dim or dim // heads
        self.heads, self.kv_heads, self.head_dim, self.gate_dim = heads, kv_heads, head_dim, gate_dim
        self.block_size, self.query_block_size, self.route_heads = block_size, query_block_size, route_heads
        self.top_k = top_k
        routers[router]  # an unknown name is an error here, not at the first call
        self.router = router
        self.backend: Backend = backend
        self.beam: Beam = beam
        self.far_field = far_field
        kv_dim = kv_dim or dim
        self.q_proj = nn.Linear(dim, heads * head_dim, bias=bias)
        self.k_proj = nn.Linear(kv_dim, kv_heads * head_dim, bias=bias)
        self.v_proj = nn.Linear(kv_dim, kv_heads * head_dim, bias=bias)
        self.out_proj = nn.Linear(heads * head_dim, dim, bias=bias)
        self.gate = gates[gate](dim, kv_dim, kv_heads, gate_dim) if gate_dim else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Xavier projections."""
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            layer = getattr(self, name)
            nn.init.xavier_uniform_(layer.weight)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)

    def set_top_k(self, k: int | None) -> None:
        """Key blocks that each query block reads from now on; `None` for all."""
        if k is not None and k < 1:
            raise DataError(f"k must be at least 1 or None, got {k}")
        self.top_k = k

    @overload
    def forward(
        self,
        query: Tensor,
        key: Tensor | None = ...,
        value: Tensor | None = ...,
        *,
        query_mask: Tensor | None = ...,
        key_mask: Tensor | None = ...,
        time_q: Tensor | None = ...,
        time_k: Tensor | None = ...,
        segments_q: Sequence[int] | None = ...,
        segments_k: Sequence[int] | None = ...,
        causal: bool = ...,
        return_routes: Literal[False] = ...,
    ) -> Tensor: ...

    @overload
    def forward(
        self,
        query: Tensor,
        key: Tensor | None = ...,
        value: Tensor | None = ...,
        *,
        query_mask: Tensor | None = ...,
        key_mask: Tensor | None = ...,
        time_q: Tensor | None = ...,
        time_k: Tensor | None = ...,
        segments_q: Sequence[int] | None = ...,
        segments_k: Sequence[int] | None = ...,
        causal: bool = ...,
        return_routes: Literal[True],
    ) -> tuple[Tensor, Routes]: ...

    def forward(
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        *,
        query_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        time_q: Tensor | None = None,
        time_k: Tensor | None = None,
        segments_q: Sequence[int] | None = None,
        segments_k: Sequence[int] | None = None,
        causal: bool = False,
        return_routes: bool = False,
    ) -> Tensor | tuple[Tensor, Routes]:
        """Attend from `query` to `key` and `value`.

        Args:
            query: `[B, Nq, dim]`.
            key: `[B, Nk, kv_dim]`; default `query` (self-attention).
            value: `[B, Nk, kv_dim]`; default `key`.
            query_mask: bool `[B, Nq]`, true where a query exists; in self-attention `key_mask` unless given.
            key_mask: bool `[B, Nk]`, true where a key exists.
            time_q: see `dar_attention`; in self-attention either time stands for both.
            time_k: likewise.
            segments_q: lengths of the modalities' runs; in self-attention either stands for both.
            segments_k: likewise.
            causal: whether a query sees only keys whose time is not after its own.
            return_routes: also return the routes taken.

        Returns:
            `[B, Nq, dim]`, or a pair with the `Routes`.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value; the message names it.
        """
        call = self._call(query, key, value, query_mask, key_mask, time_q, time_k, segments_q, segments_k, causal)
        out, routes = dar_attention(**call, backend=self.backend, return_routes=True)
        joined = self.out_proj(out.transpose(1, 2).flatten(2))
        return (joined, routes) if return_routes else joined

    def explain(
        self,
        query: Tensor,
        key: Tensor | None = None,
        *,
        query_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        time_q: Tensor | None = None,
        time_k: Tensor | None = None,
        segments_q: Sequence[int] | None = None,
        segments_k: Sequence[int] | None = None,
        causal: bool = False,
    ) -> tuple[Routes, Tensor]:
        """The routes that `forward` takes with these arguments, and the share of the softmax that they leave out.

        Returns:
            The `Routes`, and `[B, heads, Nq]`; see `wugan.attention.explain.explain_attention`.
        """
        call = self._call(query, key, None, query_mask, key_mask, time_q, time_k, segments_q, segments_k, causal)
        return explain_attention(**call)

    def route_loss(
        self,
        query: Tensor,
        key: Tensor | None = None,
        *,
        query_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        time_q: Tensor | None = None,
        time_k: Tensor | None = None,
        segments_q: Sequence[int] | None = None,
        segments_k: Sequence[int] | None = None,
        causal: bool = False,
    ) -> Tensor:
        """A loss that teaches the routes where full attention would go; arguments as for `forward`.

        See `wugan.attention.route_loss.route_loss`.
        """
        call = self._call(query, key, None, query_mask, key_mask, time_q, time_k, segments_q, segments_k, causal)
        return route_loss(**call)

    def _call(
        self,
        query: Tensor,
        key: Tensor | None,
        value: Tensor | None,
        query_mask: Tensor | None,
        key_mask: Tensor | None,
        time_q: Tensor | None,
        time_k: Tensor | None,
        segments_q: Sequence[int] | None,
        segments_k: Sequence[int] | None,
        causal: bool,
    ) -> dict[str, Any]:
        """Arguments of `dar_attention`."""
        self_attention = key is None
        if key is None:
            if value is not None:
                raise DataError("value without key: give key too")
            key = query
            time_q = time_k if time_q is None else time_q
            time_k = time_q if time_k is None else time_k
            segments_q = segments_k if segments_q is None else segments_q
        value = key if value is None else value
        for name, x, size in (("query", query, self.q_proj), ("key", key, self.k_proj), ("value", value, self.v_proj)):
            if x.ndim != 3 or x.shape[-1] != size.in_features:
                raise DataError(f"{name} must be [batch, length, {size.in_features}], got shape {tuple(x.shape)}")
        gate_q, gate_k = (None, None) if self.gate is None else self.gate(query, key)
        return {
            "q": self._split(self.q_proj(query), self.heads),
            "k": self._split(self.k_proj(key), self.kv_heads),
            "v": self._split(self.v_proj(value), self.kv_heads),
            "gate_q": gate_q,
            "gate_k": gate_k,
            "block_size": self.block_size,
            "query_block_size": self.query_block_size,
            "top_k": self.top_k,
            "causal": causal,
            "time_q": time_q,
            "time_k": time_k,
            "query_mask": query_mask,
            "key_mask": key_mask,
            "segments_q": segments_q,
            "segments_k": segments_k,
            "self_attention": self_attention,
            "route_heads": self.route_heads,
            "router": self.router,
            "beam": self.beam,
            "far_field": self.far_field,
        }

    def make_cache(
        self,
        batch: int,
        *,
        segments: int = 1,
        max_blocks: int | None = None,
        max_summaries: int = 64,
        capacity: int = 0,
    ) -> DARCache:
        """An empty cache for `step`, with this layer's options, dtype and device as they are now; see `DARCache`.

        Raises:
            DataError: the layer has a far field or a router other than "tree", or a number does not fit.
        """
        if self.far_field:
            raise DataError("a layer with far_field=True has no cache; max_blocks makes summaries of what is evicted")
        if self.router != "tree":
            raise DataError(f"a layer with router={self.router!r} has no cache: use router='tree'")
        return DARCache(
            batch,
            self.heads,
            self.head_dim,
            kv_heads=self.kv_heads,
            gate_dim=self.gate_dim,
            block_size=self.block_size,
            query_block_size=self.query_block_size,
            top_k=self.top_k,
            beam=self.beam,
            route_heads=self.route_heads,
            segments=segments,
            max_blocks=max_blocks,
            max_summaries=max_summaries,
            dtype=self.q_proj.weight.dtype,
            device=self.q_proj.weight.device,
            capacity=capacity,
        )

    @torch.no_grad()
    def step(self, x: Tensor, cache: DARCache, time: Times | None = None, segment: int = 0) -> Tensor:
        """Self-attention of the next tokens of a stream: what `forward` with `causal=True` gives on the whole.

        Args:
            x: `[B, n, dim]`, the next tokens of one modality.
            cache: from `make_cache`; holds the tokens before and takes these.
            time: `[n]`, see `DARCache.append`.
            segment: number of the modality.

        Returns:
            `[B, n, dim]`.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value, or comes too late.
        """
        call = self._call(x, None, None, None, None, None, None, None, None, True)
        out = cache.step(call["q"], call["k"], call["v"], call["gate_q"], call["gate_k"], time, segment)
        return self.out_proj(out.transpose(1, 2).flatten(2))

    @staticmethod
    def _split(x: Tensor, heads: int) -> Tensor:
        return torch.unflatten(x, -1, (heads, -1)).transpose(1, 2)

    def extra_repr(self) -> str:
        """What `print(layer)` shows."""
        return f"heads={self.heads}, kv_heads={self.kv_heads}, block_size={self.block_size}, top_k={self.top_k}"


@attentions.register("dense")
class DenseAttention(DARAttention):
    """Every token attends to every other, without gate: the yardstick. `top_k` and `gate_dim` are ignored."""

    def __init__(self, dim: int, heads: int, **options: Any) -> None:
        super().__init__(dim, heads, **{**options, "top_k": None, "gate_dim": 0})

    def set_top_k(self, k: int | None) -> None:
        """Nothing to set: all blocks are kept."""

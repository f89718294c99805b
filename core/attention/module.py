"""`DARAttention`: the layer, and the gates that come with it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal, Unpack, overload

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from wugan.attention.cache import DARCache
from wugan.attention.cache.cache import Times
from wugan.attention.explain import explain_attention
from wugan.attention.functional import Backend, Placement, dar_attention
from wugan.attention.registry import attentions, gates, routers
from wugan.attention.routing import Beam, RouteConfig, Routes
from wugan.attention.training import route_loss
from wugan.errors import DataError


@gates.register("linear")
class LinearGate(nn.Module):
    """Two projections. Gate queries start at zero, so that the gate is silent and yet gets a gradient.

    Args:
        dim: size of queries' inputs.
        kv_dim: size of keys' inputs.
        heads: gate heads.
        size: of a gate query and key.
    """

    def __init__(self, dim: int, kv_dim: int, heads: int, size: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(dim, heads * size, bias=False)
        self.k_proj = nn.Linear(kv_dim, heads * size, bias=False)
        nn.init.zeros_(self.q_proj.weight)
        nn.init.normal_(self.k_proj.weight, std=1 / math.sqrt(kv_dim))

    def forward(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
        """`[B, Nq, dim]` and `[B, Nk, kv_dim]` to gate queries and keys `[B, heads, N, size]`."""
        return self._split(self.q_proj(query)), self._split(self.k_proj(key))

    def _split(self, x: Tensor) -> Tensor:
        return torch.unflatten(x, -1, (self.heads, -1)).transpose(1, 2)


@gates.register("mlp")
class MLPGate(LinearGate):
    """As `LinearGate`, with a hidden layer before each projection: for keys whose use is no linear matter.

    Args:
        dim: size of queries' inputs, and of their hidden layer.
        kv_dim: size of keys' inputs, and of their hidden layer.
        heads: gate heads.
        size: of a gate query and key.
    """

    def __init__(self, dim: int, kv_dim: int, heads: int, size: int) -> None:
        super().__init__(dim, kv_dim, heads, size)
        self.q_hidden, self.k_hidden = nn.Linear(dim, dim), nn.Linear(kv_dim, kv_dim)

    def forward(self, query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
        """As `LinearGate.forward`."""
        return super().forward(F.gelu(self.q_hidden(query)), F.gelu(self.k_hidden(key)))


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
        router: registered name of what chooses the blocks, see `RouteConfig`.
        bias: whether projections have a bias.
        backend: see `attend`.
        beam: how blocks are found, see `RouteConfig`.
        far_field: whether blocks that are not read still count as their means, see `RouteConfig`.
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
        self.block_size, self.query_block_size = block_size, query_block_size
        routers[router]  # an unknown name is an error here, not at the first call
        self.config = RouteConfig(top_k=top_k, route_heads=route_heads, router=router, beam=beam, far_field=far_field)
        self.backend: Backend = backend
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

    @property
    def top_k(self) -> int | None:
        """Key blocks that each query block reads; `None` for all."""
        return self.config.top_k

    def set_top_k(self, k: int | None) -> None:
        """Key blocks that each query block reads from now on; `None` for all."""
        self.config = replace(self.config, top_k=k)

    @overload
    def forward(
        self,
        query: Tensor,
        key: Tensor | None = ...,
        value: Tensor | None = ...,
        *,
        return_routes: Literal[False] = ...,
        **placement: Unpack[Placement],
    ) -> Tensor: ...

    @overload
    def forward(
        self,
        query: Tensor,
        key: Tensor | None = ...,
        value: Tensor | None = ...,
        *,
        return_routes: Literal[True],
        **placement: Unpack[Placement],
    ) -> tuple[Tensor, Routes]: ...

    def forward(
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        *,
        return_routes: bool = False,
        **placement: Unpack[Placement],
    ) -> Tensor | tuple[Tensor, Routes]:
        """Attend from `query` to `key` and `value`.

        Args:
            query: `[B, Nq, dim]`.
            key: `[B, Nk, kv_dim]`; default `query` (self-attention).
            value: `[B, Nk, kv_dim]`; default `key`.
            return_routes: also return the routes taken.
            **placement: `causal`, `query_mask`, `key_mask`, and `time_`, `segments_` and `cu_seqlens_` of `q` and `k`,
                see `Layout`; in self-attention either of a pair stands for both.

        Returns:
            `[B, Nq, dim]`, or a pair with the `Routes`.

        Raises:
            DataError: an argument has the wrong shape, dtype, device or value; the message names it.
        """
        out, routes = dar_attention(
            **self._arguments(query, key, value, placement), backend=self.backend, return_routes=True
        )
        joined = self.out_proj(out.transpose(1, 2).flatten(2))
        return (joined, routes) if return_routes else joined

    def explain(
        self, query: Tensor, key: Tensor | None = None, **placement: Unpack[Placement]
    ) -> tuple[Routes, Tensor]:
        """The routes that `forward` takes with these arguments, and the share of the softmax that they leave out.

        Returns:
            The `Routes`, and `[B, heads, Nq]`; see `wugan.attention.explain.explain_attention`.
        """
        return explain_attention(**self._arguments(query, key, None, placement))

    def route_loss(self, query: Tensor, key: Tensor | None = None, **placement: Unpack[Placement]) -> Tensor:
        """A loss that teaches the routes where full attention would go; arguments as for `forward`.

        See `wugan.attention.training.route_loss`.
        """
        return route_loss(**self._arguments(query, key, None, placement))

    def _arguments(
        self, query: Tensor, key: Tensor | None, value: Tensor | None, placement: Placement
    ) -> dict[str, Any]:
        """Arguments of `dar_attention`."""
        given: dict[str, Any] = {**placement}
        if key is None:
            if value is not None:
                raise DataError("value without key: give key too")
            for name in ("time", "segments", "cu_seqlens"):
                either = given.get(f"{name}_q"), given.get(f"{name}_k")
                first, second = either if either[0] is not None else either[::-1]
                given |= {f"{name}_q": first, f"{name}_k": first if second is None else second}
        self_attention, key = key is None, query if key is None else key
        value = key if value is None else value
        for name, x, size in (("query", query, self.q_proj), ("key", key, self.k_proj), ("value", value, self.v_proj)):
            if x.ndim != 3 or x.shape[-1] != size.in_features:
                raise DataError(f"{name} must be [batch, length, {size.in_features}], got shape {tuple(x.shape)}")
        gate_q, gate_k = (None, None) if self.gate is None else self.gate(query, key)
        return {
            **given,
            **vars(self.config),
            "q": self._split(self.q_proj(query), self.heads),
            "k": self._split(self.k_proj(key), self.kv_heads),
            "v": self._split(self.v_proj(value), self.kv_heads),
            "gate_q": gate_q,
            "gate_k": gate_k,
            "block_size": self.block_size,
            "query_block_size": self.query_block_size,
            "self_attention": self_attention,
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
        if self.config.far_field:
            raise DataError("a layer with far_field=True has no cache; max_blocks makes summaries of what is evicted")
        if self.config.router != "tree":
            raise DataError(f"a layer with router={self.config.router!r} has no cache: use router='tree'")
        return DARCache(
            batch,
            self.heads,
            self.head_dim,
            kv_heads=self.kv_heads,
            gate_dim=self.gate_dim,
            block_size=self.block_size,
            query_block_size=self.query_block_size,
            top_k=self.top_k,
            beam=self.config.beam,
            route_heads=self.config.route_heads,
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
        call = self._arguments(x, None, None, {"causal": True})
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

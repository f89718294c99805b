"""`FusionConfig`: the shape of a `FusionBackbone`."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator


class FusionConfig(BaseModel):
    """Shape of a `FusionBackbone`. The defaults make about a million parameters, an edge size.

    Attributes:
        modalities: input size of each modality by name; the order means nothing to the result.
        positions: dimensions of tokens' positions, for the modalities that have them.
        dim: size of a fused token.
        depth: number of transformer blocks.
        heads: attention heads.
        kv_heads: key and value heads, a divisor of `heads`; default `heads`.
        feed_forward: inner size of the feed-forward layer; default 8/3 of `dim`.
        block_size: tokens in a block that is routed to.
        query_block_size: tokens that share a route; default `block_size`.
        top_k: blocks that a query block reads; `None` for all.
        gate_dim: size of the routing gate; 0 for none.
        route_heads: separate routes of a layer, a divisor of `heads`; default `heads`.
        beam: how blocks are found, see `dar_attention`.
        far_field: whether blocks that are not read still count as their means.
        attention: registered name of the attention layer (`wugan.attention.registry`).
        router: registered name of what chooses the blocks.
        gate: registered name of what makes gate queries and keys.
        causal: whether a token sees only what is not later than itself.
        dropout: dropout on residual branches in training.
        modality_dropout: chance that training hides a modality of a sample; one always stays.
        shortest_s: shortest period of the time encoding in seconds: finer differences are not told apart.
        longest_s: longest period in seconds.
        shortest_position: shortest period of the position encoding in the positions' unit.
        longest_position: longest period.
        features: periods of each of these encodings.
        checkpointing: recompute activations in the backward pass instead of keeping them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    modalities: dict[str, PositiveInt] = Field(min_length=1)
    positions: dict[str, PositiveInt] = {}
    dim: PositiveInt = 128
    depth: PositiveInt = 4
    heads: PositiveInt = 4
    kv_heads: PositiveInt | None = None
    feed_forward: PositiveInt | None = None
    block_size: PositiveInt = 64
    query_block_size: PositiveInt | None = None
    top_k: PositiveInt | None = 8
    gate_dim: int = Field(16, ge=0)
    route_heads: PositiveInt | None = None
    beam: PositiveInt | Literal["auto"] | None = "auto"
    far_field: bool = False
    attention: str = "dar"
    router: str = "tree"
    gate: str = "linear"
    causal: bool = False
    dropout: float = Field(0.0, ge=0, lt=1)
    modality_dropout: float = Field(0.0, ge=0, lt=1)
    shortest_s: float = Field(0.02, gt=0)
    longest_s: float = Field(1000.0, gt=0)
    shortest_position: float = Field(0.01, gt=0)
    longest_position: float = Field(10_000.0, gt=0)
    features: int = Field(16, ge=2)
    checkpointing: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.dim % self.heads:
            raise ValueError(f"dim {self.dim} must be a multiple of heads {self.heads}")
        if self.kv_heads and self.heads % self.kv_heads:
            raise ValueError(f"kv_heads {self.kv_heads} must divide heads {self.heads}")
        if self.query_block_size and self.block_size % self.query_block_size:
            raise ValueError(f"query_block_size {self.query_block_size} must divide block_size {self.block_size}")
        if self.route_heads and self.heads % self.route_heads:
            raise ValueError(f"route_heads {self.route_heads} must divide heads {self.heads}")
        if unknown := set(self.positions) - set(self.modalities):
            raise ValueError(f"positions of unknown modalities: {', '.join(sorted(unknown))}")
        return self

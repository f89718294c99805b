"""`FusionBackbone`: a transformer over the tokens of all modalities, whose attention is DAR; its shape and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from os import PathLike
from typing import Any, Literal, Self, cast

import torch
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from wugan.attention import Routes
from wugan.attention.functional import Placement
from wugan.attention.layout import Blocks, make_blocks, spread
from wugan.attention.registry import attentions
from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.fusion.layers import AttentionPool, FourierEncoding, FusionBlock, InputProjection
from wugan.fusion.token_batch import TokenBatch, collate
from wugan.model_file import fitting, load_model, save_model
from wugan.packet import Packet
from wugan.tokens import Tokens

_FORMAT = "wugan.fusion/2"


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


@dataclass(frozen=True, slots=True)
class TokenRange:
    """Neighbouring tokens of one modality, `first` to `last` (the last one included)."""

    modality: str
    first: int
    last: int


@dataclass(frozen=True)
class Explanation:
    """What a `FusionBackbone` read. For overlays: token i of a modality has `time_ns[i]` and `positions[i]` as given.

    Attributes:
        queries: the tokens of each query block.
        keys: the tokens of each key block.
        reads: for each layer bool `[B, heads, query blocks, key blocks]`, which key blocks a query block was routed to.
        dropped: for each layer `[B, heads, query blocks]`: the share of full attention's softmax that lies on tokens
            which were not read, mean over the query block's valid tokens. Near 0: nothing of weight was left out.
    """

    queries: tuple[TokenRange, ...]
    keys: tuple[TokenRange, ...]
    reads: list[Tensor]
    dropped: list[Tensor]

    def records(self, sample: int = 0) -> Iterator[dict[str, Any]]:
        """One JSON object for each layer and query block of a sample, for a log.

        Its `reads` are the key blocks with the number of heads that read each, most heads first.
        """
        for layer, (reads, dropped) in enumerate(zip(self.reads, self.dropped, strict=True)):
            heads = reads[sample].sum(0)
            shares = dropped[sample].mean(0)
            for number, query in enumerate(self.queries):
                counts = heads[number].tolist()
                order = sorted((k for k, count in enumerate(counts) if count), key=lambda k: -counts[k])
                yield {
                    "layer": layer,
                    "query": _record(query),
                    "reads": [{**_record(self.keys[k]), "heads": counts[k]} for k in order],
                    "dropped": round(float(shares[number]), 6),
                }


@dataclass(frozen=True)
class FusionOutput:
    """Fused states of a batch.

    Attributes:
        pooled: `[B, dim]`: the mean of the pooled vectors of the modalities that a sample has.
        modality_pooled: `[B, dim]` for each modality of the batch; zeros where a sample lacks it.
        states: `[B, T, dim]` for each modality of the batch; rows of absent tokens mean nothing.
        present: bool `[B]` for each modality of the batch.
        routes: for each layer, the blocks read (blocks are numbered over the modalities in the config's order).
        route_loss: sum over the layers, if asked for; see `wugan.attention.route_loss`.
    """

    pooled: Tensor
    modality_pooled: dict[str, Tensor]
    states: dict[str, Tensor]
    present: dict[str, Tensor]
    routes: list[Routes | None]
    route_loss: Tensor | None = None


@dataclass(frozen=True)
class _Inputs:
    """What is known of a batch's tokens beside their embedding; N of all modalities."""

    names: list[str]
    masks: list[Tensor]  # bool [B, T] of each modality, some hidden by modality dropout
    mask: Tensor  # bool [B, N]
    time_ns: Tensor  # int64 [B, N]
    segments: list[int]


class FusionBackbone(nn.Module):
    """Fuses any subset of its modalities: a missing one is normal.

    Each token is its projected value plus the encodings of its modality, of its time since the window's earliest token,
    and of its position if any. So a window means the same whenever it happens.

    Args:
        config: the shape.
    """

    def __init__(self, config: FusionConfig) -> None:
        super().__init__()
        self.config = c = config
        names = list(c.modalities)
        self.inputs = nn.ModuleDict({name: InputProjection(c.modalities[name], c.dim) for name in names})
        self.positions = nn.ModuleDict(
            {
                name: FourierEncoding(size, c.dim, c.shortest_position, c.longest_position, c.features)
                for name, size in c.positions.items()
            }
        )
        self.modality = nn.ParameterDict({name: nn.Parameter(torch.randn(c.dim) * 0.5) for name in names})
        self.time = FourierEncoding(1, c.dim, c.shortest_s, c.longest_s, c.features)
        hidden = c.feed_forward or -(-c.dim * 8 // 3 // 32) * 32
        self.blocks = nn.ModuleList(FusionBlock(self._attention(), c.dim, hidden, c.dropout) for _ in range(c.depth))
        self.norm = nn.RMSNorm(c.dim)
        self.pool = AttentionPool(c.dim)

    def _attention(self) -> nn.Module:
        options = {"kv_heads", "block_size", "query_block_size", "top_k", "gate_dim", "gate", "route_heads"}
        options |= {"router", "beam", "far_field"}
        c = self.config
        return attentions[c.attention](c.dim, c.heads, **c.model_dump(include=options))

    def set_top_k(self, k: int | None) -> None:
        """Blocks that every layer reads from now on; `None` for all. See `KAnnealing`."""
        for block in self.blocks:
            cast(FusionBlock, block).attention.set_top_k(k)  # type: ignore[operator]

    def forward(self, batch: Mapping[str, TokenBatch], *, route_loss: bool = False) -> FusionOutput:
        """Fuse a batch of windows.

        Args:
            batch: tokens by modality (see `collate`), any subset of the config's modalities, in any order.
            route_loss: also give a loss that teaches the routes, to be added to the task's while training.

        Raises:
            DataError: the batch is empty, or a modality is unknown or of another shape than configured.
        """
        x, inputs = self._inputs(batch)
        names, masks, segments = inputs.names, inputs.masks, inputs.segments
        placement = self._placement(inputs)
        routes: list[Routes | None] = []
        taught = x.new_zeros(()) if route_loss else None
        for layer in self.blocks:
            block = cast(FusionBlock, layer)
            if taught is not None:
                taught = taught + block.route_loss(x, placement)
            if self.config.checkpointing and torch.is_grad_enabled():
                x, route = checkpoint(block, x, placement, use_reentrant=False)
            else:
                x, route = block(x, placement)
            routes.append(route)
        states = dict(zip(names, self.norm(x).split(segments, 1), strict=True))
        pooled = {name: self.pool(states[name], m) for name, m in zip(names, masks, strict=True)}
        present = {name: m.any(1) for name, m in zip(names, masks, strict=True)}
        count = torch.stack(list(present.values())).sum(0).clamp_min(1)[:, None]
        together = torch.stack(list(pooled.values())).sum(0) / count
        return FusionOutput(together, pooled, states, present, routes, taught)

    def fuse(self, window: Mapping[str, Packet[Tokens]]) -> Fused:
        """Fuse one window for a head: always as in evaluation, without gradients.

        Args:
            window: a packet of tokens for each modality present, by modality.

        Raises:
            DataError: the window is empty, or a modality is unknown or of another shape than configured.
        """
        if not window:
            raise DataError("fuse needs a window with at least one modality")
        with self._evaluating():
            batch = collate([{name: packet.data for name, packet in window.items()}])
            out = self({name: tokens.to(self.norm.weight.device) for name, tokens in batch.items()})
        return Fused(
            time_ns=next(iter(window.values())).time_ns,
            pooled=out.pooled[0].float().cpu().numpy(),
            modality_pooled={name: out.modality_pooled[name][0].float().cpu().numpy() for name in window},
            states={name: out.states[name][0].float().cpu().numpy() for name in window},
            inputs=dict(window),
        )

    def explain(self, batch: Mapping[str, TokenBatch]) -> Explanation:
        """Which blocks each block of tokens was routed to in each layer, and the softmax mass that this left out.

        As in evaluation, without gradients. It takes time quadratic in the number of tokens, as full attention does.

        Args:
            batch: as for `forward`.

        Raises:
            DataError: as `forward`.
            PluginError: the attention layer is one that has no `explain`.
        """
        with self._evaluating():
            return self._explain(batch)

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        """As in evaluation, without gradients; afterwards in the mode of before."""
        training = self.training
        self.eval()
        try:
            with torch.inference_mode():
                yield
        finally:
            self.train(training)

    def _explain(self, batch: Mapping[str, TokenBatch]) -> Explanation:
        c = self.config
        x, inputs = self._inputs(batch)
        queries, keys = (
            make_blocks(x.shape[1], size, inputs.segments, x.device)
            for size in (c.query_block_size or c.block_size, c.block_size)
        )
        valid, placement = queries.cut_rows(inputs.mask, False)[:, None], self._placement(inputs)
        reads, dropped = [], []
        for layer in self.blocks:
            block = cast(FusionBlock, layer)
            explain = getattr(block.attention, "explain", None)
            if explain is None:
                raise PluginError(f"attention {c.attention!r} cannot explain itself: its layer has no method explain")
            routes, share = explain(block.attention_norm(x), **placement)
            reads.append(spread(routes.as_mask(), c.heads))
            mass = (queries.cut(share[..., None]).squeeze(-1) * valid).sum(-1)
            dropped.append(mass / valid.sum(-1).clamp_min(1))
            x, _ = block(x, placement)
        return Explanation(_token_ranges(queries, inputs), _token_ranges(keys, inputs), reads, dropped)

    def save(self, path: str | PathLike[str]) -> None:
        """Write weights and config to one safetensors file."""
        save_model(path, _FORMAT, self.state_dict(), self.config, half=False)

    @classmethod
    def load(cls, path: str | PathLike[str], device: str = "cpu") -> Self:
        """Read what `save` wrote; in evaluation mode.

        Raises:
            DataError: the file is missing, is no such file, or its weights do not fit its config.
        """
        state, described = load_model(path, _FORMAT, "a fusion backbone", device=device)
        with fitting(path):
            model = cls(FusionConfig.model_validate_json(described))
            model.load_state_dict(state)
        return model.to(device).eval()

    def _placement(self, inputs: _Inputs) -> Placement:
        """What attention is told of the tokens."""
        return {
            "key_mask": inputs.mask,
            "time_q": inputs.time_ns,
            "segments_q": inputs.segments,
            "causal": self.config.causal,
        }

    def _inputs(self, batch: Mapping[str, TokenBatch]) -> tuple[Tensor, _Inputs]:
        """Embedded tokens of all modalities side by side, `[B, N, dim]`."""
        names = self._check(batch)
        masks = self._masks([batch[name].mask for name in names])
        mask = torch.cat(masks, 1)
        time_ns = torch.cat([batch[name].time_ns for name in names], 1)
        x = torch.cat([self._embed(name, batch[name]) for name in names], 1)
        x = x + self.time(_seconds_in_window(time_ns, mask)[..., None])
        return x, _Inputs(names, masks, mask, time_ns, [m.shape[1] for m in masks])

    def _check(self, batch: Mapping[str, TokenBatch]) -> list[str]:
        """Names in the batch in the config's order."""
        known = self.config.modalities
        if unknown := [name for name in batch if name not in known]:
            raise DataError(f"unknown modality {unknown[0]!r}: this backbone fuses {', '.join(known)}")
        names = [name for name in known if name in batch]
        if not names:
            raise DataError("the batch holds no modality: give at least one, if only with every token masked")
        for name in names:
            tokens, space = batch[name], self.config.positions.get(name)
            if len(tokens.values) != len(batch[names[0]].values):
                raise DataError(
                    f"modality {name!r} has {len(tokens.values)} samples, {names[0]!r} {len(batch[names[0]].values)}"
                )
            if tokens.values.shape[2] != known[name]:
                raise DataError(
                    f"modality {name!r} has tokens of size {tokens.values.shape[2]}, expected {known[name]}"
                )
            if space and (tokens.positions is None or tokens.positions.shape[2] != space):
                got = None if tokens.positions is None else tokens.positions.shape[2]
                raise DataError(f"modality {name!r} needs positions of {space} dimensions, got {got}")
        return names

    def _masks(self, masks: list[Tensor]) -> list[Tensor]:
        """Masks of the modalities, some hidden by modality dropout."""
        chance = self.config.modality_dropout
        if not self.training or not chance:
            return masks
        present = torch.stack([m.any(1) for m in masks], 1)
        draw = torch.rand(present.shape, device=present.device).masked_fill(~present, -1)
        stays = (draw >= chance) | (draw == draw.amax(1, keepdim=True))
        return [m & stays[:, i, None] for i, m in enumerate(masks)]

    def _embed(self, name: str, tokens: TokenBatch) -> Tensor:
        x = self.inputs[name](tokens.values) + self.modality[name]
        if name in self.positions and tokens.positions is not None:
            x = x + self.positions[name](tokens.positions)
        return x


def _seconds_in_window(time_ns: Tensor, mask: Tensor) -> Tensor:
    """Float64 seconds since each sample's earliest valid token, `[B, N]`; differences are taken as integers."""
    if not time_ns.shape[1]:
        return time_ns.double()
    start = time_ns.masked_fill(~mask, torch.iinfo(torch.int64).max).amin(1, keepdim=True)
    return (time_ns - start).masked_fill(~mask, 0).double() * 1e-9


def _token_ranges(layout: Blocks, inputs: _Inputs) -> tuple[TokenRange, ...]:
    """The tokens of each block, counted within their modality."""
    starts = [0, *accumulate(inputs.segments)]
    first = layout.index.view(layout.blocks, layout.width)[:, 0].tolist()
    sizes = layout.valid.sum(1).tolist()
    out = []
    for token, size, segment in zip(first, sizes, layout.segment_of.tolist(), strict=True):
        begin = token - starts[segment]
        out.append(TokenRange(inputs.names[segment], begin, begin + size - 1))
    return tuple(out)


def _record(tokens: TokenRange) -> dict[str, Any]:
    return {"modality": tokens.modality, "first": tokens.first, "last": tokens.last}

"""`FusionBackbone`: a transformer over the tokens of all modalities, whose attention is DAR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import Self, cast

import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from wugan.attention import Routes
from wugan.attention.layout import make_blocks, spread
from wugan.attention.registry import attentions
from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.fusion.config import FusionConfig
from wugan.fusion.explanation import Explanation, token_ranges
from wugan.fusion.layers import AttentionPool, FourierEncoding, FusionBlock, InputProjection
from wugan.fusion.token_batch import TokenBatch, collate
from wugan.model_file import fitting, load_model, save_model
from wugan.packet import Packet
from wugan.tokens import Tokens

_FORMAT = "wugan.fusion/2"


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
        c = self.config
        return attentions[c.attention](
            c.dim,
            c.heads,
            kv_heads=c.kv_heads,
            block_size=c.block_size,
            query_block_size=c.query_block_size,
            top_k=c.top_k,
            gate_dim=c.gate_dim,
            gate=c.gate,
            route_heads=c.route_heads,
            router=c.router,
            beam=c.beam,
            far_field=c.far_field,
        )

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
        routes: list[Routes | None] = []
        taught = x.new_zeros(()) if route_loss else None
        for layer in self.blocks:
            block = cast(FusionBlock, layer)
            if taught is not None:
                taught = taught + block.route_loss(x, inputs.mask, inputs.time_ns, segments, self.config.causal)
            args = (x, inputs.mask, inputs.time_ns, segments, self.config.causal)
            if self.config.checkpointing and torch.is_grad_enabled():
                x, route = checkpoint(block, *args, use_reentrant=False)
            else:
                x, route = block(*args)
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
        valid = queries.cut_rows(inputs.mask, False)[:, None]
        reads, dropped = [], []
        for layer in self.blocks:
            block = cast(FusionBlock, layer)
            explain = getattr(block.attention, "explain", None)
            if explain is None:
                raise PluginError(f"attention {c.attention!r} cannot explain itself: its layer has no method explain")
            routes, share = explain(
                block.attention_norm(x),
                key_mask=inputs.mask,
                time_q=inputs.time_ns,
                segments_q=inputs.segments,
                causal=c.causal,
            )
            reads.append(spread(routes.as_mask(), c.heads))
            mass = (queries.cut(share[..., None]).squeeze(-1) * valid).sum(-1)
            dropped.append(mass / valid.sum(-1).clamp_min(1))
            x, _ = block(x, inputs.mask, inputs.time_ns, inputs.segments, c.causal)
        names, segments = inputs.names, inputs.segments
        return Explanation(token_ranges(queries, names, segments), token_ranges(keys, names, segments), reads, dropped)

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

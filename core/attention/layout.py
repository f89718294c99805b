"""`Layout`: where the tokens of a call lie; `Blocks`: how a row of them is cut; `Summary`: what is known of a block."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

import torch
from torch import Tensor

from wugan.errors import DataError


@dataclass(frozen=True, eq=False)
class Blocks:
    """A cut of `length` tokens into blocks of at most `block_size` that never span two segments.

    A segment is a contiguous run of tokens of one modality; only its last block may be short. A sequence is a run of
    segments; several sequences packed in one row do not see each other.

    Attributes:
        length: number of tokens N.
        blocks: number of blocks.
        segments: number of segments.
        width: tokens in the longest block; arrays over blocks are padded to it.
        index: int64 `[blocks * width]`, token at each place of each block (0 where there is none).
        valid: bool `[blocks, width]`, whether that place holds a token.
        block_of: int64 `[N]`, block of each token.
        segment_of: int64 `[blocks]`, segment of each block.
        first_of: int64 `[blocks]`, first block of each block's segment.
        sequence_of: int64 `[blocks]`, sequence of each block.
        sequence_starts: int64 `[sequences + 1]`, first block of each sequence, and the number of blocks.
        sequence_width: blocks in the longest sequence.
    """

    length: int
    blocks: int
    segments: int
    width: int
    index: Tensor
    valid: Tensor
    block_of: Tensor
    segment_of: Tensor
    first_of: Tensor
    sequence_of: Tensor
    sequence_starts: Tensor
    sequence_width: int

    @property
    def packed(self) -> bool:
        """Whether there are several sequences."""
        return len(self.sequence_starts) > 2

    @property
    def regular(self) -> bool:
        """Whether the blocks tile the sequence without padding, so that cutting it is only a view."""
        return self.blocks * self.width == self.length

    def cut(self, x: Tensor) -> Tensor:
        """`[..., N, D]` to `[..., blocks, width, D]`; places without a token repeat token 0 (see `valid`)."""
        if not self.regular:
            x = x.index_select(-2, self.index)
        return x.reshape(*x.shape[:-2], self.blocks, self.width, x.shape[-1])

    def cut_rows(self, x: Tensor, fill: float | int | bool) -> Tensor:
        """`[..., N]` to `[..., blocks, width]`, with `fill` where there is no token."""
        blocks = self.cut(x.unsqueeze(-1)).squeeze(-1)
        return blocks if self.regular else blocks.masked_fill(~self.valid, fill)

    def join(self, x: Tensor) -> Tensor:
        """The inverse of `cut`: `[..., blocks, width, D]` to `[..., N, D]`."""
        x = x.reshape(*x.shape[:-3], self.blocks * self.width, x.shape[-1])
        return x if self.regular else x[..., self.valid.flatten(), :]


def make_blocks(
    length: int,
    block_size: int,
    segments: Sequence[int] | None,
    device: torch.device,
    sequences: Sequence[int] | None = None,
) -> Blocks:
    """How `length` tokens are cut.

    Args:
        length: number of tokens.
        block_size: tokens in a block.
        segments: lengths that sum to `length`; default the sequences.
        device: where the arrays live.
        sequences: lengths that sum to `length`, none of them ending within a segment; default one sequence.
    """
    sequence_lengths = (length,) if sequences is None else tuple(sequences)
    lengths = sequence_lengths if segments is None else tuple(segments)
    return _blocks(lengths, block_size, device, sequence_lengths)


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # kept, also for a training that comes after an inference
def _blocks(segments: tuple[int, ...], block_size: int, device: torch.device, sequences: tuple[int, ...]) -> Blocks:
    starts: list[int] = []
    sizes: list[int] = []
    segment_of: list[int] = []
    first_of: list[int] = []
    offset = 0
    for number, size in enumerate(segments):
        first = len(starts)
        for start in range(offset, offset + size, block_size):
            starts.append(start)
            sizes.append(min(block_size, offset + size - start))
            segment_of.append(number)
            first_of.append(first)
        offset += size
    ends = list(accumulate(sequences))
    sequence_starts = [0, *(bisect_left(starts, end) for end in ends)]
    sequence_sizes = [end - start for start, end in pairwise(sequence_starts)]
    width = max(sizes, default=1)
    first_token = torch.tensor(starts, dtype=torch.int64)
    tokens = torch.tensor(sizes, dtype=torch.int64)
    place = torch.arange(width)
    valid = place < tokens[:, None]
    index = torch.where(valid, first_token[:, None] + place, 0)
    block_of = torch.arange(len(starts)).repeat_interleave(tokens)
    return Blocks(
        length=offset,
        blocks=len(starts),
        segments=len(segments),
        width=width,
        index=index.flatten().to(device),
        valid=valid.to(device),
        block_of=block_of.to(device),
        segment_of=torch.tensor(segment_of, dtype=torch.int64).to(device),
        first_of=torch.tensor(first_of, dtype=torch.int64).to(device),
        sequence_of=torch.arange(len(sequences)).repeat_interleave(torch.tensor(sequence_sizes)).to(device),
        sequence_starts=torch.tensor(sequence_starts, dtype=torch.int64).to(device),
        sequence_width=max(sequence_sizes),
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class Layout:
    """Where the tokens of a call lie: their blocks, modalities, sequences, times and padding.

    Attributes:
        block_size: keys in a block.
        query_block_size: queries that share a route, a divisor of `block_size` and by default the same. 1 routes every
            query by itself.
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
    """

    block_size: int = 64
    query_block_size: int | None = None
    causal: bool = False
    time_q: Tensor | None = None
    time_k: Tensor | None = None
    query_mask: Tensor | None = None
    key_mask: Tensor | None = None
    segments_q: Sequence[int] | None = None
    segments_k: Sequence[int] | None = None
    cu_seqlens_q: Tensor | Sequence[int] | None = None
    cu_seqlens_k: Tensor | Sequence[int] | None = None
    self_attention: bool | None = None

    def __post_init__(self) -> None:
        for name, number in (("block_size", self.block_size), ("query_block_size", self.query_block_size)):
            if number is not None and number < 1:
                raise DataError(f"{name} must be at least 1, got {number}")
        if self.query_block_size is not None and self.block_size % self.query_block_size:
            raise DataError(f"query_block_size must divide block_size {self.block_size}, got {self.query_block_size}")

    def plan(self, q: Tensor, k: Tensor, scale: float | None = None) -> Plan:
        """The layout of these queries `[B, H, Nq, D]` and keys `[B, Hkv, Nk, D]`, checked and filled in.

        Raises:
            DataError: a mask, time, segment or sequence does not fit them; the message names it.
        """
        batch, length_q, length_k = len(q), q.shape[2], k.shape[2]
        segments_q, segments_k, cu_seqlens_k, query_mask = (
            self.segments_q,
            self.segments_k,
            self.cu_seqlens_k,
            self.query_mask,
        )
        self_attention = self.self_attention
        if self_attention is None:
            self_attention = (
                length_q == length_k
                and (segments_k is None or segments_k == segments_q)
                and (cu_seqlens_k is None or _same_cuts(self.cu_seqlens_q, cu_seqlens_k))
            )
        if self_attention:
            segments_k = segments_q if segments_k is None else segments_k
            cu_seqlens_k = self.cu_seqlens_q if cu_seqlens_k is None else cu_seqlens_k
            query_mask = self.key_mask if query_mask is None else query_mask
        _check_mask("key_mask", self.key_mask, k)
        _check_mask("query_mask", query_mask, q)
        _check_segments("segments_q", segments_q, length_q)
        _check_segments("segments_k", segments_k, length_k)
        if self_attention and length_q != length_k:
            raise DataError(
                f"self_attention needs as many keys as queries, got k of length {length_k}, q of {length_q}"
            )
        sequences_q = _sequence_lengths("cu_seqlens_q", self.cu_seqlens_q, segments_q, length_q)
        sequences_k = _sequence_lengths("cu_seqlens_k", cu_seqlens_k, segments_k, length_k)
        if len(sequences_q) != len(sequences_k):
            raise DataError(f"cu_seqlens_q has {len(sequences_q)} sequences, cu_seqlens_k {len(sequences_k)}")
        keys = make_blocks(length_k, self.block_size, segments_k, q.device, sequences_k)
        time_q = time_k = None
        if self.causal:
            time_q, time_k = self._times(q, k, sequences_q, sequences_k)
        return Plan(
            batch=batch,
            queries=make_blocks(length_q, self.query_block_size or self.block_size, segments_q, q.device, sequences_q),
            keys=keys,
            scale=1 / math.sqrt(q.shape[-1]) if scale is None else scale,
            query_mask=query_mask,
            key_mask=self.key_mask,
            time_q=time_q,
            time_k=time_k,
            plain_order=self.causal and self.time_q is None and not keys.packed,
            self_attention=self_attention,
        )

    def _times(
        self, q: Tensor, k: Tensor, sequences_q: Sequence[int], sequences_k: Sequence[int]
    ) -> tuple[Tensor, Tensor]:
        """Both times as `[B, N]`; positions in the sequence where none are given. Raises `DataError`."""
        batch, device = len(q), q.device
        if (self.time_q is None) != (self.time_k is None):
            raise DataError("time_q and time_k go together under the causal rule: give both or neither")
        if self.time_q is None or self.time_k is None:
            time_q, time_k = (
                torch.cat([torch.arange(length, device=device) for length in lengths]).expand(batch, -1)
                for lengths in (sequences_q, sequences_k)
            )
            return time_q, time_k
        for name, time, length in (("time_q", self.time_q, q.shape[2]), ("time_k", self.time_k, k.shape[2])):
            if time.shape not in ((length,), (batch, length)):
                raise DataError(f"{name} must have shape {(length,)} or {(batch, length)}, got {tuple(time.shape)}")
            if time.device != device:
                raise DataError(f"{name} is on {time.device}, q on {device}: move them to one device")
            if time.dtype == torch.bool or time.is_complex():
                raise DataError(f"{name} must be integer or floating, got {time.dtype}")
            if time.is_floating_point() and torch.isnan(time).any():
                raise DataError(f"{name} holds NaN; give every token a time, and hide those without one by a mask")
        if self.time_q.dtype != self.time_k.dtype:
            raise DataError(
                f"time_k is {self.time_k.dtype}, time_q is {self.time_q.dtype}: use one dtype (int64 for nanoseconds)"
            )
        return self.time_q.expand(batch, -1), self.time_k.expand(batch, -1)


def _check_mask(name: str, mask: Tensor | None, x: Tensor) -> None:
    if mask is None:
        return
    wanted = len(x), x.shape[2]
    if mask.dtype != torch.bool or mask.shape != wanted:
        raise DataError(
            f"{name} must be bool of shape {wanted} (true = the token exists), "
            f"got {mask.dtype} of shape {tuple(mask.shape)}"
        )
    if mask.device != x.device:
        raise DataError(f"{name} is on {mask.device}, q on {x.device}: move them to one device")


def _check_segments(name: str, segments: Sequence[int] | None, length: int) -> None:
    if segments is not None and (any(size < 0 for size in segments) or sum(segments) != length):
        raise DataError(f"{name} must be lengths that sum to {length}, got {list(segments)} (sum {sum(segments)})")


def _same_cuts(a: Tensor | Sequence[int] | None, b: Tensor | Sequence[int]) -> bool:
    return a is not None and torch.equal(torch.as_tensor(a, device="cpu"), torch.as_tensor(b, device="cpu"))


def _sequence_lengths(
    name: str, cu_seqlens: Tensor | Sequence[int] | None, segments: Sequence[int] | None, length: int
) -> tuple[int, ...]:
    """Lengths of the packed sequences; one of `length` unless given. Raises `DataError`."""
    if cu_seqlens is None:
        return (length,)
    ends = cu_seqlens.tolist() if isinstance(cu_seqlens, Tensor) else list(cu_seqlens)
    if not all(isinstance(end, int) for end in ends) or len(ends) < 2:
        raise DataError(f"{name} must be a list of at least two integers, got {ends}")
    lengths = tuple(end - start for start, end in pairwise(ends))
    if ends[0] != 0 or ends[-1] != length or min(lengths) < 0:
        raise DataError(f"{name} must rise from 0 to {length}, got {ends}")
    if segments is not None and not set(ends) <= {0, *accumulate(segments)}:
        raise DataError(f"{name} cuts segments apart: each end of {ends} must be the end of one of {list(segments)}")
    return lengths


@dataclass(frozen=True)
class Plan:
    """A `Layout` fitted to one call: everything about it except its tensors of content, for routers and backends.

    Attributes:
        batch: batch size B.
        queries: cut of the queries.
        keys: cut of the keys.
        scale: factor on query · key.
        query_mask: bool `[B, Nq]`, which queries count in summaries; `None` means all.
        key_mask: bool `[B, Nk]`, which keys exist; `None` means all.
        time_q: `[B, Nq]` under the causal rule, else `None`.
        time_k: `[B, Nk]` under the causal rule, else `None`.
        plain_order: times are the positions 0, 1, 2, ... on both sides.
        self_attention: queries and keys are the same tokens: own, previous and first block are kept.
    """

    batch: int
    queries: Blocks
    keys: Blocks
    scale: float
    query_mask: Tensor | None
    key_mask: Tensor | None
    time_q: Tensor | None
    time_k: Tensor | None
    plain_order: bool
    self_attention: bool

    def hidden(self, dtype: torch.dtype) -> float:
        """A value that, times `scale` and added to a logit, hides it; finite, so that no NaN can come of it."""
        return max(-1e30 / self.scale, torch.finfo(dtype).min / 2)

    def existing_keys(self) -> Tensor:
        """Bool `[B, key blocks, width]`: the place holds a key that exists."""
        if self.key_mask is None:
            return self.keys.valid.expand(self.batch, -1, -1)
        return self.keys.cut_rows(self.key_mask, False)

    def clear(self, x: Tensor) -> Tensor:
        """`[B, Hkv, Nk, ...]` with zeros for keys that do not exist, whatever they hold."""
        return x if self.key_mask is None else x.masked_fill(~self.key_mask[:, None, :, None], 0)

    def visible(self, part: slice = slice(None)) -> Tensor | None:
        """Bool `[B, Nq, Nk]` (or 1 for Nq): keys that exist and are not in the future; `None` means all.

        Args:
            part: the queries that are asked about.
        """
        mask = None if self.key_mask is None else self.key_mask[:, None]
        if self.time_q is None or self.time_k is None:
            return mask
        seen = self.time_k[:, None] <= self.time_q[:, part, None]
        return seen if mask is None else seen & mask


@dataclass(frozen=True)
class Summary:
    """What routing knows of a block: sums, not means, so that appending a token or masking one stays exact.

    Attributes:
        total: `[B, H, blocks, D]`, sum of the block's valid vectors.
        count: `[B, 1, blocks, 1]`, how many they are.
    """

    total: Tensor
    count: Tensor

    @property
    def mean(self) -> Tensor:
        """`[B, H, blocks, D]`; zero for an empty block."""
        return self.total / self.count.clamp_min(1)


@dataclass(frozen=True)
class Span:
    """Earliest and latest time of each block's valid tokens, `[B, blocks]` each (an empty block: latest < earliest)."""

    earliest: Tensor
    latest: Tensor


def summarise(x: Tensor, layout: Blocks, mask: Tensor | None) -> Summary:
    """Sum `x` `[B, H, N, D]` over each block where `mask` `[B, blocks, width]` is true; in float32 at least."""
    dtype = torch.promote_types(x.dtype, torch.float32)
    blocks = layout.cut(x.to(dtype))
    batch = x.shape[0]
    if mask is None:
        if layout.regular:
            count = torch.full((1, 1, layout.blocks, 1), layout.width, dtype=dtype, device=x.device)
            return Summary(blocks.sum(-2), count.expand(batch, -1, -1, -1))
        mask = layout.valid.expand(batch, -1, -1)
    if x.device.type == "cpu" and mask.numel():  # a card would be waited for
        most = int(mask.sum(-1).max())
        if most <= layout.width // 4:  # under the causal rule a query block is summed up by one token, or few
            place = mask.to(torch.uint8).topk(most, dim=-1).indices
            mask = mask.gather(-1, place)
            blocks = blocks.gather(-2, place[:, None, :, :, None].expand(-1, x.shape[1], -1, -1, x.shape[-1]))
    total = torch.where(mask[:, None, :, :, None], blocks, 0).sum(-2)
    return Summary(total, mask.sum(-1, dtype=dtype)[:, None, :, None])


def span(time: Tensor, layout: Blocks, mask: Tensor) -> Span:
    """Times `[B, N]` to the span of each block, over the tokens where `mask` `[B, blocks, width]` is true."""
    limits = torch.finfo(time.dtype) if time.is_floating_point() else torch.iinfo(time.dtype)
    blocks = layout.cut_rows(time, 0)
    return Span(
        torch.where(mask, blocks, limits.max).amin(-1),
        torch.where(mask, blocks, limits.min).amax(-1),
    )


def spread(x: Tensor, heads: int) -> Tensor:
    """Repeat `[B, R, ...]` to `[B, heads, ...]`, neighbouring heads sharing one of the R."""
    return x if x.shape[1] == heads else x.repeat_interleave(heads // x.shape[1], dim=1)

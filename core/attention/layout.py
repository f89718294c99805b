"""`BlockLayout`: how a sequence of segments is cut into blocks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class BlockLayout:
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


def block_layout(
    length: int,
    block_size: int,
    segments: Sequence[int] | None,
    device: torch.device,
    sequences: Sequence[int] | None = None,
) -> BlockLayout:
    """The layout of `length` tokens.

    Args:
        length: number of tokens.
        block_size: tokens in a block.
        segments: lengths that sum to `length`; default the sequences.
        device: where the arrays of the layout live.
        sequences: lengths that sum to `length`, none of them ending within a segment; default one sequence.
    """
    sequence_lengths = (length,) if sequences is None else tuple(sequences)
    lengths = sequence_lengths if segments is None else tuple(segments)
    return _layout(lengths, block_size, device, sequence_lengths)


@lru_cache(maxsize=256)
@torch.inference_mode(False)  # kept, also for a training that comes after an inference
def _layout(
    segments: tuple[int, ...], block_size: int, device: torch.device, sequences: tuple[int, ...]
) -> BlockLayout:
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
    return BlockLayout(
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

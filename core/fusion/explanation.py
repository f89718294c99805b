"""`Explanation`: which blocks of tokens the fusion read for which, and what it left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from wugan.attention.layout import Blocks


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


def token_ranges(layout: Blocks, names: list[str], lengths: list[int]) -> tuple[TokenRange, ...]:
    """The tokens of each block, counted within their modality."""
    starts = [sum(lengths[:i]) for i in range(len(lengths))]
    first = layout.index.view(layout.blocks, layout.width)[:, 0].tolist()
    sizes = layout.valid.sum(1).tolist()
    out = []
    for token, size, segment in zip(first, sizes, layout.segment_of.tolist(), strict=True):
        begin = token - starts[segment]
        out.append(TokenRange(names[segment], begin, begin + size - 1))
    return tuple(out)


def _record(tokens: TokenRange) -> dict[str, Any]:
    return {"modality": tokens.modality, "first": tokens.first, "last": tokens.last}

"""`Plan`: everything about one attention call except its tensors of content."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from wugan.attention.layout import BlockLayout


@dataclass(frozen=True)
class Plan:
    """Shapes, masks and times of one call, shared by the router and all backends.

    Attributes:
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

    queries: BlockLayout
    keys: BlockLayout
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

"""Small models that take any attention layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch.nn.functional as F
from flops import Flops, dar_flops
from torch import Tensor, nn

from wugan.attention import DARAttention

# (dim, heads) to a causal self-attention layer, [B, N, dim] to [B, N, dim].
AttentionFactory = Callable[[int, int], nn.Module]


class Counted(nn.Module):
    """`DARAttention`, causal among tokens or from tokens to others, that counts its operations while evaluated.

    Args:
        dim: size of a token.
        heads: number of heads.
        causal: self-attention under the causal rule; else cross-attention.
        local: whether own, previous and first block are always read; else the newest alone.
        distil: whether to offer a `route_loss` while `teaching`.
        options: of `DARAttention`.
    """

    def __init__(
        self, dim: int, heads: int, *, causal: bool = True, local: bool = False, distil: bool = False, **options: Any
    ) -> None:
        super().__init__()
        self.attention = DARAttention(dim, heads, **options)
        self.causal, self.local, self.distil = causal, local, distil
        self.flops = Flops()
        self.teaching = False
        self.route_loss: Tensor | None = None

    def forward(self, query: Tensor, key: Tensor | None = None) -> Tensor:
        """`[B, Nq, dim]`, and `[B, Nk, dim]` for cross-attention, to `[B, Nq, dim]`."""
        key = query if key is None else key
        out, routes = self.attention(query, None if self.local else key, causal=self.causal, return_routes=True)
        self.route_loss = None
        if not self.training:
            self.flops += dar_flops(self.attention, routes, query.shape[1], key.shape[1], causal=self.causal)
        elif self.distil and self.teaching:
            self.route_loss = self.attention.route_loss(query, None if self.local else key, causal=self.causal)
        return out


class ShortConvolution(nn.Module):
    """Depthwise causal convolution: a token learns of the few before it, as in H3, Mamba and Zoology's models."""

    def __init__(self, dim: int, width: int = 3) -> None:
        super().__init__()
        self.width = width
        self.convolution = nn.Conv1d(dim, dim, width, groups=dim)

    def forward(self, x: Tensor) -> Tensor:
        """`[B, N, dim]` to the same."""
        return self.convolution(F.pad(x.mT, (self.width - 1, 0))).mT


class Layer(nn.Module):
    """Short convolution, attention, feed-forward, each on a residual branch."""

    def __init__(self, attention: nn.Module, dim: int) -> None:
        super().__init__()
        self.norms = nn.ModuleList(nn.RMSNorm(dim) for _ in range(3))
        self.convolution = ShortConvolution(dim)
        self.attention = attention
        self.feed_forward = nn.Sequential(nn.Linear(dim, 2 * dim), nn.GELU(), nn.Linear(2 * dim, dim))

    def forward(self, x: Tensor) -> Tensor:
        """`[B, N, dim]` to the same."""
        for norm, branch in zip(self.norms, (self.convolution, self.attention, self.feed_forward), strict=True):
            x = x + branch(norm(x))
        return x


class LanguageModel(nn.Module):
    """Causal transformer without positions: order is known by the convolution and the causal rule alone.

    Args:
        vocabulary: number of tokens.
        dim: size of a token.
        heads: attention heads.
        depth: layers.
        attention: makes the attention of a layer.
    """

    def __init__(self, vocabulary: int, dim: int, heads: int, depth: int, attention: AttentionFactory) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, dim)
        nn.init.normal_(self.embedding.weight, std=1.0)
        self.layers = nn.Sequential(*(Layer(attention(dim, heads), dim) for _ in range(depth)))
        self.norm = nn.RMSNorm(dim)
        self.head = nn.Linear(dim, vocabulary, bias=False)

    def forward(self, tokens: Tensor, labels: Tensor) -> Tensor:
        """Logits `[asked, vocabulary]` where `labels` `[B, N]` asks, from `tokens` `[B, N]`."""
        return self.head(self.norm(self.layers(self.embedding(tokens))[labels >= 0]))


class CrossModel(nn.Module):
    """Tokens of one modality attend to those of another: one cross-attention layer and a feed-forward one.

    Args:
        key_size: size of a token of the modality that is searched.
        query_size: size of a token of the modality that asks.
        classes: number of answers.
        dim: size of a token inside.
        heads: attention heads.
        attention: makes the attention, called with queries and keys.
    """

    def __init__(
        self, key_size: int, query_size: int, classes: int, dim: int, heads: int, attention: AttentionFactory
    ) -> None:
        super().__init__()
        self.keys = nn.Sequential(nn.Linear(key_size, dim), nn.RMSNorm(dim))
        self.queries = nn.Sequential(nn.Linear(query_size, dim), nn.RMSNorm(dim))
        self.attention = attention(dim, heads)
        self.norm = nn.RMSNorm(dim)
        self.feed_forward = nn.Sequential(nn.Linear(dim, dim), nn.GELU(), nn.Linear(dim, dim))
        self.head = nn.Linear(dim, classes)

    def forward(self, keys: Tensor, queries: Tensor, labels: Tensor) -> Tensor:
        """Logits `[B * Nq, classes]` from `[B, Nk, key_size]` and `[B, Nq, query_size]`."""
        x = self.queries(queries)
        x = x + self.attention(x, self.keys(keys))
        return self.head((x + self.feed_forward(self.norm(x)))[labels >= 0])

"""Layers of the fusion backbone: what goes into a token, the transformer block, and pooling."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from wugan.attention import Routes
from wugan.attention.functional import Placement
from wugan.errors import PluginError


class InputProjection(nn.Module):
    """Normalises a token of any scale and projects it, losing nothing.

    Layer normalisation removes a token's mean and deviation, which for some inputs is all there is (loudness, a lone
    scalar); both are given beside the normalised values.

    Args:
        size: input size D.
        dim: output size.
    """

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.size = size
        self.linear = nn.Linear(size + 2, dim)

    def forward(self, x: Tensor) -> Tensor:
        """`[B, T, D]` to `[B, T, dim]`."""
        x = x.float()
        mean = x.mean(-1, keepdim=True)
        deviation = ((x - mean).square().mean(-1, keepdim=True) + 1e-6).sqrt()  # smooth where all values are equal
        normal = F.layer_norm(x, (self.size,))
        return self.linear(torch.cat((normal, mean.asinh(), deviation.log1p()), -1))


class FourierEncoding(nn.Module):
    """Continuous coordinates as sines and cosines of geometrically spaced periods, projected.

    After Tancik et al. 2020 (Fourier features) with the frequencies of Vaswani et al. 2017. Phases are computed in
    float64, since a long window in short periods is beyond float32.

    Args:
        coordinates: number of coordinates P.
        dim: output size.
        shortest: shortest period, in the coordinates' unit.
        longest: longest period.
        features: number of periods for each coordinate.
    """

    def __init__(self, coordinates: int, dim: int, shortest: float, longest: float, features: int) -> None:
        super().__init__()
        self.shortest, self.longest, self.features = shortest, longest, features
        self.linear = nn.Linear(coordinates * features * 2, dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """`[B, T, P]` to `[B, T, dim]`."""
        exponent = torch.linspace(0, 1, self.features, dtype=torch.float64, device=x.device)
        period = self.shortest * (self.longest / self.shortest) ** exponent
        phase = x.double()[..., None] * (2 * math.pi / period)
        waves = torch.cat((phase.sin(), phase.cos()), -1).flatten(-2)
        return self.linear(waves.to(self.linear.weight.dtype))


class SwiGLU(nn.Module):
    """Gated feed-forward layer (Shazeer 2020)."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.up = nn.Linear(dim, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, dim, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """`[..., dim]` to the same."""
        gate, value = self.up(x).chunk(2, -1)
        return self.down(F.silu(gate) * value)


class FusionBlock(nn.Module):
    """Pre-norm transformer block around an attention layer.

    Args:
        attention: called as `DARAttention.forward` is.
        dim: size of a token.
        hidden: inner size of the feed-forward layer.
        dropout: share of each residual branch's outputs that training drops.
    """

    def __init__(self, attention: nn.Module, dim: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.attention_norm = nn.RMSNorm(dim)
        self.attention = attention
        self.feed_forward_norm = nn.RMSNorm(dim)
        self.feed_forward = SwiGLU(dim, hidden)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, placement: Placement) -> tuple[Tensor, Routes | None]:
        """`[B, N, dim]` to the same, and the routes that the attention took."""
        attended, routes = self.attention(self.attention_norm(x), **placement, return_routes=True)
        x = x + self.dropout(attended)
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x))), routes

    def route_loss(self, x: Tensor, placement: Placement) -> Tensor:
        """The loss that teaches this block's routes; arguments as for `forward`.

        Raises:
            PluginError: the attention layer is one that has no `route_loss`.
        """
        loss = getattr(self.attention, "route_loss", None)
        if loss is None:
            raise PluginError(f"{type(self.attention).__name__} has no route_loss: leave it out for this attention")
        return loss(self.attention_norm(x), **placement)


class AttentionPool(nn.Module):
    """Weighted mean over valid tokens with learned weights; the plain mean at initialisation."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.score = nn.Linear(dim, 1, bias=False)
        nn.init.zeros_(self.score.weight)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`[B, T, dim]` and `[B, T]` to `[B, dim]`; zeros where no token is valid."""
        hidden = ~mask[..., None]
        score = self.score(x).masked_fill(hidden, torch.finfo(x.dtype).min)
        weight = score.softmax(1).masked_fill(hidden, 0)
        return (weight * x).sum(1)

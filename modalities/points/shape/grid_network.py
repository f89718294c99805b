"""`GridNetwork`: a small residual network over a shape's density in space, which also sees what lies inside."""

from __future__ import annotations

from itertools import product

import torch
from torch import Tensor, nn

SIDE = 32  #: voxels of a side
_MARGIN = 0.9  # share of the grid that a shape fills
_FAINT, _MOST = 0.05, 3.0  # of a voxel's density: what counts as occupied, and where it is cut off


def density(points: Tensor, counts: Tensor) -> Tensor:
    """How densely shapes fill space, in units of their occupied voxels' mean; each point is shared by eight voxels.

    Args:
        points: normalised, `[B, N, 3]`.
        counts: of the real points of each, `[B]`.

    Returns:
        Float32 `[B, 1, 32, 32, 32]`, at most 3.
    """
    batch, length, _ = points.shape
    place = (points * _MARGIN + 1) / 2 * SIDE - 0.5
    corner = place.floor()
    share, corner = place - corner, corner.long()
    real = (torch.arange(length) < counts[:, None]).float()
    offset = torch.arange(batch)[:, None] * SIDE**3
    grid = torch.zeros(batch * SIDE**3)
    for step in product((0, 1), repeat=3):
        at = (corner + torch.tensor(step)).clamp(0, SIDE - 1)
        weight = torch.where(torch.tensor(step).bool(), share, 1 - share).prod(-1) * real
        index = (at[..., 0] * SIDE + at[..., 1]) * SIDE + at[..., 2] + offset
        grid.scatter_add_(0, index.reshape(-1), weight.reshape(-1))
    grid = grid.view(batch, -1)
    occupied = grid > _FAINT
    mean = (grid * occupied).sum(1) / occupied.sum(1).clamp(min=1)
    return (grid / (mean[:, None] + 1e-6)).clamp(0, _MOST).view(batch, 1, SIDE, SIDE, SIDE)


class _Residual(nn.Module):
    """Two 3×3×3 convolutions and a shortcut, at half the resolution."""

    def __init__(self, width: int, out: int) -> None:
        super().__init__()
        self.first = nn.Conv3d(width, out, 3, 2, 1, bias=False)
        self.first_norm = nn.BatchNorm3d(out)
        self.second = nn.Conv3d(out, out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm3d(out)
        self.shortcut = nn.Sequential(nn.AvgPool3d(2), nn.Conv3d(width, out, 1, bias=False), nn.BatchNorm3d(out))

    def forward(self, x: Tensor) -> Tensor:
        """The block's output, `[B, out, S / 2, S / 2, S / 2]`."""
        inner = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class GridNetwork(nn.Module):
    """Logits of shapes from their density.

    Args:
        classes: number of classes.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv3d(1, 24, 5, 2, 2, bias=False), nn.BatchNorm3d(24), nn.ReLU())
        self.stages = nn.Sequential(_Residual(24, 48), _Residual(48, 96), _Residual(96, 160))
        self.head = nn.Sequential(
            nn.Linear(320, 160, bias=False), nn.BatchNorm1d(160), nn.ReLU(), nn.Dropout(0.4), nn.Linear(160, classes)
        )

    def forward(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Logits `[B, classes]` of normalised points `[B, N, 3]`, which are first turned by `turn` (rad, `[B]`)."""
        cos, sin = turn.cos()[:, None], turn.sin()[:, None]
        x, y, z = points.unbind(-1)
        turned = torch.stack([cos * x - sin * y, sin * x + cos * y, z], -1)
        seen = self.stages[:-1](self.stem(density(turned, counts)))
        # In bfloat16 the weights' gradient over 2×2×2 voxels is wrong, at times NaN (torch 2.11, AVX-512).
        with torch.autocast("cpu", enabled=False):
            seen = self.stages[-1](seen.float()).flatten(2)
        return self.head(torch.cat([seen.amax(-1), seen.mean(-1)], 1))

"""`ViewNetwork`: one small residual network sees every view; what it sees is pooled over the views."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from wugan.modalities.points.shape.views import CHANNELS, azimuths, rendered

HIDDEN = 128


class _Residual(nn.Module):
    """Two 3×3 convolutions and a shortcut (He et al. 2016)."""

    def __init__(self, width: int, out: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, out, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(out)
        self.second = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(out)
        self.shortcut: nn.Module = nn.Identity()
        if width != out or stride > 1:
            self.shortcut = nn.Sequential(nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        """The block's output, `[B, out, H / stride, W / stride]`."""
        inner = torch.relu(self.first_norm(self.first(x)))
        return torch.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class ViewNetwork(nn.Module):
    """Logits and features of shapes from their views.

    Args:
        classes: number of classes.
        views: images about the vertical; one from above comes on top.
        channels: of the first stage; each further one has twice as many.
    """

    stretch = 0.15
    """How much training stretches shapes."""

    def __init__(self, classes: int, views: int = 6, channels: int = 16) -> None:
        super().__init__()
        c = channels
        self.views = views
        self.width = 8 * c
        self.stem = nn.Sequential(nn.Conv2d(CHANNELS, c, 3, 1, 1, bias=False), nn.BatchNorm2d(c), nn.ReLU())
        self.stages = nn.Sequential(
            _Residual(c, c, 1), _Residual(c, 2 * c, 2), _Residual(2 * c, 4 * c, 2), _Residual(4 * c, 8 * c, 2)
        )
        self.top = nn.Linear(self.width, self.width)
        self.head = nn.Sequential(
            nn.Linear(4 * self.width, HIDDEN, bias=False),
            nn.BatchNorm1d(HIDDEN),
            nn.ReLU(),
            nn.Dropout(0.4),
            nn.Linear(HIDDEN, classes),
        )

    def seen(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Features of every view, `[B, views + 1, width]`, the view from above last; arguments as for `forward`."""
        images = rendered(points, counts, azimuths(self.views) + turn[:, None])
        found = self.stages(self.stem(images.flatten(0, 1))).mean((-1, -2))
        return found.view(*images.shape[:2], -1).float()

    def forward(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Logits `[B, classes]` of normalised points `[B, N, 3]`, seen from angles that begin at `turn` (rad, `[B]`).

        The order of the views about the vertical does not matter.
        """
        features = self.seen(points, counts, turn)
        around, above = features[:, :-1], features[:, -1]
        pooled = [around.amax(1), around.mean(1), around.std(1), self.top(above)]
        return self.head(torch.cat(pooled, 1))

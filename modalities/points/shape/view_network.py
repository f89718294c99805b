"""`ViewNetwork`: one image network sees every view; of each feature, the view that shows most of it counts."""

from __future__ import annotations

from torch import Tensor, nn

from wugan.modalities.points.shape.backbone import WIDTH, EfficientNetLite
from wugan.modalities.points.shape.views import around, rendered, scattered


class ViewNetwork(nn.Module):
    """Logits and features of shapes from four views (a multi-view network, Su et al. 2015).

    Args:
        classes: number of classes.
    """

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.backbone = EfficientNetLite()
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(WIDTH, classes))

    def seen(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Features of every view, `[B, 4, 1280]`; in training, of views taken by chance. Arguments as for `forward`."""
        images = rendered(points, counts, *(scattered(turn) if self.training else around(turn)))
        return self.backbone(images.flatten(0, 1)).view(*images.shape[:2], -1)

    def forward(self, points: Tensor, counts: Tensor, turn: Tensor) -> Tensor:
        """Logits `[B, classes]` of normalised points `[B, N, 3]`, seen from angles that begin at `turn` (rad, `[B]`).

        The order of the views does not matter.
        """
        return self.named(self.seen(points, counts, turn))

    def named(self, features: Tensor) -> Tensor:
        """Logits `[B, classes]` of what `seen` gives: of each feature, the most that a view shows."""
        return self.head(features.amax(1))

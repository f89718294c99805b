"""The training of shapes: what augmentation keeps, and that a little of it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from wugan.modalities.points.shape.backbone import EfficientNetLite
from wugan.modalities.points.shape.train import LABELS, RECIPES, Settings, augmented, train
from wugan.modalities.points.shape.trials import Shape
from wugan.modalities.points.shape.views import ViewNetwork


def block(label: str, size: tuple[int, int, int], seed: int) -> Shape:
    """A grid's filled block, a little larger for every other seed."""
    sides = np.array(size) + seed % 2
    points = np.argwhere(np.ones(sides)).astype(np.float32)
    return Shape(points, ((points == 0) | (points == sides - 1)).any(1), LABELS.index(label))


def test_augmented_shapes_are_of_unit_size_and_keep_their_proportions() -> None:
    rng = np.random.default_rng(0)
    for seed in range(40):
        points = augmented(block("bed", (6, 20, 4), seed), RECIPES["views" if seed % 2 else "grid"], rng)
        assert np.isfinite(points).all()
        assert 0.85 < np.quantile(np.linalg.norm(points, axis=1), 0.99) < 1.15
        assert np.ptp(points, axis=0).argmax() == 1


def test_a_network_learns_three_blocks() -> None:
    kinds = (("bed", (6, 20, 4)), ("monitor", (3, 12, 12)), ("chair", (8, 8, 20)))
    shapes = [block(label, size, seed) for seed in range(11) for label, size in kinds]
    losses: list[float] = []
    train(shapes, Settings("grid", 6, 0), lambda line: losses.append(float(line.rsplit(" ", 1)[1])))
    assert len(losses) == 6
    assert losses[-1] < 0.8 * losses[0]


def test_a_network_of_views_begins_with_the_weights_it_is_given(tmp_path: Path) -> None:
    torch.manual_seed(1)
    torch.save(EfficientNetLite().state_dict(), tmp_path / "w.pth")
    shapes = [block(label, (6, 20, 4), seed) for seed in range(8) for label in ("bed", "chair")]
    losses: list[str] = []
    trained = train(shapes, Settings("views", 1, 0), losses.append, tmp_path / "w.pth")
    assert isinstance(trained, ViewNetwork)
    assert len(losses) == 1
    first = EfficientNetLite()
    first.read(tmp_path / "w.pth")
    moved = (trained.backbone.stem.weight - first.stem.weight).abs().max()
    assert 0 < moved < 0.1


def test_a_member_is_a_kind_epochs_and_a_seed() -> None:
    assert Settings.parse("grid:32:1") == Settings("grid", 32, 1)
    with pytest.raises(ValueError, match="pictures"):
        Settings.parse("pictures:24:0")

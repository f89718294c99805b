"""The training of shapes: what augmentation keeps, and that a little of it learns."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.points.shape.train import LABELS, Settings, augmented, train
from wugan.modalities.points.shape.trials import Shape


def block(label: str, size: tuple[int, int, int], seed: int) -> Shape:
    """A grid's filled block, a little larger for every other seed."""
    sides = np.array(size) + seed % 2
    points = np.argwhere(np.ones(sides)).astype(np.float32)
    return Shape(points, ((points == 0) | (points == sides - 1)).any(1), LABELS.index(label))


def test_augmented_shapes_are_of_unit_size_and_keep_their_proportions() -> None:
    rng = np.random.default_rng(0)
    for seed in range(40):
        points = augmented(block("bed", (6, 20, 4), seed), 0.03, rng)
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


def test_a_member_is_a_kind_epochs_and_a_seed() -> None:
    assert Settings.parse("grid:32:1") == Settings("grid", 32, 1)
    with pytest.raises(ValueError, match="pictures"):
        Settings.parse("pictures:24:0")

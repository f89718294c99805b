from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.points import PointEncoder
from wugan.modalities.points.encoder import FEATURES
from wugan.morton import morton_code
from wugan.signals import PointCloud
from wugan.testing import run_stage
from wugan.tokens import Tokens

sys.path.insert(0, str(Path(__file__).parent))
from lidar_scene import Block, scan


def tokens_of(cloud: PointCloud, encoder: PointEncoder | None = None) -> Tokens:
    (packet,) = run_stage(encoder or PointEncoder(), [cloud])
    tokens: Tokens = packet.data
    return tokens


def test_tokens_in_morton_order_with_positions_in_metres() -> None:
    cloud = PointCloud(scan([Block(8, 2, 4, 2, 1.5)]).points)
    tokens = tokens_of(cloud)
    assert tokens.values.shape == (len(tokens), len(FEATURES)) == (len(tokens), PointEncoder.dim)
    assert tokens.positions is not None and tokens.positions.shape == (len(tokens), 3)
    assert tokens.modality == "points" and (tokens.time_ns == tokens.time_ns[0]).all()
    cells = np.floor(tokens.positions / 0.8).astype(int)
    assert (np.diff(morton_code(cells - cells.min(0))) > 0).all()
    assert np.linalg.norm(tokens.positions, axis=1).max() < 61
    assert np.abs(tokens.values).max() < 10


def test_features_say_what_is_there() -> None:
    scanned = scan([Block(10, 0, 0.4, 12, 3.0), Block(4, 4, 0.1, 0.1, 3.0)], noise=0.005)
    cloud = PointCloud(scanned.points, np.where(scanned.block == 0, 0.75, 0.25).astype(np.float32))
    tokens = tokens_of(cloud)
    assert tokens.positions is not None
    value = {name: tokens.values[:, place] for place, name in enumerate(FEATURES)}
    full = value["points"] > 0.6
    floor = full & (value["height"] < 0.05) & (np.abs(tokens.positions[:, :2]) < 8).all(1)
    wall = full & (value["height"] > 0.25) & (np.abs(tokens.positions[:, 0] - 9.8) < 0.2)
    pole = full & (value["height"] > 0.25) & (np.hypot(*(tokens.positions[:, :2] - 4).T) < 0.5)
    assert floor.sum() > 10 and wall.sum() > 10 and pole.any()
    assert np.median(value["planarity"][wall]) > 0.6 and np.median(value["verticality"][wall]) > 0.9
    assert np.median(value["verticality"][floor]) < 0.1
    assert np.median(value["linearity"][pole]) > 0.7
    assert np.allclose(value["reflectance"][wall], 0.75, atol=0.01)
    assert value["height_known"][floor | wall].all()


def test_without_ground_or_reflectance_those_features_are_zero() -> None:
    tokens = tokens_of(PointCloud(scan([]).points), PointEncoder(ground=None))
    for name in ("height", "height_known", "reflectance", "reflectance_spread"):
        assert not tokens.values[:, FEATURES.index(name)].any()


def test_an_empty_sweep_has_no_tokens() -> None:
    assert run_stage(PointEncoder(), [PointCloud(np.zeros((0, 3), np.float32))]) == []
    assert run_stage(PointEncoder(), [PointCloud(np.full((5, 3), 1000, np.float32))]) == []


def test_what_is_refused() -> None:
    with pytest.raises(DataError, match="5 points and 3 intensities"):
        run_stage(PointEncoder(), [PointCloud(np.zeros((5, 3), np.float32), np.zeros(3, np.float32))])
    for wrong in ({"size": 0.0}, {"reach": 0.1}, {"full": 0.0}):
        with pytest.raises(DataError, match="PointEncoder"):
            PointEncoder(**wrong)

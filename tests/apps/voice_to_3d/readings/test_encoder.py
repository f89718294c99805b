"""Tokens of a scan: their shape, their order in space, and what does not change them."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.readings.encoder import DIM, MODALITY, ScanEncoder
from wugan.apps.voice_to_3d.readings.scan import Scan
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.tokens import Tokens


def scan(scale: float = 1.0, count: int = 4000) -> Scan:
    rng = np.random.default_rng(0)
    points = (rng.random((count, 3)) - [0.5, 0.5, 0.0]) * [0.4, 0.2, 0.3] * scale
    return Scan("thing", points.astype(np.float32), 400 * scale, 200 * scale, 300 * scale)


def encode(one: Scan, **options: int) -> Tokens:
    tokens = ScanEncoder(**options).encode([Packet(one, 7, stream="scan")])[0]
    assert tokens is not None
    return tokens


def test_tokens_have_the_documented_shape() -> None:
    tokens = encode(scan(), blocks=16)
    assert tokens.values.shape == (17, DIM)
    assert tokens.positions is not None and tokens.positions.shape == (17, 3)
    assert tokens.modality == MODALITY
    assert (tokens.time_ns == 7).all()
    assert np.allclose(tokens.values[0, :3], np.log([0.4, 0.2, 0.3]), atol=1e-6)


def test_blocks_are_neighbourhoods() -> None:
    one = scan()
    tokens = encode(one)
    spread = tokens.values[1:, 3:6].mean(0)  # of the points of a block
    assert (spread < 0.65 * (one.points / [0.2, 0.1, 0.3]).std(0)).all()


def test_only_the_size_tells_a_small_thing_from_a_big_one() -> None:
    small, big = encode(scan()), encode(scan(3.0))
    assert np.allclose(small.values[0, 3:], big.values[0, 3:], atol=1e-4)
    assert np.allclose(small.values[1:], big.values[1:], atol=1e-3)
    assert np.allclose(big.values[0, :3] - small.values[0, :3], np.log(3), atol=1e-5)


def test_too_few_points_are_refused() -> None:
    with pytest.raises(DataError, match="thing"):
        encode(scan(count=20))

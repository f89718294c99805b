from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.frame import grey
from wugan.modalities.video.motion import DenseFlow, shrink

from .conftest import Pictures, texture


def test_a_shift_is_found_in_full_pixels(scene: Pictures) -> None:
    before, after = (grey(packet) for packet in scene(2, pan=(6, -4)))
    for width in (160, 320, 1000):
        flow = DenseFlow(width)(before, after, 0.1)
        assert np.median(flow.vectors, axis=(0, 1)) == pytest.approx([6, -4], abs=0.4)
        assert flow.size == (320, 180) and flow.scale[0] == 320 / min(width, 320)


def test_a_small_thing_does_not_sink_in_the_background(scene: Pictures) -> None:
    before, after = (grey(packet) for packet in scene(2, move=(6, 0)))
    flow = DenseFlow(320)(before, after, 0.1)
    thing, ground = flow.vectors[70:98, 144:172], flow.vectors[:40]
    assert np.median(thing, axis=(0, 1)) == pytest.approx([6, 0], abs=0.5) and np.abs(ground).max() < 0.5


def test_what_cannot_be_compared() -> None:
    pictures = texture(32, 40, 0)[..., 0]
    with pytest.raises(DataError, match="one size"):
        DenseFlow()(pictures, pictures[:, :38], 0.1)
    with pytest.raises(DataError, match="16 × 16"):
        DenseFlow()(pictures[:8], pictures[:8], 0.1)
    for seconds in (0.0, -1.0, float("nan")):
        with pytest.raises(DataError, match="forward"):
            DenseFlow()(pictures, pictures, seconds)
    for wrong in ({"preset": "slow"}, {"width": 8}, {"finest": 9}):
        with pytest.raises(DataError, match="flow:"):
            DenseFlow(**wrong)  # type: ignore[arg-type]


def test_shrinking_keeps_the_shape_and_never_enlarges() -> None:
    picture = texture(360, 640, 0)[..., 0]
    assert shrink(picture, 320).shape == (180, 320) and shrink(picture, 640) is picture
    assert shrink(picture[:20], 64).shape == (16, 64)

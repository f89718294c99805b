from __future__ import annotations

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.fusion import FusionBackbone, FusionConfig
from wugan.modalities.video.clips import Clip
from wugan.modalities.video.encoder import VideoEncoder
from wugan.packet import Packet
from wugan.testing import run_stage
from wugan.tokens import Tokens

from .conftest import MS, texture


def clip(count: int = 8, missing: tuple[int, ...] = (), height: int = 96, width: int = 160) -> Packet[Clip]:
    """A picture that pans; 5 × 3 tubelets."""
    ground = texture(height + 10, width + 40, 1)
    pixels = np.stack([ground[5 : 5 + height, 3 * k : 3 * k + width] for k in range(count)])
    mask = np.array([k not in missing for k in range(count)])
    pixels[~mask] = 0
    times = 5000 * MS + np.arange(count) * 100 * MS
    return Packet(Clip(pixels, times, mask, 100 * MS), int(times[0]), stream="clips")


def encode(packet: Packet[Clip]) -> Tokens:
    tokens = VideoEncoder().encode([packet])[0]
    assert tokens is not None
    return tokens


def test_tokens_carry_place_and_time() -> None:
    tokens = run_stage(VideoEncoder(), [clip()])[0].data
    assert tokens.values.shape == (30, VideoEncoder.dim) and tokens.modality == "video" and tokens.mask is None
    assert tokens.time_ns.tolist() == [5000 * MS] * 15 + [5400 * MS] * 15
    places = sorted({tuple(row) for row in tokens.positions[:15].round(4).tolist()})
    expected = [(round(0.1 + 0.2 * x, 4), round(0.1 + 0.2 * y, 4), 0.15) for x in range(5) for y in range(3)]
    assert np.array(places) == pytest.approx(np.array(sorted(expected)), abs=1e-4)
    assert tokens.positions[15:, 2] == pytest.approx(0.55)


def test_neighbours_in_the_row_are_neighbours_in_the_picture() -> None:
    tokens = encode(clip(4, height=256, width=256))
    square = tokens.positions[:16, :2]  # the first sixteen tokens of 8 × 8 are a square of 4 × 4
    assert np.ptp(square, axis=0) == pytest.approx([3 / 8, 3 / 8])


def test_tokens_stand_at_their_places() -> None:
    """A bright corner is where the positions say."""
    packet = clip(4)
    packet.data.pixels[:] = 0
    packet.data.pixels[:, 64:, 128:] = 255
    tokens = encode(packet)
    assert tokens.positions[tokens.values[:, 0].argmax()] == pytest.approx([0.9, 0.5, 0.15])


def test_a_missing_picture_masks_its_tubelets_and_touches_no_other() -> None:
    whole, holed = encode(clip()), encode(clip(missing=(5,)))
    assert holed.mask is not None and holed.mask.tolist() == [True] * 15 + [False] * 15
    assert (holed.values[:15] == whole.values[:15]).all() and not holed.values[15:].any()
    assert (holed.positions == whole.positions).all() and (holed.time_ns == whole.time_ns).all()
    assert VideoEncoder().encode([clip(missing=(0, 7))]) == [None]


def test_what_makes_no_whole_tubelet_is_left_out() -> None:
    assert len(encode(clip(7))) == 15 and VideoEncoder().encode([clip(3)]) == [None]
    assert (encode(clip(7)).values == encode(clip(4)).values).all()


def test_it_gives_the_same_again_and_in_any_batch() -> None:
    first, second = clip(), clip(4)
    together = VideoEncoder().encode([first, second, first])
    assert together[0] is not None and together[2] is not None and together[1] is not None
    assert (together[0].values == together[2].values).all()
    assert (together[1].values == encode(second).values).all()


def test_small_and_odd_pictures() -> None:
    for height, width in ((1, 1), (20, 500), (300, 17)):
        packet = clip(4)
        rng = np.random.default_rng(0)
        packet.data.pixels = rng.integers(0, 255, (4, height, width, 3)).astype(np.uint8)
        assert np.isfinite(encode(packet).values).all()


def test_other_tubelets() -> None:
    tokens = VideoEncoder(frames=2, width=96).encode([clip()])[0]
    assert tokens is not None and tokens.values.shape == (4 * 3 * 2, 59)
    for wrong in ({"frames": 1}, {"width": 8}):
        with pytest.raises(DataError, match="VideoEncoder:"):
            VideoEncoder(**wrong)


def backbone() -> FusionBackbone:
    torch.manual_seed(0)
    sizes = {"video": VideoEncoder.dim, "sound": 7}
    config = FusionConfig(modalities=sizes, positions={"video": 3}, dim=32, depth=1, heads=2, block_size=16, top_k=None)
    return FusionBackbone(config).eval()


def fuse(model: FusionBackbone, *given: Tokens) -> np.ndarray:
    packets = {one.modality: Packet(one, int(one.time_ns[0]), stream=one.modality) for one in given}
    return np.asarray(model.fuse(packets).pooled)


def sound() -> Tokens:
    values = np.random.default_rng(3).normal(size=(9, 7)).astype(np.float32)
    return Tokens(values, 5000 * MS + np.arange(9) * 80 * MS, "sound")


def test_fusion_with_another_modality() -> None:
    model, video = backbone(), encode(clip())
    both = fuse(model, video, sound())
    assert both == pytest.approx(fuse(model, sound(), video), abs=1e-5)
    assert np.abs(both - fuse(model, sound())).max() > 1e-3
    # The place matters: the same tokens elsewhere are something else.
    moved = Tokens(video.values, video.time_ns, "video", None, video.positions[::-1].copy())
    assert np.abs(both - fuse(model, moved, sound())).max() > 1e-4


def test_masked_tokens_change_nothing_in_fusion() -> None:
    model, holed = backbone(), encode(clip(missing=(5,)))
    noisy = holed.values.copy()
    noisy[15:] = 1000
    other = Tokens(noisy, holed.time_ns, "video", holed.mask, holed.positions)
    assert fuse(model, holed, sound()) == pytest.approx(fuse(model, other, sound()), abs=1e-5)


def test_order_within_a_moment_does_not_matter_to_dense_attention() -> None:
    model, video = backbone(), encode(clip(4))
    order = np.random.default_rng(0).permutation(len(video))
    shuffled = Tokens(video.values[order], video.time_ns[order], "video", None, video.positions[order])
    assert fuse(model, video, sound()) == pytest.approx(fuse(model, shuffled, sound()), abs=1e-5)

from __future__ import annotations

import logging

import core_parts
import numpy as np
import pytest

from wugan import Fuse, Fused, Packet, Tokens, Window, approximate
from wugan.errors import DataError, PluginError

SYNC = approximate("1ms")


def tokens(stream: str, modality: str, size: int = 8) -> Packet[Tokens]:
    values = np.random.default_rng(0).normal(size=(3, size)).astype(np.float32)
    return Packet(Tokens(values, np.arange(3, dtype=np.int64), modality), 5, stream=stream)


def window(*packets: Packet[Tokens]) -> Window:
    return Window(5, {packet.stream: packet for packet in packets})


def test_without_a_backbone_an_untrained_one_is_made_and_said_so(caplog):
    fuse = Fuse(SYNC, modalities={"voice": 8, "text": 8})
    with caplog.at_level(logging.WARNING):
        fuse.warm_up()
    assert "untrained" in caplog.text
    both = fuse.combine(window(tokens("mood", "voice"), tokens("words", "text")))
    alone = fuse.combine(window(tokens("words", "text")))  # a missing modality is normal
    assert isinstance(both, Fused) and isinstance(alone, Fused)
    again = Fuse(SYNC, modalities={"voice": 8, "text": 8})
    again.warm_up()
    same = again.combine(window(tokens("words", "text")))  # as on every machine of a cluster
    np.testing.assert_array_equal(same.pooled, alone.pooled)


def test_a_backbone_comes_as_an_object_a_function_or_a_file(tmp_path):
    backbone = core_parts.backbone().eval()
    backbone.save(tmp_path / "backbone.safetensors")
    one = tokens("mood", "voice")
    expected = backbone.fuse({"voice": one}).pooled
    file = tmp_path / "backbone.safetensors"
    for given in (backbone, file, str(file), "core_parts:backbone"):
        fuse = Fuse(SYNC, given)
        fuse.warm_up()
        np.testing.assert_allclose(fuse.combine(window(one)).pooled, expected, atol=1e-6)


def test_what_is_no_backbone_is_refused():
    with pytest.raises(PluginError, match="needs a backbone"):
        Fuse(SYNC).warm_up()
    with pytest.raises(PluginError, match="'builtins:dict' must return a FusionBackbone, got dict"):
        Fuse(SYNC, "builtins:dict").warm_up()


def test_two_streams_of_one_modality_are_an_error_that_names_both():
    fuse = Fuse(SYNC, core_parts.backbone())
    fuse.warm_up()
    with pytest.raises(DataError, match="streams 'left' and 'right' both give 'voice' tokens"):
        fuse.combine(window(tokens("left", "voice"), tokens("right", "voice")))

"""Tokens of touch: what they tell, and that they go through the backbone beside another modality."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch

import wugan
from wugan import Fused, Packet, Source, Tokens
from wugan.errors import DataError
from wugan.fusion import FusionBackbone, FusionConfig
from wugan.modalities.haptics import Gather, HapticEncoder
from wugan.modalities.haptics.encoder import NAMES
from wugan.modalities.haptics.gather import cut
from wugan.signals import HapticSample
from wugan.testing import run_stage


def column(tokens: Tokens, name: str) -> np.ndarray:
    return tokens.values[:, NAMES.index(name)]


def test_tokens_of_a_stretch(press: Callable[..., Any]) -> None:
    touch = press(100)
    (packet,) = run_stage(HapticEncoder(), [Packet(touch.sample, 7, stream="hand")])
    tokens: Tokens = packet.data
    assert tokens.modality == "touch" and tokens.values.shape == (46, HapticEncoder.dim) == (46, 27)
    assert tokens.positions is not None and tokens.positions.shape == (46, 3)
    assert tokens.time_ns[0] == touch.sample.time_ns[0] and set(np.diff(tokens.time_ns)) == {50_000_000}
    for number, start in enumerate(tokens.time_ns):
        in_contact = any(begin <= start and start + 50_000_000 <= end for begin, end in touch.contacts)
        apart = all(start + 50_000_000 < begin or start > end for begin, end in touch.contacts)
        if in_contact:
            assert column(tokens, "force mean")[number] > 0.1
        if apart:
            assert column(tokens, "force mean")[number] < 0.1


def test_vibration_tells_a_finer_grating_by_its_band(slide: Callable[..., Any]) -> None:
    def centroid(grating: float) -> float:
        sample = slide(100, ((grating, 30e-6),)).sample
        # The force of a commanded texture is exact; a velocity made of encoder steps is not.
        with_sensor = dataclasses.replace(sample, acceleration=sample.force)
        (packet,) = run_stage(HapticEncoder(), [Packet(with_sensor, 0, stream="hand")])
        return float(np.median(column(packet.data, "vibration centroid")))

    assert centroid(0.0005) > 1.5 * centroid(0.0015)


def test_windows_with_a_hole_give_no_token(press: Callable[..., Any]) -> None:
    sample: HapticSample = press(101).sample
    kept = np.ones(len(sample), bool)
    kept[420:470] = False
    holed = dataclasses.replace(
        sample, **{n: getattr(sample, n)[kept] for n in ("time_ns", "position", "velocity", "force")}
    )
    (packet,) = run_stage(HapticEncoder(), [Packet(holed, 0, stream="hand")])
    windows = np.round((packet.data.time_ns - sample.time_ns[0]) / 50e6).astype(int)
    assert sorted(set(range(46)) - set(windows)) == [8, 9]


def test_what_is_shorter_than_a_window_gives_nothing(press: Callable[..., Any]) -> None:
    sample = press(102).sample
    assert run_stage(HapticEncoder(), [Packet(cut(sample, 0, 40), 0, stream="hand")]) == []
    assert run_stage(HapticEncoder(), [Packet(cut(sample, 0, 0), 0, stream="hand")]) == []


def test_a_batch_gives_what_each_gives_alone(press: Callable[..., Any]) -> None:
    packets = run_stage(Gather(length="300ms"), press(103).packets)
    assert len(run_stage(HapticEncoder(window="100ms"), packets)) == len(packets)


def test_settings() -> None:
    with pytest.raises(DataError, match="at least 16"):
        HapticEncoder(window="10ms")


class Hand(Source[HapticSample]):
    def __init__(self, packets: list[Packet[HapticSample]]) -> None:
        self.given = packets

    def packets(self) -> Iterator[Packet[HapticSample]]:
        yield from self.given


class Voice(Source[Tokens]):
    def __init__(self, start_ns: int) -> None:
        self.start_ns = start_ns

    def packets(self) -> Iterator[Packet[Tokens]]:
        rng = np.random.default_rng(0)
        for number in range(4):
            start = self.start_ns + number * 500_000_000
            yield Packet(
                Tokens(rng.normal(size=(3, 6)).astype(np.float32), np.full(3, start), "voice"),
                start,
                stream="voice",
                seq=number,
            )


def fused(packets: list[Packet[HapticSample]]) -> list[Fused]:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    backbone = FusionBackbone(FusionConfig(modalities={"touch": 27, "voice": 6}, dim=32, depth=2, heads=4, kv_heads=2))
    seen: list[Fused] = []

    def keep(packet: wugan.Packet[Fused]) -> None:
        seen.append(packet.data)

    p = wugan.Pipeline("hands")
    touch = p.stage(HapticEncoder(), p.stage(Gather(length="500ms"), p.source(Hand(packets), name="hand")))
    voice = p.source(Voice(int(packets[0].time_ns)), name="voice")
    p.sink(keep, p.fuse(touch, voice, sync=wugan.approximate("250ms"), backbone=backbone.eval()))
    with p.run("local") as running:
        assert running.wait(timeout=60)
    return seen


def test_tokens_are_fused_with_another_modality(press: Callable[..., Any]) -> None:
    touch = press(104)
    windows = fused(touch.packets)
    for window in windows[:4]:  # there is no voice for the rest
        assert set(window.present) == {"touch", "voice"}
        assert window.states["touch"].shape == (10, 32) and np.isfinite(window.pooled).all()
    touch.sample.force[:] = 0.0  # the same hand, and nothing there to be touched
    changed = fused(touch.packets)
    voices = [[one.modality_pooled["voice"] for one in run[:4]] for run in (windows, changed)]
    assert np.abs(np.subtract(*voices)).max() > 1e-4  # what the hand feels reaches the voice's tokens

"""Borders between simulated surfaces, on other seeds than those that the threshold was chosen on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.haptics import TextureDetector
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.testing import run_stage

SURFACES = {
    "coarse to fine": ((0.002, 30e-6), (0.0008, 30e-6)),
    "fine to coarse": ((0.0008, 30e-6), (0.002, 30e-6)),
    "smooth to grating": ((0.001, 0.0), (0.001, 30e-6)),
}


@pytest.mark.parametrize("name", SURFACES)
def test_a_border_is_found_where_it_is(slide: Callable[..., Any], name: str) -> None:
    for seed in (100, 101):
        touch = slide(seed, SURFACES[name])
        (change,) = run_stage(TextureDetector(), touch.packets)
        assert abs(change.data.position[0] - 0.12) <= 0.012  # a window
        assert abs(change.time_ns - touch.border_ns) <= 0.2e9 and change.data.time_ns == change.time_ns


@pytest.mark.parametrize("surface", [(0.0015, 30e-6), (0.001, 0.0), (0.003, 60e-6)])
def test_one_surface_at_changing_speed_has_no_border(slide: Callable[..., Any], surface: tuple[float, float]) -> None:
    for seed in (110, 111):
        assert run_stage(TextureDetector(), slide(seed, (surface,)).packets) == []


def test_nothing_is_compared_across_a_lift(slide: Callable[..., Any]) -> None:
    touch = slide(120, SURFACES["coarse to fine"])
    away = np.abs(touch.sample.position[:, 0] - 0.12) < 0.01
    touch.sample.force[away] = 0.0
    assert run_stage(TextureDetector(), touch.packets) == []


def test_joints_have_no_distance() -> None:
    zeros = np.zeros((3, 2))
    sample = HapticSample(np.arange(3), zeros, zeros, zeros, 1000.0, space="joint")
    with pytest.raises(DataError, match="joint"):
        run_stage(TextureDetector(), [Packet(sample, 0, stream="hand")])
    with pytest.raises(DataError, match="above 0"):
        TextureDetector(novelty=0)

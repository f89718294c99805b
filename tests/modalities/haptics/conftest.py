"""A hand that presses and slides, by physics: what is touched when is known, since we decide it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from wugan.packet import Packet
from wugan.signals import HapticSample

START_NS = 1_700_000_000_000_000_000
CHUNK = 20  # states in a packet


@dataclass
class Touch:
    """What a device gave, and what was true."""

    sample: HapticSample
    contacts: list[tuple[int, int]]  # begin and end of each, ns
    border_ns: int = 0  # when the hand passed onto the second surface

    @property
    def packets(self) -> list[Packet[HapticSample]]:
        s = self.sample
        cuts = [slice(start, start + CHUNK) for start in range(0, len(s), CHUNK)]
        parts = [HapticSample(s.time_ns[c], s.position[c], s.velocity[c], s.force[c], s.rate_hz) for c in cuts]
        return [Packet(part, int(part.time_ns[0]), stream="hand", seq=n) for n, part in enumerate(parts)]


def measured(
    rng: np.random.Generator, time_s: np.ndarray, position: np.ndarray, force: np.ndarray, noise_n: float
) -> HapticSample:
    """1 kHz with late and early states, an encoder of 5 µm, a velocity made of it, and a force sensor's noise."""
    position = np.round(position / 5e-6) * 5e-6
    velocity = np.gradient(position, time_s, axis=0)
    kernel = np.ones(5) / 5
    velocity = np.stack([np.convolve(column, kernel, "same") for column in velocity.T], axis=1)
    jitter = np.clip(rng.normal(0, 0.05e-3, len(time_s)), -0.3e-3, 0.3e-3)
    times = START_NS + np.round((time_s + jitter) * 1e9).astype(np.int64)
    return HapticSample(times, position, velocity, force + rng.normal(0, noise_n, force.shape), 1000.0)


def _press(seed: int, seconds: float = 2.3, noise_n: float = 0.01) -> Touch:
    """A mass in a hand (spring and damper) that goes to a wall at z = 0 and back, twice."""
    rng = np.random.default_rng(seed)
    mass, hand, damping = rng.uniform(0.05, 0.2), rng.uniform(150, 400), rng.uniform(4, 9)
    wall = 10 ** rng.uniform(2.4, 3.5)  # 250 … 3,000 N/m
    depth, phase = rng.uniform(0.01, 0.02), rng.uniform(0, 0.3)
    dt, count = 1e-4, round(seconds * 1e4)
    time_s = np.arange(count) * dt
    wanted = 0.012 - (0.012 + depth) * np.clip(np.sin(2 * np.pi * (time_s - 0.3 - phase)), 0, None)
    z, v = 0.012, 0.0
    heights, forces = np.empty(count), np.empty(count)
    for step in range(count):
        push = wall * -z - 1.0 * v if z < 0 else 0.0
        push = max(0.0, push)
        v += dt * (hand * (wanted[step] - z) - damping * v + push) / mass
        z += dt * v
        heights[step], forces[step] = z, push
    touching = np.concatenate([[False], forces > 0, [False]]).astype(int)
    begins, ends = np.flatnonzero(np.diff(touching) == 1), np.flatnonzero(np.diff(touching) == -1)
    kept: list[list[int]] = []
    for begin, end in zip(begins, ends, strict=True):  # a bounce of less than 20 ms belongs to its contact
        if kept and begin - kept[-1][1] < 200:
            kept[-1][1] = int(end)
        else:
            kept.append([int(begin), int(end)])
    at = slice(0, None, 10)
    position, force = (np.stack([0 * a, 0 * a, a], axis=1)[at] for a in (heights, forces))
    sample = measured(rng, time_s[at], position, force, noise_n)
    return Touch(sample, [(START_NS + begin * 100_000, START_NS + end * 100_000) for begin, end in kept])


def _slide(seed: int, surfaces: Sequence[tuple[float, float]], border_m: float = 0.12, seconds: float = 2.5) -> Touch:
    """A probe under a steady push slides along x at a changing speed; each surface is (grating in m, height in m)."""
    rng = np.random.default_rng(seed)
    dt, count = 1e-4, round(seconds * 1e4)
    time_s = np.arange(count) * dt
    speed = rng.uniform(0.08, 0.12) * (1 + 0.4 * np.sin(2 * np.pi * rng.uniform(0.4, 0.8) * time_s + rng.uniform(0, 6)))
    x = np.cumsum(speed) * dt
    grating, amplitude = (np.where(x < border_m, *pair) for pair in zip(surfaces[0], surfaces[-1], strict=True))
    places = np.arange(0.0, x[-1] + 2e-4, 1e-4)
    rough = np.interp(x, places, rng.normal(0, 2e-6, len(places)))
    height = amplitude * np.sin(2 * np.pi * x / grating) + rough
    mass, contact, push, friction = 0.03, 3000.0, rng.uniform(0.8, 1.5), 0.3
    z, v = -push / contact, 0.0
    z_all, normal = np.empty(count), np.empty(count)
    for step in range(count):
        pressed = max(0.0, contact * (height[step] - z) - 2.0 * v)
        v += dt * (pressed - push - 1.0 * v) / mass
        z += dt * v
        z_all[step], normal[step] = z, pressed
    at = slice(0, None, 10)
    position = np.stack([x, 0 * x, z_all], axis=1)[at]
    force = np.stack([-friction * normal, 0 * x, normal], axis=1)[at]
    passed = int(np.searchsorted(x, border_m))
    return Touch(measured(rng, time_s[at], position, force, 0.005), [], START_NS + passed * 100_000)


@pytest.fixture(scope="session")
def press() -> Callable[..., Touch]:
    return _press


@pytest.fixture(scope="session")
def slide() -> Callable[..., Touch]:
    return _slide

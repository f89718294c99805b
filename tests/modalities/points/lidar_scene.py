"""A lidar in a world of a sloping ground and boxes, cast ray by ray: every point's truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MOUNTED = 1.73  # m of the sensor above the ground
RINGS = np.radians(np.linspace(2.0, -24.8, 64))
AZIMUTHS = np.radians(np.arange(-180, 180, 0.2))


@dataclass(frozen=True)
class Block:
    """A box that stands on the ground; `lift` m above it."""

    x: float
    y: float
    length: float
    width: float
    height: float
    yaw: float = 0.0
    lift: float = 0.0


@dataclass(frozen=True)
class Scan:
    """Points [N, 3], which are ground, each one's azimuth as a share of the turn, and its block's number (or -1)."""

    points: np.ndarray
    ground: np.ndarray
    share: np.ndarray
    block: np.ndarray


def scan(
    blocks: list[Block],
    slope: tuple[float, float] = (0.0, 0.0),
    poses: np.ndarray | None = None,
    noise: float = 0.01,
    seed: int = 0,
    every: int = 1,
) -> Scan:
    """One turn.

    Args:
        blocks: what stands there.
        slope: of the ground, along x and y.
        poses: of the sensor, [4, 4], or one for each azimuth, [A, 4, 4]; otherwise it stands at 0.
        noise: standard deviation of the range, m.
        seed: of the noise.
        every: of the rings and azimuths, which saves time.
    """
    azimuth, ring = np.meshgrid(AZIMUTHS[::every], RINGS[::every], indexing="ij")
    rays = np.stack([np.cos(ring) * np.cos(azimuth), np.cos(ring) * np.sin(azimuth), np.sin(ring)], -1)
    poses = np.broadcast_to(np.eye(4) if poses is None else poses, (len(azimuth), 4, 4))
    ahead = np.einsum("aij,arj->ari", poses[:, :3, :3], rays)
    start = np.broadcast_to(poses[:, None, :3, 3], ahead.shape)
    normal = np.array([-slope[0], -slope[1], 1.0])
    with np.errstate(divide="ignore", invalid="ignore"):
        reached = (-MOUNTED - start @ normal) / (ahead @ normal)
    reached[~(reached > 0)] = np.inf
    owner = np.full(reached.shape, -1)
    for number, block in enumerate(blocks):
        distance = _enter(block, slope, start, ahead)
        owner[distance < reached] = number
        reached = np.minimum(reached, distance)
    hit = reached < 80
    random = np.random.default_rng(seed)
    measured = reached + random.normal(0, noise, reached.shape)
    points = (rays * measured[..., None])[hit].astype(np.float32)
    share = np.broadcast_to(np.arange(len(azimuth))[:, None] / len(azimuth), hit.shape)[hit]
    return Scan(points, owner[hit] < 0, share, owner[hit])


def _enter(block: Block, slope: tuple[float, float], start: np.ndarray, ahead: np.ndarray) -> np.ndarray:
    """Distance along each ray at which it enters the block; infinite where it does not."""
    cos, sin = np.cos(block.yaw), np.sin(block.yaw)
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    foot = slope[0] * block.x + slope[1] * block.y - MOUNTED + block.lift
    middle = np.array([block.x, block.y, foot + block.height / 2])
    half = np.array([block.length, block.width, block.height]) / 2
    at, to = (start - middle) @ turn.T, ahead @ turn.T
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (-half - at) / to, (half - at) / to
    near, far = np.minimum(one, two).max(-1), np.maximum(one, two).min(-1)
    return np.where((near < far) & (near > 0), near, np.inf)

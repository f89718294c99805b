"""Pictures of made-up scenes: textured ground, and things on it that move as the test says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from wugan.packet import Packet
from wugan.signals import Image

MS = 1_000_000
Pictures = Callable[..., list[Packet[Image]]]


def texture(height: int, width: int, seed: int, fineness: float = 3.0) -> NDArray[np.uint8]:
    """Coloured blobs; `fineness` is their radius in pixels."""
    noise = np.random.default_rng(seed).normal(size=(height, width, 3))
    smooth = cv2.GaussianBlur(noise, (0, 0), fineness)
    return np.clip((smooth - smooth.mean()) / smooth.std() * 45 + 128, 0, 255).astype(np.uint8)


def packets(pictures: Sequence[NDArray[np.uint8]], step_ns: int = 100 * MS) -> list[Packet[Image]]:
    return [Packet(Image(one), k * step_ns, stream="camera", seq=k) for k, one in enumerate(pictures)]


def iou(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Overlap of each of `[N, 4]` with each of `[M, 4]` boxes: shared area over joint area, `[N, M]`."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(one[:, 2:] - one[:, :2], 0, None).prod(axis=1) for one in (boxes, others)]
    joint = areas[0][:, None] + areas[1][None] - shared
    return (shared / np.maximum(joint, np.finfo(np.float32).tiny)).astype(np.float32)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    """Other tests run beside these."""
    cv2.setNumThreads(1)


@pytest.fixture
def scene() -> Pictures:
    """Pictures of 320 × 180, 100 ms apart: ground that shifts by `pan` a picture, a square thing that moves on it."""

    def make(count: int = 4, pan: tuple[int, int] = (0, 0), move: tuple[int, int] = (0, 0)) -> list[Packet[Image]]:
        ground, thing = texture(400, 700, 1), texture(48, 48, 2)
        pictures = []
        for k in range(count):
            # The camera's window goes the other way than what it sees.
            left, top = 150 - pan[0] * k, 100 - pan[1] * k
            world = ground.copy()
            x, y = 280 + move[0] * k, 160 + move[1] * k
            world[y : y + 48, x : x + 48] = thing
            pictures.append(np.ascontiguousarray(world[top : top + 180, left : left + 320]))
        return packets(pictures)

    return make

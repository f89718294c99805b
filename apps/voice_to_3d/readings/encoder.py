"""`ScanEncoder`: a scanned thing as tokens of modality `"scan"`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.scan import Scan
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.tokens import Tokens

MODALITY = "scan"
SLICES = 8  #: level slices of the thing that the first token describes
_OF_SLICE = 5
_OF_BLOCK = 18
DIM = 5 + SLICES * _OF_SLICE
_BITS = 10  # of each coordinate of the Morton code


@dataclass(eq=False)
class ScanEncoder(Encoder[Scan, Tokens]):
    """Encodes the shape and size of a thing as tokens, float32 `[1 + blocks, 45]`.

    The first token is all of it: the logarithms of its sizes and of their ratios, and for each of 8 level slices the
    share of the points, the mean, deviation and reach of their distances from the axis, and the share in the corners.
    The others are blocks of points that lie together (in Morton order): centre, spread, flatness, direction and size,
    zeros behind them. Coordinates are relative to the thing's box, so that a small chair looks like a big one.

    `positions [1 + blocks, 3]` are the blocks' centres in metres from the middle of the floor. All times are the
    packet's.

    Args:
        blocks: how many blocks the points are cut into.
        points: how many points are read at most; they are drawn the same way each time.
    """

    blocks: int = 48
    points: int = 3072

    modality = MODALITY
    dim = DIM

    def encode(self, batch: Sequence[Packet[Scan]]) -> list[Tokens | None]:
        """Tokens of each scan.

        Raises:
            DataError: a scan has fewer points than there are blocks.
        """
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[Scan]) -> Tokens:
        scan = packet.data
        points = scan.points.astype(np.float64)
        if len(points) < self.blocks:
            raise DataError(f"{scan.name}: {len(points)} points are too few for {self.blocks} blocks")
        if len(points) > self.points:
            points = points[np.random.default_rng(0).choice(len(points), self.points, replace=False)]
        size = np.array(scan.size) / 1000
        box = points / (size / [2, 2, 1])  # x and y in -1…1, z in 0…1
        order = np.argsort(_morton((box + np.array([1.0, 1.0, 0.0])) / np.array([2.0, 2.0, 1.0])), kind="stable")
        values = np.zeros((1 + self.blocks, DIM), np.float32)
        values[0] = _summary(box, scan.size)
        positions = np.zeros((1 + self.blocks, 3), np.float32)
        for row, chosen in enumerate(np.array_split(order, self.blocks), 1):
            values[row, :_OF_BLOCK] = _block(points[chosen], box[chosen], float(size.max()))
            positions[row] = points[chosen].mean(0)
        positions[0] = points.mean(0)
        return Tokens(values, np.full(1 + self.blocks, packet.time_ns, np.int64), MODALITY, positions=positions)


def _summary(box: NDArray[np.float64], size: tuple[float, float, float]) -> NDArray[np.float64]:
    width, depth, height = size
    metres = np.log(np.array(size) / 1000)
    out: list[NDArray[np.float64]] = [metres, np.log([depth / width, height / np.sqrt(width * depth)])]
    level = np.clip((box[:, 2] * SLICES).astype(int), 0, SLICES - 1)
    radius = np.hypot(box[:, 0], box[:, 1])
    corner = np.all(np.abs(box[:, :2]) > 0.7, axis=1)
    for number in range(SLICES):
        within = level == number
        if not within.any():
            out.append(np.zeros(_OF_SLICE))
            continue
        r = radius[within]
        corners = float(np.mean(corner[within]))
        out.append(np.array([SLICES * within.mean() / 2, r.mean(), r.std() * 2, np.quantile(r, 0.95), corners]))
    return np.concatenate(out)


def _block(points: NDArray[np.float64], box: NDArray[np.float64], longest: float) -> NDArray[np.float64]:
    centre = points.mean(0)
    values, vectors = np.linalg.eigh(np.cov((points - centre).T) + 1e-12 * np.eye(3))
    spread = np.sqrt(np.maximum(values, 0))
    normal = vectors[:, 0]
    outward = centre[:2] / max(float(np.hypot(*centre[:2])), 1e-9)
    return np.concatenate(
        [
            box.mean(0),
            box.std(0),
            spread[:2] / max(spread[2], 1e-9),
            [np.abs(normal[2]), np.abs(normal[:2] @ outward), np.abs(vectors[2, 2])],
            np.ptp(box, axis=0),
            centre / longest,
            [np.log(spread[2] / longest + 1e-4) / 4],
        ]
    )


def _morton(unit: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places along the Z-order curve of points in the unit cube."""
    cells = np.clip(unit * 2**_BITS, 0, 2**_BITS - 1).astype(np.int64)
    code = np.zeros(len(cells), np.int64)
    for bit in range(_BITS):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return code

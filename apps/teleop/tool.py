"""`ToolEncoder`: where the tool is in relation to the path, as tokens of the modality `tool`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wugan.apps.teleop.geometry import Line
from wugan.apps.teleop.tasks.task import MIDDLE, Place, task
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Encoder
from wugan.tokens import Tokens

MODALITY = "tool"
NAMES = (
    "away",  # m, root mean square distance from the path that was seen
    "toward x",  # m, mean vector to the path
    "toward y",
    "toward z",
    "progress",  # 0…1 along the path
    "speed",  # m/s along the path, mean
    "working",  # share of the time in which the nearest place is work and not approach
)


class ToolEncoder(Encoder[HapticSample, Tokens]):
    """One token a stretch, float32 `[1, 7]` (`NAMES`), in natural units; a stretch without states gives none.

    Args:
        task: name of the task, whose path is found anew from its scan where this runs.
        seed: its workpiece.
        origin: where it stands, m.

    Raises:
        DataError: from `encode`, the device has not three axes.
    """

    modality = MODALITY
    dim = len(NAMES)

    def __init__(self, task: str, seed: int = 0, origin: Place = MIDDLE) -> None:
        self.task, self.seed, self.origin = task, seed, origin

    def warm_up(self) -> None:
        """Find the path in the scan."""
        self._known = task(self.task, self.seed, self.origin)
        self._line = Line(self._known.seen)

    def encode(self, batch: Sequence[Packet[HapticSample]]) -> list[Tokens | None]:
        """A token for each stretch."""
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[HapticSample]) -> Tokens | None:
        position, velocity = packet.data.position, packet.data.velocity
        if not len(position):
            return None
        if position.shape[1] != 3:
            raise DataError(f"training needs a device of three axes, {packet.stream!r} has {position.shape[1]}")
        distance, index, toward = self._line.nearest(position)
        along = np.gradient(self._line.points, axis=0)[index]
        along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-12)
        row = [
            float(np.sqrt(np.mean(distance**2))),
            *toward.mean(axis=0).tolist(),
            float(index.max()) / (len(self._line.points) - 1),
            float((velocity * along).sum(axis=1).mean()),
            float(np.mean(index >= self._known.worked)),
        ]
        return Tokens(np.array([row], np.float32), np.array([packet.time_ns]), MODALITY)

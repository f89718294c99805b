"""`Proposals`: things that stand on the ground as oriented boxes, by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wugan.objects import Detections
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Encoder


@dataclass(eq=False)
class Proposals(Encoder[PointCloud, Detections]):
    """Finds things in a sweep: `propose` for one cloud, `encode` in a pipeline.

    Args:
        frame: name of the sensor's frame, which the boxes are in; its z axis points up, within `max_tilt`.
    """

    frame: str = "lidar"

    def encode(self, batch: Sequence[Packet[PointCloud]]) -> list[Detections | None]:
        """The objects of each sweep; none is an answer too."""
        return [self.propose(packet.data, packet.time_ns) for packet in batch]

    def propose(self, cloud: PointCloud, time_ns: int = 0) -> Detections:
        """Oriented boxes of one sweep, best first."""
        raise NotImplementedError("in the making")

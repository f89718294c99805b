"""`Proposals`: things that stand on the ground as oriented boxes, by geometry alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.points.clusters import Cluster, find_clusters
from wugan.modalities.points.ground import GroundFinder
from wugan.modalities.points.kinds import classify
from wugan.objects import Box3D, Detections
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Encoder

_CUT = 2.6  # m above the ground below which things are told apart: crowns of trees above would join them
_STOREY = 0.3  # m below the cut that a thing reaches which goes on above it
_TALLEST = 4.8  # m above the ground: what is higher hangs over the road
_HANGS = 1.0  # m: what begins only so high above the ground does not stand on it
_LOWEST = 0.4  # m: what is lower is a kerb, or grass
_THINNEST = 0.1  # m that every side of a box has at least
_MANY = 60.0  # points with which nothing is missing from the score


@dataclass(eq=False)
class Proposals(Encoder[PointCloud, Detections]):
    """Finds things in a sweep: `propose` for one cloud, `encode` in a pipeline. Nothing is learned.

    The ground is taken away (`GroundFinder`), what stands on it is grouped by nearness, and each group gets the upright
    box whose faces its points lie on. Its size gives a guess of the class (`car`, `pedestrian`, `cyclist`, `truck`, or
    an empty label), and what only shows one face is completed to the size usual in the class, away from the sensor.
    A heading is known up to half a turn: it lies within ±90° of x. Scores (0…1) order the boxes and are no probability.
    Things that touch are one thing here.

    Args:
        frame: name of the sensor's frame, which the boxes are in; its z axis points up, within the ground's `max_tilt`.
        ground: finds the ground.
        cell: m; things closer together than that are one.
        reach: m from the sensor to each side, at most the ground's.
        least: points that a thing has at least.
        longest: m; what is longer (walls, hedges) is left out.
        labelled: leave out what is of none of the known classes.
        needs_ground: in a pipeline, refuse a sweep in which no ground is found, instead of giving no boxes: who decides
            on them must not take a covered sensor for a free road.

    Raises:
        DataError: a parameter is out of its range. From `encode`, with `needs_ground`: no ground is found.
    """

    frame: str = "lidar"
    ground: GroundFinder = field(default_factory=GroundFinder)
    cell: float = 0.25
    reach: float = 70.0
    least: int = 8
    longest: float = 14.0
    labelled: bool = False
    needs_ground: bool = False

    def __post_init__(self) -> None:
        if not (0.05 <= self.cell <= 2 and self.cell < self.reach <= 2000 * self.cell and self.least >= 3):
            raise DataError(f"Proposals: cell 0.05…2 m, reach up to 2000 cells and least 3 points or more, got {self}")

    def warm_up(self) -> None:
        """Compile, or load what was compiled before."""
        floor = np.stack(np.meshgrid(np.arange(-8.0, 8.0), np.arange(-8.0, 8.0), [0.0]), -1).reshape(-1, 3)
        block = np.stack(np.meshgrid([3.0, 3.2], [3.0, 3.2], np.arange(0.3, 2.0, 0.1)), -1).reshape(-1, 3)
        self.propose(PointCloud(np.concatenate([floor, block]).astype(np.float32)))

    def encode(self, batch: Sequence[Packet[PointCloud]]) -> list[Detections | None]:
        """The objects of each sweep; none is an answer too."""
        return [self._propose(packet.data, packet.time_ns, self.needs_ground) for packet in batch]

    def propose(self, cloud: PointCloud, time_ns: int = 0) -> Detections:
        """Oriented boxes of one sweep, best first.

        Args:
            cloud: finite points, the sensor at 0, z up.
            time_ns: moment of the sweep, which becomes the detections'.
        """
        return self._propose(cloud, time_ns, needs_ground=False)

    def _propose(self, cloud: PointCloud, time_ns: int, needs_ground: bool) -> Detections:
        ground = self.ground.find(cloud.points)
        if needs_ground and ground.plane is None:
            raise DataError(
                f"no ground is found in a sweep of {len(cloud.points)} points, so that nothing can be told of what "
                "stands on it: is the sensor covered, tilted, or z not up?"
            )
        height = ground.height
        reach = min(self.reach, self.ground.reach) - self.cell
        with np.errstate(invalid="ignore"):
            standing = (height > self.ground.clearance) & (height < _TALLEST)
        for axis in range(2):  # by column: numpy takes ten times as long for rows of two
            standing &= np.abs(cloud.points[:, axis]) < reach
        points, height = cloud.points[standing], height[standing]
        low, tall = np.flatnonzero(height < _CUT), np.flatnonzero(height >= _CUT)
        above = points[tall]
        found = []
        for cluster in find_clusters(points[low], self.cell, reach, self.least, self.longest):
            inside = low[cluster.points]
            if height[inside].max() > _CUT - _STOREY:
                inside = np.concatenate([inside, tall[cluster.footprint.holds(above)]])
            box = self._box(cluster, points[inside], height[inside])
            if box is not None:
                found.append(box)
        found.sort(key=lambda box: -box.score)
        return Detections(found, time_ns, self.frame)

    def _box(self, cluster: Cluster, points: NDArray[np.float32], height: NDArray[np.float32]) -> Box3D | None:
        top, bottom = float(height.max()), float(height.min())
        if top < _LOWEST or bottom > _HANGS:
            return None
        floor = float(np.median(points[:, 2] - height))
        label, place, share = classify(cluster.footprint, top)
        if not label and (self.labelled or cluster.piece):
            return None
        size = (max(place.length, _THINNEST), max(place.width, _THINNEST), top)
        score = (0.3 + 0.7 * cluster.tightness) * share * min(1.0, len(points) / _MANY) ** 0.5
        score = score if label else score / 2
        return Box3D((place.x, place.y, floor + top / 2), size, place.yaw, self.frame, score, label)

"""`Proposals`: things that stand on the ground as oriented boxes, by geometry alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.points.ground import GroundFinder
from wugan.objects import Box3D, Detections
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Encoder

_EDGE_ON = 0.45  # rad between a face and the line of sight's normal up to which only this face is seen


@dataclass(frozen=True, slots=True)
class Kind:
    """Limits of a class's seen extent, m, and what a whole one measures.

    Attributes:
        label: name of the class.
        length: shortest and longest.
        width: likewise.
        height: likewise, above the ground.
        whole: typical length and width; a side that is seen in part is completed to them.
    """

    label: str
    length: tuple[float, float]
    width: tuple[float, float]
    height: tuple[float, float]
    whole: tuple[float, float]

    def fits(self, length: float, width: float, height: float) -> bool:
        """Whether a thing of that size may be one."""
        return all(
            low <= value <= high
            for value, (low, high) in zip((length, width, height), (self.length, self.width, self.height), strict=True)
        )


#: In the order in which they are tried. Limits are those of people and vehicles on roads, with 0.2 m for noise and
#: for what is not seen; they were looked at in pictures of two of twelve KITTI sweeps, and not fitted to anything.
KINDS = (
    Kind("pedestrian", (0.3, 1.0), (0.0, 0.9), (1.2, 2.1), (0.6, 0.5)),
    Kind("cyclist", (1.0, 2.1), (0.0, 0.9), (1.3, 2.1), (1.75, 0.6)),
    Kind("car", (2.5, 5.6), (0.0, 2.4), (1.1, 2.4), (4.2, 1.75)),
    Kind("truck", (5.0, 14.0), (1.5, 3.2), (2.2, 4.8), (8.0, 2.5)),
)

_CAR = KINDS[2]
#: Front or back of a car alone: how wide, how deep (a bumper and some of a roof) and how high.
_CAR_END = Kind("car", (1.3, 2.2), (0.0, 2.2), (1.1, 2.0), _CAR.whole)
#: Its front or back and half of its length.
_CAR_HALF = Kind("car", (1.7, 2.5), (1.3, 2.2), (1.1, 2.0), _CAR.whole)


@dataclass(frozen=True, slots=True)
class Footprint:
    """A rectangle on the ground: centre (m), length and width (m), heading of the length (rad)."""

    x: float
    y: float
    length: float
    width: float
    yaw: float

    def longer_first(self) -> Footprint:
        """The same rectangle with the heading along the longer side, within ±90° of x."""
        turn = self.length < self.width
        yaw = self.yaw + (math.pi / 2 if turn else 0.0)
        yaw = (yaw + math.pi / 2) % math.pi - math.pi / 2
        return Footprint(self.x, self.y, max(self.length, self.width), min(self.length, self.width), yaw)

    def holds(self, points: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which of the points `[N, 3]` lie above or below it."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        x, y = points[:, 0] - self.x, points[:, 1] - self.y
        found: NDArray[np.bool_] = np.abs(cos * x + sin * y) <= self.length / 2
        return found & (np.abs(cos * y - sin * x) <= self.width / 2)

    def stretched(self, length: float, width: float) -> Footprint:
        """At least so long and so wide; grown away from the sensor at 0, so that the seen faces stay where they are."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        along, across = cos * self.x + sin * self.y, cos * self.y - sin * self.x
        more_length, more_width = max(0.0, length - self.length), max(0.0, width - self.width)
        along += math.copysign(more_length / 2, along)
        across += math.copysign(more_width / 2, across)
        x, y = cos * along - sin * across, sin * along + cos * across
        return Footprint(x, y, self.length + more_length, self.width + more_width, self.yaw)


def classify(seen: Footprint, height: float) -> tuple[str, Footprint, float]:
    """Class of a thing (empty: none of the known ones), its completed footprint, and the share of it that was seen."""
    seen = seen.longer_first()
    if _CAR_END.fits(seen.length, seen.width, height) and _is_an_end(seen):
        # What looks like the long side is the width: the heading is across it.
        turned = Footprint(seen.x, seen.y, seen.width, seen.length, seen.yaw + math.pi / 2)
        return "car", *_completed(turned, _CAR)
    for kind in (*KINDS, _CAR_HALF):
        if kind.fits(seen.length, seen.width, height):
            return kind.label, *_completed(seen, kind)
    return "", seen, 1.0


def _is_an_end(seen: Footprint) -> bool:
    """Whether the long side faces the sensor, as the back of a car ahead does."""
    sight = math.atan2(seen.y, seen.x)
    off = (seen.yaw - sight) % math.pi - math.pi / 2
    return abs(off) < _EDGE_ON


def _completed(seen: Footprint, kind: Kind) -> tuple[Footprint, float]:
    whole = seen.stretched(*kind.whole)
    share = (seen.length / whole.length + seen.width / whole.width) / 2
    yaw = (whole.yaw + math.pi / 2) % math.pi - math.pi / 2
    return Footprint(whole.x, whole.y, whole.length, whole.width, yaw), share


_WIDEN = 0.05  # cells more to bridge for each metre of range: a lidar's points lie ever farther apart


@dataclass(frozen=True, slots=True, eq=False)
class Cluster:
    """Points that stand together.

    Attributes:
        points: int64 `[K]`, which of the given points.
        footprint: rectangle around them.
        tightness: 0…1, how close to the rectangle's edges they lie: 1 for an L of two faces, less for a bush.
        piece: whether it was part of something longer than things are.
    """

    points: NDArray[np.int64]
    footprint: Footprint
    tightness: float
    piece: bool = False


def find_clusters(points: NDArray[np.float32], cell: float, reach: float, least: int, longest: float) -> list[Cluster]:
    """Groups of at least `least` points, connected on a grid seen from above.

    Those longer than `longest` are looked at again on cells half as wide, which parts a car from the wall behind it;
    what is too long even then is left out.

    Args:
        points: float32 `[N, 3]`, m, the sensor at 0, within `reach` of it.
        cell: side of a cell, m. Two points closer than that are connected, two farther apart than twice that are not;
            more at a distance.
        reach: half the side of the grid, m.
        least: points.
        longest: m.
    """
    if not len(points):
        return []
    found, chosen = [], np.arange(len(points))
    for side in (cell, cell / 2):
        clusters = _clusters(np.ascontiguousarray(points[chosen]), chosen, side, reach, least, side < cell)
        found += [one for one in clusters if max(one.footprint.length, one.footprint.width) <= longest]
        long = [one.points for one in clusters if max(one.footprint.length, one.footprint.width) > longest]
        if not long:
            break
        chosen = np.concatenate(long)
    return found


def _clusters(
    points: NDArray[np.float32], numbers: NDArray[np.int64], cell: float, reach: float, least: int, piece: bool
) -> list[Cluster]:
    from wugan.modalities.points import kernels

    labels, number = kernels.connect(points, cell, reach, _WIDEN)
    order, starts = kernels.group(labels, number)
    rectangles = kernels.rectangles(points, order, starts, least)
    found = []
    for one in np.flatnonzero(np.isfinite(rectangles[:, 0])):
        angle, low, high, near, far, tightness = (float(value) for value in rectangles[one])
        along, across = (low + high) / 2, (near + far) / 2
        cos, sin = np.cos(angle), np.sin(angle)
        x, y = float(cos * along - sin * across), float(sin * along + cos * across)
        inside = numbers[order[starts[one] : starts[one + 1]]]
        found.append(Cluster(inside, Footprint(x, y, high - low, far - near, angle), tightness, piece))
    return found


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

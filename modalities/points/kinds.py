"""`Kind`: what road users measure, to guess a class from a size and to complete what is seen from one side only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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

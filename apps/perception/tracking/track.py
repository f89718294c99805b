"""One tracked object at one moment, as the tracker tells of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from wugan.objects import Box3D

Array = NDArray[np.float64]


class Stage(StrEnum):
    """Where a track is in its life."""

    TENTATIVE = "tentative"
    CONFIRMED = "confirmed"
    COASTING = "coasting"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """A tracked object after an update.

    Attributes:
        id: Positive, never used again by the same tracker.
        label: Class, as the detections name it.
        stage: `tentative` (perhaps a false alarm), `confirmed` (seen now), `coasting` (predicted), `dead` (told once).
        center: x, y, z of the middle of the box, m, shape (3,).
        size: Length, width, height, m, shape (3,).
        yaw: About z, rad, in [-π, π).
        velocity: m/s along x, y, z, shape (3,). Relative to the sensor, unless poses are given.
        variances: Those of x, y, z, yaw, length, width, height, vx, vy, vz, shape (10,).
        position_velocity: Covariance of place and velocity along x, y, z, shape (3,).
        score: Log-odds that the track is a real object; grows with good detections and with their number.
        hits: Detections so far.
        age_s: Seconds since the first.
        coasted_s: Seconds since the last.
        time_ns: Moment that all this is about.
        detection: Index of the detection that it got in this update, None if it got none.
    """

    id: int
    label: str
    stage: Stage
    center: Array
    size: Array
    yaw: float
    velocity: Array
    variances: Array
    position_velocity: Array
    score: float
    hits: int
    age_s: float
    coasted_s: float
    time_ns: int
    detection: int | None

    @property
    def confidence(self) -> float:
        """Probability that the track is a real object, from `score`."""
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, self.score))))

    @property
    def spread(self) -> float:
        """Standard deviation of the place on the ground, along x or y, whichever is more; m."""
        return math.sqrt(max(self.variances[0], self.variances[1]))

    @property
    def covariance(self) -> Array:
        """Of x, y, z, yaw, length, width, height, vx, vy, vz; shape (10, 10)."""
        matrix = np.diag(self.variances)
        for axis in range(3):
            matrix[axis, 7 + axis] = matrix[7 + axis, axis] = self.position_velocity[axis]
        return matrix

    @property
    def box(self) -> Array:
        """x, y, z, length, width, height, yaw; shape (7,)."""
        return np.array([*self.center, *self.size, self.yaw])

    def box3d(self, frame: str) -> Box3D:
        """The track as an object of a named frame, with its velocity, its id, and its confidence as score."""
        x, y, z = self.center.tolist()
        vx, vy, vz = self.velocity.tolist()
        length, width, height = self.size.tolist()
        size = (length, width, height)
        return Box3D((x, y, z), size, self.yaw, frame, self.confidence, self.label, (vx, vy, vz), self.id)

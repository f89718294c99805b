"""One tracked object at one moment, and the states of all of them, which a Kalman filter moves.

Place and velocity are filtered with constant velocity and white acceleration (Bar-Shalom, Li, Kirubarajan, "Estimation
with Applications to Tracking and Navigation", 2001, section 6.2.2), yaw and size as slow random walks. The noise of no
two axes is correlated, so the covariance falls into one 2 × 2 block for each axis and four single variances: this is
the exact filter of the ten-dimensional state, without its matrices.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.objects import Box3D

Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def _rows(*shape: int, dtype: type = np.float64) -> Callable[[], NDArray[Any]]:
    return lambda: np.zeros((0, *shape), dtype)


_three, _four, _one, _whole = _rows(3), _rows(4), _rows(), _rows(dtype=np.int64)


@dataclass(slots=True)
class States:
    """A row a track. `pp`, `pv`, `vv`: variances and covariance of place and velocity; `form`: yaw, l, w, h."""

    place: Array = field(default_factory=_three)
    velocity: Array = field(default_factory=_three)
    form: Array = field(default_factory=_four)
    pp: Array = field(default_factory=_three)
    pv: Array = field(default_factory=_three)
    vv: Array = field(default_factory=_three)
    form_variance: Array = field(default_factory=_four)
    identity: Ints = field(default_factory=_whole)
    kind: Ints = field(default_factory=_whole)  # index of the class
    hits: Ints = field(default_factory=_whole)
    updates: Ints = field(default_factory=_whole)
    born_ns: Ints = field(default_factory=_whole)
    seen_ns: Ints = field(default_factory=_whole)
    evidence: Array = field(default_factory=_one)
    ahead: Array = field(default_factory=_one)  # votes for the heading as it is, less votes for its opposite
    confirmed: Ints = field(default_factory=_whole)
    detection: Ints = field(default_factory=_whole)

    def __len__(self) -> int:
        return len(self.identity)

    @property
    def boxes(self) -> Array:
        """x, y, z, length, width, height, yaw; shape (n, 7)."""
        return np.concatenate([self.place, self.form[:, 1:], self.form[:, :1]], axis=1)

    def keep(self, which: Bools) -> None:
        """Drop all others."""
        for one in fields(self):
            setattr(self, one.name, getattr(self, one.name)[which])

    def append(self, other: States) -> None:
        """Add the rows of another table."""
        for one in fields(self):
            setattr(self, one.name, np.concatenate([getattr(self, one.name), getattr(other, one.name)]))

    def predict(self, dt: float, acceleration: Array, yaw_drift: Array, size_drift: Array) -> None:
        """Go on by `dt` seconds. The spreads are standard deviations, shape (n,)."""
        power = (acceleration**2)[:, None]
        self.place += dt * self.velocity
        self.pp += 2 * dt * self.pv + dt**2 * self.vv + power * dt**4 / 4
        self.pv += dt * self.vv + power * dt**3 / 2
        self.vv += power * dt**2
        self.form_variance[:, 0] += yaw_drift**2 * dt
        self.form_variance[:, 1:] += (size_drift**2 * dt)[:, None]

    def correct(self, rows: Ints, box: Array, place_noise: Array, yaw_noise: Array, size_noise: Array) -> None:
        """Take in one detection for each of these rows: boxes (n, 7), noise as standard deviations (n,)."""
        innovation = box[:, :3] - self.place[rows]
        total = self.pp[rows] + (place_noise**2)[:, None]
        gain_p, gain_v = self.pp[rows] / total, self.pv[rows] / total
        self.place[rows] += gain_p * innovation
        self.velocity[rows] += gain_v * innovation
        self.vv[rows] -= gain_v * self.pv[rows]
        self.pv[rows] *= 1 - gain_p
        self.pp[rows] *= 1 - gain_p
        turn, same = nearest_turn(box[:, 6] - self.form[rows, 0])
        self.ahead[rows] += np.where(same, 1.0, -1.0)
        change = np.concatenate([turn[:, None], box[:, 3:6] - self.form[rows, 1:]], axis=1)
        noise = np.stack([yaw_noise, size_noise, size_noise, size_noise], axis=1) ** 2
        gain = self.form_variance[rows] / (self.form_variance[rows] + noise)
        self.form[rows] += gain * change
        self.form_variance[rows] *= 1 - gain

    def turn_round(self, which: Bools) -> None:
        """Take the front for the back."""
        self.form[which, 0] += np.pi
        self.ahead[which] = 1.0
        self.form[:, 0] = (self.form[:, 0] + np.pi) % (2 * np.pi) - np.pi


def nearest_turn(difference: Array) -> tuple[Array, Bools]:
    """The turn between two headings if front and back look alike, in [-π/2, π/2), and whether they are the same way."""
    turn = (difference + np.pi / 2) % np.pi - np.pi / 2
    same = np.abs((difference + np.pi) % (2 * np.pi) - np.pi) <= np.pi / 2
    return np.asarray(turn), np.asarray(same)


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

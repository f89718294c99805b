"""`SelfMotion`: where the sensor is and how it moves at any moment, from the poses that its sweeps gave."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.perceived import PerceivedMotion
from wugan.modalities.points.odometry import EgoPose
from wugan.objects import Box3D

Array = NDArray[np.float64]

_SPAN_NS = 200_000_000  # over which velocity is measured: single steps of GICP are wrong by centimetres each
_FARTHEST_NS = 1_000_000_000  # beyond it, the last velocity says nothing


@dataclass(frozen=True, slots=True, eq=False)
class SensorState:
    """The sensor at one moment.

    Attributes:
        pose: float64 `[4, 4]`: the sensor in a frame that stands still.
        velocity: float64 `[3]`, m/s over ground, along the sensor's axes.
        yaw_rate: rad/s, positive to the left.
        age_ns: since the sweep that it was measured by; beyond it, it is predicted. 0 where it was measured.
        known: whether there is a velocity; where not, the sensor is taken to stand still.
    """

    pose: Array
    velocity: Array
    yaw_rate: float = 0.0
    age_ns: int = 0
    known: bool = False

    def told(self) -> PerceivedMotion | None:
        """For results; `None` where it is not known."""
        if not self.known:
            return None
        x, y, z = (round(float(one), 3) for one in self.pose[:3, 3])
        return PerceivedMotion(
            position=(x, y, z),
            yaw=round(math.atan2(self.pose[1, 0], self.pose[0, 0]), 5),
            speed=round(float(np.linalg.norm(self.velocity)), 3),
            yaw_rate=round(self.yaw_rate, 4),
            age_ms=self.age_ns / 1e6,
        )

    def relative(self, box: Box3D, frame: str) -> Box3D:
        """A box of the frame that stands still, as the sensor sees it: its velocity is relative to the sensor's.

        A sensor that turns does not make things fly around it: the velocity is the difference of both over ground.
        """
        turn = self.pose[:3, :3]
        center = (np.array(box.center) - self.pose[:3, 3]) @ turn
        ahead = np.array([math.cos(box.yaw), math.sin(box.yaw), 0.0]) @ turn
        velocity = self.over_ground(box) - self.velocity
        return replace(
            box,
            center=tuple(center.tolist()),
            yaw=math.atan2(ahead[1], ahead[0]),
            velocity=tuple(velocity.tolist()),
            frame=frame,
        )

    def over_ground(self, box: Box3D) -> Array:
        """Velocity of such a box over ground, along the sensor's axes, float64 `[3]`."""
        found: Array = np.array(box.velocity or (0.0, 0.0, 0.0)) @ self.pose[:3, :3]
        return found


@dataclass(eq=False)
class SelfMotion:
    """Keeps poses as they come, and gives the state at any moment: predicted with even motion where poses are late.

    `EgoMotion` does not know its pose where a sweep matched nothing; what it gives from then on starts anew. Such a gap
    is bridged by the motion before it. After a second without a pose, the sensor's motion counts as not known.
    """

    _times: list[int] = field(init=False, repr=False, default_factory=list)
    _poses: list[Array] = field(init=False, repr=False, default_factory=list)
    _correction: Array = field(init=False, repr=False, default_factory=lambda: np.eye(4))

    def take(self, ego: EgoPose, time_ns: int) -> None:
        """Take in a pose. One that is not later than the last is left out; one that is not tracked is no pose."""
        if self._times and time_ns <= self._times[-1]:
            return
        if not ego.tracked:
            if self._times:  # what comes next begins at this pose: let it be where even motion would have led to
                self._correction = self.at(time_ns).pose @ np.linalg.inv(ego.pose)
            return
        pose = self._correction @ ego.pose
        if self._times and time_ns - self._times[-1] > _FARTHEST_NS:
            self._times, self._poses = [], []
        self._times.append(time_ns)
        self._poses.append(pose)
        while len(self._times) > 2 and time_ns - self._times[1] >= _SPAN_NS:
            del self._times[0], self._poses[0]

    def reset(self) -> None:
        """Forget everything (a clock that went back)."""
        self._times, self._poses, self._correction = [], [], np.eye(4)

    def at(self, time_ns: int) -> SensorState:
        """The state at a moment, usually that of the last pose or somewhat after it."""
        if not self._times:
            return SensorState(np.eye(4), np.zeros(3))
        nearest = min(range(len(self._times)), key=lambda one: abs(self._times[one] - time_ns))
        pose, ahead_ns = self._poses[nearest], time_ns - self._times[nearest]
        if len(self._times) < 2 or abs(ahead_ns) > _FARTHEST_NS:
            return SensorState(pose, np.zeros(3), age_ns=max(0, ahead_ns))
        seconds = (self._times[-1] - self._times[0]) / 1e9
        step = np.linalg.inv(self._poses[0]) @ self._poses[-1]
        turned = math.atan2(step[1, 0], step[0, 0])
        # The way there, seen from its start, is along the arc's middle; from its end, that lies half a turn back.
        velocity = _about_z(-turned / 2) @ (step[:3, 3] / seconds)
        state = SensorState(pose, velocity, turned / seconds, max(0, ahead_ns), True)
        return replace(state, pose=pose @ _moved(state, ahead_ns / 1e9)) if ahead_ns else state


def _moved(state: SensorState, seconds: float) -> Array:
    """Even motion: so far along an arc, seen from its start."""
    turned = state.yaw_rate * seconds
    moved = np.eye(4)
    moved[:3, :3] = _about_z(turned)
    moved[:3, 3] = _about_z(turned / 2) @ state.velocity * seconds
    return moved


def _about_z(angle: float) -> Array:
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, -sin, 0.0], [sin, cos, 0.0], [0.0, 0.0, 1.0]])

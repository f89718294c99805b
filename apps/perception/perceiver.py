"""`Perceiver`: tracks a stream of scenes and decides; `Perceived`: what it gives, a line of JSON each."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from wugan.apps.perception.decision import Decision, Holder, Limits, Sense, Vehicle, decide
from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.tracking import Stage as Life
from wugan.apps.perception.tracking import Track, Tracker
from wugan.apps.perception.tracking.settings import GENERAL
from wugan.errors import PluginError
from wugan.modalities.points.odometry import EgoPose
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.stage import Stage


class PerceivedObject(BaseModel):
    """A tracked object.

    Attributes:
        id: the same for the same object, as long as it is tracked.
        label: `car`, `truck`, `pedestrian`, `cyclist` or empty.
        stage: `confirmed` (seen now), `coasting` (predicted) or `tentative`.
        confidence: probability that it is real, by the tracker.
        center: x, y, z, m, in the lidar's frame.
        size: length, width, height, m.
        yaw: rad about z, counter-clockwise from x.
        velocity: m/s, relative to the sensor.
        ground_velocity: m/s over ground, along the sensor's axes; `None` without ego-motion.
        camera: how well the picture supports it, 0…1.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    label: str
    stage: str
    confidence: float
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float
    velocity: tuple[float, float, float]
    ground_velocity: tuple[float, float, float] | None = None
    camera: float = 0.0


class PerceivedMotion(BaseModel):
    """How the sensor itself moves.

    Attributes:
        position: x, y, z, m, in a frame that stands still.
        yaw: rad about that frame's z.
        speed: m/s.
        yaw_rate: rad/s, positive to the left.
        age_ms: how far the last sweep that the motion was measured by lies back; beyond it, the motion is predicted.
    """

    model_config = ConfigDict(frozen=True)

    position: tuple[float, float, float]
    yaw: float
    speed: float
    yaw_rate: float
    age_ms: float = 0.0


class Perceived(BaseModel):
    """Objects and decision of one moment.

    Attributes:
        seq: number of the result, in order; -1 for a decision that no sweep came with.
        time_ns: capture of the sweep, by the common clock; for a decision without a sweep, of the last one before.
        age_ms: from the sweep's entry until the decision.
        camera_lag_ms: how much older the picture is than the sweep; `None` without a picture.
        objects: tracked objects, also tentative ones.
        decision: what to do, and why.
        file: the sweep's file, if it came from one.
        motion: how the sensor moves; `None` without ego-motion, or where it is not known.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    time_ns: int
    age_ms: float
    camera_lag_ms: float | None = None
    objects: tuple[PerceivedObject, ...] = ()
    decision: Decision
    file: str = ""
    motion: PerceivedMotion | None = None


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


_SMALLEST_SCALE = 1e-9


class Perceiver(Stage[Scene, Perceived]):
    """Tracks the objects of each scene, and decides on what is confirmed.

    A sweep whose time is before the last one's (a clock set back, a replay that began anew) makes the tracks begin
    anew, and the decision says so.

    With ego-motion, tracks live in a frame that stands still, so that a thing that stands has no velocity however the
    sensor turns and brakes; the decision is about velocities relative to the sensor all the same. While the sensor's
    motion is not known, everything is relative to the sensor, and the decision says so.

    Args:
        limits: when which action is asked for.
        vehicle: its outline in the lidar's frame.
        camera: whether a camera is there; without its pictures the decision is then a fallback.
        ego_motion: whether scenes come with the sensor's poses; without them the decision is then a fallback.
        now_ns: the clock that entries are counted by; tests give their own.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        vehicle: Vehicle | None = None,
        camera: bool = True,
        ego_motion: bool = False,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.limits = limits
        self.vehicle = vehicle
        self.camera = camera
        self.ego_motion = ego_motion
        self.now_ns = now_ns
        self._tracker: Tracker | None = None  # made where the stage runs: arrays that travel there arrive read-only
        self._holder = Holder((limits or Limits()).release)
        self._last_ns: int | None = None
        self._sweeps = 0  # since tracks began
        self._motion = SelfMotion()
        self._moving = False  # whether the sensor's motion was known at the last sweep

    def warm_up(self) -> None:
        """Load what tracking needs, so that the first decision does not wait for it."""
        box = Box3D((10.0, 0.0, 0.0), (4.0, 2.0, 1.5), 0.0, "lidar", velocity=(-1.0, 0.0, 0.0))
        warm = Tracker()
        for time_ns in range(0, 300_000_000, 100_000_000):
            warm.update([box], time_ns)
        decide([box], {}, 0.0, self.limits, self.vehicle)
        self._tracker = Tracker()

    def process(self, packet: Packet[Scene]) -> Iterable[Packet[Perceived]]:
        """The result for one scene."""
        scene, tracker = packet.data, self._tracker
        if tracker is None:
            raise PluginError("Perceiver: warm_up() first; pipelines do so by themselves")
        back = self._last_ns is not None and packet.time_ns < self._last_ns
        if back:
            self._begin_anew()
            self._motion.reset()
        elif self._last_ns is not None and packet.time_ns - self._last_ns > GENERAL.coast_s * 1e9:
            self._sweeps = 0  # tracks do not last so long
        self._last_ns = packet.time_ns
        state = self._place(scene, packet.time_ns) if self.ego_motion else None
        pose = None if state is None else state.pose
        tracks = [one for one in tracker.update(scene.detections, packet.time_ns, pose) if one.stage is not Life.DEAD]
        boxes = [track.box3d(scene.detections.frame) for track in tracks]
        seen = boxes if state is None else [state.relative(box, scene.detections.frame) for box in boxes]
        self._sweeps += 1
        sure = [track for track in tracks if track.stage is not Life.TENTATIVE]
        age_ms = max(0, self.now_ns() - scene.entered_ns) / 1e6 if scene.entered_ns else 0.0
        senses = {"lidar": Sense(age_ms, True, back, max(0, GENERAL.confirm_hits - self._sweeps))}
        if self.camera:
            lag = scene.camera_lag_ns
            senses["camera"] = Sense(None if lag is None else age_ms + abs(lag) / 1e6)
        if state is not None:
            senses["ego-motion"] = Sense(state.age_ns / 1e6 if state.known else None)
        decision = decide(
            [box for box, track in zip(seen, tracks, strict=True) if track.stage is not Life.TENTATIVE],
            senses,
            age_ms,
            self.limits,
            self.vehicle,
            {track.id: _speed_spread(track) for track in sure},
        )
        lag_ms = None if scene.camera_lag_ns is None else scene.camera_lag_ns / 1e6
        result = Perceived(
            seq=packet.seq,
            time_ns=packet.time_ns,
            age_ms=age_ms,
            camera_lag_ms=lag_ms,
            objects=tuple(
                _told(track, scene, box, state.over_ground(still) if state is not None and state.known else None)
                for track, box, still in zip(tracks, seen, boxes, strict=True)
            ),
            decision=self._holder.hold(decision),
            file=scene.file,
            motion=None if state is None else state.told(),
        )
        yield packet.replace(result)

    def _place(self, scene: Scene, time_ns: int) -> SensorState:
        """Where the sensor is at the sweep. What was tracked in another frame begins anew."""
        if scene.ego is not None:
            self._motion.take(scene.ego, scene.ego_ns)
        state = self._motion.at(time_ns)
        if state.known != self._moving:
            self._begin_anew()
        self._moving = state.known
        return state

    def _begin_anew(self) -> None:
        if self._tracker is not None:
            self._tracker.reset()
        self._sweeps = 0


def _speed_spread(track: Track) -> float:
    """Standard deviation of a track's speed along the ground, m/s."""
    return math.sqrt(max(float(track.variances[7]), float(track.variances[8]), _SMALLEST_SCALE))


def _told(track: Track, scene: Scene, box: Box3D, over_ground: NDArray[np.float64] | None) -> PerceivedObject:
    return PerceivedObject(
        id=track.id,
        label=track.label,
        stage=track.stage.value,
        confidence=round(track.confidence, 4),
        center=_rounded(box.center),
        size=_rounded(box.size),
        yaw=round(box.yaw, 4),
        velocity=_rounded(box.velocity or (0.0, 0.0, 0.0)),
        ground_velocity=None if over_ground is None else _rounded(over_ground.tolist()),
        camera=0.0 if track.detection is None else round(float(scene.weights[track.detection]), 4),
    )


def _rounded(values: Sequence[float]) -> tuple[float, float, float]:
    x, y, z = (round(one, 3) for one in values)
    return x, y, z

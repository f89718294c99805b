"""`Perceiver`: tracks a stream of scenes and decides."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.collision import Vehicle
from wugan.apps.perception.decision import Holder, Limits, Sense, decide
from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.motion import SelfMotion, SensorState
from wugan.apps.perception.perceived import Perceived, PerceivedObject
from wugan.apps.perception.tracking import Stage as Life
from wugan.apps.perception.tracking import Track, Tracker
from wugan.apps.perception.tracking.settings import GENERAL
from wugan.errors import PluginError
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.stage import Stage

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

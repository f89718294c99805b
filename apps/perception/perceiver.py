"""`Perceiver`: tracks a stream of scenes and decides."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

from wugan.apps.perception.collision import Vehicle
from wugan.apps.perception.decision import Holder, Limits, Sense, decide
from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.perceived import Perceived, PerceivedObject
from wugan.apps.perception.tracking import Stage as Life
from wugan.apps.perception.tracking import Track, Tracker
from wugan.errors import PluginError
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.stage import Stage

_SMALLEST_SCALE = 1e-9


class Perceiver(Stage[Scene, Perceived]):
    """Tracks the objects of each scene, and decides on what is confirmed.

    A sweep whose time is before the last one's (a clock set back, a replay that began anew) makes the tracks begin
    anew, and the decision says so.

    Args:
        limits: when which action is asked for.
        vehicle: its outline in the lidar's frame.
        camera: whether a camera is there; without its pictures the decision is then a fallback.
        now_ns: the clock that entries are counted by; tests give their own.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        vehicle: Vehicle | None = None,
        camera: bool = True,
        now_ns: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.limits = limits
        self.vehicle = vehicle
        self.camera = camera
        self.now_ns = now_ns
        self._tracker: Tracker | None = None  # made where the stage runs: arrays that travel there arrive read-only
        self._holder = Holder((limits or Limits()).release)
        self._last_ns: int | None = None

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
            tracker.reset()
        self._last_ns = packet.time_ns
        tracks = [
            track for track in tracker.update(scene.detections, time_ns=packet.time_ns) if track.stage is not Life.DEAD
        ]
        sure = [track for track in tracks if track.stage is not Life.TENTATIVE]
        age_ms = max(0, self.now_ns() - scene.entered_ns) / 1e6 if scene.entered_ns else 0.0
        senses = {"lidar": Sense(age_ms, needed=True, clock_back=back)}
        if self.camera:
            lag = scene.camera_lag_ns
            senses["camera"] = Sense(None if lag is None else age_ms + abs(lag) / 1e6)
        decision = decide(
            [track.box3d(scene.detections.frame) for track in sure],
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
            objects=tuple(_told(track, scene) for track in tracks),
            decision=self._holder.hold(decision),
            file=scene.file,
        )
        yield packet.replace(result)


def _speed_spread(track: Track) -> float:
    """Standard deviation of a track's speed along the ground, m/s."""
    return math.sqrt(max(float(track.variances[7]), float(track.variances[8]), _SMALLEST_SCALE))


def _told(track: Track, scene: Scene) -> PerceivedObject:
    x, y, z = (round(float(one), 3) for one in track.center)
    length, width, height = (round(float(one), 3) for one in track.size)
    vx, vy, vz = (round(float(one), 3) for one in track.velocity)
    return PerceivedObject(
        id=track.id,
        label=track.label,
        stage=track.stage.value,
        confidence=round(track.confidence, 4),
        center=(x, y, z),
        size=(length, width, height),
        yaw=round(track.yaw, 4),
        velocity=(vx, vy, vz),
        camera=0.0 if track.detection is None else round(float(scene.weights[track.detection]), 4),
    )

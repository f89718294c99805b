"""`RerunView`: a run in the Rerun viewer: points, picture, boxes, ways, decisions, on the timeline of capture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wugan.apps.perception.dashboard import GREY, KINDS, WHITE
from wugan.apps.perception.perceiver import Perceived, PerceivedObject
from wugan.apps.perception.view import Geometry, View, emptied, jpeg
from wugan.clock import EPOCH_NS
from wugan.errors import PluginError
from wugan.observe.rerun import FLUSH_S, rerun_sdk
from wugan.packet import Packet
from wugan.stage import Sink

_LEVELS = {"proceed": "INFO", "slow": "WARN", "stop": "ERROR"}
_TRAIL = 20


@dataclass(eq=False)
class RerunView(Sink[View]):
    """Writes a `.rrd` file for `rerun FILE`. The timeline `capture` is the sweeps' time, `sweep` the results' number.

    Entities: `world/lidar` (points), `world/objects` (boxes), `world/velocities` (where a thing is a second later),
    `world/ways` (where it was), `world/vehicle`, `world/camera` (pinhole with the picture), `decision` (log),
    `decision/ttc_s`, `decision/gap_m` and `age_ms` (curves).

    Args:
        path: the file, replaced if it is there.
        geometry: camera, its place, and the vehicle.

    Raises:
        PluginError: rerun-sdk is not installed.
        DataError: from `warm_up`: the file cannot be written.
    """

    path: str | Path
    geometry: Geometry = field(default_factory=Geometry)
    _stream: Any = field(init=False, repr=False, default=None)
    _ways: dict[int, list[tuple[float, float, float]]] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        rerun_sdk()

    def warm_up(self) -> None:
        """Open the file and describe the scene."""
        rr = rerun_sdk()
        emptied(self.path)
        self._stream = rr.RecordingStream("wugan-perception")
        self._stream.set_log_tick_enabled(False)
        self._stream.save(str(self.path), default_blueprint=self._blueprint())
        self._stream.log("world", rr.ViewCoordinates.FLU, static=True)
        vehicle = self.geometry.vehicle
        middle, half = (vehicle.front - vehicle.rear) / 2, (vehicle.front + vehicle.rear) / 2
        outline = rr.Boxes3D(
            centers=[(middle, 0.0, -0.9)], half_sizes=[(half, vehicle.width / 2, 0.8)], colors=[WHITE], labels=["self"]
        )
        self._stream.log("world/vehicle", outline, static=True)
        camera, mount = self.geometry.camera, self.geometry.lidar_to_camera
        if camera is not None and mount is not None:
            there = mount.inverse()
            place = rr.Transform3D(translation=there.translation, mat3x3=there.rotation)
            lens = rr.Pinhole(image_from_camera=camera.matrix, width=camera.width, height=camera.height)
            self._stream.log("world/camera", place, lens, static=True)

    def write(self, packet: Packet[View]) -> None:
        """Show one moment."""
        if self._stream is None:
            raise PluginError("RerunView: warm_up() first; pipelines do so by themselves")
        rr, view, perceived = rerun_sdk(), packet.data, packet.data.perceived
        since_1970 = packet.time_ns >= EPOCH_NS
        stamp = np.datetime64(packet.time_ns, "ns") if since_1970 else np.timedelta64(packet.time_ns, "ns")
        self._stream.set_time("capture", **{"timestamp" if since_1970 else "duration": stamp})
        if perceived.seq >= 0:
            self._stream.set_time("sweep", sequence=perceived.seq)
        if view.cloud is not None:
            points = rr.Points3D(view.cloud.points, colors=_by_height(view.cloud.points), radii=0.03)
            self._stream.log("world/lidar", points)
        if view.image is not None:
            self._stream.log("world/camera", rr.EncodedImage(contents=jpeg(view.image), media_type="image/jpeg"))
        self._objects(perceived)
        decision = perceived.decision
        text = "; ".join([decision.action.value.upper(), *(reason.text for reason in decision.reasons)])
        self._stream.log("decision", rr.TextLog(text, level=_LEVELS[decision.action.value]))
        self._stream.log("age_ms", rr.Scalars(perceived.age_ms))
        for name, value in (("ttc_s", decision.ttc_s), ("gap_m", decision.gap_m)):
            shown = rr.Clear(recursive=False) if value is None else rr.Scalars(value)
            self._stream.log(f"decision/{name}", shown)

    def close(self) -> None:
        """Write out what waits."""
        if self._stream is not None:
            self._stream.flush(timeout_sec=FLUSH_S)
            self._stream.disconnect()
            self._stream = None

    def _objects(self, perceived: Perceived) -> None:
        rr = rerun_sdk()
        shown = [one for one in perceived.objects if one.stage != "tentative"]
        colours = [KINDS.get(one.label, GREY) for one in shown]
        boxes = rr.Boxes3D(
            centers=np.array([one.center for one in shown]).reshape(-1, 3),
            half_sizes=np.array([one.size for one in shown]).reshape(-1, 3) / 2,
            rotation_axis_angles=[rr.RotationAxisAngle((0, 0, 1), radians=one.yaw) for one in shown],
            colors=colours,
            labels=[_label(one) for one in shown],
            show_labels=False,
            class_ids=[one.id % 65536 for one in shown],
        )
        velocities = np.array([one.ground_velocity or one.velocity for one in shown]).reshape(-1, 3)
        starts = np.array([one.center for one in shown]).reshape(-1, 3)
        self._ways = {one.id: [*self._ways.get(one.id, ())[-_TRAIL + 1 :], one.center] for one in shown}
        self._stream.log("world/objects", boxes)
        self._stream.log("world/velocities", rr.Arrows3D(origins=starts, vectors=velocities, colors=colours))
        ways = rr.LineStrips3D([self._ways[one.id] for one in shown], colors=colours)
        self._stream.log("world/ways", ways)

    def _blueprint(self) -> Any:
        import rerun.blueprint as rrb

        camera: Sequence[Any] = ()
        if self.geometry.camera is not None:
            camera = [rrb.Spatial2DView(origin="world/camera", name="camera", contents=["world/**"])]
        text = rrb.TextLogView(origin="decision", name="decision")
        curves = rrb.TimeSeriesView(name="time to collision, free way, age", contents=["decision/**", "age_ms"])
        return rrb.Blueprint(
            rrb.Horizontal(
                rrb.Spatial3DView(origin="world", name="scene"),
                rrb.Vertical(*camera, text, curves),
                column_shares=[3, 2],
            )
        )


def _by_height(points: np.ndarray) -> np.ndarray:
    bright = (90 + 130 * np.clip((points[:, 2] + 2) / 3, 0, 1)).astype(np.uint8)
    return np.stack([bright // 2, bright, bright], axis=1)


def _label(one: PerceivedObject) -> str:
    velocity = one.ground_velocity or one.velocity
    return f"{one.label or 'object'} {one.id}, {math.hypot(*velocity[:2]):.1f} m/s"

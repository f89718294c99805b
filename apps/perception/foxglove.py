"""`FoxgloveFile`: a run as an MCAP file of the schemas that Foxglove (and Lichtblick) draw without any settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.dashboard import GREY, KINDS, Colour
from wugan.apps.perception.perceiver import Perceived, PerceivedObject
from wugan.apps.perception.view import Geometry, View, emptied, jpeg
from wugan.calibration import CameraModel
from wugan.errors import PluginError
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Sink

try:
    import foxglove
    from foxglove import channels
    from foxglove import messages as m
    from foxglove.mcap import MCAPCompression, MCAPWriteOptions
except ImportError as error:
    raise PluginError(f"files for Foxglove need foxglove-sdk ({error}): pip install 'wugan[spatial]'") from error

_LEVELS = {"proceed": "Info", "slow": "Warning", "stop": "Error"}
_LENSES = {"none": "plumb_bob", "plumb_bob": "plumb_bob", "fisheye": "kannala_brandt"}
_TOPICS = {
    "/points": "PointCloud",
    "/objects": "SceneUpdate",
    "/camera": "CompressedImage",
    "/camera/calibration": "CameraCalibration",
    "/transforms": "FrameTransform",
    "/decision": "Log",
}
_HEAD_M = 0.5  # of an arrow


@dataclass(eq=False)
class FoxgloveFile(Sink[View]):
    """Writes protocol buffers of Foxglove's well-known schemas; `log_time` is the time of capture.

    Topics: `/points` (PointCloud), `/objects` (SceneUpdate: boxes, names, velocities), `/camera` (CompressedImage),
    `/camera/calibration`, `/transforms` (of the camera; of the sensor where its motion is known), `/decision` (Log).

    Args:
        path: the file, usually `*.mcap`, replaced if it is there.
        geometry: camera, its place, and the vehicle.

    Raises:
        DataError: from `warm_up`: the file cannot be written.
    """

    path: str | Path
    geometry: Geometry = field(default_factory=Geometry)
    _context: Any = field(init=False, repr=False, default=None)  # channels close with it
    _writer: Any = field(init=False, repr=False, default=None)
    _channels: dict[str, Any] = field(init=False, repr=False, default_factory=dict)

    def warm_up(self) -> None:
        """Open the file and announce the topics."""
        options = MCAPWriteOptions(compression=MCAPCompression.Lz4)  # zstd takes ten times as long for points
        context = self._context = foxglove.Context()  # of its own: two files of one process do not share their topics
        self._writer = foxglove.open_mcap(
            emptied(self.path), allow_overwrite=True, context=context, writer_options=options
        )
        self._channels = {
            topic: getattr(channels, f"{kind}Channel")(topic, context=context) for topic, kind in _TOPICS.items()
        }

    def write(self, packet: Packet[View]) -> None:
        """Append one moment."""
        if self._writer is None:
            raise PluginError("FoxgloveFile: warm_up() first; pipelines do so by themselves")
        view, frame, time_ns = packet.data, self.geometry.lidar, max(0, packet.time_ns)
        stamp = m.Timestamp(sec=time_ns // 10**9, nsec=time_ns % 10**9)
        found = [("/objects", scene(view.perceived, frame, stamp)), ("/decision", decision(view.perceived, stamp))]
        if view.cloud is not None:
            found.append(("/points", points(view.cloud, frame, stamp)))
        camera, mount = self.geometry.camera, self.geometry.lidar_to_camera
        if camera is not None and mount is not None:
            there = mount.inverse()
            w, x, y, z = there.quaternion.tolist()
            turn = m.Quaternion(x=x, y=y, z=z, w=w)
            found.append(("/transforms", _transform(frame, camera.frame, there.translation.tolist(), turn, stamp)))
            found.append(("/camera/calibration", _calibration(camera, stamp)))
            if view.image is not None:
                data = jpeg(view.image)
                picture = m.CompressedImage(timestamp=stamp, frame_id=camera.frame, data=data, format="jpeg")
                found.append(("/camera", picture))
        if (motion := view.perceived.motion) is not None:
            turn = _about_z(motion.yaw)
            found.append(("/transforms", _transform("world", frame, motion.position, turn, stamp)))
        for topic, message in found:
            self._channels[topic].log(message, log_time=time_ns)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
        self._context, self._writer, self._channels = None, None, {}

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process has nothing open."""
        return {**self.__dict__, "_context": None, "_writer": None, "_channels": {}}


def points(cloud: PointCloud, frame: str, stamp: m.Timestamp) -> m.PointCloud:
    """`foxglove.PointCloud`: x, y, z and intensity (0 where the sensor gives none)."""
    rows: NDArray[np.float32] = np.zeros((len(cloud.points), 4), "<f4")
    rows[:, :3] = cloud.points
    if cloud.intensity is not None:
        rows[:, 3] = cloud.intensity
    kind = m.PackedElementFieldNumericType.Float32
    fields = [
        m.PackedElementField(name=name, offset=4 * at, type=kind)
        for at, name in enumerate(("x", "y", "z", "intensity"))
    ]
    pose = m.Pose(position=m.Vector3(), orientation=m.Quaternion(w=1.0))
    return m.PointCloud(timestamp=stamp, frame_id=frame, pose=pose, point_stride=16, fields=fields, data=rows.tobytes())


def scene(perceived: Perceived, frame: str, stamp: m.Timestamp) -> m.SceneUpdate:
    """`foxglove.SceneUpdate`: a box, a name and an arrow (where it is a second later) for each confirmed object.

    What was drawn before is deleted first, so that an object that has gone leaves nothing behind.
    """
    alarmed = {reason.track for reason in perceived.decision.reasons}
    shown = [one for one in perceived.objects if one.stage != "tentative"]
    return m.SceneUpdate(
        deletions=[m.SceneEntityDeletion(timestamp=stamp, type=m.SceneEntityDeletionType.All)],
        entities=[_entity(one, frame, stamp, one.id in alarmed) for one in shown],
    )


def _entity(one: PerceivedObject, frame: str, stamp: m.Timestamp, alarmed: bool) -> m.SceneEntity:
    x, y, z = one.center
    length, width, height = one.size
    vx, vy, _ = one.ground_velocity or one.velocity
    speed, colour = math.hypot(vx, vy), KINDS.get(one.label, GREY)
    arrow = m.ArrowPrimitive(
        pose=m.Pose(position=m.Vector3(x=x, y=y, z=z), orientation=_about_z(math.atan2(vy, vx))),
        shaft_length=max(0.0, speed - _HEAD_M),
        shaft_diameter=0.12,
        head_length=min(speed, _HEAD_M),
        head_diameter=0.35,
        color=_colour(colour, 1.0),
    )
    text = m.TextPrimitive(
        pose=m.Pose(position=m.Vector3(x=x, y=y, z=z + height / 2 + 0.4), orientation=m.Quaternion(w=1.0)),
        billboard=True,
        font_size=14.0,
        scale_invariant=True,
        color=m.Color(r=1.0, g=1.0, b=1.0, a=1.0),
        text=f"{one.label or 'object'} {one.id}  {speed:.1f} m/s",
    )
    cube = m.CubePrimitive(
        pose=m.Pose(position=m.Vector3(x=x, y=y, z=z), orientation=_about_z(one.yaw)),
        size=m.Vector3(x=length, y=width, z=height),
        color=_colour(colour, 0.8 if alarmed else 0.45),
    )
    facts = {"label": one.label, "stage": one.stage, "confidence": f"{one.confidence:.3f}", "camera": str(one.camera)}
    return m.SceneEntity(
        timestamp=stamp,
        frame_id=frame,
        id=str(one.id),
        frame_locked=True,
        metadata=[m.KeyValuePair(key=key, value=value) for key, value in facts.items()],
        arrows=[arrow] if speed > _HEAD_M and one.label else [],
        cubes=[cube],
        texts=[text] if one.label else [],
    )


def decision(perceived: Perceived, stamp: m.Timestamp) -> m.Log:
    """`foxglove.Log`: the action and its reasons."""
    told = perceived.decision
    text = "; ".join([told.action.value.upper(), *(reason.text for reason in told.reasons)])
    level = getattr(m.LogLevel, _LEVELS[told.action.value])
    return m.Log(timestamp=stamp, level=level, message=text, name="decision", file=perceived.file)


def _calibration(camera: CameraModel, stamp: m.Timestamp) -> m.CameraCalibration:
    """`foxglove.CameraCalibration`; pictures as they are, so that R is the identity and P is K."""
    coefficients = [*map(float, camera.distortion.coefficients)]
    least = 4 if camera.distortion.lens == "fisheye" else 5
    return m.CameraCalibration(
        timestamp=stamp,
        frame_id=camera.frame,
        width=camera.width,
        height=camera.height,
        distortion_model=_LENSES.get(camera.distortion.lens, "plumb_bob"),
        D=coefficients + [0.0] * (least - len(coefficients)),
        K=camera.matrix.ravel().tolist(),
        R=np.eye(3).ravel().tolist(),
        P=np.concatenate([camera.matrix, np.zeros((3, 1))], axis=1).ravel().tolist(),
    )


def _transform(
    parent: str, child: str, translation: Sequence[float], rotation: m.Quaternion, stamp: m.Timestamp
) -> m.FrameTransform:
    x, y, z = translation
    return m.FrameTransform(
        timestamp=stamp,
        parent_frame_id=parent,
        child_frame_id=child,
        translation=m.Vector3(x=x, y=y, z=z),
        rotation=rotation,
    )


def _about_z(yaw: float) -> m.Quaternion:
    return m.Quaternion(z=math.sin(yaw / 2), w=math.cos(yaw / 2))


def _colour(colour: Colour, alpha: float) -> m.Color:
    red, green, blue = colour
    return m.Color(r=red / 255, g=green / 255, b=blue / 255, a=alpha)

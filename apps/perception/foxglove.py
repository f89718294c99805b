"""`FoxgloveFile`: a run as an MCAP file of the schemas that Foxglove (and Lichtblick) draw without any settings."""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
from mcap.writer import CompressionType, Writer
from numpy.typing import NDArray

from wugan.apps.perception.colours import GREY, KINDS, Colour
from wugan.apps.perception.jpeg import jpeg
from wugan.apps.perception.perceived import Perceived, PerceivedObject
from wugan.apps.perception.view import Geometry, View, emptied
from wugan.calibration import CameraModel
from wugan.errors import PluginError
from wugan.packet import Packet
from wugan.signals import Image, PointCloud
from wugan.stage import Sink

_SCHEMAS = Path(__file__).with_name("foxglove_schemas.json")
_FLOAT32 = 7  # of foxglove.NumericType
_LEVELS = {"proceed": 2, "slow": 3, "stop": 4}  # INFO, WARNING, ERROR of foxglove.LogLevel
_LENSES = {"none": "plumb_bob", "plumb_bob": "plumb_bob", "fisheye": "kannala_brandt"}
_TOPICS = {
    "/points": "PointCloud",
    "/objects": "SceneUpdate",
    "/camera": "CompressedImage",
    "/camera/calibration": "CameraCalibration",
    "/transforms": "FrameTransform",
    "/decision": "Log",
}
_WHOLE = {"x": 0.0, "y": 0.0, "z": 0.0}
_STRAIGHT = {**_WHOLE, "w": 1.0}
_ARROW = {"shaft_diameter": 0.12, "head_diameter": 0.35}
_HEAD_M = 0.5


@dataclass(eq=False)
class FoxgloveFile(Sink[View]):
    """Writes JSON messages of Foxglove's well-known schemas; `log_time` is the time of capture.

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
    _file: IO[bytes] | None = field(init=False, repr=False, default=None)
    _writer: Any = field(init=False, repr=False, default=None)
    _channels: dict[str, int] = field(init=False, repr=False, default_factory=dict)

    def warm_up(self) -> None:
        """Open the file and announce the topics."""
        self._file = emptied(self.path).open("wb")
        self._writer = Writer(self._file, compression=CompressionType.LZ4)  # zstd takes ten times as long for points
        self._writer.start(profile="", library="wugan")
        schemas = json.loads(_SCHEMAS.read_text(encoding="utf-8"))
        for topic, kind in _TOPICS.items():
            name = f"foxglove.{kind}"
            schema = self._writer.register_schema(name, "jsonschema", json.dumps(schemas[name]).encode())
            self._channels[topic] = self._writer.register_channel(topic, "json", schema)

    def write(self, packet: Packet[View]) -> None:
        """Append one moment."""
        if self._writer is None:
            raise PluginError("FoxgloveFile: warm_up() first; pipelines do so by themselves")
        view, frame, time_ns = packet.data, self.geometry.lidar, max(0, packet.time_ns)
        stamp = _stamp(time_ns)
        if view.cloud is not None:
            self._add("/points", points(view.cloud, frame, stamp), time_ns)
        self._add("/objects", scene(view.perceived, frame, stamp), time_ns)
        self._add("/decision", decision(view.perceived, stamp), time_ns)
        camera, mount = self.geometry.camera, self.geometry.lidar_to_camera
        if camera is not None and mount is not None:
            there = mount.inverse()
            w, x, y, z = there.quaternion.tolist()
            turn = {"x": x, "y": y, "z": z, "w": w}
            self._add("/transforms", _transform(frame, camera.frame, there.translation.tolist(), turn, stamp), time_ns)
            self._add("/camera/calibration", _calibration(camera, stamp), time_ns)
            if view.image is not None:
                self._add("/camera", picture(view.image, camera.frame, stamp), time_ns)
        if (motion := view.perceived.motion) is not None:
            turn = _about_z(motion.yaw)
            self._add("/transforms", _transform("world", frame, [*motion.position], turn, stamp), time_ns)

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None and self._file is not None:
            self._writer.finish()
            self._file.close()
        self._writer = self._file = None

    def _add(self, topic: str, message: dict[str, Any], time_ns: int) -> None:
        data = json.dumps(message, separators=(",", ":")).encode("ascii")
        self._writer.add_message(self._channels[topic], time_ns, data, publish_time=time_ns)


def points(cloud: PointCloud, frame: str, stamp: dict[str, int]) -> dict[str, Any]:
    """`foxglove.PointCloud`: x, y, z and intensity (0 where the sensor gives none)."""
    rows: NDArray[np.float32] = np.zeros((len(cloud.points), 4), "<f4")
    rows[:, :3] = cloud.points
    if cloud.intensity is not None:
        rows[:, 3] = cloud.intensity
    names = ("x", "y", "z", "intensity")
    return {
        "timestamp": stamp,
        "frame_id": frame,
        "pose": {"position": _WHOLE, "orientation": _STRAIGHT},
        "point_stride": 16,
        "fields": [{"name": name, "offset": 4 * at, "type": _FLOAT32} for at, name in enumerate(names)],
        "data": base64.b64encode(rows.tobytes()).decode("ascii"),
    }


def scene(perceived: Perceived, frame: str, stamp: dict[str, int]) -> dict[str, Any]:
    """`foxglove.SceneUpdate`: a box, a name and an arrow (where it is a second later) for each confirmed object.

    What was drawn before is deleted first, so that an object that has gone leaves nothing behind.
    """
    alarmed = {reason.track for reason in perceived.decision.reasons}
    shown = [one for one in perceived.objects if one.stage != "tentative"]
    return {
        "deletions": [{"timestamp": stamp, "type": 1, "id": ""}],
        "entities": [_entity(one, frame, stamp, one.id in alarmed) for one in shown],
    }


def _entity(one: PerceivedObject, frame: str, stamp: dict[str, int], alarmed: bool) -> dict[str, Any]:
    x, y, z = one.center
    length, width, height = one.size
    vx, vy, _ = one.ground_velocity or one.velocity
    speed = math.hypot(vx, vy)
    colour = _colour(KINDS.get(one.label, GREY), 0.8 if alarmed else 0.45)
    arrow = {
        "pose": {"position": {"x": x, "y": y, "z": z}, "orientation": _about_z(math.atan2(vy, vx))},
        "shaft_length": max(0.0, speed - _HEAD_M),
        "head_length": min(speed, _HEAD_M),
        "color": _colour(KINDS.get(one.label, GREY), 1.0),
        **_ARROW,
    }
    text = {
        "pose": {"position": {"x": x, "y": y, "z": z + height / 2 + 0.4}, "orientation": _STRAIGHT},
        "billboard": True,
        "font_size": 14.0,
        "scale_invariant": True,
        "color": {"r": 1.0, "g": 1.0, "b": 1.0, "a": 1.0},
        "text": f"{one.label or 'object'} {one.id}  {speed:.1f} m/s",
    }
    facts = {"label": one.label, "stage": one.stage, "confidence": f"{one.confidence:.3f}", "camera": str(one.camera)}
    return {
        "timestamp": stamp,
        "frame_id": frame,
        "id": str(one.id),
        "lifetime": {"sec": 0, "nsec": 0},
        "frame_locked": True,
        "metadata": [{"key": key, "value": value} for key, value in facts.items()],
        "arrows": [arrow] if speed > _HEAD_M and one.label else [],
        "cubes": [
            {
                "pose": {"position": {"x": x, "y": y, "z": z}, "orientation": _about_z(one.yaw)},
                "size": {"x": length, "y": width, "z": height},
                "color": colour,
            }
        ],
        "spheres": [],
        "cylinders": [],
        "lines": [],
        "triangles": [],
        "texts": [text] if one.label else [],
        "models": [],
    }


def decision(perceived: Perceived, stamp: dict[str, int]) -> dict[str, Any]:
    """`foxglove.Log`: the action and its reasons."""
    told = perceived.decision
    text = "; ".join([told.action.value.upper(), *(reason.text for reason in told.reasons)])
    level = _LEVELS[told.action.value]
    return {"timestamp": stamp, "level": level, "message": text, "name": "decision", "file": perceived.file, "line": 0}


def picture(image: Image, frame: str, stamp: dict[str, int]) -> dict[str, Any]:
    """`foxglove.CompressedImage`: JPEG."""
    data = base64.b64encode(jpeg(image)).decode("ascii")
    return {"timestamp": stamp, "frame_id": frame, "data": data, "format": "jpeg"}


def _calibration(camera: CameraModel, stamp: dict[str, int]) -> dict[str, Any]:
    """`foxglove.CameraCalibration`; pictures as they are, so that R is the identity and P is K."""
    projection = np.concatenate([camera.matrix, np.zeros((3, 1))], axis=1)
    coefficients = [*map(float, camera.distortion.coefficients)]
    least = 4 if camera.distortion.lens == "fisheye" else 5
    return {
        "timestamp": stamp,
        "frame_id": camera.frame,
        "width": camera.width,
        "height": camera.height,
        "distortion_model": _LENSES.get(camera.distortion.lens, "plumb_bob"),
        "D": coefficients + [0.0] * (least - len(coefficients)),
        "K": camera.matrix.ravel().tolist(),
        "R": np.eye(3).ravel().tolist(),
        "P": projection.ravel().tolist(),
    }


def _transform(
    parent: str, child: str, translation: list[float], rotation: dict[str, float], stamp: dict[str, int]
) -> dict[str, Any]:
    x, y, z = translation
    return {
        "timestamp": stamp,
        "parent_frame_id": parent,
        "child_frame_id": child,
        "translation": {"x": x, "y": y, "z": z},
        "rotation": rotation,
    }


def _about_z(yaw: float) -> dict[str, float]:
    return {"x": 0.0, "y": 0.0, "z": math.sin(yaw / 2), "w": math.cos(yaw / 2)}


def _colour(colour: Colour, alpha: float) -> dict[str, float]:
    red, green, blue = colour
    return {"r": red / 255, "g": green / 255, "b": blue / 255, "a": alpha}


def _stamp(time_ns: int) -> dict[str, int]:
    return {"sec": time_ns // 10**9, "nsec": time_ns % 10**9}

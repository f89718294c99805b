"""The file is read by the mcap package, and every message is of its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message_factory import GetMessages
from mcap.reader import make_reader

pytest.importorskip("cv2")
import cv2

from wugan.apps.perception.foxglove import FoxgloveFile
from wugan.apps.perception.view import Geometry, View
from wugan.errors import DataError, PluginError
from wugan.packet import Packet


def read(path: Path) -> list[tuple[str, str, int, Any]]:
    """Topic, schema, time and message, which is built from the schema that the file brings."""
    with path.open("rb") as file:
        found = []
        for schema, channel, message in make_reader(file, validate_crcs=True).iter_messages():
            assert schema is not None and schema.encoding == channel.message_encoding == "protobuf"
            kinds = GetMessages(FileDescriptorSet.FromString(schema.data).file)
            content = kinds[schema.name].FromString(message.data)
            found.append((channel.topic, schema.name, message.log_time, content))
    return found


def write(path: Path, geometry: Geometry, views: list[View]) -> list[tuple[str, str, int, Any]]:
    file = FoxgloveFile(path, geometry)
    file.warm_up()
    for number, one in enumerate(views):
        file.write(Packet(one, one.perceived.time_ns, stream="views", seq=number))
    file.close()
    file.close()
    return read(path)


def test_everything_is_there_in_foxglove_s_schemas(
    tmp_path: Path, geometry: Geometry, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    views = [view(number, thing(1, 12, 1, yaw=0.5), thing(2, 9, 9, "", stage="tentative")) for number in range(4)]
    views[1] = view(1, thing(1, 12, 1), moving=True)
    messages = write(tmp_path / "a.mcap", geometry, views)
    kinds = Counter((topic, name) for topic, name, _, _ in messages)
    assert kinds == {
        ("/points", "foxglove.PointCloud"): 4,
        ("/objects", "foxglove.SceneUpdate"): 4,
        ("/camera", "foxglove.CompressedImage"): 4,
        ("/camera/calibration", "foxglove.CameraCalibration"): 4,
        ("/transforms", "foxglove.FrameTransform"): 5,
        ("/decision", "foxglove.Log"): 4,
    }
    last = {topic: content for topic, _, time_ns, content in messages if time_ns == 300_000_000}
    stamp = last["/points"].timestamp
    assert (stamp.seconds, stamp.nanos) == (0, 300_000_000)
    rows = np.frombuffer(last["/points"].data, "<f4").reshape(-1, 4)
    cloud = views[-1].cloud
    assert cloud is not None
    np.testing.assert_array_equal(rows[:, :3], cloud.points)
    (entity,) = last["/objects"].entities  # the tentative one is not shown
    cube = entity.cubes[0]
    assert (cube.size.x, cube.size.y, cube.size.z) == (4.0, 1.8, 1.5) and cube.pose.position.x == 12.0
    assert cube.pose.orientation.z == pytest.approx(np.sin(0.25))
    assert entity.frame_id == last["/points"].frame_id == last["/transforms"].parent_frame_id == "lidar"
    assert entity.arrows[0].shaft_length + entity.arrows[0].head_length == pytest.approx(3.0)
    assert last["/camera"].frame_id == last["/camera/calibration"].frame_id == "front"
    picture = cv2.imdecode(np.frombuffer(last["/camera"].data, np.uint8), cv2.IMREAD_COLOR)
    assert picture.shape == (96, 320, 3) and abs(int(picture.mean()) - 90) < 2
    assert last["/decision"].message == "SLOW; car 1: 8.0 m ahead" and last["/decision"].level == 3


def test_the_camera_s_place_takes_its_points_to_the_lidar_s_frame(
    tmp_path: Path, geometry: Geometry, view: Callable[..., View]
) -> None:
    messages = write(tmp_path / "a.mcap", geometry, [view(0)])
    (transform,) = (content for topic, _, _, content in messages if topic == "/transforms")
    x, y, z, w = (getattr(transform.rotation, axis) for axis in "xyzw")
    ahead = np.array([2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])  # the optical axis
    np.testing.assert_allclose(ahead, [1, 0, 0], atol=1e-9)


def test_lidar_alone(tmp_path: Path, view: Callable[..., View]) -> None:
    messages = write(tmp_path / "a.mcap", Geometry(), [view(0, picture=False, sweep=False)])
    assert {topic for topic, *_ in messages} == {"/objects", "/decision"}


def test_what_cannot_be_written(tmp_path: Path, view: Callable[..., View]) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        FoxgloveFile(tmp_path / "none" / "a.mcap").warm_up()
    with pytest.raises(PluginError, match="warm_up"):
        FoxgloveFile(tmp_path / "a.mcap").write(Packet(view(0), 0, stream="views"))

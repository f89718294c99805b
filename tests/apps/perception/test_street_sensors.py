"""What is cast and painted lies where the truth says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.apps.perception.street import MOUNTED, Ride, Street, Thing
from wugan.devices import VideoFile
from wugan.devices.clouds import read_cloud

pytest.importorskip("cv2")
from wugan.apps.perception.street import HEIGHT, WIDTH, picture, rig, sweep, write_drive

STREET = Street(
    (Thing("truck", (4.0, 2.0, 2.5), Ride(16.0, 1.0, 0.0, 2.0), (200, 20, 20)), Thing("", (3, 3, 3), Ride(-1.0, 6.0))),
    Ride(speed=4.0),
    0.3,
)


def test_points_lie_on_the_ground_or_on_the_faces_of_what_is_there() -> None:
    cloud = sweep(STREET, 1.0)  # the truck is 14 m ahead by then
    points = cloud.points
    assert cloud.intensity is not None and len(cloud.intensity) == len(points) > 20_000
    off = points[points[:, 2] > 0.1 - MOUNTED]
    truck = off[off[:, 0] > 5]
    assert len(truck) > 300
    assert np.abs(truck[:, 0] - 12.0).min() < 0.05 and truck[:, 0].min() > 11.9  # its rear is what one sees
    assert truck[:, 1].min() > -0.05 and truck[:, 1].max() < 2.05 and truck[:, 2].max() < 2.55 - MOUNTED
    house = off[off[:, 0] < 3]
    assert len(house) > 300 and house[:, 1].min() > 4.4


def test_the_truck_is_painted_where_its_box_is_projected() -> None:
    pixels = picture(STREET, 1.0).pixels
    assert pixels.shape == (HEIGHT, WIDTH, 3)
    ((box, _), *_) = STREET.truth(1.0)
    seen = rig().project(box.corners()[[1, 2, 5, 6]], "lidar", "front").pixels  # the rear
    left, top = seen.min(axis=0).astype(int) + 2
    right, bottom = seen.max(axis=0).astype(int) - 2
    inside = pixels[top:bottom, left:right].astype(int)
    assert (inside[..., 0] > 3 * inside[..., 1]).mean() > 0.99
    around = pixels[top:bottom, left - 40 : left - 6].astype(int)
    assert (around[..., 0] > 3 * around[..., 1]).mean() < 0.01


def test_a_drive_is_written_as_it_is_read(tmp_path: Path) -> None:
    assert write_drive(STREET, tmp_path) == 3
    assert (tmp_path / "rig.yaml").exists()
    cloud = read_cloud(tmp_path / "lidar" / "000002.bin").cloud
    np.testing.assert_array_equal(cloud.points, sweep(STREET, 0.2, 2).points)
    with VideoFile(tmp_path / "camera", fps=10) as camera:
        frames = [packet.data.pixels for packet in camera.packets()]
    np.testing.assert_array_equal(frames[1], picture(STREET, 0.1).pixels)

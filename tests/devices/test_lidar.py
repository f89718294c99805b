from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan import clock
from wugan.devices.lidar import LidarFiles
from wugan.errors import DataError
from wugan.testing import run_stage


def sweep(seed: int = 0, count: int = 100) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-50, 50, (count, 4)).astype(np.float32)


def write_pcd(path: Path, rows: np.ndarray) -> None:
    header = (
        "VERSION 0.7\nFIELDS x y z intensity\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\n"
        f"WIDTH {len(rows)}\nHEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(rows)}\nDATA binary\n"
    )
    path.write_bytes(header.encode() + rows.tobytes())


def test_kitti_sweeps_in_order_at_the_sensor_s_rate(tmp_path: Path) -> None:
    for number in range(5):
        sweep(number).tofile(tmp_path / f"{number:06}.bin")
    packets = run_stage(LidarFiles(tmp_path, rate=10))
    assert [packet.time_ns for packet in packets] == [n * 100_000_000 for n in range(5)]
    for number, packet in enumerate(packets):
        assert np.array_equal(packet.data.points, sweep(number)[:, :3])
        assert packet.data.intensity is not None and np.array_equal(packet.data.intensity, sweep(number)[:, 3])
    assert packets[1].attrs == {"file": "000001.bin"}


def test_beside_a_live_device_sweeps_have_the_times_at_which_they_are_given(tmp_path: Path) -> None:
    for number in range(4):
        sweep(number).tofile(tmp_path / f"{number:06}.bin")
    begun = clock.now_ns()
    packets = run_stage(LidarFiles(tmp_path, rate=100, realtime=True, stamp_now=True))
    assert all(begun < packet.time_ns <= clock.now_ns() for packet in packets)
    assert np.diff([packet.time_ns for packet in packets]).tolist() == [10_000_000] * 3
    with pytest.raises(DataError, match="realtime=True"):
        LidarFiles(tmp_path, stamp_now=True)


def test_numpy_and_open3d_s_formats(tmp_path: Path) -> None:
    import open3d

    rows = sweep()
    np.save(tmp_path / "a.npy", rows[:, :3].astype(np.float64))
    np.save(tmp_path / "b.npy", rows)
    write_pcd(tmp_path / "c.pcd", rows)
    cloud = open3d.t.geometry.PointCloud(rows[:, :3].copy())
    open3d.t.io.write_point_cloud(str(tmp_path / "d.ply"), cloud)
    packets = run_stage(LidarFiles(tmp_path))
    assert [packet.attrs["file"] for packet in packets] == ["a.npy", "b.npy", "c.pcd", "d.ply"]
    for packet in packets:
        assert packet.data.points.dtype == np.float32 and np.allclose(packet.data.points, rows[:, :3])
    assert [packet.data.intensity is not None for packet in packets] == [False, True, True, False]


def test_the_spec_and_reading_one_by_one(tmp_path: Path) -> None:
    for number in range(3):
        sweep(number).tofile(tmp_path / f"{number}.bin")
    lidar = LidarFiles(tmp_path, rate=20)
    assert lidar.spec == {"kind": "points", "rate": 20, "unit": "m"}
    with lidar:
        assert lidar.spec["sweeps"] == 3
        assert [lidar.read().seq for _ in range(3)] == [0, 1, 2]


def test_sweeps_that_are_cut_off_name_the_file(tmp_path: Path) -> None:
    pcd, whole = tmp_path / "c.pcd", sweep()
    write_pcd(pcd, whole)
    ply = tmp_path / "d.ply"
    import open3d

    open3d.t.io.write_point_cloud(str(ply), open3d.t.geometry.PointCloud(whole[:, :3].copy()))
    np.save(tmp_path / "b.npy", whole)
    whole.tofile(tmp_path / "a.bin")
    text = tmp_path / "e.ply"
    points = "\n".join("1 2 3" for _ in range(100))
    head = "ply\nformat ascii 1.0\nelement vertex 100\n" + "".join(f"property float {axis}\n" for axis in "xyz")
    text.write_text(head + "end_header\n" + points + "\n")
    assert len(run_stage(LidarFiles(text))[0].data.points) == 100
    for path in (tmp_path / "a.bin", tmp_path / "b.npy", pcd, ply, text):
        path.write_bytes(path.read_bytes()[:-50])
        with pytest.raises(DataError, match=f"{path.name}.*(cut off|no points)"):
            run_stage(LidarFiles(path))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_points_that_are_not_finite(tmp_path: Path, bad: float) -> None:
    rows = sweep()
    rows[3, 1] = bad
    rows.tofile(tmp_path / "a.bin")
    with pytest.raises(DataError, match=r"a\.bin: 1 of 100 points are not finite"):
        run_stage(LidarFiles(tmp_path))
    (packet,) = run_stage(LidarFiles(tmp_path, drop_nan=True))
    assert len(packet.data.points) == 99 and packet.attrs["not_finite"] == 1


def test_what_is_no_sweep(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        LidarFiles(tmp_path / "none").open()
    with pytest.raises(DataError, match="holds no sweeps"):
        LidarFiles(tmp_path).open()
    (tmp_path / "a.bin").write_bytes(b"")
    with pytest.raises(DataError, match=r"a\.bin holds no points"):
        run_stage(LidarFiles(tmp_path))
    np.save(tmp_path / "a.npy", np.zeros((5, 2)))
    with pytest.raises(DataError, match=r"floats \[N, 3\]"):
        run_stage(LidarFiles(tmp_path / "a.npy"))
    with pytest.raises(DataError, match="rate"):
        LidarFiles(tmp_path, rate=0)


def test_playing_over_and_over_lets_time_go_on(tmp_path: Path) -> None:
    for number in range(2):
        sweep(number).tofile(tmp_path / f"{number}.bin")
    packets = run_stage(LidarFiles(tmp_path, rate=10, loop=3))
    assert [packet.time_ns for packet in packets] == [n * 100_000_000 for n in range(6)]
    assert [packet.attrs["file"] for packet in packets] == ["0.bin", "1.bin"] * 3
    with pytest.raises(DataError, match="loop"):
        LidarFiles(tmp_path, loop=0)


def test_files_that_cannot_be_read_are_passed_over_and_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(4):
        sweep(number).tofile(tmp_path / f"{number}.bin")
    (tmp_path / "1.bin").write_bytes(b"")
    (tmp_path / "3.bin").write_bytes(sweep().tobytes()[:-5])
    with LidarFiles(tmp_path, drop_bad=True) as lidar:
        assert [packet.time_ns for packet in lidar.packets()] == [0, 200_000_000]
    assert lidar.lost == 2
    told = [record.message for record in caplog.records if "it is passed over" in record.message]
    assert len(told) == 2 and "1.bin holds no points" in told[0] and "3.bin" in told[1]
    (tmp_path / "1.bin").rename(tmp_path / "only.bin")
    with pytest.raises(DataError, match=r"only\.bin"):
        run_stage(LidarFiles(tmp_path / "only.bin", drop_bad=True))

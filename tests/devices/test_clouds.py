from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.devices.clouds import SUFFIXES, read_cloud
from wugan.errors import DataError, PluginError


def rows(count: int = 100) -> np.ndarray:
    return np.random.default_rng(0).uniform(-50, 50, (count, 4)).astype(np.float32)


def test_every_format_gives_the_same_cloud(tmp_path: Path) -> None:
    laspy = pytest.importorskip("laspy")
    points = rows()
    points[:, 3] = np.arange(100)
    points.tofile(tmp_path / "a.bin")
    np.hstack([points, np.zeros((100, 1), np.float32)]).tofile(tmp_path / "a.pcd.bin")
    np.save(tmp_path / "a.npy", points)
    np.savez(tmp_path / "a.npz", points=points[:, :3], intensity=points[:, 3])
    for suffix in ("las", "laz"):
        las = laspy.create()
        las.header.scales = np.full(3, 1e-4)
        las.x, las.y, las.z = points[:, :3].T.astype(np.float64)
        las.intensity = points[:, 3].astype(np.uint16)
        las.write(tmp_path / f"a.{suffix}")
    for path in tmp_path.iterdir():
        read = read_cloud(path)
        assert np.allclose(read.cloud.points, points[:, :3], atol=1e-4), path
        assert read.cloud.intensity is not None and np.array_equal(read.cloud.intensity, points[:, 3]), path
        assert (read.cloud.points.dtype, read.not_finite, read.origin) == (np.float32, 0, (0.0, 0.0, 0.0))


def test_open3d_reads_what_we_read(tmp_path: Path) -> None:
    open3d = pytest.importorskip("open3d")
    points = np.round(rows(), 2)
    cloud = open3d.t.geometry.PointCloud(points[:, :3].copy())
    cloud.point["intensity"] = points[:, 3:].copy()
    for number, options in enumerate(({}, {"write_ascii": True}, {"compressed": True})):
        for suffix in ("pcd", "ply"):
            path = tmp_path / f"{number}.{suffix}"
            assert open3d.t.io.write_point_cloud(str(path), cloud, **options)
            read = read_cloud(path).cloud
            assert np.allclose(read.points, points[:, :3], atol=1e-4), path
            assert read.intensity is not None and np.allclose(read.intensity, points[:, 3], atol=1e-4), path


@pytest.mark.parametrize("drop", [True, False])
def test_points_that_are_not_finite_are_dropped_and_counted_or_refused(tmp_path: Path, drop: bool) -> None:
    points = rows()
    points[3, 1], points[7, 0], points[9, 3] = np.nan, np.inf, np.nan
    points.tofile(tmp_path / "a.bin")
    if not drop:
        with pytest.raises(DataError, match=r"a\.bin: 3 of 100 points are not finite; drop_nan=True"):
            read_cloud(tmp_path / "a.bin", drop_nan=False)
        return
    read = read_cloud(tmp_path / "a.bin")
    assert read.not_finite == 3 and len(read.cloud.points) == 97
    assert np.isfinite(read.cloud.points).all()
    points[:, 0] = np.nan
    points.tofile(tmp_path / "a.bin")
    with pytest.raises(DataError, match=r"a\.bin holds no points: none of its 100 is finite"):
        read_cloud(tmp_path / "a.bin")


def test_what_is_cut_off_or_empty_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(rows().tobytes()[:-3])
    with pytest.raises(DataError, match=r"a\.bin has 1597 bytes, no multiple of 16: it is cut off.*again"):
        read_cloud(path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match=r"a\.bin holds no points: an empty sweep"):
        read_cloud(path)
    with pytest.raises(DataError, match=r"cannot be read: No such file"):
        read_cloud(tmp_path / "none.bin")
    with pytest.raises(DataError, match=r"not known \(\.pcd\.bin"):
        read_cloud(tmp_path / "a.txt")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(DataError, match=r"cannot be read: Is a directory"):
        read_cloud(tmp_path / "folder.npy")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_bytes_that_are_something_else_are_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"this is a text, not a cloud")
    with pytest.raises((DataError, PluginError), match=f"a{suffix}"):
        read_cloud(path)


def test_a_survey_keeps_its_millimetres(tmp_path: Path) -> None:
    far = np.array([500_000.0, 5_400_000.0, 300.0])
    points = rows()[:, :3].astype(np.float64)
    np.save(tmp_path / "survey.npy", points + far)
    read = read_cloud(tmp_path / "survey.npy")
    assert read.origin[2] == 0
    assert np.abs(read.cloud.points + np.array(read.origin) - points - far).max() < 1e-4


@pytest.mark.parametrize(("dtype", "unit"), [("f8", 1.0), ("f4", 1.0), ("u4", 1e9), ("i8", 1e9)])
def test_times_of_points_are_seconds_from_the_first(tmp_path: Path, dtype: str, unit: float) -> None:
    table = np.zeros(50, [("x", "f4"), ("y", "f4"), ("z", "f4"), ("reflectivity", "u1"), ("t", dtype)])
    seconds = np.linspace(0, 0.1, 50)
    table["t"] = (seconds + 2) * unit
    np.save(tmp_path / "a.npy", table)
    cloud = read_cloud(tmp_path / "a.npy").cloud
    assert cloud.time_s is not None and np.allclose(cloud.time_s, seconds, atol=1e-6)
    assert cloud.intensity is not None and not cloud.intensity.any()


def test_arrays_of_another_shape_are_refused(tmp_path: Path) -> None:
    for points in (np.zeros((5, 2)), np.zeros(5), np.zeros((5, 3), int), np.zeros((5, 3), complex)):
        np.save(tmp_path / "a.npy", points)
        with pytest.raises(DataError, match=r"floats \[N, 3\] or \[N, 4\]"):
            read_cloud(tmp_path / "a.npy")
    np.savez(tmp_path / "a.npz", points=np.zeros((5, 3)), intensity=np.zeros(4))
    with pytest.raises(DataError, match="intensity is float64"):
        read_cloud(tmp_path / "a.npz")
    np.save(tmp_path / "a.npy", np.zeros(3, [("x", "f4"), ("y", "f4")]))
    with pytest.raises(DataError, match="has no field z; it has x, y"):
        read_cloud(tmp_path / "a.npy")


def test_kitti(data_root: Path) -> None:
    sweeps = sorted((data_root / "kitti" / "velodyne").glob("*.bin"))
    assert len(sweeps) == 12
    cloud = read_cloud(sweeps[0]).cloud
    assert 70_000 <= len(cloud.points) <= 130_000 and cloud.intensity is not None
    assert cloud.intensity.min() >= 0 and cloud.intensity.max() <= 1

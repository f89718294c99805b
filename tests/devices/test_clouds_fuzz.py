"""Any bytes give a `DataError` (or `PluginError`) or a usable cloud; nothing else is raised, and nothing crashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.devices.clouds import SUFFIXES, read_cloud
from wugan.errors import DataError, PluginError

POINTS = np.random.default_rng(0).uniform(-50, 50, (12, 4)).astype(np.float32)
fuzzed = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def whole(folder: Path, suffix: str) -> bytes:
    """A good file of each kind, of 12 points."""
    path = folder / f"whole{suffix}"
    if suffix in (".las", ".laz"):
        laspy = pytest.importorskip("laspy")
        las = laspy.create()
        las.x, las.y, las.z = POINTS[:, :3].T.astype(np.float64)
        las.write(path)
    elif suffix == ".npy":
        np.save(path, POINTS)
    elif suffix == ".npz":
        np.savez_compressed(path, points=POINTS)
    elif suffix == ".bin":
        path.write_bytes(POINTS.tobytes())
    elif suffix == ".pcd.bin":
        path.write_bytes(np.hstack([POINTS, POINTS[:, :1]]).tobytes())
    else:
        open3d = pytest.importorskip("open3d")
        cloud = open3d.t.geometry.PointCloud(POINTS[:, :3].copy())
        open3d.t.io.write_point_cloud(str(path), cloud, compressed=True)
    return path.read_bytes()


def check(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        cloud = read_cloud(path).cloud
    except (DataError, PluginError) as error:
        assert path.name in str(error)
        return
    assert cloud.points.shape == (len(cloud.points), 3) and len(cloud.points)
    assert np.isfinite(cloud.points).all() and cloud.points.flags.c_contiguous
    assert cloud.intensity is None or np.isfinite(cloud.intensity).all()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files(tmp_path: Path, suffix: str) -> None:
    good = whole(tmp_path, suffix)
    assert len(read_cloud(tmp_path / f"whole{suffix}").cloud.points) == 12

    # LAZ is unpacked in a process of its own, for it would take ours with it.
    @settings(fuzzed, max_examples=3 if suffix == ".laz" else 40)
    @given(
        st.integers(0, len(good)),
        st.lists(st.tuples(st.integers(0, len(good) - 1), st.integers(0, 255)), max_size=4),
        st.binary(max_size=20),
    )
    def damage(length: int, changes: list[tuple[int, int]], tail: bytes) -> None:
        content = bytearray(good)
        for place, value in changes:
            content[place] = value
        check(tmp_path / f"damaged{suffix}", bytes(content[:length]) + tail)

    damage()


PCD = "FIELDS {} {} {}\nSIZE {} 4 4\nTYPE {} F F\nCOUNT {} 1 1\nPOINTS {}\nDATA {}\n"
NUMBERS = st.sampled_from(["0", "1", "3", "-1", "99999999999", "x", ""])


@fuzzed
@given(
    st.lists(st.sampled_from(["x", "y", "z", "t", ""]), min_size=3, max_size=3),
    NUMBERS,
    st.sampled_from("FIUX"),
    NUMBERS,
    NUMBERS,
    st.sampled_from(["ascii", "binary", "binary_compressed", ""]),
    st.binary(max_size=60) | st.sampled_from([b"1 2 3\n4 nan 6\n", b"1 2 x"]),
)
def test_pcd_headers(
    tmp_path: Path, names: list[str], size: str, kind: str, count: str, points: str, form: str, body: bytes
) -> None:
    check(tmp_path / "a.pcd", PCD.format(*names, size, kind, count, points, form).encode() + body)


@fuzzed
@given(
    st.sampled_from(["ascii", "binary_little_endian", "binary_big_endian", ""]),
    NUMBERS,
    st.lists(st.sampled_from(["float x", "double y", "uchar z", "float z", "list uchar int i", ""]), max_size=5),
    st.binary(max_size=60) | st.just(b"1 2 3\n4 5 6\n"),
)
def test_ply_headers(tmp_path: Path, form: str, count: str, properties: list[str], body: bytes) -> None:
    head = [f"format {form} 1.0", f"element vertex {count}", *(f"property {one}" for one in properties), "end_header"]
    check(tmp_path / "a.ply", "\n".join(["ply", *head, ""]).encode() + body)

"""Voxels, ground, Morton order, views, projection, proposals and ego-motion beside Open3D and numpy, on one core.

    python benchmarks/points/geometry.py [FOLDER of KITTI .bin] [--full] [--json]

Without a folder it looks for the public KITTI sweeps (`WUGAN_DATA/kitti/velodyne`), and otherwise makes sweeps of a
plane with boxes on it. Prints the median and the 99th percentile of the time for a sweep, and how many times longer the
peer takes in the same run. Peers do what comes nearest: Open3D's voxels come without order and without the place of
each point, its `segment_plane` finds one plane only, its projection gives a depth image and not each point's pixel, and
its clusters (DBSCAN, of one sweep) come without ground removal and boxes.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and Open3D start their threads

import numpy as np
import open3d

from wugan.calibration import CameraModel, Transform
from wugan.devices.clouds import read_cloud
from wugan.modalities.points import BirdsEye, EgoMotion, GroundFinder, PointEncoder, Proposals, RangeView, voxelise
from wugan.morton import morton_order
from wugan.packet import Packet
from wugan.signals import PointCloud

SIZE = 0.2  # m of a voxel
CELL = 0.1  # m of a cell of the Morton order
WIDTH, HEIGHT = 1242, 375  # of a picture
MATRIX = np.array([[721.5, 0, 609.6], [0, 721.5, 172.9], [0, 0, 1]])
MOUNT = Transform.of("lidar", "camera", [0.5, 0.5, -0.5, 0.5], [0.0, -0.08, -0.27])  # x ahead to z ahead
QUICK, FULL = 2, 10  # times that each sweep is gone through


def made(count: int = 12, points: int = 110_000) -> list[PointCloud]:
    """Sweeps of a gentle slope with boxes on it, for where there are no real ones."""
    clouds = []
    for seed in range(count):
        random = np.random.default_rng(seed)
        ground = random.normal(0, 20, (points // 2, 3))
        ground[:, 2] = 0.03 * ground[:, 0] - 1.7 + random.normal(0, 0.02, len(ground))
        middle = random.uniform(-40, 40, (60, 3))[random.integers(0, 60, points - len(ground))]
        boxes = middle + random.uniform(-1, 1, middle.shape) * (2.1, 0.9, 0)
        boxes[:, 2] = 0.03 * boxes[:, 0] - 1.7 + random.uniform(0, 1.5, len(boxes))
        clouds.append(PointCloud(np.concatenate([ground, boxes]).astype(np.float32), None))
    return clouds


def times(work: Callable[[Any], object], inputs: Iterable[Any], rounds: int) -> list[float]:
    """Milliseconds for each input, after one that does not count."""
    inputs = list(inputs)
    work(inputs[0])
    found = []
    for _ in range(rounds):
        for one in inputs:
            start = time.perf_counter()
            work(one)
            found.append((time.perf_counter() - start) * 1e3)
    return found


def legacy(points: np.ndarray) -> open3d.geometry.PointCloud:
    return open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points.astype(np.float64)))


def numpy_voxels(points: np.ndarray) -> np.ndarray:
    cells = np.floor(points / SIZE).astype(np.int64)
    _, index, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    sums = np.stack([np.bincount(index.ravel(), points[:, axis]) for axis in range(3)], 1)
    return sums / counts[:, None]


def numpy_morton(points: np.ndarray) -> np.ndarray:
    cells = np.floor((points - points.min(0)) / CELL).astype(np.int64)
    code = np.zeros(len(cells), np.int64)
    for bit in range(20):
        for axis in range(3):
            code |= ((cells[:, axis] >> bit) & 1) << (3 * bit + axis)
    return np.argsort(code, kind="stable")


def numpy_range_view(points: np.ndarray) -> np.ndarray:
    distance = np.linalg.norm(points, axis=1)
    row = ((3 - np.degrees(np.arcsin(points[:, 2] / distance))) * 64 / 28).astype(int)
    column = ((np.pi - np.arctan2(points[:, 1], points[:, 0])) * 2048 / (2 * np.pi)).astype(int) % 2048
    inside = (row >= 0) & (row < 64)
    image = np.full(64 * 2048, np.inf)
    np.minimum.at(image, row[inside] * 2048 + column[inside], distance[inside])
    return image


def numpy_projection(points: np.ndarray) -> np.ndarray:
    seen = points @ MOUNT.rotation.T + MOUNT.translation
    seen = seen[seen[:, 2] > 0]
    pixels = seen @ MATRIX.T
    pixels = pixels[:, :2] / pixels[:, 2:]
    return pixels[(pixels >= 0).all(axis=1) & (pixels < (WIDTH, HEIGHT)).all(axis=1)]


def open3d_projection(cloud: open3d.t.geometry.PointCloud) -> object:
    return cloud.project_to_depth_image(WIDTH, HEIGHT, MATRIX, MOUNT.matrix, 1.0, 100.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    root = Path(os.environ.get("WUGAN_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
    parser.add_argument("folder", nargs="?", type=Path, default=root / "kitti" / "velodyne")
    parser.add_argument("--full", action="store_true", help=f"{FULL} rounds instead of {QUICK}")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rounds = FULL if options.full else QUICK
    files = sorted(options.folder.glob("*.bin")) if options.folder.is_dir() else []
    clouds = [read_cloud(path).cloud for path in files] or made()
    sweeps = [cloud.points for cloud in clouds]
    theirs = [legacy(points) for points in sweeps]
    finder, proposals, encoder, ego = GroundFinder(), Proposals(), PointEncoder(), EgoMotion()
    tensors = [open3d.t.geometry.PointCloud(points.copy()) for points in sweeps]
    camera = CameraModel(MATRIX, WIDTH, HEIGHT, "camera")
    standing = [points[~finder.find(points).mask] for points in sweeps]
    near = [legacy(points[np.linalg.norm(points[:, :2], axis=1) < proposals.reach]) for points in standing]
    open3d.utility.random.seed(0)

    def drive(cloud: PointCloud, clock: list[int] = [0]) -> None:  # noqa: B006
        clock[0] += 100_000_000
        ego.step(cloud, clock[0])

    cases: list[tuple[str, str, Callable[[Any], object], list[Any], str, Callable[[Any], object] | None, list[Any]]] = [
        ("voxels", "0.2 m", lambda p: voxelise(p, SIZE), sweeps, "Open3D", lambda c: c.voxel_down_sample(SIZE), theirs),
        ("voxels", "0.2 m", lambda p: voxelise(p, SIZE), sweeps, "numpy", numpy_voxels, sweeps),
        ("ground", "", finder.find, sweeps, "Open3D plane", lambda c: c.segment_plane(0.2, 3, 100), theirs),
        ("Morton order", "0.1 m", lambda p: morton_order(p, CELL), sweeps, "numpy", numpy_morton, sweeps),
        ("range view", "64 × 2048", RangeView().project, clouds, "numpy", numpy_range_view, sweeps),
        (
            "projection",
            "1242 × 375",
            lambda p: camera.project_from(p, MOUNT),
            sweeps,
            "numpy",
            numpy_projection,
            sweeps,
        ),
        (
            "projection",
            "1242 × 375",
            lambda p: camera.project_from(p, MOUNT),
            sweeps,
            "Open3D",
            open3d_projection,
            tensors,
        ),
        ("bird's-eye maps", "500 × 400", BirdsEye().project, clouds, "", None, []),
        ("proposals", "all", proposals.propose, clouds, "Open3D DBSCAN", lambda c: c.cluster_dbscan(0.4, 5), near[:1]),
        ("tokens", "0.8 m", lambda c: encoder.encode([Packet(c, 0)]), clouds, "", None, []),
        ("ego-motion", "GICP", drive, clouds, "", None, []),
    ]
    rows = []
    for name, detail, ours, given, peer, work, given_theirs in cases:
        own = times(ours, given, rounds)
        row: dict[str, Any] = {"what": name, "of": detail, "ms": np.median(own), "p99_ms": np.quantile(own, 0.99)}
        if work is not None:
            other = float(np.median(times(work, given_theirs, rounds if len(given_theirs) > 1 else 1)))
            row |= {"peer": peer, "peer_ms": other, "ratio": other / row["ms"]}
        rows.append(row)
    points = int(np.mean([len(one) for one in sweeps]))
    if options.json:
        print(json.dumps({"points": points, "sweeps": len(sweeps), "real": bool(files), "rows": rows}, default=float))
        return
    print(
        f"{len(sweeps)} {'KITTI' if files else 'made'} sweeps of {points} points on average, {rounds} rounds, one core"
    )
    print(f"{'':16}{'':11}{'median':>9}{'p99':>9}   peer")
    for row in rows:
        told = f"{row['peer']} {row['peer_ms']:.1f} ms: {row['ratio']:.1f} ×" if "peer" in row else ""
        print(f"{row['what']:16}{row['of']:11}{row['ms']:6.1f} ms{row['p99_ms']:6.1f} ms   {told}")


if __name__ == "__main__":
    main()

"""Age of decisions, drops and times by stage, with a camera and a lidar played at their rate, beside a plain loop.

    python benchmarks/perception/realtime.py [--sweeps 240] [--rates 10 30] [--runs plain local ray] [--json]
    python benchmarks/perception/realtime.py --runs ray --coco     # with CocoDetector on each picture

Plays the 12 KITTI sweeps and pictures of the data folder ($WUGAN_DATA, else ../shared/data beside the checkout) over
and over. Age: from the moment at which a sensor would have given the sweep until its decision; every sweep from the
first on counts. The peer is what one writes first: one loop that waits for the newest sweep, decodes it and its
picture, thins it (Open3D voxels of 0.2 m), takes the ground away (Open3D's `segment_plane`), groups (Open3D's DBSCAN),
boxes, compares with the boxes before, and asks the same decision. It needs no fusion: its picture is only decoded.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import tempfile
import time
from pathlib import Path
from typing import Any, Literal

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and Open3D start their threads

import cv2
import numpy as np
import open3d

from wugan.apps.perception.decision import Holder, Sense, decide
from wugan.apps.perception.perceiver import Perceived
from wugan.apps.perception.pipeline import Report, Rig, camera_source, drops_of, lidar_source, perception
from wugan.calibration import Calibration
from wugan.modalities.points import read_calibration
from wugan.modalities.video import CocoDetector
from wugan.objects import Box3D

ROOT = Path(__file__).resolve().parents[3]
FILES = 12
LIDAR = """R: 7.533745e-03 -9.999714e-01 -6.166020e-04 1.480249e-02 7.280733e-04 -9.998902e-01 9.998621e-01 \
7.523790e-03 1.480755e-02
T: -4.069766e-03 -7.631618e-02 -2.717806e-01
"""
CAMERA = """R_rect_00: 9.999239e-01 9.837760e-03 -7.445048e-03 -9.869795e-03 9.999421e-01 -4.278459e-03 7.402527e-03 \
4.351614e-03 9.999631e-01
S_rect_02: 1.242000e+03 3.750000e+02
P_rect_02: 7.215377e+02 0 6.095593e+02 4.485728e+01 0 7.215377e+02 1.728540e+02 2.163791e-01 0 0 1 2.745884e-03
"""
Row = dict[str, Any]


def kitti_calibration() -> Calibration:
    """The calibration of KITTI's 2011-09-26."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "calib_velo_to_cam.txt").write_text(LIDAR)
        Path(folder, "calib_cam_to_cam.txt").write_text(CAMERA)
        return read_calibration(Path(folder))


def wugan_run(data: Path, runtime: Literal["local", "ray"], rate: float, loops: int, coco: bool) -> Row:
    """The pipeline of `wugan perceive`."""
    rig = Rig(kitti_calibration(), detector=CocoDetector() if coco else None)
    camera = camera_source(str(data / "image_02"), rate, loops)
    pipeline = perception(camera, lidar_source(str(data / "velodyne"), rate, loops), rig)
    results: queue.Queue[Perceived] = queue.Queue()
    pipeline.sink(lambda packet: results.put(packet.data), pipeline.nodes["decision"], name="results")
    started = time.monotonic()
    with pipeline.run(runtime) as running:
        warm = time.monotonic() - started
        running.wait()
        report, lags, supported = Report(), [], 0
        while not results.empty():
            report.take(one := results.get())
            lags.append(one.camera_lag_ms)
            supported += sum(thing.camera > 0.2 for thing in one.objects)
        stages = {
            name: (stats["p50_ms"], stats["p99_ms"])
            for name, stats in running.stats().items()
            if name in ("proposals", "evidence", "scenes", "decision")
        }
        row = told(runtime, rate, report.ages_ms, drops_of(running))
    return {
        **row,
        "stages": stages,
        "warm_s": round(warm, 1),
        "supported": supported / max(1, len(lags)),
        "without_picture": sum(lag is None for lag in lags),
        "picture_off_ms": max((abs(lag) for lag in lags if lag is not None), default=None),
    }


def told(name: str, rate: float, ages: list[float], drops: dict[str, int]) -> Row:
    """One row of the table."""
    return {
        "run": name,
        "hz": rate,
        "results": len(ages),
        "age_p50_ms": float(np.percentile(ages, 50)),
        "age_p99_ms": float(np.percentile(ages, 99)),
        "age_max_ms": max(ages),
        "late": sum(age > 100 for age in ages),
        "drops": drops,
    }


class Plain:
    """The loop that one writes first."""

    def __init__(self) -> None:
        self.last: list[Box3D] = []
        self.last_s = 0.0
        self.holder = Holder()
        open3d.utility.random.seed(0)

    def step(self, sweep: Path, picture: Path, time_s: float, due: float) -> None:
        """One sweep."""
        points = np.fromfile(sweep, np.float32).reshape(-1, 4)[:, :3]
        cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
        points = points[np.isfinite(points).all(axis=1) & (np.abs(points[:, :2]) < 70).all(axis=1)]
        cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points.astype(np.float64)))
        cloud = cloud.voxel_down_sample(0.2)
        _, ground = cloud.segment_plane(0.2, 3, 100)
        cloud = cloud.select_by_index(ground, invert=True)
        labels, left = np.asarray(cloud.cluster_dbscan(0.6, 5)), np.asarray(cloud.points)
        boxes = []
        for one in range(labels.max() + 1):
            low, high = left[labels == one].min(axis=0), left[labels == one].max(axis=0)
            if (high - low)[:2].max() < 14 and high[2] - low[2] > 0.4:
                boxes.append(self._moving((low + high) / 2, high - low, time_s))
        self.last, self.last_s = boxes, time_s
        age_ms = (time.monotonic() - due) * 1e3
        self.holder.hold(decide(boxes, {"lidar": Sense(age_ms, needed=True)}, age_ms))

    def _moving(self, center: np.ndarray, size: np.ndarray, time_s: float) -> Box3D:
        velocity = (0.0, 0.0, 0.0)
        if self.last and time_s > self.last_s:
            off = center - np.array([box.center for box in self.last])
            nearest = off[np.linalg.norm(off, axis=1).argmin()]
            if np.linalg.norm(nearest) < 2.0:
                velocity = tuple((nearest / (time_s - self.last_s)).tolist())
        return Box3D(tuple(center.tolist()), tuple(np.maximum(size, 0.1).tolist()), 0.0, "lidar", velocity=velocity)


def plain_run(data: Path, rate: float, loops: int) -> Row:
    """The newest sweep that is due, again and again."""
    sweeps, pictures = sorted((data / "velodyne").glob("*.bin")), sorted((data / "image_02").glob("*.png"))
    plain = Plain()
    plain.step(sweeps[0], pictures[0], 0.0, time.monotonic())  # what is loaded at first use
    ages, drops, number, count = [], 0, 0, loops * len(sweeps)
    began = time.monotonic()
    while number < count:
        newest = min(int((time.monotonic() - began) * rate), count - 1)
        drops, number = drops + max(0, newest - number), max(newest, number)
        due = began + number / rate
        time.sleep(max(0.0, due - time.monotonic()))
        plain.step(sweeps[number % len(sweeps)], pictures[number % len(pictures)], number / rate, due)
        ages.append((time.monotonic() - due) * 1e3)
        number += 1
    return told("plain", rate, ages, {"sweeps": drops} if drops else {})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    default = Path(os.environ.get("WUGAN_DATA", ROOT / "shared" / "data")) / "kitti"
    parser.add_argument("folder", nargs="?", type=Path, default=default)
    parser.add_argument("--sweeps", type=int, default=240)
    parser.add_argument("--rates", type=float, nargs="+", default=[10.0, 30.0])
    parser.add_argument("--runs", nargs="+", choices=["plain", "local", "ray"], default=["plain", "local", "ray"])
    parser.add_argument("--coco", action="store_true", help="find things in the pictures too; see docs/senses/video.md")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    loops = max(1, round(options.sweeps / FILES))
    if not options.json:
        print(f"{'':8}{'Hz':>4}{'results':>9}{'age p50':>9}{'p99':>7}{'max':>7}  >100 ms  drops")
    for rate in options.rates:
        for run in options.runs:
            row = (
                plain_run(options.folder, rate, loops)
                if run == "plain"
                else wugan_run(options.folder, run, rate, loops, options.coco)
            )
            if options.json:
                print(json.dumps(row), flush=True)
                continue
            ages = f"{row['age_p50_ms']:9.1f}{row['age_p99_ms']:7.1f}{row['age_max_ms']:7.1f}"
            drops = ", ".join(f"{name} {count}" for name, count in row["drops"].items()) or "none"
            print(f"{row['run']:8}{row['hz']:4.0f}{row['results']:9}{ages}{row['late']:9}  {drops}", flush=True)
            for stage, (p50, p99) in row.get("stages", {}).items():
                print(f"{'':12}{stage:10} p50 {p50:6.1f} ms, p99 {p99:6.1f} ms")
            if "warm_s" in row:
                off, none = row["picture_off_ms"], row["without_picture"]
                print(f"{'':12}ready after {row['warm_s']} s; picture off by at most {off} ms, none for {none}")
                if options.coco:
                    print(f"{'':12}objects that the picture supports: {row['supported']:.1f} a sweep")


if __name__ == "__main__":
    main()

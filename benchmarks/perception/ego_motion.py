"""The sensor's own motion from its sweeps, beside baselines in the same run; and what it is good for.

    python benchmarks/perception/ego_motion.py [--sweeps 60]

Motion from sweep to sweep, against a truth:

- `weaving`, `braking`: made-up streets (`wugan.apps.perception.street`), whose truth is exact.
- `kitti`: the 12 sweeps of `kitti/` in the data folder ($WUGAN_DATA, else ../shared/data by the checkout). They come
  without GPS or IMU. The reference is the camera's: features of one picture with the lidar's depth, found again in the
  next picture (PnP, RANSAC). `itself` says how far its steps over two pictures are from two steps over one: what is
  nearer to the reference than that cannot be told apart.

Baselines: `still` (no motion), `as before` (the true motion of the step before: persistence at its best), and Open3D's
point-to-plane ICP from sweep to sweep, thinned to 0.5 m as ours. Errors are root mean squares of a step; `way` is the
error of the whole way in percent of it.

Then velocities of tracked objects on the made-up streets (after a second; root mean square and median of the error),
without ego-motion, with it, and with poses that are always one sweep late, so that they are predicted.
"""

from __future__ import annotations

import argparse
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and Open3D start their threads

import cv2
import numpy as np
import open3d

from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.perceiver import Perceiver
from wugan.apps.perception.street import Street, braking_street, sweep, weaving_street
from wugan.calibration import CameraModel, Transform
from wugan.devices.clouds import read_cloud
from wugan.modalities.points import EgoMotion, Proposals
from wugan.packet import Packet
from wugan.signals import PointCloud

Array = np.ndarray

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data")) / "kitti"
STEP_NS = 100_000_000
#: KITTI, 2011-09-26: rectified camera 2, and the lidar's place in its frame.
FOCAL, CENTRE = 721.5377, (609.5593, 172.8540)
VELO_TO_CAM = """7.533745e-03 -9.999714e-01 -6.166020e-04 -4.069766e-03 1.480249e-02 7.280733e-04 -9.998902e-01
-7.631618e-02 9.998621e-01 7.523790e-03 1.480755e-02 -2.717806e-01"""
RECTIFY = """9.999239e-01 9.837760e-03 -7.445048e-03 -9.869795e-03 9.999421e-01 -4.278459e-03 7.402527e-03 4.351614e-03
9.999631e-01"""
BASELINE = (44.85728 / FOCAL, 0.2163791 / FOCAL, 0.002745884)


@dataclass
class Drive:
    """Sweeps, and the truth: the sensor's motion from each to the next, [N - 1, 4, 4]."""

    name: str
    clouds: list[PointCloud]
    steps: list[Array]
    itself: str = ""
    street: Street | None = field(default=None, repr=False)


def made(name: str, street: Street, count: int) -> Drive:
    clouds = [sweep(street, number / 10, number) for number in range(count)]
    poses = [street.ego.at(number / 10).pose for number in range(count)]
    steps = [np.linalg.inv(one) @ two for one, two in zip(poses, poses[1:], strict=False)]
    return Drive(name, clouds, steps, street=street)


def kitti() -> Drive | None:
    files = sorted((DATA / "velodyne").glob("*.bin"))
    if not files:
        return None
    clouds = [read_cloud(path).cloud for path in files]
    pictures = [cv2.imread(str(DATA / "image_02" / f"{path.stem}.png"), cv2.IMREAD_GRAYSCALE) for path in files]
    turn = np.eye(4)
    turn[:3, :3] = np.array(RECTIFY.split(), float).reshape(3, 3)
    mount = np.eye(4)
    mount[:3] = np.array(VELO_TO_CAM.split(), float).reshape(3, 4)
    mount = turn @ mount
    mount[:3, 3] += BASELINE
    lidar_to_camera = Transform.of("lidar", "camera", mount[:3, :3], mount[:3, 3])
    matrix = np.array([[FOCAL, 0, CENTRE[0]], [0, FOCAL, CENTRE[1]], [0, 0, 1]])
    camera = CameraModel(matrix, pictures[0].shape[1], pictures[0].shape[0], "camera")

    def step(one: int, two: int) -> Array:
        return seen_motion(pictures[one], pictures[two], clouds[one], camera, lidar_to_camera)

    steps = [step(number, number + 1) for number in range(len(files) - 1)]
    doubled = [step(number, number + 2) for number in range(len(files) - 2)]
    apart = [np.linalg.inv(steps[n] @ steps[n + 1]) @ doubled[n] for n in range(len(doubled))]
    moved, turned = rms([np.linalg.norm(one[:3, 3]) for one in apart]), rms([angle(one) for one in apart])
    return Drive("kitti", clouds, steps, f"{100 * moved:.1f} cm, {turned:.3f}°")


def seen_motion(one: Array, two: Array, cloud: PointCloud, camera: CameraModel, mount: Transform) -> Array:
    """The sensor's motion between two pictures: features with the lidar's depth, and where they are in the second."""
    corners = cv2.goodFeaturesToTrack(one, 3000, 0.003, 6)
    moved, there, _ = cv2.calcOpticalFlowPyrLK(one, two, corners, None, winSize=(21, 21), maxLevel=4)
    back, again, _ = cv2.calcOpticalFlowPyrLK(two, one, moved, None, winSize=(21, 21), maxLevel=4)
    held = (there.ravel() > 0) & (again.ravel() > 0) & (np.abs(back - corners).max(axis=(1, 2)) < 0.3)
    first, second = corners[held, 0], moved[held, 0]
    seen = camera.project_from(cloud.points, mount)
    pixels, depth = seen.pixels[seen.mask], seen.depth[seen.mask]
    places, shown = [], []
    for at, then in zip(first, second, strict=True):
        close = depth[np.abs(pixels - at).max(axis=1) < 3]
        if len(close) >= 2 and np.ptp(close) < 0.03 * close.mean():  # on one surface, not at an edge
            places.append(camera.unproject(at[None], np.array([close.mean()]))[0])
            shown.append(then)
    found, turn, shift, inside = cv2.solvePnPRansac(
        np.array(places), np.array(shown, float), camera.matrix, None, iterationsCount=2000, reprojectionError=1.0
    )
    if not found or len(inside) < 30:
        raise SystemExit("the pictures do not give the motion: too few features with depth")
    inside = inside.ravel()
    turn, shift = cv2.solvePnPRefineLM(
        np.array(places)[inside], np.array(shown, float)[inside], camera.matrix, None, turn, shift
    )
    there = np.eye(4)
    there[:3, :3], there[:3, 3] = cv2.Rodrigues(turn)[0], shift.ravel()
    return np.asarray(np.linalg.inv(mount.matrix) @ np.linalg.inv(there) @ mount.matrix)


def ours(drive: Drive) -> tuple[list[Array], list[float]]:
    ego = EgoMotion()
    ego.warm_up()
    found, times = [], []
    for number, cloud in enumerate(drive.clouds):
        start = time.perf_counter()
        found.append(ego.step(cloud, number * STEP_NS).motion)
        times.append(time.perf_counter() - start)
    return found[1:], times[1:]


def still(drive: Drive) -> tuple[list[Array], list[float]]:
    return [np.eye(4)] * len(drive.steps), [0.0]


def as_before(drive: Drive) -> tuple[list[Array], list[float]]:
    return [np.eye(4), *drive.steps[:-1]], [0.0]


def open3d_icp(drive: Drive) -> tuple[list[Array], list[float]]:
    registration = open3d.pipelines.registration
    before, found, times = None, [], []
    for cloud in drive.clouds:
        start = time.perf_counter()
        points = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(cloud.points.astype(np.float64)))
        thin = points.voxel_down_sample(0.5)
        thin.estimate_normals(open3d.geometry.KDTreeSearchParamKNN(10))
        if before is not None:
            guess = found[-1] if found else np.eye(4)
            result = registration.registration_icp(
                thin, before, 2.0, guess, registration.TransformationEstimationPointToPlane()
            )
            found.append(np.asarray(result.transformation))
            times.append(time.perf_counter() - start)
        before = thin
    return found, times


METHODS: dict[str, Callable[[Drive], tuple[list[Array], list[float]]]] = {
    "wugan": ours,
    "still": still,
    "as before": as_before,
    "Open3D ICP": open3d_icp,
}


def angle(pose: Array) -> float:
    """Degrees of a rotation."""
    return math.degrees(math.acos(min(1.0, max(-1.0, (float(np.trace(pose[:3, :3])) - 1) / 2))))


def rms(values: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else math.nan


def whole(steps: Sequence[Array]) -> Array:
    found = np.eye(4)
    for step in steps:
        found = found @ step
    return found


def velocities(drive: Drive, how: str) -> tuple[list[float], list[float]]:
    """Errors of tracked objects' velocities: relative to the sensor, and over ground."""
    assert drive.street is not None
    perceiver = Perceiver(camera=False, ego_motion=how != "without", now_ns=lambda: 1)
    perceiver.warm_up()
    proposals, ego, late = Proposals(), EgoMotion(), None
    relative, ground = [], []
    for number, cloud in enumerate(drive.clouds):
        time_ns = number * STEP_NS
        found = proposals.propose(cloud, time_ns)
        scene = Scene(found, np.zeros(len(found), np.float32), entered_ns=1)
        if how != "without":
            now = ego.step(cloud, time_ns)
            scene.ego, scene.ego_ns = (now, time_ns) if how == "with" else (late, time_ns - STEP_NS)
            late = now
        (packet,) = perceiver.process(Packet(scene, time_ns, stream="fused", seq=number))
        for box, over in drive.street.truth(number / 10) if number >= 10 else ():
            for one in packet.data.objects:
                if one.stage == "confirmed" and math.dist(one.center[:2], box.center[:2]) < 1.2:
                    assert box.velocity is not None
                    relative.append(math.dist(one.velocity[:2], box.velocity[:2]))
                    if one.ground_velocity is not None:
                        ground.append(math.dist(one.ground_velocity[:2], over))
    return relative, ground


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sweeps", type=int, default=60, help="of the made-up streets")
    count = parser.parse_args().sweeps
    made_up = [made("weaving", weaving_street(), count), made("braking", braking_street(), count)]
    real = kitti()
    print(f"{'drive':10}{'method':14}{'step':>10}{'turn':>10}{'way':>9}{'median':>11}")
    for drive in [*made_up, *([real] if real else [])]:
        length = sum(float(np.linalg.norm(step[:3, 3])) for step in drive.steps)
        for name, method in METHODS.items():
            found, times = method(drive)
            off = [np.linalg.inv(truth) @ one for truth, one in zip(drive.steps, found, strict=True)]
            moved = rms([float(np.linalg.norm(one[:3, 3])) for one in off])
            end = np.linalg.inv(whole(drive.steps)) @ whole(found)
            way = float(np.linalg.norm(end[:3, 3])) / length
            print(
                f"{drive.name:10}{name:14}{100 * moved:7.1f} cm{rms([angle(one) for one in off]):9.3f}°{way:8.1%}"
                f"{1e3 * float(np.median(times)):8.1f} ms"
            )
        if drive.itself:
            print(f"{drive.name:10}{'(itself)':14}{drive.itself}; {length:.2f} m in {len(drive.steps)} steps")
    print(f"\n{'velocities':14}{'ego-motion':12}{'relative rms':>14}{'median':>9}{'over ground rms':>18}{'median':>9}")
    for drive in made_up:
        for how in ("without", "with", "late"):
            relative, ground = velocities(drive, how)
            over = f"{rms(ground):13.2f} m/s{np.median(ground):9.2f}" if ground else f"{'-':>17}{'-':>9}"
            print(f"{drive.name:14}{how:12}{rms(relative):10.2f} m/s{np.median(relative):9.2f}{over}")


if __name__ == "__main__":
    main()

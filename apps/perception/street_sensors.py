"""What a lidar and a camera on the vehicle give of a made-up street: rays that are cast, and faces that are painted."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.street import MOUNTED, Street
from wugan.calibration import Calibration, CameraModel, Frames, Transform
from wugan.devices.opencv import opencv
from wugan.objects import Box3D
from wugan.signals import Image, PointCloud

WIDTH, HEIGHT, FOCAL = 1024, 320, 560.0
_RINGS = np.radians(np.linspace(2.0, -24.8, 64))
_COLUMNS = 720
_FAR = 80.0  # m
_NOISE = 0.015  # m, standard deviation of a range
_FACES = ((0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7))  # left, rear, right, front, top
_LIGHT = (0.8, 0.62, 0.92, 0.7, 1.1)
_NEAR = 0.2  # m before the camera
_SKY, _ROAD, _PAVEMENT, _LINE = (196, 212, 226), (84, 87, 92), (128, 126, 120), (214, 214, 208)


def rig() -> Calibration:
    """The vehicle's sensors: frames `lidar` and `front`, camera `front`."""
    matrix = np.array([[FOCAL, 0, WIDTH / 2], [0, FOCAL, HEIGHT / 2 - 10], [0, 0, 1]])
    mount = Transform.of("lidar", "front", [0.5, 0.5, -0.5, 0.5], [0.0, -0.08, -0.27])
    return Calibration(Frames([mount]), {"front": CameraModel(matrix, WIDTH, HEIGHT, "front")})


def sweep(street: Street, seconds: float, seed: int = 0) -> PointCloud:
    """One turn of the lidar, as if all of it were seen at one moment; points in its frame, intensity 0…1."""
    azimuth = np.linspace(-math.pi, math.pi, _COLUMNS, endpoint=False)
    level, rise = np.cos(_RINGS), np.sin(_RINGS)
    rays = np.stack(
        [np.cos(azimuth)[:, None] * level, np.sin(azimuth)[:, None] * level, np.broadcast_to(rise, (_COLUMNS, 64))], -1
    )
    with np.errstate(divide="ignore"):
        reach = np.where(rise < 0, -MOUNTED / rise, np.inf)
    reached = np.broadcast_to(reach, rays.shape[:2]).copy()
    shine = np.full(reached.shape, 0.25)
    for block, colour in _blocks(street, seconds):
        corners = block.corners()[:, :2]
        if np.hypot(*corners.T).min() > _FAR:
            continue
        columns = _columns(corners)
        near = _enter(block, rays[columns])
        hit = near < reached[columns]
        reached[columns] = np.where(hit, near, reached[columns])
        shine[columns] = np.where(hit, sum(colour) / 765, shine[columns])
    seen = reached < _FAR
    random = np.random.default_rng(seed)
    measured = reached[seen] + random.normal(0, _NOISE, int(seen.sum()))
    return PointCloud((rays[seen] * measured[:, None]).astype(np.float32), shine[seen].astype(np.float32))


def picture(street: Street, seconds: float) -> Image:
    """What the camera sees, painted from far to near."""
    cv2 = opencv()
    calibration = rig()
    camera, mount = calibration.cameras["front"], calibration.frames.lookup("lidar", "front")
    pixels = np.full((HEIGHT, WIDTH, 3), _SKY, np.uint8)
    horizon = int(camera.matrix[1, 2])
    pixels[horizon:] = _PAVEMENT
    back = np.linalg.inv(street.ego.at(seconds).pose)

    def fill(corners: NDArray[np.float64], colour: tuple[float, ...]) -> None:
        inside = _before(mount.apply(corners))
        if len(inside) < 3:
            return
        at = np.round(np.clip(camera.project(inside).pixels, -9000, 9000) * 16).astype(np.int32)
        cv2.fillPoly(pixels, [at], [min(255.0, one) for one in colour], cv2.LINE_AA, 4)

    for stripe, colour in _markings(street.ego.at(seconds).x):
        fill(stripe @ back[:3, :3].T + back[:3, 3], colour)
    parts = sorted(_blocks(street, seconds), key=lambda part: -math.hypot(*part[0].center[:2]))
    for block, colour in parts:
        corners = block.corners()
        shadow = corners[:4] + (corners[:4] - corners[:4].mean(axis=0)) * 0.08
        shadow[:, 2] = -MOUNTED
        if block.size[2] < 4 and corners[0, 2] < 0.1 - MOUNTED:
            fill(shadow, (52, 54, 58))
        faces = [(corners[list(face)], light) for face, light in zip(_FACES, _LIGHT, strict=True)]
        for face, light in sorted(faces, key=lambda one: -float(np.linalg.norm(one[0].mean(axis=0)))):
            fill(face, tuple(light * one for one in colour))
    return Image(pixels)


def write_drive(street: Street, folder: Path, rate: float = 10.0) -> int:
    """Write a drive as `wugan perceive` reads it: `lidar/*.bin`, `camera/*.png`, `rig.yaml`; how many."""
    cv2 = opencv()
    for name in ("lidar", "camera"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rig().write(folder / "rig.yaml")
    count = round(street.seconds * rate)
    for number in range(count):
        cloud, image = sweep(street, number / rate, number), picture(street, number / rate)
        assert cloud.intensity is not None
        np.column_stack([cloud.points, cloud.intensity]).astype("<f4").tofile(folder / "lidar" / f"{number:06d}.bin")
        path = folder / "camera" / f"{number:06d}.png"
        cv2.imwrite(str(path), cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return count


def _blocks(street: Street, seconds: float) -> list[tuple[Box3D, tuple[int, int, int]]]:
    """All boxes in the lidar's frame, with their colours."""
    ego = street.ego.at(seconds)
    back = np.linalg.inv(ego.pose)
    found = []
    for thing in street.things:
        for block in thing.blocks(seconds):
            x, y, z = (back @ [*block.center, 1.0])[:3].tolist()
            found.append((Box3D((x, y, z), block.size, block.yaw - ego.yaw, "lidar"), thing.colour))
    return found


def _columns(corners: NDArray[np.float64]) -> NDArray[np.intp]:
    """Which azimuths may meet a box with these corners `[8, 2]`."""
    middle = math.atan2(*corners.mean(axis=0)[::-1])
    off = (np.arctan2(corners[:, 1], corners[:, 0]) - middle + math.pi) % (2 * math.pi) - math.pi
    if np.hypot(*corners.T).min() < 1.0 or np.ptp(off) > math.pi:
        return np.arange(_COLUMNS)
    step = 2 * math.pi / _COLUMNS
    first, last = ((middle + edge + math.pi) / step for edge in (off.min(), off.max()))
    return np.arange(math.floor(first), math.ceil(last) + 1) % _COLUMNS


def _enter(block: Box3D, rays: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance along each ray `[C, R, 3]` from 0 at which it enters the block; infinite where it does not."""
    cos, sin = math.cos(block.yaw), math.sin(block.yaw)
    turn = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])
    at, to, half = -turn @ block.center, rays @ turn.T, np.array(block.size) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (-half - at) / to, (half - at) / to
    near, far = np.minimum(one, two).max(-1), np.maximum(one, two).min(-1)
    return np.where((near < far) & (near > 0), near, np.inf)


def _markings(x: float) -> list[tuple[NDArray[np.float64], tuple[int, int, int]]]:
    """Road and lane lines around a place along the street, in its frame, at the road's height."""

    def strip(start: float, end: float, y: float, half: float) -> NDArray[np.float64]:
        z = -MOUNTED
        return np.array([[start, y + half, z], [end, y + half, z], [end, y - half, z], [start, y - half, z]])

    found = [(strip(x - 5, x + 90, 0.2, 7.0), _ROAD), (strip(x - 5, x + 90, -1.75 - 1.9, 0.06), _LINE)]
    first = 6 * math.floor(x / 6) - 6
    return found + [(strip(start, start + 3, 1.75, 0.07), _LINE) for start in range(first, first + 72, 6)]


def _before(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """That part of a polygon `[N, 3]` that lies before the camera."""
    found = []
    for one, two in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if one[2] > _NEAR:
            found.append(one)
        if (one[2] > _NEAR) != (two[2] > _NEAR):
            found.append(one + (two - one) * (_NEAR + 1e-6 - one[2]) / (two[2] - one[2]))
    return np.array(found).reshape(-1, 3)

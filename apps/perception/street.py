"""A made-up street whose truth is known at any time, and what a lidar and a camera give of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.calibration import Calibration, CameraModel, Frames, Transform
from wugan.devices.camera import opencv
from wugan.objects import Box3D
from wugan.signals import Image, PointCloud

Schedule = Sequence[tuple[float, float, float]]

MOUNTED = 1.73  # m of the lidar above the road
_STEP_S = 0.005
_LONGEST_S = 30.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Where something is.

    Attributes:
        x: m along the street.
        y: m to its left.
        yaw: rad, counter-clockwise from x.
        speed: m/s along the heading.
        yaw_rate: rad/s.
    """

    x: float
    y: float
    yaw: float
    speed: float
    yaw_rate: float

    @property
    def pose(self) -> NDArray[np.float64]:
        """float64 `[4, 4]`, in the street's frame at the lidar's height."""
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        found = np.eye(4)
        found[:2] = [[cos, -sin, 0, self.x], [sin, cos, 0, self.y]]
        return found


@dataclass(frozen=True)
class Ride:
    """A way through the street.

    Args:
        x: at the start, m.
        y: likewise.
        yaw: rad.
        speed: m/s.
        accelerations: from and to, s, and m/s² in between; it never goes backwards.
        turns: from and to, s, and rad/s in between.
    """

    x: float = 0.0
    y: float = 0.0
    yaw: float = 0.0
    speed: float = 0.0
    accelerations: Schedule = ()
    turns: Schedule = ()
    _table: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        times = np.arange(0.0, _LONGEST_S, _STEP_S)
        rate = _scheduled(times, self.turns)
        speed = np.empty_like(times)
        now = self.speed
        for number, one in enumerate(_scheduled(times, self.accelerations).tolist()):
            speed[number] = now
            now = max(0.0, now + one * _STEP_S)
        yaw = self.yaw + np.cumsum(rate) * _STEP_S - rate * _STEP_S
        step = np.stack([np.cos(yaw), np.sin(yaw)], axis=1) * speed[:, None] * _STEP_S
        place = np.array([self.x, self.y]) + np.cumsum(step, axis=0) - step
        object.__setattr__(self, "_table", np.column_stack([times, place, yaw, speed, rate]))

    def at(self, seconds: float) -> Moment:
        """Where it is then."""
        times, *columns = self._table.T
        x, y, yaw, speed, rate = (float(np.interp(seconds, times, one)) for one in columns)
        return Moment(x, y, yaw, speed, rate)


@dataclass(frozen=True)
class Thing:
    """Something that stands on the street or moves along it.

    Attributes:
        label: `car`, `truck`, `pedestrian`, `cyclist`, or empty for what belongs to the street.
        size: length, width, height, m.
        ride: its way.
        colour: red, green, blue.
    """

    label: str
    size: tuple[float, float, float]
    ride: Ride
    colour: tuple[int, int, int] = (128, 128, 128)

    def blocks(self, seconds: float) -> list[Box3D]:
        """The boxes that it is made of, in the street's frame."""
        now = self.ride.at(seconds)
        length, width, height = self.size
        if self.label != "car":
            return [_block(now, 0.0, 0.0, (length, width, height))]
        body = _block(now, 0.0, 0.0, (length, width, 0.56 * height))
        return [body, _block(now, -0.06 * length, 0.56 * height, (0.56 * length, 0.9 * width, 0.44 * height))]


@dataclass(frozen=True)
class Street:
    """What there is, and how the vehicle with the sensors drives.

    Attributes:
        things: all of them.
        ego: the vehicle's way.
        seconds: how long the story is.
    """

    things: tuple[Thing, ...]
    ego: Ride
    seconds: float = 5.0

    def truth(self, seconds: float) -> list[tuple[Box3D, tuple[float, float]]]:
        """What may move, each as a box as the lidar would see it, with its velocity relative to the lidar's, and its
        velocity over ground along the lidar's axes, m/s.
        """
        ego = self.ego.at(seconds)
        back = np.linalg.inv(ego.pose)
        own = np.array([math.cos(ego.yaw), math.sin(ego.yaw)]) * ego.speed
        found = []
        for number, thing in enumerate(self.things):
            if not thing.label:
                continue
            now = thing.ride.at(seconds)
            center = back @ [now.x, now.y, thing.size[2] / 2 - MOUNTED, 1.0]
            over = np.array([math.cos(now.yaw), math.sin(now.yaw)]) * now.speed
            relative, ground = back[:2, :2] @ (over - own), back[:2, :2] @ over
            box = Box3D(
                (float(center[0]), float(center[1]), float(center[2])),
                thing.size,
                now.yaw - ego.yaw,
                "lidar",
                label=thing.label,
                velocity=(float(relative[0]), float(relative[1]), 0.0),
                id=number,
            )
            found.append((box, (float(ground[0]), float(ground[1]))))
        return found


def braking_street() -> Street:
    """The demonstration's: the car ahead brakes hard, the vehicle reacts late and stops behind it, then drives on."""
    lead = Ride(16.0, 0.0, speed=8.0, accelerations=((0.8, 2.2, -6.0), (3.6, 8.0, 2.5)))
    ego = Ride(speed=8.0, accelerations=((1.9, 3.3, -6.0), (4.4, 8.0, 1.5)))
    moving = (
        Thing("car", (4.3, 1.8, 1.5), lead, (150, 40, 40)),
        Thing("car", (4.2, 1.8, 1.5), Ride(45.0, 3.4, math.pi, 8.0), (60, 80, 140)),
        Thing("cyclist", (1.8, 0.6, 1.7), Ride(12.0, -2.8, speed=4.0), (60, 120, 70)),
        Thing("pedestrian", (0.6, 0.6, 1.75), Ride(34.0, 5.0, math.pi, 1.5), (170, 120, 60)),
        Thing("truck", (7.5, 2.5, 3.0), Ride(72.0, 3.6, math.pi, 7.0), (190, 190, 180)),
    )
    return Street((*moving, *_sides()), ego)


def weaving_street() -> Street:
    """For checks of ego-motion: the vehicle weaves and brakes between things that stand, and one that goes along."""
    turns = ((0.5, 1.5, 0.25), (1.5, 3.5, -0.25), (3.5, 4.5, 0.25))
    ego = Ride(speed=8.0, accelerations=((3.0, 4.5, -3.0),), turns=turns)
    lead = Ride(20.0, 0.0, speed=8.0)
    return Street((Thing("car", (4.3, 1.8, 1.5), lead, (150, 40, 40)), *_sides()), ego, 6.0)


def _sides(seed: int = 3) -> tuple[Thing, ...]:
    """Houses, poles and parked cars on both sides."""
    random = np.random.default_rng(seed)
    things = []
    for side in (-1, 1):
        x = -30.0
        while x < 120:
            length, height = random.uniform(8, 16), random.uniform(6, 10)
            grey = int(random.integers(110, 170))
            house = Ride(x + length / 2, side * (13.5 + random.uniform(0, 1.5)))
            things.append(Thing("", (length, 5.0, height), house, (grey, grey - 8, grey - 20)))
            x += length + random.uniform(1.5, 6)
        for number in range(9):
            pole = Ride(-22.0 + 14 * number + random.uniform(-2, 2), side * 7.4)
            things.append(Thing("", (0.25, 0.25, 5.0), pole, (90, 90, 96)))
            if random.random() < 0.7:
                colour = tuple(int(one) for one in random.integers(70, 190, 3))
                parked = Ride(-15.0 + 13 * number + random.uniform(-1.5, 1.5), side * 5.9 + 0.3)
                things.append(Thing("car", (4.3, 1.8, 1.5), parked, (colour[0], colour[1], colour[2])))
    return tuple(things)


def _block(now: Moment, ahead: float, lift: float, size: tuple[float, float, float]) -> Box3D:
    x, y = now.x + ahead * math.cos(now.yaw), now.y + ahead * math.sin(now.yaw)
    return Box3D((x, y, lift + size[2] / 2 - MOUNTED), size, now.yaw, "street")


def _scheduled(times: NDArray[np.float64], schedule: Schedule) -> NDArray[np.float64]:
    found = np.zeros_like(times)
    for start, end, value in schedule:
        found[(times >= start) & (times < end)] = value
    return found


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

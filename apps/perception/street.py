"""A made-up street, for demonstrations and for checks that need the truth: who is where, and how fast, at any time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.objects import Box3D

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

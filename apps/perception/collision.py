"""When a tracked object would touch the vehicle, if both go on as they do."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.objects import Box3D

Corners: TypeAlias = list[tuple[float, float]]

HORIZON_S = 6.0  # beyond it, constant velocity says nothing about people and cars


class Vehicle(BaseModel):
    """The vehicle's outline in the frame of its tracks (x forward, y left), m.

    Attributes:
        front: from the sensor forward to the bumper.
        rear: from the sensor back to the rear.
        width: of the body, mirrors included.
        margin: kept free on each side and in front.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    front: float = Field(default=2.0, gt=0)
    rear: float = Field(default=2.7, gt=0)
    width: float = Field(default=1.9, gt=0)
    margin: float = Field(default=0.25, ge=0)

    @property
    def rectangle(self) -> NDArray[np.float64]:
        """`[4, 2]`: its corners with the margin (none behind), m."""
        side = self.width / 2 + self.margin
        front, rear = self.front + self.margin, -self.rear
        return np.array([[front, side], [rear, side], [rear, -side], [front, -side]])


@dataclass(frozen=True, slots=True)
class Approach:
    """How an object comes near.

    Attributes:
        ttc_s: seconds until it touches the vehicle's outline at constant relative velocity; infinity where it does not
            within `HORIZON_S`. 0 where it touches already.
        gap_m: free way ahead of the bumper to an object in the vehicle's path; infinity for one that is not in it.
        closing_mps: how fast that way gets shorter.
    """

    ttc_s: float
    gap_m: float
    closing_mps: float


def approach(box: Box3D, vehicle: Vehicle, speed_spread: float = 0.0) -> Approach:
    """Approach of one object, from its box and its velocity relative to the vehicle (none counts as 0).

    Args:
        box: in the vehicle's frame.
        vehicle: its outline.
        speed_spread: standard deviation of the velocity, m/s: the object is taken to close in by that much faster.
    """
    around = _footprint(box)
    side, front = vehicle.width / 2 + vehicle.margin, vehicle.front + vehicle.margin
    outline = [(front, side), (-vehicle.rear, side), (-vehicle.rear, -side), (front, -side)]
    vx, vy, _ = box.velocity or (0.0, 0.0, 0.0)
    distance = math.hypot(box.center[0], box.center[1])
    if speed_spread and distance > 0:
        vx -= speed_spread * box.center[0] / distance
        vy -= speed_spread * box.center[1] / distance
    xs, ys = [x for x, _ in around], [y for _, y in around]
    ahead = min(ys) < side and max(ys) > -side and max(xs) > -vehicle.rear and box.center[0] > 0
    gap = max(0.0, min(xs) - vehicle.front) if ahead else math.inf
    return Approach(_contact(around, outline, (vx, vy), box.yaw), gap, -vx if ahead else 0.0)


def _footprint(box: Box3D) -> Corners:
    """The four corners seen from above, in turn."""
    x, y, _ = box.center
    cos, sin = math.cos(box.yaw), math.sin(box.yaw)
    half, side = box.size[0] / 2, box.size[1] / 2
    return [
        (x + cos * along - sin * across, y + sin * along + cos * across)
        for along, across in ((half, side), (-half, side), (-half, -side), (half, -side))
    ]


def _contact(theirs: Corners, ours: Corners, velocity: tuple[float, float], yaw: float) -> float:
    """Seconds until a rectangle at `yaw` that moves so touches one that stands; infinity beyond the horizon.

    Two rectangles touch while their shadows do on every axis along their sides; on each that is an interval of time.
    """
    first, last = 0.0, HORIZON_S
    cos, sin = math.cos(yaw), math.sin(yaw)
    for x, y in ((1.0, 0.0), (0.0, 1.0), (cos, sin), (-sin, cos)):
        them, us = [x * a + y * b for a, b in theirs], [x * a + y * b for a, b in ours]
        speed = x * velocity[0] + y * velocity[1]
        near, far = min(us) - max(them), max(us) - min(them)  # to go until the shadows touch, and until they part
        if abs(speed) < 1e-9:
            if near > 0 or far < 0:
                return math.inf
            continue
        begin, end = sorted((near / speed, far / speed))
        first, last = max(first, begin), min(last, end)
        if first > last:
            return math.inf
    return first

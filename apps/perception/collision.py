"""When a tracked object would touch the vehicle, if both go on as they do."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.objects import Box3D

HORIZON_S = 6.0  # beyond it, constant velocity says nothing about people and cars
STEP_S = 0.05  # at 20 m/s of closing, 1 m: less than any object's length


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
    outline = vehicle.rectangle
    vx, vy, _ = box.velocity or (0.0, 0.0, 0.0)
    distance = math.hypot(box.center[0], box.center[1])
    if speed_spread and distance > 0:
        vx -= speed_spread * box.center[0] / distance
        vy -= speed_spread * box.center[1] / distance
    low, high = outline.min(axis=0), outline.max(axis=0)
    xs, ys = zip(*around, strict=True)
    in_path = min(ys) < high[1] and max(ys) > low[1] and max(xs) > low[0]
    ahead = bool(in_path and box.center[0] > 0)
    gap = max(0.0, min(xs) - vehicle.front) if ahead else math.inf
    if _out_of_reach(box, (vx, vy), low, high):  # most things are, and it costs a twentieth to say so
        return Approach(math.inf, gap, -vx if ahead else 0.0)
    corners = np.array(around)
    times = np.arange(0.0, HORIZON_S + STEP_S / 2, STEP_S)
    moved = corners[None] + times[:, None, None] * np.array([vx, vy])
    touching = np.flatnonzero(_overlap(moved, outline))
    ttc = math.inf
    if len(touching):
        first = int(touching[0])
        ttc = 0.0 if first == 0 else _refined(corners, np.array([vx, vy]), outline, float(times[first]))
    return Approach(ttc, gap, -vx if ahead else 0.0)


def _footprint(box: Box3D) -> list[tuple[float, float]]:
    """The four corners seen from above, in turn. In plain numbers: most objects need no more than their bounds."""
    x, y, _ = box.center
    cos, sin = math.cos(box.yaw), math.sin(box.yaw)
    half, side = box.size[0] / 2, box.size[1] / 2
    return [
        (x + cos * along - sin * across, y + sin * along + cos * across)
        for along, across in ((half, side), (-half, side), (-half, -side), (half, -side))
    ]


def _out_of_reach(
    box: Box3D, velocity: tuple[float, float], low: NDArray[np.float64], high: NDArray[np.float64]
) -> bool:
    """Whether not even a circle around the box reaches the outline's bounds within the horizon, straight at them."""
    x, y, _ = box.center
    away = math.hypot(max(low[0] - x, x - high[0], 0.0), max(low[1] - y, y - high[1], 0.0))
    return away > math.hypot(box.size[0], box.size[1]) / 2 + HORIZON_S * math.hypot(*velocity)


def _refined(
    corners: NDArray[np.float64], velocity: NDArray[np.float64], outline: NDArray[np.float64], late: float
) -> float:
    """The moment of touch inside the step before `late`."""
    early = late - STEP_S
    for _ in range(6):  # to a millisecond
        middle = (early + late) / 2
        if _overlap((corners + middle * velocity)[None], outline)[0]:
            late = middle
        else:
            early = middle
    return late


def _overlap(shapes: NDArray[np.float64], outline: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the rectangles `[T, 4, 2]` (all turned alike) overlap the outline: no axis parts them."""
    edges = (shapes[0, 1] - shapes[0, 0], shapes[0, 2] - shapes[0, 1])
    axes = np.array([[1.0, 0.0], [0.0, 1.0], *([-y, x] for x, y in edges)])
    theirs, ours = shapes @ axes.T, outline @ axes.T  # [T, 4, A], [4, A]
    apart = (theirs.min(axis=1) > ours.max(axis=0)) | (theirs.max(axis=1) < ours.min(axis=0))
    return np.asarray(~apart.any(axis=1))

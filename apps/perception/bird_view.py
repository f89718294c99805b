"""`BirdView`: the scene from above, ahead to the right: points, boxes, their ways, and the vehicle's corridor."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.collision import Vehicle
from wugan.apps.perception.colours import GREY, KINDS, VERMILLION, WHITE, Colour
from wugan.apps.perception.perceived import Perceived, PerceivedMotion, PerceivedObject
from wugan.devices.opencv import opencv
from wugan.objects import Box3D
from wugan.signals import PointCloud

_BACKGROUND: Colour = (18, 22, 29)
_LINES: Colour = (44, 51, 62)
_TRAIL = 20  # places of an object that are kept
_LOW, _HIGH = -2.0, 1.0  # m: heights between which points turn from dark to bright
_ARROW_S = 1.0  # arrows lead to where a thing is a second later
_SLOWEST = 0.5  # m/s below which no arrow is drawn
_SHIFT = 4  # bits of a pixel's fraction, for smooth lines


@dataclass(eq=False)
class BirdView:
    """Draws results from above; keeps the ways of objects, so give it every result of a run in order.

    Args:
        vehicle: its outline in the lidar's frame.
        ahead: from and to, m along x; to the right in the picture.
        width: pixels.
        height: pixels; how far it sees to the sides follows from the rest.
    """

    vehicle: Vehicle = field(default_factory=Vehicle)
    ahead: tuple[float, float] = (-20.0, 60.0)
    width: int = 840
    height: int = 300
    _base: NDArray[np.uint8] | None = field(init=False, repr=False, default=None)
    _ways: dict[int, list[tuple[float, float]]] = field(init=False, repr=False, default_factory=dict)

    @property
    def scale(self) -> float:
        """Pixels for a metre."""
        return self.width / (self.ahead[1] - self.ahead[0])

    def draw(self, cloud: PointCloud | None, perceived: Perceived) -> NDArray[np.uint8]:
        """A picture, uint8 `[height, width, 3]` (red, green, blue)."""
        cv2 = opencv()
        if self._base is None:
            self._base = np.full((self.height, self.width, 3), _BACKGROUND, np.uint8)
            self._grid(self._base)
        picture = self._base.copy()
        if cloud is not None:
            self._points(picture, cloud)
        self._corridor(picture, perceived)
        shown = [one for one in perceived.objects if one.stage != "tentative"]
        self._remember(shown, perceived.motion)
        alarmed = {reason.track for reason in perceived.decision.reasons if reason.track is not None}
        for one in sorted(shown, key=lambda one: one.id in alarmed):
            self._object(picture, one, perceived.motion, one.id in alarmed)
        cv2.fillPoly(picture, [self._pixels(self.vehicle.rectangle)], WHITE, cv2.LINE_AA, _SHIFT)
        return picture

    def _grid(self, picture: NDArray[np.uint8]) -> None:
        cv2 = opencv()
        for metres in range(10 * math.floor(self.ahead[0] / 10 + 1), int(self.ahead[1]), 10):
            x = round((metres - self.ahead[0]) * self.scale)
            cv2.line(picture, (x, 0), (x, self.height), _LINES, 1)
            text = f"{metres} m"
            cv2.putText(picture, text, (x + 4, self.height - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.36, GREY, 1, cv2.LINE_AA)

    def _points(self, picture: NDArray[np.uint8], cloud: PointCloud) -> None:
        points = cloud.points
        columns = np.floor((points[:, 0] - self.ahead[0]) * self.scale)
        rows = np.floor(self.height / 2 - points[:, 1] * self.scale)
        within = (rows >= 0) & (rows < self.height) & (columns >= 0) & (columns < self.width)
        bright = np.clip((points[within, 2] - _LOW) / (_HIGH - _LOW), 0, 1)
        level = (62 + 118 * bright).astype(np.uint8)
        order = np.argsort(level, kind="stable")  # of several the highest is seen; bytes are sorted at once
        r, c = rows[within].astype(np.intp)[order], columns[within].astype(np.intp)[order]
        picture[r, c] = level[order, None]

    def _corridor(self, picture: NDArray[np.uint8], perceived: Perceived) -> None:
        """The path that is checked for things in it, to the first of them."""
        cv2 = opencv()
        side, front = self.vehicle.width / 2 + self.vehicle.margin, self.vehicle.front
        gap = perceived.decision.gap_m
        end = self.ahead[1] if gap is None else min(self.ahead[1], front + gap)
        corners = self._pixels(np.array([[front, side], [end, side], [end, -side], [front, -side]]))
        shade = picture.copy()
        cv2.fillPoly(shade, [corners], (70, 98, 120), cv2.LINE_AA, _SHIFT)
        np.copyto(picture, cv2.addWeighted(shade, 0.45, picture, 0.55, 0))
        cv2.polylines(picture, [corners], True, (110, 140, 165), 1, cv2.LINE_AA, _SHIFT)
        if gap is not None and front + gap < self.ahead[1]:
            x, y = (int(one) >> _SHIFT for one in corners[3])
            text = f"{gap:.0f} m free" if gap >= 10 else f"{gap:.1f} m free"
            cv2.putText(picture, text, (x, y + 15), cv2.FONT_HERSHEY_SIMPLEX, 0.42, WHITE, 1, cv2.LINE_AA)

    def _remember(self, shown: Iterable[PerceivedObject], motion: PerceivedMotion | None) -> None:
        alive = {}
        for one in shown:
            place = _over_ground([one.center[:2]], motion)[0]
            alive[one.id] = [*self._ways.get(one.id, ())[-_TRAIL + 1 :], (float(place[0]), float(place[1]))]
        self._ways = alive

    def _object(
        self, picture: NDArray[np.uint8], one: PerceivedObject, motion: PerceivedMotion | None, alarmed: bool
    ) -> None:
        cv2 = opencv()
        colour = KINDS.get(one.label, GREY)
        way = self._pixels(_from_ground(self._ways[one.id], motion))
        faint: Colour = (colour[0] * 5 // 8, colour[1] * 5 // 8, colour[2] * 5 // 8)
        if one.label and len(way) > 1:
            cv2.polylines(picture, [way], False, faint, 1, cv2.LINE_AA, _SHIFT)
        corners = Box3D(one.center, one.size, one.yaw, "lidar").corners()[:4, :2]
        outline = VERMILLION if alarmed else colour
        thick = 3 if alarmed else 2 if one.label else 1
        cv2.polylines(picture, [self._pixels(corners)], True, outline, thick, cv2.LINE_AA, _SHIFT)
        if one.label or alarmed:
            x, y = (int(value) >> _SHIFT for value in self._pixels(corners).max(axis=0))
            cv2.putText(picture, str(one.id), (x + 2, y + 4), cv2.FONT_HERSHEY_SIMPLEX, 0.36, WHITE, 1, cv2.LINE_AA)
        velocity = one.ground_velocity or one.velocity
        if not one.label or math.hypot(*velocity[:2]) < _SLOWEST:
            return
        start = np.array(one.center[:2])
        line = self._pixels(np.stack([start, start + np.array(velocity[:2]) * _ARROW_S]))
        cv2.polylines(picture, [line], False, colour, 1, cv2.LINE_AA, _SHIFT)
        tip = tuple((line[1] >> _SHIFT).tolist())
        cv2.circle(picture, tip, 2, colour, -1, cv2.LINE_AA)

    def _pixels(self, places: NDArray[np.float64]) -> NDArray[np.int32]:
        x = (places[:, 0] - self.ahead[0]) * self.scale
        y = self.height / 2 - places[:, 1] * self.scale
        return np.round(np.stack([x, y], axis=1) * (1 << _SHIFT)).astype(np.int32)


def _over_ground(places: Iterable[tuple[float, ...]], motion: PerceivedMotion | None) -> NDArray[np.float64]:
    """Places on the ground `[N, 2]` of the sensor's frame in the one that stands still, if its motion is known."""
    local = np.array([*places], np.float64).reshape(-1, 2)
    if motion is None:
        return local
    return local @ _turn(motion.yaw).T + motion.position[:2]


def _from_ground(places: Iterable[tuple[float, ...]], motion: PerceivedMotion | None) -> NDArray[np.float64]:
    still = np.array([*places], np.float64).reshape(-1, 2)
    if motion is None:
        return still
    return (still - motion.position[:2]) @ _turn(motion.yaw)


def _turn(yaw: float) -> NDArray[np.float64]:
    return np.array([[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]])

"""`Overlay`: the camera's picture with the lidar's points coloured by depth, and tracks as boxes in space."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.colours import DARK, GREY, KINDS, VERMILLION, WHITE, Colour
from wugan.apps.perception.perceived import PerceivedObject
from wugan.apps.perception.view import View
from wugan.calibration import CameraModel, Transform
from wugan.devices.opencv import opencv
from wugan.objects import Box3D

_EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7))
_HEADING = ((8, 9),)  # on the floor, from the middle to the front
_NEAR = 0.3  # m before the camera at which edges are cut
_DEPTHS = (2.0, 60.0)  # m: nearest and farthest colour, by the logarithm
_FARTHEST_NAME = 60.0  # m up to which objects are named
_MOST_NAMES = 14
_SHIFT = 4


@dataclass(eq=False)
class Overlay:
    """Draws on pictures.

    Args:
        camera: the model of the pictures that come.
        lidar_to_camera: transform from the objects' frame to the camera's.
        size: width and height of what is drawn; the camera's own where it is not given.
    """

    camera: CameraModel
    lidar_to_camera: Transform
    size: tuple[int, int] = (0, 0)
    _drawn: CameraModel = field(init=False, repr=False)
    _colours: NDArray[np.uint8] = field(init=False, repr=False)
    _last: NDArray[np.uint8] | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        cv2 = opencv()
        self.size = self.size if all(self.size) else (self.camera.width, self.camera.height)
        self._drawn = self.camera.resized(*self.size)
        levels = np.arange(255, -1, -1).astype(np.uint8).reshape(-1, 1)  # near is bright
        self._colours = cv2.applyColorMap(levels, cv2.COLORMAP_VIRIDIS)[:, 0, ::-1].copy()

    def draw(self, view: View) -> NDArray[np.uint8]:
        """The picture, uint8 `[H, W, 3]`; without one, the last again, darker, and with a note."""
        cv2 = opencv()
        if view.image is not None:
            pixels = view.image.pixels
            pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB) if pixels.ndim == 2 else pixels
            self._last = picture = cv2.resize(pixels, self.size, interpolation=cv2.INTER_LINEAR)
            picture = picture.copy()
        else:
            width, height = self.size
            picture = np.full((height, width, 3), DARK, np.uint8) if self._last is None else self._last // 3
            cv2.putText(picture, "no picture", (20, height - 20), cv2.FONT_HERSHEY_SIMPLEX, 0.8, WHITE, 2, cv2.LINE_AA)
        if view.cloud is not None:
            self._points(picture, view.cloud.points)
        shown = [one for one in view.perceived.objects if one.stage != "tentative"]
        alarmed = {reason.track for reason in view.perceived.decision.reasons if reason.track is not None}
        self._boxes(picture, shown, alarmed)
        if view.cloud is not None:
            self._legend(picture)
        return picture

    def _points(self, picture: NDArray[np.uint8], points: NDArray[np.float32]) -> None:
        seen = self._drawn.project_from(points, self.lidar_to_camera)
        rows, columns = (np.rint(seen.pixels[seen.mask, axis]).astype(np.intp) for axis in (1, 0))
        depth = seen.depth[seen.mask]
        near, far = np.log(_DEPTHS)
        level = np.clip((np.log(np.maximum(depth, 0.1)) - near) / (far - near) * 255, 0, 255).astype(np.uint8)
        order = np.argsort(255 - level, kind="stable")  # the nearest is drawn last; bytes are sorted at once
        rows, columns, colours = rows[order], columns[order], self._colours[level[order]]
        height, width = picture.shape[:2]
        for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):  # dots of two pixels
            picture[np.minimum(rows + down, height - 1), np.minimum(columns + right, width - 1)] = colours

    def _legend(self, picture: NDArray[np.uint8]) -> None:
        """Which colour is how far, bottom right."""
        cv2 = opencv()
        width, height, top = 160, 8, self.size[1] - 16
        left = self.size[0] - width - 50
        if left < 0:
            return
        cv2.rectangle(picture, (left - 40, top - 10), (self.size[0], self.size[1]), DARK, -1)
        picture[top : top + height, left : left + width] = self._colours[np.linspace(0, 255, width).astype(np.intp)]
        for text, x in zip((f"{one:.0f} m" for one in _DEPTHS), (left - 34, left + width + 6), strict=True):
            cv2.putText(picture, text, (x, top + height), cv2.FONT_HERSHEY_SIMPLEX, 0.4, WHITE, 1, cv2.LINE_AA)

    def _boxes(self, picture: NDArray[np.uint8], objects: Sequence[PerceivedObject], alarmed: set[int]) -> None:
        cv2 = opencv()
        named = []
        for one in sorted(objects, key=lambda one: -math.hypot(*one.center[:2])):
            corners = Box3D(one.center, one.size, one.yaw, "lidar").corners()
            floor = corners[:4].mean(axis=0), corners[[0, 3]].mean(axis=0)
            places = self.lidar_to_camera.apply(np.concatenate([corners, floor]))
            lines = self._cut(places, (*_EDGES, *_HEADING) if one.label else _EDGES)
            if not len(lines):
                continue
            low, high = lines.reshape(-1, 2).min(axis=0), lines.reshape(-1, 2).max(axis=0)
            if (high < 0).any() or (low >= self.size).any():
                continue
            colour = VERMILLION if one.id in alarmed else KINDS.get(one.label, GREY)
            thick = 3 if one.id in alarmed else 2 if one.label and one.stage == "confirmed" else 1
            # Lines far outside of the picture are cut, since OpenCV's whole numbers end there.
            ends = np.round(np.clip(lines, -20_000, 20_000) * (1 << _SHIFT)).astype(np.int32)
            cv2.polylines(picture, list(ends), False, colour, thick, cv2.LINE_AA, _SHIFT)
            if one.id in alarmed or (one.label and math.hypot(*one.center[:2]) < _FARTHEST_NAME):
                named.append((one, colour, low, high))
        self._names(picture, named[::-1], alarmed)  # the nearest first

    def _cut(self, places: NDArray[np.float64], edges: Sequence[tuple[int, int]]) -> NDArray[np.float64]:
        """Those parts of edges that lie before the camera, as pixels `[N, 2, 2]`."""
        ends = places[np.array(edges)]  # [E, 2, 3]
        z = ends[:, :, 2]
        ends, z = ends[(z > _NEAR).any(axis=1)], z[(z > _NEAR).any(axis=1)]
        for near, far in ((0, 1), (1, 0)):
            behind = z[:, near] <= _NEAR
            share = (_NEAR + 1e-3 - z[behind, far]) / (z[behind, near] - z[behind, far])
            ends[behind, near] = ends[behind, far] + share[:, None] * (ends[behind, near] - ends[behind, far])
        return np.asarray(self._drawn.project(ends.reshape(-1, 3)).pixels, np.float64).reshape(-1, 2, 2)

    def _names(
        self,
        picture: NDArray[np.uint8],
        named: Sequence[tuple[PerceivedObject, Colour, NDArray[np.float64], NDArray[np.float64]]],
        alarmed: set[int],
    ) -> None:
        """Labels beside their boxes, where there is room; of those in a row, the nearest."""
        cv2 = opencv()
        taken: list[tuple[int, int, int, int]] = []
        ordered = sorted(named, key=lambda item: item[0].id not in alarmed)  # stable: the nearest first within each
        for one, colour, low, high in ordered[:_MOST_NAMES]:
            velocity = one.ground_velocity or one.velocity
            text = f"{one.label or 'object'} {one.id}  {math.hypot(*velocity[:2]):.0f} m/s"
            (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.45, 1)
            width, height = width + 8, height + base + 4
            left = int(np.clip((low[0] + high[0] - width) / 2, 0, max(0, self.size[0] - width)))
            for top in (low[1] - height - 2, high[1] + 2, low[1] + 2, low[1] - 2 * height - 4):
                place = (left, int(np.clip(top, 0, self.size[1] - height)), width, height)
                if not any(_overlap(place, other) for other in taken):
                    break
            else:
                continue
            taken.append(place)
            x, y, _, _ = place
            cv2.rectangle(picture, (x, y), (x + width, y + height), DARK, -1)
            cv2.rectangle(picture, (x, y), (x + 3, y + height), colour, -1)
            at = (x + 6, y + height - base - 1)
            cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.45, WHITE, 1, cv2.LINE_AA)


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return (
        one[0] < other[0] + other[2]
        and other[0] < one[0] + one[2]
        and one[1] < other[1] + other[3]
        and other[1] < one[1] + one[3]
    )

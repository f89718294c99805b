"""One moment as one picture (decision, camera with boxes and depth, view from above), and a run of them as a video."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.decision import Vehicle
from wugan.apps.perception.perceiver import Perceived, PerceivedMotion, PerceivedObject
from wugan.apps.perception.view import Geometry, View, emptied
from wugan.calibration import CameraModel, Transform
from wugan.devices.camera import opencv
from wugan.errors import DataError, PluginError
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.signals import PointCloud
from wugan.stage import Sink

Colour = tuple[int, int, int]

ORANGE: Colour = (230, 159, 0)
SKY: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILLION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)
WHITE: Colour = (245, 247, 250)
GREY: Colour = (150, 156, 166)
DARK: Colour = (18, 22, 29)

#: Of an object's class; others are grey.
KINDS: dict[str, Colour] = {"car": ORANGE, "truck": YELLOW, "pedestrian": SKY, "cyclist": PURPLE}
#: Background and text of a decision's banner.
ACTIONS: dict[str, tuple[Colour, Colour]] = {
    "proceed": (BLUE, WHITE),
    "slow": (YELLOW, DARK),
    "stop": (VERMILLION, WHITE),
}


_EDGES = ((0, 1), (1, 2), (2, 3), (3, 0), (4, 5), (5, 6), (6, 7), (7, 4), (0, 4), (1, 5), (2, 6), (3, 7))
_HEADING = ((8, 9),)  # on the floor, from the middle to the front
_NEAR = 0.3  # m before the camera at which edges are cut
_DEPTHS = (2.0, 60.0)  # m: nearest and farthest colour, by the logarithm
_FARTHEST_NAME = 60.0  # m up to which objects are named
_MOST_NAMES = 14
_SHIFT = 4  # bits of a pixel's fraction, for smooth lines


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


_BACKGROUND: Colour = (18, 22, 29)
_LINES: Colour = (44, 51, 62)
_TRAIL = 20  # places of an object that are kept
_LOW, _HIGH = -2.0, 1.0  # m: heights between which points turn from dark to bright
_ARROW_S = 1.0  # arrows lead to where a thing is a second later
_SLOWEST = 0.5  # m/s below which no arrow is drawn


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


WIDTH = 1280
_TALLEST = 560  # of the camera's picture
_BANNER, _BELOW = 58, 300
_BIRD = 840  # width of the view from above
_ROW = 19  # height of a line of text
_NAMES = {"": "object"}


@dataclass(eq=False)
class Dashboard:
    """Draws views; keeps the ways of objects, so give it every view of a run in order.

    Args:
        geometry: camera, its place, and the vehicle.
    """

    geometry: Geometry = field(default_factory=Geometry)
    _bird: BirdView = field(init=False, repr=False)
    _overlay: Overlay | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        self._bird = BirdView(self.geometry.vehicle, width=_BIRD, height=_BELOW)
        camera, mount = self.geometry.camera, self.geometry.lidar_to_camera
        if camera is not None and mount is not None:
            scale = min(WIDTH / camera.width, _TALLEST / camera.height)
            # Even sizes: H.264 halves the colours' resolution.
            size = (2 * round(camera.width * scale / 2), 2 * round(camera.height * scale / 2))
            self._overlay = Overlay(camera, mount, size)

    def draw(self, view: View) -> NDArray[np.uint8]:
        """A picture, uint8 `[H, 1280, 3]` (red, green, blue); of the same size for every view of a geometry."""
        parts = [self._banner(view.perceived)]
        if self._overlay is not None:
            parts.append(self._camera(view))
        below = _blank(_BELOW, DARK)
        below[:, :_BIRD] = self._bird.draw(view.cloud, view.perceived)
        self._table(below, view.perceived)
        return np.concatenate([*parts, below])

    def _camera(self, view: View) -> NDArray[np.uint8]:
        assert self._overlay is not None
        width, height = self._overlay.size
        panel = _blank(height, DARK)
        left = (WIDTH - width) // 2
        panel[:, left : left + width] = self._overlay.draw(view)
        return panel

    def _banner(self, perceived: Perceived) -> NDArray[np.uint8]:
        cv2 = opencv()
        decision = perceived.decision
        back, ink = ACTIONS[decision.action.value]
        banner = _blank(_BANNER, back)
        write(banner, decision.action.value.upper(), (18, 40), ink, 1.05, 2)
        reasons = [reason.text for reason in decision.reasons[:2]] or ["nothing on its way into the vehicle's path"]
        more = len(decision.reasons) - 2
        if more > 0:
            reasons[-1] += f"  (+{more})"
        for row, text in enumerate(reasons):
            write(banner, text, (218, (35 if len(reasons) == 1 else 24) + 22 * row), ink, 0.52)
        facts = [f"{perceived.time_ns / 1e9:.1f} s    result {perceived.age_ms:.0f} ms old"]
        if perceived.motion is not None:
            facts.append(f"own speed {perceived.motion.speed:.1f} m/s")
        for row, text in enumerate(facts):
            (width, _), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.48, 1)
            write(banner, text, (WIDTH - 16 - width, 24 + 22 * row), ink, 0.48)
        return banner

    def _table(self, panel: NDArray[np.uint8], perceived: Perceived) -> None:
        """The nearest objects, as text."""
        cv2 = opencv()
        left = _BIRD + 18
        over = any(one.ground_velocity is not None for one in perceived.objects)
        heads = ((0, "object"), (150, "ahead, left"), (275, "over ground" if over else "relative"), (375, "seen"))
        for shift, text in heads:
            write(panel, text, (left + shift, 24), GREY, 0.42)
        alarmed = {reason.track for reason in perceived.decision.reasons}
        rows = sorted(filter(_told, perceived.objects), key=lambda one: (one.id not in alarmed, _distance(one)))
        for number, one in enumerate(rows[: (_BELOW - 60) // _ROW]):
            y = 50 + number * _ROW
            colour = KINDS.get(one.label, GREY)
            cv2.rectangle(panel, (left, y - 10), (left + 10, y), colour, -1)
            ink = WHITE if one.stage == "confirmed" else GREY
            velocity = one.ground_velocity or one.velocity
            seen = "both" if one.camera > 0.3 else "lidar"
            write(panel, f"{_NAMES.get(one.label, one.label)} {one.id}", (left + 18, y), ink, 0.42)
            write(panel, f"{one.center[0]:6.1f}, {one.center[1]:5.1f} m", (left + 150, y), ink, 0.42)
            write(panel, f"{math.hypot(*velocity[:2]):4.1f} m/s", (left + 275, y), ink, 0.42)
            write(panel, seen if one.stage == "confirmed" else "hidden", (left + 375, y), ink, 0.42)


def write(
    picture: NDArray[np.uint8],
    text: str,
    at: tuple[int, int],
    colour: Colour,
    size: float,
    thick: int = 1,
) -> None:
    """Write text; OpenCV's letters are ASCII ones."""
    cv2 = opencv()
    plain = text.encode("ascii", "replace").decode()
    cv2.putText(picture, plain, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thick, cv2.LINE_AA)


def _blank(height: int, colour: Colour) -> NDArray[np.uint8]:
    panel = np.empty((height, WIDTH, 3), np.uint8)
    opencv().rectangle(panel, (0, 0), (WIDTH, height), colour, -1)  # a tenth of numpy's time
    return panel


def _told(one: PerceivedObject) -> bool:
    return bool(one.label) and one.stage != "tentative"


def _distance(one: PerceivedObject) -> float:
    return math.hypot(one.center[0], one.center[1])


_TICK = Fraction(1, 1000)  # of the video's clock: a millisecond


@dataclass(eq=False)
class AnnotatedVideo(Sink[View]):
    """Writes H.264 in MP4, which browsers play. A frame stays until the next result's time of capture.

    Args:
        path: the file, replaced if it is there.
        geometry: what turns a moment into a picture.
        quality: H.264's constant rate factor: 18 looks like the original, 30 is small.

    Raises:
        PluginError: PyAV or OpenCV is not installed.
        DataError: the file's name does not end in `.mp4`. From `warm_up`: it cannot be written.
    """

    path: str | Path
    geometry: Geometry = field(default_factory=Geometry)
    quality: int = 23
    frames: int = field(init=False, default=0)
    _file: Any = field(init=False, repr=False, default=None)
    _stream: Any = field(init=False, repr=False, default=None)
    _dashboard: Dashboard | None = field(init=False, repr=False, default=None)
    _start_ns: int = field(init=False, repr=False, default=0)
    _last: int = field(init=False, repr=False, default=-1)

    def __post_init__(self) -> None:
        pyav()
        opencv()
        if Path(self.path).suffix.lower() != ".mp4":
            raise DataError(f"{self.path}: a video is written as MP4; give a name that ends in .mp4")

    def warm_up(self) -> None:
        """Open the file."""
        self._dashboard = Dashboard(self.geometry)
        emptied(self.path)  # PyAV itself would find out at the first frame
        self._file = pyav().open(str(self.path), "w", format="mp4")

    def write(self, packet: Packet[View]) -> None:
        """Append one frame."""
        if self._dashboard is None:
            raise PluginError("AnnotatedVideo: warm_up() first; pipelines do so by themselves")
        self._append(self._dashboard.draw(packet.data), packet.time_ns)

    def close(self) -> None:
        """Finish the file."""
        if self._file is None:
            return
        if self._stream is not None:
            for part in self._stream.encode():
                self._file.mux(part)
        self._file.close()
        self._file = self._stream = None

    def _append(self, picture: NDArray[np.uint8], time_ns: int) -> None:
        if self._stream is None:
            self._stream = self._file.add_stream("libx264", rate=30)
            self._stream.height, self._stream.width = picture.shape[:2]
            self._stream.pix_fmt = "yuv420p"
            self._stream.time_base = self._stream.codec_context.time_base = _TICK
            self._stream.codec_context.thread_count = 1  # the other cores are the pipeline's
            self._stream.options = {"preset": "ultrafast", "crf": str(self.quality)}
            self._start_ns = time_ns
        frame = pyav().VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
        # A clock that went back must not stop the video: such a frame follows a tick after the last one.
        at = max(self._last + 1, (time_ns - self._start_ns) // 1_000_000)
        frame.pts, frame.time_base, self._last = at, _TICK, at
        self.frames += 1
        for part in self._stream.encode(frame):
            self._file.mux(part)


def pyav() -> Any:
    """The module av.

    Raises:
        PluginError: it is not installed.
    """
    try:
        import av
    except ImportError as error:
        raise PluginError(f"a video is written through PyAV ({error}): pip install 'wugan[spatial]'") from error
    return av

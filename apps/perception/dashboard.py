"""`Dashboard`: one moment as one picture: decision on top, the camera's picture below it, and the view from above."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.bird_view import BirdView
from wugan.apps.perception.colours import ACTIONS, DARK, GREY, KINDS, WHITE, Colour
from wugan.apps.perception.overlay import Overlay
from wugan.apps.perception.perceived import Perceived, PerceivedObject
from wugan.apps.perception.view import Geometry, View
from wugan.devices.opencv import opencv

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

"""`MotionDetector`: what moves, without any network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.video.detections import Detections2D
from wugan.modalities.video.frame import check_time, opencv, rgb
from wugan.modalities.video.motion import MotionEstimator, shrink, surest
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Stage

_HISTORY_S = 20.0  # what the background is learned from
_LEAST_RATE, _MOST_RATE = 0.0005, 0.05  # share of the background that one picture renews
_FOREGROUND = 255  # OpenCV marks shadows with 127
_LEARNING = 8  # pictures that the background is learned from before anything is given


@dataclass(eq=False)
class MotionDetector(Stage[Image, Detections2D]):
    """Finds what moves: boxes with label `moving`; needs no weights.

    `camera="still"` learns the background (a mixture of Gaussians, Zivkovic 2004, OpenCV's MOG2, with shadows told
    apart), and finds also what moves slowly or stops for a while. The first pictures teach it, and give nothing.
    `camera="moving"` takes what the camera's own motion does not explain (see `MotionEstimator`, also for its limits),
    and gives velocities.

    Args:
        camera: whether it stands still.
        width: pixels that pictures are brought to before.
        least_area: share of the picture that a moving thing covers.

    Attributes:
        restarts: how often time went back or the picture's size changed, and it began anew.

    Raises:
        DataError: from `__init__`, settings that make no sense; from `process`, a picture that is empty or of another
            type.
    """

    camera: Literal["still", "moving"] = "still"
    width: int = 320
    least_area: float = 0.0006
    restarts: int = field(init=False, default=0)
    _subtractor: Any = field(init=False, repr=False, default=None)
    _last: tuple[int, tuple[int, ...]] | None = field(init=False, repr=False, default=None)
    _seen: int = field(init=False, repr=False, default=0)

    def __post_init__(self) -> None:
        if self.camera not in ("still", "moving"):
            raise DataError(f"MotionDetector: camera must be still or moving, got {self.camera!r}")
        self._estimator = MotionEstimator(width=self.width, least_area=self.least_area)
        self.interrupt()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_subtractor": None, "_last": None, "_seen": 0}

    def process(self, packet: Packet[Image]) -> Iterator[Packet[Detections2D]]:
        """What moves in this picture."""
        if self.camera == "moving":
            for motion in self._estimator.process(packet):
                yield motion.replace(motion.data.moving)
            self.restarts = self._estimator.restarts
            return
        cv2 = opencv()
        # In colour: without it, whatever is dark counts as a shadow.
        pixels, time_ns = rgb(packet), check_time(packet)
        step_s = 0.0 if self._last is None else (time_ns - self._last[0]) / 1e9
        if self._last is not None and (step_s < 0 or self._last[1] != pixels.shape):
            self.restarts += 1
            self.interrupt()
        self._last = time_ns, pixels.shape
        if self._subtractor is None:
            self._subtractor = cv2.createBackgroundSubtractorMOG2(detectShadows=True)
        self._seen += 1
        rate = 1 / self._seen if self._seen <= _LEARNING else min(max(step_s / _HISTORY_S, _LEAST_RATE), _MOST_RATE)
        small = cv2.GaussianBlur(shrink(pixels, self.width), (3, 3), 0)
        mask = self._subtractor.apply(small, None, rate) == _FOREGROUND
        if self._seen > _LEARNING:
            yield packet.replace(self._pieces(mask, pixels.shape))

    def interrupt(self) -> None:
        """Forget the background."""
        self._subtractor = None
        self._seen = 0
        self._last = None
        self._estimator.interrupt()

    def _pieces(self, mask: NDArray[np.bool_], shape: tuple[int, ...]) -> Detections2D:
        cv2 = opencv()
        height, width = mask.shape
        whole = mask.astype(np.uint8)
        whole = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
        # People are taller than wide: their heads and legs come together sooner than they and their neighbours.
        whole = cv2.morphologyEx(whole, cv2.MORPH_CLOSE, np.ones((9, 3), np.uint8))
        count, _, stats, _ = cv2.connectedComponentsWithStats(whole, connectivity=8)
        scale = np.tile([shape[1] / width, shape[0] / height], 2)
        boxes, scores = [], []
        for left, top, across, down, area in stats[1:count].tolist():
            if area >= max(4, self.least_area * height * width):
                boxes.append(np.array([left, top, left + across, top + down]) * scale)
                scores.append(area / (across * down))
        return surest(boxes, scores, None, (shape[1], shape[0]))

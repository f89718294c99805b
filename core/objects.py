"""Objects found in space: what detectors produce and trackers consume, so that neither imports the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError


@dataclass(slots=True)
class Box3D:
    """A box that stands upright in its frame, whose z axis points up.

    Attributes:
        center: x, y, z of the box's middle, m.
        size: length (along the heading), width, height, m.
        yaw: heading about z, rad, counter-clockwise from x.
        frame: name of the frame that centre, yaw and velocity are given in.
        score: how sure its maker is; only the order counts, unless the maker says more.
        label: class, such as `car`; empty where it is not known.
        velocity: x, y, z, m/s; `None` where it is not known.
        id: number of the track that it belongs to, where it belongs to one.

    Raises:
        DataError: a number is not finite, or a side is not longer than 0.
    """

    center: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float
    frame: str
    score: float = 1.0
    label: str = ""
    velocity: tuple[float, float, float] | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        numbers = (*self.center, *self.size, self.yaw, self.score, *(self.velocity or ()))
        if not all(map(math.isfinite, numbers)):
            raise DataError(f"Box3D: every number must be finite, got {self}")
        if min(self.size) <= 0:
            raise DataError(f"Box3D: length, width and height must be more than 0 m, got {self.size}")

    def corners(self) -> NDArray[np.float64]:
        """float64 `[8, 3]`, m: the bottom counter-clockwise from front left, then the top likewise."""
        length, width, height = self.size
        x = np.array([1, -1, -1, 1] * 2) * length / 2
        y = np.array([1, 1, -1, -1] * 2) * width / 2
        z = np.array([-1] * 4 + [1] * 4) * height / 2
        cos, sin = math.cos(self.yaw), math.sin(self.yaw)
        return np.stack([cos * x - sin * y, sin * x + cos * y, z], axis=1) + self.center


@dataclass(slots=True)
class Detections:
    """The objects found at one moment; none is an answer too.

    Attributes:
        boxes: the objects, all in `frame`.
        time_ns: moment that they are true for (capture, not computation), in nanoseconds of the pipeline's clock.
        frame: name of the frame; a box in another is an error.
    """

    boxes: list[Box3D] = field(default_factory=list)
    time_ns: int = 0
    frame: str = "lidar"

    def __post_init__(self) -> None:
        for box in self.boxes:
            if box.frame != self.frame:
                raise DataError(
                    f"Detections in frame {self.frame!r} hold a box in {box.frame!r}; transform it first "
                    "(wugan.calibration.Frames.lookup)"
                )

    def __len__(self) -> int:
        return len(self.boxes)

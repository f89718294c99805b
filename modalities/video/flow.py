"""Dense optical flow between two pictures, at a bounded cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.video.frame import opencv

PRESETS = ("ultrafast", "fast", "medium")


@dataclass(slots=True)
class Flow:
    """How far each place of a picture has moved since the picture before.

    Attributes:
        vectors: float32 `[h, w, 2]`: to the right and down, in pixels of the full picture. Row and column i stand for
            the pixel `(i + ½) · scale − ½` of the full picture.
        scale: full pixels in one of the flow's, for (x, y); the flow is computed on smaller pictures.
        size: width and height of the full picture.
        seconds: time between the two pictures.
    """

    vectors: NDArray[np.float32]
    scale: tuple[float, float]
    size: tuple[int, int]
    seconds: float


def shrink(pixels: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """A picture at most `width` pixels wide, each the mean of those that it stands for; never enlarged.

    The height keeps the shape and is at least 16 pixels where the picture has them (the flow's patches are 8).
    """
    if pixels.shape[1] <= width:
        return pixels
    height = min(pixels.shape[0], max(16, round(pixels.shape[0] * width / pixels.shape[1])))
    small: NDArray[np.uint8] = opencv().resize(pixels, (width, height), interpolation=opencv().INTER_AREA)
    return small


class DenseFlow:
    """DIS flow (Kroeger et al., Fast Optical Flow using Dense Inverse Search, ECCV 2016), by OpenCV.

    Args:
        width: pixels that pictures are brought to before; also bounds the cost.
        preset: `ultrafast`, `fast` or `medium`: slower each, and steadier.
        finest: halvings of those pictures at which the search ends. OpenCV's presets end at a quarter (2), where a
            thing of 16 pixels has sunk in the background and most of its motion is lost (`benchmarks/video/flow.py`).

    Raises:
        DataError: the preset is unknown, width is less than 16, or finest is not 0…3.
    """

    def __init__(self, width: int = 320, preset: str = "fast", finest: int = 1) -> None:
        if preset not in PRESETS or width < 16 or not 0 <= finest <= 3:
            raise DataError(
                f"flow: preset {preset!r} must be one of {', '.join(PRESETS)}; width {width} at least 16; finest "
                f"{finest} from 0 to 3"
            )
        cv2 = opencv()
        self.width = width
        self._dis = cv2.DISOpticalFlow_create(getattr(cv2, f"DISOPTICAL_FLOW_PRESET_{preset.upper()}"))
        self._dis.setFinestScale(finest)

    def __call__(self, before: NDArray[np.uint8], after: NDArray[np.uint8], seconds: float) -> Flow:
        """The flow from one grey picture `[H, W]` to the next.

        Raises:
            DataError: their sizes differ, they are less than 16 pixels high or wide, or time does not go forward.
        """
        if before.shape != after.shape or min(after.shape) < 16:
            raise DataError(f"flow: pictures of {before.shape} and {after.shape}; two of one size, 16 × 16 at least")
        if not seconds > 0 or not np.isfinite(seconds):
            raise DataError(f"flow: {seconds} s between the pictures; time must go forward")
        first, second = (np.ascontiguousarray(shrink(one, self.width)) for one in (before, after))
        vectors: NDArray[np.float32] = self._dis.calc(first, second, None)
        height, width = after.shape
        scale = width / second.shape[1], height / second.shape[0]
        return Flow(vectors * np.array(scale, np.float32), scale, (width, height), seconds)

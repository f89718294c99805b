"""`Detections2D`: things found in one picture; `Detector`: what finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.video.frame import opencv
from wugan.packet import Packet
from wugan.signals import Image


@dataclass(slots=True)
class Detections2D:
    """Boxes in one picture, the surest first.

    Attributes:
        boxes: float32 `[N, 4]`: left, top, right, bottom in the picture's pixels, inside it.
        scores: float32 `[N]`, 0…1, as the detector gives them (not calibrated).
        labels: what each is, N names.
        size: the picture's width and height in pixels.
        velocity: float32 `[N, 2]`, pixels a second to the right and down, from a detector that sees motion.

    Raises:
        DataError: the lengths disagree.
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    labels: list[str]
    size: tuple[int, int]
    velocity: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        count = len(self.labels)
        shapes = self.boxes.shape, self.scores.shape
        if shapes != ((count, 4), (count,)) or (self.velocity is not None and self.velocity.shape != (count, 2)):
            raise DataError(f"Detections2D: {count} labels, but boxes {shapes[0]} and scores {shapes[1]}")

    def __len__(self) -> int:
        return len(self.labels)


@runtime_checkable
class Detector(Protocol):
    """Anything that finds things in single pictures: every `Encoder[Image, Detections2D]` has this form.

    What needs the pictures before (`MotionDetector`) is a `Stage[Image, Detections2D]`; in a pipeline both fit in the
    same places.
    """

    def encode(self, batch: Sequence[Packet[Image]]) -> Sequence[Detections2D | None]:
        """What is in each picture."""
        ...


def suppress(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], classes: NDArray[np.int64], overlap: float
) -> NDArray[np.int64]:
    """Indices of the boxes that stay, the surest first: of two of one class that overlap by more, the surer one.

    Greedy non-maximum suppression; boxes of equal scores are taken in the order given.
    """
    corner_and_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    kept = opencv().dnn.NMSBoxesBatched(
        corner_and_size, np.maximum(scores, np.finfo(np.float32).tiny), classes.astype(np.int32), 0.0, overlap
    )
    return np.asarray(kept, dtype=np.int64)

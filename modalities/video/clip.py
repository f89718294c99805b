"""`Clip`: pictures at even times."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError


@dataclass(slots=True)
class Clip:
    """T pictures of one size, an even time apart. A picture that did not come is missing, and none is put in its place.

    Attributes:
        pixels: uint8 `[T, H, W, 3]`; zeros where one is missing.
        time_ns: int64 `[T]`, when each was captured; of a missing one, when it would have been. Increasing.
        mask: bool `[T]`, true where there is a picture.
        interval_ns: time between two.

    Raises:
        DataError: the shapes do not fit together, or times do not increase.
    """

    pixels: NDArray[np.uint8]
    time_ns: NDArray[np.int64]
    mask: NDArray[np.bool_]
    interval_ns: int

    def __post_init__(self) -> None:
        shape, count = self.pixels.shape, len(self.time_ns)
        if len(shape) != 4 or shape[0] != count or shape[3] != 3 or not self.pixels.size or self.mask.shape != (count,):
            raise DataError(f"Clip: {count} times, mask {self.mask.shape}, but pixels {shape}: [T, H, W, 3] is needed")
        if (np.diff(self.time_ns) <= 0).any():
            raise DataError("Clip: times do not increase")

    def __len__(self) -> int:
        return len(self.time_ns)

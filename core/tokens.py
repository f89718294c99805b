"""`Tokens`: what an encoder makes of a packet, and the only thing that fusion sees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError


@dataclass(slots=True)
class Tokens:
    """A sequence of vectors in time, of one modality.

    numpy, so that it crosses processes without a copy; `FusionBackbone` turns it into tensors.

    Attributes:
        values: float32 `[T, D]`.
        time_ns: int64 `[T]`, capture time of each token in nanoseconds, not decreasing.
        modality: name that the fusion backbone knows, such as `"voice"` or `"text"`.
        mask: bool `[T]`, true where the token is real; `None` means all are.
        positions: float32 `[T, P]`, place of each token in its own space (metres, microns, pixels), if any.

    Raises:
        DataError: the arrays' lengths disagree, or values hold NaN or infinity.
    """

    values: NDArray[np.float32]
    time_ns: NDArray[np.int64]
    modality: str
    mask: NDArray[np.bool_] | None = None
    positions: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise DataError(f"Tokens.values of modality {self.modality!r} must be [T, D], got {self.values.shape}")
        length = len(self.values)
        for name in ("time_ns", "mask", "positions"):
            array = getattr(self, name)
            if array is not None and len(array) != length:
                raise DataError(f"Tokens.{name} of modality {self.modality!r} has length {len(array)}, values {length}")
        if not np.isfinite(self.values).all():
            raise DataError(f"Tokens.values of modality {self.modality!r} hold NaN or infinity")

    def __len__(self) -> int:
        return len(self.values)

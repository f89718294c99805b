"""Windows: Hounsfield units to the grey levels that radiologists look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError


@dataclass(frozen=True, slots=True)
class WindowLevel:
    """A range of Hounsfield units that is spread over black to white.

    Attributes:
        center: HU in the middle.
        width: HU from black to white, at least 1.
    """

    center: float
    width: float

    def __post_init__(self) -> None:
        if not self.width >= 1:
            raise DataError(f"a window's width is at least 1 HU (DICOM PS3.3 C.11.2.1.2), got {self.width}")

    def apply(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Grey levels 0…255 of Hounsfield units, by DICOM's linear function (PS3.3 C.11.2.1.2.1)."""
        if self.width == 1:
            return np.where(values > self.center - 0.5, np.uint8(255), np.uint8(0)).astype(np.uint8)
        grey = ((values - np.float32(self.center - 0.5)) / np.float32(self.width - 1) + np.float32(0.5)) * np.float32(
            255
        )
        return np.clip(np.rint(grey), 0, 255).astype(np.uint8)


#: The usual presets (center, width in HU), by what one looks at with them.
PRESETS = {
    "abdomen": WindowLevel(60, 400),
    "angiography": WindowLevel(300, 600),
    "bone": WindowLevel(400, 1800),
    "brain": WindowLevel(40, 80),
    "liver": WindowLevel(60, 160),
    "lung": WindowLevel(-600, 1500),
    "mediastinum": WindowLevel(50, 350),
    "soft-tissue": WindowLevel(40, 400),
    "stroke": WindowLevel(40, 40),
    "subdural": WindowLevel(75, 215),
    "temporal-bone": WindowLevel(600, 2800),
}


def window(values: NDArray[np.float32], preset: str | WindowLevel) -> NDArray[np.uint8]:
    """Grey levels 0…255 of Hounsfield units of any shape.

    Args:
        values: Hounsfield units.
        preset: a name of `PRESETS`, or a window of one's own.

    Raises:
        DataError: no preset has that name.
    """
    if isinstance(preset, WindowLevel):
        return preset.apply(values)
    if preset not in PRESETS:
        raise DataError(f"no window {preset!r}; there are {', '.join(PRESETS)}, or WindowLevel(center, width)")
    return PRESETS[preset].apply(values)

"""Payload types that devices produce and modalities consume, so that neither imports the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Audio:
    """A stretch of mono sound.

    Attributes:
        samples: float32 `[N]` in -1…1.
        rate: samples per second (Hz).
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.rate

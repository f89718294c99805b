"""`Fused`: what the fusion backbone makes of one time-aligned window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.packet import Packet
from wugan.tokens import Tokens


@dataclass(slots=True)
class Fused:
    """Fused states of one window; a head reads them.

    Attributes:
        time_ns: time of the window (that of its first stream's packet).
        pooled: float32 `[D]`, one vector for the window.
        modality_pooled: for each modality present, float32 `[D]`, that modality's pooled output after fusion.
        states: for each modality present, float32 `[T, D]`, its tokens after fusion.
        inputs: for each modality present, the packet of tokens it came from (with its metadata).
    """

    time_ns: int
    pooled: NDArray[np.float32]
    modality_pooled: dict[str, NDArray[np.float32]]
    states: dict[str, NDArray[np.float32]]
    inputs: dict[str, Packet[Tokens]]

    @property
    def present(self) -> tuple[str, ...]:
        """The modalities that this window has."""
        return tuple(self.inputs)

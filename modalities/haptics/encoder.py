"""`HapticEncoder`: touch as tokens, a moment each."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.modalities.haptics.features import BANDS, NAMES, features
from wugan.modalities.haptics.regular import regular
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Encoder
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)

MODALITY = "touch"


@dataclass(eq=False)
class HapticEncoder(Encoder[HapticSample, Tokens]):
    """Encodes a stretch of touch as tokens of modality `"touch"`, float32 `[T, 27]`, one for each whole window.

    A token holds the logarithms of the power of vibration and of force in eight bands each, and eleven numbers on
    speed, force, power and path; `features.NAMES` names them. They are the same whatever the number of axes and in
    whichever direction they lie. Values are in their natural units; a model that reads them scales them. Vibration is
    the measured acceleration where the device has a sensor, otherwise the change of its velocity.

    `positions [T, A]` are the hand's mean positions (m or rad). A token's time is its window's start. A window in which
    states are missing gives no token; what is shorter than a window at a stretch's end is left out, so give it whole
    stretches (`Gather`).

    Args:
        window: what one token spans, 50 to 100 ms being what people feel as one moment.
        rate: Hz to which all devices are brought; the highest band ends at half of it (and at 1 kHz).

    Raises:
        DataError: from `encode`: arrays that do not fit together, times that run backwards, NaN.
    """

    window: str | float = "50ms"
    rate: float = 1000.0

    modality = MODALITY
    dim = len(NAMES)

    def __post_init__(self) -> None:
        self._length = round(to_ns(self.window) * self.rate / 1e9)
        if self._length < 2 * BANDS:
            raise DataError(
                f"HapticEncoder: window {self.window!r} at {self.rate:g} Hz has {self._length} samples, "
                f"at least {2 * BANDS} are needed for {BANDS} bands"
            )

    def encode(self, batch: Sequence[Packet[HapticSample]]) -> list[Tokens | None]:
        """Tokens of each stretch, `None` for one without a whole window."""
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[HapticSample]) -> Tokens | None:
        length = self._length
        found = regular(packet.data, self.rate) if len(packet.data) else None
        count = 0 if found is None else len(found.whole) // length
        if found is None or not count:
            logger.debug("packet %d of %r is shorter than a window: no tokens", packet.seq, packet.stream)
            return None
        whole = found.whole[: count * length].reshape(count, length).all(axis=1)
        if not whole.any():
            logger.debug("packet %d of %r has states missing in every window", packet.seq, packet.stream)
            return None
        position, velocity, force, acceleration = (
            values[: count * length].reshape(count, length, -1)[whole]
            for values in (found.position, found.velocity, found.force, found.acceleration)
        )
        values = features(position, velocity, force, acceleration, self.rate).astype(np.float32)
        starts = np.flatnonzero(whole) * length / self.rate
        time_ns = found.start_ns + np.round(starts * 1e9).astype(np.int64)
        return Tokens(values, time_ns, MODALITY, positions=position.mean(axis=1).astype(np.float32))

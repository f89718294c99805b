"""`Deadband`: sends a sample only where a hand would notice that it was not sent.

Perceptual deadband coding as in IEEE 1918.1.1 (haptic codecs for the tactile internet) and Hinterseer, Hirche,
Chaudhuri, Steinbach, Buss, "Perception-based data reduction and transmission of haptic data in telepresence and
teleaction systems", IEEE T-SP 56(2), 2008: a change within a fraction of the last value (Weber) is not felt. With
several axes the dead zone is a ball around the last vector. Below the absolute threshold, where Weber's law ends, it
keeps a least radius.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from wugan.devices.haptic.teleoperation.packet import Vector


@dataclass(slots=True)
class Deadband:
    """One coded signal.

    Attributes:
        weber: fraction of the last sent value that is not felt.
        floor: radius of the dead zone around zero, in the signal's unit.
        last: the value that was sent last; None before the first.
    """

    weber: float
    floor: float
    last: Vector | None = field(default=None, repr=False)

    def radius(self, value: Vector) -> float:
        """How far a value may be from `value` without being felt."""
        return max(self.floor, self.weber * math.sqrt(float(value @ value)))

    def felt(self, value: Vector) -> bool:
        """Whether the difference to what was sent last would be felt (always before the first)."""
        if self.last is None:
            return True
        away = value - self.last
        return math.sqrt(float(away @ away)) > self.radius(self.last)

    def sent(self, value: Vector) -> None:
        """This value was sent."""
        self.last = value.copy()

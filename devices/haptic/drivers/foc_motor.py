"""`FocMotor`: torque in N·m to the volts or amperes that a SimpleFOC board takes as its target, and back."""

from __future__ import annotations

import math
from dataclasses import dataclass

# Number and name of SimpleFOC's torque controllers (firmware 2.4.0).
CONTROLLERS = {
    "voltage": (0, "volt"),
    "dc-current": (1, "dc curr"),
    "foc-current": (2, "foc curr"),
    "estimated-current": (3, "est. curr"),
}
MOST = 1000.0  # of any quantity; what a single float and four decimals can tell apart
MOVING = 2.0  # volts allowed over what the current limit needs at rest, for the motor's own voltage when it turns


@dataclass(frozen=True, slots=True)
class FocMotor:
    """A motor whose constant only its owner knows: the board has no N·m.

    Attributes:
        kt_nm_per_a: torque constant, N·m/A; 8.27 / KV where the maker gives KV in rpm/V.
        resistance_ohm: phase resistance. By voltage it makes the torque: V·kt/R, while the motor stands; a turning
            motor's own voltage takes some of it away, which feels like a damper.
        torque_by: `voltage`, or `dc-current`, `foc-current`, `estimated-current` where the board measures.
        limit: greatest target, V by voltage and A by current.

    Raises:
        ValueError: a value that cannot be.
    """

    kt_nm_per_a: float
    resistance_ohm: float
    torque_by: str
    limit: float

    def __post_init__(self) -> None:
        for name in ("kt_nm_per_a", "resistance_ohm", "limit"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value <= MOST):
                raise ValueError(f"simplefoc {name} {value}: more than 0, at most {MOST:g}")
        if self.torque_by not in CONTROLLERS:
            raise ValueError(f"simplefoc torque_by {self.torque_by!r}: one of {', '.join(CONTROLLERS)}")

    @property
    def nm_per_unit(self) -> float:
        """N·m that a target of 1 (V or A) gives at rest."""
        return self.kt_nm_per_a / self.resistance_ohm if self.torque_by == "voltage" else self.kt_nm_per_a

    @property
    def most_nm(self) -> float:
        """Torque at the limit, N·m."""
        return self.limit * self.nm_per_unit

    @property
    def volts(self) -> float:
        """The board's voltage limit: by current a second one, should a target arrive without its decimal point."""
        return self.limit if self.torque_by == "voltage" else min(MOVING * self.limit * self.resistance_ohm, MOST)

    def target(self, torque: float) -> float:
        """The target for a torque in N·m, within the limit, to four decimals; never −0."""
        return round(min(max(torque / self.nm_per_unit, -self.limit), self.limit), 4) + 0.0

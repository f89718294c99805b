"""`Assist`: how much guidance a trainee gets. It fades as the trainee improves, and comes back where it is needed.

Guidance that never fades is leaned on, and what was learnt goes with it (the guidance hypothesis: Salmoni, Schmidt,
Walter 1984; for haptics Powell and O'Malley 2012). So the level follows the error that the trainee *would* make alone:
the error that is seen, times (hand + guide) / hand in stiffness. It is lowered while that is below the target, raised
while it is above, and never jumps: what is felt must not surprise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

RISE_PER_S = 0.5  # of the level
FALL_PER_S = 0.25
GUIDE_N_M = 400.0  # stiffness of the guide at level 1
HAND = 300.0  # N/m, a hand that holds a stylus (100 to 500 in the literature)
_MEMORY_S = 1.0  # over which the error is averaged


@dataclass(slots=True)
class Assist:
    """The level of guidance of one trainee.

    Attributes:
        target_m: error at which a trainee needs none.
        stiffest: N/m of the guide at level 1.
        level: now, 0…1.
        fixed: keep the level.
        alone_m: error that the trainee would make without guidance, as estimated; m.
    """

    target_m: float
    stiffest: float = GUIDE_N_M
    level: float = 1.0
    fixed: bool = False
    alone_m: float = 0.0
    _seen: bool = False

    def update(self, error_m: float, dt_s: float) -> float:
        """Take the distance from the path over the last `dt_s`; the new level.

        What is not finite or takes no time changes nothing.
        """
        return self.follow(error_m * (HAND + self.level * self.stiffest) / HAND, dt_s)

    def follow(self, alone_m: float, dt_s: float) -> float:
        """Take an estimate of the error without guidance over the last `dt_s`; the new level. Else as `update`."""
        if not (math.isfinite(alone_m) and math.isfinite(dt_s)) or dt_s <= 0 or alone_m < 0:
            return self.level
        share = 1.0 if not self._seen else -math.expm1(-dt_s / _MEMORY_S)
        self.alone_m += share * (alone_m - self.alone_m)
        self._seen = True
        if self.fixed:
            return self.level
        wanted = min(1.0, max(0.0, self.alone_m / self.target_m - 1.0))
        most = RISE_PER_S * dt_s if wanted > self.level else FALL_PER_S * dt_s
        self.level += min(most, max(-most, wanted - self.level))
        return self.level

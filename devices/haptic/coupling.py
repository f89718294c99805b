"""`VirtualCoupling`: a spring and a damper between the handle and a tool that lives in a simulation.

What is simulated may then be as stiff as it likes: the hand never feels more than the coupling, whose stiffness is
chosen so that the device can render it passively (Colgate, Stanley and Brown, "Issues in the haptic display of tool
use", IROS 1995; Adams and Hannaford, "Stable haptic interaction with virtual environments", IEEE Transactions on
Robotics and Automation 15(3), 1999).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from wugan.errors import DataError


def stiffest(damping: float, period_s: float, delay_s: float = 0.0, virtual_damping: float = 0.0) -> float:
    """The greatest stiffness that a sampled device renders passively: K < (b − B) / (T/2 + t_d).

    Colgate and Schenkel, "Passivity of a class of sampled-data systems", Journal of Robotic Systems 14(1), 1997; the
    delay adds to the half period that the hold costs.

    Args:
        damping: b, the device's own viscous friction, N·s/m or N·m·s/rad.
        period_s: T, of the loop.
        delay_s: t_d, from the sampling of a position to the moment when the force made from it begins to act.
        virtual_damping: B that is rendered beside the spring. It is made of sampled velocities and uses friction up.

    Returns:
        N/m or N·m/rad; 0 where the rendered damping is as much as the device's own.

    Raises:
        DataError: a value that cannot be.
    """
    if not (period_s > 0.0 and delay_s >= 0.0 and damping >= 0.0 and virtual_damping >= 0.0):
        raise DataError(
            f"stiffest: damping {damping}, period {period_s} s, delay {delay_s} s, virtual damping {virtual_damping}: "
            "the period must be above 0 and none of the others below it"
        )
    return max(0.0, damping - virtual_damping) / (period_s / 2 + delay_s)


@dataclass(frozen=True, slots=True)
class VirtualCoupling:
    """F = stiffness · (tool − handle) + damping · (tool's velocity − handle's velocity), on the handle; −F on the tool.

    Attributes:
        stiffness: N/m or N·m/rad.
        damping: N·s/m or N·m·s/rad.
        strength: greatest length of the force, N or N·m; further apart the tool is left behind.
    """

    stiffness: float
    damping: float = 0.0
    strength: float = math.inf

    def __post_init__(self) -> None:
        """Check the values.

        Raises:
            DataError: one is negative or not finite.
        """
        for name in ("stiffness", "damping"):
            if not 0.0 <= getattr(self, name) < math.inf:
                raise DataError(f"VirtualCoupling.{name} = {getattr(self, name)}: give a finite number of at least 0")
        if not self.strength > 0.0:
            raise DataError(f"VirtualCoupling.strength = {self.strength}: it must be above 0")

    @classmethod
    def stiffest(
        cls, damping: float, period_s: float, delay_s: float = 0.0, strength: float = math.inf
    ) -> VirtualCoupling:
        """The stiffest coupling for a device whose own friction is `damping` (N·s/m); half of it goes into its damper.

        Raises:
            DataError: as `stiffest`.
        """
        virtual = damping / 2
        return cls(stiffest(damping, period_s, delay_s, virtual), virtual, strength)

    def force(
        self,
        position: Sequence[float],
        velocity: Sequence[float],
        tool: Sequence[float],
        tool_velocity: Sequence[float],
    ) -> tuple[float, ...]:
        """Force on the handle; the tool gets the opposite.

        Args:
            position: of the handle, m or rad, one for each axis.
            velocity: of the handle.
            tool: position of the tool.
            tool_velocity: of the tool.
        """
        pull = [
            self.stiffness * (there - here) + self.damping * (its - own)
            for here, own, there, its in zip(position, velocity, tool, tool_velocity, strict=True)
        ]
        length = math.hypot(*pull)
        share = self.strength / length if length > self.strength else 1.0
        return tuple(value * share for value in pull)

"""`Tank`: the energy account of one side. What it puts out was put in before, here or at the other side.

Each side books the work at its own body exactly: the force that it held over the last period, times the displacement
that was then measured. It puts out no more than its level. Energy moves between the sides as grants, of which the
running total is sent: the receiver books the difference to the greatest total that it has seen. A lost or late packet
so delays energy and never makes any, whatever the channel does. The scheme is the passivity layer of Franken et al.,
"Bilateral Telemanipulation With Time Delays: A Two-Layer Approach Combining Passivity and Transparency", IEEE T-RO
27(4), 2011, with totals in place of single grants; the accounts at both ends are those of the time-domain passivity
approach (Ryu, Artigas, Preusche, "A passive bilateral control scheme for a teleoperator with time-varying
communication delay", Mechatronics 20(7), 2010).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from wugan.devices.haptic.teleoperation.packet import Vector


@dataclass(slots=True)
class Tank:
    """Energy that one side may still put out.

    Attributes:
        target_j: level that the sides try to keep.
        reserve_j: never planned to be used: it pays for what one period's displacement differs from its forecast.
        least_mass: kg (or kg·m²) of the lightest body that the force may move, for that forecast.
        drain_s: the level may fall by a factor of e in this time and no faster, so that a force fades and is not cut.
        level_j: what is there.
        granted_j: handed over to the other side since the start.
        received_j: handed over by it, as far as is known.
        spilled_j: above the capacity (four targets), and so dissipated. It bounds what a fault could release.
    """

    target_j: float
    reserve_j: float
    least_mass: float
    drain_s: float
    level_j: float = 0.0
    granted_j: float = 0.0
    received_j: float = 0.0
    spilled_j: float = 0.0
    limited: int = field(default=0)

    def book(self, force: Vector, displacement: Vector) -> None:
        """Account for the period that has passed: the force on the body that was held, and how far the body went."""
        self.level_j -= float(force @ displacement)
        excess = self.level_j - 4 * self.target_j
        if excess > 0:
            self.level_j -= excess
            self.spilled_j += excess

    def admit(self, force: Vector, velocity: Vector, dt_s: float) -> Vector:
        """As much of a force on the body as the level can pay for in the coming period; 0…1 times `force`."""
        along = dt_s * float(force @ velocity)
        # The body's own acceleration under the force counts as well: a force on a body at rest does work.
        own = 0.5 * float(force @ force) * dt_s * dt_s / self.least_mass
        may = max(0.0, self.level_j - self.reserve_j) * -math.expm1(-dt_s / self.drain_s)
        if along + own <= may:
            return force
        self.limited += 1
        # The share s for which s·along + s²·own is what may be used; two forms of the root, each without cancellation.
        root = math.sqrt(along * along + 4 * own * may)
        if along < 0:
            return force * min(1.0, (root - along) / (2 * own))
        return force * min(1.0, 2 * may / (root + along)) if may else np.zeros_like(force)

    def grant(self, other_level_j: float, share: float) -> None:
        """Hand over a share of half of what the other side has less, leaving the reserve."""
        amount = min(0.5 * share * (self.level_j - other_level_j), self.level_j - self.reserve_j)
        if amount > 0:
            self.level_j -= amount
            self.granted_j += amount

    def receive(self, total_j: float) -> None:
        """Book the other side's running total of grants; an older or equal one changes nothing."""
        if total_j > self.received_j:
            self.level_j += total_j - self.received_j
            self.received_j = total_j

    def refill(self, velocity: Vector, most: float) -> Vector:
        """The damping force that draws energy out of the motion while the level is below its target."""
        lacking = min(1.0, max(0.0, 1.0 - self.level_j / self.target_j))
        return np.asarray(-most * lacking * velocity)

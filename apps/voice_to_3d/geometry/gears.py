"""The outline of a spur gear: involute flanks on the rack of ISO 53 (addendum 1 m, dedendum 1.25 m)."""

from __future__ import annotations

from math import acos, cos, pi, sqrt, tan

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.errors import DataError

FLANK = 10  # points on a flank: the chord error stays below 0.001 modules


def spur(module: float, teeth: int, pressure_angle: float) -> Outline:
    """A gear centred on the origin, a tooth on +x; roots are arcs of the root circle. `pressure_angle` in radians.

    The tooth is half the pitch wide on the pitch circle (no backlash). Below the base circle the flank goes on
    radially; undercut is not modelled.

    Raises:
        DataError: the teeth would end in points below their tip circle.
    """
    pitch, tip, root = module * teeth / 2, module * (teeth / 2 + 1), module * (teeth / 2 - 1.25)
    base = pitch * cos(pressure_angle)

    def involute(radius: float) -> float:
        angle = acos(base / radius) if radius > base else 0.0
        return tan(angle) - angle

    half = pi / (2 * teeth) + involute(pitch)  # half the tooth's angle where the involute starts
    if half - involute(tip) <= 0:
        raise DataError(f"a gear of {teeth} teeth at {np.degrees(pressure_angle):g}° has pointed tips; use more teeth")
    start = max(base, root)
    radii = [sqrt(start**2 + (tip**2 - start**2) * (i / FLANK) ** 1.5) for i in range(FLANK + 1)]
    flank = [(radius, half - involute(radius)) for radius in radii]
    if root < base:
        flank.insert(0, (root, half))
    pitch_angle = 2 * pi / teeth
    tip_angle = flank[-1][1]
    land = [(tip, a) for a in np.linspace(-tip_angle, tip_angle, 5)[1:-1]]
    gap = [(root, a) for a in np.linspace(flank[0][1], pitch_angle - flank[0][1], 5)[1:-1]]
    tooth = [(radius, -angle) for radius, angle in flank] + land + flank[::-1] + gap
    radius, angle = np.array(tooth).T
    turned = [angle + pitch_angle * i for i in range(teeth)]
    return np.concatenate([np.stack([radius * np.cos(a), radius * np.sin(a)], axis=1) for a in turned])

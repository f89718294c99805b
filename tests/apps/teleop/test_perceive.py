from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.teleop.tasks import Casting, Flange, find_hole, find_rim
from wugan.errors import DataError


@pytest.mark.parametrize("centre", [(0.0, 0.0), (0.01, -0.007)])
def test_a_hole_is_found_to_a_tenth_of_a_millimetre(centre: tuple[float, float]) -> None:
    part = Flange(centre)
    hole = find_hole(part.scan(3))
    assert np.abs(hole.centre - [*centre, 0.0]).max() < 1e-4
    assert abs(hole.radius - part.hole) < 1e-4 and abs(hole.depth - part.depth) < 3e-4 and hole.residual < 2e-4


@pytest.mark.parametrize("phase", [0.0, 2.0, 4.0])
def test_a_rim_is_found(phase: float) -> None:
    part = Casting(phase=phase)
    rim = find_rim(part.scan(1), -0.03, 0.03)
    assert np.abs(rim - part.rim(rim[:, 0])).max() < 2e-4


def test_what_cannot_be_found_says_why() -> None:
    draw = np.random.default_rng(0)
    plate = np.column_stack([draw.uniform(-0.05, 0.05, (4000, 2)), np.zeros(4000)])
    with pytest.raises(DataError, match="no hole"):
        find_hole(plate)
    with pytest.raises(DataError, match="no level top"):
        find_hole(draw.uniform(-0.05, 0.05, (2000, 3)))
    with pytest.raises(DataError, match="front wall"):
        find_rim(Casting().scan(0), -0.2, 0.2)
    scan = Flange((0.0, 0.0)).scan(0)
    with pytest.raises(DataError, match="wall"):
        find_hole(scan[scan[:, 2] > -0.001])

"""The pantograph's geometry, against postures that the vendor's own code was asked for."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.haply import Pantograph

LINKAGE = Pantograph()
REACHABLE = st.tuples(st.floats(-0.03, 0.05), st.floats(0.03, 0.1))


@pytest.mark.parametrize(
    ("degrees", "handle"),
    [((180, 0), (0.010000, 0.036056)), ((120, 60), (0.010000, 0.103923)), ((135.5, 40.25), (0.012765, 0.085590))],
)
def test_handle(degrees: tuple[float, float], handle: tuple[float, float]) -> None:
    """Three postures, as the vendor's library has them."""
    angles = (math.radians(degrees[0]), math.radians(degrees[1]))
    assert LINKAGE.handle(angles) == pytest.approx(handle, abs=1e-6)
    assert LINKAGE.angles(handle) == pytest.approx(angles, abs=1e-4)


def test_torques_are_not_doubled() -> None:
    """1 N along x at (120°, 60°) is −0.0433 N·m at each motor; the vendor's law gives twice that."""
    torques = LINKAGE.torques((math.radians(120), math.radians(60)), (1.0, 0.0))
    assert torques == pytest.approx((-0.043301, -0.043301), abs=1e-6)


@given(REACHABLE, st.floats(-3, 3), st.floats(-3, 3))
def test_virtual_work(handle: tuple[float, float], fx: float, fy: float) -> None:
    """Jᵀ·F agrees with the geometry: torque × turn is force × way, for each motor alone."""
    angles = LINKAGE.angles(handle)
    assert angles is not None
    assert LINKAGE.handle(angles) == pytest.approx(handle, abs=1e-12)
    torques = LINKAGE.torques(angles, (fx, fy))
    assert torques is not None
    step = 1e-6
    for motor in range(2):
        ends = []
        for sign in (-step, step):
            turned = list(angles)
            turned[motor] += sign
            end = LINKAGE.handle((turned[0], turned[1]))
            assert end is not None
            ends.append(end)
        way = ((ends[1][0] - ends[0][0]) / (2 * step), (ends[1][1] - ends[0][1]) / (2 * step))
        assert torques[motor] == pytest.approx(fx * way[0] + fy * way[1], abs=1e-7)
    assert LINKAGE.force(angles, torques) == pytest.approx((fx, fy), abs=1e-9)


@given(st.floats(-10, 10), st.floats(-10, 10))
def test_no_posture_raises(first: float, second: float) -> None:
    """Where the forearms do not meet, or lie in line, there is no answer; never a huge one."""
    torques = LINKAGE.torques((first, second), (1.0, 1.0))
    if LINKAGE.handle((first, second)) is None:
        assert torques is None
    if torques is not None:
        assert max(map(abs, torques)) < 1.5 * LINKAGE.upper / 0.05


def test_out_of_reach() -> None:
    """Too far, too near, and on a motor's axis."""
    for handle in ((0.2, 0.2), (0.001, 0.0), (0.0, 0.0), (0.02, 0.0)):
        assert LINKAGE.angles(handle) is None

"""The virtual coupling, and how stiff a sampled device may render."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.coupling import VirtualCoupling, stiffest
from wugan.errors import DataError


def test_the_bound_of_a_sampled_device() -> None:
    assert stiffest(0.5, 1e-3) == pytest.approx(1000.0)
    assert stiffest(0.5, 1e-3, 1e-3) == pytest.approx(0.5 / 1.5e-3)
    assert stiffest(0.5, 1e-3, 1e-3, virtual_damping=0.2) == pytest.approx(0.3 / 1.5e-3)
    assert stiffest(0.5, 1e-3, virtual_damping=1.0) == 0.0


@pytest.mark.parametrize("values", [(1.0, 0.0), (-1.0, 1e-3), (1.0, 1e-3, -1.0), (math.nan, 1e-3)])
def test_values_that_cannot_be(values: tuple[float, ...]) -> None:
    with pytest.raises(DataError, match="stiffest"):
        stiffest(*values)


@pytest.mark.parametrize("values", [(-1.0,), (math.inf,), (1.0, math.nan), (1.0, 0.0, 0.0)])
def test_a_coupling_of_such_values(values: tuple[float, ...]) -> None:
    with pytest.raises(DataError, match="VirtualCoupling"):
        VirtualCoupling(*values)


@settings(max_examples=30)
@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 4), min_size=1, max_size=6))
def test_handle_and_tool_pull_with_opposite_forces_within_the_strength(axes: list[tuple[float, ...]]) -> None:
    coupling = VirtualCoupling(500.0, 2.0, strength=5.0)
    x, v, tool, speed = zip(*axes, strict=True)
    on_handle, on_tool = coupling.force(x, v, tool, speed), coupling.force(tool, speed, x, v)
    assert on_handle == pytest.approx([-value for value in on_tool])
    assert math.hypot(*on_handle) <= 5.0 * (1 + 1e-9)


def test_a_tool_behind_a_rigid_wall_holds_the_handle_back() -> None:
    """However rigid the tool's world is, the handle feels the coupling: it comes to rest where both forces agree."""
    coupling = VirtualCoupling.stiffest(2.0, 1e-3, 1e-3)
    x = v = 0.0
    for _ in range(5000):
        force = coupling.force((x,), (v,), (max(0.0, x),), (0.0,))[0] - 1.0 - 2.0 * v
        v += force / 0.1 * 1e-3
        x += v * 1e-3
    assert x == pytest.approx(-1.0 / coupling.stiffness, rel=0.01) and abs(v) < 1e-4

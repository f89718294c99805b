from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.emulators.body import Body, ForceHand, Moving, SpringHand
from wugan.errors import DataError

DT = 0.0005


def run(body: Body, output: list[float], seconds: float) -> None:
    for _ in range(round(seconds / DT)):
        body.step(np.array(output), DT)


def test_a_constant_force_accelerates_as_newton_says() -> None:
    body = Body(mass=0.2, axes=2)
    run(body, [1.0, 0.0], 0.1)
    assert body.velocity == pytest.approx([0.5, 0.0])
    assert body.position == pytest.approx([0.025, 0.0], rel=0.01)


def test_viscous_friction_ends_in_the_terminal_velocity() -> None:
    body = Body(mass=0.05, damping=2.0)
    run(body, [1.0], 1.0)
    assert body.velocity == pytest.approx([0.5])


def test_dry_friction_holds_and_stops() -> None:
    body = Body(mass=0.1, coulomb=0.3)
    run(body, [0.29], 0.5)
    assert body.position == 0.0 and body.velocity == 0.0
    body.place([0.0], [0.1])
    run(body, [0.0], 0.2)
    assert body.velocity == 0.0 and 0 < body.position < 0.1 * 0.2


def test_ends_stop_it_and_tell_their_force() -> None:
    body = Body(mass=0.1, ends=[(-0.05, 0.05)])
    run(body, [3.0], 0.5)
    assert body.position == 0.05 and body.velocity == 0.0
    assert body.contact == pytest.approx([-3.0])


def test_a_hand_pulls_it_along_its_path() -> None:
    body = Body(mass=0.1, damping=1.0, hand=SpringHand(lambda time_s: [0.02], stiffness=300, damping=5))
    run(body, [0.0], 1.0)
    assert body.position == pytest.approx([0.02], abs=1e-5)
    body = Body(mass=0.1, hand=ForceHand(lambda time_s: [0.5 if time_s < 0.1 else 0.0]))
    run(body, [0.0], 0.2)
    assert body.velocity == pytest.approx([0.5], rel=0.02)


def test_the_encoder_counts_whole_steps_downwards() -> None:
    body = Body(mass=1.0, encoder_step=[0.25, 0.0], start=[-0.1, -0.1])
    position, velocity = body.sensed()
    assert position.tolist() == [-0.25, -0.1] and velocity.tolist() == [0.0, 0.0]


finite = st.floats(-1e3, 1e3)


@given(
    st.floats(1e-6, 10),
    st.floats(0, 100),
    st.floats(0, 10),
    st.lists(st.floats(allow_nan=True), min_size=1, max_size=50),
)
def test_it_stays_finite_and_between_its_ends(mass: float, damping: float, dry: float, outputs: list[float]) -> None:
    body = Body(mass, damping, coulomb=dry, ends=[(-0.1, 0.2)])
    for output in outputs:
        body.step(np.clip(np.array([output]), -1e6, 1e6), DT)
        assert -0.1 <= body.position[0] <= 0.2 and np.isfinite(body.velocity[0])


@given(st.floats(1e-3, 10), st.floats(0, 100), st.floats(0, 10), finite)
def test_without_a_force_it_never_gains_speed(mass: float, damping: float, dry: float, speed: float) -> None:
    body = Body(mass, damping, coulomb=dry)
    body.place([0.0], [speed])
    for _ in range(20):
        before = abs(body.velocity[0])
        body.step(np.zeros(1), DT)
        assert abs(body.velocity[0]) <= before


@pytest.mark.parametrize("space", ["joint", "cartesian"])
def test_a_body_that_suits_a_device(space: str) -> None:
    spec = HapticSpec(
        "x",
        "X",
        space,
        (8.0, 4.0),
        ((0.0, 0.2), (-1.0, 1.0)),
        (2.0, 2.0),
        1000.0,
        None,
        True,
        True,  # type: ignore[arg-type]
    )
    body = Body.of(spec)
    assert isinstance(body, Moving)
    assert body.position.tolist() == [0.1, 0.0]
    run(body, [8.0, 4.0], 2.0)
    assert body.position.tolist() == [0.2, 1.0]


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"mass": 0.0}, "mass"),
        ({"mass": float("nan")}, "mass"),
        ({"mass": 1.0, "damping": -1.0}, "damping"),
        ({"mass": 1.0, "encoder_step": float("inf")}, "encoder_step"),
        ({"mass": 1.0, "ends": [(1.0, 0.0)]}, "ends"),
        ({"mass": [1.0, 1.0], "damping": [1.0, 1.0, 1.0]}, "fit together"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        Body(**values)  # type: ignore[arg-type]

"""The renderer: what holds of every program, and what stays when programs change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.effects import (
    Damper,
    Detents,
    Effect,
    ForbiddenBox,
    ForbiddenSphere,
    Friction,
    Guide,
    Program,
    Pulse,
    Renderer,
    Spring,
    Surface,
    Texture,
    Vibration,
    Wall,
    Weight,
)
from wugan.devices.haptic.proxy import Geometry, mesh, path
from wugan.errors import DataError

FLOOR = mesh([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], [[0, 1, 2], [0, 2, 3]], radius=1e-3)
SHELF: dict[str, Geometry] = {"floor": FLOOR, "line": path([[0.0, 0, 0], [0.05, 0, 0], [0.05, 0.05, 0]])}
DT = 1e-3


def effects(axes: int) -> list[Effect]:
    first = (1.0, *(0.0 for _ in range(axes - 1)))
    found: list[Effect] = [
        Spring(300.0),
        Damper(2.0),
        Wall(first),
        Friction(1.0, 1.3),
        Friction(1.0, each_axis=True),
        Texture(direction=first),
        Texture.noise(direction=first),
        Detents(direction=first, count=3),
        Pulse(first),
        Vibration(direction=first),
        Weight(first),
        Guide((tuple(0.0 for _ in range(axes)), first), assist=0.3, damping=1.0),
        ForbiddenBox((-0.02,) * axes, (0.02,) * axes),
        ForbiddenBox((-0.02,) * axes, (0.02,) * axes, outside=True),
        ForbiddenSphere(0.02),
        ForbiddenSphere(0.02, outside=True),
    ]
    return found


numbers = st.one_of(st.floats(-0.2, 0.2), st.floats(-1e5, 1e5), st.floats(allow_nan=False, allow_infinity=False))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_finite_in_finite_out_and_the_same_again(data: st.DataObject) -> None:
    axes = data.draw(st.integers(1, 7))
    program = Program(tuple(data.draw(st.lists(st.sampled_from(effects(axes)), max_size=8))))
    steps = data.draw(st.lists(st.tuples(*[st.tuples(*[numbers] * axes)] * 2), min_size=1, max_size=6))
    outputs = []
    for _ in range(2):
        renderer = Renderer(axes)
        renderer.load(program)
        outputs.append(np.array([renderer.step(at, speed, DT).copy() for at, speed in steps]))
    assert np.isfinite(outputs[0]).all()
    assert np.array_equal(*outputs)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-0.05, 0.05)] * 3), min_size=2, max_size=20), st.floats(0.0, 2.0))
def test_a_surface_gives_at_most_stiffness_times_depth(
    hands: list[tuple[float, float, float]], friction: float
) -> None:
    renderer = Renderer(3, SHELF)
    renderer.load(Program((Surface("floor", 500.0, 0.0, still=friction, moving=friction / 2),)))
    renderer.step((0.0, 0.0, 0.06), (0.0, 0.0, 0.0), DT)
    for hand in hands:
        force = renderer.step(hand, (0.0, 0.0, 0.0), DT)
        depth = max(0.0, 1e-3 - hand[2])
        assert force[2] == pytest.approx(500.0 * depth, abs=1e-6)
        assert np.linalg.norm(force[:2]) <= friction * 500.0 * depth + 1e-6


def test_not_finite_and_absurd_input_gives_zero() -> None:
    renderer = Renderer(2)
    renderer.load(Program((Spring(300.0), Texture(direction=(1.0, 0.0)), Detents(direction=(1.0, 0.0)))))
    for bad in (float("nan"), float("inf"), 1e300):
        assert not renderer.step((bad, 0.0), (0.0, 0.0), DT).any()
        assert not renderer.step((0.01, 0.0), (0.0, bad), DT).any()


@pytest.mark.parametrize("effect", [*effects(3), Surface("floor", damping=0.0), Guide("line")], ids=repr)
def test_a_closed_path_gives_no_energy(effect: Effect) -> None:
    """Springs give back what they took; dampers and friction take; nothing but pulses and assistance gives."""
    angle = np.linspace(0, 2 * np.pi, 4001)
    way = np.stack([0.03 * np.cos(angle) + 0.011, 0.025 * np.sin(angle), 0.012 * np.cos(2 * angle) + 0.003], -1)
    renderer = Renderer(3, SHELF)
    renderer.load(Program((effect,)))
    renderer.step((0.0, 0.0, 0.2), (0.0, 0.0, 0.0), DT)
    parts, last = [], way[-2001]
    before = np.zeros(3)
    for at in np.vstack([way[-2000:], way[1:]]):  # half a turn to come into what repeats
        force = renderer.step(at, (at - last) / DT, DT) - renderer.active
        parts.append(0.5 * (force + before) @ (at - last))
        before, last = force, at
    work, scale = sum(parts[2000:]), sum(map(abs, parts[2000:])) + 1e-9
    assert work < 0.01 * scale
    if isinstance(effect, (Spring, Texture, Detents, Weight, ForbiddenSphere, Surface)):
        assert abs(work) < 0.01 * scale


def test_a_new_program_keeps_what_is_felt() -> None:
    renderer = Renderer(3, SHELF)
    renderer.load(Program((Surface("floor", 500.0, 0.0),)))
    for z in (0.01, -0.02):
        renderer.step((0.0, 0.0, z), (0.0, 0.0, 0.0), DT)
    renderer.load(Program((Damper(1.0), Surface("floor", 400.0, 0.0))))  # the hand is behind the floor, and stays so
    assert renderer.step((0.0, 0.0, -0.02), (0.0, 0.0, 0.0), DT)[2] == pytest.approx(400.0 * 0.021)
    renderer.reset()  # the device was away: the floor is met from where the hand now is
    assert renderer.step((0.0, 0.0, -0.02), (0.0, 0.0, 0.0), DT)[2] == 0.0


def test_a_program_that_does_not_suit_changes_nothing() -> None:
    renderer = Renderer(3, SHELF)
    renderer.load(Program((Spring(100.0),)))
    for bad, words in (
        (Surface("wall"), "floor, line"),
        (Surface("line"), "no surface"),
        (Guide("floor"), "no path"),
        (Wall((1.0, 0.0)), "2 coordinates"),
    ):
        with pytest.raises(DataError, match=words):
            renderer.load(Program((Spring(5.0), bad)))
    assert renderer.step((0.01, 0.0, 0.0), (0.0, 0.0, 0.0), DT)[0] == pytest.approx(-1.0)
    with pytest.raises(DataError, match="2 or 3"):
        Renderer(1, SHELF).load(Program((Surface("floor"),)))


def test_energy_that_a_program_puts_into_a_spring_is_granted() -> None:
    renderer = Renderer(1)
    renderer.load(Program((Spring(200.0, (0.0,)),)))
    renderer.step((0.0,), (0.0,), DT)
    assert renderer.granted_j == 0.0
    renderer.load(Program((Spring(200.0, (0.1,)),)))
    assert renderer.granted_j == pytest.approx(0.5 * 200.0 * 0.1**2)
    renderer.load(Program((Spring(100.0, (0.1,)),)))  # softer: it gives nothing
    assert renderer.granted_j == pytest.approx(1.0)

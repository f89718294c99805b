from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.haptic.emulators.body import Moving, SpringHand
from wugan.devices.haptic.emulators.world import WORLDS, World
from wugan.errors import DataError

pytest.importorskip("mujoco")
DT = 0.0005


def push(world: World, force: list[float], seconds: float) -> None:
    for _ in range(round(seconds / DT)):
        world.step(np.array(force), DT)


def test_pushed_beside_the_hole_the_peg_lies_on_the_plate() -> None:
    world = World("peg", 3)
    assert isinstance(world, Moving)
    push(world, [0.5, 0.0, 0.0], 0.1)
    push(world, [0.0, 0.0, -2.0], 1.0)
    assert world.position[2] == pytest.approx(-0.02, abs=0.0005)  # the plate's top is 20 mm under the peg's end
    assert world.contact[2] == pytest.approx(2.0, rel=0.05)
    assert world.touches()[0].force_n > 0
    assert {world.touches()[0].first, world.touches()[0].second} == {"tip", "plate east"}


def test_pushed_in_the_middle_it_goes_into_the_hole() -> None:
    world = World("peg", 3)
    push(world, [0.0, 0.0, -2.0], 1.0)
    assert world.position[2] < -0.035


def test_a_hand_acts_in_the_devices_coordinates() -> None:
    world = World("peg", 3, origin=[0.0, -0.1, 0.2], hand=SpringHand(lambda time_s: [0.01, -0.1, 0.2]))
    assert world.position.tolist() == [0.0, -0.1, 0.2]
    push(world, [0.0, 0.0, 0.0], 1.0)
    assert world.position == pytest.approx([0.01, -0.1, 0.2], abs=1e-4)


def test_a_planar_device_meets_a_wall_and_pushes_a_ball() -> None:
    world = World("corner", 2)
    push(world, [1.0, 0.0], 1.0)
    assert world.position[0] == pytest.approx(0.008, abs=0.0005) and world.contact[0] == pytest.approx(-1.0, rel=0.05)
    world = World("corner", 2, hand=SpringHand(lambda time_s: [-0.01, min(0.03, 0.03 * time_s)]))
    before = world.data.body("ball").xpos.copy()
    push(world, [0.0, 0.0], 1.5)
    assert world.data.body("ball").xpos[1] > before[1] + 0.005


def test_a_lever_meets_its_block_and_its_pendulum() -> None:
    world = World("lever", 1)
    push(world, [0.02], 1.0)
    assert 0.3 < world.position[0] < 0.7 and world.contact[0] == pytest.approx(-0.02, rel=0.1)
    world = World("lever", 1)
    push(world, [-0.02], 0.3)
    assert np.abs(world.data.qpos[1]) > 0.01


def test_longer_and_shorter_steps_keep_the_time() -> None:
    world = World("peg", 3)
    for _ in range(1000):
        world.step(np.zeros(3), 0.0001)
    world.step(np.full(3, np.nan), 0.0015)
    assert world.data.time == pytest.approx(0.1015)
    assert world.position.tolist() == [0.0, 0.0, 0.0]


def test_the_encoder_counts_whole_steps() -> None:
    world = World("corner", 2, origin=[0.00013, 0.0], encoder_step=0.0001)
    assert world.sensed()[0] == pytest.approx([0.0001, 0.0])


@pytest.mark.parametrize("path", sorted(WORLDS.glob("*.xml")), ids=lambda path: path.stem)
def test_nothing_touches_at_the_start(path: object) -> None:
    axes = {"peg": 3, "corner": 2, "lever": 1}
    assert World(str(path), axes[getattr(path, "stem", "")]).touches() == []


def test_what_is_no_world_is_told() -> None:
    with pytest.raises(DataError, match="cannot be loaded.*Packaged: corner, lever, peg"):
        World("nowhere.xml", 1)
    with pytest.raises(DataError, match="cannot be loaded"):
        World("<mujoco><oops/></mujoco>", 1)
    with pytest.raises(DataError, match="first 3 joints"):
        World("lever", 3)
    with pytest.raises(DataError, match="must be hinges.*lever"):
        World("peg", 1, space="joint")

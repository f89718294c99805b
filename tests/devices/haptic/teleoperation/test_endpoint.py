from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.teleoperation import Follower, Leader, TeleopConfig, TeleopPacket

CONFIG = TeleopConfig(axes=1)
ONE = np.ones(1)


def linked(now_s: float = 0.0) -> tuple[Leader, Follower, bytes]:
    leader, follower = Leader(CONFIG, session=1), Follower(CONFIG, session=2)
    first = leader.step(0 * ONE, 0 * ONE, now_s).packet
    assert first is not None and follower.receive(first, now_s)
    return leader, follower, first


def packet_of(leader: Leader, position: float, now_s: float) -> bytes:
    data = leader.step(position * ONE, 0 * ONE, now_s).packet
    assert data is not None
    return data


def test_doubles_and_late_ones_are_counted() -> None:
    leader, follower, _ = linked()
    second = packet_of(leader, 0.01, 0.001)
    third = packet_of(leader, 0.02, 0.002)
    assert follower.receive(third, 0.003)
    assert not follower.receive(second, 0.003) and not follower.receive(third, 0.004)
    assert follower.dropped == {"late": 2} and follower.received == 2


@given(st.binary(max_size=80))
def test_any_bytes_are_survived(data: bytes) -> None:
    _, follower, _ = linked()
    assert not follower.receive(data, 0.001)
    assert sum(follower.dropped.values()) == 1 and follower.received == 1


def test_own_side_and_other_axes_are_refused() -> None:
    leader, follower, first = linked()
    assert not leader.receive(first, 0.0)
    wide = Leader(TeleopConfig(axes=3)).step(np.zeros(3), np.zeros(3), 0.0).packet
    assert wide is not None and not follower.receive(wide, 0.001)
    assert leader.dropped == {"side": 1} and follower.dropped == {"axes": 1}


def test_a_restarted_side_is_taken_and_its_stray_packets_are_not() -> None:
    leader, follower, _ = linked()
    stray = packet_of(leader, 0.01, 0.001)
    follower.tank.received_j = 5.0
    again = Leader(CONFIG, session=9)
    assert follower.receive(packet_of(again, 0.0, 0.002), 0.002)
    assert follower.tank.received_j == 0.0  # a new sender's total counts from zero
    assert not follower.receive(stray, 0.003) and follower.dropped == {"session": 1}


def test_a_lost_link_gives_no_spring_and_ramps_when_it_returns() -> None:
    leader, follower, _ = linked()
    for tick in range(2, 600):  # the ramp runs from the first step with a link
        follower.step(0 * ONE, 0 * ONE, tick * 0.001)
        follower.tank.level_j = 0.1
        if tick % 20 == 0:
            follower.receive(packet_of(leader, 0.005 + 1e-3 * (tick % 40), tick * 0.001), tick * 0.001)
    assert follower.step(0 * ONE, 0 * ONE, 0.6).force[0] > 1.0
    assert follower.step(0 * ONE, 0 * ONE, 0.9).force[0] == 0.0
    follower.receive(packet_of(leader, 0.005, 0.91), 0.91)
    assert follower.step(0 * ONE, 0 * ONE, 0.91).force[0] == 0.0
    some = follower.step(0 * ONE, 0 * ONE, 0.96).force[0]
    assert 0 < some < 1.0


def test_clocks_need_not_agree() -> None:
    leader, follower = Leader(CONFIG), Follower(CONFIG)
    for tick in range(100):
        moved = leader.step(tick * 1e-4 * ONE, 0.1 * ONE, 5000.0 + tick * 0.001).packet
        if moved is not None:
            follower.receive(moved, tick * 0.001)
    position, velocity = follower.target(0.099)
    assert abs(position[0] - 99e-4) < CONFIG.position_floor and np.isclose(velocity[0], 0.1)


def test_a_silent_leader_is_not_followed_for_ever() -> None:
    leader, follower = Leader(CONFIG), Follower(CONFIG)
    moved = leader.step(0 * ONE, 0.1 * ONE, 0.0).packet
    assert moved is not None and follower.receive(moved, 0.0)
    position, velocity = follower.target(0.2)
    assert np.isclose(position[0], 0.1 * 2 * CONFIG.heartbeat_s) and velocity[0] == 0


def test_sequence_numbers_wrap() -> None:
    leader, follower, _ = linked()
    for seq, taken in ((2**31 - 1, True), (2**32 - 2, True), (1, True), (2**32 - 1, False)):
        data = TeleopPacket(leader.side, 1, seq, 0, 0.0, 0.0, 0 * ONE, 0 * ONE, 0 * ONE).to_bytes()
        assert follower.receive(data, 0.001) is taken


@pytest.mark.parametrize("bad", [np.array([np.nan]), np.zeros(2)])
def test_a_bad_state_is_told(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match="position"):
        Leader(CONFIG).step(bad, 0 * ONE, 0.0)


@pytest.mark.parametrize(
    "wrong",
    [{"axes": 0}, {"weber": 1.0}, {"key": bytes(33)}, {"stiffness": -1.0}, {"tank_j": 0.0}, {"lost_after_s": 0.03}],
)
def test_senseless_settings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        TeleopConfig(**wrong)  # type: ignore[arg-type]

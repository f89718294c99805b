"""Haply hAPI: the bytes of the published vectors, and every trap of the firmware."""

from __future__ import annotations

import math
import pickle
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.haply import MOST_TORQUE_NM, WORKSPACE_M, Haply
from wugan.devices.haptic.emulators.haply import EmulatedHaply
from wugan.errors import DeviceError

CONFIGURE = bytes.fromhex("01 05 03 00 00 03 00 00 00 00 00 00 34 43 00 00 58 46 00 00 00 00 00 00 58 46")
STILL = bytes.fromhex("02 05 04 04 04 04 04 04 04 04")
ZERO = bytes.fromhex("02 05 00 00 00 00 00 00 00 00")
HOME_REPLY = bytes.fromhex("05 00 00 34 43 00 00 00 00")
# Random bytes seldom make a command; bytes that are commands, ids and masks do.
GARBAGE = st.binary(max_size=80) | st.lists(st.sampled_from([0, 1, 2, 3, 4, 5, 15, 255]), max_size=60).map(bytes)
Connect = Callable[..., Any]


@pytest.fixture
def attached(handshaken: Connect) -> Any:
    """A driver after its handshake with an emulated board, on their line."""
    return handshaken(Haply(), EmulatedHaply())


def test_spec_before_opening() -> None:
    """What safety needs to know: no watchdog, and a read is a torque write."""
    spec = Haply().spec
    assert (spec.space, spec.axes, spec.watchdog_s, spec.reads_without_commanding) == ("cartesian", 2, None, False)
    assert Haply().read() is None


def test_bytes_of_the_handshake(attached: Any) -> None:
    """Zeros to fill up, the configuration as the vendor's library writes it, and frames without torque."""
    assert bytes(attached.sent) == bytes(62) + CONFIGURE + STILL * 3
    assert np.frombuffer(STILL[2:], "<f4").max() < 1e-30
    assert attached.driver.command((0.0, 0.0)) == ZERO


def test_forces_become_torques(attached: Any) -> None:
    """Jᵀ·F in port order; one scale for both where one is above the motors' range."""

    def command(*force: float) -> bytes:
        attached.driver.reset()
        return attached.driver.command(force)

    assert command(0.0, 0.0) == ZERO
    header, first, second = struct.unpack("<H2f", command(1.0, 0.0))
    assert header == 0x0502
    assert (first, second) == pytest.approx((-0.0150231, -0.0150231), abs=1e-6)
    first, second = struct.unpack("<2f", command(100.0, 30.0)[2:])
    assert max(abs(first), abs(second)) == pytest.approx(MOST_TORQUE_NM)
    weak = struct.unpack("<2f", command(1.0, 0.3)[2:])
    assert first / second == pytest.approx(weak[0] / weak[1], rel=1e-5)


@pytest.mark.parametrize("output", [(math.nan, 0.0), (0.0, math.inf), (1.0,), (1.0, 2.0, 3.0)])
def test_what_is_no_force(output: tuple[float, ...]) -> None:
    """The firmware turns infinity into full duty, so it never gets there."""
    with pytest.raises(ValueError, match="finite"):
        Haply().command(output)


@pytest.mark.parametrize(
    "values",
    [
        {"identifier": 0},
        {"identifier": 2},
        {"identifier": 256},
        {"counts": (0, 1)},
        {"motor_directions": (2, 0)},
        {"encoder_directions": (0,)},
        {"start_deg": (0.0, 180.0)},
    ],
)
def test_what_cannot_be_constructed(values: dict[str, Any]) -> None:
    """Said at once, with the name of the value."""
    with pytest.raises(ValueError, match=next(iter(values))):
        Haply(**values)


def test_no_state_without_a_handshake() -> None:
    """A well-formed reply proves nothing before the handshake."""
    driver = Haply()
    assert driver.feed(HOME_REPLY) == []
    driver.command((0.0, 0.0))
    assert driver.feed(HOME_REPLY) == []


@pytest.mark.parametrize("piece", [1, 2, 4, 8, None])
def test_reply_in_pieces(attached: Any, piece: int | None) -> None:
    """One state, whatever the pieces."""
    (state,) = attached.exchange((0.5, -0.5), piece=piece)
    assert state.position == pytest.approx((0.01, 0.036056), abs=1e-6)
    assert state.velocity is None


@pytest.mark.parametrize(
    "reply",
    [
        b"\x05",
        b"\xff",
        b"\x04" + HOME_REPLY[1:],
        HOME_REPLY * 2,
        HOME_REPLY + b"\0",
        HOME_REPLY[:8],
        b"\0" + HOME_REPLY,
    ],
)
def test_wrong_forms(attached: Any, reply: bytes) -> None:
    """No state from them, and none later, until flushed and configured again; the stop is then the long one."""
    attached.driver.command((0.1, 0.1))
    assert attached.driver.feed(reply) == []
    attached.driver.feed(b"\x01\x01")
    attached.driver.command((0.1, 0.1))
    assert attached.driver.feed(HOME_REPLY) == []
    attached.driver.reset()
    attached.driver.command((0.1, 0.1))
    assert attached.driver.feed(HOME_REPLY) == []
    attached.recover()
    assert len(attached.exchange((0.0, 0.0))) == 1


@pytest.mark.parametrize(
    ("angles", "reason"),
    [((math.nan, 0.0), "non-finite"), ((math.inf, 0.0), "non-finite"), ((1e30, 0.0), "range"), ((0.0, 180.0), "range")],
)
def test_values_that_cannot_be(attached: Any, angles: tuple[float, float], reason: str) -> None:
    """Not finite, out of range, forearms that do not meet: dropped and counted."""
    attached.driver.command((0.0, 0.0))
    assert attached.driver.feed(struct.pack("<B2f", 5, *angles)) == []
    assert attached.driver.dropped[reason] == 1


def test_two_commands_in_flight_are_none(attached: Any) -> None:
    """The reply to the first would pass for the second's."""
    attached.driver.command((0.1, 0.1))
    attached.driver.command((0.1, 0.1))
    assert attached.driver.feed(HOME_REPLY) == []
    assert attached.driver.dropped["overlap"] == 1


@pytest.mark.parametrize("sent", [0, 1, 3, 6, 7, 10])
def test_a_stall_keeps_the_configuration(attached: Any, sent: int) -> None:
    """After a timeout the angles still count, even where a part of a frame was lost: no second configuration."""
    attached.device.sense(np.array([0.02, 0.08]), np.zeros(2))
    attached.exchange((1.0, 0.0))
    attached.write(attached.driver.command((1.0, 0.0))[:sent])
    attached.write(attached.driver.stop())
    assert attached.device.output.tolist() == [0.0, 0.0]
    attached.recover()
    assert attached.device.configurations == 1
    (state,) = attached.exchange((0.0, 0.0))
    assert state.position == pytest.approx((0.02, 0.08), abs=1e-4)
    assert state.flags == frozenset()


def test_late_replies_keep_the_configuration(attached: Any) -> None:
    """Replies to what was sent during a stall come in the middle of the handshake: it tries again."""
    asks = attached.driver.handshake()
    next(asks)
    asks.send(b"")
    asks.send(HOME_REPLY * 4)
    asks.send(b"")
    asks.send(HOME_REPLY)
    with pytest.raises(StopIteration):
        asks.send(HOME_REPLY)
    assert attached.driver.configurations == 1


def test_an_unplugged_board_is_unreferenced(attached: Any) -> None:
    """It has forgotten its angles, and the handle may be anywhere: said in every state."""
    attached.device.power_cycle()
    attached.recover()
    (state,) = attached.exchange((0.0, 0.0))
    assert "unreferenced" in state.flags
    assert "unreferenced" in attached.exchange((0.0, 0.0))[0].flags


def test_without_home_the_board_keeps_its_angles(handshaken: Connect, attached: Any) -> None:
    """A second process finds the handle where it is; with `home` it believes that it is at the start posture."""
    attached.device.sense(np.array([0.02, 0.08]), np.zeros(2))
    again = handshaken(Haply(home=False), attached.device)
    assert again.exchange((0.0, 0.0))[0].position == pytest.approx((0.02, 0.08), abs=1e-4)
    fresh = handshaken(Haply(home=False), EmulatedHaply())
    assert "unreferenced" in fresh.exchange((0.0, 0.0))[0].flags


def test_a_short_block_before_the_handshake(handshaken: Connect) -> None:
    """A torque block that waits for its end is filled with zeros, not with our next command."""
    line = handshaken(Haply(), EmulatedHaply())
    line.exchange((1.0, 0.0))
    assert np.abs(line.device.output).max() > 0.5
    line.write(line.driver.command((1.0, 1.0))[:7])
    line.recover()
    assert line.device.output.tolist() == [0.0, 0.0]
    assert len(line.exchange((0.0, 0.0))) == 1


@pytest.mark.parametrize("cut", [ZERO[1:], b"\x02\x04" + ZERO[2:]])
def test_a_damaged_stop_locks_the_torque(attached: Any, cut: bytes) -> None:
    """As on the firmware: configuration wiped, motors on, later frames do nothing; our stop ends it."""
    attached.exchange((1.0, 0.0))
    attached.write(cut)
    assert np.abs(attached.device.output).max() > 0.5
    assert attached.exchange((0.0, 0.0)) == []
    assert np.abs(attached.device.output).max() > 0.5
    attached.write(attached.driver.stop())
    assert attached.device.output.tolist() == [0.0, 0.0]
    attached.recover()
    assert len(attached.exchange((0.0, 0.0))) == 1


@given(GARBAGE, st.booleans())
@settings(max_examples=150, deadline=None)
def test_stop_from_any_state(handshaken: Connect, garbage: bytes, waits: bool) -> None:
    """Whatever the board has read: the stop ends with zero at the motors of our ports.

    A block of garbage may leave it waiting for more; then the stop's zeros fill it.
    """
    line = handshaken(Haply(), EmulatedHaply())
    line.exchange((1.5, 1.0))
    line.driver.command((1.5, 1.0))  # in flight: the driver does not know
    line.write(garbage)
    if waits:
        line.wait(1.1)
    line.write(line.driver.stop())
    line.write(line.driver.stop())  # the first may be taken for a lost answer, the second is the thorough one
    line.wait(1.1)
    assert [duty for _, duty in line.device.pins[:2]] == [0, 0]
    assert line.device.output.tolist() == [0.0, 0.0]


@given(st.binary(max_size=80), st.integers(1, 9))
@settings(max_examples=100, deadline=None)
def test_in_step_after_garbage_within_one_handshake(handshaken: Connect, garbage: bytes, piece: int) -> None:
    """Garbage to the board and garbage from it."""
    line = handshaken(Haply(), EmulatedHaply())
    line.exchange((0.5, 0.0))
    line.driver.command((0.5, 0.0))
    for begin in range(0, len(garbage), piece):
        line.driver.feed(garbage[begin : begin + piece])
    line.write(garbage)
    line.recover()
    assert len(line.exchange((0.0, 0.0))) == 1
    assert line.device.output.tolist() == [0.0, 0.0]


@given(st.lists(st.binary(max_size=20), max_size=12), st.booleans())
def test_feed_never_raises_nor_invents(pieces: list[bytes], asked: bool) -> None:
    """Any bytes: a state only from a reply, finite and inside the linkage's reach."""
    driver = Haply()
    driver._begin()  # as after a handshake
    for piece in pieces:
        if asked:
            driver.command((0.0, 0.0))
        for state in driver.feed(piece):
            assert all(math.isfinite(value) and abs(value) <= 0.13 for value in state.position)


def test_it_goes_to_another_process() -> None:
    """The servo gets it by pickle; the parent's copy, which never shook hands, still has the thorough stop."""
    copy = pickle.loads(pickle.dumps(Haply(identifier=9)))
    board = EmulatedHaply()
    board.receive(CONFIGURE, 0.0)
    board.receive(struct.pack("<BB2f", 2, 5, 0.1, 0.1), 0.0)
    board.receive(copy.stop(), 0.0)
    assert board.output.tolist() == [0.0, 0.0]


def test_silence_is_a_timeout(line: Connect) -> None:
    """Nobody there: the servo tries again later."""
    device = EmulatedHaply()
    device.faults.silent = True
    with pytest.raises(TimeoutError, match="haply"):
        line(Haply(), device).handshake()


def test_wrong_angles_right_after_configuration(line: Connect) -> None:
    """Another number of counts than the board was told, for example, needs a hand."""

    class Elsewhere(EmulatedHaply):
        def _angle_deg(self, index: int) -> float:
            return super()._angle_deg(index) - 40.0 * (index == 0)

    with pytest.raises(DeviceError, match="counts"):
        line(Haply(), Elsewhere()).handshake()


@given(st.floats(*WORKSPACE_M[0]), st.floats(0.04, 0.09), st.floats(-1, 1), st.floats(-1, 1))
@settings(max_examples=60, deadline=None)
def test_force_arrives(handshaken: Connect, x: float, y: float, fx: float, fy: float) -> None:
    """What is commanded in N at the handle is what the emulated linkage gives there, to a duty step."""
    line = handshaken(Haply(), EmulatedHaply())
    line.device.sense(np.array([x, y]), np.zeros(2))
    (state,) = line.exchange((0.0, 0.0))
    near = line.device._linkage.angles((x, y))
    if near is None:
        return
    assert state.position == pytest.approx((x, y), abs=1e-4)
    line.exchange((fx, fy))
    assert line.device.output.tolist() == pytest.approx((fx, fy), abs=0.02)


def test_on_a_port(on_a_port: Connect) -> None:
    """The servo's link, a pseudo-terminal and a stall; a board that was configured again says so in its states."""
    driver, board = Haply(), EmulatedHaply()
    _, state = on_a_port(driver, board, (0.05, 0.05))
    assert ("unreferenced" in state.flags) == (driver.configurations > 1)

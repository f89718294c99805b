"""Haply Inverse3: the bytes that its vendor's library sends and takes, and the traps that it fell into."""

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

from wugan.devices.haptic.drivers.inverse3 import Inverse3
from wugan.devices.haptic.emulators.inverse3 import EmulatedInverse3

ZERO = b"\x2a" + bytes(12)
STATE = bytes.fromhex("2b 0a d7 23 3c 0a d7 a3 3c 8f c2 f5 3c cd cc cc 3d cd cc 4c 3e 9a 99 99 3e")
Connect = Callable[..., Any]


@pytest.fixture
def attached(handshaken: Connect) -> Any:
    """A driver after its handshake with an emulated arm, on their line."""
    return handshaken(Inverse3(), EmulatedInverse3())


def test_spec_before_opening() -> None:
    """No watchdog is known; reading commands zero force."""
    spec = Inverse3().spec
    assert (spec.space, spec.axes, spec.watchdog_s, spec.reads_without_commanding) == ("cartesian", 3, None, False)
    assert Inverse3().read() is None
    assert pickle.loads(pickle.dumps(Inverse3(max_force_n=2.0))).spec.max_output == (2.0, 2.0, 2.0)


def test_handshake(attached: Any) -> None:
    """One byte to identify, then zero force; the numbers of the published reply."""
    assert bytes(attached.sent) == b"\x0a" + ZERO
    identity = attached.driver.identity
    assert (identity.device, identity.model, identity.hardware, identity.firmware) == (1181, 4, 7, 1)
    assert identity.serial == "00010203-0405-0607-0809-0a0b0c0d0e0f"
    assert "firmware 1" in attached.driver.spec.model


def test_published_bytes(attached: Any) -> None:
    """Force (1, −2, 0.5) N and its reply."""
    frame = attached.driver.command((1.0, -2.0, 0.5))
    assert frame == bytes.fromhex("2a 00 00 80 3f 00 00 00 c0 00 00 00 3f")
    (state,) = attached.driver.feed(STATE)
    assert state.position == pytest.approx((0.01, 0.02, 0.03))
    assert state.velocity == pytest.approx((0.1, 0.2, 0.3))


def test_the_range_is_kept(attached: Any) -> None:
    """The vendor's library sends 1 000 000 N and NaN as they are."""
    assert struct.unpack("<3f", attached.driver.command((1e6, -1e6, 0.0))[1:]) == (4.0, -4.0, 0.0)
    for output in ((math.nan, 0.0, 0.0), (0.0, math.inf, 0.0), (0.0, 0.0)):
        with pytest.raises(ValueError, match="finite"):
            attached.driver.command(output)


@pytest.mark.parametrize("values", [{"max_force_n": 0}, {"max_force_n": 100}, {"workspace_m": [(0, 1)]}])
def test_what_cannot_be_constructed(values: dict[str, Any]) -> None:
    """Said at once, with the name of the value."""
    with pytest.raises(ValueError, match=next(iter(values))):
        Inverse3(**values)


@pytest.mark.parametrize("piece", [1, 7, 24, None])
def test_reply_in_pieces(attached: Any, piece: int | None) -> None:
    """One state, whatever the pieces."""
    attached.device.sense(np.array([0.1, -0.1, 0.2]), np.array([0.5, 0.0, -0.5]))
    (state,) = attached.exchange((0.0, 0.0, 0.0), piece=piece)
    assert state.position == pytest.approx((0.1, -0.1, 0.2))
    assert state.velocity == pytest.approx((0.5, 0.0, -0.5))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((math.nan,) * 6, "non-finite"),
        ((0.0, 0.0, 0.0, math.inf, 0.0, 0.0), "non-finite"),
        ((1e30, 0.0, 0.0, 0.0, 0.0, 0.0), "range"),
        ((0.0, 0.0, 0.0, 0.0, -1e3, 0.0), "range"),
    ],
)
def test_values_that_cannot_be(attached: Any, values: tuple[float, ...], reason: str) -> None:
    """The vendor's library hands NaN and 1e30 m to its caller; here they are dropped and counted."""
    attached.driver.command((0.0, 0.0, 0.0))
    assert attached.driver.feed(struct.pack("<B6f", 0x2B, *values)) == []
    assert attached.driver.dropped[reason] == 1


def test_silence_is_no_state(attached: Any) -> None:
    """The vendor's library gives zero position and velocity then."""
    attached.device.faults.silent = True
    assert attached.exchange((1.0, 0.0, 0.0)) == []
    with pytest.raises(TimeoutError, match="inverse3"):
        attached.recover()


@pytest.mark.parametrize("fault", [{"wrong_code": True}, {"short": 3}, {"repeat": True}])
def test_damaged_answers(attached: Any, fault: dict[str, Any]) -> None:
    """No state at the latest from the second exchange on, and all well after one handshake."""
    for name, value in fault.items():
        setattr(attached.device.faults, name, value)
    attached.exchange((1.0, 0.0, 0.0))
    assert attached.exchange((1.0, 0.0, 0.0)) == []
    for name in fault:
        setattr(attached.device.faults, name, type(fault[name])())
    attached.recover()
    assert len(attached.exchange((0.0, 0.0, 0.0))) == 1


@pytest.mark.parametrize("stall_s", [0.01, 0.02, 0.05, 0.13])
def test_a_stall_leaves_no_lag(attached: Any, stall_s: float) -> None:
    """Answers that come after the timeout: the next state answers the next command, not the one before."""
    device = attached.device
    device.faults.stamp = True
    for _ in range(3):
        device.faults.delay_s = stall_s
        assert attached.exchange((0.0, 0.0, 0.0), wait_s=0.005) == []
        device.faults.delay_s = 0.0  # the answer is still on its way, and the line is well again
        attached.recover()
        (state,) = attached.exchange((0.0, 0.0, 0.0))
        assert state.position[0] == pytest.approx(device.commands / 1000)


def test_a_late_state_instead_of_the_identity(attached: Any) -> None:
    """A device that stays slow: the handshake sees it by the code, tries again, and gives up."""
    attached.device.faults.delay_s = 0.2
    with pytest.raises(TimeoutError):
        attached.recover()
    attached.device.faults.delay_s = 0.0
    attached.wait(0.3)
    attached.recover()
    assert len(attached.exchange((0.0, 0.0, 0.0))) == 1


@given(st.binary(max_size=60), st.integers(0, 13))
@settings(max_examples=80, deadline=None)
def test_stop_from_any_state(handshaken: Connect, garbage: bytes, cut: int) -> None:
    """Zero force whatever it has read, and whatever it waits for."""
    line = handshaken(Inverse3(), EmulatedInverse3())
    line.exchange((2.0, 2.0, 2.0))
    line.write(line.driver.command((2.0, 2.0, 2.0))[:cut] + garbage)
    line.write(line.driver.stop())
    assert np.abs(line.device.output).max() < 1e-9


@given(st.binary(max_size=60), st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_in_step_after_garbage_within_one_handshake(handshaken: Connect, garbage: bytes, piece: int) -> None:
    """Garbage to the device and garbage from it."""
    line = handshaken(Inverse3(), EmulatedInverse3())
    line.driver.command((1.0, 0.0, 0.0))
    for begin in range(0, len(garbage), piece):
        line.driver.feed(garbage[begin : begin + piece])
    line.write(garbage)
    line.recover()
    assert len(line.exchange((0.0, 0.0, 0.0))) == 1
    assert line.device.output.tolist() == [0.0, 0.0, 0.0]


@given(st.lists(st.binary(max_size=30), max_size=12), st.booleans())
def test_feed_never_raises_nor_invents(pieces: list[bytes], asked: bool) -> None:
    """Any bytes: a state only from a reply, finite and within reach."""
    driver = Inverse3()
    driver._replies.begin()
    for piece in pieces:
        if asked:
            driver.command((0.0, 0.0, 0.0))
        for state in driver.feed(piece):
            assert max(map(abs, state.position)) <= 1.0


@given(st.tuples(*[st.floats(-4, 4)] * 3))
@settings(max_examples=40, deadline=None)
def test_force_arrives(handshaken: Connect, force: tuple[float, float, float]) -> None:
    """In newtons, as commanded."""
    line = handshaken(Inverse3(), EmulatedInverse3())
    assert len(line.exchange(force)) == 1
    assert line.device.output.tolist() == pytest.approx(force, rel=1e-6, abs=1e-6)


def test_on_a_port(on_a_port: Connect) -> None:
    """The servo's link, a pseudo-terminal and a stall: no answer is one command late afterwards."""
    device = EmulatedInverse3()
    device.faults.stamp = True
    _, state = on_a_port(Inverse3(), device, (0.0, 0.0, 0.0))
    late = 3  # the stop at the end is two commands more
    assert 0 <= device.commands - round(state.position[0] * 1000) < late

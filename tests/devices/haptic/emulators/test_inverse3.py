"""The emulated Inverse3 against the published bytes."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.inverse3 import EmulatedInverse3

POSITION, VELOCITY = np.array([0.01, 0.02, 0.03]), np.array([0.1, 0.2, 0.3])
STATE = bytes.fromhex("2b 0a d7 23 3c 0a d7 a3 3c 8f c2 f5 3c cd cc cc 3d cd cc 4c 3e 9a 99 99 3e")


@pytest.fixture
def arm() -> EmulatedInverse3:
    """At the position and velocity of the published reply."""
    arm = EmulatedInverse3()
    arm.sense(POSITION, VELOCITY)
    return arm


def test_identity(arm: EmulatedInverse3) -> None:
    """Number 1181, model 4, hardware 7, firmware 1."""
    reply = bytes.fromhex("0b 9d 04 04 07 01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f")
    assert arm.receive(b"\x0a", 0.0) == reply


def test_force(arm: EmulatedInverse3) -> None:
    """(1, −2, 0.5) N; it stays for ever."""
    assert arm.receive(bytes.fromhex("2a 00 00 80 3f 00 00 00 c0 00 00 00 3f"), 0.0) == STATE
    assert arm.output.tolist() == [1.0, -2.0, 0.5]
    assert arm.tick(3600.0) == b""
    assert arm.output.tolist() == [1.0, -2.0, 0.5]


def test_other_codes(arm: EmulatedInverse3) -> None:
    """Position is answered as force is, joint torques by 0x1B; both take the force away."""
    arm.receive(struct.pack("<B3f", 0x2A, 1.0, 1.0, 1.0), 0.0)
    assert arm.receive(bytes.fromhex("2c cd cc cc 3d 00 00 00 00 cd cc 4c 3e"), 0.0) == STATE
    assert arm.output.tolist() == [0.0, 0.0, 0.0]
    reply = arm.receive(bytes.fromhex("1a cd cc cc 3d cd cc 4c 3e 9a 99 99 3e"), 0.0)
    assert (reply[0], len(reply)) == (0x1B, 25)


def test_range_and_nan(arm: EmulatedInverse3) -> None:
    """The motors have an end; NaN is none."""
    arm.receive(struct.pack("<B3f", 0x2A, 1e6, -1e6, np.nan), 0.0)
    assert arm.output.tolist() == [4.0, -4.0, 0.0]


def test_half_a_payload_is_waited_for(arm: EmulatedInverse3) -> None:
    """Without end, as far as is known."""
    frame = struct.pack("<B3f", 0x2A, 1.0, 0.0, 0.0)
    assert arm.receive(frame[:5], 0.0) == b""
    assert arm.tick(10.0) == b""
    assert arm.receive(frame[5:], 11.0) == STATE


def test_faults(arm: EmulatedInverse3) -> None:
    """Each switch alone."""
    zero = b"\x2a" + bytes(12)
    arm.faults.delay_s = 0.03
    assert arm.receive(zero, 1.0) == b""
    assert arm.tick(1.029) == b""
    assert arm.tick(1.031) == STATE
    arm.faults.delay_s = 0.0
    arm.faults.wrong_code = True
    assert arm.receive(zero, 2.0) == b"\x2c" + STATE[1:]
    arm.faults.wrong_code, arm.faults.short = False, 4
    assert arm.receive(zero, 2.0) == STATE[:-4]
    arm.faults.short, arm.faults.repeat = 0, True
    assert arm.receive(zero, 2.0) == STATE * 2
    arm.faults.repeat, arm.faults.nan = False, True
    assert np.isnan(struct.unpack("<6f", arm.receive(zero, 2.0)[1:])).all()
    arm.faults.nan, arm.faults.stamp = False, True
    assert struct.unpack_from("<f", arm.receive(zero, 2.0), 1)[0] == pytest.approx(0.006)
    arm.faults.silent = True
    assert arm.receive(struct.pack("<B3f", 0x2A, 1.0, 0.0, 0.0), 2.0) == b""
    assert arm.output[0] == 1.0


@given(st.lists(st.binary(max_size=40), max_size=10))
def test_any_bytes(pieces: list[bytes]) -> None:
    """It does not crash, and pushes no more than it can."""
    arm = EmulatedInverse3()
    for index, piece in enumerate(pieces):
        arm.receive(piece, float(index))
    assert (np.abs(arm.output) <= 4.0).all()


@pytest.mark.parametrize("own_supply", [False, True])
def test_the_cable_is_pulled(own_supply: bool) -> None:
    """With its own supply the motors go on."""
    device = EmulatedInverse3(own_supply=own_supply)
    device.receive(struct.pack("<B3f", 0x2A, 1.0, 1.0, 1.0), 0.0)
    device.unplugged(1.0)
    assert device.output.any() == own_supply

"""The emulated PacketCommander board as a device."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.simplefoc_packets import EmulatedSimpleFocPackets


def test_no_watchdog() -> None:
    """The target stays for ever, until the power is away."""
    board = EmulatedSimpleFocPackets()
    board.receive(b"R1=1.0\n", 0.0)
    board.tick(3600.0)
    assert board.output.tolist() == pytest.approx([0.016])
    board.power_cycle()
    assert board.output.tolist() == [0.0]


def test_addresses() -> None:
    """Each motor by its own."""
    board = EmulatedSimpleFocPackets(motors=2)
    board.receive(b"R127=1\nR1=1.0\nR127=0\nR1=-1.0\n", 0.0)
    assert board.output.tolist() == pytest.approx([-0.016, 0.016])


def test_faults() -> None:
    """Silent, but obedient; and twice the same."""
    board = EmulatedSimpleFocPackets()
    board.faults.silent = True
    assert board.receive(b"R1=1.0\nR1\n", 0.0) == b""
    assert board.output[0] > 0
    board.faults.silent, board.faults.repeat = False, True
    assert board.receive(b"R4\n", 0.0) == b"r4=1\r\n" * 2


@given(st.floats(-100, 100))
def test_angles_are_whole_counts(angle: float) -> None:
    """Rounded down."""
    board = EmulatedSimpleFocPackets()
    board.sense(np.array([angle]), np.zeros(1))
    told = float(board.receive(b"R9\n", 0.0)[3:])
    assert angle - 2 * np.pi / 16384 - 1e-4 <= told <= angle + 1e-4


@pytest.mark.parametrize("own_supply", [False, True])
def test_the_cable_is_pulled(own_supply: bool) -> None:
    """With its own supply the motors go on."""
    device = EmulatedSimpleFocPackets(own_supply=own_supply)
    device.receive(b"R1=1\n", 0.0)
    device.unplugged(1.0)
    assert device.output.any() == own_supply

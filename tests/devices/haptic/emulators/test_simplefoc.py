"""The emulated Commander against what the firmware answered."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.simplefoc import EmulatedSimpleFoc


@pytest.fixture
def board() -> EmulatedSimpleFoc:
    """Machine mode, four decimals."""
    board = EmulatedSimpleFoc()
    assert board.receive(b"@3\n", 0.0) == b"@machine\r\n"
    assert board.receive(b"#4\n", 0.0) == b"#4\r\n"
    return board


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("?", "?M:motor"),
        ("M0.25", "M0.2500"),
        ("M", "M0.0000"),
        ("MMG5", "MMG3.0000"),
        ("MMG6", "MMG0.0000"),
        ("MMG7", "MMG0.0000;0.0000;0.0000;0.0000;0.0000;3.0000;0.0000"),
        ("MC0", "MCtorque"),
        ("MT0", "MTvolt"),
        ("MLU3", "MLU3.0000"),
        ("MLC0.5", "MLC0.5000"),
        ("MLV20", "MLV20.0000"),
        ("ME1", "ME1"),
        ("ME0", "ME0"),
        ("ME", "ME1"),
        ("M1e3", "M1000.0000"),
        ("M1,5", "M1.0000"),
        ("M-nan", "Mnan"),
        ("M123456789012345678", "Movf"),
        ("MLU1e9", "MLU1000000000.0000"),
        ("M.5", "M.err"),
        ("M 5", "M err"),
        ("Mnan", "Mnerr"),
        ("Minf", "Mierr"),
        ("MLX", "MLXerr"),
        ("MMG9", "MMGerr"),
        ("X1", None),
        ("", None),
    ],
)
def test_answers(board: EmulatedSimpleFoc, line: str, answer: str | None) -> None:
    """In machine mode; a carriage return ends a line too."""
    board.sense(np.zeros(1), np.array([3.0]))
    wanted = b"" if answer is None else f"{answer}\r\n".encode()
    assert board.receive(f"{line}\n".encode(), 0.0) == wanted
    assert EmulatedSimpleFoc().receive(b"M1\r", 0.0) != b""


def test_errors_change_nothing(board: EmulatedSimpleFoc) -> None:
    """`M.5`, `M 5`, `Mnan`, `Minf`."""
    board.receive(b"M0.5\nM.5\nM 5\nMnan\nMinf\n", 0.0)
    assert board.motors[0].target == 0.5


def test_a_second_number_is_a_limit_in_velocity_control(board: EmulatedSimpleFoc) -> None:
    """`M3 1.5`; in torque control it is nothing."""
    board.receive(b"M3 1.5\n", 0.0)
    assert board.motors[0].voltage_limit == 12.0
    assert board.receive(b"MC1\nM3 1.5\n", 0.0) == b"MCvel\r\nM3.0000\r\n"
    assert board.motors[0].voltage_limit == 1.5
    assert board.output.tolist() == [0.0]
    board.receive(b"MC2\nM1 7 2\n", 0.0)
    assert (board.motors[0].velocity_limit, board.motors[0].voltage_limit) == (7.0, 2.0)


@pytest.mark.parametrize("mode", [0, 1, 2])
def test_reading_the_target_is_silent_for_people(board: EmulatedSimpleFoc, mode: int) -> None:
    """Modes 0 to 2; mode 0 says nothing at all."""
    board.receive(f"@{mode}\n".encode(), 0.0)
    assert board.receive(b"M\n", 0.0) == b""
    assert bool(board.receive(b"M1\n", 0.0)) == (mode > 0)


@pytest.mark.parametrize(("junk", "target"), [(20, 7.0), (100, 7.0), (35, 0.0)])
def test_the_line_buffer(board: EmulatedSimpleFoc, junk: int, target: float) -> None:
    """20 bytes; what follows a full one is a new line."""
    board.receive(b"x" * junk + b"M7\n", 0.0)
    assert board.motors[0].target == target


def test_no_watchdog(board: EmulatedSimpleFoc) -> None:
    """Target and power are unchanged after any silence, until the power is away."""
    board.receive(b"M1\nME1\n", 0.0)
    board.tick(3600.0)
    assert board.output.tolist() == pytest.approx([0.016])
    board.power_cycle()
    assert board.output.tolist() == [0.0]


def test_angles_are_whole_counts(board: EmulatedSimpleFoc) -> None:
    """Rounded down."""
    board.sense(np.array([1.0]), np.zeros(1))
    angle = float(board.receive(b"MMG6\n", 0.0)[3:])
    assert 1.0 - 2 * math.pi / 16384 - 1e-4 <= angle <= 1.0


@settings(max_examples=30)
@given(st.lists(st.binary(max_size=40) | st.text("M?@#0123456789.-+eECTLUG \n\r", max_size=40).map(str.encode)))
def test_any_bytes(pieces: list[bytes]) -> None:
    """It does not crash, and its torque is a number."""
    board = EmulatedSimpleFoc()
    for piece in pieces:
        board.receive(piece, 0.0)
    assert np.isfinite(board.output).all()


@pytest.mark.parametrize("own_supply", [False, True])
def test_the_cable_is_pulled(own_supply: bool) -> None:
    """With its own supply the motors go on."""
    device = EmulatedSimpleFoc(own_supply=own_supply)
    device.receive(b"M1\n", 0.0)
    device.unplugged(1.0)
    assert device.output.any() == own_supply

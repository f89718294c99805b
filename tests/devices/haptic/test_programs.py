from __future__ import annotations

import time

import pytest

from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Program, Spring
from wugan.devices.haptic.effects.program import check_program
from wugan.devices.haptic.servo.memory import expiry_ns
from wugan.errors import DataError


def test_a_program_that_fits_is_its_bytes() -> None:
    program = Program((Spring(stiffness=100.0),))
    assert check_program(program, WuganBoard().spec) == program.to_bytes()


def test_a_program_in_another_unit_does_not_fit() -> None:
    with pytest.raises(DataError):
        check_program(Program((Spring(center=(30.0, 0.0, 0.0)),)), WuganBoard().spec)


def test_every_force_has_an_end() -> None:
    assert 0 < expiry_ns("100ms") - time.monotonic_ns() <= 100_000_000
    for expires in ("0ms", "2001ms", 3, "never"):
        with pytest.raises(DataError):
            expiry_ns(expires)

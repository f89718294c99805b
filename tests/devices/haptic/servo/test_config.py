from __future__ import annotations

import os

import pytest

from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.servo.process import EMULATED_TIMEOUT_S, TIMEOUT_S, ServoConfig, default_timeout_s


def test_an_answer_may_take_three_milliseconds_or_three_exchanges() -> None:
    spec = WuganBoard().spec
    assert default_timeout_s("/dev/ttyACM0", spec, 1000.0) == pytest.approx(TIMEOUT_S)
    assert default_timeout_s("/dev/ttyACM0", spec, 100.0) == pytest.approx(0.03)


def test_an_emulator_is_given_more_time() -> None:
    master, slave = os.openpty()
    assert default_timeout_s(os.ttyname(slave), WuganBoard().spec, 1000.0) == EMULATED_TIMEOUT_S
    os.close(master)
    os.close(slave)


def test_times_in_nanoseconds() -> None:
    config = ServoConfig("/dev/ttyACM0", WuganBoard(), rate_hz=2000.0, timeout_s=0.004)
    assert (config.period_ns, config.timeout_ns) == (500_000, 4_000_000)

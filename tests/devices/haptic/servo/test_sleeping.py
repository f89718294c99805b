from __future__ import annotations

import time

import pytest

from wugan.devices.haptic.servo import loop


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_it_never_wakes_before_the_time(platform: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.sys, "platform", platform)
    sleep = loop.sleeper()
    for _ in range(20):
        until = time.monotonic_ns() + 300_000
        sleep(until)
        assert time.monotonic_ns() >= until


def test_a_time_that_has_passed_is_no_wait() -> None:
    loop.sleeper()(0)


def test_a_time_that_cannot_be_is_an_error() -> None:
    with pytest.raises(OSError, match="clock_nanosleep"):
        loop.sleeper()(-5_000_000_000)

"""Devices to guard: a Cartesian one with a watchdog, a joint one without."""

from __future__ import annotations

import pytest

from wugan.devices.haptic.driver import HapticSpec


def cartesian() -> HapticSpec:
    return HapticSpec(
        protocol="wugan",
        model="three axes",
        space="cartesian",
        max_output=(8.0, 8.0, 6.0),
        workspace=((-0.1, 0.1), (-0.1, 0.1), (0.0, 0.15)),
        max_velocity=(2.0, 2.0, 2.0),
        max_rate_hz=2000.0,
        watchdog_s=0.05,
        reads_without_commanding=True,
        measures_velocity=True,
    )


def joint() -> HapticSpec:
    return HapticSpec(
        protocol="haply",
        model="two joints",
        space="joint",
        max_output=(0.12, 0.08),
        workspace=((-1.5, 3.0), (float("-inf"), float("inf"))),
        max_velocity=(40.0, 60.0),
        max_rate_hz=1000.0,
        watchdog_s=None,
        reads_without_commanding=False,
        measures_velocity=False,
    )


@pytest.fixture(scope="session")
def arm() -> HapticSpec:
    return cartesian()


@pytest.fixture(scope="session")
def motors() -> HapticSpec:
    return joint()


@pytest.fixture(scope="session", params=[cartesian, joint], ids=["cartesian", "joint"])
def spec(request: pytest.FixtureRequest) -> HapticSpec:
    made: HapticSpec = request.param()
    return made

"""`ServoConfig`: what a servo process is told when it starts."""

from __future__ import annotations

import os
from dataclasses import dataclass

from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.safety.limits import Limits
from wugan.devices.haptic.spec import HapticSpec

TIMEOUT_S = 0.003  # with this the output is zero within 5 ms of the last frame, whatever the answer's fate
TIMEOUT_PERIODS = 3.0
# The other end of a pseudo-terminal is a program among others, which the system lets run when it likes: on a busy
# machine it may be away for tens of milliseconds, and nobody holds its handle.
EMULATED_TIMEOUT_S = 0.1


@dataclass(slots=True)
class ServoConfig:
    """What a servo drives, and how.

    Attributes:
        port: path of the serial line.
        driver: the device's protocol.
        limits: what the guard lets through; None for what fits the device.
        rate_hz: periods a second.
        timeout_s: how long an answer may take before the link is given up; None for `default_timeout_s`.
        passivity: whether the passivity controller is in the loop.
        surfaces: whether programs may name geometries. The kernels for that take seconds to load, so the servo does it
            before it starts or not at all.
        offset: reading at the reference position, for each axis, which is subtracted; None for zeros.
        real_time: whether to ask the system for real-time priority and locked memory.
    """

    port: str
    driver: Driver
    limits: Limits | None = None
    rate_hz: float = 1000.0
    timeout_s: float | None = None
    passivity: bool = True
    surfaces: bool = False
    offset: tuple[float, ...] | None = None
    real_time: bool = True

    @property
    def period_ns(self) -> int:
        """Length of a period."""
        return round(1e9 / self.rate_hz)

    @property
    def timeout_ns(self) -> int:
        """How long an answer may take."""
        timeout_s = self.timeout_s
        if timeout_s is None:
            timeout_s = default_timeout_s(self.port, self.driver.spec, self.rate_hz)
        return round(timeout_s * 1e9)


def default_timeout_s(port: str, spec: HapticSpec, rate_hz: float) -> float:
    """3 ms, or three exchanges of a device or loop that is slower than that; 100 ms where the device is emulated."""
    least = EMULATED_TIMEOUT_S if os.path.realpath(port).startswith("/dev/pts/") else TIMEOUT_S
    return max(least, TIMEOUT_PERIODS / min(rate_hz, spec.max_rate_hz))

"""What a program must keep to before it is given to the servo: fit the device, mean what it says, and end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from wugan.devices.haptic.spec import HapticSpec
from wugan.duration import to_ns
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.effects import Program

MAX_EXPIRES_S = 2.0  # a force that nobody has renewed for so long is nobody's


def check_program(program: Program, spec: HapticSpec) -> bytes:
    """The bytes of a program that this device can render.

    Raises:
        DataError: it cannot, or a value in it cannot be meant for a device of its size (a wrong unit).
    """
    program.check(spec)
    return program.to_bytes()


def expiry_ns(expires: str | float) -> int:
    """The monotonic time at which something that expires so long from now does.

    Raises:
        DataError: it is no duration, not above 0 or longer than 2 s.
    """
    expires_ns = to_ns(expires)
    if not 0 < expires_ns <= MAX_EXPIRES_S * 1e9:
        raise DataError(
            f"expires={expires!r}: more than 0 and at most {MAX_EXPIRES_S:g} s; renew a force that is to last longer"
        )
    return time.monotonic_ns() + expires_ns

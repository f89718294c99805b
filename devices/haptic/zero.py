"""`zero`: take a device's output to zero now, whoever drives it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from wugan.devices.haptic.driver import Driver
from wugan.devices.haptic.servo.port import SerialPort
from wugan.devices.haptic.watched import running_servo
from wugan.errors import DeviceError

_REPEATS = 3  # a frame that noise destroys is sent again
_PAUSE_S = 0.02
_ANSWER_S = 0.3  # for the device, or the servo, to say that it has stopped


@dataclass(frozen=True, slots=True)
class Zeroed:
    """What was done.

    Attributes:
        by: `servo`, where a program of this machine drives the device and was told; or `port`, where the device was
            told directly.
        confirmed: whether the servo, or the device, has said so.
        output: what the device says that it applies, N or N·m; `None` where it does not say.
        latched: the stop stays until a person releases it.
    """

    by: str
    confirmed: bool
    output: tuple[float, ...] | None = None
    latched: bool = False


def zero(port: str, driver: Driver, estop: bool = False) -> Zeroed:
    """Zero the output.

    Where a servo on this machine drives the device, it makes an emergency stop, which stays until that program releases
    it. Otherwise the driver's `stop()` is sent three times, or its `emergency_stop()`, which latches in devices that
    can.

    Raises:
        DeviceError: the port is missing, or held by a program that is none of wugan's; then pull the plug.
    """
    memory = running_servo(port)
    if memory is not None:
        try:
            return Zeroed("servo", memory.emergency_stop(_ANSWER_S), latched=True)
        finally:
            memory.close()
    line = SerialPort(port, driver.baud)
    try:
        line.open()
    except DeviceError as error:
        raise DeviceError(f"{error}. If it pushes, cut its power") from error
    try:
        time.sleep(driver.waits_s)  # a board that starts anew when its port is opened has stopped already
        frame = driver.emergency_stop() if estop else driver.stop()
        for _ in range(_REPEATS):
            line.write(frame)
            time.sleep(_PAUSE_S)
        line.flush_input()
        output = _ask(line, driver)
    finally:
        line.close()
    return Zeroed("port", output is not None and not any(output), output, estop)


def _ask(line: SerialPort, driver: Driver) -> tuple[float, ...] | None:
    """What the device says that it applies, where it can be asked without commanding it."""
    driver.reset()
    frame = driver.read()
    if frame is None:
        return None
    line.write(frame)
    until = time.monotonic() + _ANSWER_S
    while time.monotonic() < until:
        for state in driver.feed(line.read()):
            if state.output is not None:
                return state.output
        time.sleep(0.002)
    return None

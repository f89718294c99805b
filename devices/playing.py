"""`Playback`: when the items of a recording are due that is played at its own speed, as a sensor would give them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wugan.devices.base import Device

_LOOK_S = 0.1  # how often a wait looks whether the device is to be closed


class Playback:
    """The clock of one playing; it begins when somebody first reads, so that nothing plays while stages warm up.

    Args:
        device: whose file is played.
    """

    def __init__(self, device: Device[Any]) -> None:
        self._device = device
        self._began_ns = 0  # by time.monotonic_ns(); 0: nobody has read yet

    def wait(self, time_ns: int) -> int:
        """Wait until an item is due, or the device is to be closed.

        Args:
            time_ns: the item's time in the recording.

        Returns:
            When it was due, by `time.monotonic_ns()`: before now for what is late.
        """
        if not self._began_ns:
            while not self._device.wanted(_LOOK_S) and not self._device.closing:
                pass
            self._began_ns = time.monotonic_ns() - time_ns
        due_ns = self._began_ns + time_ns
        while (early := due_ns - time.monotonic_ns()) > 0 and not self._device.closing:
            time.sleep(min(early / 1e9, _LOOK_S))
        return due_ns

    def passed(self, time_ns: int) -> bool:
        """Whether an item of this time is due already."""
        return bool(self._began_ns) and time.monotonic_ns() >= self._began_ns + time_ns

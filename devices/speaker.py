"""`Speaker`: plays sound, and stops in the middle of it when interrupted."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wugan.devices.discovery import Found
from wugan.devices.portaudio import choose, open_stream, sound_devices
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.stage import Sink

logger = logging.getLogger(__name__)

_BLOCK_S = 0.05  # sound handed to the device at once; an interrupt waits no longer than this


@dataclass(eq=False)
class Speaker(Sink[Audio]):
    """Plays each packet to its end before it takes the next; packets that follow at once play without a gap.

    A device that cannot play the packet's rate or mono is given its own rate and stereo.

    Args:
        device: PortAudio's number or a part of the name; `None` is the system's default.

    Raises:
        DeviceError: PortAudio or the device is missing or busy (lists those that there are), or has vanished.
    """

    device: int | str | None = None
    _stream: Any = field(init=False, repr=False, default=None)
    _rate: int = field(init=False, repr=False, default=0)
    _interrupts: int = field(init=False, repr=False, default=0)

    @classmethod
    def discover(cls) -> Iterator[Found]:
        """The sound outputs of this machine. Raises `DeviceError` where PortAudio is missing."""
        for number, described in sound_devices("output"):
            yield Found(
                kind="speaker",
                name=str(described["name"]),
                address=str(number),
                driver="portaudio",
                detail=f"{described['max_output_channels']} channels at {described['default_samplerate']:.0f} Hz",
            )

    def warm_up(self) -> None:
        """Check that the device is there."""
        choose(self.device, "output")

    def close(self) -> None:
        """Play what the device has, and release it."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.stop()
            stream.close()

    def interrupt(self) -> None:
        """Stop playing at once; the rest of the packet under way is dropped. Called from another thread."""
        self._interrupts += 1

    def write(self, packet: Packet[Audio]) -> None:
        """Play one packet; returns when the device has taken all of it, or after `interrupt()`."""
        interrupts = self._interrupts
        audio = packet.data
        if self._stream is None or self._rate != audio.rate:
            self.close()
            self._stream, self._device_rate, self._channels = open_stream(self.device, "output", audio.rate)
            self._rate = audio.rate
        if not self._stream.active:
            self._stream.start()
        samples = audio.samples
        if self._device_rate != audio.rate:
            import soxr

            samples = soxr.resample(samples, audio.rate, self._device_rate).astype(np.float32)
        sound = np.repeat(np.clip(samples, -1.0, 1.0)[:, None], self._channels, axis=1)
        size = max(1, round(self._device_rate * _BLOCK_S))
        for start in range(0, len(sound), size):
            if self._interrupts != interrupts:
                self._stream.abort()  # drops what the device still holds
                logger.debug("interrupted after %.2f s of %.2f s", start / self._device_rate, audio.seconds)
                return
            self._stream.write(np.ascontiguousarray(sound[start : start + size]))

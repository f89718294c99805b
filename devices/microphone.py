"""`Microphone`: live sound as a stream of packets."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wugan import clock
from wugan.devices.base import Device
from wugan.devices.discovery import Found
from wugan.devices.portaudio import look_again, open_stream, sound_devices
from wugan.duration import to_ns
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.signals import Audio

logger = logging.getLogger(__name__)

# A stamp this far from where the samples before end means that sound was lost. Sound servers stamp up to 0.1 s off on a
# busy machine (measured with PulseAudio), and a loss that the system notices is reported as an overflow anyway.
_JITTER_NS = 250_000_000
_SILENT_S = 5.0  # a device that gives nothing for so long has vanished
_LOOK_S = 0.1  # how often the capturing thread looks whether it is to end


class _Block(NamedTuple):
    samples: NDArray[np.float32]
    time_ns: int
    overflow: bool  # the system lost sound before it


@dataclass(eq=False)
class Microphone(Device[Audio]):
    """Captures mono sound. A device that cannot give the rate or mono is converted.

    Packets have the capture time of their first sample (by `wugan.clock`, less its age, which the converter tells).
    When the reader is too slow, the oldest sound is dropped: the next packet says how many samples in `attrs["lost"]`,
    and `lost` adds them up; `overflows` counts the times that the system lost sound before us (`attrs["overflow"]`).
    `attrs["clipped"]` is the share of samples at full scale where that exceeds 0.1 %.

    Args:
        rate: samples per second to give.
        device: PortAudio's number or a part of the name; `None` is the system's default.
        chunk: length of a packet.
        max_queued: sound kept for a slow reader.

    Raises:
        DeviceError: from `open`, PortAudio or the device is missing or busy (lists those that there are); from
            `packets` and `read`, the device has vanished.
    """

    silent_s: ClassVar[float | None] = None  # the device's thread says so itself, since it must look again then

    rate: int = 16_000
    device: int | str | None = None
    chunk: str | float = "100ms"
    max_queued: str | float = "5s"
    overflows: int = field(init=False, default=0)
    _stream: Any = field(init=False, repr=False, default=None)
    _gone: bool = field(init=False, repr=False, default=False)  # it has vanished, and may come back as another device

    def __post_init__(self) -> None:
        if to_ns(self.chunk) * self.rate < 1_000_000_000:
            raise DataError(f"Microphone: chunk {self.chunk!r} is less than one sample at {self.rate} Hz")
        if to_ns(self.max_queued) < to_ns(self.chunk):
            raise DataError(f"Microphone: max_queued {self.max_queued!r} is less than chunk {self.chunk!r}")

    @classmethod
    def discover(cls) -> Iterator[Found]:
        """The sound inputs of this machine. Raises `DeviceError` where PortAudio is missing."""
        for number, described in sound_devices("input"):
            yield Found(
                kind="microphone",
                name=str(described["name"]),
                address=str(number),
                driver="portaudio",
                detail=f"{described['max_input_channels']} channels at {described['default_samplerate']:.0f} Hz",
            )

    @property
    def name(self) -> str:
        """`microphone`, and which."""
        return f"microphone {self.device}" if self.device is not None else "microphone"

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz), channels, type and unit; once open also the device's own rate and channels."""
        spec: dict[str, Any] = {"kind": "audio", "rate": self.rate, "channels": 1, "dtype": "float32", "unit": "±1"}
        if self._stream is not None:
            spec |= {"device_rate": self._device_rate, "device_channels": self._channels}
        return spec

    @property
    def capacity(self) -> int:
        """Samples kept for a slow reader."""
        return max(1, to_ns(self.max_queued) * self.rate // 1_000_000_000)

    def _weigh(self, packet: Packet[Audio]) -> int:
        return len(packet.data.samples)

    def _open(self) -> None:
        self.overflows = 0
        self._blocks: deque[_Block] = deque()  # the capturing thread takes each at once, and waits for nobody
        self._arrived = threading.Condition()
        if self._gone and not look_again():
            logger.debug("microphone: another sound stream is open, so that new devices cannot be seen")
        stream, self._device_rate, self._channels = open_stream(self.device, "input", self.rate, callback=self._arrive)
        self._stream = stream
        self._gone = False
        stream.start()

    def _close(self) -> None:
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()
        if self.overflows:
            logger.warning("microphone: the system lost sound %d times", self.overflows)

    def _capture(self) -> Iterator[Packet[Audio] | None]:
        run = _Run(self.rate, self._device_rate, to_ns(self.chunk))
        attrs: dict[str, Any] = {}
        silent_s = 0.0
        while True:
            block = self._take()
            if block is None and self.closing:
                break
            silent_s = silent_s + _LOOK_S if block is None else 0.0
            if block is None and (not self._stream.active or silent_s >= _SILENT_S):
                self._gone = True
                for samples, time_ns in run.end():  # what came before the device went
                    yield self._packet(samples, time_ns, attrs)
                raise DeviceError(
                    f"The microphone ({'default' if self.device is None else self.device!r}) has stopped giving "
                    "sound; is it still plugged in? `open()` tries again"
                )
            if block is None:
                yield None
                continue
            if block.overflow or run.jumps(block):
                for samples, time_ns in run.end():
                    yield self._packet(samples, time_ns, {})
                run = _Run(self.rate, self._device_rate, to_ns(self.chunk))
                attrs = {"overflow": True} if block.overflow else {}
            for samples, time_ns in run.add(block):
                yield self._packet(samples, time_ns, attrs)
                attrs = {}
        for samples, time_ns in run.end():
            yield self._packet(samples, time_ns, attrs)

    def _packet(self, samples: NDArray[np.float32], time_ns: int, attrs: dict[str, Any]) -> Packet[Audio]:
        return Packet(Audio(samples, self.rate), time_ns, attrs=attrs | _clipping(samples))

    def _arrive(self, sound: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback, on its own thread: stamp and queue, nothing more."""
        now_ns = clock.now_ns()
        # Some drivers give no converter time; the block's first sample is then a block old.
        age = times.currentTime - times.inputBufferAdcTime if times.inputBufferAdcTime > 0 else 0.0
        age_ns = round(age * 1e9) if age > 0 else frames * 1_000_000_000 // self._device_rate
        block = _Block(sound.mean(axis=1, dtype=np.float32), now_ns - age_ns, bool(status.input_overflow))
        with self._arrived:
            self.overflows += block.overflow
            self._blocks.append(block)
            self._arrived.notify()

    def _take(self) -> _Block | None:
        """The oldest block; `None` where none comes within a moment."""
        with self._arrived:
            if not self._blocks and not self.closing:
                self._arrived.wait(_LOOK_S)
            return self._blocks.popleft() if self._blocks else None


class _Run:
    """Sound without a gap: converts the rate, cuts chunks, and keeps time by counting samples.

    The device's stamps jitter; counting does not, but the device's clock drifts against ours. So a run counts, and
    its start follows the stamps slowly.
    """

    def __init__(self, rate: int, device_rate: int, chunk_ns: int) -> None:
        import soxr

        self._rate, self._device_rate = rate, device_rate
        self._size = chunk_ns * rate // 1_000_000_000
        self._resampler = soxr.ResampleStream(device_rate, rate, 1, dtype="float32") if rate != device_rate else None
        self._held = np.zeros(0, np.float32)
        self._start_ns: int | None = None
        self._taken = 0  # samples of the device
        self._given = 0  # samples given

    def _late_ns(self, block: _Block, start_ns: int) -> int:
        return block.time_ns - start_ns - self._taken * 1_000_000_000 // self._device_rate

    def jumps(self, block: _Block) -> bool:
        """Whether this block does not follow on the one before."""
        return self._start_ns is not None and abs(self._late_ns(block, self._start_ns)) > _JITTER_NS

    def add(self, block: _Block) -> Iterator[tuple[NDArray[np.float32], int]]:
        """Whole chunks, with their times."""
        if self._start_ns is None:
            self._start_ns = block.time_ns
        self._start_ns += self._late_ns(block, self._start_ns) // 64
        self._taken += len(block.samples)
        converted = self._resampler.resample_chunk(block.samples) if self._resampler else block.samples
        self._held = np.concatenate([self._held, converted])
        while len(self._held) >= self._size:
            yield self._cut(self._size)

    def end(self) -> Iterator[tuple[NDArray[np.float32], int]]:
        """What is left."""
        if self._resampler and self._taken:
            rest = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            self._held = np.concatenate([self._held, rest])
        while len(self._held):
            yield self._cut(min(self._size, len(self._held)))

    def _cut(self, size: int) -> tuple[NDArray[np.float32], int]:
        chunk, self._held = self._held[:size].copy(), self._held[size:]
        time_ns = (self._start_ns or 0) + self._given * 1_000_000_000 // self._rate
        self._given += size
        return chunk, time_ns


def _clipping(samples: NDArray[np.float32]) -> dict[str, float]:
    share = float((np.abs(samples) >= 0.999).mean())
    return {"clipped": share} if share > 0.001 else {}

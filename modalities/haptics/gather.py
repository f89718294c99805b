"""`Gather`: the short stretches that a device sends, as stretches of one length."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.stage import Stage

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Gather(Stage[HapticSample, HapticSample]):
    """Collects states until they span `length`, for an encoder that wants whole windows.

    A gap ends a stretch early: what lies before and after it is never joined. Packets have the time of their first
    state. `gaps` counts them.

    Args:
        length: time that a stretch spans.
        gap: pause between two states from which on they do not belong together.

    Raises:
        DataError: the device's axes or their meaning change in the midst of the stream.
    """

    length: str | float = "500ms"
    gap: str | float = "20ms"
    gaps: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if to_ns(self.length) < 1 or to_ns(self.gap) < 1:
            raise DataError(f"Gather: length {self.length!r} and gap {self.gap!r} must be more than 0")
        self._held: HapticSample | None = None
        self._of: Packet[HapticSample] | None = None  # the packet that the held states begin in

    def process(self, packet: Packet[HapticSample]) -> Iterator[Packet[HapticSample]]:
        sample = packet.data
        if not len(sample):
            return
        if self._held is not None:
            if sample.axes != self._held.axes or sample.space != self._held.space:
                raise DataError(
                    f"{packet.stream!r} changed from {self._held.axes} {self._held.space} axes to {sample.axes} "
                    f"{sample.space}: gather each device by itself"
                )
            if sample.time_ns[0] - self._held.time_ns[-1] > to_ns(self.gap):
                self.gaps += 1
                logger.debug("%r pauses after %d ns", packet.stream, self._held.time_ns[-1])
                yield from self.flush()
        if self._held is None:
            self._of = packet
        self._held = join(self._held, sample)
        length_ns = to_ns(self.length)
        while self._held is not None:
            end = int(np.searchsorted(self._held.time_ns, self._held.time_ns[0] + length_ns))
            if end >= len(self._held):
                return  # its last state may not be the stretch's last
            done, self._held = cut(self._held, 0, end), cut(self._held, end, len(self._held))
            yield self._packet(done)
            self._of = packet

    def flush(self) -> Iterator[Packet[HapticSample]]:
        """The stretch under way, however short."""
        held, self._held = self._held, None
        if held is not None:
            yield self._packet(held)

    def watermark(self, time_ns: int) -> int:
        """Start of the states that are held."""
        return time_ns if self._held is None else min(time_ns, int(self._held.time_ns[0]))

    def interrupt(self) -> None:
        """Forget the stretch under way."""
        self._held = None

    def _packet(self, sample: HapticSample) -> Packet[HapticSample]:
        assert self._of is not None
        return dataclasses.replace(self._of.replace(sample), time_ns=int(sample.time_ns[0]))


def cut(sample: HapticSample, start: int, stop: int) -> HapticSample:
    """The states from `start` to before `stop`."""
    acceleration = sample.acceleration
    return dataclasses.replace(
        sample,
        time_ns=sample.time_ns[start:stop],
        position=sample.position[start:stop],
        velocity=sample.velocity[start:stop],
        force=sample.force[start:stop],
        acceleration=None if acceleration is None else acceleration[start:stop],
    )


def join(first: HapticSample | None, second: HapticSample) -> HapticSample:
    """Two stretches one after the other; acceleration only where both have it."""
    if first is None:
        return second
    both = None
    if first.acceleration is not None and second.acceleration is not None:
        both = np.concatenate([first.acceleration, second.acceleration])
    return dataclasses.replace(
        second,
        time_ns=np.concatenate([first.time_ns, second.time_ns]),
        position=np.concatenate([first.position, second.position]),
        velocity=np.concatenate([first.velocity, second.velocity]),
        force=np.concatenate([first.force, second.force]),
        acceleration=both,
    )

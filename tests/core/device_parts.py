"""A device without hardware, which vanishes and returns as the test says."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import Any, ClassVar

from wugan import Packet, Source
from wugan.errors import DeviceError

GONE = object()  # the cable is pulled
UNPLUGGED = DeviceError("the camera has gone; is it still plugged in?")


class Camera(Source[int]):
    """Gives what `events` holds, at times that it is told; `plugged` says whether it can be opened.

    Attributes:
        events: (time_ns, number), `GONE`, or an exception to raise.
        opened: how often `open` was called.
        closed: how often `close` was called.
    """

    live: ClassVar[bool] = True

    def __init__(self, plugged: bool = True) -> None:
        self.events: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.plugged = plugged
        self.opened = self.closed = 0
        self._open = False

    def open(self) -> None:
        self.opened += 1
        if not self.plugged:
            raise DeviceError("there is no camera")
        self._open = True

    def close(self) -> None:
        self.closed += 1
        self._open = False
        self.events.put(None)  # wake who waits

    def give(self, *numbers: int) -> None:
        """Frames at the time of their numbers, in ms."""
        for number in numbers:
            self.events.put((number * 1_000_000, number))

    def lose(self) -> None:
        """Pull the cable."""
        self.plugged = False
        self.events.put(GONE)

    def packets(self) -> Iterator[Packet[int]]:
        while self._open:
            event = self.events.get()
            if event is GONE:
                raise UNPLUGGED
            if isinstance(event, Exception):
                raise event
            if event is not None:
                time_ns, data = event
                yield Packet(data, time_ns)


class ComesBack(Source[int]):
    """Vanishes after its second packet, cannot be opened at the next two attempts, and gives two more."""

    live: ClassVar[bool] = True

    def __init__(self) -> None:
        self.opened = 0

    def open(self) -> None:
        self.opened += 1
        if self.opened in (2, 3):
            raise DeviceError("there is no camera")

    def packets(self) -> Iterator[Packet[int]]:
        first = 0 if self.opened == 1 else 10
        for number in (first, first + 1):
            yield Packet(number, number * 1_000_000)
        if self.opened == 1:
            raise DeviceError("the camera has gone; is it still plugged in?")

"""`Feed`: what a device has captured and nobody has taken; `Playback`: when the items of a recording are due."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wugan.errors import DeviceError
from wugan.packet import Packet

if TYPE_CHECKING:
    from wugan.devices.base import Device


Out = TypeVar("Out")

_LOOK_S = 0.5  # how often a reader that waits without a limit looks whether the device has fallen silent
_INTERVALS = 256  # arrivals from which rate and jitter are told


class Feed(Generic[Out]):
    """A bounded queue, and the newest packet beside it.

    A live device never waits: where the queue is full the oldest packets go, and the next that is read says how many in
    `attrs["lost"]`. A file waits for its reader, and loses nothing.

    Args:
        name: the device's, for errors and as the packets' stream.
        capacity: weight that the queue holds; one packet may always wait.
        live: drop the oldest where it is full, instead of making the device wait.
        weigh: weight of a packet: 1, or samples where packets differ in length.
        silent_s: seconds without a packet after which the device counts as lost; `None` sets no limit.
    """

    def __init__(
        self,
        name: str,
        capacity: int,
        live: bool,
        weigh: Callable[[Packet[Out]], int],
        silent_s: float | None,
    ) -> None:
        self.name, self.live = name, live
        self.captured = 0
        self.error: Exception | None = None
        self.ended = False
        self.closing = threading.Event()
        self.wanted = threading.Event()  # somebody has begun to read
        self._capacity, self._weigh, self._silent_s = capacity, weigh, silent_s
        self._queue: deque[Packet[Out]] = deque()
        self._waiting = 0  # weight of what is queued
        self._dropped = 0  # weight that was dropped since the reader last took a packet
        self._lost = 0  # weight that was dropped in all
        self._streamed = False  # somebody wants every packet
        self._queueing = True  # false while the reader asks for the newest only
        self._newest: Packet[Out] | None = None
        self._given = -1  # seq of the packet that was last read
        self._arrivals: deque[int] = deque(maxlen=_INTERVALS)  # monotonic ns
        self._since_ns = time.monotonic_ns()
        self._changed = threading.Condition()

    # The device's side.

    def put(self, packet: Packet[Out]) -> None:
        """Number a packet and hand it over; waits for room where the source is no live one."""
        with self._changed:
            packet.stream, packet.seq = self.name, self.captured
            self.captured += 1
            weight = self._weigh(packet)
            while not self.live and self._queue and self._waiting + weight > self._capacity:
                if self.closing.is_set():
                    return
                self._changed.wait(_LOOK_S)
            self._newest = packet
            self._arrivals.append(time.monotonic_ns())
            if self._queueing or not self.live:
                self._queue.append(packet)
                self._waiting += weight
                while self.live and self._waiting > self._capacity and len(self._queue) > 1:
                    oldest = self._weigh(self._queue.popleft())
                    self._waiting -= oldest
                    self._dropped += oldest
                    self._lost += oldest
            self._changed.notify_all()

    def skip(self, weight: int = 1) -> None:
        """Count what the device passed over."""
        with self._changed:
            self._dropped += weight
            self._lost += weight

    def end(self, error: Exception | None = None) -> None:
        """Nothing follows: the data is at its end, the device was closed, or it failed."""
        with self._changed:
            self.error = self.error or error
            self.ended = True
            self._changed.notify_all()

    def wake(self) -> None:
        """Let those who wait look again, after `closing` was set."""
        with self._changed:
            self._changed.notify_all()

    # The reader's side.

    @property
    def lost(self) -> int:
        """Weight of what the stream's reader was too slow for; nothing is lost to those who read one by one."""
        return self._lost if self._streamed else 0

    def stream(self) -> Iterator[Packet[Out]]:
        """Every packet in order, as long as the reader keeps up; raises the device's error after what came before."""
        self.wanted.set()
        with self._changed:
            self._queueing = self._streamed = True
        while (packet := self._take(None)) is not None:
            yield packet

    def fresh(self, timeout_s: float | None, unread: bool) -> Packet[Out]:
        """The newest packet, once there is one that has not been read.

        Args:
            timeout_s: how long to wait; `None` waits until the device ends, fails or falls silent.
            unread: a packet that came before the call will do, if it was not read yet.

        Raises:
            DeviceError: none came in time, or the device ended.
            Exception: whatever the device failed with.
        """
        self.wanted.set()
        if not self.live:
            packet = self._take(timeout_s)
            if packet is None:
                raise DeviceError(f"{self.name}: {self._why()}")
            return packet
        with self._changed:
            self._want_newest()
            after = self._given if unread else self.captured - 1
            deadline = None if timeout_s is None else time.monotonic() + timeout_s
            while self._newest is None or self._newest.seq <= after:
                if self.ended or self.closing.is_set():
                    raise self.error or DeviceError(f"{self.name}: {self._why()}")
                self._wait(deadline, timeout_s)
            self._given = self._newest.seq
            return self._newest

    def newest(self) -> Packet[Out] | None:
        """The newest packet captured so far."""
        self.wanted.set()
        with self._changed:
            self._want_newest()
            if self._newest is not None:
                self._given = self._newest.seq
            return self._newest

    def age_s(self) -> float | None:
        """Seconds since a packet came; `None` before the first."""
        arrivals = self._arrivals
        return (time.monotonic_ns() - arrivals[-1]) / 1e9 if arrivals else None

    def rate(self) -> tuple[float, float]:
        """Packets a second, and the standard deviation of the intervals between them in seconds, of the last ones."""
        with self._changed:
            times = list(self._arrivals)
        if len(times) < 3:
            return 0.0, 0.0
        intervals = [(later - earlier) / 1e9 for earlier, later in zip(times, times[1:], strict=False)]
        mean = sum(intervals) / len(intervals)
        spread = sum((interval - mean) ** 2 for interval in intervals) / (len(intervals) - 1)
        return (1.0 / mean if mean > 0 else 0.0), float(spread**0.5)

    def _want_newest(self) -> None:
        """Who asks for the newest loses nothing by what he passes over."""
        if self.live and self._queueing:
            self._queueing = False
            self._queue.clear()
            self._waiting = self._dropped = 0

    def _take(self, timeout_s: float | None) -> Packet[Out] | None:
        """The oldest packet; `None` once the device has ended or was closed and the queue is empty."""
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while not self._queue:
                if self.ended:
                    if self.error is not None:
                        raise self.error
                    return None
                self._wait(deadline, timeout_s)
            packet = self._queue.popleft()
            self._waiting -= self._weigh(packet)
            self._given = packet.seq
            if self._dropped:
                packet.attrs = {**packet.attrs, "lost": self._dropped}
                self._dropped = 0
            self._changed.notify_all()
            return packet

    def _wait(self, deadline: float | None, timeout_s: float | None) -> None:
        """Wait for a change, with the lock held; raises where waiting is no use any more."""
        now = time.monotonic()
        last = self._arrivals[-1] if self._arrivals else self._since_ns
        silent = now - last / 1e9
        if deadline is not None and now >= deadline:
            raise DeviceError(f"{self.name} gave nothing within {timeout_s:g} s: {self._why()}")
        if self._silent_s is not None and silent > self._silent_s:
            raise DeviceError(
                f"{self.name} has given nothing for {silent:.1f} s; is it still there? open() tries again"
            )
        self._changed.wait(_LOOK_S if deadline is None else min(_LOOK_S, deadline - now))

    def _why(self) -> str:
        age = self.age_s()
        came = "it has given nothing yet" if age is None else f"its last packet came {age:.3f} s ago"
        if self.closing.is_set():
            return f"it is closed, {came}"
        return f"its data has ended, {came}" if self.ended else came


_CLOSING_LOOK_S = 0.1  # how often a wait looks whether the device is to be closed


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
            while not self._device.wanted(_CLOSING_LOOK_S) and not self._device.closing:
                pass
            self._began_ns = time.monotonic_ns() - time_ns
        due_ns = self._began_ns + time_ns
        while (early := due_ns - time.monotonic_ns()) > 0 and not self._device.closing:
            time.sleep(min(early / 1e9, _CLOSING_LOOK_S))
        return due_ns

    def passed(self, time_ns: int) -> bool:
        """Whether an item of this time is due already."""
        return bool(self._began_ns) and time.monotonic_ns() >= self._began_ns + time_ns

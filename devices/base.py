"""`Device`: what every sensor and every force-feedback device has in common.

A device is a `Source` whose thread captures, so that a slow reader never makes it late, and that can be read in four
ways: as a stream (`packets`, which a pipeline uses), and one by one (`read`, `async_read`, `read_latest`), with the
names that robotics users know from lerobot. Each gives what was captured, with its time, or raises; a value is never
made up, repeated or filled in.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, TypeVar

from wugan import clock
from wugan.devices.feed import Feed
from wugan.duration import to_ns
from wugan.errors import DeviceError
from wugan.packet import Packet
from wugan.stage import Source

if TYPE_CHECKING:
    from wugan.devices.calibration import Calibration

logger = logging.getLogger(__name__)

Out = TypeVar("Out")

LOUD = 5  # files that cannot be read and are named in the log
_GRACE_S = 1.0  # what `_capture` may still hand over once it is to end
_RELEASE_S = 2.0  # how long `close` waits for the capturing thread to release the device


@dataclass(frozen=True, slots=True)
class Health:
    """How a device does.

    Attributes:
        state: `closed` (never opened, or closed), `open`, `ended` (a file at its end) or `lost`.
        captured: packets since it was opened.
        lost: what the stream's reader was too slow for (packets; samples for sound); of files, what was passed over.
        age_s: seconds since the last packet; `None` before the first.
        rate_hz: packets a second, of the last 256.
        jitter_s: standard deviation of the intervals between them.
        error: why it is lost, in words.
    """

    state: Literal["closed", "open", "ended", "lost"]
    captured: int = 0
    lost: int = 0
    age_s: float | None = None
    rate_hz: float = 0.0
    jitter_s: float = 0.0
    error: str = ""


class Device(Source[Out]):
    """A source with a capturing thread.

    A subclass defines `_open`, `_capture` and `_close`, and what it has of `name`, `spec`, `serial` and `_calibrate`;
    no hook and no constructor calls `super()`. All hooks but `_open` and `_calibrate` run on the capturing thread.

    Attributes:
        live: `False` for a source that reads files: it waits for its reader instead of dropping.
        silent_s: seconds without a packet after which a reader is told that the device has vanished; `None`: never.
        capacity: weight (see `_weigh`) that waits for a slow reader of `packets()` before the oldest is dropped.
    """

    live: ClassVar[bool] = True
    silent_s: ClassVar[float | None] = 5.0

    _feed: Feed[Out] | None = None
    _thread: threading.Thread | None = None

    # What a subclass defines.

    @property
    def name(self) -> str:
        """What errors call it, such as `microphone default`."""
        return type(self).__name__.lower()

    @property
    def serial(self) -> str | None:
        """What tells this device from others of its kind, and names its calibration; may be known only once open."""
        return None

    @property
    def capacity(self) -> int:
        """Weight that waits for a slow reader of `packets()`."""
        return 8

    def _open(self) -> None:
        """Acquire the device. Raises `DeviceError` with the remedy; `_close` is called then too."""

    def _capture(self) -> Iterator[Packet[Out] | None]:
        """Yield packets with the time of their capture (stream and seq are set later) as they come.

        Yields `None` at least twice a second while nothing comes, ends at the end of a file or soon after `closing`,
        and raises `DeviceError` where the device has vanished.
        """
        raise NotImplementedError(f"{type(self).__name__} must define _capture()")

    def _close(self) -> None:
        """Release what `_open` acquired, also where it failed half-way; safe to call twice."""

    def _weigh(self, packet: Packet[Out]) -> int:
        """What a packet counts for in `capacity`, `lost` and `attrs["lost"]`."""
        return 1

    def _calibrate(self) -> Calibration:
        """Measure what is particular to this device, while it is open."""
        raise DeviceError(f"{self.name}: this kind of device has nothing to calibrate")

    # What everybody uses.

    def connect(self) -> Self:
        """`open()`, for `with device.connect() as d:`."""
        self.open()
        return self

    def __enter__(self) -> Self:
        if not self.is_open:
            self.open()
        return self

    @property
    def is_open(self) -> bool:
        """Whether it was opened and not closed since; it may have ended or vanished in between."""
        return self._feed is not None and not self._feed.closing.is_set()

    @property
    def closing(self) -> bool:
        """For `_capture`: whether it is to end."""
        return not self.is_open

    def wanted(self, timeout_s: float) -> bool:
        """For `_capture` of what is played at its own speed: whether somebody has begun to read; waits for it."""
        return self._feed is not None and self._feed.wanted.wait(timeout_s)

    def skip(self) -> None:
        """For `_capture`: count an item that is passed over because it is late."""
        if self._feed is not None:
            self._feed.skip()

    def pass_over(self, error: Exception, number: int) -> None:
        """For `_capture`: count an item that cannot be read, and say so of the first few.

        Args:
            error: why.
            number: how many that makes.
        """
        self.skip()
        if number <= LOUD:
            logger.warning("%s; it is passed over", error)
        elif number == LOUD + 1:
            logger.warning("%s: further ones are passed over and counted without a word", self.name)

    @property
    def lost(self) -> int:
        """What the reader of `packets()` was too slow for since `open()`."""
        return self._feed.lost if self._feed else 0

    @property
    def health(self) -> Health:
        """Its state, rate and losses now."""
        feed = self._feed
        if feed is None:
            return Health("closed")
        rate, jitter = feed.rate()
        state: Literal["closed", "open", "ended", "lost"] = "open"
        if feed.error is not None:
            state = "lost"
        elif feed.closing.is_set():
            state = "closed"
        elif feed.ended:
            state = "ended"
        return Health(state, feed.captured, feed.lost, feed.age_s(), rate, jitter, str(feed.error or ""))

    def open(self) -> None:
        """Acquire it and begin to capture; opens it anew where it is open already.

        Raises:
            DeviceError: it is missing or busy, or its last close has not come to an end.
        """
        self.close()
        if self._thread is not None and self._thread.is_alive():
            raise DeviceError(f"{self.name} is still being released by its last reader; try again in a second")
        try:
            self._open()
        except BaseException:
            self._close()
            raise
        feed = Feed(self.name, self.capacity, self.live, self._weigh, self.silent_s if self.live else None)
        self._feed = feed
        self._thread = threading.Thread(target=self._run, args=(feed,), name=f"wugan-{self.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop capturing and release it. `packets()` gives what was captured before, and ends."""
        feed, thread = self._feed, self._thread
        if feed is None or feed.closing.is_set():
            return
        feed.closing.set()
        feed.wake()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_RELEASE_S)
            if thread.is_alive():
                logger.warning("%s does not answer; it is released when it does", self.name)
        if feed.lost:
            why = "its reader was too slow" if self.live else "they were late, or could not be read"
            logger.warning("%s: %d of its data were passed over: %s", self.name, feed.lost, why)

    def packets(self) -> Iterator[Packet[Out]]:
        """What is captured, in order, until the data ends or `close()` is called.

        Raises:
            DeviceError: it has vanished, after what came before was given; a pipeline then opens it again.
        """
        if not self.is_open:
            self.open()
        assert self._feed is not None
        yield from self._feed.stream()

    def read(self) -> Packet[Out]:
        """Wait for what is captured next, after this call (of a file: the next item).

        Raises:
            DeviceError: it is not open, has ended, has vanished or gives nothing any more.
        """
        return self._opened().fresh(None, unread=False)

    def async_read(self, timeout: str | float = "200ms") -> Packet[Out]:
        """The newest item that was not read yet; waits for one at most `timeout`.

        Raises:
            DeviceError: none came in time (tells the age of the last one), or as for `read`.
        """
        return self._opened().fresh(to_ns(timeout) / 1e9, unread=True)

    def read_latest(self, max_age: str | float = "500ms") -> Packet[Out]:
        """The newest item that was captured already, read before or not; never waits.

        Raises:
            DeviceError: there is none, it is older than `max_age` (a live device's since its capture, a file's since
                it was read), or the device has vanished.
        """
        feed = self._opened()
        packet = feed.newest()
        if feed.error is not None:
            raise feed.error
        if packet is None:
            raise DeviceError(f"{self.name} has captured nothing yet: read() waits for the first item")
        age_s = (clock.now_ns() - packet.time_ns) / 1e9 if self.live else feed.age_s() or 0.0
        if age_s > to_ns(max_age) / 1e9:
            raise DeviceError(f"{self.name}: its newest item is {age_s:.3f} s old, more than max_age {max_age!r}")
        return packet

    def calibrate(self) -> Calibration:
        """Measure what is particular to this device, check it, and keep it in the user's folder for the next time.

        Raises:
            DeviceError: it is not open, cannot be calibrated, or what was measured is not plausible.
        """
        self._opened()
        from wugan.devices.calibration import store

        calibration = self._calibrate()
        store(calibration)
        return calibration

    def __getstate__(self) -> dict[str, Any]:
        """A copy in another process is a closed one."""
        return {key: value for key, value in self.__dict__.items() if key not in ("_feed", "_thread")}

    def _opened(self) -> Feed[Out]:
        if self._feed is None or self._feed.closing.is_set():
            raise DeviceError(f"{self.name} is not open: call open(), or use it in a `with` block")
        return self._feed

    def _run(self, feed: Feed[Out]) -> None:
        """The capturing thread: it alone touches the device, so that nothing is released while it is being read."""
        error: Exception | None = None
        last: float | None = None  # when a capture that does not look at `closing` is left
        try:
            for packet in self._capture():
                if packet is not None:
                    feed.put(packet)
                if feed.closing.is_set():
                    last = last or time.monotonic() + _GRACE_S
                    if packet is None or time.monotonic() > last:
                        break
        except Exception as failure:
            if not feed.closing.is_set():
                error = failure
            logger.debug("%s has failed", self.name, exc_info=failure)
        finally:
            try:
                self._close()
            except Exception as failure:  # what is gone need not close well
                logger.debug("%s could not be released", self.name, exc_info=failure)
            feed.end(error)

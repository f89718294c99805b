"""`StreamClock`: when the pictures of a network stream were captured, from the stream's stamps and their arrival."""

from __future__ import annotations

DRIFT = 200e-6  # s for each s: two quartz clocks differ by less
JUMP_NS = 2_000_000_000  # a stamp that fits its arrival so badly belongs to a new start of the stream


class StreamClock:
    """Sets a stream's stamps, whose zero is unknown, on the monotonic clock.

    A stream's stamps keep the intervals of capture, its arrivals do not: the network delays some, and after a pause
    several come at once. What arrived with the least delay tells where the zero lies. What is left is that least delay
    itself, encoder and network together; a calibration's time offset takes it away.
    """

    def __init__(self) -> None:
        self._zero_ns: float | None = None
        self._stamp_ns = 0
        self._arrival_ns = 0

    def captured_ns(self, stamp_ns: int, arrival_ns: int) -> int:
        """Time of capture on the monotonic clock, never after the arrival.

        Args:
            stamp_ns: of the picture, by the stream; a stream that has none says 0 every time and gets its arrivals.
            arrival_ns: monotonic.
        """
        zero, lag = self._zero_ns, arrival_ns - stamp_ns
        again = stamp_ns <= self._stamp_ns or zero is None or lag - zero > JUMP_NS
        if again or zero is None:
            self._zero_ns = lag
        else:
            self._zero_ns = min(lag, zero + DRIFT * (arrival_ns - self._arrival_ns))
        self._stamp_ns, self._arrival_ns = stamp_ns, arrival_ns
        return min(round(stamp_ns + self._zero_ns), arrival_ns)

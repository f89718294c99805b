"""`StreamClock`: when the pictures of a network stream were captured, from the stream's stamps and their arrival."""

from __future__ import annotations

from collections import deque

WINDOW_NS = 10_000_000_000  # two quartz clocks part by less than a millisecond in it


class StreamClock:
    """Sets a stream's stamps, whose zero is unknown, on the monotonic clock.

    A stream's stamps keep the intervals of capture, its arrivals do not: the network delays some, and after a stall
    several come at once. What arrived with the least delay of the last ten seconds tells where the zero lies. What is
    left is that least delay itself, encoder and network together; a calibration's time offset takes it away.

    Pictures that a stall held back keep their true times. After a pause that the stream's stamps leave out, pictures
    count as older than they are for ten seconds, and never as newer.
    """

    def __init__(self) -> None:
        self._lags: deque[tuple[int, int]] = deque()  # arrival and lag; both grow from left to right
        self._stamp_ns = 0

    def captured_ns(self, stamp_ns: int, arrival_ns: int) -> int:
        """Time of capture on the monotonic clock, never after the arrival.

        Args:
            stamp_ns: of the picture, by the stream; a stream that has none says 0 every time and gets its arrivals.
            arrival_ns: monotonic.
        """
        lags, lag = self._lags, arrival_ns - stamp_ns
        if stamp_ns <= self._stamp_ns:  # the stream began anew
            lags.clear()
        self._stamp_ns = stamp_ns
        while lags and lags[-1][1] >= lag:
            lags.pop()
        lags.append((arrival_ns, lag))
        while arrival_ns - lags[0][0] > WINDOW_NS:
            lags.popleft()
        return stamp_ns + lags[0][1]

"""`SafetyEvent`: what the safety layer has done, when and why; `Events`: a bounded list of them, with counts."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from wugan.errors import DataError

CAPACITY = 256  # of a ring: a minute of trouble at the most events that one condition can give (see QUIET_NS)
QUIET_NS = 250_000_000  # a condition that lasts, or flickers, is one event until it has been away for so long


class Code(IntEnum):
    """Why the safety layer acted. Numbers are written to logs and shared memory: they never change meaning."""

    CONNECTED = 1
    READY = 2
    LOST = 3
    UNCALIBRATED = 4
    EXPIRED = 5
    ESTOP = 6
    RELEASED = 7
    DEVICE_FAULT = 8
    NO_STATE = 9
    CLOCK = 10
    PARENT_GONE = 11
    PROGRAM = 12

    STATE_SHAPE = 20
    STATE_NON_FINITE = 21
    STATE_RANGE = 22
    STATE_JUMP = 23
    STATE_SPEED = 24
    STATE_UNITS = 25

    OUTPUT_SHAPE = 30
    OUTPUT_NON_FINITE = 31
    OUTPUT_OVERFLOW = 32

    CAPPED = 40
    SLEWED = 41
    BRAKED = 42
    EDGE = 43
    HARD_STOP = 44

    @property
    def reason(self) -> str:
        """The code's name in lower case, as in the JSON form."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    """One act of the safety layer.

    Attributes:
        code: why.
        time_ns: when, by the monotonic clock of the servo process.
        detail: values in words, SI units; may be empty.
    """

    code: Code
    time_ns: int
    detail: str = ""

    def to_json(self) -> str:
        """One line: `{"code": "state_jump", "number": 23, "time_ns": 1, "detail": "…"}`."""
        return json.dumps(
            {"code": self.code.reason, "number": int(self.code), "time_ns": self.time_ns, "detail": self.detail},
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, line: str) -> SafetyEvent:
        """Read what `to_json` has written.

        Raises:
            DataError: it is not such a line.
        """
        try:
            fields: dict[str, Any] = json.loads(line)
            code, time_ns, detail = Code[str(fields["code"]).upper()], fields["time_ns"], fields.get("detail", "")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DataError(
                f"Not a safety event: {line[:80]!r} ({error!r}). Expected what to_json() writes."
            ) from error
        if not isinstance(time_ns, int) or not isinstance(detail, str):
            raise DataError(f"Not a safety event: {line[:80]!r}: time_ns is a whole number and detail a text.")
        return cls(code, time_ns, detail)


class Events:
    """The newest events, in order, and how often each condition was met.

    A condition that lasts for many periods, or flickers, is written once (and again after it was away for a quarter of
    a second), so that clamping at 1 kHz does not wash an emergency stop out of the ring; `counts` counts every period.

    Args:
        capacity: how many events are kept; older ones are dropped, and counted in `dropped`.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.counts: dict[Code, int] = {}
        self.total = 0
        self._ring: deque[SafetyEvent] = deque(maxlen=capacity)
        self._seen_ns: dict[Code, int] = {}

    def add(self, code: Code, time_ns: int, detail: str = "") -> None:
        """Write an event, whatever was written before."""
        self.counts[code] = self.counts.get(code, 0) + 1
        self._seen_ns[code] = time_ns
        self.total += 1
        self._ring.append(SafetyEvent(code, time_ns, detail))

    def begins(self, code: Code, time_ns: int) -> bool:
        """Count a period in which a condition holds; True where it begins, and an event is due (`write`)."""
        seen_ns = self._seen_ns.get(code)
        self._seen_ns[code] = time_ns
        if seen_ns is not None and time_ns - seen_ns < QUIET_NS:
            self.counts[code] += 1
            return False
        return True

    @property
    def dropped(self) -> int:
        """Events that the ring has no longer."""
        return self.total - len(self._ring)

    def __iter__(self) -> Iterator[SafetyEvent]:
        return iter(tuple(self._ring))

    def __len__(self) -> int:
        return len(self._ring)

    def since(self, number: int) -> list[SafetyEvent]:
        """Events after the first `number` ever written, as far as the ring still has them.

        A reader that remembers `total` gets each event once.
        """
        return list(self._ring)[max(0, number - self.dropped) :]

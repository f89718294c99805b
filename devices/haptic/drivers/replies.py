"""`Replies`: answers in lines of text, without checksum or request number, to the commands that are in flight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

LONGEST = 80  # of a line that one of ours can be
ECHO_ERROR = 2e-4  # between a value sent with four decimals and the same one printed by the board
_WHOLE = re.compile(rb"\d{1,7}")
_VALUE = re.compile(rb"-?\d{1,7}\.\d{4}")


class Replies:
    """Values in `prefix` + number with four decimals, one line each, in the order asked.

    The target that comes back is compared with the one sent, so that a digit lost on the way to the board, and an
    answer to an earlier command, are seen. Lines that begin with none of our prefixes' letters (a sketch prints what it
    likes) are skipped and counted. A line that is ours and not the one expected ends the trust until `begin()`.

    Attributes:
        lost: out of step; also before the first handshake.
        dropped: what was thrown away, by reason.
    """

    def __init__(self, ours: Sequence[str]) -> None:
        """`ours`: beginnings of lines that only our answers have."""
        self._ours = tuple(text.encode() for text in ours)
        self._buffer = bytearray()
        self._expected: list[tuple[bytes, float | int | None]] = []
        self._values: list[float] = []
        self.lost = True
        self.dropped: Counter[str] = Counter()

    def begin(self) -> None:
        """In step from now on: a handshake has shown it."""
        self.reset()
        self.lost = False

    def reset(self) -> None:
        """Forget half a line and the commands in flight."""
        self._buffer.clear()
        self._expected.clear()
        self._values.clear()

    def ask(self, expected: Sequence[tuple[str, float | int | None]]) -> None:
        """What answers the commands that go out: a prefix, and the value that has to come back or None.

        A value that is an integer comes back as one, without decimals.
        """
        if self._expected:
            self.lose("overlap")
        self._expected = [(prefix.encode(), value) for prefix, value in expected]
        self._values.clear()

    def lose(self, reason: str) -> None:
        """Out of step, for a reason that is counted."""
        self.dropped[reason] += 1
        self.reset()
        self.lost = True

    def take(self, data: bytes) -> list[float] | None:
        """Add received bytes; the values of all answers, in the order asked, once the last is there."""
        self._buffer += data
        values = None
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).removesuffix(b"\r")
            del self._buffer[: end + 1]
            values = self._line(line) or values
        if len(self._buffer) > LONGEST:
            self.lose("length")
        return None if self.lost else values

    def _line(self, line: bytes) -> list[float] | None:
        if not line.startswith(self._ours):
            self.dropped["foreign"] += bool(line)
            return None
        if self.lost:
            self.dropped["out-of-step"] += 1
            return None
        if not self._expected:
            self.lose("unasked")
            return None
        prefix, sent = self._expected[0]
        form = _WHOLE if isinstance(sent, int) else _VALUE
        if not line.startswith(prefix) or not form.fullmatch(line, len(prefix)):
            self.lose("form")
            return None
        value = float(line[len(prefix) :])
        if sent is not None and abs(value - sent) > ECHO_ERROR:
            self.lose("echo")
            return None
        del self._expected[0]
        self._values.append(value)
        return list(self._values) if not self._expected else None

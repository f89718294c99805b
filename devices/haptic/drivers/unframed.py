"""`Unframed`: replies of a known first byte and length on a line without framing, checksum or sequence number."""

from __future__ import annotations

from collections import Counter


class Unframed:
    """Whether driver and device are in step, for protocols in which nothing else shows it.

    A reply is believed where exactly one command is in flight and exactly one reply of the right form comes. After
    anything else (bytes unasked for, too many, another first byte, a second command in flight) nothing is believed
    until `begin()`: each of these can mean that from now on every reply answers the command before.

    Attributes:
        waiting: a command is in flight.
        lost: out of step; also before the first handshake.
        dropped: what was thrown away, by reason.
    """

    def __init__(self, first: int, length: int) -> None:
        """Expect replies of `length` bytes beginning with `first`."""
        self._first, self._length = first, length
        self._buffer = bytearray()
        self.waiting = False
        self.lost = True
        self.dropped: Counter[str] = Counter()

    def begin(self) -> None:
        """In step from now on: a handshake has shown it."""
        self.reset()
        self.lost = False

    def reset(self) -> None:
        """Forget half a reply and the command in flight."""
        self._buffer.clear()
        self.waiting = False

    def sent(self) -> None:
        """A command goes out; a second one in flight ends the trust."""
        if self.waiting:
            self.lose("overlap")
        self.waiting = True

    def lose(self, reason: str) -> None:
        """Out of step, for a reason that is counted."""
        self.dropped[reason] += 1
        self.reset()
        self.lost = True

    @property
    def partial(self) -> bool:
        """A part of a reply has come."""
        return bool(self._buffer)

    def take(self, data: bytes) -> bytes | None:
        """Add received bytes; the whole reply, once it is there."""
        if not data:
            return None
        if self.lost:
            self.dropped["out-of-step"] += 1
        elif not self.waiting:
            self.lose("unasked")
        else:
            self._buffer += data
            if self._buffer[0] != self._first or len(self._buffer) > self._length:
                self.lose("form")
            elif len(self._buffer) == self._length:
                reply = bytes(self._buffer)
                self.reset()
                return reply
        return None

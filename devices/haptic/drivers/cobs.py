"""Consistent overhead byte stuffing (COBS; Cheshire and Baker, 1999): bytes without a zero, so a zero ends a frame."""

from __future__ import annotations

MAX_RAW = 253
"""Longest frame that is encoded. From 254 bytes without a zero on, encoders disagree about a trailing `01`."""

MAX_ENCODED = MAX_RAW + 1
_CODES = tuple(bytes([length + 1]) for length in range(MAX_RAW + 1))
_REPEATED = 0xFF  # "254 bytes and no zero after them": a frame of at most 253 bytes never has it


def encode(raw: bytes) -> bytes:
    """Stuff `raw`; exactly one byte longer, without a zero, and without the delimiter.

    Raises:
        ValueError: `raw` is longer than `MAX_RAW`.
    """
    if len(raw) > MAX_RAW:
        raise ValueError(f"a frame of {len(raw)} bytes; at most {MAX_RAW} can be stuffed with one byte")
    return b"".join([_CODES[len(piece)] + piece for piece in raw.split(b"\0")])


def decode(encoded: bytes) -> bytes | None:
    """Undo `encode`; None where `encoded` is not what an encoder writes. Never raises on any bytes."""
    length = len(encoded)
    if not 0 < length <= MAX_ENCODED:
        return None
    pieces = []
    at = 0
    while at < length:
        code = encoded[at]
        end = at + code
        if code in (0, _REPEATED) or end > length:
            return None
        pieces.append(encoded[at + 1 : end])
        at = end
    raw = b"\0".join(pieces)
    return None if 0 in encoded else raw


class Splitter:
    """Cuts a stream at its zeros, in pieces of any size; holds at most one frame.

    Attributes:
        overlong: runs of bytes that were dropped because they were longer than any frame.
    """

    def __init__(self) -> None:
        self.overlong = 0
        self._tail = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The encoded frames that `data` completes, empty ones left out."""
        if not data:
            return []
        pieces = (self._tail + data).split(b"\0")
        tail = pieces.pop()
        if pieces and self._skipping:
            pieces[0] = b""
            self._skipping = False
        if len(tail) > MAX_ENCODED:
            # Counted once for each run, however long; the rest is dropped up to the next zero.
            self.overlong += not self._skipping
            self._skipping = True
            tail = b""
        elif self._skipping:
            tail = b""
        self._tail = tail
        whole = []
        for piece in pieces:
            if len(piece) > MAX_ENCODED:
                self.overlong += 1
            elif piece:
                whole.append(piece)
        return whole

    def reset(self) -> None:
        """Forget half a frame."""
        self._tail = b""
        self._skipping = False

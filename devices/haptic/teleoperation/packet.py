"""`TeleopPacket`: what leader and follower tell each other, and its bytes.

Layout, little-endian, no padding; `n` is the number of axes:

| offset | size | field | meaning |
|---|---|---|---|
| 0 | 2 | magic | `WT` |
| 2 | 1 | version | 1 |
| 3 | 1 | side | 0 from the leader, 1 from the follower |
| 4 | 1 | axes | `n`, 1…8 |
| 5 | 3 | reserved | 0 |
| 8 | 4 | session | chosen anew by each sender at its start |
| 12 | 4 | seq | counts from 0, wraps |
| 16 | 8 | time_ns | the sender's clock, int64 |
| 24 | 8 | granted | J handed over to the other side since the start, float64, never falls |
| 32 | 4 | level | J in the sender's tank, float32 |
| 36 | 4·n | position | m or rad, float32 |
| … | 4·n | velocity | m/s or rad/s, float32 |
| … | 4·n | force | N or N·m, float32: from the follower what the operator shall feel, from the leader what is felt |
| … | 8 | digest | BLAKE2s of all before, 8 bytes, keyed where both sides hold a key |

What counts is cumulative or absolute (energy, position), so that a lost, late or doubled packet loses and doubles
nothing: the next one tells all of it.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError

Vector = NDArray[np.float64]

MAGIC = b"WT"
VERSION = 1
MAX_AXES = 8
_HEAD = struct.Struct("<2sBBB3xIIqdf")
_DIGEST = 8


class Side(IntEnum):
    """Who sent a packet."""

    LEADER = 0
    FOLLOWER = 1

    @property
    def other(self) -> Side:
        """The side to which it is sent."""
        return Side(1 - self)


@dataclass(slots=True, eq=False)
class TeleopPacket:
    """One message between the two sides; the module's table says what each field means."""

    side: Side
    session: int
    seq: int
    time_ns: int
    granted: float
    level: float
    position: Vector
    velocity: Vector
    force: Vector

    def to_bytes(self, key: bytes = b"") -> bytes:
        """The packet's bytes.

        Args:
            key: secret of at most 32 bytes that both sides hold; without one the digest guards against damage only.
        """
        axes = len(self.position)
        head = _HEAD.pack(
            MAGIC, VERSION, self.side, axes, self.session, self.seq, self.time_ns, self.granted, self.level
        )
        body = np.concatenate([self.position, self.velocity, self.force]).astype("<f4").tobytes()
        return head + body + _digest(head + body, key)

    @classmethod
    def from_bytes(cls, data: bytes, key: bytes = b"") -> TeleopPacket:
        """Read a packet.

        Raises:
            DataError: it is no whole packet of this version, its digest is wrong, or a number is not finite. The
                first word of the message is the reason under which it is counted.
        """
        if len(data) < _HEAD.size + _DIGEST:
            raise DataError(f"length: {len(data)} bytes are no packet of teleoperation")
        magic, version, side, axes, session, seq, time_ns, granted, level = _HEAD.unpack_from(data)
        if magic != MAGIC or version != VERSION:
            raise DataError(f"version: starts with {data[:3].hex()}, not with {(MAGIC + bytes([VERSION])).hex()}")
        if not 1 <= axes <= MAX_AXES or len(data) != _HEAD.size + 12 * axes + _DIGEST:
            raise DataError(f"length: {len(data)} bytes do not hold {axes} axes")
        if not hmac.compare_digest(_digest(data[:-_DIGEST], key), data[-_DIGEST:]):
            raise DataError("digest: damaged, or sent with another key")
        values = np.frombuffer(data, "<f4", 3 * axes, _HEAD.size).astype(np.float64)
        if side > 1 or not (np.isfinite(values).all() and np.isfinite((granted, level)).all()):
            raise DataError("value: a number is not finite, or the side is unknown")
        position, velocity, force = values.reshape(3, axes)
        return cls(Side(side), session, seq, time_ns, granted, level, position, velocity, force)


def _digest(data: bytes, key: bytes) -> bytes:
    return hashlib.blake2s(data, key=key, digest_size=_DIGEST).digest()

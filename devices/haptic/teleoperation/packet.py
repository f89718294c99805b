"""`TeleopPacket`: what leader and follower tell each other; `Channel`, `UdpLink`: how, in a trial and over UDP.

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
import heapq
import hmac
import random
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, DeviceError

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


class Channel:
    """Carries packets in virtual time.

    Args:
        delay_s: least delay of each packet.
        jitter_s: uniform extra delay from 0 to this; packets overtake each other where it exceeds their distance.
        loss: probability that a packet never comes.
        double: probability that it comes twice, each with its own jitter.
        seed: of its randomness.

    Attributes:
        lost: how many did not come.
        carried: how many did.
    """

    def __init__(
        self, delay_s: float, jitter_s: float = 0.0, loss: float = 0.0, double: float = 0.0, seed: int = 0
    ) -> None:
        if delay_s < 0 or jitter_s < 0 or not 0 <= loss <= 1 or not 0 <= double <= 1:
            raise ValueError("Channel: delays must not be negative, and probabilities lie in 0…1")
        self.delay_s, self.jitter_s, self.loss, self.double = delay_s, jitter_s, loss, double
        self.lost = self.carried = 0
        self._random = random.Random(seed)
        self._under_way: list[tuple[float, int, bytes]] = []
        self._count = 0

    def send(self, data: bytes, now_s: float) -> None:
        """Put a packet on its way, or lose it."""
        for _ in range(2 if self._random.random() < self.double else 1):
            if self._random.random() < self.loss:
                self.lost += 1
                continue
            self._count += 1
            due = now_s + self.delay_s + self._random.uniform(0.0, self.jitter_s)
            heapq.heappush(self._under_way, (due, self._count, data))

    def arrived(self, now_s: float) -> Iterator[bytes]:
        """The packets that have come by now, in the order of their coming."""
        while self._under_way and self._under_way[0][0] <= now_s:
            self.carried += 1
            yield heapq.heappop(self._under_way)[2]


_LONGEST = 2048  # bytes; a packet of eight axes has 140, and what is longer is none
_AT_ONCE = 64  # packets taken in one call: a flood must not hold up the period


class UdpLink:
    """A socket between two sides. Never waits: neither `send` nor `received` takes longer than the system call.

    Only packets from `peer` are taken (the kernel drops others); that is no proof of who sent them. Outside a network
    that you trust, give both sides a `TeleopConfig.key`.

    Args:
        own: address to bind to, such as `("0.0.0.0", 7400)`.
        peer: the other side's address.

    Attributes:
        unsent: packets that the system would not take (buffer full, no route, nobody listens there yet).

    Raises:
        DeviceError: the address is in use, is not this machine's, or the peer's name cannot be resolved.
    """

    def __init__(self, own: tuple[str, int], peer: tuple[str, int]) -> None:
        self.unsent = 0
        try:
            family, _, _, _, address = socket.getaddrinfo(*peer, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise DeviceError(f"teleoperation: {peer[0]}:{peer[1]}: {error.strerror}; check the peer's name") from error
        try:
            self._socket.setblocking(False)
            self._socket.bind(own)
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise DeviceError(
                f"teleoperation: cannot use {own[0]}:{own[1]} towards {peer[0]}:{peer[1]}: {error.strerror}"
            ) from error

    @property
    def address(self) -> tuple[str, int]:
        """Host and port that it is bound to."""
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    def send(self, data: bytes) -> None:
        """Send, or count it as unsent."""
        try:
            self._socket.send(data)
        except OSError:
            self.unsent += 1

    def received(self) -> Iterator[bytes]:
        """What has come since, 64 packets at most."""
        for _ in range(_AT_ONCE):
            try:
                yield self._socket.recv(_LONGEST)
            except BlockingIOError:
                return
            except ConnectionError:  # a packet of ours found nobody there: no reason to stop listening
                self.unsent += 1
            except OSError:
                return

    def close(self) -> None:
        """Release the socket."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

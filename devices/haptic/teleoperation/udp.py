"""`UdpLink`: the packets of teleoperation over UDP."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from types import TracebackType
from typing import Self

from wugan.errors import DeviceError

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

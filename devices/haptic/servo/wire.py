"""Messages between a servo process and the one that started it: pickles with their length before them."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_LENGTH = struct.Struct("=I")


def pack(message: dict[str, Any]) -> bytes:
    """The bytes of one message."""
    data = pickle.dumps(message)
    return _LENGTH.pack(len(data)) + data


def send(link: socket.socket, message: dict[str, Any]) -> None:
    """Send one message; waits for room."""
    link.sendall(pack(message))


def receive(link: socket.socket) -> dict[str, Any]:
    """Wait for the next message. Raises `EOFError` when the other end is closed."""
    message: dict[str, Any] = pickle.loads(_exactly(link, _LENGTH.unpack(_exactly(link, _LENGTH.size))[0]))
    return message


def _exactly(link: socket.socket, length: int) -> bytes:
    data = bytearray()
    while len(data) < length:
        piece = link.recv(length - len(data))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)

from __future__ import annotations

import socket

import pytest

from wugan.devices.haptic.servo.process import pack, receive, send


def test_messages_come_in_order_and_whole() -> None:
    one, other = socket.socketpair()
    with one, other:
        send(one, {"number": 1})
        for byte in pack({"text": "x" * 50}):
            one.send(bytes([byte]))
        assert receive(other) == {"number": 1}
        assert receive(other) == {"text": "x" * 50}


def test_the_end_of_the_other_is_told() -> None:
    one, other = socket.socketpair()
    with other:
        one.send(pack({"half": 1})[:-1])
        one.close()
        with pytest.raises(EOFError):
            receive(other)

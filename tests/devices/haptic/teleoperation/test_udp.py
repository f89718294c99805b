from __future__ import annotations

import time

import pytest

from wugan.devices.haptic.teleoperation.packet import UdpLink
from wugan.errors import DeviceError


def pair() -> tuple[UdpLink, UdpLink]:
    with UdpLink(("127.0.0.1", 0), ("127.0.0.1", 9)) as probe:
        port = probe.address[1]
    one = UdpLink(("127.0.0.1", 0), ("127.0.0.1", port))
    return one, UdpLink(("127.0.0.1", port), one.address)


def test_both_directions() -> None:
    one, other = pair()
    with one, other:
        assert list(one.received()) == []
        one.send(b"there")
        other.send(b"back")
        time.sleep(0.05)
        assert list(other.received()) == [b"there"] and list(one.received()) == [b"back"]


def test_nobody_listening_is_counted_and_no_error() -> None:
    one, other = pair()
    other.close()
    with one:
        for _ in range(5):
            one.send(b"x")
            time.sleep(0.01)
            assert list(one.received()) == []
        assert one.unsent


def test_strangers_are_not_heard() -> None:
    one, other = pair()
    with one, other, UdpLink(("127.0.0.1", 0), one.address) as stranger:
        stranger.send(b"evil")
        time.sleep(0.05)
        assert list(one.received()) == []


def test_an_address_in_use_says_so() -> None:
    with UdpLink(("127.0.0.1", 0), ("127.0.0.1", 9)) as first, pytest.raises(DeviceError, match="cannot use"):
        UdpLink(first.address, ("127.0.0.1", 9))

"""When a reply without framing may be believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.haply import Unframed


def in_step() -> Unframed:
    """After a handshake, with a command in flight."""
    replies = Unframed(0x2B, 3)
    replies.begin()
    replies.sent()
    return replies


@pytest.mark.parametrize("pieces", [(b"\x2b12",), (b"\x2b", b"", b"1", b"2")])
def test_one_reply_to_one_command(pieces: tuple[bytes, ...]) -> None:
    """In any pieces; then it waits for nothing."""
    replies = in_step()
    assert [reply for piece in pieces if (reply := replies.take(piece))] == [b"\x2b12"]
    assert not replies.waiting


def test_what_ends_the_trust() -> None:
    """Bytes unasked for, another first byte, one byte too many, a second command: each until `begin()`."""
    unasked, other, long, overlap = in_step(), in_step(), in_step(), in_step()
    unasked.take(b"\x2b12")
    unasked.take(b"\x2b")
    other.take(b"\x2c")
    long.take(b"\x2b123")
    overlap.sent()
    for replies, reason in ((unasked, "unasked"), (other, "form"), (long, "form"), (overlap, "overlap")):
        assert replies.lost
        assert replies.dropped[reason] == 1
        replies.reset()
        replies.sent()
        assert replies.take(b"\x2b12") is None
        replies.begin()
        replies.sent()
        assert replies.take(b"\x2b12") == b"\x2b12"


def test_nothing_before_the_handshake() -> None:
    """However well-formed."""
    replies = Unframed(0x2B, 3)
    replies.sent()
    assert replies.take(b"\x2b12") is None
    assert replies.dropped == {"out-of-step": 1}


@given(st.lists(st.binary(max_size=5)))
def test_replies_have_the_form(pieces: list[bytes]) -> None:
    """Whatever comes, at most one reply to the command, and only of the form."""
    replies = in_step()
    got = [reply for piece in pieces if (reply := replies.take(piece)) is not None]
    assert len(got) <= 1
    assert all(len(reply) == 3 and reply[0] == 0x2B for reply in got)

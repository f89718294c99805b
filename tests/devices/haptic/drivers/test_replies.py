"""When a line of text answers what was asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.simplefoc import LONGEST, Replies


def asked() -> Replies:
    """A target of 0.25 and an angle are in flight."""
    replies = Replies("M")
    replies.begin()
    replies.expect([("M", 0.25), ("MMG", None)])
    return replies


@pytest.mark.parametrize("size", [1, 3, 100])
def test_answers_in_pieces(size: int) -> None:
    """In order, with the end of line that the board writes; other lines between them are skipped."""
    replies, text = asked(), b"\r\nhello\r\nM0.2500\r\n3.14\t2.7\r\nMMG-1.5000\r\n"
    got = [values for i in range(0, len(text), size) if (values := replies.take(text[i : i + size]))]
    assert got == [[0.25, -1.5]]
    assert replies.dropped == {"foreign": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"M2500.0000\r\n", "echo"),  # a lost point
        (b"M0.2510\r\n", "echo"),
        (b"MMG1.0000\r\n", "form"),  # another order
        (b"M0.25\r\n", "form"),  # lost digits
        (b"Merr\r\n", "form"),
        (b"Mnan\r\n", "form"),
        (b"Movf\r\n", "form"),
        (b"M0.2500\r\nMMG1.0000\r\nM0.2500\r\n", "unasked"),
        (b"x" * (LONGEST + 1), "length"),
    ],
)
def test_what_ends_the_trust(text: bytes, reason: str) -> None:
    """No values then, and none after a reset, but after `begin()`."""
    replies = asked()
    assert replies.take(text) is None
    assert replies.dropped[reason] == 1
    replies.reset()
    replies.expect([("MMG", None)])
    assert replies.take(b"MMG1.0000\r\n") is None
    replies.begin()
    replies.expect([("MMG", None)])
    assert replies.take(b"MMG1.0000\r\n") == [1.0]


def test_two_questions_in_flight_are_none() -> None:
    """The answer to the first would pass for the second's."""
    replies = asked()
    replies.expect([("MMG", None)])
    assert replies.take(b"MMG1.0000\r\n") is None
    assert replies.dropped["overlap"] == 1


@given(st.lists(st.binary(max_size=12) | st.sampled_from([b"M0.2500\r\n", b"MMG1.0000\r\n"])))
def test_any_bytes(pieces: list[bytes]) -> None:
    """Never raises; at most one set of values, with the target that was sent."""
    replies = asked()
    got = [values for piece in pieces if (values := replies.take(piece))]
    assert len(got) <= 1
    assert all(len(values) == 2 and values[0] == 0.25 for values in got)

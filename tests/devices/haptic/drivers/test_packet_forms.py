"""Registers in lines and in packets: bytes, padding, and when an answer is believed."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.drivers.simplefoc_packets import (
    ANGLE,
    ENABLE,
    PADS,
    READ_MOTORS,
    SYNC_REPLY,
    TARGET,
    VELOCITY,
    BinaryForm,
    TextForm,
    packet,
)
from wugan.devices.haptic.emulators.simplefoc import EmulatedFocMotor
from wugan.devices.haptic.emulators.simplefoc_packets import BinaryIO, Board

SYNC = bytes.fromhex("a5 02 53 00")
PAD = bytes.fromhex("a5 03 72 70 01")


def test_published_packets() -> None:
    """Read the angle, target 1.5, read enable, stop."""
    assert packet(ANGLE, None) == bytes.fromhex("a5 02 52 09")
    assert packet(TARGET, 1.5) == bytes.fromhex("a5 06 52 01 00 00 c0 3f")
    assert packet(ENABLE, None) == bytes.fromhex("a5 02 52 04")
    assert packet(ENABLE, 0) == bytes.fromhex("a5 03 52 04 00")


def test_lines() -> None:
    """A write is read back where it is not echoed."""
    form = TextForm()
    form.begin()
    assert form.ask([(TARGET, 0.25), (ANGLE, None)]) == b"R1=0.2500\nR1\nR9\n"
    assert form.take(b"r1=0.2500\r\nr9=1.5") is None
    assert form.take(b"000\r\n") == [0.25, 1.5]
    form.echo = True
    assert form.ask([(ENABLE, 0), (TARGET, 0.25)]) == b"R4=0\nR1=0.2500\n"
    assert form.take(b"r4=0\r\nr1=0.2400\r\n") is None
    assert form.dropped["echo"] == 1


@given(st.integers(0, 57), st.booleans(), st.integers(1, 15))
@settings(max_examples=60, deadline=None)
def test_blocks_from_any_phase(held: int, echo: bool, rounds: int) -> None:
    """Whatever the board held back before: after the sync each exchange gets all its answers, and no more bytes."""
    motor = EmulatedFocMotor(0.08, 5.0)
    io = BinaryIO(Board([motor], echo), flushes=False)
    io.receive(SYNC + READ_MOTORS * (held // 5) + SYNC * (held % 5), 0.0)
    form = BinaryForm()
    form.echo = echo
    assert form.synchronise(io.receive(SYNC + READ_MOTORS * PADS, 0.0))
    form.begin()
    assert form.take(io.receive(form.ask([(ENABLE, None)]), 0.0)) == [1.0]  # what the handshake does
    for index in range(rounds):
        motor.angle, motor.velocity = float(index), -float(index)
        sent = form.ask([(TARGET, 0.25 * index), (ANGLE, None), (VELOCITY, None)])
        assert len(sent) <= 64
        got = io.receive(sent, 0.0)
        assert form.take(got[:30]) is None
        assert form.take(got[30:]) == [0.25 * index, float(index), -float(index)]


def test_a_patched_firmware_needs_no_padding() -> None:
    """Eight bytes for a question of four."""
    form = BinaryForm(flushes=True)
    assert form.synchronise(SYNC_REPLY + PAD * PADS)
    form.begin()
    assert form.ask([(ANGLE, None)]) == packet(ANGLE, None)
    assert form.take(bytes.fromhex("a5 06 72 09") + struct.pack("<f", 0.5)) == [0.5]


@pytest.mark.parametrize("got", [b"", SYNC_REPLY, PAD * 12, SYNC_REPLY + PAD + b"\0" * 5, SYNC_REPLY + PAD[:3]])
def test_no_sync(got: bytes) -> None:
    """No answer, none to the sync, something else behind it."""
    assert not BinaryForm().synchronise(got)


@pytest.mark.parametrize("value", [0.5, math.nan, math.inf])
def test_another_target_than_was_sent(value: float) -> None:
    """Is no answer."""
    form = BinaryForm(flushes=True)
    form.begin()
    form.ask([(TARGET, 0.25)])
    assert form.take(bytes.fromhex("a5 06 72 01") + struct.pack("<f", value)) is None
    assert form.dropped["form"] == 1


@given(st.lists(st.binary(max_size=70)), st.booleans())
def test_any_bytes(pieces: list[bytes], binary: bool) -> None:
    """Neither form raises; what is not the answer is none."""
    form = BinaryForm() if binary else TextForm()
    form.begin()
    form.ask([(TARGET, 0.25), (ANGLE, None)])
    assert not [values for piece in pieces if (values := form.take(piece)) and abs(values[0] - 0.25) > 1e-3]

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.teleoperation.packet import MAX_AXES, Side, TeleopPacket
from wugan.errors import DataError

finite32 = st.floats(-1e6, 1e6, width=32)


@st.composite
def packets(draw: st.DrawFn) -> TeleopPacket:
    axes = draw(st.integers(1, MAX_AXES))
    vector = st.lists(finite32, min_size=axes, max_size=axes).map(lambda v: np.array(v, np.float64))
    return TeleopPacket(
        draw(st.sampled_from(Side)),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(0, 2**32 - 1)),
        draw(st.integers(-(2**63), 2**63 - 1)),
        draw(st.floats(0, 1e9)),
        draw(finite32),
        draw(vector),
        draw(vector),
        draw(vector),
    )


def same(a: TeleopPacket, b: TeleopPacket) -> bool:
    scalars = ("side", "session", "seq", "time_ns", "granted", "level")
    arrays = ("position", "velocity", "force")
    return all(getattr(a, n) == getattr(b, n) for n in scalars) and all(
        np.array_equal(getattr(a, n), getattr(b, n)) for n in arrays
    )


@settings(max_examples=30)
@given(packets(), st.binary(max_size=32))
def test_bytes_and_back(packet: TeleopPacket, key: bytes) -> None:
    data = packet.to_bytes(key)
    assert len(data) == 44 + 12 * len(packet.position)
    assert same(TeleopPacket.from_bytes(data, key), packet)


@settings(max_examples=30)
@given(packets(), st.data())
def test_no_changed_byte_is_taken(packet: TeleopPacket, data: st.DataObject) -> None:
    good = packet.to_bytes()
    where, flip = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(1, 255))
    bad = good[:where] + bytes([good[where] ^ flip]) + good[where + 1 :]
    with pytest.raises(DataError):
        TeleopPacket.from_bytes(bad)


@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        TeleopPacket.from_bytes(data)


def a_packet(**changes: object) -> TeleopPacket:
    values: dict[str, object] = dict(side=Side.LEADER, session=7, seq=0, time_ns=0, granted=0.0, level=0.0)
    values |= dict(position=np.zeros(2), velocity=np.zeros(2), force=np.zeros(2)) | changes
    return TeleopPacket(**values)  # type: ignore[arg-type]


def test_another_key_is_refused() -> None:
    with pytest.raises(DataError, match="^digest"):
        TeleopPacket.from_bytes(a_packet().to_bytes(b"one"), b"two")


@pytest.mark.parametrize("change", [{"granted": np.nan}, {"level": np.inf}, {"force": np.array([0.0, np.nan])}])
def test_a_number_that_is_none_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(DataError, match="^value"):
        TeleopPacket.from_bytes(a_packet(**change).to_bytes())


def test_published_bytes() -> None:
    packet = a_packet(seq=5, time_ns=1_000_000_000, granted=0.5, level=0.25, position=np.array([1.0, -2.0]))
    assert packet.to_bytes()[:44].hex() == (
        "5754010002000000070000000500000000ca9a3b00000000000000000000e03f0000803e0000803f000000c0"
    )

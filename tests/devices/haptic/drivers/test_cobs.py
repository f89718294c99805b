import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.drivers import cobs


@pytest.mark.parametrize(
    ("raw", "encoded"),
    [
        ("", "01"),
        ("00", "01 01"),
        ("11 22 00 33", "03 11 22 02 33"),
        ("11 00 00 00", "02 11 01 01 01"),
        ("01" * 253, "fe" + "01" * 253),
    ],
)
def test_published_pairs(raw: str, encoded: str) -> None:
    assert cobs.encode(bytes.fromhex(raw)) == bytes.fromhex(encoded)
    assert cobs.decode(bytes.fromhex(encoded)) == bytes.fromhex(raw)


@given(st.binary(max_size=cobs.MAX_RAW))
def test_a_frame_gains_one_byte_and_loses_its_zeros(raw: bytes) -> None:
    encoded = cobs.encode(raw)
    assert len(encoded) == len(raw) + 1
    assert 0 not in encoded
    assert cobs.decode(encoded) == raw


@given(st.binary(max_size=300))
def test_what_decodes_is_what_an_encoder_writes(data: bytes) -> None:
    raw = cobs.decode(data)
    assert raw is None or cobs.encode(raw) == data


def test_a_frame_that_would_need_two_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="254 bytes"):
        cobs.encode(b"\1" * 254)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.integers(1, 50))
def test_splitting_does_not_depend_on_the_pieces(raws: list[bytes], size: int) -> None:
    stream = b"".join(cobs.encode(raw) + b"\0" for raw in raws)
    splitter = cobs.Splitter()
    got = [frame for at in range(0, len(stream), size) for frame in splitter.feed(stream[at : at + size])]
    assert [cobs.decode(frame) for frame in got] == raws


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_an_endless_run_is_bounded_and_counted_once(size: int) -> None:
    splitter = cobs.Splitter()
    stream = b"\x55" * 5000 + b"\0" + cobs.encode(b"next") + b"\0"
    got = []
    for at in range(0, len(stream), size):
        got += splitter.feed(stream[at : at + size])
        assert len(splitter._tail) <= cobs.MAX_ENCODED
    assert got == [cobs.encode(b"next")]
    assert splitter.overlong == 1


def test_reset_forgets_half_a_frame() -> None:
    splitter = cobs.Splitter()
    splitter.feed(b"\x55" * 20)
    splitter.reset()
    assert splitter.feed(cobs.encode(b"whole") + b"\0") == [cobs.encode(b"whole")]

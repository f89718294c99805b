from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wugan import Packet, Tokens
from wugan.runtime.links.payload import ARRAY, PICKLED, PLAIN, Undelivered, freeze, pack, payload_bytes, unpack


@dataclasses.dataclass
class Clip:
    samples: np.ndarray
    note: str = ""


class Unknown:
    """Pickles, and cannot be unpickled."""

    def __reduce__(self):
        return _explode, ()


def _explode():
    raise ImportError("no such module here")


def cross(packet: Packet) -> Packet:
    """What arrives in another process, by buffers that it may not write."""
    kind, head, buffers, size = pack(packet)
    assert size == payload_bytes(packet.data)
    return unpack(kind, bytes(head), [np.frombuffer(bytes(buffer), np.uint8) for buffer in buffers])


def same(one, other) -> bool:
    if isinstance(one, np.ndarray):
        # numpy's own pickles give times back in this machine's byte order.
        native = one.dtype.newbyteorder("="), other.dtype.newbyteorder("=")
        equal = native[0] == native[1] and one.shape == other.shape
        return equal and one.astype(native[0]).tobytes() == other.astype(native[1]).tobytes()  # NaNs too
    if dataclasses.is_dataclass(one):
        return all(same(getattr(one, f.name), getattr(other, f.name)) for f in dataclasses.fields(one))
    return type(one) is type(other) and (one == other or one != one)


structured = np.dtype([("x", "<f4"), ("label", "S3"), ("at", "<i8", (2,))])
dtypes = st.one_of(hnp.scalar_dtypes(), hnp.unicode_string_dtypes(), hnp.byte_string_dtypes(), st.just(structured))
shapes = hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)


@st.composite
def arrays(draw):
    dtype, shape = draw(dtypes), draw(shapes)
    count = int(np.prod(shape)) * dtype.itemsize
    array = np.frombuffer(draw(st.binary(min_size=count, max_size=count)), np.uint8)
    if dtype.kind == "U":  # not every word is a letter
        array = np.zeros(count, np.uint8)
    array = np.ndarray(shape, dtype, array.tobytes()) if count else np.zeros(shape, dtype)
    layout = draw(st.sampled_from(["as it is", "fortran", "reversed"]))
    if layout == "fortran":
        array = np.asfortranarray(array)
    elif layout == "reversed" and array.ndim:
        array = array[::-1]
    return array


plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary())
attrs = st.dictionaries(st.text(max_size=5), st.one_of(plain, st.lists(st.integers()), st.just((1, "a"))), max_size=3)
payloads = st.one_of(plain, arrays(), st.builds(Clip, arrays(), st.text()), st.builds(np.float32, st.integers(0, 9)))


@given(payloads, attrs, st.integers(0, 2**63), st.integers(-(2**63), 2**63), st.text())
def test_every_payload_arrives_equal_and_read_only(data, about, seq, time_ns, stream):
    packet = Packet(freeze(data), time_ns, stream=stream, seq=seq, attrs=about)
    back = cross(packet)
    assert same(back.data, data)
    assert (back.stream, back.seq, back.time_ns) == (stream, seq, time_ns)
    assert pickle.dumps(back.attrs) == pickle.dumps(about)
    if isinstance(data, np.ndarray) and data.dtype.kind != "V" and data.nbytes:
        assert not back.data.flags.writeable


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (np.zeros((2, 3)), ARRAY),
        (np.array(3.5), ARRAY),
        (np.array("2026-11-25", "M8[D]"), ARRAY),
        (np.array(["word", "a"]), ARRAY),
        (3, PLAIN),
        ("word", PLAIN),
        (None, PLAIN),
        (np.arange(40)[::2], ARRAY),
        (np.zeros((3, 0)), PICKLED),
        (np.asfortranarray(np.zeros((2, 3))), PICKLED),
        (np.zeros(3, structured), PICKLED),
        (np.array([{}], dtype=object), PICKLED),
        (np.ma.masked_array([1, 2], [True, False]), PICKLED),
        (np.float32(3), PICKLED),
        (Clip(np.zeros(3)), PICKLED),
    ],
)
def test_arrays_and_plain_values_take_a_short_way(data, kind):
    assert pack(Packet(data, 0, stream="s"))[0] == kind
    assert type(cross(Packet(data, 0, stream="s")).data) is type(data)


def test_attributes_that_are_not_plain_are_pickled_with_the_rest():
    packet = Packet(np.arange(5000.0), 0, stream="s", attrs={"where": np.arange(3)})
    assert pack(packet)[0] == PICKLED
    np.testing.assert_array_equal(cross(packet).attrs["where"], np.arange(3))


def test_arrays_are_not_copied_to_be_packed():
    array = np.arange(1000.0)
    (buffer,) = pack(Packet(array, 0, stream="s"))[2]
    assert np.shares_memory(np.frombuffer(buffer, np.uint8), array)


def test_tensors_and_tokens_cross():
    image = torch.arange(6000.0).reshape(60, 100)
    tokens = Tokens(np.ones((40, 64), np.float32), np.arange(40), "voice")
    assert torch.equal(cross(Packet({"image": image}, 0, stream="s")).data["image"], image)
    back = cross(Packet(freeze(tokens), 0, stream="s")).data
    np.testing.assert_array_equal(back.values, tokens.values)
    assert back.modality == "voice" and not back.values.flags.writeable


def test_what_cannot_be_unpacked_says_so():
    lost = cross(Packet(Unknown(), 4, stream="s", seq=3))
    assert isinstance(lost.data, Undelivered) and "no such module" in str(lost.data.error)


@given(st.sampled_from([ARRAY, PLAIN]), st.binary(max_size=40))
def test_a_head_that_is_garbage_is_undelivered_and_not_raised(kind, head):
    assert isinstance(unpack(kind, b"\x80\x05" + head, []).data, Undelivered)

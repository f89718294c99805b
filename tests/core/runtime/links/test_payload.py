from __future__ import annotations

import threading
from dataclasses import dataclass

import cloudpickle
import numpy as np
import pytest
import torch

from wugan import Packet, Tokens, Window
from wugan.runtime.links.payload import SMALL, decode, encode, freeze, payload_bytes


@dataclass
class Clip:
    samples: np.ndarray
    note: str = ""


def round_trip(item):
    pickled, buffers = encode(item)
    return decode(pickled, [bytes(buffer) for buffer in buffers]), len(pickled), [buffer.nbytes for buffer in buffers]


def window_of_tokens(values: np.ndarray) -> Window:
    tokens = Tokens(values, np.zeros(len(values), np.int64), "voice")
    return Window(0, {"voice": Packet(tokens, 0, stream="voice")})


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        (np.zeros(1000, np.float32), 4000),
        (b"x" * 5000, 5000),
        ("word", 4),
        (Clip(np.zeros(10)), 80),
        ([np.zeros(10)] * 100, 8000),
        ({"a": {"b": np.zeros(10)}}, 80),
        (torch.zeros(1000), 4000),
        (window_of_tokens(np.zeros((10, 100), np.float32)), 4000 + 80 + len("voice") * 2),
    ],
    ids=["array", "bytes", "text", "dataclass", "list", "nested", "tensor", "window"],
)
def test_payload_bytes(payload, size):
    assert payload_bytes(payload) == size


def test_payload_bytes_of_what_has_no_arrays_is_not_nothing():
    assert payload_bytes(object()) > 0 and payload_bytes(3.5) > 0 and payload_bytes([1.0, 2.0]) > 0


def test_freeze_reaches_the_arrays_of_a_window_of_tokens():
    values = np.zeros((10, 4), np.float32)
    freeze(window_of_tokens(values))
    with pytest.raises(ValueError, match="read-only"):
        values[0, 0] = 1


@pytest.mark.parametrize(
    "array",
    [
        np.arange(2 * SMALL, dtype=np.uint8),
        np.asfortranarray(np.arange(5000.0).reshape(50, 100)),
        np.arange(30_000, dtype=np.uint8).reshape(100, 100, 3)[..., ::-1],  # BGR to RGB
        np.arange(40_000)[::2],
    ],
    ids=["flat", "fortran", "flipped", "strided"],
)
def test_large_arrays_of_any_layout_travel_beside_the_pickle(array):
    back, pickled, beside = round_trip(Packet(array, 0, stream="s"))
    np.testing.assert_array_equal(back.data, array)
    assert back.data.dtype == array.dtype
    assert pickled < 1000 and beside == [array.nbytes]


def test_small_arrays_and_object_arrays_travel_inside():
    for array in (np.arange(10), np.array([{"a": 1}] * 2000, dtype=object)):
        back, _, beside = round_trip(array)
        np.testing.assert_array_equal(back, array)
        assert beside == []


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.bool])
def test_tensors_travel_and_are_safe_to_change(dtype):
    tensor = torch.arange(5000).reshape(50, 100).to(dtype)
    pickled, buffers = encode(tensor)
    frozen = [np.frombuffer(buffer, np.uint8) for buffer in buffers]
    for buffer in frozen:
        buffer.flags.writeable = False
    back = decode(pickled, frozen)
    assert torch.equal(back, tensor) and back.dtype == dtype
    back.fill_(1)  # in place, which must reach nobody else
    assert torch.equal(tensor, torch.arange(5000).reshape(50, 100).to(dtype))


def test_tensors_with_gradients_and_views_travel():
    weight = torch.arange(4000.0, requires_grad=True)
    back, _, _ = round_trip({"weight": weight, "view": weight.detach().reshape(40, 100).T, "scalar": torch.tensor(3)})
    assert torch.equal(back["weight"], weight) and back["weight"].requires_grad
    assert torch.equal(back["view"], weight.detach().reshape(40, 100).T)
    assert back["scalar"].item() == 3


def test_what_cannot_be_pickled_raises():
    with pytest.raises(TypeError, match="pickle"):
        encode(Packet(threading.Lock(), 0, stream="s"))


def test_local_classes_travel_by_value():
    @dataclass
    class Local:
        value: int

    assert round_trip(Local(3))[0].value == 3
    assert cloudpickle.loads(encode(Local(4))[0]).value == 4

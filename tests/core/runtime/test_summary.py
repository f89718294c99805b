from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from core_parts import Frame
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from wugan import Packet, Window
from wugan.runtime.letters import summary


class Point(NamedTuple):
    x: float
    label: str


class Result(BaseModel):
    name: str
    scores: dict[str, float]


@dataclass(slots=True)
class Half:
    made: int
    missing: Any


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (3, "int"),
        (None, "NoneType"),
        ("hello", "str[5]"),
        (b"123", "bytes[3]"),
        (np.zeros((2, 3), np.uint8), "uint8[2, 3]"),
        (torch.zeros(4, 1), "float32[4, 1] on cpu"),
        (Frame(np.zeros(10, np.float32), 1), "Frame(pixels=float32[10], number=int)"),
        (Point(1.0, "a"), "Point(x=float, label=str[1])"),
        (Result(name="x", scores={"a": 1.0}), "Result(name=str[1], scores={a: float})"),
        ([1, 2], "list[2] of int"),
        ((), "tuple[0]"),
        ({str(n): n for n in range(10)}, "{" + ", ".join(f"{n}: int" for n in range(8)) + ", … 2 more}"),
        (
            Window(0, {"voice": Packet(np.zeros(2), 0, stream="voice")}),
            "Window(time_ns=int, packets={voice: Packet(float64[2])})",
        ),
        (object(), "object"),
    ],
)
def test_types_and_shapes_in_words(data, words):
    assert summary(data) == words


def test_a_field_that_was_never_set_is_none():
    half = Half.__new__(Half)
    half.made = 1
    assert summary(half) == "Half(made=int, missing=NoneType)"


def test_what_holds_itself_comes_to_an_end():
    ring: list[Any] = []
    ring.append(ring)
    assert summary(ring) == "list[1] of " * 5 + "list"


@given(st.recursive(st.none() | st.binary() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)))
def test_values_are_told_by_type_alone(data):
    assert isinstance(summary(data), str)

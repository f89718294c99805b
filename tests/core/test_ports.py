from __future__ import annotations

import functools
from typing import Any, Generic, Literal, Optional, Protocol, TypedDict, TypeVar, Union

import numpy as np
import pytest
from numpy.typing import NDArray

from wugan import Encoder, Fused, Head, Join, Packet, Sink, Source, Stage, Tokens, Window
from wugan.errors import DataError, PluginError
from wugan.ports import Ports, check, fits, ports, type_name, wants_packet

T = TypeVar("T")


class Mic(Source[bytes]): ...


class Loud(Stage[bytes, float]): ...


class Louder(Loud): ...


class Chunks(Encoder[T, Tokens], Generic[T]): ...


class ByteChunks(Chunks[bytes]): ...


class Bare(Stage): ...


class Answers(Head[str]): ...


class Speaker(Sink[str]): ...


class Pairs(Join[int, tuple]): ...


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        (Mic(), Ports("source", None, bytes)),
        (Loud(), Ports("stage", bytes, float)),
        (Louder(), Ports("stage", bytes, float)),
        (ByteChunks(), Ports("encoder", bytes, Tokens)),
        (Bare(), Ports("stage", Any, Any)),
        (Answers(), Ports("head", Fused, str, nothing=False)),
        (Speaker(), Ports("sink", str, None)),
        (Pairs(None), Ports("join", int, tuple)),
        (print, Ports("function", Any, Any)),
        ([].append, Ports("function", Any, Any)),
        (lambda x: x, Ports("function", Any, Any)),
        (functools.partial(int, base=2), Ports("function", Any, Any)),
    ],
)
def test_ports_are_read_from_type_arguments(component, expected):
    assert ports(component) == expected


def test_ports_of_functions_are_read_from_annotations():
    def filters(value: int) -> str | None: ...

    def whole(packet: Packet[int]) -> Packet[str]: ...

    def plain(packet: Packet) -> None: ...

    def unreadable(value: NoSuchName) -> int: ...  # noqa: F821

    assert ports(filters) == Ports("function", int, str)
    assert ports(whole) == Ports("function", int, str, nothing=False)
    assert ports(plain) == Ports("function", Any, type(None))
    assert ports(unreadable) == Ports("function", Any, Any)
    assert [wants_packet(function) for function in (filters, whole, plain, print)] == [False, True, True, False]


@pytest.mark.parametrize("wrong", [3, "mic", Mic, None])
def test_what_is_no_component_is_refused(wrong):
    with pytest.raises(PluginError, match="is no component"):
        ports(wrong)


class Named(Protocol):
    name: str


class Record(TypedDict):
    name: str


@pytest.mark.parametrize(
    ("gives", "takes", "expected"),
    [
        (int, int, True),
        (bool, int, True),
        (int, float, True),
        (float, int, False),
        (np.float32, float, True),
        (np.int64, int, True),
        (str, int, False),
        (Any, int, True),
        (int, Any, True),
        (T, int, True),
        (int, int | str, True),
        (int, Union[bytes, str], False),  # noqa: UP007 (older code has it)
        (int | str, int, False),
        (int | str, int | str | None, True),
        (Optional[int], int, False),  # noqa: UP045
        (list[int], list, True),
        (list, list[str], True),
        (NDArray[np.float32], np.ndarray, True),
        (np.ndarray, NDArray[np.float32], True),
        (dict, Named, True),  # only a type checker could tell
        (dict, Record, True),
        (Literal["a"], Literal["a"], True),
        (Window, Tokens, False),
    ],
)
def test_fits(gives, takes, expected):
    assert fits(gives, takes) is expected


def test_check_names_place_and_both_types():
    with pytest.raises(DataError, match=r"stage 'x' gave str on its output port, which is declared as int \| None"):
        check("a", int | None, "stage 'x'")
    for data, gives in ((3, float), (None, int | None), ("a", Literal["a"]), ({}, Record), ([1], list[int]), (1, T)):
        check(data, gives, "stage 'x'")


def test_types_are_named_as_an_engineer_would_write_them():
    names = [type_name(kind) for kind in (int, Tokens, list[int], int | None, Any)]
    assert names == ["int", "Tokens", "list[int]", "int | None", "Any"]

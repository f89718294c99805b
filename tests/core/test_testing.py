"""`run_stage`, on components that keep their contracts and on one that breaks each of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from wugan import Encoder, Head, Packet, Sink, Source, Stage
from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.join import Join
from wugan.sync import latest
from wugan.testing import difference, run_stage


@dataclass
class Scale(Encoder[np.ndarray, np.ndarray]):
    by: float = 2.0
    alters: bool = False
    keeps: bool = False

    def encode(self, batch):
        if self.alters:
            batch[0].data[:] = 0
        if self.keeps:
            batch[0].attrs["seen"] = True
        return [None if packet.data.size == 0 else packet.data * self.by for packet in batch]


class Pairs(Stage[int, int]):
    """Gives the sum of every two, and at the end what is left."""

    promises = True

    def warm_up(self) -> None:
        self.calls = ["warm_up"]
        self.held: Packet[int] | None = None

    def process(self, packet):
        self.calls.append("process")
        if self.held is None:
            self.held = packet
            return []
        first, self.held = self.held, None
        return [first.replace(first.data + packet.data)]

    def flush(self):
        self.calls.append("flush")
        return [] if self.held is None else [self.held]

    def watermark(self, time_ns: int) -> int:
        return min(time_ns, self.held.time_ns) if self.promises and self.held else time_ns

    def close(self) -> None:
        self.calls.append("close")


def test_an_encoder_runs_and_its_packets_come_stamped() -> None:
    packets = [
        Packet(np.ones(2), 5, stream="ears", seq=7, attrs={"who": "me"}),
        Packet(np.zeros(0), 9, stream="ears", seq=8),
    ]
    (out,) = run_stage(Scale(3.0), packets, expect=[[3.0, 3.00001]])
    assert (out.stream, out.seq, out.time_ns, out.attrs) == ("Scale", 0, 5, {"who": "me"})
    assert not out.data.flags.writeable
    assert packets[0].data.flags.writeable, "the caller's own array is left alone"


def test_a_stage_is_flushed_and_closed() -> None:
    stage = Pairs()
    run_stage(stage, [1, 2, 3], expect=[Packet(3, 0), Packet(3, 200_000_000)])
    assert stage.calls == ["warm_up", "process", "process", "process", "flush", "close"]


def test_a_stage_is_closed_after_an_error_which_names_the_packet() -> None:
    class Fails(Pairs):
        def process(self, packet):
            if packet.data == 2:
                raise KeyError("no such word")
            return super().process(packet)

    stage = Fails()
    with pytest.raises(KeyError) as raised:
        run_stage(stage, [1, 2])
    assert raised.value.__notes__ == ["Fails, packets_in[1]"]
    assert stage.calls[-1] == "close"


def test_a_head_a_sink_and_a_function_run_too() -> None:
    class Loud(Head[str]):
        def predict(self, fused: Fused) -> str:
            return "loud"

    @dataclass
    class Keeps(Sink[int]):
        def warm_up(self) -> None:
            self.kept: list[int] = []

        def write(self, packet: Packet[int]) -> None:
            self.kept.append(packet.data)

    assert run_stage(Loud(), [], expect=[]) == []
    sink = Keeps()
    assert run_stage(sink, [1, 2]) == [] and sink.kept == [1, 2]
    run_stage(str.upper, ["a"], expect=["A"])


@dataclass
class Counts(Source[int]):
    time: Any = 100
    closes_once: bool = False

    def open(self) -> None:
        self.handle: Any = object()

    def packets(self) -> Iterator[Packet[int]]:
        number = 0
        while True:
            yield Packet(number, number * self.time, stream="counts")
            number += 1

    def close(self) -> None:
        if self.closes_once and self.handle is None:
            raise RuntimeError("not open")
        self.handle = None


def test_a_source_is_read_up_to_the_limit_and_closed() -> None:
    source = Counts()
    assert [p.time_ns for p in run_stage(source, expect=[0, 1, 2], limit=3)] == [0, 100, 200]
    assert source.handle is None


@pytest.mark.parametrize(
    ("expect", "words"),
    [
        ([[2, 2], [4, 5]], "output 1 of 2 (at 100000000 ns): data[1] is 4.0, expected 5 (1 of 2 elements differ)"),
        ([[2, 2], [4, 4, 4]], "data has shape (2,), expected (3,)"),
        ([[2, 2]], "gave 2 packets, expected 1; the first that is too many, at 100000000 ns, holds array([4., 4.])"),
        ([[2, 2], [4, 4], [6, 6]], "gave 2 packets, expected 3; the first that is missing: [6, 6]"),
        ([np.ndarray, str], "output 1 of 2 (at 100000000 ns): data is array([4., 4.]), expected a str"),
        ([lambda p: p.data.sum() == 4, lambda p: p.data.sum() == 4], "output 1 of 2 (at 100000000 ns): <lambda> is"),
        ([Packet(np.ones(2), 3)], "time_ns is 0, expected 3"),
    ],
)
def test_what_differs_is_named(expect: list[Any], words: str) -> None:
    with pytest.raises(AssertionError) as raised:
        run_stage(Scale(), [np.ones(2), np.full(2, 2.0)], expect)
    assert words in str(raised.value)


def test_a_function_may_assert_and_need_not_return() -> None:
    def asserts(packet: Packet[Any]) -> None:
        assert packet.data[0] == 2, "the first is not two"

    run_stage(Scale(), [np.ones(2)], [asserts])
    with pytest.raises(AssertionError, match="output 0 of 1 .*the first is not two"):
        run_stage(Scale(), [np.zeros(2)], [asserts])


class Lengths(Encoder[str, int]):
    """Pads to the longest text of the batch, and forgets to mask it."""

    def encode(self, batch):
        return [max(len(packet.data) for packet in batch)] * len(batch)


class Remembers(Encoder[str, int]):
    def warm_up(self) -> None:
        self.count = 0

    def encode(self, batch):
        self.count += len(batch)
        return [self.count] * len(batch)


class Skips(Encoder[str, str]):
    def encode(self, batch):
        return [packet.data for packet in batch if packet.data or len(batch) == 1]


class Lazy(Encoder[str, str]):
    def encode(self, batch):
        return (packet.data for packet in batch)


class Wrong(Encoder[str, str]):
    def encode(self, batch):
        return [len(packet.data) for packet in batch]


class Locks(Encoder[str, str]):
    def __init__(self) -> None:
        self.lock = threading.Lock()


@dataclass
class Forgets(Encoder[str, str]):
    path: str = "model"

    def __getstate__(self):
        return {}

    def __setstate__(self, state):
        self.path = ""


class Buffers(Stage[int, np.ndarray]):
    """Sends its own buffer, and writes to it again."""

    def warm_up(self) -> None:
        self.buffer = np.zeros(2)

    def process(self, packet):
        self.buffer[:] = packet.data
        return [packet.replace(self.buffer)]


class Late(Pairs):
    promises = False


BROKEN = [
    (Scale(alters=True), [np.ones(2)], PluginError, r"packets_in\[0\]: it writes to an array that it was given"),
    (Scale(keeps=True), [np.ones(2)], PluginError, r"packets_in\[0\]: it changes its input \(packet.attrs has keys"),
    (Buffers(), [1, 2], PluginError, r"packets_in\[1\]: it writes to an array .* or has already sent"),
    (Lengths(), ["a", "bcd"], PluginError, "batch of 2: packet 0 gives another result than alone.*data is 3, expected"),
    (Remembers(), ["a"], PluginError, "batch of 2: packet 0 gives another result than alone.*keep no state"),
    (Skips(), ["a", ""], PluginError, r"batch of 2: encode\(\) gave 1 outputs; .* one for each packet"),
    (Lazy(), ["a"], DataError, "must give a list with one output for each packet"),
    (Wrong(), ["a"], DataError, "gave int on its output port, which is declared as str"),
    (Locks(), ["a"], PluginError, r"Locks cannot be pickled.* make them in warm_up\(\)"),
    (Forgets(), ["a"], PluginError, "Forgets.path changes when it is pickled"),
    (Late(), [1, 2], PluginError, "a packet of 0 ns comes out after watermark"),
    (Counts(time=0.5), [], PluginError, "time_ns is 0.0, but times are whole nanoseconds"),
    (Counts(closes_once=True), [], PluginError, r"close\(\) raises when it is called again"),
    (Counts(), [1], DataError, "is a source and takes no input"),
    (Wrong(), [b"a"], DataError, r"packets_in\[0\] holds bytes, but Wrong takes str"),
    (Pairs(), [threading.Lock()], DataError, r"packets_in\[0\] holds lock"),
    (Join(latest("1s")), [], PluginError, "takes several streams"),
]


@pytest.mark.parametrize(("stage", "packets", "error", "words"), BROKEN, ids=lambda value: type(value).__name__)
def test_each_broken_contract_is_named(stage: Any, packets: list[Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        run_stage(stage, packets)


class Word(BaseModel):
    text: str
    score: float


def test_differences_are_found_in_whatever_a_payload_holds() -> None:
    class Plain:
        def __init__(self, value: int) -> None:
            self.value = value

    word = Word(text="hey", score=0.5)
    assert difference({"words": [word]}, {"words": [Word(text="hey", score=0.5001)]}, rtol=1e-2) is None
    assert difference([word], [Word(text="hey", score=0.7)]) == "data[0].score is 0.5, expected 0.7"
    assert difference(np.array([30000]), np.array([30001]), rtol=1e-2) is not None, "indices are not near each other"
    assert difference(float("inf"), 1.0, rtol=1.0) is not None
    assert difference(2**80, 2**80 + 1, rtol=1.0) is not None
    assert difference({"a": 1}, {"b": 1}) == "data has keys ['a'], expected ['b']"
    assert difference([1], [1, 2]) == "data has 1 items, expected 2"
    assert difference(Plain(1), Plain(1)) is None
    assert difference(Plain(1), Plain(2)) == "data.value is 1, expected 2"
    assert difference(np.array(["a", "b"]), np.array(["a", "c"])) is not None


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(plain)
def test_a_payload_does_not_differ_from_itself(payload: Any) -> None:
    assert difference(payload, payload) is None


@given(st.lists(st.integers(), min_size=1, max_size=5, unique=True), st.data())
def test_one_changed_item_is_found(items: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(items) - 1))
    changed = [*items[:place], str(items[place]), *items[place + 1 :]]
    found = difference(changed, items)
    assert found is not None and found.startswith(f"data[{place}] ")

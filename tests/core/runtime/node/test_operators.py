from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from wugan import Encoder, Fused, Head, Join, Packet, Sink, Tokens, Window, approximate
from wugan.errors import DataError
from wugan.runtime.node import operators
from wugan.runtime.node.operators import Failed, operator


def packet(data: object, time_ns: int = 0) -> Packet:
    return Packet(data, time_ns, stream="in", attrs={"k": 1})


def encoder(outputs: object) -> Encoder[int, Tokens]:
    class Made(Encoder[int, Tokens]):
        def encode(self, batch: Sequence[Packet[int]]) -> object:
            return outputs

    return Made()


@pytest.mark.parametrize(
    ("outputs", "complaint"),
    [
        ([], "stage 'enc' got 1 packet and gave 0 outputs on its output port"),
        ([None, None], "stage 'enc' got 1 packet and gave 2 outputs on its output port"),
        (None, "stage 'enc' must give a list with one output for each packet on its output port, got NoneType"),
        (iter([]), "stage 'enc' must give a list with one output .* got list_iterator"),
        ([np.zeros(3)], "stage 'enc' gave ndarray on its output port, which is declared as Tokens"),
    ],
)
def test_an_encoder_that_breaks_its_contract_is_named_with_its_port(outputs, complaint):
    with pytest.raises(DataError, match=complaint):
        list(operator("enc", encoder(outputs), ["in"]).handle("in", packet(1)))


def test_an_encoders_output_keeps_time_and_attributes_and_none_is_no_output():
    tokens = Tokens(np.zeros((1, 2), np.float32), np.zeros(1, np.int64), "voice")
    (out,) = operator("enc", encoder([tokens]), ["in"]).handle("in", packet(1, 77))
    assert (out.data, out.time_ns, out.attrs) == (tokens, 77, {"k": 1})
    assert list(operator("enc", encoder([None]), ["in"]).handle("in", packet(1))) == []


def test_a_head_gets_the_fused_states_and_a_sink_the_packet():
    class Answers(Head[str]):
        def predict(self, fused: Fused) -> str:
            return f"seen {fused}"

    class Keeps(Sink[str]):
        def write(self, packet: Packet[str]) -> None:
            self.kept = packet

    (out,) = operator("head", Answers(), ["in"]).handle("in", packet("states"))
    assert out.data == "seen states"
    sink = Keeps()
    assert list(operator("sink", sink, ["in"]).handle("in", out)) == []
    assert sink.kept is out


def test_functions_get_data_or_the_whole_packet():
    def double(value: int) -> int:
        return value * 2

    def later(packet: Packet[int]) -> Packet[int]:
        return Packet(packet.data, packet.time_ns + 5)

    def never(value: int) -> int | None:
        return None

    assert [out.data for out in operator("f", double, ["in"]).handle("in", packet(4))] == [8]
    assert [out.time_ns for out in operator("f", later, ["in"]).handle("in", packet(4, 10))] == [15]
    assert list(operator("f", never, ["in"]).handle("in", packet(4))) == []


def test_numbers_pass_as_the_annotations_of_a_type_checker_would_have_them():
    def level(value: np.ndarray) -> float:
        return value.mean()  # numpy's float32 is no float

    def count(value: np.ndarray) -> float:
        return len(value)

    for function in (level, count):
        assert len(list(operator("f", function, ["in"]).handle("in", packet(np.zeros(3, np.float32))))) == 1


class Sums(Join[object, int]):
    def combine(self, window: Window) -> object:
        if window.time_ns == 10:
            raise ValueError("ten")
        if window.time_ns == 20:
            return "twenty"
        return sum(packet.data for packet in window.packets.values())


def test_a_window_that_cannot_be_combined_fails_alone():
    join = operator("sums", Sums(approximate("1ns")), ["a", "b"])
    produced = []
    for time_ns in (0, 10, 20, 30):
        for port in ("a", "b"):
            produced += join.handle(port, Packet(1, time_ns, stream=port, attrs={port: time_ns}))
    for port in ("a", "b"):
        produced += join.advance(port, float("inf"))
    good, bad, wrong, also_good = produced
    assert (good.data, good.attrs, also_good.data) == (2, {"a": 0, "b": 0}, 2)
    assert isinstance(bad, Failed) and set(bad.packet.data.packets) == {"a", "b"} and str(bad.error) == "ten"
    assert "stage 'sums' gave str on its output port, which is declared as int" in str(wrong.error)


def test_a_join_that_would_wait_for_ever_makes_room(monkeypatch):
    monkeypatch.setattr(operators, "STALL_S", 0.0)
    join = operator("join", Join(approximate("1ns", capacity=2)), ["a", "b"])
    for time_ns in (0, 10):
        list(join.handle("a", packet(0, time_ns)))
    assert not join.wants("a")
    list(join.poll())
    assert join.wants("a") and join.drops() == {}


def test_a_join_tells_the_time_of_what_it_holds():
    join = operator("join", Join(approximate("1ns")), ["a", "b"])
    list(join.handle("a", packet(0, 10)))
    list(join.advance("b", 8))
    assert join.watermark() == 8
    list(join.advance("b", 100))
    assert join.watermark() == 10  # a's clock stands at its own packet
    assert join.clear() == 0
    list(join.handle("a", packet(0, 200)))
    assert join.clear() == 1 and join.drops() == {"a": {"interrupted": 1}}

"""`Recorder`, and the written form of packets."""

from __future__ import annotations

import datetime
import enum
import json
import math
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from mcap.reader import make_reader
from pydantic import BaseModel

from wugan import Packet, Tokens
from wugan.errors import DataError
from wugan.record import Recorder
from wugan.record.codec import decode, encode, schema_of
from wugan.record.replay import contents, read
from wugan.signals import Audio, Transcript, Word
from wugan.sync import Window


class Mood(enum.Enum):
    GLAD = 1


class Point(NamedTuple):
    x: float
    y: float


class Verdict(BaseModel):
    label: str
    scores: dict[str, float] = {}
    when: datetime.datetime | None = None


@dataclass(frozen=True)
class Scan:
    points: np.ndarray
    total: int = field(init=False, default=0)


def same(left: Any, right: Any) -> bool:
    """Equal in type and value, arrays in dtype, shape and bytes."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (np.ndarray, np.generic)):
        return (left.dtype, left.shape, left.tobytes()) == (right.dtype, right.shape, right.tobytes())
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, BaseModel):
        return left == right
    if hasattr(left, "__dataclass_fields__"):
        return all(same(getattr(left, name), getattr(right, name)) for name in left.__dataclass_fields__)
    return left == right


dtypes = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.floating_dtypes(),
    hnp.complex_number_dtypes(),
    hnp.datetime64_dtypes(),
)
arrays = hnp.arrays(dtypes, hnp.array_shapes(min_dims=0, min_side=0))
finite = st.floats(allow_nan=False, allow_infinity=False)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.just(Mood.GLAD), st.datetimes(),
    st.dates(), st.times(), arrays, hnp.arrays(np.float32, ()).map(lambda array: array[()]),
    st.complex_numbers(allow_nan=False), st.binary().map(bytearray), st.frozensets(st.integers()), st.sets(st.text()),
    st.builds(Point, finite, finite), st.builds(Word, st.text(), finite, finite),
    st.builds(Audio, hnp.arrays(np.float32, st.integers(0, 9)), st.integers(1, 48_000)),
    st.builds(Transcript, st.text(), finite, words=st.lists(st.builds(Word, st.text(), finite, finite), max_size=3)),
    st.builds(Verdict, label=st.text(), scores=st.dictionaries(st.text(), finite), when=st.none() | st.datetimes()),
    st.builds(Scan, arrays),
)  # fmt: skip
keys = st.text() | st.integers() | st.just("$type")
data = st.recursive(
    leaves,
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.lists(inner).map(tuple),
    max_leaves=8,
)
packets = st.builds(
    Packet,
    data,
    st.integers(-(2**62), 2**62),
    stream=st.sampled_from(["camera", "マイク", ""]),
    seq=st.integers(0, 2**40),
    attrs=st.dictionaries(st.text(), data, max_size=2),
)


@settings(max_examples=100, deadline=None)
@given(packets)
def test_any_packet_comes_back_from_json_as_it_was(packet):
    written = encode(packet)
    text = json.dumps(written, allow_nan=False)  # what a viewer's parser takes
    assert same(decode(json.loads(text), packet.stream), packet)
    jsonschema.validate(json.loads(text), schema_of(written))


@settings(max_examples=15, deadline=None)
@given(st.lists(packets, max_size=6))
def test_any_packets_come_back_from_a_file_in_order(tmp_path_factory, given_packets):
    path = tmp_path_factory.mktemp("record") / "all.mcap"
    with Recorder(path) as recorder:
        for packet in given_packets:
            recorder.write(packet)
    assert same(list(read(path)), given_packets)
    assert {name: about.packets for name, about in contents(path).items()} == recorder.counts


def test_tokens_windows_and_structured_arrays_come_back():
    tokens = Tokens(np.ones((2, 3), np.float32), np.arange(2), "voice", mask=np.array([True, False]))
    structured = np.array([(1, [2.0, 3.0])], dtype=[("id", "<i4"), ("at", "<f8", (2,))])
    for value in (Window(5, {"a": Packet(tokens, 5, stream="a")}), structured, Scan(np.ones((2, 3)).T)):
        packet = Packet(value, 5, stream="s", seq=1, attrs={"n": np.int64(3)})
        assert same(decode(json.loads(json.dumps(encode(packet))), "s"), packet)


def test_other_tools_read_times_numbers_and_schemas(tmp_path):
    path = tmp_path / "tools.mcap"
    with Recorder(path) as recorder:
        recorder.write(Packet(Transcript("hello", 1.0), 1_500, stream="words", seq=7, attrs={"speaker": "a"}))
    with path.open("rb") as file:
        ((schema, channel, message),) = make_reader(file).iter_messages()
    assert (channel.topic, channel.message_encoding, schema.encoding) == ("words", "json", "jsonschema")
    assert (message.log_time, message.publish_time, message.sequence) == (1_500, 1_500, 7)
    fields = json.loads(schema.data)["properties"]["data"]["properties"]
    assert fields["text"] == {"type": "string"} and fields["seconds"] == {"type": "number"}
    shown = json.loads(message.data)
    assert shown["data"]["text"] == "hello" and shown["attrs"] == {"speaker": "a"}


class Odd:
    pass


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Odd(), r"data is a \S*test_recorder\.Odd: give a dataclass"),
        ({"a": [1, {1: Odd()}]}, r"data\.a\[1\]\[1\] is a"),
        (np.array([Odd()], object), "data is an array of Python objects"),
        (print, r"data is a builtins\.builtin_function"),
    ],
)
def test_what_has_no_written_form_is_an_error_that_names_it(tmp_path, value, message):
    with Recorder(tmp_path / "odd.mcap") as recorder:
        with pytest.raises(DataError, match=f"packet 3 of stream 'cam' cannot be recorded: {message}"):
            recorder.write(Packet(value, 0, stream="cam", seq=3))
        recorder.write(Packet("fine", 0, stream="cam", seq=4))
    assert [packet.seq for packet in read(tmp_path / "odd.mcap")] == [4]


def test_a_local_class_and_a_loop_are_errors():
    @dataclass
    class Local:
        x: int

    with pytest.raises(DataError, match="local class .*Local: define it at the top level"):
        encode(Packet(Local(1), 0, stream="s"))
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(DataError, match="nested too deeply"):
        encode(Packet(loop, 0, stream="s"))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"$type": "antigravity:Fly"}, "whose module is not loaded: import antigravity first"),
        ({"$type": "os:system", "command": "true"}, "os:system is no dataclass"),
        ({"$type": "subprocess:Popen", "args": "true"}, "subprocess:Popen is no dataclass"),
        ({"$enum": "builtins:eval", "name": "1"}, "builtins:eval is no dataclass"),
        ({"$type": "wugan.signals:Gone"}, "which is not there"),
        ({"$type": "wugan.signals:Audio", "volume": 3}, "cannot be made of its recorded fields"),
        ({"$array": "AAAA", "dtype": "|O", "shape": [1]}, "Python objects"),
        ({"$array": "AAAA", "dtype": "<f8", "shape": [9]}, "no packet of wugan's"),
        ({"$new": 1}, "unknown kind '\\$new'"),
    ],
)
def test_a_recording_cannot_make_the_reader_run_code(written, message):
    with pytest.raises(DataError, match=message):
        decode({"seq": 0, "time_ns": 0, "data": written, "attrs": {}}, "s")


def test_recorders_of_one_file_write_it_together(tmp_path):
    path = tmp_path / "both.mcap"
    one, two = Recorder(path), Recorder(path)
    one.warm_up()
    two.warm_up()
    writers = [
        threading.Thread(target=lambda r=r, n=n: [r.write(Packet(i, i, stream=n, seq=i)) for i in range(300)])
        for r, n in ((one, "a"), (two, "b"))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    one.close()
    one.close()
    two.write(Packet(300, 300, stream="b", seq=300))
    two.close()
    assert {name: about.packets for name, about in contents(path).items()} == {"a": 300, "b": 301}
    assert [packet.data for packet in read(path, "b")] == list(range(301))


def test_a_file_that_is_there_is_kept_unless_told(tmp_path):
    path = tmp_path / "kept.mcap"
    path.write_bytes(b"precious")
    with pytest.raises(DataError, match=r"kept\.mcap is there already.*overwrite=True"):
        Recorder(path).warm_up()
    assert path.read_bytes() == b"precious"
    with Recorder(path, overwrite=True) as recorder:
        recorder.write(Packet(1, 0, stream="s"))
    assert [packet.data for packet in read(path)] == [1]


def test_a_path_that_cannot_be_written_is_an_error(tmp_path):
    with pytest.raises(DataError, match="none/x.mcap cannot be written: No such file"):
        Recorder(tmp_path / "none" / "x.mcap").warm_up()
    with pytest.raises(DataError, match="cannot be written: Is a directory"):
        Recorder(tmp_path, overwrite=True).warm_up()
    with pytest.raises(DataError, match="is not open"):
        Recorder(tmp_path / "x.mcap").write(Packet(1, 0, stream="s"))


def test_a_full_disk_ends_the_recording_and_what_was_written_stays(tmp_path):
    path = tmp_path / "full.mcap"
    recorder = Recorder(path)
    recorder.warm_up()
    recorder.write(Packet("saved", 0, stream="s"))
    file = recorder._file
    file._writer.flush()

    def full() -> None:
        raise OSError(28, "No space left on device")

    file._writer.add_message = lambda *a, **k: full()
    for _ in range(2):
        with pytest.raises(DataError, match=r"full\.mcap ended early, after 1 packets: No space left on device"):
            recorder.write(Packet("lost", 1, stream="s", seq=1))
    with pytest.raises(DataError, match="No space left"):
        recorder.close()
    assert [packet.data for packet in read(path)] == ["saved"]
    with Recorder(path, overwrite=True):  # the path is free again
        pass


def test_every_second_is_saved(tmp_path, eventually, monkeypatch):
    monkeypatch.setattr("wugan.record.recorder.FLUSH_S", 0.01)
    path: Path = tmp_path / "live.mcap"
    with Recorder(path) as recorder:
        recorder.write(Packet(1, 0, stream="s"))
        eventually(lambda: [packet.data for packet in read(path)] == [1])

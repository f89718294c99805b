"""`Replay`: recordings whole, cut off, damaged and foreign; and pipelines fed from them."""

from __future__ import annotations

import hashlib
import json
import logging
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest
from core_parts import MS, Brighter, Frames, Mean, Pairs, numbers
from hypothesis import given, settings
from hypothesis import strategies as st
from mcap.writer import Writer

from wugan import Packet, Pipeline, Source, approximate
from wugan.errors import DataError, RuntimeFailure
from wugan.record import Recorder
from wugan.record.codec import encode
from wugan.record.replay import Replay, contents, read
from wugan.signals import Audio


def recorded(path: Path, count: int = 40) -> list[Packet]:
    """A recording of two streams, in several chunks; gives the packets that went in."""
    noise = np.random.default_rng(0)
    given_packets = []
    with Recorder(path) as recorder:
        for number in range(count):
            name = ("mic", "text")[number % 2]
            sound = Audio(noise.random(200, np.float32), 16_000)
            packet = Packet(
                sound if name == "mic" else f"word {number}",
                number * MS,
                stream=name,
                seq=number // 2,
                attrs={"n": number},
            )
            recorder.write(packet)
            given_packets.append(packet)
            if number % 10 == 9:
                recorder._file._writer.flush()
    return given_packets


def written(packets) -> list[str]:
    return [json.dumps([packet.stream, encode(packet)]) for packet in packets]


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> tuple[bytes, list[str]]:
    path = tmp_path_factory.mktemp("whole") / "two.mcap"
    went_in = written(recorded(path))
    return path.read_bytes(), went_in


@pytest.mark.parametrize("speed", [None, 1.0, 50])
def test_a_stream_comes_back_as_it_went_in(tmp_path, speed):
    path = tmp_path / "two.mcap"
    packets = recorded(path)
    with Replay(path, stream="mic", speed=speed) as source:
        assert written(source.packets()) == written(packets[::2])
        assert written(source.packets()) == written(packets[::2])  # again from the start
    about = contents(path)["text"]
    assert (about.packets, about.kind, about.seconds) == (20, "builtins.str", 0.038)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_recording_cut_off_anywhere_is_read_up_to_the_cut(tmp_path_factory, whole, data):
    content, went_in = whole
    cut = data.draw(st.integers(8, len(content) - 1))
    path = tmp_path_factory.mktemp("cut") / "cut.mcap"
    path.write_bytes(content[:cut])
    got = written(read(path))
    assert got == went_in[: len(got)]
    assert len(got) % 10 == 0 and len(got) >= 40 * cut // len(content) - 20


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_recording_gives_the_right_packets_or_an_error(tmp_path_factory, whole, data):
    content, went_in = whole
    place = data.draw(st.integers(0, len(content) - 1))
    damaged = bytearray(content)
    damaged[place] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.mktemp("damaged") / "damaged.mcap"
    path.write_bytes(damaged)
    got: list[str] = []
    try:
        got.extend(map(lambda packet: written([packet])[0], read(path)))  # noqa: C417
    except DataError as error:
        assert str(path) in str(error)
        assert got == went_in[: len(got)]
    else:
        assert got == went_in or place >= len(content) - 8  # without its last mark it counts as cut off


def test_a_cut_is_told_with_the_files_name(tmp_path, whole, caplog):
    path = tmp_path / "cut.mcap"
    path.write_bytes(whole[0][: len(whole[0]) * 2 // 3])
    with caplog.at_level(logging.WARNING), Replay(path, "text", speed=None) as source:
        got = list(source.packets())
    assert 0 < len(got) < 20
    (warning,) = caplog.messages
    assert str(path) in warning and "was cut off" in warning


def test_files_that_are_no_recordings_are_errors(tmp_path, whole):
    path = tmp_path / "x.mcap"
    for content, message in (
        (None, "x.mcap cannot be read: No such file"),
        (b"", r"x.mcap is empty \(0 bytes\)"),
        (b"RIFF    WAVE", "x.mcap is no MCAP file"),
        (whole[0][:5], "x.mcap is no MCAP file"),
    ):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            Replay(path, "mic").open()
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        contents(tmp_path)
    with path.open("wb") as file:
        robot = Writer(file)
        robot.start()
        channel = robot.register_channel("/scan", "cdr", robot.register_schema("Scan", "ros2msg", b""))
        robot.add_message(channel, 0, b"\0", 0)
        robot.finish()
    with pytest.raises(DataError, match="'/scan' was not recorded by this version of wugan"):
        Replay(path, "/scan").open()


def test_the_stream_and_the_speed_are_checked(tmp_path):
    path = tmp_path / "two.mcap"
    recorded(path)
    with pytest.raises(DataError, match=r"two.mcap holds no stream 'lidar' \(there are: 'mic', 'text'\)"):
        Replay(path, "lidar").open()
    with pytest.raises(DataError, match=r"holds 2 streams: choose one with stream= \(there are: 'mic', 'text'\)"):
        Replay(path).open()
    for speed in (0, -1.0, float("nan"), float("inf")):
        with pytest.raises(DataError, match="is not a positive number"):
            Replay(path, "mic", speed)
    with Recorder(tmp_path / "one.mcap") as recorder:
        recorder.write(Packet("x", 0, stream="only"))
    sent = pickle.loads(pickle.dumps(Replay(tmp_path / "one.mcap")))  # as to a Ray actor
    assert [packet.data for packet in sent.packets()] == ["x"]


def test_pace_is_kept_from_the_recordings_start_and_close_ends_the_wait(tmp_path):
    path = tmp_path / "slow.mcap"
    with Recorder(path) as recorder:
        recorder.write(Packet("now", 5 * 10**9, stream="first"))
        recorder.write(Packet("in an hour", 3600 * 10**9, stream="later"))
    assert [packet.data for packet in Replay(path, "first").packets()] == ["now"]
    source = Replay(path, "later")
    source.open()
    got: list[Packet] = []
    waits, wait = threading.Event(), source._closed.wait
    source._closed.wait = lambda seconds: (waits.set(), wait(seconds))[1]
    reader = threading.Thread(target=lambda: got.extend(source.packets()), daemon=True)
    reader.start()
    assert waits.wait(10)
    source.close()
    reader.join(10)
    assert not reader.is_alive() and got == []
    with Replay(path, "later", speed=1e9) as fast:
        assert [packet.data for packet in fast.packets()] == ["in an hour"]


def outputs(sources: dict[str, Source], recorder: Recorder | None = None) -> str:
    """Run one pipeline of a stage, an encoder, a stage with memory and a join; a hash over all that comes out."""
    got: list[Packet] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p = Pipeline("live")
    left, right = (p.source(source, name=name) for name, source in sources.items())
    means = p.stage(Mean(), p.stage(Brighter(), left), name="means")
    pairs = p.stage(Pairs(), p.stage(Mean(), right, name="dark"))
    joined = p.join(means, pairs, sync=approximate("30ms"))
    p.sink(keep, p.stage(numbers, joined))
    if recorder:
        p.sink(recorder, left, name="record-left")
        p.sink(recorder, right, name="record-right")
    with p.run("local") as running:
        running.wait(60)
    assert len(got) > 10
    return hashlib.sha256("\n".join(written(got)).encode()).hexdigest()


def test_a_pipeline_gives_the_same_from_a_recording_as_live(tmp_path):
    path = tmp_path / "live.mcap"
    live = outputs({"left": Frames(30), "right": Frames(40, step_ms=7, start_ms=3)}, Recorder(path))
    for speed in (None, 50):
        assert outputs({name: Replay(path, name, speed) for name in ("left", "right")}) == live
    assert outputs({name: Frames(30) for name in ("left", "right")}) != live


def test_a_replay_is_a_plugin_and_is_written_to_yaml(tmp_path):
    path = tmp_path / "a.mcap"
    p = Pipeline("yaml")
    p.sink(Recorder(path), p.source(Frames(3)))
    Pipeline.from_yaml(p.to_yaml()).run("local").wait(30)
    assert "use: recorder" in p.to_yaml()
    replay = Pipeline("again")
    replay.sink(print, replay.source(Replay(str(path), "frames", None)))
    assert "use: replay" in replay.to_yaml()
    with Pipeline.from_yaml(replay.to_yaml()).run("local") as running:
        running.wait(30)
    assert running.stats()["replay"]["emitted"] == 3
    path.unlink()
    with pytest.raises(RuntimeFailure, match=r"a\.mcap cannot be read"):
        Pipeline.from_yaml(replay.to_yaml()).run("local")

from __future__ import annotations

import sys
import threading

import numpy as np
import pytest
from core_parts import Frames, Mean

import wugan
from wugan import Packet
from wugan.errors import DataError, PipelineError, PluginError
from wugan.observe import RerunSink
from wugan.signals import Audio, Transcript

pytest.importorskip("rerun", reason="needs the extra `viewer`")
MS = 1_000_000


def read(path) -> dict[str, list[dict[str, object]]]:
    """Rows by entity, from Rerun's own reader; times in nanoseconds."""
    chunk = pytest.importorskip("rerun.chunk", reason="this version of rerun-sdk has no reader")
    found: dict[str, list[dict[str, object]]] = {}
    for part in chunk.RrdReader(str(path)).stream().to_chunks():
        batch = part.to_record_batch()
        columns = {name: batch.column(name) for name in batch.schema.names}
        rows = []
        for index in range(batch.num_rows):
            row = {}
            for name, column in columns.items():
                value = column[index]
                row[name] = value.value if name in ("time", "log_time") else value.as_py()
            rows.append(row)
        if not part.entity_path.startswith("/__"):
            found.setdefault(part.entity_path, []).extend(rows)
    return {entity: sorted(rows, key=lambda row: row["time"]) for entity, rows in found.items()}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "seen.rrd"


def written(path, *packets: Packet) -> dict[str, list[dict[str, object]]]:
    sink = RerunSink(path=path)
    sink.warm_up()
    for packet in packets:
        sink.write(packet)
    sink.close()
    sink.close()  # safe to call twice
    return read(path)


def test_every_kind_is_in_the_file(path):
    picture = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    cloud = np.arange(6, dtype=np.float32).reshape(2, 3)
    sound = Audio(np.array([0.5] * 80 + [-0.25] * 80, np.float32), 16_000)
    found = written(
        path,
        Packet(picture, 40 * MS, stream="camera"),
        Packet(cloud, 50 * MS, stream="lidar", seq=7),
        Packet(sound, 60 * MS, stream="mic", seq=1),
        Packet(Transcript("good morning", 1.0, confidence=0.5), 70 * MS, stream="words", seq=2),
        Packet({"calm": 0.25, "angry": 0.75}, 80 * MS, stream="mood", seq=3),
    )
    (image,) = found["/camera"]
    assert (image["time"], image["seq"]) == (40 * MS, 0)
    assert bytes(image["Image:buffer"][0]) == picture.tobytes()
    (points,) = found["/lidar"]
    assert points["Points3D:positions"] == cloud.tolist() and (points["time"], points["seq"]) == (50 * MS, 7)
    assert [row["Scalars:scalars"] for row in found["/mic/waveform"]] == [[0.5, 0.5], [-0.25, -0.25]]
    assert [row["time"] for row in found["/mic/waveform"]] == [60 * MS, 65 * MS]
    assert found["/words"][0]["TextLog:text"] == ["good morning"]
    assert found["/words/confidence"][0]["Scalars:scalars"] == [0.5]
    assert found["/mood/calm"][0]["Scalars:scalars"] == [0.25]
    assert found["/mood/angry"][0]["seq"] == 3


def test_live_stamps_are_times_of_day(path):
    at = 1_700_000_000_123_456_789
    found = written(path, Packet(36.6, at, stream="temperature"), Packet(36.7, at + 1, stream="temperature", seq=1))
    assert [row["time"] for row in found["/temperature"]] == [at, at + 1]


def test_names_that_are_no_paths_are_escaped(path):
    (entity,) = written(path, Packet(1.0, 0, stream="front desk/1"))
    assert entity == r"/front\ desk\/1"


def test_what_cannot_be_shown_is_counted_and_said_once(path, caplog):
    sink = RerunSink(path=path)
    sink.warm_up()
    for seq in range(3):
        sink.write(Packet(object(), 0, stream="odd", seq=seq))
    sink.write(Packet(b"raw", 0, stream="odd", seq=3))
    sink.close()
    assert sink.not_shown == {("odd", "builtins.object"): 3, ("odd", "builtins.bytes"): 1}
    assert len(caplog.records) == 2 and "'odd': builtins.object holds nothing" in caplog.text


def test_nodes_of_a_pipeline_share_a_file(path, tmp_path):
    p = wugan.Pipeline("shown")
    frames = p.source(Frames(5))
    p.sink(RerunSink(path=path), frames, name="show-frames")
    p.sink(RerunSink(path=str(path)), p.stage(Mean(), frames), name="show-mean")
    p.run("local", dead_letters=tmp_path / "letters").wait()
    found = read(path)
    assert [row["Scalars:scalars"] for row in found["/mean"]] == [[0.0], [1.0], [2.0], [3.0], [4.0]]
    assert [row["time"] for row in found["/frames/number"]] == [0, 10 * MS, 20 * MS, 30 * MS, 40 * MS]
    assert not (tmp_path / "letters").exists()


def test_one_sink_for_two_nodes_keeps_their_times_apart(path):
    sink = RerunSink(path=path)
    for _ in range(2):
        sink.warm_up()

    def write(stream: str, start: int) -> None:
        for seq in range(200):
            sink.write(Packet(float(seq), start + seq, stream=stream, seq=seq))

    threads = [threading.Thread(target=write, args=(name, start)) for name, start in (("a", 0), ("b", 10**6))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
        sink.close()
    found = read(path)
    assert [row["time"] for row in found["/a"]] == list(range(200))
    assert [row["time"] for row in found["/b"]] == list(range(10**6, 10**6 + 200))


def test_it_goes_to_yaml_and_back():
    p = wugan.Pipeline("shown")
    p.sink(RerunSink(path="seen.rrd"), p.source(Frames(1)), name="show")
    text = p.to_yaml()
    assert "use: rerun" in text and wugan.Pipeline.from_yaml(text).nodes["show"].component.path == "seen.rrd"


@pytest.mark.parametrize("given", [{}, {"path": "a.rrd", "spawn": True}, {"path": "a.rrd", "connect": "x"}])
def test_exactly_one_place_is_needed(given):
    with pytest.raises(PipelineError, match="exactly one of"):
        RerunSink(**given)


def test_a_file_that_is_there_is_kept_unless_told_otherwise(path):
    path.write_text("precious")
    with pytest.raises(DataError, match="is there already: give another name, or overwrite=True"):
        RerunSink(path=path).warm_up()
    assert path.read_text() == "precious"
    sink = RerunSink(path=path, overwrite=True)
    sink.warm_up()
    sink.write(Packet(1.0, 0, stream="a"))
    sink.close()
    assert set(read(path)) == {"/a"}
    with pytest.raises(DataError, match="cannot be written: No such file"):
        RerunSink(path=path.parent / "none" / "a.rrd").warm_up()


def test_without_the_package_the_extra_is_named(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(PluginError, match=r"pip install 'wugan\[viewer\]'"):
        RerunSink(path=path).warm_up()
    assert not path.exists()


@pytest.mark.parametrize("url", ["rerun+http://127.0.0.1:9/proxy", "nonsense"])
def test_a_viewer_that_does_not_answer_is_an_error_at_the_start(url):
    with pytest.raises(DataError, match=f"no viewer answers at .*{url[-8:]}.* Start one with `rerun`"):
        RerunSink(connect=url).warm_up()


def test_a_sink_that_is_not_open_says_so(path):
    with pytest.raises(DataError, match="is not open"):
        RerunSink(path=path).write(Packet(1.0, 0, stream="a"))

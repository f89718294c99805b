"""The file is read back by Rerun's own reader."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("rerun", reason="needs the extra `viewer`")
pytest.importorskip("cv2")
from wugan.apps.perception.rerun_view import RerunView
from wugan.apps.perception.view import Geometry, View
from wugan.errors import DataError, PluginError
from wugan.packet import Packet


def read(path: Path) -> dict[str, list[dict[str, object]]]:
    """Rows by entity, in the order of the timeline `capture`."""
    chunk = pytest.importorskip("rerun.chunk", reason="this version of rerun-sdk has no reader")
    found: dict[str, list[dict[str, object]]] = {}
    for part in chunk.RrdReader(str(path)).stream().to_chunks():
        batch = part.to_record_batch()
        for index in range(batch.num_rows):
            row = {}
            for name in batch.schema.names:
                value = batch.column(name)[index]
                row[name] = value.value if name == "capture" else value.as_py()
            found.setdefault(part.entity_path, []).append(row)
    return {entity: sorted(rows, key=lambda row: row.get("capture", -1)) for entity, rows in found.items()}


def field(row: dict[str, object], name: str) -> list:
    (key,) = (key for key in row if key.endswith(f":{name}"))
    found = row[key]
    assert isinstance(found, list)
    return found


def write(path: Path, geometry: Geometry, views: list[View], start_ns: int = 0) -> dict[str, list[dict[str, object]]]:
    sink = RerunView(path, geometry)
    sink.warm_up()
    for number, one in enumerate(views):
        sink.write(Packet(one, start_ns + one.perceived.time_ns, stream="views", seq=number))
    sink.close()
    sink.close()
    return read(path)


def test_everything_is_on_the_timeline_of_capture(
    tmp_path: Path, geometry: Geometry, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    views = [view(number, thing(1, 20 - number, 1), thing(2, 9, 9, "", stage="tentative")) for number in (0, 1, 4)]
    found = write(tmp_path / "a.rrd", geometry, views)
    times = [0, 100_000_000, 400_000_000]
    for entity in ("lidar", "objects", "velocities", "ways"):
        assert [row["capture"] for row in found[f"/world/{entity}"]] == times
    assert [row["sweep"] for row in found["/decision"]] == [0, 1, 4]
    assert len(field(found["/world/lidar"][0], "positions")) == 500
    box = found["/world/objects"][2]
    assert field(box, "half_sizes") == [[2.0, pytest.approx(0.9), 0.75]]
    assert field(box, "centers")[0] == pytest.approx([16.0, 1.0, -0.9])
    assert field(box, "labels") == ["car 1, 3.0 m/s"]
    (way,) = field(found["/world/ways"][2], "strips")
    assert np.array(way)[:, 0].tolist() == [20.0, 19.0, 16.0]
    assert field(found["/decision"][0], "text") == ["SLOW; car 1: 8.0 m ahead"]
    assert field(found["/decision/gap_m"][1], "scalars") == [8.0]
    pictures = [row for row in found["/world/camera"] if any(key.endswith(":blob") for key in row)]
    assert [row["capture"] for row in pictures] == times
    assert bytes(field(pictures[0], "blob")[0])[:2] == b"\xff\xd8"


def test_live_stamps_are_dates(tmp_path: Path, view: Callable[..., View]) -> None:
    start = 1_790_000_000_000_000_000
    found = write(tmp_path / "a.rrd", Geometry(), [view(1, picture=False, sweep=False)], start)
    assert found["/decision"][0]["capture"] == start + 100_000_000
    assert "/world/lidar" not in found and "/world/camera" not in found


def test_what_is_missing_is_said_before_anything_runs(
    tmp_path: Path, view: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(DataError, match="cannot be written"):
        RerunView(tmp_path / "none" / "a.rrd").warm_up()
    with pytest.raises(PluginError, match="warm_up"):
        RerunView(tmp_path / "a.rrd").write(Packet(view(0), 0, stream="views"))
    monkeypatch.setitem(sys.modules, "rerun", None)
    with pytest.raises(PluginError, match=r"wugan\[viewer\]"):
        RerunView(tmp_path / "a.rrd")

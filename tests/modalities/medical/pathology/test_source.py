from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.modalities.medical.pathology import SlideSource
from wugan.plugin import find
from wugan.testing import run_stage


def test_one_packet_a_slide_by_name(tmp_path: Path, svs: Path) -> None:
    for name in ("b.svs", "a.svs"):
        shutil.copy(svs, tmp_path / name)
    (tmp_path / "notes.txt").write_text("no slide")
    packets = run_stage(SlideSource(tmp_path))
    assert [(packet.data.name, packet.time_ns) for packet in packets] == [("a.svs", 0), ("b.svs", 0)]
    assert "notes.txt" in packets[0].attrs["notes"][0] and "notes" not in packets[1].attrs
    assert [packet.data.name for packet in run_stage(SlideSource(svs))] == ["drawn.svs"]


def test_what_was_assumed_travels_along(tmp_path: Path, svs: Path) -> None:
    (packet,) = run_stage(SlideSource(svs, mpp=(0.5, 0.25)))
    assert packet.data.mpp == (0.5, 0.25) and "not square" in packet.attrs["notes"][0]


def test_it_is_declared() -> None:
    assert find("slides", "wugan.sources").load() is SlideSource


def test_bad_paths(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such slide or folder"):
        SlideSource(tmp_path / "missing").open()
    with pytest.raises(DataError, match="holds no slide"):
        SlideSource(tmp_path).open()
    (tmp_path / "broken.svs").write_text("no slide")
    with pytest.raises(DataError, match=r"broken\.svs"):
        run_stage(SlideSource(tmp_path))

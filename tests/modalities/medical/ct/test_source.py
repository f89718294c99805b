from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import wugan
from wugan import plugin
from wugan.errors import DataError
from wugan.modalities.medical.ct import CtSource, Volume

Save = Callable[..., Path]
HEIGHTS = np.arange(5) * 2.0


def test_one_packet_of_one_study(phantom: Any, save: Save) -> None:
    with CtSource(save(phantom.stack(HEIGHTS))) as source:
        packets = list(source.packets())
    assert [packet.attrs for packet in packets] == [{"study": "study"}]
    assert packets[0].time_ns == 0 and packets[0].data.size == (24, 20, 5)
    assert source.spec["unit"] == "HU"


def test_studies_below_a_folder(phantom: Any, save: Save, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    folder = save(phantom.stack(HEIGHTS), "all/one").parent
    shutil.make_archive(str(folder / "two"), "zip", folder / "one")
    (folder / "broken").mkdir()
    (folder / "notes.txt").touch()
    with pytest.raises(DataError, match="broken"):
        list(CtSource(folder, studies=True).packets())
    with caplog.at_level(logging.WARNING):
        packets = list(CtSource(folder, studies=True, on_error="skip").packets())
    assert [(packet.attrs["study"], packet.seq, packet.time_ns) for packet in packets] == [
        ("one", 0, 0),
        ("two.zip", 1, 1_000_000_000),
    ]
    assert "broken is left out" in caplog.text
    (tmp_path / "none").mkdir()
    with pytest.raises(DataError, match="no study"):
        CtSource(tmp_path / "none", studies=True).open()


def test_wishes_that_contradict_each_other(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="series="):
        CtSource(tmp_path, series="1.2", studies=True)
    with pytest.raises(DataError, match="no such file"):
        CtSource(tmp_path / "nothing").open()


def test_it_runs_in_a_pipeline_by_its_plugin_name(phantom: Any, save: Save) -> None:
    made = plugin.find("ct", "wugan.sources").load()
    seen: list[Volume] = []
    pipeline = wugan.Pipeline("ct")
    pipeline.sink(lambda packet: seen.append(packet.data), pipeline.source(made(save(phantom.stack(HEIGHTS)))))
    with pipeline.run() as running:
        running.wait()
    assert len(seen) == 1 and phantom.error(seen[0]) < 0.51

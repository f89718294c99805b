"""The command with everything that can be looked at, on a short made-up drive."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

pytest.importorskip("av")
pytest.importorskip("cv2")
pytest.importorskip("small_gicp")

import av
from mcap.reader import make_reader

from wugan.apps.perception.app import register
from wugan.apps.perception.street import Ride, Street, weaving_street, write_drive
from wugan.errors import PluginError

cli = typer.Typer()
cli.callback()(lambda: None)  # a command line of several commands, as wugan's
register(cli)


@pytest.fixture(scope="module")
def drive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drive")
    write_drive(Street(weaving_street().things, Ride(speed=2.0), 2.0), folder, rate=3)
    return folder


def arguments(drive: Path, out: Path, *more: str) -> list[str]:
    files = ["--lidar", str(drive / "lidar"), "--camera", str(drive / "camera")]
    return ["perceive", *files, "--calibration", str(drive / "rig.yaml"), "-o", str(out), "--rate", "3", *more]


def test_results_video_and_recording_tell_the_same(drive: Path, tmp_path: Path) -> None:
    video = tmp_path / "drive.mp4"
    done = CliRunner().invoke(
        cli, arguments(drive, tmp_path, "--ego-motion", "--record", "--video", str(video), "--json")
    )
    assert done.exit_code == 0, done.output
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text().splitlines()]
    results = [one for one in results if one["seq"] >= 0]
    with av.open(str(video)) as file:
        frames = list(file.decode(video=0))
    with (tmp_path / "foxglove.mcap").open("rb") as file:
        told = [message.log_time for _, _, message in make_reader(file).iter_messages(topics=["/decision"])]
    times = [one["time_ns"] for one in results]
    # Who looks on may miss results where the machine is busy, but sees no other ones.
    assert told and set(told) <= set(times) and 1 <= len(frames) <= len(results)


def test_what_is_missing_is_said_before_anything_starts(
    drive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rerun", None)
    done = CliRunner().invoke(cli, arguments(drive, tmp_path, "--rerun", str(tmp_path / "a.rrd")))
    assert isinstance(done.exception, PluginError) and "wugan[viewer]" in str(done.exception)
    assert not (tmp_path / "results.jsonl").exists()

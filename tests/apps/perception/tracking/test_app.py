from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from wugan.apps.perception.tracking.app import register
from wugan.apps.perception.tracking.kitti import read_tracks

cli = typer.Typer()
cli.callback()(lambda: None)  # a command line of several commands, as wugan's
register(cli)


def track(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["track", *map(str, arguments)])


def test_tracks_and_figures(detections_folder: Path, tmp_path: Path) -> None:
    done = track(detections_folder, "-o", tmp_path / "out", "--evaluate", detections_folder / "label", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["sequences"]["0000"]["tracks"] == 2 and told["sequences"]["0001"] == {
        "frames": 0,
        "tracks": 0,
        "boxes": 0,
    }
    assert told["evaluated"] == ["0000"] and set(told["figures"]) == {"Car", "Pedestrian"}
    assert told["figures"]["Car"]["ids"] == 0
    tracks = read_tracks(tmp_path / "out" / "0000.txt")
    assert len(tracks) == told["sequences"]["0000"]["boxes"] and (tracks.score > -1).all()
    assert (tmp_path / "out" / "0001.txt").read_text() == ""


def test_text_for_people(detections_folder: Path, tmp_path: Path) -> None:
    done = track(detections_folder / "detections_Car", "-o", tmp_path / "o", "--evaluate", detections_folder / "label")
    assert done.exit_code == 0, done.output
    assert "sAMOTA" in done.stdout and "Car" in done.stdout and "2 sequences, 60 frames" in done.stdout


def test_a_malformed_line_leaves_no_half_result(detections_folder: Path, tmp_path: Path) -> None:
    (detections_folder / "detections_Car" / "0001.txt").write_text("0,2,1\n")
    done = track(detections_folder, "-o", tmp_path / "out")
    assert done.exit_code != 0 and "0001.txt:1: 3 values instead of 15" in str(done.exception or done.output)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("labels", ["nowhere", "detections_Pedestrian"])
def test_labels_that_are_none(detections_folder: Path, tmp_path: Path, labels: str) -> None:
    done = track(detections_folder / "detections_Car", "-o", tmp_path / "out", "--evaluate", detections_folder / labels)
    assert done.exit_code != 0

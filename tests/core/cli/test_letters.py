"""`wugan letters`, in this process: `CliRunner` keeps its exit code, and errors stay exceptions."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from wugan.cli.main import cli
from wugan.errors import DataError, PipelineError, WuganError

RUNS = """\
name: runs
nodes:
  frames: {use: core_parts:Frames, with: {count: 3}}
  mean: {use: core_parts:Mean, in: frames, with: {fails_on: 1}}
  print: {use: print, in: mean}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a pipeline file, and the letters of its run in `kept`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "runs.yaml").write_text(RUNS)
    assert wugan("run", "runs.yaml", "--dead-letters", "kept").exit_code == 0
    return tmp_path


def wugan(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, env={"COLUMNS": "200", "NO_COLOR": "1"})


def refused(*arguments: str) -> WuganError:
    """The error of a command; `main` prints it without a traceback."""
    done = wugan(*arguments)
    assert isinstance(done.exception, WuganError), done.output
    return done.exception


def test_it_is_in_the_help():
    assert "letters" in wugan("--help").stdout
    shown = wugan("letters", "--help").stdout
    assert all(command in shown for command in ("list", "show", "replay"))


def test_list_shows_which_packet_failed_where_and_how(folder):
    shown = wugan("letters", "list", "kept").stdout
    assert all(word in shown for word in ("mean-00001", "frames", "0.010 s", "ValueError: frame 1 is dark"))
    done = wugan("letters", "list", "kept", "--json")
    row = json.loads(done.stdout)
    assert row.pop("written")
    assert row == {
        "letter": "mean-00001",
        "stage": "mean",
        "port": "frames",
        "stream": "frames",
        "seq": 1,
        "time_ns": 10_000_000,
        "data": "Frame(pixels=float32[10], number=int)",
        "error": "ValueError: frame 1 is dark",
        "not_kept": "",
    }


def test_show_tells_error_traceback_and_data_without_unpickling(folder, monkeypatch):
    monkeypatch.setattr("pickle.loads", lambda data: pytest.fail("it was unpickled"))
    done = wugan("letters", "show", "kept/mean-00001")
    assert done.exit_code == 0, done.output
    assert "'mean' failed: packet 1 of 'frames', time 0.010 s, at port 'frames'" in done.stdout
    assert "Frame(pixels=float32[10], number=int)" in done.stdout and "Traceback" in done.stdout


def test_show_prints_the_packet_when_asked(folder):
    done = wugan("letters", "show", "kept/mean-00001", "--packet")
    assert "Packet(Frame(pixels=array([1., 1." in done.stdout and "stream='frames', seq=1" in done.stdout


def test_times_of_day_are_told_as_such(folder):
    about = json.loads(Path("kept/mean-00001/error.json").read_text())
    for time_ns, words in (
        (1_764_104_399_250_000_000, "2025-11-25T20:59:59.250+00:00"),
        (1e40, "1e+40 ns"),
        (None, ""),
    ):
        Path("kept/mean-00001/error.json").write_text(json.dumps({**about, "time_ns": time_ns}))
        assert words in wugan("letters", "list", "kept").stdout


def test_replay_gives_the_packet_to_the_mended_stage(folder):
    done = wugan("letters", "replay", "kept", "--pipeline", "runs.yaml", "--set", "mean.fails_on=-1")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Packet(1.0, 10000000, stream='mean'")
    assert done.stderr == "1 passed (moved to kept/replayed), 0 failed again, 0 new, 0 not replayed\n"
    assert [path.name for path in (folder / "kept").iterdir()] == ["replayed"]


def test_replay_ends_with_1_where_a_packet_fails_again(folder):
    done = wugan("letters", "replay", "kept", "--pipeline", "runs.yaml", "--keep")
    assert done.exit_code == 1 and done.stdout == ""
    assert done.stderr.splitlines() == [
        "mean-00001 failed again: ValueError: frame 1 is dark",
        "0 passed, 1 failed again, 0 new, 0 not replayed",
    ]
    assert [path.name for path in (folder / "kept").iterdir()] == ["mean-00001"]


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        (["list", "nowhere"], DataError, "nowhere is no folder: give the dead-letter folder of a run"),
        (["list", "."], DataError, "holds no letters; give that of one run: kept"),
        (["show", "kept"], DataError, "kept is no letter, since it holds no error.json"),
        (["replay", "kept", "-p", "none.yaml"], PipelineError, "none.yaml: cannot be read"),
        (["replay", "kept", "-p", "runs.yaml", "--stage", "meen"], PipelineError, "holds no letters of 'meen'"),
        (["replay", "kept", "-p", "runs.yaml", "-r", "spark"], PipelineError, "runtime 'spark' is unknown"),
    ],
)
def test_what_is_wrong_is_told(folder, arguments, kind, message):
    error = refused("letters", *arguments)
    assert isinstance(error, kind) and message in str(error)


def test_no_traceback_reaches_the_user(tmp_path):
    command = [sys.executable, "-m", "wugan", "letters", "list", str(tmp_path / "nowhere")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and "nowhere is no folder" in done.stderr


def test_runs_in_the_state_folder_are_listed_and_named_without_their_path(folder, monkeypatch, tmp_path):
    monkeypatch.setenv("WUGAN_STATE", str(tmp_path))
    shutil.copytree(folder / "kept", tmp_path / "letters" / "ward-1")
    assert "ward-1  1 letters" in wugan("letters", "list").stdout
    assert json.loads(wugan("letters", "list", "--json").stdout)["letters"] == 1
    assert "mean-00001" in wugan("letters", "list", "ward-1", "--json").stdout
    assert "'mean' failed" in wugan("letters", "show", "ward-1/mean-00001").stdout

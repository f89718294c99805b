"""`wugan record` and `wugan replay`: in this process, since each start of Python costs seconds, save for signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from core_parts import RUNS

from wugan.cli.main import main

HERE = Path(__file__).parent.parent
ENDLESS = """\
name: endless
nodes:
  source: {use: core_parts:Endless, with: {pause_s: 0.001}}
  slow: {use: core_parts:Slow, with: {seconds: 0.0}, in: source}
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def wugan(folder, monkeypatch, capsys) -> Iterator[Callable[..., Done]]:
    """The command, run in the folder."""
    terminate = signal.getsignal(signal.SIGTERM)
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [*sys.path])

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["wugan", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return Done(end.value.code or 0, *capsys.readouterr())

    yield run
    signal.signal(signal.SIGTERM, terminate)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "runs.yaml").write_text(RUNS)
    (tmp_path / "other.yaml").write_text(RUNS.replace("frames", "camera"))
    (tmp_path / "endless.yaml").write_text(ENDLESS)
    (tmp_path / "no-model.yaml").write_text(RUNS.replace("core_parts:Mean", "core_parts:NoModel"))
    (tmp_path / "record_odd.py").write_text("class Odd: pass\n\n\ndef odd(frame):\n    return Odd()\n")
    (tmp_path / "odd.yaml").write_text(RUNS.replace("core_parts:Mean", "record_odd:odd"))
    return tmp_path


def printed(text: str) -> list[str]:
    """The data of the packets that the sink `print` wrote."""
    return re.findall(r"^Packet\((.*?), \d+,", text, re.MULTILINE)


def test_what_was_recorded_is_shown_and_runs_the_pipeline_again(wugan):
    done = wugan("record", "runs.yaml", "--out", "a.mcap")
    assert (done.returncode, printed(done.stdout)) == (0, ["0.0", "1.0", "2.0"]), done.stderr
    assert "recorded in a.mcap: frames 3 packets" in done.stderr
    shown = wugan("replay", "a.mcap", "--json")
    row = {"stream": "frames", "data": "core_parts.Frame", "packets": 3, "from": 0.0, "to": 0.02, "seconds": 0.02}
    assert [json.loads(line) for line in shown.stdout.splitlines()] == [row]
    assert "core_parts.Frame" in wugan("replay", "a.mcap").stdout
    # The recording replaces the source: its parameters no longer count.
    again = wugan("replay", "a.mcap", "--pipeline", "runs.yaml", "--speed", "max", "--set", "frames.count=1")
    assert (again.returncode, printed(again.stdout)) == (0, ["0.0", "1.0", "2.0"]), again.stderr


def test_named_nodes_are_recorded(wugan):
    done = wugan("record", "runs.yaml", "-o", "b.mcap", "--node", "mean", "--node", "frames")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in wugan("replay", "b.mcap", "--json").stdout.splitlines()]
    assert {row["stream"]: (row["data"], row["packets"]) for row in rows} == {
        "frames": ("core_parts.Frame", 3),
        "mean": ("builtins.float", 3),
    }


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["record", "runs.yaml"], 2, "Missing option '--out'"),
        (["record", "runs.yaml", "-o", "x.mcap", "-n", "mood"], 1, "no such node (there are: frames, mean, print)"),
        (["record", "runs.yaml", "-o", "x.mcap", "-n", "print"], 1, "this is a sink, which gives nothing"),
        (["record", "runs.yaml", "-o", "none/x.mcap"], 1, "none/x.mcap cannot be written: No such file"),
        (["record", "runs.yaml", "-o", "runs.yaml"], 1, "runs.yaml is there already"),
        (["record", "no-model.yaml", "-o", "x.mcap"], 1, "nothing was recorded, so that there is no x.mcap"),
        (["record", "odd.yaml", "-o", "x.mcap", "-n", "mean"], 1, "all 3 packets failed"),
        (["replay", "none.mcap"], 1, "none.mcap cannot be read: No such file"),
        (["replay", "runs.yaml"], 1, "runs.yaml is no MCAP file"),
    ],
)
def test_what_goes_wrong_is_one_message_and_an_exit_code(wugan, folder, arguments, code, message):
    done = wugan(*arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr
    assert not (folder / "x.mcap").exists() and (folder / "runs.yaml").read_text() == RUNS


def test_sources_without_a_stream_and_odd_speeds_are_errors(wugan):
    assert wugan("record", "runs.yaml", "-o", "a.mcap").returncode == 0
    other = wugan("replay", "a.mcap", "-p", "other.yaml")
    assert other.returncode == 1
    assert "a.mcap holds no stream for the source 'camera' of the pipeline (it holds: 'frames')" in other.stderr
    fast = wugan("replay", "a.mcap", "-p", "runs.yaml", "--speed", "fast")
    assert fast.returncode == 2 and "write a number, or max" in fast.stderr
    zero = wugan("replay", "a.mcap", "-p", "runs.yaml", "--speed", "0")
    assert zero.returncode == 1 and "is not a positive number" in zero.stderr and "Traceback" not in zero.stderr


@pytest.mark.parametrize(
    ("sent", "code", "told"), [(signal.SIGINT, 130, ""), (signal.SIGKILL, -9, "a.mcap was cut off")]
)
def test_a_recording_survives_signals(wugan, folder, eventually, caplog, sent, code, told):
    command = [sys.executable, "-m", "wugan", "record", "endless.yaml", "-o", "a.mcap"]
    with subprocess.Popen(command, cwd=folder, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        try:
            path = folder / "a.mcap"
            eventually(lambda: path.exists() and path.stat().st_size > 500)
            time.sleep(0.1)
            process.send_signal(sent)
            process.communicate(timeout=30)
        finally:
            process.kill()  # one that did not end would take its share of the machine from all later tests
    assert process.returncode == code
    shown = wugan("replay", "a.mcap", "--json")
    assert shown.returncode == 0 and json.loads(shown.stdout)["packets"] > 0
    assert told in caplog.text and ("cut off" in caplog.text) == bool(told)

"""The command as a user runs it: in a process of its own."""

from __future__ import annotations

import json
import os
import re
import runpy
import signal
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import torch
import yaml
from core_parts import RUNS

from wugan.runtime.links.shared import slot_folder

HERE = Path(__file__).parent.parent
ENDLESS = """\
name: endless
nodes:
  source: {use: core_parts:Endless, with: {pause_s: 0.001, size: 20000}}
  slow: {use: core_parts:Slow, with: {seconds: 0.02}, in: source}
  notes: {use: core_parts:NotesItsEnd, with: {path: PATH}, in: slow}
"""


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(HERE), "COLUMNS": "200", "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}


def wugan(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wugan", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, env=environment(), capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "runs.yaml").write_text(RUNS)
    (tmp_path / "fails.yaml").write_text(RUNS.replace("Mean,", "Mean, with: {fails_on: 1},"))
    (tmp_path / "cycle.yaml").write_text(
        "name: c\nnodes:\n  s: {use: core_parts:Endless}\n  a: {use: core_parts:Slow, in: a}\n"
    )
    (tmp_path / "no-model.yaml").write_text(RUNS.replace("core_parts:Mean", "core_parts:NoModel"))
    (tmp_path / "breaks.yaml").write_text("name: b\nnodes:\n  camera: {use: core_parts:Breaks}\n")
    return tmp_path


def data_in(printed: str) -> list[str]:
    """The data of packets that were printed."""
    return re.findall(r"^Packet\((.*?), \d+, stream='mean'", printed, re.M)


def test_run_prints_results_to_stdout_and_counters_to_stderr(folder):
    done = wugan("run", "runs.yaml", "--set", "frames.count=2", cwd=folder)
    assert (done.returncode, data_in(done.stdout)) == (0, ["0.0", "1.0"])
    assert "runs" in done.stderr and "mean" in done.stderr
    assert not (folder / "dead_letters").exists()


def test_packets_that_fail_are_kept_and_told(folder):
    done = wugan("run", "fails.yaml", "--dead-letters", "kept", cwd=folder)
    assert (done.returncode, data_in(done.stdout)) == (0, ["0.0", "2.0"])
    assert "they are kept in kept" in done.stderr
    assert [path.name for path in (folder / "kept").iterdir()] == ["mean-00001"]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["run", "none.yaml"], 1, "error: none.yaml: cannot be read"),
        (["run", "cycle.yaml"], 1, "there is a cycle: a -> a"),
        (["run", "no-model.yaml"], 1, "'mean' could not start: FileNotFoundError: weights.safetensors"),
        (["run", "breaks.yaml"], 1, "'camera' failed: OSError: the cable was pulled"),
        (["run", "runs.yaml", "--runtime", "spark"], 1, "runtime 'spark' is unknown: choose 'local' or 'ray'"),
        (["run", "runs.yaml", "--set", "frames"], 1, "--set 'frames': write NODE.PARAM=VALUE"),
        (
            ["run", "runs.yaml", "--set", "frame.count=1"],
            1,
            "no node 'frame' (there are: frames, mean, print)",
        ),
        (["run", "runs.yaml", "--set", "frames.cuont=1"], 1, "node 'frames'.cuont: Extra inputs are not permitted"),
        (["run", "runs.yaml", "--set", "frames.count=[1"], 1, "the value is not valid YAML"),
        (["run"], 2, "Missing argument"),
        (["fly"], 2, "No such command"),
        (["predict", "mood", "x.wav"], 1, "no plugin is called 'mood'"),
    ],
)
def test_what_goes_wrong_is_one_message_and_an_exit_code(folder, arguments, code, message):
    done = wugan(*arguments, cwd=folder)
    assert done.returncode == code
    assert message in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr


def test_debug_shows_where(folder):
    done = wugan("run", "none.yaml", "--debug", cwd=folder)
    assert done.returncode == 1 and "Traceback" in done.stderr and "PipelineError" in done.stderr


def test_modules_of_the_working_directory_are_found(folder):
    (folder / "my_parts.py").write_text("def shout(value: float) -> str:\n    return f'{value}!'\n")
    (folder / "mine.yaml").write_text(
        RUNS.replace("core_parts:Mean, in: frames", "my_parts:shout, in: m").replace(
            "  mean:", "  m: {use: core_parts:Mean, in: frames}\n  mean:"
        )
    )
    program = (
        "import sys; sys.path.remove(''); sys.argv[1:] = ['run', 'mine.yaml']; from wugan.cli.main import main; main()"
    )
    done = subprocess.run(  # as the console script, whose path does not begin with the working directory
        [sys.executable, "-c", program], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(",")[0] for line in done.stdout.splitlines()] == [f"Packet('{n}.0!'" for n in range(3)]


def test_validate_graph_and_schema(folder):
    done = wugan("validate", "runs.yaml", cwd=folder)
    assert (done.returncode, done.stdout) == (0, "runs.yaml: 3 nodes, all ports fit\n")
    assert wugan("validate", "cycle.yaml", cwd=folder).returncode == 1
    assert wugan("graph", "runs.yaml", cwd=folder).stdout.startswith("flowchart LR\n")
    schema = json.loads(wugan("schema", cwd=folder).stdout)
    jsonschema.validate(yaml.safe_load(RUNS), schema)


def test_plugins_are_one_json_object_a_line(folder):
    done = wugan("plugins", "--json", cwd=folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    (approximate,) = [row for row in rows if row["name"] == "approximate"]
    assert approximate["target"] == "wugan.sync.approximate:Approximate" and approximate["error"] is None
    assert approximate["about"].startswith("Packets belong together")
    assert done.returncode == (1 if any(row["error"] for row in rows) else 0)
    assert "approximate" in wugan("plugins", cwd=folder).stdout


def test_doctor_is_one_json_object_a_line(folder):
    done = wugan("doctor", "--json", cwd=folder)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"check", "state", "found", "remedy"} == set(rows[0])
    assert done.returncode == (1 if any(row["state"] == "broken" for row in rows) else 0)


def group(leader: int, called: str = "") -> set[int]:
    """Processes of a session that live."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            fields = (path / "stat").read_text().rpartition(")")[2].split()
            command = (path / "cmdline").read_text()
        except OSError:
            continue
        if int(fields[3]) == leader and fields[0] not in "ZX" and called in command:
            found.add(int(path.name))
    return found


@pytest.mark.slow_on_ray
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("kind", "number", "code"), [("local", "SIGINT", 130), ("local", "SIGTERM", 143), ("ray", "SIGINT", 130)]
)
def test_ctrl_c_ends_everything_and_leaves_nothing(kind, number, code, tmp_path, eventually):
    notes = tmp_path / "notes"
    (tmp_path / "endless.yaml").write_text(ENDLESS.replace("PATH", str(notes)))
    with (tmp_path / "stderr").open("w") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-m", "wugan", "run", "endless.yaml", "--runtime", kind],
            cwd=tmp_path,
            env=environment(),
            stderr=stderr,
            start_new_session=True,  # a terminal's foreground group, which Ctrl-C reaches as a whole
        )
        try:
            eventually(lambda: notes.exists() and notes.read_text().count("packet") > 2, seconds=90)
            everyone = group(child.pid)
            os.killpg(child.pid, getattr(signal, number))
            assert child.wait(timeout=30) == code
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
    said = (tmp_path / "stderr").read_text()
    assert "Traceback" not in said, said
    assert number != "SIGINT" or "interrupted" in said
    assert notes.read_text().endswith("close\n")  # what was open has been closed
    assert child.pid in everyone and (kind == "local" or len(everyone) > 3)
    eventually(lambda: not group(child.pid))
    assert not list(slot_folder().glob(f"wugan-{child.pid}-*"))


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
@pytest.mark.timeout(300)
def test_what_a_killed_driver_leaves_behind_is_removed(tmp_path, eventually):
    notes = tmp_path / "notes"
    (tmp_path / "endless.yaml").write_text(ENDLESS.replace("PATH", str(notes)))
    child = subprocess.Popen(
        [sys.executable, "-m", "wugan", "run", "endless.yaml", "--runtime", "ray"],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        eventually(lambda: notes.exists() and notes.read_text().count("packet") > 2, seconds=90)
        assert list(slot_folder().glob(f"wugan-{child.pid}-*"))
        child.kill()
        child.wait()
        eventually(lambda: not group(child.pid, "StageActor"), seconds=60)  # Ray ends what works for a dead driver
    finally:
        for process in group(child.pid):  # where no process 1 waits for orphans, agents of Ray's stay
            os.kill(process, signal.SIGKILL)
    eventually(lambda: not list(slot_folder().glob(f"wugan-{child.pid}-*")), seconds=60)


TRAININGS = {
    "wugan.modalities.points.shape.train": ["none.npz", "--out", "made"],
    "wugan.apps.customer_service.train": ["--data", "none", "--out", "made"],
    "wugan.apps.voice_to_3d.readings.train": ["--data", "none", "--out", "made"],
    "wugan.apps.customer_service.train.evaluate": ["--data", "none"],
    "wugan.apps.voice_to_3d.readings.train.evaluate": ["--data", "none", "--out", "made"],
    "wugan.apps.diagnosis.cohort.train.evaluate": ["--data", "none", "--out", "made"],
}


@pytest.mark.filterwarnings("ignore:.*found in sys.modules")  # other tests have imported it
@pytest.mark.parametrize("module", TRAININGS)
def test_what_a_training_cannot_read_is_one_message(module, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(torch, "set_num_threads", lambda count: None)  # of the other tests too
    monkeypatch.setattr(sys, "argv", [module, *TRAININGS[module]])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(module, run_name="__main__")
    told = capsys.readouterr().err
    assert ended.value.code == 1
    assert told.startswith("error: none") and told.count("\n") == 1

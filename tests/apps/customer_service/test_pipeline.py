"""The whole application on a synthesised call: both runtimes, the commands, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from wugan.apps.customer_service.call import CallLog
from wugan.apps.customer_service.pipeline import call_pipeline
from wugan.modalities.speech import AudioFile


def wugan(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "wugan", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def run(path: Path, runtime: str, folder: Path) -> list[dict[str, object]]:
    log = CallLog()
    with call_pipeline(AudioFile(str(path)), log).run(runtime, dead_letters=folder / "letters") as running:  # type: ignore[arg-type]
        running.wait()
    assert not (folder / "letters").exists()
    return [turn.summary() for turn in log.turns]


def rounded(value: object) -> object:
    """Without the digits that depend on how many threads a process may use."""
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return pytest.approx(value, rel=0.05, abs=2e-3) if isinstance(value, float) else value


def test_both_runtimes_hear_decide_and_say_the_same(spoken_call: Path, tmp_path: Path) -> None:
    local = run(spoken_call, "local", tmp_path)
    assert run(spoken_call, "ray", tmp_path) == rounded(local)
    first, second = local
    assert "change my" in str(first["words"]).lower() and first["action"] == "reply"
    for turn in local:  # words and voice both came through
        assert isinstance(turn["result"], dict) and {"intent", "emotion", "urgency"} <= set(turn["result"])
    assert "stolen" in str(second["words"]).lower() and second["action"] == "hand_over"


def test_call_command_leaves_a_page(spoken_call: Path, tmp_path: Path) -> None:
    done = wugan("call", spoken_call, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "hand over" in done.stdout
    assert "stolen" in (tmp_path / "out" / "index.html").read_text().lower()
    assert len(json.loads((tmp_path / "out" / "call" / "call.json").read_text())["turns"]) == 2


def write(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    soundfile.write(path, samples, rate)
    return path


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.wav", None, "no such file"),
        ("text.wav", b"this is no sound" * 50, "text.wav"),
        ("empty.wav", b"", "empty.wav"),
    ],
)
def test_bad_file_is_one_clear_message(name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = wugan("call", name, cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr.replace("\n", " ") and "Traceback" not in done.stderr + done.stdout


def test_no_samples(tmp_path: Path) -> None:
    path = write(tmp_path / "zero.wav", np.zeros(0, np.float32))
    done = wugan("call", path, cwd=tmp_path)
    assert done.returncode == 1
    assert "zero.wav" in done.stderr.replace("\n", "") and "Traceback" not in done.stderr


def test_ten_minutes_of_silence(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(16_000 * 600).astype(np.float32) * 1e-4
    done = wugan("call", write(tmp_path / "silence.wav", noise), "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "No speech was found" in (tmp_path / "out" / "index.html").read_text()


def test_clipped_call_is_answered_and_said_to_be_clipped(spoken_call: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(spoken_call)
    path = write(tmp_path / "clipped.wav", np.clip(samples * 30, -1, 1), rate)
    done = wugan("call", path, "--out", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "full scale" in done.stderr.replace("\n", " ")


def test_usage(tmp_path: Path) -> None:
    done = wugan("call", cwd=tmp_path)
    assert done.returncode == 2
    assert "--microphone" in done.stderr

"""The whole application on a synthesised call: both runtimes, the commands, bad input."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
import typer
from typer.testing import CliRunner, Result

from wugan.apps.customer_service.app import register
from wugan.apps.customer_service.call import CallLog
from wugan.apps.customer_service.pipeline import call_pipeline
from wugan.errors import DataError
from wugan.modalities.speech import AudioFile

cli = typer.Typer()
cli.callback()(lambda: None)  # a command line of several commands, as wugan's
register(cli)


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


def test_every_packet_comes_through_and_the_call_is_answered(spoken_call: Path, tmp_path: Path) -> None:
    first, second = turns = run(spoken_call, "local", tmp_path)
    for turn in turns:  # words and voice both
        assert isinstance(turn["result"], dict) and {"intent", "emotion", "urgency"} <= set(turn["result"])
    assert "change my" in str(first["words"]).lower() and first["action"] == "reply"
    assert "stolen" in str(second["words"]).lower() and second["action"] == "hand_over"


@pytest.mark.slow
@pytest.mark.timeout(400)  # nine actors load their models
def test_on_ray_it_is_the_same(spoken_call: Path, tmp_path: Path) -> None:
    assert run(spoken_call, "ray", tmp_path) == rounded(run(spoken_call, "local", tmp_path))


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["call", *map(str, arguments)])


def write(path: Path, samples: np.ndarray, rate: int = 16_000) -> Path:
    soundfile.write(path, samples, rate)
    return path


def test_a_clipped_call_is_answered_on_a_page_and_said_to_be_clipped(
    spoken_call: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    samples, rate = soundfile.read(spoken_call)
    path = write(tmp_path / "clipped.wav", np.clip(samples * 30, -1, 1), rate)
    done = call(path, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "full scale" in caplog.text and "hand over" in done.output
    assert "stolen" in (tmp_path / "out" / "index.html").read_text().lower()
    assert len(json.loads((tmp_path / "out" / "call" / "call.json").read_text())["turns"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.wav", None, "no such file"),
        ("text.wav", b"this is no sound" * 50, "cannot be read as sound"),
        ("empty.wav", b"", "is empty"),
    ],
)
def test_bad_file_is_one_clear_message(name: str, content: bytes | None, message: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = call(tmp_path / name)
    assert isinstance(done.exception, DataError) and re.search(f"{name}.*{message}", str(done.exception))


def test_no_samples(tmp_path: Path) -> None:
    done = call(write(tmp_path / "zero.wav", np.zeros(0, np.float32)))
    assert isinstance(done.exception, DataError) and "zero.wav" in str(done.exception)


def test_minutes_of_silence(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).standard_normal(16_000 * 120).astype(np.float32) * 1e-4
    done = call(write(tmp_path / "silence.wav", noise), "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert "No speech was found" in (tmp_path / "out" / "index.html").read_text()


def test_usage() -> None:
    done = call()
    assert done.exit_code == 2 and "--microphone" in done.output

"""`wugan make3d` as its user runs it: twice as a command, then by its entry function, which takes less time."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import sys
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

trimesh = pytest.importorskip("trimesh", reason="needs the design extra")
pytest.importorskip("manifold3d", reason="needs the design extra")


def command(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """As a process of its own."""
    words = [sys.executable, "-m", "wugan", "make3d", *arguments]
    return subprocess.run(words, cwd=cwd, capture_output=True, text=True, check=False)


def wugan(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """In this process: `main` with its arguments, what it prints and its exit status."""
    from wugan.cli.main import main

    words, status = ["wugan", "make3d", *arguments], 0
    stdout, stderr = io.StringIO(), io.StringIO()
    terminated = signal.getsignal(signal.SIGTERM)
    with (
        contextlib.chdir(cwd),
        mock.patch.object(sys, "argv", words),
        mock.patch.object(sys, "path", [*sys.path]),
        contextlib.redirect_stdout(stdout),
        contextlib.redirect_stderr(stderr),
    ):
        try:
            main()
        except SystemExit as exit:
            status = int(exit.code or 0)
        finally:
            signal.signal(signal.SIGTERM, terminated)
    return subprocess.CompletedProcess(words, status, stdout.getvalue(), stderr.getvalue())


def test_sentences_make_files_of_every_kind(tmp_path: Path) -> None:
    files = ["p.glb", "p.stl", "p.3mf", "p.obj"]
    outputs = [word for name in files for word in ("-o", name)]
    said = ["--text", "a plate 80 by 40 by 8 mm", "--text", "drill a 10 mm hole through the middle"]
    done = command(*said, *outputs, "--png", "--save", "p.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 part, 80 × 40 × 8 mm: p.glb, p.stl, p.3mf, p.obj, p.png" in done.stdout
    for name in files:
        mesh = trimesh.load(tmp_path / name, force="mesh")
        scale = 1000 if name == "p.glb" else 1
        assert sorted(mesh.extents * scale) == pytest.approx([8, 40, 80], rel=1e-4), name
    assert trimesh.load(tmp_path / "p.stl").is_watertight
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    again = wugan("--scene", "p.json", "--text", "make it twice as wide", "-o", "wide.stl", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert trimesh.load(tmp_path / "wide.stl").extents[0] == pytest.approx(160)


def test_a_text_file_is_read_as_a_whole(tmp_path: Path) -> None:
    text = (
        "This is a plate.\n\n1. It is 60 mm long, 40 mm wide and 5 mm thick.\n\n2. It has a 6 mm hole in the middle.\n"
    )
    (tmp_path / "plate.txt").write_text(text)
    done = wugan("--text-file", "plate.txt", "-o", "plate.stl", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout.splitlines()[0])
    assert row["unread"] == [] and row["problem"] is None and sorted(row["size_mm"]) == [5, 40, 60]
    volume = 60 * 40 * 5 - np.pi * 9 * 5
    assert trimesh.load(tmp_path / "plate.stl").volume == pytest.approx(volume, rel=0.002)


def test_a_recording_is_heard(tmp_path: Path) -> None:
    import soundfile

    from wugan.modalities.speech import Synthesizer

    sound = Synthesizer().synthesize("A red cube, fifty millimetres.")
    quiet = np.zeros(sound.rate, np.float32)
    soundfile.write(tmp_path / "cube.wav", np.concatenate([quiet, sound.samples, quiet]), sound.rate)
    done = wugan("--audio", "cube.wav", "-o", "cube.stl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert trimesh.load(tmp_path / "cube.stl").extents == pytest.approx([50] * 3)


def test_a_bad_file_is_told_by_the_command_itself(tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    done = command("--scene", "broken.json", "-o", "x.glb", cwd=tmp_path)
    assert done.returncode == 1 and done.stdout == ""
    assert "broken.json" in done.stderr and "Traceback" not in done.stderr


def test_what_was_not_understood_is_told_and_may_be_an_error(tmp_path: Path) -> None:
    said = ("--text", "a cube, 20 mm, make it sing", "-o", "cube.stl")
    done = wugan(*said, cwd=tmp_path)
    assert done.returncode == 0 and "sing" in done.stderr
    assert wugan(*said, "--strict", cwd=tmp_path).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "x.glb"], "give --text, --text-file or --audio"),
        (["--text", "a cube"], "give -o FILE"),
        (["--text", "a cube", "--text-file", "t.txt", "-o", "x.glb"], "one of them"),
        (["--text", "a cube", "-o", "x.doc"], "x.doc: cannot write .doc; use .glb, .stl"),
        (["--text", "a cube", "-o", "no/where/x.glb"], "does not exist"),
        (["--text", "a table 0 mm high", "-o", "x.glb"], "0"),
        (["--text", "a cube ten kilometres wide", "-o", "x.glb"], "10"),
        (["--text", "", "-o", "x.glb"], "nothing"),
        (["--text-file", "missing.txt", "-o", "x.glb"], "missing.txt"),
        (["--text-file", "binary.txt", "-o", "x.glb"], "binary.txt: cannot be read as text"),
        (["--audio", "missing.wav", "-o", "x.glb"], "missing.wav"),
        (["--audio", "silence.wav", "-o", "x.glb"], "no words were heard"),
        (["--audio", "noise.wav", "-o", "x.glb"], "no words were heard"),
        (["--scene", "broken.json", "-o", "x.glb"], "broken.json"),
        (["--text", "ein runder Tisch mit vier Beinen aus Eiche", "-o", "x.glb"], "English"),
    ],
)
def test_bad_input_is_told_without_a_traceback(tmp_path: Path, arguments: list[str], message: str) -> None:
    import soundfile

    (tmp_path / "t.txt").write_text("a cube")
    (tmp_path / "binary.txt").write_bytes(bytes(range(128, 256)))
    (tmp_path / "broken.json").write_text("{")
    rng = np.random.default_rng(0)
    soundfile.write(tmp_path / "silence.wav", np.zeros(32_000, np.float32), 16_000)
    soundfile.write(tmp_path / "noise.wav", rng.normal(0, 0.1, 32_000).astype(np.float32), 16_000)
    done = wugan(*arguments, cwd=tmp_path)
    assert done.returncode != 0
    told = " ".join((done.stderr + done.stdout).replace("│", " ").split())
    assert message in told, told
    assert "Traceback" not in told
    assert not (tmp_path / "x.glb").exists()


def test_families_are_listed(tmp_path: Path) -> None:
    done = wugan("--list", "--json", cwd=tmp_path)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    names = {name for row in rows for name in row["names"]}
    assert {"table", "vase", "hex nut", "gear"} <= names
    assert len(rows) >= 100 and all(row["about"] and row["parameters"] for row in rows)

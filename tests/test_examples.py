"""The examples as a newcomer runs them: each in an empty folder, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"

#: What each example must print.
EXPECTED = {
    "answer_call.py": ["caller:", "intent:", "emotion:", "urgency:", "desk ("],
    "attend_to_a_stream.py": ["second 2", "goes on as before: True"],
    "compose_pipeline.py": ["new card"],
    "diagnose_case.py": ["urgent:", "beyond the critical limit", "report.html", "without the record"],
    "feel.py": ["states,", "the hand went round with a radius of ", "after the pipeline: force (0.0, 0.0)"],
    "fuse_two_streams.py": ["lidar + camera", "camera", "lidar "],
    "lidar_objects.py": ["climbs by 5.0% ahead", "car ", "pedestrian ", "wrote above.png", "3 objects at 0.0 s", "15)"],
    "mask_and_audit.py": [
        "Mrs [NAME], MRN [ID]",
        "gone: True | the value is there: True",
        "2 entries",
        "line 1: its content",
    ],
    "perceive.py": ["0.0 s: s", "own speed ", "wrote drive.mp4"],
    "read_ct.py": ["Scout, 2 images: a scout", "5 planes of 16 × 16", "series-left-out", "coronal.png"],
    "read_record.py": ["92 g/L  low", "it would be possible in /uL", "7 tokens of 80 numbers", "113 days before: Haem"],
    "read_slide.py": ["H&E", "nuclei: 2", "per mm²", "tokens: (15, 43)", "wrote nuclei.png"],
    "run_on_ray.py": ["local", "ray", "identical"],
    "say_a_table.py": ["make the legs black", "sing", "80", "wrote table.glb"],
    "survive_a_crash.py": ["150 of 150 results, in order, from 3 processes; 1 restart"],
    "teleop_training.py": [
        "the path in them is 0.",
        "guidance 100 %",
        "mm off the path",
        "the same: True",
        "wrote report.html",
    ],
    "touch_cloud.py": ["20000 points", "free     pushed back with 0.00 N", "contact  pushed back with 3."],
    "video_motion.py": ["the ground moves by -3.0", "pixels a second", "120 tokens of 59 numbers", "23 pictures, 23"],
    "track_cars.py": [
        "1 confirmed, 2 coasting, 3 confirmed",
        "-12 m/s",
        "wrote tracks/0000.txt",
        "identity switches 0",
    ],
    "watch_pipeline.py": ["wugan_link_dropped_total{", "200 frames came"],
    "what_is_in_a_ct.py": ["solid-nodule of 16 mm at (75, -20, 240)", "Volume of the lungs: ", "tokens of 38 features"],
    "write_device.py": [
        "'unit': '°C'",
        "open after",
        "then: thermometer 7 was unplugged",
        "a pipeline reads it too: 20.5",
    ],
    "write_plugin.py": ["use: __main__:Loudness", "-3.01"],
}


def test_every_example_is_listed_here() -> None:
    assert sorted(path.name for path in EXAMPLES.glob("*.py")) == sorted(EXPECTED)


#: Those of more than ten seconds.
SLOW = ("perceive.py", "run_on_ray.py", "survive_a_crash.py", "teleop_training.py", "what_is_in_a_ct.py")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in sorted(EXPECTED)]
)
def test_example(name: str, tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name)],
        cwd=tmp_path,
        env={**os.environ, "WUGAN_STATE": str(state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for expected in EXPECTED[name]:
        assert expected in done.stdout, done.stdout + done.stderr
    assert not (state / "letters").exists(), done.stderr


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_example_is_short(name: str) -> None:
    assert len((EXAMPLES / name).read_text(encoding="utf-8").splitlines()) < 60


def test_pipeline_file(tmp_path: Path) -> None:
    import soundfile

    from wugan.modalities.speech import Synthesizer

    audio = Synthesizer().synthesize("I would like to change my pin.")
    soundfile.write(tmp_path / "pin.wav", audio.samples, audio.rate)
    command = [sys.executable, "-m", "wugan", "run", str(EXAMPLES / "words.yaml"), "--set", "call.path=pin.wav"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "change my" in done.stdout

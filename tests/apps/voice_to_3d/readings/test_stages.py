"""From a voice and a scan to a model: the scan gives the size, the tone says how much; on Ray words and a scan alone.

The recogniser on Ray is the customer service's test, geometry on Ray that of the design pipeline.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")
pytest.importorskip("scipy", reason="needs the design extra")
pytest.importorskip("hibari", reason="needs the speech extra")
pytest.importorskip("faster_whisper", reason="needs the speech extra")

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from design_parts import Sentences

import wugan
from wugan.apps.voice_to_3d.pipeline import Designer, Geometry
from wugan.apps.voice_to_3d.readings.encoder import ScanEncoder
from wugan.apps.voice_to_3d.readings.hold import Hold
from wugan.apps.voice_to_3d.readings.model import ReadingHead
from wugan.apps.voice_to_3d.readings.source import ScanFile
from wugan.apps.voice_to_3d.readings.stages import BACKBONE, PlainWords, SaidEncoder, reading_stages
from wugan.apps.voice_to_3d.readings.train.voices import say
from wugan.apps.voice_to_3d.speech import listen
from wugan.apps.voice_to_3d.studio import Turn
from wugan.modalities.speech.file import AudioFile
from wugan.modalities.speech.synthesis import Synthesizer
from wugan.packet import Packet
from wugan.signals import Transcript

RATE = 16_000
SIZE = np.array([312.0, 208.0, 96.0])
PAUSE = np.zeros(int(1.4 * RATE), np.float32)


def spoken(path: Path, *parts: tuple[str, str]) -> AudioFile:
    """A recording of sentences, each with the effort that it is said with."""
    import soundfile

    voice, rng = Synthesizer(), np.random.default_rng(5)
    sounds = [piece for text, effort in parts for piece in (say(text, effort, rng, voice), PAUSE)]
    soundfile.write(path, np.concatenate([PAUSE[:4000], *sounds]), RATE)
    return AudioFile(str(path))


def scanned_box(path: Path) -> ScanFile:
    """A scan in metres of a box on the floor, noisy, turned, its back unseen."""
    rng = np.random.default_rng(0)
    x, y, z = SIZE
    face = rng.choice(4, 6000, p=np.array([y * z, y * z, x * z, x * y]) / (2 * y * z + x * z + x * y))
    points = (rng.random((6000, 3)) - [0.5, 0.5, 0.0]) * SIZE
    points[face == 0, 0], points[face == 1, 0] = -x / 2, x / 2
    points[face == 2, 1], points[face == 3, 2] = -y / 2, z
    reach, angle = 400 * np.sqrt(rng.random(3000)), rng.uniform(0, 2 * np.pi, 3000)
    floor = np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.zeros(3000)])
    floor = floor[(np.abs(floor[:, :2]) > SIZE[:2] / 2).any(1)]
    points = np.vstack([points, floor]) + rng.normal(0, 0.8, (6000 + len(floor), 3))
    turn = np.array([[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]])
    np.save(path, points @ turn / 1000)
    return ScanFile(str(path))


def run(sound: AudioFile, scan: ScanFile | None) -> tuple[list[Packet[Transcript]], list[Turn]]:
    p = wugan.Pipeline("readings")
    words = listen(p, sound)
    thing = p.source(scan, name="scan") if scan else None
    plain = reading_stages(p, p.nodes["heard"], words, thing)
    turns: list[Turn] = []
    said: list[Packet[Transcript]] = []

    def keep(packet: Packet[Transcript]) -> None:
        said.append(packet)

    p.sink(keep, plain, name="said-plainly")
    p.sink(
        lambda packet: turns.append(packet.data),
        p.stage(Geometry(), p.stage(Designer(), plain, name="design"), name="model"),
        name="turns",
    )
    with p.run("local") as running:
        assert running.wait(timeout=280)
    return said, turns


def size(turn: Turn) -> np.ndarray:
    assert turn.built is not None
    low, high = turn.built.bounds()
    return high - low


@pytest.mark.timeout(300)  # on a busy machine
def test_the_scan_gives_the_size_and_the_tone_says_how_much(tmp_path: Path) -> None:
    scan = scanned_box(tmp_path / "box.npy")
    heights = {}
    for effort in ("strong", "slight"):
        sound = spoken(tmp_path / f"{effort}.wav", ("A box about this size.", "plain"), ("Make it taller.", effort))
        said, turns = run(sound, scan)
        assert len(said) == len(turns) == 2
        assert "about this size" in said[0].attrs["said"].lower()
        assert "mm wide" in said[0].data.text
        assert said[0].data.seconds > 0.5 and said[0].data.words
        assert any("box.npy" in note for note in said[0].attrs["assumed"])
        assert np.allclose(size(turns[0]), SIZE, rtol=0.02)
        assert ("much taller" in said[1].data.text.lower()) == (effort == "strong")
        heights[effort] = float(size(turns[1])[2])
    assert SIZE[2] < heights["slight"] < 1.25 * SIZE[2] < heights["strong"]


@pytest.mark.slow
@pytest.mark.timeout(300)  # a process for each of seven stages, on a busy machine
def test_a_scan_is_read_on_ray_beside_words_without_a_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ray

    ray.shutdown()  # one that another test started has another path
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[1]))
    p = wugan.Pipeline("readings")
    words = p.stage(SaidEncoder(), p.source(Sentences(["A box about this size."]), name="words"), name="said")
    thing = p.stage(ScanEncoder(), p.source(scanned_box(tmp_path / "box.npy"), name="scan"), name="thing")
    sync = Hold(reference="said", held=("thing",))
    fused = p.fuse(words, thing, sync=sync, backbone=BACKBONE, name="fused")
    said: list[Packet[Transcript]] = []

    def keep(packet: Packet[Transcript]) -> None:
        said.append(packet)

    p.sink(keep, p.stage(PlainWords(), p.head(ReadingHead(), fused, name="reading"), name="plain"), name="take")
    try:
        with p.run("ray", dead_letters=tmp_path / "letters") as running:
            assert running.wait(timeout=280)
    finally:
        ray.shutdown()
    assert not (tmp_path / "letters").exists()
    (plain,) = said
    assert plain.attrs["said"] == "A box about this size."
    assert any("box.npy" in note for note in plain.attrs["assumed"])
    written = [float(one) for one in re.findall(r"([\d.]+) mm", plain.data.text)]
    assert np.allclose(sorted(written), sorted(SIZE), rtol=0.02), plain.data.text


def test_without_a_scan_words_pass_as_they_are(tmp_path: Path) -> None:
    said, turns = run(spoken(tmp_path / "a.wav", ("A box ten centimetres wide.", "plain")), None)
    assert said[0].data.text == said[0].attrs["said"]
    assert said[0].attrs["assumed"] == []
    assert turns[0].changed

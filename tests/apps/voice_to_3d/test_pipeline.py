"""The design pipeline on both runtimes: the same models, and a barge-in that cancels a build but loses no sentence."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")
sys.path.insert(0, str(Path(__file__).parent))
from design_parts import Sentences

import wugan
from wugan.apps.voice_to_3d.geometry import build as building
from wugan.apps.voice_to_3d.pipeline import Geometry, ModelFile, Preview, barge_in, design_stages
from wugan.apps.voice_to_3d.studio import Turn

SAID = [
    "a plate 80 by 40 by 8 mm",
    "drill a 10 mm hole through the middle",
    "make the hole 200 mm",  # cannot be built
    "make it sing",
    "make it red",
]


@pytest.fixture(params=["local", "ray"])
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    if request.param == "ray":
        import ray

        ray.shutdown()  # one that another test started has another path
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
        yield "ray"
        ray.shutdown()
    else:
        yield "local"


def run(runtime: str, letters: Path, said: list[str]) -> tuple[list[Turn], list[Preview], list[ModelFile]]:
    turns: list[Turn] = []
    pictures: list[Preview] = []
    files: list[ModelFile] = []
    p = wugan.Pipeline("design")
    model = design_stages(p, p.source(Sentences(said), name="words"))
    p.sink(lambda packet: turns.append(packet.data), model, name="take-turn")
    p.sink(lambda packet: pictures.append(packet.data), p.nodes["preview"], name="take-picture")
    p.sink(lambda packet: files.append(packet.data), p.nodes["file"], name="take-file")
    with p.run(runtime, dead_letters=letters) as running:  # type: ignore[arg-type]
        assert running.wait(timeout=100)
    assert not letters.exists()
    return turns, pictures, files


@pytest.mark.slow_on_ray
def test_each_sentence_gives_a_turn_and_what_cannot_be_built_keeps_the_model(runtime: str, tmp_path: Path) -> None:
    turns, pictures, files = run(runtime, tmp_path / "letters", SAID)
    assert [turn.said for turn in turns] == SAID
    assert [turn.changed for turn in turns] == [True, True, False, False, True]
    plate, drilled, refused, sung, red = turns
    assert plate.built is not None and plate.built.volume() == pytest.approx(80 * 40 * 8)
    assert drilled.built is not None and drilled.built.volume() < 80 * 40 * 8 - 600
    assert refused.problem and refused.built is not None
    assert refused.built.volume() == pytest.approx(drilled.built.volume())
    assert [one.phrase for one in sung.unread]
    assert red.built is not None and red.built.parts[0].material.name == "red"
    assert red.built.volume() == pytest.approx(drilled.built.volume())  # the hole that could not be was taken back
    assert [one.said for one in pictures] == [one.said for one in files] == [SAID[0], SAID[1], SAID[4]]
    assert all(one.png.startswith(b"\x89PNG") for one in pictures)
    assert all(one.data[:4] == b"glTF" for one in files)


def test_a_new_sentence_cancels_the_build_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second build takes as long as it is let; speaking again ends it, and the third has what both said."""
    begun = threading.Event()
    real = building.build

    def slow(scene, cancelled=None):
        if cancelled is not None and any("black" in str(one.material) for one in scene.objects):
            begun.set()
            until = time.monotonic() + 30
            while not cancelled() and time.monotonic() < until:
                time.sleep(0.01)
        return real(scene, cancelled)

    monkeypatch.setattr(building, "build", slow)
    turns: list[Turn] = []
    p = wugan.Pipeline("design")
    said = ["a cube, 20 mm", "make it black"]
    model = design_stages(p, p.source(Sentences(said, stay_s=1.0), name="words"))
    p.sink(lambda packet: turns.append(packet.data), model, name="take-turn")
    with p.run("local", dead_letters=tmp_path / "letters") as running:
        assert begun.wait(60)
        began = time.monotonic()
        barge_in(running)
        assert running.wait(timeout=60)
        assert time.monotonic() - began < 20
    assert [turn.said for turn in turns] == ["a cube, 20 mm"]
    assert running.stats()["design"]["emitted"] == 2
    assert not (tmp_path / "letters").exists()


def test_an_interrupted_geometry_serves_the_next_sentence() -> None:
    from wugan.apps.voice_to_3d.studio import Studio

    studio, geometry = Studio(), Geometry()
    first, second = studio.draft("a cube, 20 mm"), studio.draft("make it red")
    geometry.interrupt()  # between two packets: nothing is under way
    (built,) = geometry.process(wugan.Packet(first, 0))
    assert built.data.built.volume() == pytest.approx(8000)
    (built,) = geometry.process(wugan.Packet(second, 0, seq=1))
    assert built.data.built.parts[0].material.name == "red"


def test_a_sentence_that_goes_on_takes_the_place_of_what_was_read_early() -> None:
    """Also where the early part was an undo, and where the whole cannot be read at all."""
    from wugan.apps.voice_to_3d.pipeline import Designer
    from wugan.signals import Transcript

    designer, geometry = Designer(), Geometry()
    said = [
        ("a cube, 20 mm", {}),
        ("a cube, 20 mm, with a 5 mm hole", {"revises": 0}),
        ("make it red", {}),
        ("undo", {}),
        ("undo the last two sentences", {"revises": 3}),
        ("redo", {}),
        ("read the florp", {"revises": 5}),
    ]
    turns = []
    for number, (text, attrs) in enumerate(said):
        for packet in designer.process(wugan.Packet(Transcript(text, 1.0), number, stream="words", attrs=attrs)):
            turns += [one.data for one in geometry.process(packet)]
    volumes = [turn.built.volume() for turn in turns]
    assert volumes[0] == pytest.approx(8000)
    assert volumes[1] == pytest.approx(8000 - 393, rel=1e-3)
    assert turns[2].built.parts[0].material.name == "red"
    assert turns[3].built.parts[0].material.name != "red" and turns[3].built.parts
    assert (
        turns[4].changed and not turns[4].built.parts
    )  # both sentences undone, not the one of the early "undo" as well
    assert turns[5].changed and turns[5].built.parts
    assert turns[6].changed and not turns[6].built.parts  # what the early "redo" did is taken back
    assert turns[6].unread or turns[6].problem

"""The design pipeline: speech, words, scene, geometry, preview and file; a new sentence cancels a build."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import wugan
from wugan.apps.voice_to_3d.speech import listen, read, sentence
from wugan.apps.voice_to_3d.studio import Studio, Turn
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.pipeline import Node
from wugan.signals import Audio, Transcript
from wugan.stage import Encoder, Source, Stage

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.build import Built
    from wugan.runtime.running import Running


@dataclass(slots=True)
class Preview:
    """A picture of the model, and the sentence that made it.

    Attributes:
        said: the sentence.
        png: the file's bytes.
    """

    said: str
    png: bytes


@dataclass(slots=True)
class ModelFile:
    """A model as the bytes of a file.

    Attributes:
        said: the sentence that made it.
        suffix: `.glb`, `.stl` or `.3mf`.
        data: the file.
    """

    said: str
    suffix: str
    data: bytes


class Designer(Stage[Transcript, Turn]):
    """Reads each sentence as edits of the scene that it keeps; the turn it gives is not built yet.

    A sentence with `attrs["revises"]` takes the place of the one before, which was read too early (see `Segmenter`).

    Whether a scene can be built is found out here too, after the turn has gone on its way: building is deterministic,
    so this stage and `Geometry` come to the same verdict, and take the same sentence back.
    """

    def __init__(self) -> None:
        self._studio: Studio | None = None
        self._time_ns: int | None = None  # of the last sentence that was read

    def warm_up(self) -> None:
        """Load the grammar, the families and the geometry, by saying something."""
        Studio().say("a round table")
        self._studio = Studio()

    def process(self, packet: Packet[Transcript]) -> Iterator[Packet[Turn]]:
        """The turn of one sentence."""
        if self._studio is None:
            self.warm_up()
        assert self._studio is not None
        heard, shown = sentence(packet), self._studio.scene
        if self._time_ns is not None and packet.attrs.get("revises") == self._time_ns:
            self._studio.take_back()
        self._time_ns = packet.time_ns
        turn = self._studio.draft(heard.text, heard.said, heard.assumed)
        turn.changed = turn.scene != shown
        yield packet.replace(turn)
        self._studio.settle()


class Geometry(Stage[Turn, Turn]):
    """Builds the scene of each turn. One that cannot be built says why, and brings the last model that could.

    A build that an interruption stops gives nothing: the next turn's scene holds what that sentence said.
    """

    def __init__(self) -> None:
        self._stop = False  # set by another thread
        self._built: Built | None = None

    def warm_up(self) -> None:
        """Load the families and the geometry, by building something."""
        Studio().say("a round table")

    def process(self, packet: Packet[Turn]) -> Iterator[Packet[Turn]]:
        """The turn with its model."""
        from wugan.apps.voice_to_3d.geometry.build import build
        from wugan.apps.voice_to_3d.geometry.memo import Cancelled

        self._stop = False
        turn, began = packet.data, time.perf_counter()
        problem, changed, notes = turn.problem, turn.changed, turn.notes
        if changed or self._built is None:
            try:
                self._built = build(turn.scene, lambda: self._stop)
                notes = tuple(self._built.notes)
            except DataError as error:
                problem, changed = str(error), False
            except Cancelled:
                return
        seconds = {**turn.seconds, "build": time.perf_counter() - began}
        done = replace(turn, built=self._built, problem=problem, changed=changed, notes=notes, seconds=seconds)
        yield packet.replace(done)

    def interrupt(self) -> None:
        """Stop the build that is under way."""
        self._stop = True


class Render(Encoder[Turn, Preview]):
    """A picture of each new model."""

    def warm_up(self) -> None:
        """Open the renderer."""
        from wugan.apps.voice_to_3d.geometry.render import warm_up

        warm_up()

    def encode(self, batch: Sequence[Packet[Turn]]) -> list[Preview | None]:
        """PNG for each turn that changed the model."""
        from wugan.apps.voice_to_3d.geometry.render import render

        return [
            Preview(turn.said, render(turn.built)) if turn.changed and turn.built and turn.built.parts else None
            for turn in (packet.data for packet in batch)
        ]


@dataclass(eq=False)
class Exporter(Encoder[Turn, ModelFile]):
    """Each new model as the bytes of a file.

    Args:
        suffix: `.glb`, `.stl` or `.3mf`.
    """

    suffix: str = ".glb"

    def encode(self, batch: Sequence[Packet[Turn]]) -> list[ModelFile | None]:
        """The file for each turn that changed the model."""
        from wugan.apps.voice_to_3d.geometry.export import encode

        return [
            ModelFile(turn.said, self.suffix, encode(turn.built, self.suffix))
            if turn.changed and turn.built and turn.built.parts
            else None
            for turn in (packet.data for packet in batch)
        ]


def design_stages(p: wugan.Pipeline, words: Node) -> Node:
    """Add the stages `design`, `model`, `preview` and `file` behind one that gives a `Transcript` a sentence.

    Returns:
        `model`, which gives a built `Turn` a sentence.
    """
    model = p.stage(Geometry(), p.stage(Designer(), words, name="design"), name="model")
    p.stage(Render(), model, name="preview")
    p.stage(Exporter(), model, name="file")
    return model


def design_pipeline(source: Source[Audio], scan: Path | None = None, live: bool = False) -> wugan.Pipeline:
    """Compose the whole: the stages of `listen`, of `read`, and those of `design_stages`.

    Args:
        source: the designer's voice at 16 kHz (`AudioFile`, `Microphone`).
        scan: a file of a scanned thing that "this" may mean.
        live: the designer waits for the model: build at a short pause already, and again if the sentence goes on.
    """
    p = wugan.Pipeline("voice-to-3d")
    design_stages(p, read(p, listen(p, source, live), scan))
    return p


def barge_in(running: Running) -> None:
    """Cancel the build under way and what follows from it, since the designer speaks again; no sentence is lost."""
    running.interrupt("model", "preview", "file")

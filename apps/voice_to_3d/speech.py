"""From sound to sentences, through wugan's speech stages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import wugan
from wugan.modalities.speech.file import AudioFile
from wugan.modalities.speech.segmenter import Segmenter
from wugan.modalities.speech.transcriber import Transcriber
from wugan.modalities.speech.whisper import WhisperEncoder
from wugan.packet import Packet
from wugan.pipeline import Node
from wugan.signals import Audio, Transcript
from wugan.stage import Source

PAUSE = "900ms"  # a pause that ends a sentence; people who think of a size hesitate for longer than callers do
EARLY = "320ms"  # a pause after which a sentence is read as if it were whole; taken back if the speaker goes on

#: Words of the trade, for the recogniser to prefer ("a round", not "around"; "vase", not "maze").
VOCABULARY = (
    "A round table, 80 cm wide. A vase on it. A wooden tray, a bowl, a box with a lid. A hex nut, a washer, a plate "
    "with four holes, a flange, a bracket, a tube, a gear with a module of 2. Make the legs black."
)


def listen(p: wugan.Pipeline, source: Source[Audio], live: bool = False) -> Node:
    """Add the stages `sound`, `speech`, `heard` and `words` to a pipeline; the last gives a `Transcript` a sentence.

    Args:
        p: the pipeline.
        source: the voice at 16 kHz.
        live: somebody waits: give a sentence at a short pause already, and again whole (`attrs["revises"]`) if it goes
            on; see `Segmenter`.
    """
    sound = p.source(source, name="sound")
    speech = p.stage(Segmenter(min_silence=PAUSE, early=EARLY if live else None), sound, name="speech")
    heard = p.stage(WhisperEncoder(), speech, name="heard")
    return p.stage(Transcriber(prompt=VOCABULARY, word_times=True), heard, name="words")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One that was heard.

    Attributes:
        said: as the recogniser has it.
        text: the reading of it that voice and scan chose, in plain English; mostly the same.
        assumed: what that reading decided for the speaker.
    """

    said: str
    text: str
    assumed: tuple[str, ...] = ()


def sentences(audio: Path, runtime: str = "local", scan: Path | None = None) -> list[Sentence]:
    """The sentences of a recording, one for each stretch of speech between pauses; none where nobody speaks.

    Args:
        audio: any sound file.
        runtime: `"local"` or `"ray"`.
        scan: a scanned thing that "this" may mean.

    Raises:
        DataError: a file is missing, or no sound, or no scan.
    """
    found: list[Sentence] = []
    source = AudioFile(str(audio.absolute()))
    with source:
        pass  # a bad file is told at once, not by a stage
    if scan is not None:
        from wugan.apps.voice_to_3d.readings.scan import load_scan

        load_scan(scan)  # likewise

    def take(packet: Packet[Transcript]) -> None:
        found.append(sentence(packet))

    p = wugan.Pipeline("sentences")
    p.sink(take, read(p, listen(p, source), scan), name="taken")
    with p.run(runtime) as running:  # type: ignore[arg-type]
        running.wait()
    return found


def read(p: wugan.Pipeline, words: Node, scan: Path | None = None) -> Node:
    """Add the stages that choose a reading of each sentence by its voice and a scan (`reading_stages`)."""
    from wugan.apps.voice_to_3d.readings.source import ScanFile
    from wugan.apps.voice_to_3d.readings.stages import reading_stages

    thing = p.source(ScanFile(str(scan.absolute())), name="scan") if scan else None
    return reading_stages(p, p.nodes["heard"], words, thing)


def sentence(packet: Packet[Transcript]) -> Sentence:
    """What a transcript says; of one that was not read by voice and scan, its own text."""
    said = packet.attrs.get("said", packet.data.text)
    return Sentence(said, packet.data.text, tuple(packet.attrs.get("assumed", ())))

"""From sound to sentences, through wugan's speech stages."""

from __future__ import annotations

from pathlib import Path

import wugan
from wugan.modalities.speech.file import AudioFile
from wugan.modalities.speech.segmenter import Segmenter
from wugan.modalities.speech.transcriber import Transcriber
from wugan.modalities.speech.whisper import WhisperEncoder
from wugan.pipeline import Node
from wugan.signals import Audio, Transcript
from wugan.stage import Source

PAUSE = "900ms"  # a pause that ends a sentence; people who think of a size hesitate for longer than callers do


#: Words of the trade, for the recogniser to prefer ("a round", not "around"; "vase", not "maze").
VOCABULARY = (
    "A round table, 80 cm wide. A vase on it. A wooden tray, a bowl, a box with a lid. A hex nut, a washer, a plate with "
    "four holes, a flange, a bracket, a tube, a gear with a module of 2. Make the legs black."
)


def listen(p: wugan.Pipeline, source: Source[Audio]) -> Node:
    """Add the stages `sound`, `speech`, `heard` and `words` to a pipeline; the last gives a `Transcript` a sentence."""
    sound = p.source(source, name="sound")
    speech = p.stage(Segmenter(min_silence=PAUSE), sound, name="speech")
    heard = p.stage(WhisperEncoder(), speech, name="heard")
    return p.stage(Transcriber(prompt=VOCABULARY, word_times=True), heard, name="words")


def transcripts(audio: Path, runtime: str = "local") -> list[Transcript]:
    """The sentences of a recording, one for each stretch of speech between pauses; none where nobody speaks.

    Raises:
        DataError: the file is missing or no sound.
    """
    source = AudioFile(str(audio.absolute()))
    with source:
        pass  # a bad file is told at once, not by a stage
    found: list[Transcript] = []
    p = wugan.Pipeline("sentences")
    p.sink(found.append, listen(p, source), name="taken")
    with p.run(runtime) as running:  # type: ignore[arg-type]
        running.wait()
    return found

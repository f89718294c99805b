"""The stages between the words and the design: voice, words and scan fused, read, and said in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

import numpy as np

import wugan
from wugan.apps.voice_to_3d.readings.encoder import ScanEncoder
from wugan.apps.voice_to_3d.readings.hold import Hold
from wugan.apps.voice_to_3d.readings.model import TRANSCRIPT, ReadingHead
from wugan.apps.voice_to_3d.readings.reading import Reading
from wugan.apps.voice_to_3d.readings.rewrite import rewrite
from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.pipeline import Node
from wugan.signals import Transcript, Word
from wugan.stage import Stage
from wugan.tokens import Tokens

REVISES = "revises"  # attribute of a sentence that takes the place of one given early; see `Segmenter`
BACKBONE = "wugan.apps.voice_to_3d.readings.model:backbone"


@dataclass(eq=False)
class SaidEncoder(Stage[Transcript, Tokens]):
    """Words as tokens that carry their transcript; one masked token for a transcript without words."""

    _encoder: TextEncoder = field(init=False, repr=False, default_factory=TextEncoder)

    def warm_up(self) -> None:
        """Load the text model."""
        self._encoder.warm_up()

    def process(self, packet: Packet[Transcript]) -> Iterator[Packet[Tokens]]:
        """Tokens of one transcript."""
        tokens = self._encoder.encode([packet])[0]
        if tokens is None:
            values, time = np.zeros((1, TextEncoder.dim), np.float32), np.array([packet.time_ns], np.int64)
            tokens = Tokens(values, time, TextEncoder.modality, mask=np.zeros(1, np.bool_))
        transcript = asdict(packet.data)
        if REVISES in packet.attrs:
            transcript[REVISES] = packet.attrs[REVISES]
        yield packet.replace(tokens, **{TRANSCRIPT: transcript})


class PlainWords(Stage[Reading, Transcript]):
    """The chosen reading as a transcript in plain English.

    The packet's attributes are `said`, the words as they were heard, and `assumed`, a list of what was decided for the
    speaker, and `revises` where the transcript had it. The words' times stay those of what was said.
    """

    def process(self, packet: Packet[Reading]) -> Iterator[Packet[Transcript]]:
        """The transcript of one reading."""
        reading = packet.data
        plain = rewrite(reading.said, reading)
        fields = {**reading.transcript, "text": plain.sentence}
        fields["words"] = [Word(**word) for word in fields.get("words", [])]
        fields.setdefault("seconds", 0.0)
        attrs = {REVISES: fields.pop(REVISES)} if REVISES in fields else {}
        yield packet.replace(Transcript(**fields), said=reading.said, assumed=list(plain.assumed), **attrs)


def reading_stages(p: wugan.Pipeline, heard: Node, words: Node, scan: Node | None = None) -> Node:
    """Add the stages `said`, `voice`, `thing` (with a scan), `fused`, `reading` and `plain` to a pipeline.

    Args:
        p: the pipeline.
        heard: gives an `Utterance` with a recogniser's states for each sentence (`WhisperEncoder`).
        words: gives its `Transcript`.
        scan: gives scans (`ScanFile`); a sentence is read beside the last one before it.

    Returns:
        `plain`, which gives a `Transcript` for each of the words'; see `PlainWords`.
    """
    streams = [p.stage(SaidEncoder(), words, name="said"), p.stage(EmotionEncoder(), heard, name="voice")]
    if scan is not None:
        streams.append(p.stage(ScanEncoder(), scan, name="thing"))
    sync = Hold(reference="said", held=("thing",))
    fused = p.fuse(*streams, sync=sync, backbone=BACKBONE, name="fused")
    return p.stage(PlainWords(), p.head(ReadingHead(), fused, name="reading"), name="plain")

"""`RecordTexts`: what was written in a record, for the text encoder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wugan.modalities.medical.records.observations import Record
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.stage import Stage

_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")


@dataclass(eq=False)
class RecordTexts(Stage[Record, Transcript]):
    """Gives a record's texts as transcripts, oldest first, for `wugan.modalities.text.TextEncoder` (extra `speech`).

    Long texts are cut at ends of sentences. Packets keep the record's time; `attrs` tells the text's title, its source,
    and how many days it is before the record's newest time (`None` if it has no date).

    Args:
        words: most words of a piece; what is longer is cut between words.
        language: ISO 639-1 code of the texts: a record does not say.
    """

    words: int = 120
    language: str = "en"
    stateless = True

    def process(self, packet: Packet[Record]) -> Iterator[Packet[Transcript]]:
        """A packet for each piece of text."""
        from wugan.modalities.medical.records.times import DAY_NS

        newest = packet.data.newest_ns
        for text in packet.data.notes_text:
            days = None if newest is None or text.time_ns is None else (newest - text.time_ns) / DAY_NS
            for piece in pieces(text.text, self.words):
                attrs = {"title": text.title, "source": text.source, "days_before_newest": days}
                yield packet.replace(Transcript(piece, 0.0, self.language), **attrs)


def pieces(text: str, words: int) -> list[str]:
    """A text cut at ends of sentences into pieces of at most so many words; nothing but white space is lost."""
    out: list[list[str]] = []
    for sentence in _SENTENCE.split(text):
        rest = sentence.split()
        if out and rest and len(out[-1]) + len(rest) <= words:
            out[-1] += rest
            continue
        cuts = [*range(0, len(rest), max(1, words)), len(rest)]
        out += [rest[start:stop] for start, stop in pairwise(cuts) if start < stop]
    return [" ".join(piece) for piece in out]

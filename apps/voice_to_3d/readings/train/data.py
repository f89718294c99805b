"""What the readings learn from and are judged on, as tokens, kept in a cache folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from wugan.apps.voice_to_3d.readings.train.scans import Example, Split, scans
from wugan.apps.voice_to_3d.readings.train.sentences import Sentence, sentences
from wugan.apps.voice_to_3d.readings.train.voices import Voice, acted, synthetic
from wugan.errors import DataError
from wugan.learn.data import kept_tokens
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.tokens import Tokens

_SENTENCES = {"train": 16, "test": 16}  # of a template
_SCANS = {"train": 40, "test": 16}  # of a shape
_SYNTHETIC = {"train": 60, "test": 30}  # of a way of speaking
_VARIANTS = 2  # altered copies of each acted clip


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence as tokens."""

    sentence: Sentence
    tokens: Tokens


@dataclass(frozen=True)
class Data:
    """Texts, voices and scans of one side of a split.

    Attributes:
        texts: sentences with their meaning.
        voices: utterances with the effort that they were spoken with.
        scans: things with their shape.
    """

    texts: Sequence[Text]
    voices: Sequence[Voice]
    scans: Sequence[Example]


def load(data: Path, cache: Path) -> tuple[Data, Data]:
    """What to learn from and, of other templates, things and parameters, what to judge on.

    All acted voices are in the first: they are few, and are split by speaker afterwards. The second holds the
    synthetic voice saying other sentences.

    Args:
        data: root of the data sets (`emodb_original`).
        cache: folder where tokens are kept between runs.

    Raises:
        DataError: a data set is not there.
    """

    def side(split: Split, voices: Sequence[Voice]) -> Data:
        spoken = synthetic(split, _SYNTHETIC[split], 0, cache)
        return Data(texts(split, cache), [*voices, *spoken], scans(split, _SCANS[split], cache))

    return side("train", acted(data, _VARIANTS, cache)), side("test", [])


def texts(split: Split, cache: Path) -> list[Text]:
    """Tokens of the sentences of a split."""
    drawn = sentences(split, _SENTENCES[split], np.random.default_rng(split == "test"))

    def make() -> list[Tokens]:
        made = TextEncoder().encode_many([Packet(Transcript(one.text, 2.0), 0) for one in drawn])
        tokens = [one for one in made if one is not None]
        if len(tokens) < len(drawn):
            raise DataError("a sentence of the templates has no tokens")
        return tokens

    return [Text(*pair) for pair in zip(drawn, kept_tokens(cache / f"texts-{split}.npz", make), strict=True)]

"""What the readings learn from and are judged on, as tokens, kept in a cache folder."""

from __future__ import annotations

import logging
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from wugan.apps.voice_to_3d.readings.train.scans import Example, scans
from wugan.apps.voice_to_3d.readings.train.sentences import Sentence, sentences
from wugan.apps.voice_to_3d.readings.train.things import Split
from wugan.apps.voice_to_3d.readings.train.voices import Voice, acted, foreign, synthetic
from wugan.errors import DataError
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Transcript
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)

Made = TypeVar("Made")
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
    corpus = kept(cache / "acted.pkl", lambda: acted(data, _VARIANTS))

    def side(split: Split, voices: Sequence[Voice]) -> Data:
        spoken = kept(cache / f"synthetic-{split}.pkl", lambda: synthetic(split, _SYNTHETIC[split], 0))
        seen = kept(cache / f"scans-{split}.pkl", lambda: scans(split, _SCANS[split]))
        read = kept(cache / f"texts-{split}.pkl", lambda: texts(split))
        return Data(read, [*voices, *spoken], seen)

    return side("train", corpus), side("test", [])


def load_foreign(data: Path, cache: Path) -> list[Voice]:
    """English actors, for evaluation only."""
    return kept(cache / "foreign.pkl", lambda: foreign(data))


def texts(split: Split) -> list[Text]:
    """Tokens of the sentences of a split."""
    drawn = sentences(split, _SENTENCES[split], np.random.default_rng(split == "test"))
    packets = [Packet(Transcript(one.text, 2.0), 0, stream="text") for one in drawn]
    out = []
    for sentence, tokens in zip(drawn, TextEncoder().encode_many(packets), strict=True):
        if tokens is None:
            raise DataError(f"no tokens for {sentence.text!r}")
        out.append(Text(sentence, tokens))
    return out


def kept(path: Path, make: Callable[[], Made]) -> Made:
    """From `path`, or made and written there. The cache is one's own: pickles of others are not to be put there."""
    if path.is_file():
        with path.open("rb") as file:
            return pickle.load(file)
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"partial-{path.name}")
    partial.write_bytes(pickle.dumps(made))
    partial.rename(path)
    logger.info("made %s", path.name)
    return made

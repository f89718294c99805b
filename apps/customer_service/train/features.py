"""Features of the training data: tokens as the application's own encoders make them, kept in a cache folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.learn.data import each, kept_tokens
from wugan.modalities.speech.augment import varied
from wugan.modalities.speech.datasets import Clip, emodb, ravdess
from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.speech.utterance import RATE, Utterance
from wugan.modalities.speech.whisper import WhisperEncoder
from wugan.modalities.text.datasets import Sentence, banking77
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Audio, Transcript
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)

EMOTIONS = ("anger", "happiness", "neutral", "sadness")  # those of EmoDB that exist unaltered


@dataclass(frozen=True, slots=True)
class Voice:
    """Tokens of one clip, or of a variant of it that only training sees.

    Attributes:
        tokens: what `EmotionEncoder` made of it.
        emotion: which emotion was acted.
        speaker: who speaks.
        original: whether it is the clip as recorded, on which evaluation may be done.
    """

    tokens: Tokens
    emotion: str
    speaker: str
    original: bool


@dataclass(frozen=True, slots=True)
class Text:
    """Tokens of one sentence and its intent."""

    tokens: Tokens
    intent: str


def voices(data: Path, corpus: str, cache: Path, variants: int, processes: int = 1) -> list[Voice]:
    """Tokens of a corpus of acted emotions and of random variants of its clips.

    Args:
        data: root of the data sets.
        corpus: `"emodb"` (four emotions; the clips cut to 2 s are among the variants) or `"ravdess"`.
        cache: folder where tokens are kept between runs.
        variants: augmented copies of each clip.
        processes: how many make them side by side.

    Raises:
        DataError: the corpus is not there.
    """
    if corpus == "emodb":
        clips = emodb(data / "emodb_original", EMOTIONS)
        jobs = [(clip, k) for clip in clips for k in range(variants + 1)]
        jobs += [(clip, -1) for clip in emodb(data / "emodb", EMOTIONS)]
    elif corpus == "ravdess":
        jobs = [(clip, k) for clip in ravdess(data / "ravdess") for k in range(variants + 1)]
    else:
        raise DataError(f"unknown corpus {corpus!r}: emodb or ravdess")
    made = kept_tokens(cache / f"{corpus}-{variants}.npz", lambda: _side_by_side(_hear, jobs, processes))
    return [
        Voice(tokens, clip.emotion, clip.speaker, variant == 0)
        for tokens, (clip, variant) in zip(made, jobs, strict=True)
    ]


def texts(data: Path, part: str, cache: Path, processes: int = 1) -> list[Text]:
    """Tokens of BANKING77's `"train"` or `"test"` half."""
    sentences = banking77(data / "text" / "banking77", part)
    made = kept_tokens(cache / f"banking77-{part}.npz", lambda: _side_by_side(_read, sentences, processes))
    return [Text(tokens, sentence.label) for tokens, sentence in zip(made, sentences, strict=True)]


def _side_by_side(make: Callable[[Sequence[Any]], list[Tokens]], items: Sequence[Any], processes: int) -> list[Tokens]:
    """`make` of the items, cut into as many parts as there are processes."""
    size = max(1, -(-len(items) // processes))
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    return [tokens for part in each(make, parts, processes) for tokens in part]


def _hear(jobs: Sequence[tuple[Clip, int]]) -> list[Tokens]:
    hear, feel = WhisperEncoder(), EmotionEncoder()
    out: list[Tokens] = []
    for number, (clip, variant) in enumerate(jobs):
        packet = Packet(Utterance(Audio(varied(clip.path, variant), RATE)), 0)  # -1 is altered already
        heard = hear.encode([packet])[0]
        tokens = None if heard is None else feel.encode([packet.replace(heard)])[0]
        if tokens is None:
            raise DataError(f"{clip.path}: holds no sound")
        out.append(tokens)
        if number % 100 == 99:
            logger.info("heard %d of %d clips", number + 1, len(jobs))
    return out


def _read(sentences: Sequence[Sentence]) -> list[Tokens]:
    packets = [Packet(Transcript(sentence.text, 3.0), 0) for sentence in sentences]
    out: list[Tokens] = []
    for sentence, tokens in zip(sentences, TextEncoder().encode_many(packets), strict=True):
        if tokens is None:
            raise DataError(f"an empty sentence among BANKING77's ({sentence.label})")
        out.append(tokens)
    logger.info("read %d sentences", len(out))
    return out

"""Payload types that devices produce and modalities consume, so that neither imports the other."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(slots=True)
class Audio:
    """A stretch of mono sound.

    Attributes:
        samples: float32 `[N]` in -1…1.
        rate: samples per second (Hz).
    """

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """Duration in seconds."""
        return len(self.samples) / self.rate


@dataclass(slots=True)
class Word:
    """One recognised word.

    Attributes:
        text: the word with its punctuation, without surrounding blanks.
        start: seconds from the start of the utterance.
        end: likewise.
    """

    text: str
    start: float
    end: float


@dataclass(slots=True)
class Transcript:
    """What was said in one utterance.

    Attributes:
        text: the words, without surrounding blanks; may be empty.
        seconds: duration of the utterance that it covers.
        language: ISO 639-1 code.
        confidence: geometric mean of the recognised tokens' probabilities, 0…1 (not calibrated).
        words: the words with their times, where the recogniser was asked for them; otherwise empty.
    """

    text: str
    seconds: float
    language: str = "en"
    confidence: float = 1.0
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class Reply:
    """Something to be said.

    Attributes:
        text: the words.
        style: way of speaking: `neutral`, `calm`, `warm`, `apologetic` or `urgent`.
        language: ISO 639-1 code.
    """

    text: str
    style: str = "neutral"
    language: str = "en"

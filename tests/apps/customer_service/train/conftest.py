"""A small world to train in: made-up tokens whose classes are real but easy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wugan.apps.customer_service.train.features import Text, Voice
from wugan.modalities.speech.emotion import SUMMARY, token_size
from wugan.tokens import Tokens

INTENTS = ("lost_or_stolen_card", "failed_transfer", "exchange_rate")
EMOTIONS = ("anger", "neutral")
WIDTH = 8


def text(intent: str, rng: np.random.Generator) -> Text:
    values = 0.5 * rng.standard_normal((6, 16)).astype(np.float32)
    values[:, INTENTS.index(intent)] += 2
    return Text(Tokens(values, np.arange(6, dtype=np.int64) * 10**8, "text"), intent)


def voice(emotion: str, speaker: str, rng: np.random.Generator) -> Voice:
    count = SUMMARY + int(rng.integers(3, 12))
    values = rng.standard_normal((count, token_size(WIDTH))).astype(np.float32)
    values[:, EMOTIONS.index(emotion)] += 3
    starts = np.maximum(np.arange(count) - SUMMARY, 0)
    positions = np.column_stack([starts / 10, np.full(count, 0.1)]).astype(np.float32)
    return Voice(Tokens(values, starts * 10**8, "voice", positions=positions), emotion, speaker, True)


@pytest.fixture(scope="session")
def world() -> Callable[[int], tuple[list[Text], list[Voice], dict[str, list[str]]]]:
    """Makes texts, voices and label sets from a seed."""

    def make(seed: int) -> tuple[list[Text], list[Voice], dict[str, list[str]]]:
        rng = np.random.default_rng(seed)
        texts = [text(intent, rng) for intent in INTENTS for _ in range(30)]
        voices = [voice(emotion, speaker, rng) for emotion in EMOTIONS for speaker in "abcd" for _ in range(5)]
        labels = {"intent": list(INTENTS), "emotion": list(EMOTIONS), "urgency": ["low", "medium", "high"]}
        return texts, voices, labels

    return make

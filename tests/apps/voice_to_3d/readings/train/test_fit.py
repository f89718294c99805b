"""The fit learns from words, voices and scans together, and the same seed gives the same network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

pytest.importorskip("manifold3d", reason="needs the design extra")
pytest.importorskip("soundfile", reason="needs the speech extra")

from wugan.apps.voice_to_3d.readings.encoder import DIM
from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.network import HEADS, PROSODY
from wugan.apps.voice_to_3d.readings.train.data import Data, Text
from wugan.apps.voice_to_3d.readings.train.fit import Settings, fit, meaning
from wugan.apps.voice_to_3d.readings.train.held_out import answers, folds
from wugan.apps.voice_to_3d.readings.train.scans import Example
from wugan.apps.voice_to_3d.readings.train.sentences import GROUPS, Sentence, sentences
from wugan.apps.voice_to_3d.readings.train.voices import SYNTHETIC, Voice
from wugan.modalities.speech.emotion import token_size
from wugan.tokens import Tokens


def tokens(direction: int, size: int, modality: str, positions: int, rng: np.random.Generator, at: int = 0) -> Tokens:
    """A few tokens with a bump at one place, which tells their class."""
    values = rng.normal(0, 0.3, (8, size)).astype(np.float32)
    values[:, at + direction] += 3
    place = rng.random((8, positions)).astype(np.float32) if positions else None
    return Tokens(values, np.arange(8, dtype=np.int64), modality, positions=place)


def toy(seed: int = 0) -> Data:
    """Data that anything can learn."""
    rng = np.random.default_rng(seed)
    texts = [
        Text(Sentence(f"{name} {k}", name, size, kind, is_open), tokens(number, 384, "text", 0, rng))
        for number, (name, (_, size, kind, is_open)) in enumerate(GROUPS.items())
        for k in range(4)
    ]
    at = token_size() - PROSODY
    voices = [
        Voice(tokens(number, token_size(), "voice", 2, rng, at), effort, speaker, True)
        for number, effort in enumerate(LABELS["strength"])
        for speaker in ("a", "b", "c", "d", SYNTHETIC)
    ]
    scans = [
        Example(tokens(number, DIM, "scan", 3, rng), shape, (1, 1, 1), (1, 1, 1), True)
        for number, shape in enumerate(LABELS["shape"])
        for _ in range(3)
    ]
    return Data(texts, voices, scans)


def test_a_toy_is_learnt_and_strength_needs_both_words_and_voice() -> None:
    torch.set_num_threads(1)
    data = toy()
    network = fit(data, 0, Settings(steps=60, batch=24, lr=4e-3))
    found = answers(network, toy(1), data.voices, range(len(data.voices)), np.random.default_rng(0))
    for head in HEADS:
        right = found.logits[head].argmax(1) == found.target[head]
        assert right.mean() > 0.9, head
    assert (found.target["strength"][~found.open] == LABELS["strength"].index("plain")).all()


def test_the_same_seed_gives_the_same_network() -> None:
    data, settings = toy(), Settings(steps=2, batch=4)
    one, other = fit(data, 3, settings), fit(data, 3, settings)
    assert all(torch.equal(a, b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_meaning_and_folds() -> None:
    data = toy()
    open_text = next(text for text in data.texts if text.sentence.open)
    closed = next(text for text in data.texts if not text.sentence.open)
    strong = next(voice for voice in data.voices if voice.effort == "strong")
    assert meaning(open_text, strong, None)["strength"] == "strong"
    assert meaning(closed, strong, None)["strength"] == "plain"
    assert meaning(None, strong, data.scans[0]) == {"shape": data.scans[0].shape}
    held = [speaker for fold in folds(data.voices, 0) for speaker in fold]
    assert sorted(held) == ["a", "b", "c", "d"]


def test_templates_and_things_of_evaluation_are_not_those_of_training() -> None:
    train, test = (sentences(split, 3, np.random.default_rng(0)) for split in ("train", "test"))
    assert not {one.text for one in train} & {one.text for one in test}
    assert {one.group for one in test} == set(GROUPS)

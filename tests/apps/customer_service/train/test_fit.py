from __future__ import annotations

import numpy as np
import torch

from wugan.apps.customer_service.train.fit import Settings, fit
from wugan.apps.customer_service.train.held_out import cross_fit, read
from wugan.learn.data import grouped
from wugan.learn.metrics import accuracy, top_calibration_error

SMALL = Settings(steps=200, batch=24, dim=32, depth=1, smoothing=0.0)


def test_each_reading_learns_and_urgency_needs_text_and_voice(world) -> None:
    texts, voices, labels = world(0)
    network = fit(texts, voices, labels, 0, SMALL)
    fresh_texts, fresh_voices, _ = world(1)
    of = read(network, fresh_texts, fresh_voices, labels, np.random.default_rng(0))
    for name in ("intent", "emotion"):
        assert of[name].direct is not None
        assert accuracy(of[name].direct, of[name].target) > 0.95
        assert accuracy(of[name].fused, of[name].target) > 0.85
    together = accuracy(of["urgency"].fused, of["urgency"].target)
    alone = [accuracy(of[f"urgency, {name} only"].fused, of["urgency"].target) for name in ("text", "voice")]
    assert together > 0.85 and max(alone) < together - 0.1


def test_the_same_seed_gives_the_same_network(world) -> None:
    texts, voices, labels = world(0)
    settings = Settings(steps=3, batch=8, dim=32, depth=1)
    first, again, other = (fit(texts, voices, labels, seed, settings).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_cross_fitting_reads_everything_once_and_only_unseen(world) -> None:
    texts, voices, labels = world(0)
    of = cross_fit(texts, voices, labels, 0, Settings(steps=60, batch=16, dim=32, depth=1), folds=2)
    assert len(of["intent"].target) == len(texts) and len(of["emotion"].target) == len(voices)
    assert np.bincount(of["emotion"].fold).tolist() == [20, 20]
    probs = of["emotion"].calibrated()
    np.testing.assert_allclose(probs.sum(axis=1), 1)
    assert accuracy(probs, of["emotion"].target) > 0.9 and top_calibration_error(probs, of["emotion"].target) < 0.1
    seen = grouped([voice.speaker for voice in voices], 2, 0)
    assert seen[0] | seen[1] == set("abcd") and not seen[0] & seen[1]


def test_a_speaker_that_is_held_out_cannot_be_known(world) -> None:
    """Labels of one speaker are turned; a network that had seen them would follow."""
    texts, voices, labels = world(0)
    other = {"anger": "neutral", "neutral": "anger"}
    turned = [
        type(voice)(voice.tokens, other[voice.emotion] if voice.speaker == "a" else voice.emotion, voice.speaker, True)
        for voice in voices
    ]
    of = cross_fit(texts, turned, labels, 0, Settings(steps=60, batch=16, dim=32, depth=1), folds=4)["emotion"]
    (fold,) = [
        number for number, speakers in enumerate(grouped([voice.speaker for voice in turned], 4, 0)) if "a" in speakers
    ]
    right = of.direct.argmax(axis=1) == of.target  # type: ignore[union-attr]
    assert right[of.fold == fold].mean() < 0.1

"""Fits a `CallNetwork`: the direct readings in closed form, backbone and fused readings on pairs of text and voice."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from wugan.apps.customer_service.network import HEADS, CallNetwork, summary
from wugan.apps.customer_service.train.features import Text, Voice
from wugan.apps.customer_service.urgency import urgency
from wugan.fusion import FusionConfig
from wugan.fusion.token_batch import collate
from wugan.learn import trainer
from wugan.learn.data import batches, one_of
from wugan.learn.direct import fit_discriminant, fit_logistic
from wugan.learn.trainer import Recipe
from wugan.modalities.speech.augment import stretch
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """How to train; chosen on held-out speakers and on a part of BANKING77's training half.

    Attributes:
        steps: optimiser steps.
        batch: pairs in a step.
        lr: peak learning rate of AdamW.
        dim: size of the backbone's states.
        depth: its blocks.
        dropout: on its residual branches.
        modality_dropout: chance that a pair lacks its text, and likewise its voice.
        pieces: voice tokens of single moments that a training sample keeps, a random stretch.
        words: text tokens that it keeps, the first.
        smoothing: label smoothing.
        voice_shrinkage: of the discriminant for emotion.
        inverse_penalty: of the logistic regression for intent.
    """

    steps: int = 300
    batch: int = 48
    lr: float = 2e-3
    dim: int = 96
    depth: int = 2
    dropout: float = 0.1
    modality_dropout: float = 0.25
    pieces: int = 20
    words: int = 32
    smoothing: float = 0.1
    voice_shrinkage: float = 0.4
    inverse_penalty: float = 10.0


def config(text: Tokens, voice: Tokens, settings: Settings) -> FusionConfig:
    """The backbone's shape for these tokens."""
    return FusionConfig(
        modalities={"text": text.values.shape[1], "voice": voice.values.shape[1]},
        positions={"voice": 2},
        dim=settings.dim,
        depth=settings.depth,
        feed_forward=2 * settings.dim,
        dropout=settings.dropout,
        modality_dropout=settings.modality_dropout,
        longest_s=60.0,
        shortest_position=0.05,
        longest_position=60.0,
    )


def fit(
    texts: Sequence[Text],
    voices: Sequence[Voice],
    labels: Mapping[str, Sequence[str]],
    seed: int,
    settings: Settings,
) -> CallNetwork:
    """Train on these texts and voices, and on nothing else. Deterministic for a seed and a number of threads.

    Args:
        texts: sentences with intents.
        voices: clips with emotions, variants included; any text may be said in any voice.
        labels: classes of each head.
        seed: of initialisation, pairing and dropout.
        settings: see `Settings`.
    """
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    shape = config(texts[0].tokens, voices[0].tokens, settings)
    network = CallNetwork(shape, {name: len(labels[name]) for name in HEADS})
    network.backbone.fit_scale([voice.tokens for voice in voices])
    network.direct["intent"] = fit_logistic(
        summaries([text.tokens for text in texts]),
        [text.intent for text in texts],
        labels["intent"],
        settings.inverse_penalty,
    )
    network.direct["emotion"] = fit_discriminant(
        summaries([voice.tokens for voice in voices]),
        [voice.emotion for voice in voices],
        labels["emotion"],
        settings.voice_shrinkage,
    )
    by_emotion = [[voice for voice in voices if voice.emotion == name] for name in labels["emotion"]]
    drawn = batches(len(texts), settings.batch, rng)

    def step_loss(_: int) -> Tensor:
        rows = next(drawn)
        spoken = [one_of(by_emotion, rng) for _ in rows]
        return _loss(network, [texts[row] for row in rows], spoken, labels, rng, settings)

    trainer.fit(
        network,
        step_loss,
        Recipe(settings.steps, settings.lr),
        parameters=[*network.backbone.parameters(), *network.fused.parameters()],
        progress=lambda point: logger.info("step %d of %d, loss %.3f", point.step, settings.steps, point.loss),
    )
    return network


def summaries(tokens: Sequence[Tokens]) -> np.ndarray:
    """Summary vectors `[N, S]`, what direct readings read."""
    return np.stack([summary(one.modality, torch.as_tensor(one.values)).numpy() for one in tokens])


def _loss(
    network: CallNetwork,
    texts: Sequence[Text],
    voices: Sequence[Voice],
    labels: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    settings: Settings,
) -> Tensor:
    windows = [
        {"text": _spoken(text.tokens, rng, settings.words), "voice": stretch(voice.tokens, rng, settings.pieces)}
        for text, voice in zip(texts, voices, strict=True)
    ]
    out = network.backbone(collate(windows))
    logits = network.fused_logits(out.pooled, out.modality_pooled)
    truth = {
        "intent": [text.intent for text in texts],
        "emotion": [voice.emotion for voice in voices],
        "urgency": [urgency(text.intent, voice.emotion) for text, voice in zip(texts, voices, strict=True)],
    }
    present = {"intent": out.present["text"], "emotion": out.present["voice"]}
    loss = torch.zeros(())
    for name in HEADS:
        target = torch.tensor([list(labels[name]).index(label) for label in truth[name]])
        each = F.cross_entropy(logits[name], target, reduction="none", label_smoothing=settings.smoothing)
        mask = present.get(name, torch.ones_like(target, dtype=torch.bool))
        loss = loss + (each * mask).sum() / mask.sum().clamp_min(1)
    return loss


def _spoken(tokens: Tokens, rng: np.random.Generator, words: int) -> Tokens:
    """The text at a random tempo, or without times as typed text is."""
    tempo = 0.0 if rng.random() < 0.3 else rng.uniform(0.3, 2.0)
    return Tokens(tokens.values[:words], (tokens.time_ns[:words] * tempo).astype(np.int64), tokens.modality)

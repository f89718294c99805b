"""Fits a `ReadingNetwork` on windows put together at random: any sentence, in any voice, beside any scan."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.network import HEADS, ReadingNetwork, reading_config
from wugan.apps.voice_to_3d.readings.train.baselines import embedding, prosody, summary
from wugan.apps.voice_to_3d.readings.train.data import Data, Text
from wugan.apps.voice_to_3d.readings.train.scans import Example
from wugan.apps.voice_to_3d.readings.train.voices import Voice
from wugan.fusion.token_batch import collate
from wugan.learn import trainer
from wugan.learn.data import one_of
from wugan.learn.direct import fit_logistic
from wugan.learn.trainer import Recipe
from wugan.modalities.speech.augment import stretch
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)

Item = TypeVar("Item")
OPEN = ("said", "open")
_INVERSE_PENALTY = {"size": 0.1, "kind": 0.1, "open": 0.1, "effort": 0.01, "shape": 0.1}


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes:
        steps: optimiser steps.
        batch: windows in a step.
        lr: peak learning rate of AdamW.
        dropout: on the backbone's residual branches.
        modality_dropout: chance that a window lacks a modality.
        pieces: voice tokens of single moments that a window keeps, a random stretch.
        smoothing: label smoothing.
    """

    steps: int = 350
    batch: int = 32
    lr: float = 2e-3
    dropout: float = 0.1
    modality_dropout: float = 0.2
    pieces: int = 12
    smoothing: float = 0.05


def fit(data: Data, seed: int, settings: Settings) -> ReadingNetwork:
    """Train on these data and on nothing else. Deterministic for a seed and a number of threads."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    config = reading_config(dropout=settings.dropout, modality_dropout=settings.modality_dropout)
    network = ReadingNetwork(config, {name: len(labels) for name, labels in LABELS.items()})
    network.backbone.fit_scale([voice.tokens for voice in data.voices])
    pick = _Picker(data, rng)

    def step_loss(_: int) -> Tensor:
        windows, truth = zip(*(pick.window(settings.pieces) for _ in range(settings.batch)), strict=True)
        return _loss(network, windows, truth, settings.smoothing)

    trainer.fit(
        network,
        step_loss,
        Recipe(settings.steps, settings.lr),
        progress=lambda point: logger.info("step %d of %d, loss %.3f", point.step, settings.steps, point.loss),
    )
    fit_direct(network, data)
    return network.eval()


def fit_direct(network: ReadingNetwork, data: Data) -> None:
    """Fit all direct readings of a network on these data: logistic regressions of first tokens."""
    read = embedding(data.texts)
    said = [text.sentence for text in data.texts]
    jobs: dict[str, tuple[NDArray[np.float64], list[str], Sequence[str]]] = {
        "size": (read, [one.size for one in said], LABELS["size"]),
        "kind": (read, [one.kind for one in said], LABELS["kind"]),
        "open": (read, [OPEN[one.open] for one in said], OPEN),
        "effort": (prosody(data.voices), [voice.effort for voice in data.voices], LABELS["strength"]),
        "shape": (summary(data.scans), [scan.shape for scan in data.scans], LABELS["shape"]),
    }
    for name, (x, labels, classes) in jobs.items():
        network.direct[name] = fit_logistic(x, labels, classes, _INVERSE_PENALTY[name], standardise=True)


def meaning(text: Text | None, voice: Voice | None, scan: Example | None) -> dict[str, str]:
    """What each head should say of a window."""
    truth: dict[str, str] = {}
    if text is not None:
        truth |= {"size": text.sentence.size, "kind": text.sentence.kind}
        if voice is not None:
            truth["strength"] = voice.effort if text.sentence.open else "plain"
    if scan is not None:
        truth["shape"] = scan.shape
    return truth


class _Picker:
    """Draws windows: groups of sentences, efforts and shapes each as often, open changes twice as often."""

    def __init__(self, data: Data, rng: np.random.Generator) -> None:
        self.rng = rng
        self.texts: list[list[Text]] = _grouped(data.texts, [text.sentence.group for text in data.texts])
        self.texts += _grouped(data.texts, ["open" if text.sentence.open else "" for text in data.texts])[-1:]
        self.voices: list[list[Voice]] = _grouped(data.voices, [voice.effort for voice in data.voices])
        self.scans: list[list[Example]] = _grouped(data.scans, [scan.shape for scan in data.scans])

    def window(self, pieces: int) -> tuple[dict[str, Tokens], dict[str, str]]:
        rng = self.rng
        text, voice, scan = one_of(self.texts, rng), one_of(self.voices, rng), one_of(self.scans, rng)
        tempo = 0.0 if rng.random() < 0.2 else rng.uniform(0.3, 2.0)
        spoken = Tokens(text.tokens.values[:40], (text.tokens.time_ns[:40] * tempo).astype(np.int64), "text")
        seen = scan.tokens
        if rng.random() < 0.5:  # size is a hint, not the shape
            values = seen.values.copy()
            values[0, :3] += rng.normal(0, 0.5)
            seen = Tokens(values, seen.time_ns, seen.modality, positions=seen.positions)
        window = {"text": spoken, "voice": stretch(voice.tokens, rng, pieces), "scan": seen}
        return window, meaning(text, voice, scan)


def _grouped(items: Sequence[Item], names: Sequence[str]) -> list[list[Item]]:
    groups: dict[str, list[Item]] = {}
    for item, name in zip(items, names, strict=True):
        groups.setdefault(name, []).append(item)
    return [groups[name] for name in sorted(groups)]


def _loss(
    network: ReadingNetwork,
    windows: Sequence[Mapping[str, Tokens]],
    truth: Sequence[Mapping[str, str]],
    smoothing: float,
) -> Tensor:
    out = network.backbone(collate(windows))
    logits = network.fused(out.modality_pooled)
    loss = torch.zeros(())
    for name, values in logits.items():
        target = torch.tensor([LABELS[name].index(one[name]) for one in truth])
        each = F.cross_entropy(values, target, reduction="none", label_smoothing=smoothing)
        mask = torch.stack([out.present[need] for need in HEADS[name]]).all(0)
        loss = loss + (each * mask).sum() / mask.sum().clamp_min(1)
    return loss

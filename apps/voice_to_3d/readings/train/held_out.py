"""What networks say of voices, sentences and things that they were not trained on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.network import HEADS, ReadingNetwork
from wugan.apps.voice_to_3d.readings.train.data import Data, load
from wugan.apps.voice_to_3d.readings.train.fit import Settings, fit, meaning
from wugan.apps.voice_to_3d.readings.train.voices import Voice, foreign, speakers
from wugan.fusion.token_batch import collate
from wugan.learn.calibration import fit_weights
from wugan.learn.data import grouped

logger = logging.getLogger(__name__)

FOLDS = 4
WINDOWS = 600  # drawn of a fold
_BATCH = 50

Index = NDArray[np.int64]


@dataclass(frozen=True)
class Answers:
    """A network's logits for windows, with what the windows were made of.

    Attributes:
        text, voice, scan: for each window, the number of its sentence, utterance and thing.
        logits: of each head's fused reading, float64 `[N, classes]`, unweighted.
        direct: of its direct reading.
        target: of each head, the right class.
        open: bool `[N]`, whether the sentence leaves the strength to the voice.
    """

    text: Index
    voice: Index
    scan: Index
    logits: dict[str, NDArray[np.float64]]
    direct: dict[str, NDArray[np.float64]]
    target: dict[str, Index]
    open: NDArray[np.bool_]


def folds(voices: Sequence[Voice], seed: int) -> list[set[str]]:
    """Speakers in `FOLDS` groups, each to be held out whole."""
    return grouped(speakers(voices), FOLDS, seed)


def cross_fit(
    train: Data, test: Data, others: dict[str, Sequence[Voice]], seed: int, settings: Settings
) -> dict[str, list[Answers]]:
    """Train without each fold's speakers, and answer for them; sentences and things are always the test's.

    Args:
        train: what to learn from.
        test: sentences and things to answer for.
        others: further voices to answer for, by name.
        seed: of the folds and the trainings.
        settings: of the trainings.

    Returns:
        Answers of each fold, for the held-out speakers (`"held out"`; voices numbered as in `train.voices`) and for
        each of `others`.
    """
    out: dict[str, list[Answers]] = {"held out": [], **{name: [] for name in others}}
    for number, away in enumerate(folds(train.voices, seed)):
        logger.info("seed %d, fold %d: without speakers %s", seed, number, ", ".join(sorted(away)))
        network = fit(replace(train, voices=[one for one in train.voices if one.speaker not in away]), seed, settings)
        held = [i for i, one in enumerate(train.voices) if one.speaker in away and one.original]
        rng = np.random.default_rng([seed, number])
        out["held out"].append(answers(network, test, train.voices, held, rng))
        for name, voices in others.items():
            out[name].append(answers(network, test, voices, range(len(voices)), rng))
    return out


def cross_fitted(data: Path, cache: Path, seed: int, settings: Settings) -> dict[str, list[Answers]]:
    """What `cross_fit` gives for a seed: of held-out speakers, of the synthetic voice, and of English actors if there.

    The voices of `"synthetic"` are numbered as in the test's `voices`, those of `"foreign"` as in `foreign`.
    """
    known, other = load(data, cache)
    others: dict[str, Sequence[Voice]] = {"synthetic": other.voices}
    if (data / "ravdess").is_dir():
        others["foreign"] = foreign(data, cache)
    return cross_fit(known, other, others, seed, settings)


def head_weights(found: Sequence[Answers], head: str) -> list[float]:
    """Weights of a head's direct and fused reading that make their sum most likely on held-out data."""
    readings = [np.concatenate([getattr(one, part)[head] for one in found]) for part in ("direct", "logits")]
    return fit_weights(readings, np.concatenate([one.target[head] for one in found]))


def answers(
    network: ReadingNetwork, test: Data, voices: Sequence[Voice], among: Sequence[int], rng: np.random.Generator
) -> Answers:
    """What a network says of random windows: any sentence in any of these voices beside any thing.

    Groups of sentences, efforts and shapes come as often as they are; half of the windows have an open sentence.
    """
    is_open = np.array([text.sentence.open for text in test.texts])
    where = [np.flatnonzero(is_open), np.flatnonzero(~is_open)]
    text = np.concatenate([rng.choice(where[0], WINDOWS // 2), rng.choice(where[1], WINDOWS - WINDOWS // 2)])
    voice, scan = rng.choice(np.asarray(among), WINDOWS), rng.integers(len(test.scans), size=WINDOWS)
    logits: dict[str, list[torch.Tensor]] = {name: [] for name in HEADS}
    direct: dict[str, list[torch.Tensor]] = {name: [] for name in HEADS}
    truth: list[dict[str, str]] = []
    with torch.inference_mode():
        for start in range(0, WINDOWS, _BATCH):
            windows = []
            for t, v, s in zip(*(part[start : start + _BATCH] for part in (text, voice, scan)), strict=True):
                read, heard, seen = test.texts[t], voices[v], test.scans[s]
                windows.append({"text": read.tokens, "voice": heard.tokens, "scan": seen.tokens})
                truth.append(meaning(read, heard, seen))
            batch = collate(windows)
            out = network.backbone(batch)
            first = {name: tokens.values[:, 0] for name, tokens in batch.items()}
            for readings, found in ((logits, network.fused(out.modality_pooled)), (direct, network.directly(first))):
                for name, values in found.items():
                    readings[name].append(values)
    return Answers(
        text,
        voice,
        scan,
        {name: torch.cat(parts).double().numpy() for name, parts in logits.items()},
        {name: torch.cat(parts).double().numpy() for name, parts in direct.items()},
        {name: np.array([LABELS[name].index(one[name]) for one in truth], dtype=np.int64) for name in HEADS},
        is_open[text],
    )

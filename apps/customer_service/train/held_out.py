"""Cross-fitting: what networks say about texts and speakers that they were not trained on."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from wugan.apps.customer_service.network import CallNetwork, summary
from wugan.apps.customer_service.train.features import Text, Voice
from wugan.apps.customer_service.train.fit import Settings, fit
from wugan.apps.customer_service.urgency import urgency
from wugan.fusion.token_batch import collate
from wugan.learn.calibration import fit_weights, pool, softmax
from wugan.learn.data import each, grouped, one_of
from wugan.learn.metrics import Array, Index
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Readings:
    """Logits of one head on held-out items.

    Attributes:
        fused: `[N, C]`, of the backbone's reading.
        target: `[N]`.
        fold: `[N]`, which fold an item belongs to.
        direct: `[N, C]`, of the direct reading, if the head has one.
    """

    fused: Array
    target: Index
    fold: Index
    direct: Array | None = None

    @property
    def parts(self) -> list[Array]:
        """The readings there are."""
        return [self.fused] if self.direct is None else [self.direct, self.fused]

    def calibrated(self) -> Array:
        """Probabilities `[N, C]`; the readings' weights are fitted on the other folds."""
        probs = np.zeros_like(self.fused)
        for number in np.unique(self.fold):
            inside = self.fold == number
            weights = fit_weights([part[~inside] for part in self.parts], self.target[~inside])
            probs[inside] = softmax(pool([part[inside] for part in self.parts], weights))
        return probs


def cross_fit(
    texts: Sequence[Text],
    voices: Sequence[Voice],
    labels: Mapping[str, Sequence[str]],
    seed: int,
    settings: Settings,
    folds: int,
    jobs: int = 1,
) -> dict[str, Readings]:
    """Train once for each fold without its texts and speakers, and read them; `jobs` folds at a time.

    Returns:
        Readings of `intent` (text alone), `emotion` (voice alone, clips as recorded), and, on pairs of a held-out text
        and a held-out voice, of `urgency`, `urgency, text only` and `urgency, voice only`.
    """
    part_of = np.random.default_rng(seed).permutation(len(texts)) % folds
    work = [
        _Fold(number, speakers, texts, voices, part_of, labels, seed, settings)
        for number, speakers in enumerate(grouped([voice.speaker for voice in voices], folds, seed))
    ]
    parts: dict[str, list[Readings]] = {}
    for readings in each(_read_fold, work, jobs):
        for name, of in readings.items():
            parts.setdefault(name, []).append(of)
    return {name: _joined(of) for name, of in parts.items()}


@dataclass(frozen=True)
class _Fold:
    """One training of a cross-fit: without the texts of its part, and without its speakers."""

    number: int
    speakers: set[str]
    texts: Sequence[Text]
    voices: Sequence[Voice]
    part_of: Index
    labels: Mapping[str, Sequence[str]]
    seed: int
    settings: Settings


def _read_fold(fold: _Fold) -> dict[str, Readings]:
    logger.info("fold %d: without speakers %s", fold.number + 1, ", ".join(sorted(fold.speakers)))
    known = [text for text, part in zip(fold.texts, fold.part_of, strict=True) if part != fold.number]
    heard = [voice for voice in fold.voices if voice.speaker not in fold.speakers]
    network = fit(known, heard, fold.labels, fold.seed, fold.settings)
    unknown = [text for text, part in zip(fold.texts, fold.part_of, strict=True) if part == fold.number]
    strange = [voice for voice in fold.voices if voice.speaker in fold.speakers and voice.original]
    rng = np.random.default_rng([fold.seed, fold.number])
    return read(network, unknown, strange, fold.labels, rng, fold.number)


def read(
    network: CallNetwork,
    texts: Sequence[Text],
    voices: Sequence[Voice],
    labels: Mapping[str, Sequence[str]],
    rng: np.random.Generator,
    fold: int = 0,
) -> dict[str, Readings]:
    """Readings of these texts, voices, and of each text in a random voice of a random emotion."""
    out: dict[str, Readings] = {}
    spoken = _pairs(texts, voices, labels["emotion"], rng)
    level = _index([urgency(text.intent, voice.emotion) for text, voice in spoken], labels["urgency"])
    for name, windows, target in (
        ("intent", [{"text": text.tokens} for text in texts], _index([t.intent for t in texts], labels["intent"])),
        ("emotion", [{"voice": v.tokens} for v in voices], _index([v.emotion for v in voices], labels["emotion"])),
        ("urgency", [{"text": text.tokens, "voice": voice.tokens} for text, voice in spoken], level),
        ("urgency, text only", [{"text": text.tokens} for text, _ in spoken], level),
        ("urgency, voice only", [{"voice": voice.tokens} for _, voice in spoken], level),
    ):
        fused, direct = logits(network, name.partition(",")[0], windows)
        out[name] = Readings(fused, target, np.full(len(target), fold), direct)
    return out


def logits(
    network: CallNetwork, head: str, windows: Sequence[Mapping[str, Tokens]], batch: int = 64
) -> tuple[Array, Array | None]:
    """A head's fused and direct logits, unweighted."""
    fused: list[Tensor] = []
    direct: list[Tensor] = []
    with torch.inference_mode():
        for start in range(0, len(windows), batch):
            chosen = windows[start : start + batch]
            out = network.backbone(collate(chosen))
            fused.append(network.fused_logits(out.pooled, out.modality_pooled)[head])
            if head in network.direct:
                name = "text" if head == "intent" else "voice"
                first = torch.stack([summary(name, torch.as_tensor(window[name].values)) for window in chosen])
                direct.append(network.direct[head](first))
    return torch.cat(fused).double().numpy(), torch.cat(direct).double().numpy() if direct else None


def _pairs(
    texts: Sequence[Text], voices: Sequence[Voice], emotions: Sequence[str], rng: np.random.Generator
) -> list[tuple[Text, Voice]]:
    """Each text with a voice; every emotion that occurs as often."""
    by_emotion = [of for name in emotions if (of := [voice for voice in voices if voice.emotion == name])]
    return [(text, one_of(by_emotion, rng)) for text in texts]


def _index(names: Sequence[str], labels: Sequence[str]) -> Index:
    return np.asarray([list(labels).index(name) for name in names], dtype=np.int64)


def _joined(parts: Sequence[Readings]) -> Readings:
    direct = [part.direct for part in parts if part.direct is not None]
    return Readings(
        np.concatenate([part.fused for part in parts]),
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.fold for part in parts]),
        np.concatenate(direct) if direct else None,
    )

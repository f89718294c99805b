"""What the readings are compared with: rules, and simple classifiers of one modality or of several side by side."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.train.data import Data, Text
from wugan.apps.voice_to_3d.readings.train.scans import Example
from wugan.apps.voice_to_3d.readings.train.voices import Voice
from wugan.modalities.speech.prosody import STATISTIC_NAMES

Array = NDArray[np.float64]
Index = NDArray[np.int64]
_AROUND = re.compile(
    r"\b(fits?|hold|store|keep|carry|put this|around this|room|goes over|packing|for this|takes this)\b"
)
_SIZE = re.compile(
    r"\b(this size|size of|as big as|as large as|this big|this large|dimensions|same size|scan|scanned)\b"
)
_COPY = re.compile(r"\b(one of th|copy|like this|same thing|make this|what i scanned|reproduce|the scan)\b")
_MORE = re.compile(r"\b\w+er\b")
_MEASURE = re.compile(r"\d|\b(bit|much|lot|far|slightly|little|touch|percent|per cent|twice|times|half|by)\b")


def rule(head: str, text: str) -> str:
    """What keywords say of a sentence; for `strength`, whether it is `open`."""
    text = text.lower()
    if head == "size":
        return "around" if _AROUND.search(text) else "scan" if _SIZE.search(text) or _COPY.search(text) else "said"
    if head == "kind":
        return "scan" if _COPY.search(text) else "said"
    return "open" if _MORE.search(text) and not _MEASURE.search(text) else "plain"


def embedding(texts: Sequence[Text]) -> Array:
    """Sentence embeddings `[N, 384]`."""
    return np.stack([text.tokens.values[0] for text in texts]).astype(np.float64)


def prosody(voices: Sequence[Voice]) -> Array:
    """Statistics of utterances `[N, 82]`."""
    return np.stack([voice.tokens.values[0, -len(STATISTIC_NAMES) :] for voice in voices]).astype(np.float64)


def summary(scans: Sequence[Example]) -> Array:
    """The first tokens of scans `[N, D]`."""
    return np.stack([scan.tokens.values[0] for scan in scans]).astype(np.float64)


def logistic(x: Array, labels: Sequence[str], inverse_penalty: float) -> Callable[[Array], list[str]]:
    """A logistic regression of standardised values."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(
        StandardScaler(), LogisticRegression(C=inverse_penalty, max_iter=2000, class_weight="balanced")
    )
    model.fit(x, list(labels))
    return lambda new: [str(label) for label in model.predict(new)]


def nearest_box(train: Sequence[Example], test: Sequence[Example]) -> list[str]:
    """The shape of the example whose box is most alike (in the logarithms of its sides)."""
    known = np.log([one.size for one in train])
    return [train[int(((known - np.log(one.size)) ** 2).sum(1).argmin())].shape for one in test]


def strengths(
    train: Data, held: Collection[str], seed: int, windows: Sequence[tuple[Text, Voice]]
) -> dict[str, list[str]]:
    """The strength of windows by text alone, by voice alone, by both side by side, and by keywords and voice.

    Args:
        train: what to learn from.
        held: speakers that are not learnt from.
        seed: of the pairs that the classifiers of text and of both learn from.
        windows: sentences in voices.
    """
    rng = np.random.default_rng(seed)
    voices = [one for one in train.voices if one.speaker not in held]
    groups = [[one for one in voices if one.effort == effort] for effort in LABELS["strength"]]
    pairs = []
    for _ in range(3000):
        group = groups[int(rng.integers(3))]
        text = train.texts[int(rng.integers(len(train.texts)))]
        pairs.append((text, group[int(rng.integers(len(group)))]))
    truth = [voice.effort if text.sentence.open else "plain" for text, voice in pairs]
    read, heard = embedding([text for text, _ in pairs]), prosody([voice for _, voice in pairs])
    new_read, new_heard = embedding([text for text, _ in windows]), prosody([voice for _, voice in windows])
    by_voice = logistic(prosody(voices), [one.effort for one in voices], 0.01)(new_heard)
    return {
        "text only": logistic(read, truth, 0.1)(new_read),
        "voice only": by_voice,
        "text and voice side by side, linear": logistic(np.hstack([read, heard]), truth, 0.01)(
            np.hstack([new_read, new_heard])
        ),
        "keyword rule and voice": [
            effort if rule("strength", text.sentence.text) == "open" else "plain"
            for effort, (text, _) in zip(by_voice, windows, strict=True)
        ],
    }

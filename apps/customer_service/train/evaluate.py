"""Prints every figure of the model card: `python -m wugan.apps.customer_service.train.evaluate --data DIR`."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.customer_service.model import CallModel
from wugan.apps.customer_service.train.__main__ import FOLDS, VARIANTS, label_sets
from wugan.apps.customer_service.train.features import Text, Voice, texts, voices
from wugan.apps.customer_service.train.fit import Settings, fit, summaries
from wugan.apps.customer_service.train.held_out import Readings, cross_fit, logits
from wugan.cli import one_message
from wugan.learn.calibration import fit_weights, pool, softmax
from wugan.learn.card import spread
from wugan.learn.data import grouped
from wugan.learn.direct import fit_discriminant
from wugan.learn.metrics import Array, Index, accuracy, top_calibration_error, unweighted_recall
from wugan.modalities.speech.prosody import STATISTIC_NAMES

_WIDTH = 384  # of Whisper tiny's states


def show(name: str, values: Sequence[float], note: str = "") -> None:
    """One line: name, mean over seeds in percent, standard deviation if there are several."""
    print(f"  {name:62s} {spread([100 * value for value in values]):>5s} {note}".rstrip(), flush=True)


def emotion_baselines(heard: Sequence[Voice], folds: Sequence[set[str]], settings: Settings) -> None:
    """Support vector machines, and the direct reading by itself, on held-out speakers."""
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    labels = sorted({voice.emotion for voice in heard})
    x = summaries([voice.tokens for voice in heard])
    target = np.asarray([labels.index(voice.emotion) for voice in heard])
    speaker = np.asarray([voice.speaker for voice in heard])
    original = np.asarray([voice.original for voice in heard])
    states, prosody = x[:, : 2 * _WIDTH], x[:, -len(STATISTIC_NAMES) :]

    def held_out(features: Array, give: Callable[[Array, Index, Array], Array], train: NDArray[np.bool_]) -> Array:
        probs = np.zeros((len(heard), len(labels)))
        for without in folds:
            test = np.isin(speaker, list(without))
            probs[test] = give(features[train & ~test], target[train & ~test], features[test])
        return probs[original]

    def machine(known: Array, truth: Index, unknown: Array) -> Array:
        fitted = make_pipeline(StandardScaler(), SVC(C=10, class_weight="balanced")).fit(known, truth)
        return np.eye(len(labels))[fitted.predict(unknown)]

    def linear(known: Array, truth: Index, unknown: Array) -> Array:
        fitted = make_pipeline(StandardScaler(), SVC(kernel="linear", C=0.01, class_weight="balanced"))
        return np.eye(len(labels))[fitted.fit(known, truth).predict(unknown)]

    def discriminant(known: Array, truth: Index, unknown: Array) -> Array:
        names = [labels[k] for k in truth]
        reading = fit_discriminant(known.astype(np.float32), names, labels, settings.voice_shrinkage)
        with torch.inference_mode():
            return reading(torch.as_tensor(unknown)).numpy()

    both = np.hstack([states, prosody])
    for name, features in (
        ("SVM, encoder states", states),
        ("SVM, prosody", prosody),
        ("SVM, states and prosody", both),
        ("SVM, both, each speaker normalised (needs to know the speaker)", _by_speaker(both, speaker, original)),
    ):
        scores = [unweighted_recall(held_out(features, give, original), target[original]) for give in (machine, linear)]
        show(name, [max(scores)], f"(RBF {100 * scores[0]:.1f}, linear {100 * scores[1]:.1f})")
    show(
        "direct reading, clips as recorded", [unweighted_recall(held_out(x, discriminant, original), target[original])]
    )
    everything = np.ones_like(original)
    show("direct reading, with variants", [unweighted_recall(held_out(x, discriminant, everything), target[original])])


def _by_speaker(x: Array, speaker: Array, original: Array) -> Array:
    out = x.copy()
    for name in np.unique(speaker):
        of = x[(speaker == name) & original]
        out[speaker == name] = (x[speaker == name] - of.mean(axis=0)) / (of.std(axis=0) + 1e-5)
    return out


def held_out_figures(results: Sequence[dict[str, Readings]]) -> None:
    """What cross-fitting gave, a result for each seed."""
    for name in results[0]:
        recall = unweighted_recall if name == "emotion" else accuracy
        measure = "unweighted recall" if name == "emotion" else "accuracy"
        probs = [result[name].calibrated() for result in results]
        targets = [result[name].target for result in results]
        for part, label in enumerate(["direct", "fused"] if results[0][name].direct is not None else []):
            scores = [recall(result[name].parts[part], result[name].target) for result in results]
            show(f"{name}: {measure}, {label} reading alone", scores)
        show(f"{name}: {measure}", [recall(p, t) for p, t in zip(probs, targets, strict=True)])
        show(f"{name}: calibration error", [top_calibration_error(p, t) for p, t in zip(probs, targets, strict=True)])
        kept = [p.max(axis=1) >= 0.5 for p in probs]
        sure = [accuracy(p[k], t[k]) for p, t, k in zip(probs, targets, kept, strict=True)]
        show(f"{name}: accuracy where it does not abstain", sure, f"(answers {100 * np.mean(kept):.1f} %)")


def intent_test(
    read: Sequence[Text],
    test: Sequence[Text],
    heard: Sequence[Voice],
    results: Sequence[dict[str, Readings]],
    seeds: Sequence[int],
    settings: Settings,
) -> None:
    """BANKING77's test half: the baseline, new trainings with these seeds, and the shipped weights."""
    from sklearn.linear_model import LogisticRegression

    labels = label_sets(read, heard)
    target = np.asarray([labels["intent"].index(text.intent) for text in test])
    known, unknown = (summaries([text.tokens for text in part]) for part in (read, test))
    baseline = LogisticRegression(C=10, max_iter=500).fit(known, [text.intent for text in read])
    show("logistic regression on the sentence embedding", [baseline.score(unknown, [text.intent for text in test])])
    windows = [{"text": text.tokens} for text in test]
    scores, errors, fused_scores = [], [], []
    for seed, result in zip(seeds, results, strict=True):
        fused, direct = logits(fit(read, heard, labels, seed, settings), "intent", windows)
        assert direct is not None
        probs = softmax(pool([direct, fused], fit_weights(result["intent"].parts, result["intent"].target)))
        scores.append(accuracy(probs, target))
        errors.append(top_calibration_error(probs, target))
        fused_scores.append(accuracy(fused, target))
    show("fused reading alone", fused_scores)
    show("model", scores)
    show("model, calibration error", errors)
    shipped = CallModel.load()
    fused, direct = logits(shipped.network, "intent", windows)
    assert direct is not None and shipped.labels["intent"] == labels["intent"]
    probs = softmax(pool([direct, fused], shipped.network.weights("intent").tolist()))
    show("shipped weights", [accuracy(probs, target)])
    show("shipped weights, calibration error", [top_calibration_error(probs, target)])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="root of the data sets (emodb, ravdess, text)")
    parser.add_argument("--cache", type=Path, default=Path("features"), help="folder for cached features")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--corpus", choices=sorted(FOLDS), nargs="+", default=sorted(FOLDS), help="which voices")
    parser.add_argument("--jobs", type=int, default=2, help="processes that work side by side, one thread each")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    torch.set_num_threads(1)
    settings = Settings()
    read = texts(arguments.data, "train", arguments.cache, arguments.jobs)
    test = texts(arguments.data, "test", arguments.cache, arguments.jobs)
    for corpus in arguments.corpus:
        heard = voices(arguments.data, corpus, arguments.cache, VARIANTS[corpus], arguments.jobs)
        speakers = len({voice.speaker for voice in heard})
        # EmoDB has few speakers: one at a time where training is quick, two where the whole model trains.
        folds = grouped([voice.speaker for voice in heard], speakers if corpus == "emodb" else FOLDS[corpus], 0)
        print(f"{corpus}: unweighted average recall in %, {len(folds)} folds of {speakers} speakers")
        emotion_baselines(heard, folds, settings)
        print(
            f"{corpus}: whole model in %, {FOLDS[corpus]} folds, held-out texts and speakers, seeds {arguments.seeds}"
        )
        labels, count = label_sets(read, heard), FOLDS[corpus]
        results = [cross_fit(read, heard, labels, seed, settings, count, arguments.jobs) for seed in arguments.seeds]
        held_out_figures(results)
        if corpus == "emodb":
            print("BANKING77, test half: accuracy in %")
            intent_test(read, test, heard, results, arguments.seeds, settings)


if __name__ == "__main__":
    with one_message():
        main()

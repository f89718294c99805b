"""Prints every figure of the model card: `python -m wugan.apps.voice_to_3d.readings.train.evaluate --data DIR`."""

from __future__ import annotations

import argparse
import logging
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.train.__main__ import THRESHOLDS
from wugan.apps.voice_to_3d.readings.train.baselines import embedding, logistic, nearest_box, rule, strengths, summary
from wugan.apps.voice_to_3d.readings.train.data import Data, load
from wugan.apps.voice_to_3d.readings.train.fit import Settings
from wugan.apps.voice_to_3d.readings.train.held_out import Answers, cross_fitted, folds, head_weights
from wugan.apps.voice_to_3d.readings.train.scans import size_errors
from wugan.apps.voice_to_3d.readings.train.voices import Voice, foreign
from wugan.cli import one_message
from wugan.learn.calibration import softmax
from wugan.learn.card import spread
from wugan.learn.metrics import top_calibration_error

Figures = dict[str, list[float]]
Mask = NDArray[np.bool_]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="root of the data sets (emodb_original, ravdess)")
    parser.add_argument("--out", type=Path, required=True, help="folder whose cache the training has filled")
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(1)
    cache = arguments.out / "cache"
    train, test = load(arguments.data, cache)
    figures: Figures = defaultdict(list)
    for seed in range(arguments.seeds):
        found = cross_fitted(arguments.data, cache, seed, Settings())
        weights = {head: head_weights(found["held out"], head) for head in LABELS}
        for head in ("size", "kind", "shape"):
            _head(figures, head, head, found["held out"], weights[head])
        pools = {"held out": train.voices, "synthetic": test.voices}
        if "foreign" in found:
            pools["foreign"] = foreign(arguments.data, cache)
        for name, voices in pools.items():
            _strength(figures, name, found[name], voices, train, test, seed, weights["strength"])
    _words(figures, train, test)
    _shapes(figures, train, test)
    for name, values in figures.items():
        print(f"{name:75s} {spread(values):>6s}")
    _sizes(test)


def _head(
    figures: Figures,
    name: str,
    head: str,
    answers: Sequence[Answers],
    weights: Sequence[float],
    counted: Mask | None = None,
) -> None:
    """Accuracy, calibration with the weights fitted on all folds, and what is left after abstaining."""
    parts = {part: np.concatenate([getattr(one, part)[head] for one in answers]) for part in ("direct", "logits")}
    logits = weights[0] * parts["direct"] + weights[1] * parts["logits"]
    target = np.concatenate([one.target[head] for one in answers])
    if counted is not None:
        parts = {part: values[counted] for part, values in parts.items()}
        logits, target = logits[counted], target[counted]
    figures[f"{name}: direct reading alone"].append(100 * (parts["direct"].argmax(1) == target).mean())
    figures[f"{name}: backbone's reading alone"].append(100 * (parts["logits"].argmax(1) == target).mean())
    probs = softmax(logits)
    right, sure = probs.argmax(1) == target, probs.max(1) >= THRESHOLDS[head]
    figures[f"{name}: network"].append(100 * right.mean())
    figures[f"{name}: network, expected calibration error"].append(100 * top_calibration_error(probs, target))
    figures[f"{name}: network where it does not abstain"].append(100 * right[sure].mean())
    figures[f"{name}: share it answers"].append(100 * sure.mean())


def _strength(
    figures: Figures,
    name: str,
    answers: Sequence[Answers],
    voices: Sequence[Voice],
    train: Data,
    test: Data,
    seed: int,
    weights: Sequence[float],
) -> None:
    """All windows, and those with an open sentence by unweighted recall, beside the baselines."""
    label = f"strength, {name}"
    guesses: dict[str, list[str]] = defaultdict(list)
    for one, away in zip(answers, folds(train.voices, seed), strict=True):
        windows = [(test.texts[t], voices[v]) for t, v in zip(one.text, one.voice, strict=True)]
        for baseline, found in strengths(train, away, seed, windows).items():
            guesses[baseline] += found
        guesses["always plain"] += ["plain"] * len(windows)
        for reading, logits in (
            ("network", weights[0] * one.direct["strength"] + weights[1] * one.logits["strength"]),
            ("direct reading alone", one.direct["strength"]),
            ("backbone's reading alone", one.logits["strength"]),
        ):
            guesses[reading] += [LABELS["strength"][k] for k in logits.argmax(1)]
    target = np.concatenate([one.target["strength"] for one in answers])
    truth = np.array(LABELS["strength"])[target]
    is_open = np.concatenate([one.open for one in answers])
    # Whether a calm voice means less than a neutral one is a matter of taste.
    counted = np.array([voices[v].emotion != "calm" for one in answers for v in one.voice])
    _head(figures, label, "strength", answers, weights, counted)
    _head(figures, f"{label}, open sentences", "strength", answers, weights, counted & is_open)
    for baseline, found in guesses.items():
        right = np.array(found) == truth
        figures[f"{label}, all sentences: {baseline}"].append(100 * right[counted].mean())
        recall = [right[counted & is_open & (truth == effort)].mean() for effort in LABELS["strength"]]
        figures[f"{label}, open sentences, unweighted recall: {baseline}"].append(100 * float(np.mean(recall)))
    said = np.array(guesses["network"])
    figures[f"{label}, open sentences: plain voices taken as strong"].append(
        100 * float((said[counted & is_open & (truth == "plain")] == "strong").mean())
    )


def _words(figures: Figures, train: Data, test: Data) -> None:
    for head in ("size", "kind"):
        known = [getattr(text.sentence, head) for text in train.texts]
        truth = np.array([getattr(text.sentence, head) for text in test.texts])
        # Windows have an open sentence every other time.
        share = np.array([text.sentence.open for text in test.texts])
        weight = np.where(share, 0.5 / share.sum(), 0.5 / (~share).sum())
        guesses = {
            "always as said": ["said"] * len(truth),
            "keyword rule": [rule(head, text.sentence.text) for text in test.texts],
            "logistic regression of the sentence embedding": logistic(embedding(train.texts), known, 0.1)(
                embedding(test.texts)
            ),
        }
        for name, found in guesses.items():
            figures[f"{head}: {name}"].append(100 * float(weight @ (np.array(found) == truth)))


def _shapes(figures: Figures, train: Data, test: Data) -> None:
    truth = np.array([scan.shape for scan in test.scans])
    regression = logistic(summary(train.scans), [scan.shape for scan in train.scans], 0.1)
    guesses = {
        "chance": [truth[0]] * len(truth),
        "nearest neighbour by box": nearest_box(train.scans, test.scans),
        "logistic regression of the first token": regression(summary(test.scans)),
    }
    for name, found in guesses.items():
        figures[f"shape: {name}"].append(100 * float((np.array(found) == truth).mean()))


def _sizes(test: Data) -> None:
    for ground in (True, False):
        errors = 100 * np.abs(size_errors([scan for scan in test.scans if scan.ground == ground]))
        print(
            f"sizes of scans {'with' if ground else 'without'} ground: median error {np.median(errors):.2f} %, "
            f"90th percentile {np.quantile(errors, 0.9):.1f} %, within 2 %: {100 * (errors < 2).mean():.0f} %; "
            f"width and depth within 2 %: {100 * (errors[:, :2] < 2).mean():.0f} %"
        )


if __name__ == "__main__":
    with one_message():
        main()

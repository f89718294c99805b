"""Trains the customer service's weights: `python -m wugan.apps.customer_service.train --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import logging
import time
from collections.abc import Sequence
from pathlib import Path

import torch

from wugan.apps.customer_service.model import CallModel, ModelInfo
from wugan.apps.customer_service.network import HEADS
from wugan.apps.customer_service.train.features import Text, Voice, texts, voices
from wugan.apps.customer_service.train.fit import Settings, fit
from wugan.apps.customer_service.train.held_out import cross_fit
from wugan.apps.customer_service.urgency import LEVELS
from wugan.cli import one_message
from wugan.learn.calibration import fit_weights

logger = logging.getLogger(__name__)

VARIANTS = {"emodb": 1, "ravdess": 0}
FOLDS = {"emodb": 4, "ravdess": 5}
NAMES = {"emodb": "default", "ravdess": "ravdess-noncommercial"}
LICENCES = {
    "banking77": "CC BY 4.0 (Casanueva et al. 2020), training half",
    "emodb": "CC0 (Burkhardt et al. 2005), four emotions",
    "ravdess": "CC BY-NC-SA 4.0 (Livingstone & Russo 2018): no commercial use",
}
THRESHOLD = 0.5  # probabilities are calibrated: below this an answer is more likely wrong than right


def train(data: Path, out: Path, corpus: str, seed: int, settings: Settings, jobs: int = 1) -> Path:
    """Train on a corpus of voices and BANKING77's training half, calibrate by cross-fitting, and write the weights.

    Args:
        data: root of the data sets.
        out: folder for the weights; features are kept in its `cache`.
        corpus: `"emodb"` or `"ravdess"`.
        seed: of everything random.
        settings: see `Settings`.
        jobs: processes that work side by side; the result does not depend on it.

    Returns:
        The file of weights.
    """
    read = texts(data, "train", out / "cache", jobs)
    heard = voices(data, corpus, out / "cache", VARIANTS[corpus], jobs)
    labels = label_sets(read, heard)
    held_out = cross_fit(read, heard, labels, seed, settings, FOLDS[corpus], jobs)
    logger.info("final training on everything")
    network = fit(read, heard, labels, seed, settings)
    for name in HEADS:
        readings = held_out[name]
        weights = fit_weights(readings.parts, readings.target)
        network.weights(name).copy_(torch.tensor([0.0] * (2 - len(weights)) + weights))
    info = ModelInfo(
        config=network.backbone.config,
        labels=labels,
        thresholds=dict.fromkeys(HEADS, THRESHOLD),
        trained_on={
            "data": {name: LICENCES[name] for name in ("banking77", corpus)},
            "command": f"python -m wugan.apps.customer_service.train --corpus {corpus} --seed {seed}",
            "seed": seed,
        },
    )
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{NAMES[corpus]}.safetensors"
    CallModel(network, info).save(path)
    return path


def label_sets(read: Sequence[Text], heard: Sequence[Voice]) -> dict[str, list[str]]:
    """Classes of each head, in the order of its logits."""
    return {
        "intent": list(dict.fromkeys(text.intent for text in read)),
        "emotion": sorted({voice.emotion for voice in heard}),
        "urgency": list(LEVELS),
    }


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="root of the data sets (emodb, ravdess, text)")
    parser.add_argument("--out", type=Path, required=True, help="folder for weights and cached features")
    parser.add_argument("--corpus", choices=sorted(NAMES), default="emodb", help="voices; ravdess is non-commercial")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2, help="processes that work side by side, one thread each")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(1)
    start = time.perf_counter()
    path = train(arguments.data, arguments.out, arguments.corpus, arguments.seed, Settings(), arguments.jobs)
    logger.info("%s: %.1f MB, %.0f s", path, path.stat().st_size / 1e6, time.perf_counter() - start)


if __name__ == "__main__":
    with one_message():
        main()

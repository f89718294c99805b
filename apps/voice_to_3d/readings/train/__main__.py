"""Trains the readings' weights: `python -m wugan.apps.voice_to_3d.readings.train --data DIR --out DIR`."""

from __future__ import annotations

import argparse
import logging
import time
from pathlib import Path

import torch

from wugan.apps.voice_to_3d.readings.labels import LABELS
from wugan.apps.voice_to_3d.readings.model import ModelInfo, ReadingModel
from wugan.apps.voice_to_3d.readings.network import HEADS
from wugan.apps.voice_to_3d.readings.train.data import load
from wugan.apps.voice_to_3d.readings.train.fit import Settings, fit
from wugan.apps.voice_to_3d.readings.train.held_out import cross_fitted, head_weights
from wugan.cli import one_message

logger = logging.getLogger(__name__)

LICENCES = {
    "emodb": "CC0 (Burkhardt et al. 2005), four emotions",
    "sentences, scans, synthetic voice": "made by wugan",
}
# Strength waits for more: voices unlike those it learnt from are less sure than they seem.
THRESHOLDS = {"size": 0.6, "kind": 0.6, "strength": 0.7, "shape": 0.5}


def train(data: Path, out: Path, seed: int, settings: Settings) -> Path:
    """Train on everything, calibrate on what four trainings without two speakers each said of these, and write it.

    Args:
        data: root of the data sets.
        out: folder for the weights; tokens and held-out answers are kept in its `cache`.
        seed: of everything random.
        settings: of the trainings.
    """
    known, _ = load(data, out / "cache")
    held_out = cross_fitted(data, out / "cache", seed, settings)["held out"]
    logger.info("final training on everything")
    network = fit(known, seed, settings)
    for number, name in enumerate(HEADS):
        network.weights[number] = torch.tensor(head_weights(held_out, name))  # type: ignore[operator]
    info = ModelInfo(
        config=network.backbone.config.model_copy(update={"dropout": 0.0, "modality_dropout": 0.0}),
        labels={name: list(labels) for name, labels in LABELS.items()},
        thresholds=THRESHOLDS,
        trained_on={
            "data": LICENCES,
            "command": f"python -m wugan.apps.voice_to_3d.readings.train --seed {seed}",
            "seed": seed,
        },
    )
    path = out / "default.safetensors"
    ReadingModel(network, info).save(path)
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="root of the data sets (emodb_original)")
    parser.add_argument("--out", type=Path, required=True, help="folder for weights and cache")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(1)
    start = time.perf_counter()
    path = train(arguments.data, arguments.out, arguments.seed, Settings())
    logger.info("%s: %.2f MB, %.0f s", path, path.stat().st_size / 1e6, time.perf_counter() - start)


if __name__ == "__main__":
    with one_message():
        main()

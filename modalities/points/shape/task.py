"""The task `shape` of `wugan predict`."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.modalities.points.shape.classifier import BATCH, SHIPPED, ShapeClassifier
from wugan.modalities.points.shape.grids import read_shapes
from wugan.modalities.points.shape.views import LEAST_POINTS
from wugan.task import Prediction, Task

logger = logging.getLogger(__name__)


class ShapeTask(Task):
    """What kind of object a set of points or an occupancy grid is (ten kinds of furniture; z up).

    Files: .npz or .npy with grids, packed grids or points. Weights: `modelnet10-research`, for research, from the
    distribution `wugan-research-weights` (see the card).
    """

    def warm_up(self) -> None:
        """Load the network."""
        self._model = ShapeClassifier.load(self.weights or SHIPPED)
        if self.weights is None:
            logger.warning("weights %s saw data that are for research only: see the model card", SHIPPED)

    def predict(self, path: Path) -> Iterable[Prediction]:
        """One prediction for each shape in the file, in order; an empty one is abstained from."""
        number = 0
        for group in _groups(read_shapes(path)):
            for prediction in self._of(group):
                number += 1
                yield prediction.model_copy(update={"item": number})

    def _of(self, shapes: list[NDArray[np.float32]]) -> Iterator[Prediction]:
        labels = self._model.labels
        there = [index for index, shape in enumerate(shapes) if len(shape) >= LEAST_POINTS]
        probs = np.full((len(shapes), len(labels)), 1 / len(labels))
        probs[there] = self._model.probabilities([shapes[index] for index in there])
        for index, row in enumerate(probs):
            yield Prediction(
                label=labels[int(row.argmax())],
                probs=dict(zip(labels, (round(float(p), 6) for p in row), strict=True)),
                abstain=index not in there or bool(row.max() < self._model.info.unsure_below),
            )


def _groups(shapes: Iterator[NDArray[np.float32]]) -> Iterator[list[NDArray[np.float32]]]:
    group: list[NDArray[np.float32]] = []
    for shape in shapes:
        group.append(shape)
        if len(group) == BATCH:
            yield group
            group = []
    if group:
        yield group

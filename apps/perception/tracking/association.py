"""Which detection belongs to which track."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.tracking.overlap import iou_matrix, iou_pairs
from wugan.errors import PluginError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Affinity of a pair that must not be: far below every possible one.
FORBIDDEN = -1e6
#: 3D overlap from which on two detections of different classes are of one object.
SAME_PLACE = 0.3
#: Distance in standard deviations counts up to here; a pair beyond is forbidden anyway.
FAR = 1e3


def affinity(boxes: Array, kinds: Ints, predicted: Array, predicted_kinds: Ints, spread: Array, reach: Array) -> Array:
    """How well detections fit tracks: 3D overlap, less the distance on the ground in units of its expected spread.

    Where boxes overlap little (far, small or fast objects), the distance still tells apart near and far; a new track,
    of unknown velocity, looks for its second detection in a wide surrounding, an old one in a narrow one.

    Args:
        boxes: Detections, shape (n, 7).
        kinds: Index of their classes; pairs of different classes are `FORBIDDEN`.
        predicted: Predicted boxes of the tracks, shape (m, 7).
        predicted_kinds: Index of their classes.
        spread: Standard deviations of the detection's x and y about the prediction, shape (m, 2).
        reach: Standard deviations that cost as much as an overlap of 1, shape (m,).

    Returns:
        Values up to 1, shape (n, m).
    """
    away = (boxes[:, None, :2] - predicted[None, :, :2]) / spread[None]
    distance = np.minimum(np.hypot(away[..., 0], away[..., 1]), FAR)
    fit = iou_matrix(boxes, predicted) - distance / reach
    return np.where(kinds[:, None] == predicted_kinds[None], fit, FORBIDDEN)


def doubled(boxes: Array, kinds: Ints, odds: Array) -> NDArray[np.bool_]:
    """Which detections are of an object that a detection of another class has more surely: it is of one class.

    A detector of several classes often takes a cyclist for a pedestrian too.

    Args:
        boxes: Detections, shape (n, 7).
        kinds: Index of their classes, shape (n,).
        odds: How sure each is, comparable between classes, shape (n,); of equals the first counts.
    """
    first, second = np.nonzero(np.triu(kinds[:, None] != kinds[None], 1))
    same = iou_pairs(boxes[first], boxes[second]) > SAME_PLACE
    unsure = np.zeros(len(boxes), bool)
    unsure[np.where(odds[second] > odds[first], first, second)[same]] = True
    return unsure


def assign(fit: Array, least: Array) -> tuple[Ints, Ints]:
    """One to one, of the largest total affinity (Jonker-Volgenant, as in scipy), no pair below its track's `least`.

    Args:
        fit: Affinities, shape (n, m).
        least: For each track, shape (m,).

    Returns:
        Rows (detections) and columns (tracks) of the pairs.

    Raises:
        PluginError: scipy is not installed.
    """
    if not fit.size:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise PluginError("tracking needs scipy: pip install 'wugan[spatial]'") from error
    # What a pair is above its least; an impossible pair is worth nothing, as no pair at all.
    worth = np.maximum(fit - least, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    real = worth[rows, columns] > 0
    return rows[real].astype(np.int64), columns[real].astype(np.int64)

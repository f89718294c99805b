"""The method of AB3DMOT as its paper describes it, written anew: the peer of `tracking.py`.

Weng, Wang, Held, Kitani, IROS 2020: a Kalman filter of constant velocity per object (x, y, z, yaw, l, w, h and the
speed in a frame), assignment by 3D IoU (cars) or by distance, birth after 3 hits, death after 2 frames without one.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from wugan.apps.perception.tracking.kitti import Array, SequenceDetections, SequenceTracks, wrap
from wugan.apps.perception.tracking.overlap import iou_matrix

MIN_HITS = 3
MAX_AGE = 2
#: Least IoU (cars), or greatest distance in metres.
LEAST_IOU = 0.01
MOST_METRES = {"Pedestrian": 1.0, "Cyclist": 2.0}

TRANSITION = np.eye(10)
TRANSITION[:3, 7:] = np.eye(3)
OBSERVE = np.eye(7, 10)
PROCESS_NOISE = np.diag([1.0] * 7 + [0.01] * 3)
FIRST_COVARIANCE = np.diag([10.0] * 7 + [10_000.0] * 3)


class _Object:
    def __init__(self, box: Array, identity: int) -> None:
        self.x = np.concatenate([box[[0, 1, 2, 6, 3, 4, 5]], np.zeros(3)])
        self.p = FIRST_COVARIANCE.copy()
        self.identity, self.hits, self.missed = identity, 1, 0
        self.seen = -1

    def predict(self) -> None:
        self.x = TRANSITION @ self.x
        self.x[3] = wrap(self.x[3])
        self.p = TRANSITION @ self.p @ TRANSITION.T + PROCESS_NOISE
        self.missed += 1

    def update(self, box: Array) -> None:
        z = box[[0, 1, 2, 6, 3, 4, 5]]
        turn = float(wrap(z[3] - self.x[3]))
        if abs(turn) > np.pi / 2:  # the detector took the front for the back
            self.x[3] += np.pi
            turn = float(wrap(z[3] - self.x[3]))
        z = z.copy()
        z[3] = self.x[3] + turn
        gain = self.p @ OBSERVE.T @ np.linalg.inv(OBSERVE @ self.p @ OBSERVE.T + np.eye(7))
        self.x = self.x + gain @ (z - OBSERVE @ self.x)
        self.p = (np.eye(10) - gain @ OBSERVE) @ self.p
        self.hits += 1
        self.missed = 0

    @property
    def box(self) -> Array:
        return self.x[[0, 1, 2, 4, 5, 6, 3]]


def track_baseline(detections: SequenceDetections, name: str) -> SequenceTracks:
    """Tracks of one class of a sequence."""
    rows, objects, next_identity = [], list[_Object](), 1
    for frame in range(detections.frames):
        at = np.flatnonzero((detections.frame == frame) & (detections.label == name))
        boxes = detections.box[at]
        for one in objects:
            one.predict()
        unmatched = set(range(len(at)))
        if objects and len(at):
            predicted = np.array([one.box for one in objects])
            if name in MOST_METRES:
                affinity = -np.linalg.norm(boxes[:, None, :3] - predicted[None, :, :3], axis=-1)
                least = -MOST_METRES[name]
            else:
                affinity, least = iou_matrix(boxes, predicted), LEAST_IOU
            for d, t in zip(*linear_sum_assignment(-affinity), strict=True):
                if affinity[d, t] >= least:
                    objects[t].update(boxes[d])
                    objects[t].seen = int(at[d])
                    unmatched.discard(int(d))
        for d in sorted(unmatched):
            objects.append(_Object(boxes[d], next_identity))
            objects[-1].seen = int(at[d])
            next_identity += 1
        for one in objects:
            if one.missed < MAX_AGE and (one.hits >= MIN_HITS or frame < MIN_HITS):
                rows.append((frame, one.identity, one.box, one.seen))
        objects = [one for one in objects if one.missed < MAX_AGE]
    seen = np.array([row[3] for row in rows], np.int64)
    return SequenceTracks(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.full(len(rows), name, dtype="U16"),
        np.array([row[2] for row in rows]).reshape(-1, 7),
        detections.score[seen],
        detections.image_box[seen],
    )

"""A whole sequence of KITTI detections through the tracker, frame by frame."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from wugan.apps.perception.tracking.kitti import SequenceDetections, SequenceTracks
from wugan.apps.perception.tracking.pointrcnn import POINT_RCNN
from wugan.apps.perception.tracking.settings import GENERAL, ClassSettings
from wugan.apps.perception.tracking.track import Stage
from wugan.apps.perception.tracking.tracker import Tracker

#: KITTI's sensors run at 10 Hz.
RATE_HZ = 10.0
#: Pixels; KITTI's pictures are 1224 to 1242 wide. An object whose box touched the edge has left if not seen again.
LEFT_EDGE, RIGHT_EDGE = 1.0, 1222.0


def track_sequence(
    detections: SequenceDetections,
    classes: Mapping[str, ClassSettings] = POINT_RCNN,
    rate_hz: float = RATE_HZ,
) -> SequenceTracks:
    """Track one sequence online.

    Every frame's rows are written from what was known at that frame. A coasting track bears the image box of its last
    detection, and is left out if that touched the edge of the picture.

    Args:
        detections: Of all classes. Frames without detections may be missing.
        classes: Settings by class name in lower case.
        rate_hz: Frames a second.
    """
    tracker = Tracker(classes)
    edges = np.searchsorted(detections.frame, np.arange(detections.frames + 1))
    rows = []
    last_seen: dict[int, int] = {}
    for frame, (start, end) in enumerate(itertools.pairwise(edges)):
        labels = detections.label[start:end].tolist()
        time_ns = round(frame * 1e9 / rate_hz)
        for track in tracker.update_arrays(detections.box[start:end], detections.score[start:end], labels, time_ns):
            if track.detection is not None:
                last_seen[track.id] = int(start) + track.detection
            if track.stage in (Stage.TENTATIVE, Stage.DEAD):
                continue
            source = last_seen[track.id]
            if track.stage is Stage.COASTING:
                settings = classes.get(track.label.lower(), GENERAL)
                left, _, right, _ = detections.image_box[source]
                if track.coasted_s > settings.report_coast_s or track.spread > settings.report_spread:
                    continue
                if left < LEFT_EDGE or right > RIGHT_EDGE:
                    continue
            rows.append((frame, track.id, track.label, track.box, track.score, source))
    source_of = np.array([row[5] for row in rows], np.int64)
    return SequenceTracks(
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], dtype="U16"),
        np.array([row[3] for row in rows], np.float64).reshape(-1, 7),
        np.array([row[4] for row in rows], np.float64),
        detections.image_box[source_of],
        np.zeros(len(rows), np.int64),
        np.zeros(len(rows), np.int64),
    )

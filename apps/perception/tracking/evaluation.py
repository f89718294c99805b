"""3D multi-object tracking figures by the protocol of AB3DMOT.

Weng, Wang, Held, Kitani, "3D Multi-Object Tracking: A Baseline and New Evaluation Metrics", IROS 2020; what counts as
an object, a miss and a false alarm is KITTI's (Geiger et al., CVPR 2012, with the CLEAR MOT figures of Bernardin and
Stiefelhagen, 2008). Written from these definitions; tested against cases computed by hand.

An object and a track match where their boxes overlap by 3D IoU ≥ 0.25, one to one, by the assignment of the largest
total overlap. Left out of the count: labels that are truncated, occluded beyond level 2, or of the neighbour class (Van
for Car); unmatched tracks whose picture is no higher than 25 pixels or lies by half in a DontCare area. A track's score
is the mean over its frames. Tracks are thresholded at 40 recall levels; sAMOTA, AMOTA and AMOTP are means over these, a
level that is not reached counting 0; MOTA, MOTP, IDS, FRAG belong to the threshold of the highest MOTA.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from wugan.apps.perception.tracking.kitti import SequenceTracks
from wugan.apps.perception.tracking.overlap import iou_pairs
from wugan.errors import PluginError

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

RECALL_LEVELS = 40
#: Classes that look alike: their labels count neither as missed nor, if a track lies on them, as false alarms.
NEIGHBOURS = {"car": "van", "pedestrian": "person_sitting"}
LEAST_IMAGE_HEIGHT = 25.0
MOST_OCCLUDED = 2
MOST_TRUNCATED = 0
#: Part of a track's image box inside one DontCare area beyond which it is not counted.
IN_DONT_CARE = 0.5
#: Cost of a pair that overlaps too little, beside costs of at most 1.
GATED = 1e9
_APART = 10**10  # between the frames, and the identities, of two sequences
NOTHING = SequenceTracks(
    np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, "U16"), np.zeros((0, 7)), np.zeros(0), np.zeros((0, 4))
)


class MotFigures(BaseModel):
    """What the protocol gives for one class, rates in percent.

    `best_score` is the threshold of the highest MOTA, at which everything but the first three figures is counted.
    """

    samota: float
    amota: float
    amotp: float
    mota: float
    motp: float
    ids: int
    frag: int
    recall: float
    precision: float
    true_positives: int
    false_positives: int
    misses: int
    objects: int
    best_score: float | None


@dataclass(slots=True)
class _Scene:
    """All sequences in one: labels ordered by object and frame, and the pairs of label and track box that overlap."""

    objects: Ints  # of each label: which object
    ignored: Bools  # of each label
    tracks: Ints  # of each track box: which track
    left_out: Bools  # of each track box
    score: Array  # of each track, mean
    pair_label: Ints
    pair_box: Ints
    overlap: Array
    frames: list[Ints]  # pairs of the frames in which an assignment is needed, as one box has more than one partner
    plain: Bools  # pairs of all other frames
    matched_before: Bools  # of each track box


@dataclass(slots=True)
class _Count:
    tp: int
    fp: int
    fn: int
    objects: int
    overlap: float
    ids: int
    frag: int

    @property
    def errors(self) -> int:
        return self.fp + self.fn + self.ids

    @property
    def mota(self) -> float:
        return 1 - self.errors / self.objects

    @property
    def motp(self) -> float:
        return self.overlap / self.tp if self.tp else 0.0


def evaluate(
    labels: Mapping[str, SequenceTracks],
    tracks: Mapping[str, SequenceTracks],
    name: str = "Car",
    least_overlap: float = 0.25,
) -> MotFigures | None:
    """Compare a tracker's output with labels, over all sequences that have labels.

    Args:
        labels: By sequence.
        tracks: By sequence; a sequence without tracks counts as one in which nothing was found.
        name: Class to look at.
        least_overlap: 3D IoU from which on a track lies on an object.

    Returns:
        The figures; None if the labels hold no object of this class that counts.
    """
    scene = _scene(labels, tracks, name.lower(), least_overlap)
    if scene.ignored.all():
        return None
    total, scores = _count(scene, -np.inf)
    samota = amota = amotp = 0.0
    best, best_score, best_mota = total, -np.inf, 0.0
    for score, recall in _thresholds(scores, total.tp + total.fn):
        at, _ = _count(scene, score)
        scaled = 1 - (at.errors - (1 - recall) * at.objects) / (recall * at.objects)
        samota += min(1.0, max(0.0, scaled))
        amota += at.mota
        amotp += at.motp
        if at.mota > best_mota:
            best, best_score, best_mota = at, score, at.mota
    return MotFigures(
        samota=100 * samota / RECALL_LEVELS,
        amota=100 * amota / RECALL_LEVELS,
        amotp=100 * amotp / RECALL_LEVELS,
        mota=100 * best.mota,
        motp=100 * best.motp,
        ids=best.ids,
        frag=best.frag,
        recall=100 * best.tp / max(best.tp + best.fn, 1),
        precision=100 * best.tp / max(best.tp + best.fp, 1),
        true_positives=best.tp,
        false_positives=best.fp,
        misses=best.fn,
        objects=best.objects,
        best_score=float(best_score) if np.isfinite(best_score) else None,
    )


def _scene(
    labels: Mapping[str, SequenceTracks], tracks: Mapping[str, SequenceTracks], name: str, least: float
) -> _Scene:
    truth = _joined([labels[key] for key in sorted(labels)])
    found = _joined([tracks.get(key, NOTHING) for key in sorted(labels)])
    lower = np.char.lower(truth.label)
    of_class = ((lower == name) | (lower == NEIGHBOURS.get(name, name))) & (truth.identity >= 0)
    objects = np.flatnonzero(of_class)
    objects = objects[np.lexsort((truth.frame[objects], truth.identity[objects]))]
    ignored = (truth.occluded > MOST_OCCLUDED) | (truth.truncated > MOST_TRUNCATED) | (lower != name)
    mine = np.flatnonzero(np.char.lower(found.label) == name)
    _, identity = np.unique(truth.identity[objects], return_inverse=True)
    _, track = np.unique(found.identity[mine], return_inverse=True)
    score = np.bincount(track, found.score[mine]) / np.maximum(np.bincount(track), 1)
    image = found.image_box[mine]
    left_out = np.abs(image[:, 3] - image[:, 1]) <= LEAST_IMAGE_HEIGHT
    areas = np.flatnonzero(lower == "dontcare")
    area, box = _together(truth.frame[areas], found.frame[mine])
    left_out[box[_inside(image[box], truth.image_box[areas[area]])]] = True
    label, box = _together(truth.frame[objects], found.frame[mine])
    overlap = iou_pairs(truth.box[objects[label]], found.box[mine[box]])
    near = overlap >= least
    label, box = label[near], box[near]
    # Frames in which a label or a track box has more than one partner.
    often = np.bincount(label, minlength=1)[label] > 1
    often |= np.bincount(box, minlength=1)[box] > 1
    frame = truth.frame[objects[label]]
    plain = ~np.isin(frame, frame[often])
    order = np.flatnonzero(~plain)
    order = order[np.argsort(frame[order], kind="stable")]
    frames = np.split(order, np.flatnonzero(np.diff(frame[order])) + 1) if len(order) else []
    return _Scene(
        identity,
        ignored[objects],
        track,
        left_out,
        score,
        label,
        box,
        overlap[near],
        frames,
        plain,
        np.zeros(len(track), bool),
    )


def _joined(sequences: list[SequenceTracks]) -> SequenceTracks:
    """All sequences as one, whose frames and identities are kept apart (those below 0 are none)."""
    parts = []
    for number, one in enumerate(sequences):
        identity = np.where(one.identity < 0, one.identity, one.identity + number * _APART)
        parts.append(replace(one, frame=one.frame + number * _APART, identity=identity))
    return SequenceTracks(
        *(np.concatenate([getattr(one, key.name) for one in parts]) for key in fields(SequenceTracks))
    )


def _together(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """All pairs of rows, one of each table, that lie in the same frame."""
    order = np.argsort(second, kind="stable")
    start = np.searchsorted(second[order], first, side="left")
    count = np.searchsorted(second[order], first, side="right") - start
    rows = np.repeat(np.arange(len(first)), count)
    inner = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    return rows, order[start[rows] + inner]


def _inside(boxes: Array, areas: Array) -> Bools:
    """Of pairs of image boxes (n, 4) and areas (n, 4): whether the box lies by more than half in the area."""
    sides = np.minimum(boxes[:, 2:], areas[:, 2:]) - np.maximum(boxes[:, :2], areas[:, :2])
    common = np.prod(np.maximum(sides, 0.0), axis=1)
    return np.asarray(common > IN_DONT_CARE * np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


def _count(scene: _Scene, threshold: float) -> tuple[_Count, Array]:
    """CLEAR MOT of the tracks whose mean score reaches the threshold, and the scores of all matches."""
    kept = scene.score >= threshold
    seen = kept[scene.tracks] if len(scene.tracks) else np.zeros(0, bool)
    valid = seen[scene.pair_box]
    matched = scene.plain & valid
    for rows in scene.frames:
        some = rows[valid[rows]]
        matched[some[_assigned(scene.pair_label[some], scene.pair_box[some], scene.overlap[some])]] = True
    label, box = scene.pair_label[matched], scene.pair_box[matched]
    on = np.full(len(scene.objects), -1, np.int64)
    on[label] = scene.tracks[box]
    # The published evaluation never forgets that a box was matched while it goes through the thresholds.
    scene.matched_before[box] = True
    left_out = seen & scene.left_out & ~scene.matched_before
    ids, frag = _switches(scene.objects, on, scene.ignored)
    count = _Count(
        tp=len(label),
        fp=int(seen.sum()) - len(label) - int(left_out.sum()),
        fn=int(((on < 0) & ~scene.ignored).sum()),
        objects=int((~scene.ignored).sum()),
        overlap=float(scene.overlap[matched].sum()),
        ids=ids,
        frag=frag,
    )
    return count, scene.score[scene.tracks[box]]


def _assigned(label: Ints, box: Ints, overlap: Array) -> Ints:
    """Which of a frame's pairs the assignment of the largest number, then the largest total overlap, takes."""
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise PluginError("tracking needs scipy: pip install 'wugan[spatial]'") from error
    _, row = np.unique(label, return_inverse=True)
    _, column = np.unique(box, return_inverse=True)
    if not len(label):
        return np.zeros(0, np.int64)
    cost = np.full((row.max() + 1, column.max() + 1), GATED)
    cost[row, column] = 1 - overlap
    chosen = np.zeros(cost.shape, bool)
    chosen[linear_sum_assignment(cost)] = True
    return np.flatnonzero(chosen[row, column])


def _switches(objects: Ints, track: Ints, ignored: Bools) -> tuple[int, int]:
    """Changes of identity and fragments along the objects' paths, as KITTI counts them.

    Args:
        objects: Which object, rows of one object together and in the order of time.
        track: Which track lies on it, -1 none.
        ignored: Whether the row is left out.
    """
    n = len(objects)
    if not n:
        return 0, 0
    first = np.ones(n, bool)
    first[1:] = objects[1:] != objects[:-1]
    end = np.roll(first, -1)
    at = np.arange(n)
    # The track that lay on the object last; forgotten in a row that is left out, but not in the first one.
    told = first | ignored | (track >= 0)
    value = np.where(first | ~ignored, track, -1)
    last = np.roll(value[np.maximum.accumulate(np.where(told, at, 0))], 1)
    before, after = np.roll(track, 1), np.roll(track, -1)
    counts = ~first & ~ignored & (track >= 0)
    switch = counts & (last >= 0) & (last != track) & (before >= 0)
    # At the end of a path a first match counts too; so it is in KITTI's own evaluation.
    fragment = counts & (before != track) & np.where(end, True, (last >= 0) & (after >= 0))
    return int(switch.sum()), int(fragment.sum())


def _thresholds(scores: Array, objects: int) -> list[tuple[float, float]]:
    """The score nearest to each of the recall levels 1/40, 2/40, … that are reached, with its level."""
    found = []
    level = 0.0
    ordered = np.sort(scores)[::-1].tolist()
    for index, score in enumerate(ordered):
        here = (index + 1) / objects
        is_last = index == len(ordered) - 1
        after = here if is_last else (index + 2) / objects
        if after - level < level - here and not is_last:
            continue
        found.append((score, level))
        level += 1 / RECALL_LEVELS
    return found[1:]  # the first is recall 0

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

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

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
GATED = 1e9


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
    best_score: float


@dataclass(slots=True)
class _Frame:
    """One frame: overlaps of labels (rows) and tracks (columns), and what is left out."""

    overlap: Array
    gt: list[int]
    ignored_gt: Bools
    track: Ints
    ignored_track: Bools
    matched_before: Bools


@dataclass(slots=True)
class _Sequence:
    frames: list[_Frame]
    mean_score: Array


@dataclass(slots=True)
class _Count:
    tp: int = 0
    fp: int = 0
    fn: int = 0
    objects: int = 0
    overlap: float = 0.0
    ids: int = 0
    frag: int = 0

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
    sequences = [_prepare(labels[key], tracks.get(key), name.lower(), least_overlap) for key in sorted(labels)]
    total, scores = _count(sequences, -np.inf)
    if not total.objects:
        return None
    samota = amota = amotp = 0.0
    best, best_score = total, -np.inf
    best_mota = 0.0
    for score, recall in _thresholds(scores, total.tp + total.fn):
        at, _ = _count(sequences, score)
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
        best_score=float(best_score),
    )


def _prepare(labels: SequenceTracks, tracks: SequenceTracks | None, name: str, least: float) -> _Sequence:
    lower = np.char.lower(labels.label) if len(labels) else labels.label
    objects = np.flatnonzero(((lower == name) | (lower == NEIGHBOURS.get(name, name))) & (labels.identity >= 0))
    areas = np.flatnonzero(lower == "dontcare")
    ignored = (
        (labels.occluded > MOST_OCCLUDED) | (labels.truncated > MOST_TRUNCATED) | (lower != name)
    )  # of `labels`, whole
    mine = (
        np.flatnonzero(np.char.lower(tracks.label) == name)
        if tracks is not None and len(tracks)
        else np.zeros(0, np.int64)
    )
    identities: Ints = np.zeros(0, np.int64)
    mean = np.zeros(0)
    last = int(labels.frame.max(initial=-1))
    if tracks is not None and len(mine):
        last = max(last, int(tracks.frame[mine].max()))
        _, identities = np.unique(tracks.identity[mine], return_inverse=True)
        mean = np.bincount(identities, tracks.score[mine]) / np.bincount(identities)
    frames = []
    gt_at = _by_frame(labels.frame[objects], last)
    area_at = _by_frame(labels.frame[areas], last)
    track_at = _by_frame(tracks.frame[mine] if tracks is not None else mine, last)
    for frame in range(last + 1):
        gt, ours = objects[gt_at[frame]], track_at[frame]
        overlap = np.zeros((len(gt), len(ours)))
        left_out = np.zeros(len(ours), bool)
        if tracks is not None and len(ours):
            rows = mine[ours]
            if len(gt):
                pairs = iou_pairs(np.repeat(labels.box[gt], len(rows), axis=0), np.tile(tracks.box[rows], (len(gt), 1)))
                overlap = pairs.reshape(overlap.shape)
                overlap[overlap < least] = 0.0
            image = tracks.image_box[rows]
            left_out = np.abs(image[:, 3] - image[:, 1]) <= LEAST_IMAGE_HEIGHT
            left_out |= _inside(image, labels.image_box[areas[area_at[frame]]])
        frames.append(
            _Frame(
                overlap,
                labels.identity[gt].tolist(),
                ignored[gt],
                identities[ours],
                left_out,
                np.zeros(len(ours), bool),
            )
        )
    return _Sequence(frames, mean)


def _by_frame(frame: Ints, last: int) -> list[Ints]:
    order = np.argsort(frame, kind="stable")
    edges = np.searchsorted(frame[order], np.arange(last + 2))
    return [order[start:end] for start, end in itertools.pairwise(edges)]


def _inside(boxes: Array, areas: Array) -> Bools:
    """Which image boxes (n, 4) lie by more than half in one of the areas (m, 4)."""
    low = np.maximum(boxes[:, None, :2], areas[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], areas[None, :, 2:])
    common = np.prod(np.maximum(high - low, 0.0), axis=-1)
    size = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    return np.asarray((common > IN_DONT_CARE * size[:, None]).any(axis=1))


def _count(sequences: list[_Sequence], threshold: float) -> tuple[_Count, list[float]]:
    """CLEAR MOT of the tracks whose mean score reaches the threshold, and the scores of all matches."""
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise PluginError("tracking needs scipy: pip install 'wugan[spatial]'") from error
    count, scores = _Count(), []
    for sequence in sequences:
        kept_tracks = sequence.mean_score >= threshold
        # Of each object, frame by frame: which track lies on it (-1 none), and whether the frame is left out.
        on: dict[int, list[tuple[int, bool]]] = {}
        for frame in sequence.frames:
            kept = np.flatnonzero(kept_tracks[frame.track])
            matched = np.full(len(frame.gt), -1, np.int64)
            if len(kept) and len(frame.gt):
                overlap = frame.overlap[:, kept]
                rows, columns = linear_sum_assignment(np.where(overlap > 0, 1 - overlap, GATED))
                real = overlap[rows, columns] > 0
                rows, columns = rows[real], kept[columns[real]]
                matched[rows] = frame.track[columns]
                # The published evaluation never forgets that a box was matched while it goes through the thresholds.
                frame.matched_before[columns] = True
                count.overlap += float(frame.overlap[rows, columns].sum())
                scores.extend(sequence.mean_score[frame.track[columns]].tolist())
            hits = int((matched >= 0).sum())
            alarms = len(kept) - hits - int((frame.ignored_track & ~frame.matched_before)[kept].sum())
            count.tp += hits
            count.fn += int(((matched < 0) & ~frame.ignored_gt).sum())
            count.fp += alarms
            count.objects += int((~frame.ignored_gt).sum())
            for identity, track, ignored in zip(frame.gt, matched.tolist(), frame.ignored_gt.tolist(), strict=True):
                on.setdefault(identity, []).append((track, ignored))
        for path in on.values():
            switches, breaks = _switches([track for track, _ in path], [ignored for _, ignored in path])
            count.ids += switches
            count.frag += breaks
    return count, scores


def _switches(track: list[int], ignored: list[bool]) -> tuple[int, int]:
    """Changes of identity and fragments along one object's path, as KITTI counts them."""
    if all(ignored) or all(one < 0 for one in track):
        return 0, 0
    switches = fragments = 0
    last = track[0]
    end = len(track) - 1
    for at in range(1, len(track)):
        here, before = track[at], track[at - 1]
        if ignored[at]:
            last = -1
            continue
        if last not in (-1, here) and here != -1 and before != -1:
            switches += 1
        # At the end of the path a first match counts too; so it is in KITTI's own evaluation.
        resumed = here != -1 if at == end else last != -1 and here != -1 and track[at + 1] != -1
        if before != here and resumed:
            fragments += 1
        if here != -1:
            last = here
    return switches, fragments


def _thresholds(scores: list[float], objects: int) -> list[tuple[float, float]]:
    """The score nearest to each of the recall levels 1/40, 2/40, … that are reached, with its level."""
    found = []
    level = 0.0
    ordered = sorted(scores, reverse=True)
    for index, score in enumerate(ordered):
        here = (index + 1) / objects
        is_last = index == len(ordered) - 1
        after = here if is_last else (index + 2) / objects
        if after - level < level - here and not is_last:
            continue
        found.append((score, level))
        level += 1 / RECALL_LEVELS
    return found[1:]  # the first is recall 0

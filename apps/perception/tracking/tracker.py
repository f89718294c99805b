"""Identities for detections over time, online: an update sees nothing that comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wugan.apps.perception.tracking.overlap import iou_matrix, iou_pairs
from wugan.apps.perception.tracking.settings import GENERAL, ClassSettings
from wugan.apps.perception.tracking.track import Stage, States, Track
from wugan.errors import DataError, PluginError
from wugan.objects import Box3D, Detections

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


Bools = NDArray[np.bool_]

NS = 1e-9
#: Log-odds of one detection count no more than this either way: scores far out are not that sure.
MOST_EVIDENCE = 4.0
#: From here on (m/s) the direction of motion tells front from back, if it is motion over the ground.
MOVING = 2.0


class Tracker:
    """3D multi-object tracker.

    Each update predicts all tracks to the moment of the detections, assigns sure detections first and unsure ones to
    tracks that got none, filters, and starts tracks from what is left. A track is tentative until it has had enough
    detections, or good ones; confirmed, it outlives `coast_s` without one.

    Without poses, all is relative to the sensor. With poses (one at every update) tracks are in the poses' fixed frame.

    Args:
        classes: Settings by class name (lower case).
        other: Settings of classes that `classes` lacks.
    """

    def __init__(self, classes: Mapping[str, ClassSettings] | None = None, other: ClassSettings = GENERAL) -> None:
        self._classes = {name.lower(): one for name, one in (classes or {}).items()}
        self._other = other
        self.reset()

    def reset(self) -> None:
        """Forget all tracks and the time; identities go on."""
        self._next = getattr(self, "_next", 1)
        self._states = States()
        self._time_ns: int | None = None
        self._with_pose: bool | None = None
        self._names: list[str] = getattr(self, "_names", [])
        self._columns: dict[str, Array] = {}

    def update(
        self, detections: Detections | Sequence[Box3D], time_ns: int | None = None, pose: ArrayLike | None = None
    ) -> list[Track]:
        """Take in what was detected at one moment.

        Args:
            detections: Objects in the frame of the sensor; none is an answer too.
            time_ns: Moment of capture; that of `detections`, if these are `Detections`.
            pose: Sensor in a fixed frame at that moment, shape (4, 4).

        Returns:
            All tracks, also the tentative and coasting ones, and once those that have died.

        Raises:
            DataError: The time goes back, a pose is malformed or comes at some updates only, or time is missing.
        """
        if isinstance(detections, Detections):
            time_ns = detections.time_ns if time_ns is None else time_ns
            detections = detections.boxes
        if time_ns is None:
            raise DataError("Tracker.update needs time_ns for a plain list of boxes: the moment of capture")
        boxes = np.array([(*one.center, *one.size, one.yaw) for one in detections], np.float64).reshape(-1, 7)
        scores = np.array([one.score for one in detections], np.float64)
        return self.update_arrays(boxes, scores, [one.label for one in detections], time_ns, pose)

    def update_arrays(
        self, boxes: ArrayLike, scores: ArrayLike, labels: Sequence[str], time_ns: int, pose: ArrayLike | None = None
    ) -> list[Track]:
        """The same from arrays: boxes x, y, z, length, width, height (m), yaw (rad), shape (n, 7); scores (n,)."""
        box, score = _checked(boxes, scores, labels)
        dt = self._elapsed(time_ns)
        box = self._placed(box, pose)
        kind = np.array([self._kind(label) for label in labels], np.int64)
        table = self._states
        table.predict(dt, self._of("acceleration", table), self._of("yaw_drift", table), self._of("size_drift", table))
        table.detection[:] = -1
        table.updates += 1
        free = self._match(box, score, kind)
        missed = table.detection < 0
        table.evidence[missed] -= self._of("miss_evidence", table)[missed]
        coasted = (time_ns - table.seen_ns) * NS
        patience = np.where(table.confirmed, self._of("coast_s", table), self._of("tentative_coast_s", table))
        dead = missed & (coasted > patience)
        table.seen_ns[~missed] = time_ns
        self._confirm()
        self._head()
        told = self._tell(dead, time_ns)
        table.keep(~dead)
        born = self._born(box, score, kind, free, time_ns)
        table.append(born)
        self._time_ns = time_ns
        return told[: len(dead)] + self._tell(np.zeros(len(table), bool), time_ns)[len(table) - len(born) :]

    def _match(self, box: Array, score: Array, kind: Ints) -> Bools:
        """Give detections to tracks, in two rounds; says which are left."""
        table = self._states
        usable = score >= self._column("least_score")[kind]
        usable[usable] = ~doubled(box[usable], kind[usable], self._odds(score, kind)[usable])
        sure = usable & (score >= self._column("first_score")[kind])
        if len(table) and usable.any():
            noise = self._of("position_noise", table)
            spread = np.sqrt(table.pp[:, :2] + (noise**2)[:, None])
            fit = affinity(box, kind, table.boxes, table.kind, spread, self._of("reach", table))
            for among, least in ((sure, "least_affinity"), (usable, "least_affinity_second")):
                rows = np.flatnonzero(among & usable)
                columns = np.flatnonzero(table.detection < 0)
                d, t = assign(fit[np.ix_(rows, columns)], self._of(least, table)[columns])
                d, t = rows[d], columns[t]
                self._take(t, d, box, score)
                usable[d] = False
        return usable

    def _take(self, tracks: Ints, found: Ints, box: Array, score: Array) -> None:
        table = self._states
        kind = table.kind[tracks]
        noise = (self._column(name)[kind] for name in ("position_noise", "yaw_noise", "size_noise"))
        table.correct(tracks, box[found], *noise)
        table.detection[tracks] = found
        table.hits[tracks] += 1
        table.evidence[tracks] += self._evidence(score[found], kind)

    def _born(self, box: Array, score: Array, kind: Ints, free: Bools, time_ns: int) -> States:
        found = np.flatnonzero(free & (score >= self._column("birth_score")[kind]))
        kind, n = kind[found], len(found)
        start = box[found]
        place_noise, speed = self._column("position_noise")[kind], self._column("first_speed")[kind]
        size, yaw = self._column("size_noise")[kind], self._column("yaw_noise")[kind]
        self._next += n
        ones = np.ones(n, np.int64)
        born = States(
            place=start[:, :3].copy(),
            velocity=np.zeros((n, 3)),
            form=start[:, [6, 3, 4, 5]],
            pp=np.repeat((place_noise**2)[:, None], 3, axis=1),
            pv=np.zeros((n, 3)),
            vv=np.stack([speed, speed, place_noise], axis=1) ** 2,  # up and down, objects hardly move
            form_variance=np.stack([yaw, size, size, size], axis=1) ** 2,
            identity=np.arange(self._next - n, self._next),
            kind=kind,
            hits=ones,
            updates=ones.copy(),
            born_ns=ones * time_ns,
            seen_ns=ones * time_ns,
            evidence=self._evidence(score[found], kind),
            ahead=np.ones(n),
            confirmed=np.zeros(n, np.int64),
            detection=found,
        )
        born.confirmed = self._is_sure(born).astype(np.int64)
        return born

    def _confirm(self) -> None:
        self._states.confirmed |= self._is_sure(self._states)

    def _is_sure(self, table: States) -> Bools:
        often = table.hits >= self._of("confirm_hits", table)
        return np.asarray(often | (table.evidence >= self._of("confirm_evidence", table)))

    def _head(self) -> None:
        """Turn round where more detections speak for the other heading, or motion over the ground does."""
        table = self._states
        wrong = table.ahead < 0
        if self._with_pose:
            speed = np.hypot(table.velocity[:, 0], table.velocity[:, 1])
            along = np.cos(table.form[:, 0]) * table.velocity[:, 0] + np.sin(table.form[:, 0]) * table.velocity[:, 1]
            moving = speed > np.maximum(MOVING, np.sqrt(table.vv[:, :2].max(axis=1, initial=0)))
            wrong = np.where(moving, along < 0, wrong)
        table.turn_round(wrong)

    def _tell(self, dead: Bools, time_ns: int) -> list[Track]:
        t = self._states
        score = t.evidence / np.maximum(t.updates, 1) + self._of("long_life", t) * np.log(np.maximum(t.hits, 1))
        variances = np.concatenate([t.pp, t.form_variance, t.vv], axis=1)
        place, velocity, size, pv = t.place.copy(), t.velocity.copy(), t.form[:, 1:].copy(), t.pv.copy()
        told = []
        for row in range(len(t)):
            found = int(t.detection[row])
            if dead[row]:
                stage = Stage.DEAD
            elif not t.confirmed[row]:
                stage = Stage.TENTATIVE
            else:
                stage = Stage.CONFIRMED if found >= 0 else Stage.COASTING
            told.append(
                Track(
                    int(t.identity[row]),
                    self._names[t.kind[row]],
                    stage,
                    place[row],
                    size[row],
                    float(t.form[row, 0]),
                    velocity[row],
                    variances[row],
                    pv[row],
                    float(score[row]),
                    int(t.hits[row]),
                    (time_ns - int(t.born_ns[row])) * NS,
                    (time_ns - int(t.seen_ns[row])) * NS,
                    time_ns,
                    found if found >= 0 else None,
                )
            )
        return told

    def _elapsed(self, time_ns: int) -> float:
        before = self._time_ns
        if before is not None and time_ns < before:
            raise DataError(
                f"detections of time {time_ns} ns come after those of {before} ns: give them in the order of capture, "
                "or call Tracker.reset() if the clock was set back"
            )
        return 0.0 if before is None else (time_ns - before) * NS

    def _placed(self, box: Array, pose: ArrayLike | None) -> Array:
        given = pose is not None
        if self._with_pose is None:
            self._with_pose = given
        elif self._with_pose != given:
            raise DataError("give a pose at every update of a tracker, or at none; reset() allows a change")
        if pose is None:
            return box
        matrix = np.asarray(pose, np.float64)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all():
            raise DataError(f"a pose is a finite matrix of shape (4, 4), not {matrix.shape}")
        moved = box.copy()
        moved[:, :3] = box[:, :3] @ matrix[:3, :3].T + matrix[:3, 3]
        ahead = np.stack([np.cos(box[:, 6]), np.sin(box[:, 6]), np.zeros(len(box))], axis=1) @ matrix[:3, :3].T
        moved[:, 6] = np.arctan2(ahead[:, 1], ahead[:, 0])
        return moved

    def _evidence(self, score: Array, kind: Ints) -> Array:
        return np.clip(self._odds(score, kind), -MOST_EVIDENCE, MOST_EVIDENCE)

    def _odds(self, score: Array, kind: Ints) -> Array:
        """Logarithm of the odds that a detection is right, as its score says."""
        return np.asarray(self._column("score_slope")[kind] * (score - self._column("score_middle")[kind]))

    def _kind(self, label: str) -> int:
        if label not in self._names:
            self._names.append(label)
            self._columns.clear()
        return self._names.index(label)

    def _column(self, name: str) -> Array:
        """One setting for every class known so far."""
        if name not in self._columns:
            settings = [self._classes.get(one.lower(), self._other) for one in self._names]
            self._columns[name] = np.array([getattr(one, name) for one in settings], np.float64)
        return self._columns[name]

    def _of(self, name: str, table: States) -> Array:
        """One setting for every track."""
        return self._column(name)[table.kind]


def _checked(boxes: ArrayLike, scores: ArrayLike, labels: Sequence[str]) -> tuple[Array, Array]:
    box, score = np.asarray(boxes, np.float64), np.asarray(scores, np.float64)
    box = box.reshape(-1, 7) if not box.size else box
    if box.ndim != 2 or box.shape[1] != 7 or score.shape != (len(box),) or len(labels) != len(box):
        raise DataError(
            f"boxes of shape (n, 7), n scores and n labels are needed, not {box.shape}, {score.shape}, {len(labels)}"
        )
    bad = ~np.isfinite(box).all(axis=1) | ~np.isfinite(score) | (box[:, 3:6] <= 0).any(axis=1)
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        raise DataError(f"detection {first} is not finite or has no size: {box[first].tolist()}, score {score[first]}")
    return box, score

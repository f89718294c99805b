"""Detections, labels and tracks of the KITTI tracking benchmark as files.

Detections are those that AB3DMOT publishes: `frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,rot_y,alpha`, type 1 Pedestrian,
2 Car, 3 Cyclist. Labels and tracks: `frame id type truncated occluded alpha x1 y1 x2 y2 h w l x y z rot_y [score]`.

KITTI boxes are in camera axes (x right, y down, z forward), their centre on the floor of the box. The tracker's boxes
are in axes x forward, y left, z up, with the centre in the middle and yaw counted about z.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.perception.tracking.settings import GENERAL, POINT_RCNN, ClassSettings
from wugan.apps.perception.tracking.track import Stage
from wugan.apps.perception.tracking.tracker import Tracker
from wugan.errors import DataError

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

CLASSES = {1: "Pedestrian", 2: "Car", 3: "Cyclist"}
FIELDS = 15
#: Of a line of labels, and of a line of tracks, which bears a score.
LABEL_FIELDS = (17, 18)
#: A frame number beyond this is a mistake: at 10 Hz it is a day.
LAST_FRAME = 864_000


@dataclass(frozen=True, slots=True)
class SequenceDetections:
    """The detections of one sequence, in the order of their frames.

    Attributes:
        frame: Frame number of each, shape (n,).
        label: Its class, n names.
        box: Centre x, y, z, length, width, height (m), yaw (rad) in axes x forward, y left, z up; shape (n, 7).
        score: As the detector gave it (for PointRCNN a logit), shape (n,).
        image_box: Left, top, right, bottom in pixels, shape (n, 4).
    """

    frame: Ints
    label: NDArray[np.str_]
    box: Array
    score: Array
    image_box: Array

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def frames(self) -> int:
        """One more than the last frame that holds a detection."""
        return int(self.frame[-1]) + 1 if len(self) else 0


@dataclass(frozen=True, slots=True)
class SequenceTracks:
    """Objects with identities, as labels or as a tracker's output; `score` is -1 where the file bears none.

    Shapes as in `SequenceDetections`; `truncated` and `occluded` are KITTI's levels (-1: not known).
    """

    frame: Ints
    identity: Ints
    label: NDArray[np.str_]
    box: Array
    score: Array
    image_box: Array
    truncated: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    occluded: Ints = field(default_factory=lambda: np.zeros(0, np.int64))

    def __len__(self) -> int:
        return len(self.frame)


def from_camera(h_w_l_x_y_z_ry: Array) -> Array:
    """KITTI's `h, w, l, x, y, z, rot_y` as boxes of the tracker, shape (n, 7)."""
    h, w, length, x, y, z, turn = np.asarray(h_w_l_x_y_z_ry, np.float64).reshape(-1, 7).T
    return np.stack([z, -x, h / 2 - y, length, w, h, wrap(-turn - math.pi / 2)], axis=1)


def to_camera(box: Array) -> Array:
    """Boxes of the tracker as KITTI's `h, w, l, x, y, z, rot_y`, shape (n, 7)."""
    x, y, z, length, w, h, yaw = np.asarray(box, np.float64).reshape(-1, 7).T
    return np.stack([h, w, length, -y, h / 2 - z, x, wrap(-yaw - math.pi / 2)], axis=1)


def wrap(angle: Array) -> Array:
    """Angles in [-π, π)."""
    return np.asarray((angle + math.pi) % (2 * math.pi) - math.pi)


def find_sequences(folder: Path) -> dict[str, list[Path]]:
    """The detection files of every sequence, by its name.

    Args:
        folder: Holds `SEQ.txt` files, or folders of these, one a class. If a folder within bears a class in its name
            (`detections_Car`), only such folders count, so that labels may lie beside them.

    Raises:
        DataError: There is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder: give one that holds SEQ.txt files, or one folder of these a class")
    files = sorted(folder.glob("*.txt"))
    if not files:
        inner = sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.txt")))
        named = [path for path in inner if any(name.lower() in path.name.lower() for name in CLASSES.values())]
        files = [file for path in named or inner for file in sorted(path.glob("*.txt"))]
    if not files:
        raise DataError(f"{folder} holds no SEQ.txt, nor do the folders in it")
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(file.stem, []).append(file)
    return dict(sorted(found.items()))


def read_detections(paths: Iterable[Path]) -> SequenceDetections:
    """The detections of one sequence, from one file or from one a class. An empty file holds no detections.

    Raises:
        DataError: A line is malformed (names file and line), or two files hold detections of one class.
    """
    rows: list[list[float]] = []
    origin: dict[int, Path] = {}
    for path in paths:
        kinds = set()
        for number, line in _lines(path):
            values = _numbers(line.split(","), path, number)
            if len(values) != FIELDS:
                raise DataError(f"{path}:{number}: {len(values)} values instead of {FIELDS}, separated by commas")
            _check(values[0], values[7:10], path, number)
            if values[1] not in CLASSES:
                known = ", ".join(f"{code} {name}" for code, name in CLASSES.items())
                raise DataError(f"{path}:{number}: type {values[1]:g} is unknown; known are {known}")
            kinds.add(int(values[1]))
            rows.append(values)
        for kind in kinds & set(origin):
            raise DataError(
                f"{origin[kind]} and {path} both hold detections of class {CLASSES[kind]}: give one of them"
            )
        origin.update(dict.fromkeys(kinds, path))
    table = np.array(rows, np.float64).reshape(-1, FIELDS)
    table = table[np.argsort(table[:, 0], kind="stable")]
    names = np.array([CLASSES[int(kind)] for kind in table[:, 1]], dtype="U16")
    frames = table[:, 0].astype(np.int64)
    return SequenceDetections(frames, names, from_camera(table[:, 7:14]), table[:, 6], table[:, 2:6])


def read_tracks(path: Path) -> SequenceTracks:
    """Labels or a tracker's output of one sequence.

    Raises:
        DataError: A line is malformed (names file and line).
    """
    names, rows = [], []
    for number, line in _lines(path):
        fields = line.split()
        if len(fields) not in LABEL_FIELDS:
            raise DataError(f"{path}:{number}: {len(fields)} fields instead of 17 (labels) or 18 (tracks with a score)")
        values = _numbers([*fields[:2], *fields[3:]], path, number)
        if not 0 <= values[0] <= LAST_FRAME:
            raise DataError(f"{path}:{number}: frame {values[0]:g} is not a frame number")
        names.append(fields[2])
        rows.append(values if len(fields) == LABEL_FIELDS[1] else [*values, -1.0])
    table = np.array(rows, np.float64).reshape(-1, 17)
    whole = table[:, [0, 1, 2, 3]].astype(np.int64)
    labels = np.array(names, dtype="U16")
    box, score, image_box = from_camera(table[:, 9:16]), table[:, 16], table[:, 5:9]
    return SequenceTracks(whole[:, 0], whole[:, 1], labels, box, score, image_box, whole[:, 2], whole[:, 3])


def write_tracks(path: Path, tracks: SequenceTracks) -> None:
    """Write a tracker's output as the benchmark and AB3DMOT's evaluation read it."""
    lines = []
    for row, (h, w, length, x, y, z, turn) in enumerate(to_camera(tracks.box)):
        alpha = float(wrap(turn - math.atan2(x, z)))
        left, top, right, bottom = tracks.image_box[row]
        lines.append(
            f"{tracks.frame[row]} {tracks.identity[row]} {tracks.label[row]} 0 0 {alpha:.6f} "
            f"{left:.4f} {top:.4f} {right:.4f} {bottom:.4f} {h:.4f} {w:.4f} {length:.4f} "
            f"{x:.4f} {y:.4f} {z:.4f} {turn:.6f} {tracks.score[row]:.6f}\n"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines), encoding="utf-8")


def _lines(path: Path) -> Iterable[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as text: {error}") from error
    return [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _numbers(fields: list[str], path: Path, number: int) -> list[float]:
    try:
        values = [float(one) for one in fields]
    except ValueError as error:
        raise DataError(f"{path}:{number}: {error}") from error
    if not all(map(math.isfinite, values)):
        raise DataError(f"{path}:{number}: a value is not finite")
    return values


def _check(frame: float, size: list[float], path: Path, number: int) -> None:
    if not 0 <= frame <= LAST_FRAME or frame != int(frame):
        raise DataError(f"{path}:{number}: frame {frame:g} is not a frame number")
    if min(size) <= 0:
        raise DataError(f"{path}:{number}: height, width and length must be positive, not {size}")


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

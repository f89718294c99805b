"""What the camera adds to the lidar's proposals, and whether it is the right ones that it adds to.

    python benchmarks/perception/fusion.py [--tiles 2]

No labels of these frames exist, so the two sensors are judged by each other: `CocoDetector` on the 12 KITTI pictures,
`Proposals` on the sweeps. From the first six it measures how far apart in the picture boxes are that belong together
(overlap of at least 0.3, Hungarian): `SPREAD` of `wugan perceive` is twice that. Of the other six it tells the sure
vehicles and people that some proposal fits, by `attend` with those spreads, by attention with a guess of 0.25 for all
of them, and by an overlap of at least 0.5; and the same with the camera turned by some degrees in the calibration: what
fits then as well, fits by chance. "Named otherwise": proposals that get another name from the picture.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import numpy as np
from realtime import ROOT, kitti_calibration
from scipy.optimize import linear_sum_assignment

from wugan.apps.perception.evidence import KINDS, SPREAD, EvidenceFusion, attend
from wugan.calibration import Transform
from wugan.devices.clouds import read_cloud
from wugan.modalities.points import Proposals
from wugan.modalities.video import CocoDetector
from wugan.modalities.video.detections import Detections2D
from wugan.objects import Box3D
from wugan.packet import Packet
from wugan.signals import Image
from wugan.sync import Nearest

SURE = 0.4  # score from which on a detection counts
SUPPORT = 0.5  # share of a detection's score that a proposal gets


def turned(transform: Transform, degrees: float) -> Transform:
    """The camera turned about its upright axis."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turn = np.eye(4)
    turn[0, 0], turn[0, 2], turn[2, 0], turn[2, 2] = cos, sin, -sin, cos
    return Transform(turn @ transform.matrix, transform.source, transform.target)


def chosen(found: Detections2D) -> Detections2D:
    """The sure vehicles and people."""
    kept = [k for k, label in enumerate(found.labels) if label in KINDS and found.scores[k] >= SURE]
    return Detections2D(found.boxes[kept], found.scores[kept], [found.labels[k] for k in kept], found.size)


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Of rectangles `[N, 4]` and `[M, 4]`, intersection over union."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    both = np.clip(high - low, 0, None).prod(-1)
    whole = (a[:, 2:] - a[:, :2]).prod(-1)[:, None] + (b[:, 2:] - b[:, :2]).prod(-1)[None]
    return both / (whole - both)


def matched(
    fusion: EvidenceFusion, boxes: list[Box3D], found: Detections2D, spread: Sequence[float]
) -> tuple[int, int, int]:
    """Detections that a proposal fits: by attention, by overlap; and proposals that the picture names otherwise."""
    outlines, index = outlined(fusion, boxes)
    if not len(found) or not len(index):
        return 0, 0, 0
    fits = 0
    for k in range(len(found)):
        alone = Detections2D(found.boxes[k : k + 1], found.scores[k : k + 1], found.labels[k : k + 1], found.size)
        fits += bool(attend(outlines, alone, spread)[0].max() >= SUPPORT * found.scores[k])
    shared = overlap(outlines, found.boxes)
    rows, columns = linear_sum_assignment(-shared)
    support, kinds = attend(outlines, found, spread)
    named = sum(
        bool(kind) and weight >= SUPPORT * SURE and kind != boxes[i].label
        for i, weight, kind in zip(index.tolist(), support, kinds, strict=True)
    )
    return fits, int((shared[rows, columns] >= 0.5).sum()), named


def outlined(fusion: EvidenceFusion, boxes: list[Box3D]) -> tuple[np.ndarray, np.ndarray]:
    """Outlines of the boxes that are in the picture, and their numbers."""
    outlines, seen = fusion.rectangles(boxes)
    index = np.flatnonzero(seen)
    return outlines[index], index


def residuals(fusion: EvidenceFusion, boxes: list[Box3D], found: Detections2D) -> list[np.ndarray]:
    """Of what overlaps: middle across and down in sides, logarithms of width and height."""
    outlines, _ = outlined(fusion, boxes)
    shared = overlap(outlines, found.boxes)
    apart = []
    for row, column in zip(*linear_sum_assignment(-shared), strict=True):
        if shared[row, column] >= 0.3:
            ours, theirs = outlines[row], found.boxes[column]
            sides = ours[2:] - ours[:2]
            middle = (theirs[:2] + theirs[2:] - ours[:2] - ours[2:]) / 2 / sides
            apart.append(np.concatenate([middle, np.log((theirs[2:] - theirs[:2]) / sides)]))
    return apart


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, default=2, help="of the detector")
    options = parser.parse_args()
    data = Path(os.environ.get("WUGAN_DATA", ROOT / "shared" / "data")) / "kitti"
    calibration, detector, proposals = kitti_calibration(), CocoDetector(tiles=options.tiles), Proposals()
    detector.warm_up()
    camera = calibration.camera(None)
    mount = calibration.frames.lookup("lidar", camera.frame)
    pairs = []
    for sweep, picture in zip(
        sorted((data / "velodyne").iterdir()), sorted((data / "image_02").iterdir()), strict=True
    ):
        pixels = cv2.cvtColor(cv2.imread(str(picture)), cv2.COLOR_BGR2RGB)
        found = chosen(detector.encode([Packet(Image(pixels), 0, stream="camera")])[0])
        pairs.append((proposals.propose(read_cloud(sweep, drop_nan=True).cloud).boxes, found))
    half = len(pairs) // 2
    straight = EvidenceFusion(Nearest("250ms"), camera, mount)
    apart = np.array([one for pair in pairs[:half] for one in residuals(straight, *pair)])
    told = ", ".join(f"{value:.3f}" for value in apart.std(axis=0))
    print(f"first {half} frames, {len(apart)} pairs: standard deviations {told}; SPREAD {SPREAD}")
    total = sum(len(found) for _, found in pairs[half:])
    print(f"other {len(pairs) - half} frames, {total} sure things: how many some proposal fits")
    print(f"{'camera turned by':18}{'SPREAD':>8}{'0.25':>8}{'overlap':>9}{'named otherwise':>17}")
    for degrees in (0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0):
        fusion = EvidenceFusion(Nearest("250ms"), camera, turned(mount, degrees))
        ours = np.sum([matched(fusion, *pair, SPREAD) for pair in pairs[half:]], axis=0)
        guess = np.sum([matched(fusion, *pair, (0.25,) * 4) for pair in pairs[half:]], axis=0)
        print(f"{degrees:15.1f}°  {ours[0]:8}{guess[0]:8}{ours[1]:9}{ours[2]:17}")


if __name__ == "__main__":
    main()

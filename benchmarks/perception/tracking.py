"""3D multi-object tracking on KITTI, beside the method of AB3DMOT in the same run and its published figures.

    python benchmarks/perception/tracking.py [--all] [--repeat 3]

Reads `kitti_tracking/` of the data folder ($WUGAN_DATA, else ../shared/data beside the checkout): detections of
PointRCNN as AB3DMOT publishes them, and labels. Settings were tuned on sequences 0, 2, 3, 4, 5 only (training sequences
of AB3DMOT's split); the table is about 1, 6, 8, 12, 14, 16, those of its validation sequences that are there. `--all`
prints the tuned ones too. The published figures are about all eleven validation sequences (1, 6, 8, 10, 12-16, 18, 19)
and stand there for orientation. Frames per second: processor time of one thread, detections in memory to tracks, best
of the repeats.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

from baseline import track_baseline

from wugan.apps.perception.tracking.evaluation import MotFigures, evaluate
from wugan.apps.perception.tracking.kitti import (
    SequenceDetections,
    SequenceTracks,
    find_sequences,
    read_detections,
    read_tracks,
    track_sequence,
)

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data")) / "kitti_tracking"
TUNED_ON = ("0000", "0002", "0003", "0004", "0005")
REPORTED = ("0001", "0006", "0008", "0012", "0014", "0016")
COLUMNS = ("sAMOTA", "AMOTA", "AMOTP", "MOTA", "MOTP", "IDS", "FRAG")
#: Weng et al., IROS 2020, and, better than it, docs/KITTI.md of the repository xinshuoweng/AB3DMOT.
PUBLISHED: dict[str, dict[str, tuple[float | None, ...]]] = {
    "Car": {
        "AB3DMOT, paper, 11 sequences": (93.28, 45.43, None, 86.24, None, 0, None),
        "AB3DMOT, repository, 11 sequences": (93.34, None, None, 86.47, 79.40, 0, 15),
    },
    "Pedestrian": {"AB3DMOT, repository, 11 sequences": (82.73, None, None, 73.86, 67.58, 4, 62)},
    "Cyclist": {"AB3DMOT, repository, 11 sequences": (93.78, None, None, 84.79, 77.23, 1, 3)},
}
LEAST_FRAMES_A_SECOND = 200.0

Tracked = dict[str, SequenceTracks]


def fastest(run: Callable[[], Tracked], repeat: int) -> tuple[Tracked, float]:
    """What it gives, and the processor seconds of the fastest run."""
    seconds = []
    for _ in range(repeat):
        start = time.process_time()
        tracked = run()
        seconds.append(time.process_time() - start)
    return tracked, min(seconds)


def row(who: str, values: tuple[float | None, ...]) -> str:
    shown = ["-" if value is None else f"{value:.2f}" for value in values[:5]]
    shown += ["-" if value is None else f"{value:d}" for value in values[5:]]
    return f"  {who:34}" + "".join(f"{one:>8}" for one in shown)


def numbers(found: MotFigures) -> tuple[float | None, ...]:
    return found.samota, found.amota, found.amotp, found.mota, found.motp, found.ids, found.frag


def table(names: tuple[str, ...], ours: Tracked, theirs: dict[str, Tracked]) -> None:
    labels = {name: read_tracks(DATA / "label" / f"{name}.txt") for name in names}
    for kind, published in PUBLISHED.items():
        print(f"  {kind:34}" + "".join(f"{one:>8}" for one in COLUMNS))
        for who, tracked in (("wugan", ours), ("as AB3DMOT, same run", theirs[kind])):
            found = evaluate(labels, tracked, kind)
            print(row(who, numbers(found)) if found else f"  {who}: no objects")
        for who, values in published.items():
            print(row(who, values))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="also the sequences that were tuned on")
    parser.add_argument("--repeat", type=int, default=3, help="runs that are timed")
    arguments = parser.parse_args()
    sequences = find_sequences(DATA)
    found: dict[str, SequenceDetections] = {name: read_detections(sequences[name]) for name in TUNED_ON + REPORTED}
    frames = sum(one.frames for one in found.values())
    ours, mine = fastest(lambda: {name: track_sequence(one) for name, one in found.items()}, arguments.repeat)
    theirs, other = {}, 0.0
    for kind in PUBLISHED:
        tracks, seconds = fastest(lambda: {name: track_baseline(one, kind) for name, one in found.items()}, 1)  # noqa: B023
        theirs[kind], other = tracks, other + seconds
    print(f"Sequences {', '.join(REPORTED)}, not tuned on:")
    table(REPORTED, ours, theirs)
    if arguments.all:
        print(f"Sequences {', '.join(TUNED_ON)}, tuned on:")
        table(TUNED_ON, ours, theirs)
    rate, other_rate = frames / mine, frames / other
    print(f"All classes, {frames} frames: wugan {rate:.0f} frames/s, as AB3DMOT {other_rate:.0f} frames/s;")
    print(f"ratio {rate / other_rate:.1f}; {rate / LEAST_FRAMES_A_SECOND:.1f} times the target of 200 frames/s")


if __name__ == "__main__":
    main()

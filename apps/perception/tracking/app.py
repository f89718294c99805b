"""The command `wugan track`."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wugan.cli import out, tell
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.perception.tracking.evaluation import MotFigures
    from wugan.apps.perception.tracking.kitti import SequenceTracks

#: The command's own options are the method's; only what a user's data differ in is one.
DEFAULT_RATE_HZ = 10.0


def register(cli: typer.Typer) -> None:
    """Identities and velocities of objects that a 3D detector found. Command `track`."""
    cli.command()(track)


def track(
    detections: Annotated[
        Path,
        typer.Argument(help="folder of SEQ.txt (frame,type,x1,y1,x2,y2,score,h,w,l,x,y,z,rot_y,alpha), or one a class"),
    ],
    results: Annotated[Path, typer.Option("--out", "-o", help="result folder, a file a sequence in the KITTI format")],
    labels: Annotated[
        Path | None, typer.Option("--evaluate", help="folder of labels: compare, by the protocol of AB3DMOT")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=1000.0, help="frames a second")] = DEFAULT_RATE_HZ,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object instead of text")] = False,
) -> None:
    """Track the objects of recorded 3D detections, online: every frame is written without knowing later ones."""
    from wugan.apps.perception.tracking.evaluation import evaluate
    from wugan.apps.perception.tracking.kitti import (
        CLASSES,
        find_sequences,
        read_detections,
        read_tracks,
        track_sequence,
        write_tracks,
    )

    # All is read before anything is written: a malformed file leaves no half of a result.
    found = {name: read_detections(paths) for name, paths in find_sequences(detections).items()}
    truth = {name: read_tracks(path) for name, path in _label_files(labels, list(found)).items()} if labels else {}
    tracked: dict[str, SequenceTracks] = {}
    start = time.perf_counter()
    for name, sequence in found.items():
        tracked[name] = track_sequence(sequence, rate_hz=rate)
    seconds = time.perf_counter() - start
    for name, tracks in tracked.items():
        write_tracks(results / f"{name}.txt", tracks)
    frames = sum(sequence.frames for sequence in found.values())
    figures = {name: evaluate(truth, tracked, name) for name in CLASSES.values()} if truth else {}
    present = {name: one for name, one in figures.items() if one is not None}
    if as_json:
        told = {
            "sequences": {name: {"frames": found[name].frames, **_counts(one)} for name, one in tracked.items()},
            "frames": frames,
            "frames_per_second": round(frames / seconds, 1) if frames else None,
            "evaluated": sorted(truth),
            "figures": {name: one.model_dump() for name, one in present.items()},
            "out": str(results),
        }
        typer.echo(json.dumps(told))
        return
    speed = f", {frames / seconds:.0f} frames/s" if frames else ""
    out.print(f"{len(found)} sequences, {frames} frames{speed}", highlight=False)
    if labels:
        out.print(_table(present), markup=False, highlight=False, soft_wrap=True)
    out.print(f"Wrote {results}", style="green", highlight=False, soft_wrap=True)


def _label_files(folder: Path, names: list[str]) -> dict[str, Path]:
    """The label file of every sequence that has one."""
    files = {name: folder / f"{name}.txt" for name in names}
    there = {name: path for name, path in files.items() if path.is_file()}
    if not there:
        raise DataError(f"{folder} holds labels of none of the sequences {', '.join(names)}: SEQ.txt is looked for")
    missing = [name for name in names if name not in there]
    if missing:
        tell(f"no labels of {', '.join(missing)}: not evaluated", "yellow")
    return there


def _counts(tracks: SequenceTracks) -> dict[str, int]:
    return {"tracks": len(set(tracks.identity.tolist())), "boxes": len(tracks)}


def _table(figures: dict[str, MotFigures]) -> str:
    lines = ["class        sAMOTA   AMOTA   AMOTP    MOTA    MOTP  IDS  FRAG"]
    for name, one in figures.items():
        rates = "".join(f"{value:8.2f}" for value in (one.samota, one.amota, one.amotp, one.mota, one.motp))
        lines.append(f"{name:11}{rates}{one.ids:5d}{one.frag:6d}")
    return "\n".join(lines)

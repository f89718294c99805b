"""The command `wugan perceive`."""

from __future__ import annotations

import json
import queue
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wugan.cli import RuntimeOption, out
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.perception.perceiver import Perceived

_STYLES = {"proceed": "green", "slow": "yellow", "stop": "red"}


def register(cli: typer.Typer) -> None:
    """Time-aligned, tracked objects from lidar and camera, and a decision. Command `perceive`."""
    cli.command()(perceive)


def perceive(
    lidar: Annotated[str, typer.Option(help="folder or file of sweeps (.bin, .pcd, .ply, .las, .npy)")],
    calibration: Annotated[Path, typer.Option(help="wugan's .yaml or .json, KITTI's folder or .txt, nuScenes' folder")],
    results: Annotated[Path, typer.Option("--out", "-o", help="result folder")],
    camera: Annotated[
        str | None, typer.Option(help="folder of pictures, video file, /dev/videoN or rtsp://…; none: lidar alone")
    ] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=1000.0, help="sweeps, and pictures of a folder, a second")] = 10.0,
    loop: Annotated[int, typer.Option(min=1, help="how many times files are played; times go on")] = 1,
    runtime: RuntimeOption = "local",
    camera_name: Annotated[str, typer.Option(help="which camera of the calibration, if it has several")] = "",
    lidar_frame: Annotated[str, typer.Option(help="the lidar's frame in the calibration, if not a usual name")] = "",
    detector: Annotated[
        str, typer.Option(help="coco (npm package @vladmandic/human), or none: the camera only says that it is alive")
    ] = "none",
    deadline: Annotated[float, typer.Option(min=1, help="ms; older results are not acted upon as they are")] = 100.0,
    ego_motion: Annotated[
        bool, typer.Option("--ego-motion", help="the vehicle's own motion from the sweeps; velocities over ground")
    ] = False,
    record: Annotated[
        bool, typer.Option("--record", help="also write results.mcap and, to look at, foxglove.mcap")
    ] = False,
    video: Annotated[Path | None, typer.Option(help="write an annotated video, *.mp4")] = None,
    rerun: Annotated[Path | None, typer.Option(help="write a file for the Rerun viewer, *.rrd")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the lines of results.jsonl instead of text")] = False,
) -> None:
    """Perceive: lidar and camera at their speed; each sweep gives tracked objects and a decision.

    The summary says what each sense contributed, and names one that contributed nothing as unused.
    """
    from wugan.apps.perception.decision import Limits
    from wugan.apps.perception.pipeline import (
        Report,
        Rig,
        camera_source,
        contributions,
        drops_of,
        lidar_source,
        perception,
    )
    from wugan.apps.perception.pipeline import perceive as run
    from wugan.apps.perception.view import Geometry, add_views, viewers
    from wugan.modalities.points import read_calibration

    if detector not in ("none", "coco"):
        raise DataError(f"detector {detector!r} is unknown: choose none or coco; your own goes into Rig(detector=…)")
    found = None
    if detector == "coco":
        from wugan.modalities.video.coco import CocoDetector

        found = CocoDetector()
        found.warm_up()  # what is missing is said before anything starts
        found.close()
    limits = Limits(deadline_ms=deadline)
    rig = Rig(read_calibration(calibration), lidar_frame, camera_name, limits, detector=found, ego_motion=ego_motion)
    pictures = None if camera is None else camera_source(camera, rate, loop)
    pipeline = perception(pictures, lidar_source(lidar, rate, loop, pictures), rig)
    results.mkdir(parents=True, exist_ok=True)
    scene = results / "foxglove.mcap" if record else None
    add_views(pipeline, viewers(Geometry.of(rig, camera is not None), video, rerun, scene))
    if record:
        from wugan.record import Recorder

        pipeline.sink(Recorder(results / "results.mcap", overwrite=True), pipeline.nodes["decision"], name="record")
    lines: queue.Queue[Perceived] = queue.Queue()
    pipeline.sink(lambda packet: lines.put(packet.data), pipeline.nodes["decision"], name="results")
    report = Report()
    with (results / "results.jsonl").open("w", encoding="utf-8") as file, pipeline.run(runtime) as running:  # type: ignore[arg-type]
        for result in run(lines, running, limits, patience_s=2.5 / rate):
            report.take(result)
            line = result.model_dump_json()
            file.write(line + "\n")
            file.flush()
            typer.echo(line) if as_json else _tell(result)
        report.drops = drops_of(running)
    summary: dict[str, Any] = report.plain()
    (results / "summary.json").write_text(json.dumps(summary, indent=2), encoding="utf-8")
    if not as_json:
        out.print(
            f"{summary['results']} results, age p50 {summary['age_p50_ms']} ms, p99 {summary['age_p99_ms']} ms, "
            f"{summary['silences']} decisions without one; dropped {summary['drops'] or 'nothing'}",
            highlight=False,
        )
        out.print(f"Contributed: {contributions(report.shares)}", highlight=False)
        out.print(f"Wrote {results}", style="green", highlight=False, soft_wrap=True)


def _tell(result: Perceived) -> None:
    decision = result.decision
    why = "; ".join(reason.text for reason in decision.reasons[:3])
    number = f"{result.seq:5d}" if result.seq >= 0 else "    -"
    seen = sum(one.stage == "confirmed" for one in result.objects)
    text = f"{number} {decision.action.value:8}{result.age_ms:6.0f} ms {seen:3d} objects  {why}"
    out.print(text, style=_STYLES[decision.action.value], highlight=False, markup=False)

"""What `wugan demo` shows of perception: a drive through a drawn street, whose truth is known, as a video."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path

import numpy as np

from wugan.apps.perception.dashboard import AnnotatedVideo, pyav
from wugan.apps.perception.perceiver import Perceived
from wugan.apps.perception.pipeline import Report, Rig, camera_source, contributions, lidar_source, perception
from wugan.apps.perception.street import Street, braking_street, write_drive
from wugan.apps.perception.view import Geometry, View
from wugan.cli import out
from wugan.demo import Shown
from wugan.devices.camera import opencv
from wugan.devices.clouds import read_cloud
from wugan.errors import DataError
from wugan.modalities.points import read_calibration
from wugan.packet import Packet
from wugan.signals import Image

RATE = 10.0
_SAME_M = 1.5  # an object that lies so near to a true one is it

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Perception</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:80rem;margin:2rem auto;padding:0 1rem;color:#1b2430}}
video,img{{width:100%;border-radius:.5rem;margin:.5rem 0}}td{{padding:.2rem 1.5rem .2rem 0}}
td:last-child{{font-variant-numeric:tabular-nums}}p{{color:#4b5968}}
code{{background:#eef1f5;padding:.1rem .3rem;border-radius:.2rem}}</style>
<h1>Perception</h1><p>Drawn: a made-up street, seen by a lidar whose rays are cast and a camera whose picture is
painted. Not a real drive. The pipeline <code>perception</code> ran at {rate:.0f} Hz on the {runtime} runtime; the video
was drawn afterwards.</p>
<video src="drive.mp4" poster="{poster}" controls muted loop></video>
<table>{facts}</table>{pictures}
<p>The same by hand: <code>wugan perceive --camera drive/camera --lidar drive/lidar --calibration drive/rig.yaml
--ego-motion -o results --video results/drive.mp4 --rerun results/drive.rrd --record</code></p></html>"""


def demo(folder: Path, runtime: str) -> Shown:
    """Perception: camera and lidar drive behind a car that brakes; objects, decisions and their reasons as a video."""
    street, drive = braking_street(), folder / "drive"
    with out.status("Casting rays and painting pictures of a made-up street"):
        sweeps = write_drive(street, drive, RATE)
    rig = Rig(read_calibration(drive / "rig.yaml"), ego_motion=True)
    p = perception(camera_source(str(drive / "camera"), RATE), lidar_source(str(drive / "lidar"), RATE), rig)
    results: list[Perceived] = []
    p.sink(lambda packet: results.append(packet.data), p.nodes["decision"], name="results")
    with out.status(f"Starting {len(p.nodes)} stages ({runtime}) and driving"), p.run(runtime) as running:  # type: ignore[arg-type]
        running.wait()
    if not results:
        raise DataError("no sweep came through in time: is this machine busy with something else? Try again")
    _tell(results)
    report = Report()
    for one in results:
        report.take(one)
    with out.status("Drawing the video"):
        _draw(results, drive, Geometry.of(rig), folder / "drive.mp4")
        pictures = _stills(folder, results)
    facts = {
        "sweeps, and results of them": f"{sweeps}, {len(results)}",
        "age of a result, median": f"{np.median([one.age_ms for one in results]):.0f} ms",
        "decided in time, with every sense": f"{sum(not one.decision.degraded for one in results)} of {len(results)}",
        "contributed": contributions(report.shares),
        **_against_truth(street, results),
    }
    page = folder / "index.html"
    page.write_text(
        _PAGE.format(
            rate=RATE,
            runtime=escape(runtime),
            poster=pictures[0],
            facts="".join(f"<tr><td>{escape(key)}<td>{escape(value)}" for key, value in facts.items()),
            pictures="".join(f'<img src="{name}" alt="one moment of the video">' for name in pictures),
        ),
        encoding="utf-8",
    )
    return Shown(
        page, folder / pictures[0], "", "the street, its lidar (cast rays) and camera (painted pictures)", facts
    )


def _tell(results: list[Perceived]) -> None:
    """Each change of action, and why."""
    before = ""
    for one in results:
        action = one.decision.action.value
        if action != before:
            why = one.decision.reasons[0].text if one.decision.reasons else "nothing in the way"
            out.print(f"  {one.time_ns / 1e9:4.1f} s  {action:8} {why}", highlight=False, markup=False)
        before = action


def _draw(results: list[Perceived], drive: Path, geometry: Geometry, path: Path) -> None:
    cv2 = opencv()
    video = AnnotatedVideo(path, geometry)
    video.warm_up()
    for number, one in enumerate(results):
        stem = Path(one.file).stem
        pixels = cv2.cvtColor(cv2.imread(str(drive / "camera" / f"{stem}.png")), cv2.COLOR_BGR2RGB)
        view = View(one, read_cloud(drive / "lidar" / one.file).cloud, Image(pixels))
        video.write(Packet(view, one.time_ns, stream="views", seq=number))
    video.close()


def _stills(folder: Path, results: list[Perceived]) -> list[str]:
    """A picture of each action, out of the video: where it had been given for some time."""
    middle = {}
    for action in ("stop", "slow", "proceed"):
        of_it = [number for number, one in enumerate(results) if one.decision.action.value == action]
        if of_it:
            middle[of_it[len(of_it) // 2]] = f"{action}.png"
    with pyav().open(str(folder / "drive.mp4")) as file:
        for number, frame in enumerate(file.decode(video=0)):
            if number in middle:
                opencv().imwrite(str(folder / middle[number]), frame.to_ndarray(format="bgr24"))
    return [*middle.values()]


def _against_truth(street: Street, results: list[Perceived]) -> dict[str, str]:
    """How far speeds are from the truth, after a second of driving."""
    own, others = [], []
    for one in results:
        seconds = one.time_ns / 1e9
        if one.motion is None or seconds < 1:
            continue
        own.append(abs(one.motion.speed - street.ego.at(seconds).speed))
        for box, ground in street.truth(seconds):
            for found in one.objects:
                if found.stage != "tentative" and math.dist(found.center[:2], box.center[:2]) < _SAME_M:
                    vx, vy, _ = found.ground_velocity or found.velocity
                    others.append(math.dist((vx, vy), ground))
    told = {}
    if own:
        told["own speed against the truth, median error"] = f"{np.median(own):.2f} m/s"
    if others:
        told["objects' velocities over ground, median error"] = f"{np.median(others):.2f} m/s"
    return told

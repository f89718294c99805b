"""The perception pipeline (camera and lidar side by side, joined, tracked, decided), its sources, and its run."""

from __future__ import annotations

import logging
import math
import queue
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

import wugan
from wugan.apps.perception.decision import Limits, Vehicle, silent
from wugan.apps.perception.evidence import CameraEvidence, EvidenceFusion
from wugan.apps.perception.perceiver import Perceived, Perceiver
from wugan.calibration import Calibration, CameraModel, Transform
from wugan.devices.base import Device
from wugan.devices.camera import Camera
from wugan.devices.lidar import LidarFiles
from wugan.devices.video_file import VideoFile
from wugan.errors import DataError
from wugan.modalities.points import EgoMotion, Proposals
from wugan.modalities.video.detections import Detector
from wugan.packet import Packet
from wugan.runtime import Running
from wugan.signals import Image, PointCloud
from wugan.stage import Sink, Source
from wugan.sync import Nearest

_UPRIGHT = 0.5  # cosine of 60°: a camera may be tilted, but not lie on its side
_NARROWEST = math.radians(2.0)  # of a picture's width: less is a telescope, or a focal length in another unit
_FARTHEST = 5.0  # m between a vehicle's sensors
_CELLS = (16, 4)  # of a picture, across and down
_LEAST = 0.1  # of these that something around the lidar falls in


def doubts(camera: CameraModel, lidar_to_camera: Transform) -> list[str]:
    """What is not wrong in itself but in all likelihood a mistake; each with its remedy.

    Args:
        camera: its intrinsics.
        lidar_to_camera: from the lidar's frame (z up) to the camera's optical one.
    """
    found = []
    rotation, moved = lidar_to_camera.rotation, float(np.linalg.norm(lidar_to_camera.translation))
    up = -float(rotation[1, 2])  # how far the lidar's up is the picture's up
    if up < _UPRIGHT:
        lies = "upside down" if up < -_UPRIGHT else "on its side, or looks at the sky or the ground"
        found.append(
            f"by its transform from {lidar_to_camera.source!r}, camera {camera.frame!r} stands {lies}: is it the "
            "inverse, or does it lack the change of axes (optical: x right, y down, z ahead)?"
        )
    if moved > _FARTHEST:
        found.append(f"camera {camera.frame!r} is {moved:.1f} m away from the lidar: are these metres?")
    width = 2 * math.atan(camera.width / 2 / float(camera.matrix[0, 0]))
    if width < _NARROWEST:
        found.append(
            f"camera {camera.frame!r} sees {math.degrees(width):.2g}° across: is its focal length of "
            f"{camera.matrix[0, 0]:.6g} in pixels?"
        )
    elif not found and (seen := _seen(camera, lidar_to_camera)) < _LEAST:
        found.append(
            f"what lies around the lidar falls in {seen:.0%} of the pictures of camera {camera.frame!r}: do the two "
            "look at the same?"
        )
    return found


def _seen(camera: CameraModel, lidar_to_camera: Transform) -> float:
    """Share of a picture's cells in which something falls that stands around the lidar, 4 to 60 m away."""
    turn, away, high = np.meshgrid(
        np.radians(np.arange(0.0, 360.0, 0.5)), np.geomspace(4, 60, 12), np.linspace(-2, 2, 9), indexing="ij"
    )
    points = np.stack([away * np.cos(turn), away * np.sin(turn), high], axis=-1).reshape(-1, 3)
    projection = camera.project_from(points, lidar_to_camera)
    across, down = _CELLS
    cells = (projection.pixels[projection.mask] / (camera.width, camera.height) * (across, down)).astype(int)
    return len(np.unique(np.clip(cells, 0, (across - 1, down - 1)), axis=0)) / (across * down)


log = logging.getLogger(__name__)

CAMERA_MAX_AGE = "250ms"  # of a picture beside a sweep; older ones say nothing of what moves
CAMERA_WAIT = "30ms"  # for a picture nearer to the sweep in time than the one that is there
_LIDAR_NAMES = ("lidar", "velo", "velodyne", "LIDAR_TOP")


@dataclass(frozen=True, eq=False)
class Rig:
    """What the pipeline has to know of the sensors.

    Attributes:
        calibration: frames, cameras, time offsets.
        lidar: name of the lidar's frame; found by the usual names where it is empty.
        camera: name of the camera; the only one, or the first whose picture is asked for, where it is empty.
        limits: of the decision.
        vehicle: its outline in the lidar's frame.
        detector: finds things in pictures; `None`: the camera only says that it is alive.
        proposals: finds things in sweeps; `None`: the usual ones.
        ego_motion: whether to find the sensor's own motion from the sweeps, for velocities over ground.
    """

    calibration: Calibration
    lidar: str = ""
    camera: str = ""
    limits: Limits = field(default_factory=Limits)
    vehicle: Vehicle = field(default_factory=Vehicle)
    detector: Detector | None = None
    proposals: Proposals | None = None
    ego_motion: bool = False

    @property
    def lidar_frame(self) -> str:
        """Name of the lidar's frame.

        Raises:
            DataError: the calibration has none of the usual names, and none was given.
        """
        if self.lidar:
            return self.lidar
        for name in _LIDAR_NAMES:
            if name in self.calibration.frames:
                return name
        known = ", ".join(self.calibration.frames.names) or "none"
        raise DataError(f"which frame is the lidar's? The calibration has {known}; give --lidar-frame")


def perception(
    camera: Source[Image] | None, lidar: Source[PointCloud], rig: Rig, *sinks: Sink[Perceived]
) -> wugan.Pipeline:
    """Compose the pipeline. On Ray, each node is an actor of its own.

    Every link holds the newest packet only: under overload results stay fresh, and what was passed over is counted.

    Args:
        camera: pictures; `None` where there is no camera.
        lidar: sweeps.
        rig: calibration, vehicle and limits.
        sinks: take each result.

    Raises:
        DataError: the calibration lacks the camera or the lidar's frame, or nothing joins them.
    """
    p = wugan.Pipeline("perception")
    frame = rig.lidar_frame
    model = rig.calibration.camera(rig.camera or None)
    name = next(key for key, one in rig.calibration.cameras.items() if one is model)
    sweeps = p.source(lidar, name="lidar")
    found = p.stage(
        rig.proposals or Proposals(frame=frame, needs_ground=True), sweeps, name="proposals", link="latest", batch=1
    )
    inputs = [found]
    lidar_to_camera = rig.calibration.frames.lookup(frame, model.frame)
    if camera is not None:
        for doubt in doubts(model, lidar_to_camera):
            log.warning("%s", doubt)
        offset = rig.calibration.time_offsets_ns.get(name, 0) - rig.calibration.time_offsets_ns.get(frame, 0)
        evidence = CameraEvidence(model, rig.detector, offset)
        inputs.append(p.stage(evidence, p.source(camera, name="camera"), name="evidence", link="latest"))
    if rig.ego_motion:
        inputs.append(p.stage(EgoMotion(), sweeps, name="ego", link="latest"))
    sync = Nearest(CAMERA_MAX_AGE, CAMERA_WAIT)
    fusion = EvidenceFusion(sync, model, lidar_to_camera)
    scenes = p.join(*inputs, component=fusion, name="scenes", link="latest")
    perceiver = Perceiver(rig.limits, rig.vehicle, camera is not None, rig.ego_motion)
    result = p.stage(perceiver, scenes, name="decision", link="latest")
    for number, sink in enumerate(sinks):
        p.sink(sink, result, name=f"sink-{number}")
    return p


def camera_source(place: str, rate: float, loop: int = 1) -> Source[Image]:
    """Pictures of a folder or video file, played at speed, or of a device or address (`/dev/video0`, `rtsp://…`)."""
    if re.fullmatch(r"\d+", place):
        return Camera(int(place), fps=rate)
    if "://" in place or place.startswith("/dev/"):
        return Camera(place)
    path = Path(place)
    return VideoFile(path, fps=rate if path.is_dir() else None, realtime=True, loop=loop, drop_late=True, drop_bad=True)


def lidar_source(place: str, rate: float, loop: int = 1, beside: Source[Image] | None = None) -> Source[PointCloud]:
    """Sweeps of a file or folder, played at speed; beside a live camera, with the times at which they are given."""
    now = isinstance(beside, Device) and beside.live
    return LidarFiles(
        place, rate=rate, realtime=True, stamp_now=now, drop_nan=True, loop=loop, drop_late=True, drop_bad=True
    )


T = TypeVar("T", PointCloud, Image)


@dataclass(eq=False)
class _Arrays(Source[T], Generic[T]):
    arrays: Iterable[Any]
    rate: float = 10.0
    realtime: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.rate < 10_000:
            raise DataError(f"{type(self).__name__}: rate must be more than 0, got {self.rate}")

    @property
    def spec(self) -> dict[str, Any]:
        """Rate (Hz)."""
        return {"rate": self.rate}

    def packets(self) -> Iterator[Packet[T]]:
        """One for each array, times from 0 on."""
        started = time.monotonic()
        for number, array in enumerate(self.arrays):
            data = self._of(np.asarray(array), number)
            if self.realtime:
                time.sleep(max(0.0, started + number / self.rate - time.monotonic()))
            yield Packet(data, round(number * 1e9 / self.rate), seq=number)

    def _of(self, array: Any, number: int) -> T:
        raise NotImplementedError


class SweepArrays(_Arrays[PointCloud]):
    """Sweeps from arrays `[N, 3]` (x, y, z in m) or `[N, 4]` (and intensity); rows that are not finite are left out.

    Args:
        arrays: a list of them; it must give the same ones each time that it is gone through.
        rate: sweeps a second.
        realtime: give them at that rate instead of at once.

    Raises:
        DataError: a rate of 0. From `packets`: an array of another shape.
    """

    def _of(self, array: Any, number: int) -> PointCloud:
        if array.ndim != 2 or array.shape[1] not in (3, 4):
            raise DataError(f"sweep {number}: points must be an array [N, 3] or [N, 4], got {array.shape}")
        rows = array[np.isfinite(array).all(axis=1)].astype(np.float32)
        return PointCloud(np.ascontiguousarray(rows[:, :3]), rows[:, 3].copy() if array.shape[1] == 4 else None)


class PictureArrays(_Arrays[Image]):
    """Pictures from uint8 arrays `[H, W, 3]` (red, green, blue) or `[H, W]` (grey).

    Args:
        arrays: a list of them; it must give the same ones each time that it is gone through.
        rate: pictures a second.
        realtime: give them at that rate instead of at once.

    Raises:
        DataError: a rate of 0. From `packets`: an array of another shape or kind.
    """

    def _of(self, array: Any, number: int) -> Image:
        if array.dtype != np.uint8 or not (array.ndim == 2 or (array.ndim == 3 and array.shape[2] == 3)):
            raise DataError(
                f"picture {number}: must be a uint8 array [H, W, 3] or [H, W], got {array.dtype} {array.shape}"
            )
        return Image(array)


_TICK_S = 0.01
_LOOK_S = 0.2  # how often it is looked whether the lidar has ended


@dataclass
class Report:
    """How a run went.

    Attributes:
        results: sweeps that a decision came from.
        silences: decisions that were made because no result came.
        actions: how often each action was given.
        ages_ms: age of each result when it was decided.
        drops: packets passed over, by node and stream.
        objects: confirmed objects, over all results.
        seen: those of them that something in the picture supported.
        moving: results for which the vehicle's own motion was known.
    """

    results: int = 0
    silences: int = 0
    actions: dict[str, int] = field(default_factory=dict)
    ages_ms: list[float] = field(default_factory=list)
    drops: dict[str, int] = field(default_factory=dict)
    objects: int = 0
    seen: int = 0
    moving: int = 0

    def take(self, result: Perceived) -> None:
        """Count one result."""
        if result.seq < 0:
            self.silences += 1
        else:
            self.results += 1
            self.ages_ms.append(result.age_ms)
            sure = [one for one in result.objects if one.stage == "confirmed"]
            self.objects += len(sure)
            self.seen += sum(one.camera > 0 for one in sure)
            self.moving += result.motion is not None
        action = result.decision.action.value
        self.actions[action] = self.actions.get(action, 0) + 1

    @property
    def shares(self) -> dict[str, float]:
        """What each sense contributed, 0…1: the lidar to the results, the camera to the confirmed objects (found in its
        pictures too), ego-motion to the results (velocities over ground).
        """
        return {
            "lidar": float(self.results > 0),
            "camera": self.seen / max(1, self.objects),
            "ego-motion": self.moving / max(1, self.results),
        }

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        ages = [round(float(np.percentile(self.ages_ms, q)), 1) for q in (50, 99)] if self.ages_ms else [None, None]
        return {
            "results": self.results,
            "silences": self.silences,
            "actions": self.actions,
            "age_p50_ms": ages[0],
            "age_p99_ms": ages[1],
            "drops": self.drops,
            "contributed": {name: round(share, 4) for name, share in self.shares.items()},
        }


def contributions(shares: Mapping[str, float]) -> str:
    """Shares in words: a sense that contributed nothing is unused, whatever it was connected to."""
    told = {name: f"{share:.0%}" if share >= 0.005 else "less than 1%" for name, share in shares.items()}
    return ", ".join(f"{name} {told[name]}" if share else f"{name} unused (0%)" for name, share in shares.items())


def perceive(
    results: queue.Queue[Perceived], running: Running, limits: Limits | None = None, patience_s: float = 0.25
) -> Iterator[Perceived]:
    """Results as they come, and a safe decision for every `patience_s` without one, until the sweeps end.

    Silence counts from the first sweep on: before it, stages warm up. A lidar that plays files ends, and with it the
    run, also where the camera would go on for ever.

    Args:
        results: where a sink of the node `decision` puts them.
        running: the pipeline that runs.
        limits: of the decision.
        patience_s: longest wait for a result.

    Raises:
        RuntimeFailure: a source failed or a stage died for good; what had come was given before.
    """
    last: Perceived | None = None
    heard = told = looked = 0.0
    ended = started = False
    while not ended or not results.empty():
        try:
            last = results.get(timeout=_TICK_S)
            heard, told, started = time.monotonic(), time.monotonic(), True
            yield last
            continue
        except queue.Empty:
            pass
        ended = ended or running.wait(0)
        now = time.monotonic()
        if now - looked > _LOOK_S:
            looked = now
            lidar = running.stats().get("lidar", {})
            started = started or lidar.get("emitted", 0) > 0
            if lidar.get("state") == "ended" and not ended:
                running.stop()
        if not started:
            heard = told = now
        elif not ended and now - told > patience_s:
            told = now
            time_ns = last.time_ns if last is not None else 0
            yield Perceived(seq=-1, time_ns=time_ns, age_ms=(now - heard) * 1e3, decision=silent(now - heard, limits))


def drops_of(running: Running) -> dict[str, int]:
    """Packets passed over by links, as `node:stream`, and by sources, as `node`.

    Pictures that no sweep used are not among them.
    """
    found: dict[str, int] = {}
    for node, stats in running.stats().items():
        if stats.get("missed"):
            found[node] = int(stats["missed"])
        for stream, link in stats.get("links", {}).items():
            if link.get("dropped"):
                found[f"{node}:{stream}"] = int(link["dropped"])
    return found

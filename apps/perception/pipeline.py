"""The perception pipeline: camera and lidar side by side, fused, tracked, decided."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from pathlib import Path

import wugan
from wugan.apps.perception.camera_evidence import CameraEvidence
from wugan.apps.perception.collision import Vehicle
from wugan.apps.perception.decision import Limits
from wugan.apps.perception.evidence import EvidenceFusion
from wugan.apps.perception.mounting import doubts
from wugan.apps.perception.perceived import Perceived
from wugan.apps.perception.perceiver import Perceiver
from wugan.calibration import Calibration
from wugan.devices.base import Device
from wugan.devices.camera import Camera
from wugan.devices.lidar import LidarFiles
from wugan.devices.video_file import VideoFile
from wugan.errors import DataError
from wugan.modalities.points import EgoMotion, Proposals
from wugan.modalities.video.detections import Detector
from wugan.signals import Image, PointCloud
from wugan.stage import Sink, Source
from wugan.sync import Nearest

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
    scenes = p.join(*inputs, component=fusion, name="fused", link="latest")
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

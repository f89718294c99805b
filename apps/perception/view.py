"""`View`: all that there is to look at of one moment, put together again for pictures, viewers and recordings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import wugan
from wugan.apps.perception.decision import Vehicle
from wugan.apps.perception.perceiver import Perceived
from wugan.apps.perception.pipeline import Rig
from wugan.calibration import CameraModel, Transform
from wugan.devices.camera import opencv
from wugan.errors import DataError
from wugan.join import Join
from wugan.options import LinkConfig
from wugan.signals import Image, PointCloud
from wugan.stage import Sink
from wugan.sync import Nearest, Window

_HELD = 12  # sweeps and pictures that wait for their result: a second at 10 Hz
_NEAR = "250ms"  # of a picture to the sweep: what the pipeline itself would use
_LINK = LinkConfig(policy="drop_oldest", capacity=_HELD)  # who looks on never holds up who decides


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One moment.

    Attributes:
        perceived: objects and decision.
        cloud: the sweep that they come from, in the lidar's frame; `None` for a decision without one.
        image: the nearest picture, if there is a camera.
    """

    perceived: Perceived
    cloud: PointCloud | None = None
    image: Image | None = None


@dataclass(frozen=True, eq=False)
class Geometry:
    """What turns a moment into a picture.

    Attributes:
        camera: the camera's model; `None` where there is no camera.
        lidar_to_camera: transform from the objects' frame to the camera's.
        vehicle: its outline in the lidar's frame.
        lidar: name of the lidar's frame.
    """

    camera: CameraModel | None = None
    lidar_to_camera: Transform | None = None
    vehicle: Vehicle = field(default_factory=Vehicle)
    lidar: str = "lidar"

    @classmethod
    def of(cls, rig: Rig, camera: bool = True) -> Geometry:
        """What a pipeline's rig says.

        Args:
            rig: the same as for `perception`.
            camera: whether there is one.

        Raises:
            DataError: as from `perception`.
        """
        frame = rig.lidar_frame
        if not camera:
            return cls(vehicle=rig.vehicle, lidar=frame)
        model = rig.calibration.camera(rig.camera or None)
        return cls(model, rig.calibration.frames.lookup(frame, model.frame), rig.vehicle, frame)


def emptied(path: str | Path) -> Path:
    """A file that is there, holds nothing, and can be written.

    Raises:
        DataError: it cannot be made.
    """
    try:
        Path(path).open("wb").close()
    except OSError as error:
        raise DataError(f"{path} cannot be written: {error.strerror or error}") from error
    return Path(path)


class Views(Join[object, View]):
    """Joins each result with its sweep and its picture. Its inputs: the results, the lidar, and the camera if any.

    Args:
        sync: `wugan.sync.Nearest(…)`: a result comes after what it was made of has gone by, and finds it again.
    """

    def combine(self, window: Window) -> View | None:
        """One view for each result."""
        found: dict[type, object] = {type(packet.data): packet.data for packet in window.packets.values()}
        perceived, cloud, image = (found.get(kind) for kind in (Perceived, PointCloud, Image))
        assert isinstance(perceived, Perceived) and isinstance(cloud, PointCloud | None)
        assert isinstance(image, Image | None)
        return View(perceived, cloud, image)


def add_views(p: wugan.Pipeline, sinks: Mapping[str, Sink[View]]) -> None:
    """Let sinks look on at a pipeline of `perception`; without sinks nothing is added.

    What they cannot keep up with is dropped and counted: who looks on holds up nobody who decides.

    Args:
        p: the pipeline, with its nodes `decision`, `lidar` and, if there is one, `camera`.
        sinks: take each view; by the names of their nodes.
    """
    if not sinks:
        return
    inputs = [p.nodes[name] for name in ("decision", "lidar", "camera") if name in p.nodes]
    views = p.join(*inputs, component=Views(Nearest(_NEAR, wait="0ms", capacity=_HELD)), name="views", link=_LINK)
    for name, sink in sinks.items():
        p.sink(sink, views, name=name, link=_LINK)


def viewers(
    geometry: Geometry, video: Path | None = None, rerun: Path | None = None, foxglove: Path | None = None
) -> dict[str, Sink[View]]:
    """The sinks for the files that are asked for. What is missing for them is said now, before anything starts.

    Raises:
        PluginError: a package is missing; names the extra that brings it.
        DataError: a file has a wrong name.
    """
    found: dict[str, Sink[View]] = {}
    if video is not None:
        from wugan.apps.perception.dashboard import AnnotatedVideo

        found["video"] = AnnotatedVideo(video, geometry)
    if rerun is not None:
        from wugan.apps.perception.rerun_view import RerunView

        found["rerun"] = RerunView(rerun, geometry)
    if foxglove is not None:
        from wugan.apps.perception.foxglove import FoxgloveFile

        found["foxglove"] = FoxgloveFile(foxglove, geometry)
    return found


def jpeg(image: Image, quality: int = 85) -> bytes:
    """A picture as JPEG.

    Raises:
        DataError: it cannot be written as one.
    """
    cv2 = opencv()
    pixels = image.pixels if image.pixels.ndim == 2 else cv2.cvtColor(image.pixels, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise DataError(f"a picture of shape {image.pixels.shape} cannot be written as JPEG")
    return bytes(data)

"""What the camera says of what the lidar found: matched in the picture by DAR attention."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wugan.calibration import CameraModel, Transform
from wugan.errors import DataError
from wugan.join import Join
from wugan.modalities.points.odometry import EgoPose
from wugan.modalities.video.detections import Detections2D, Detector
from wugan.objects import Box3D, Detections
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Stage
from wugan.sync import SyncPolicy, Window


class CameraEvidence(Stage[Image, Detections2D]):
    """Checks each picture's size against the calibration, finds what is in it, and sets its time to the common one.

    Args:
        camera: the camera's model.
        detector: what finds things; `None` finds nothing, and the pictures only say that the camera is alive.
        offset_ns: what is to be added to the camera's stamps (`Calibration.time_offsets_ns`).

    Raises:
        DataError: from `process`: a picture of another size than the intrinsics are for.
    """

    def __init__(self, camera: CameraModel, detector: Detector | None = None, offset_ns: int = 0) -> None:
        self.camera = camera
        self.detector = detector
        self.offset_ns = offset_ns

    def warm_up(self) -> None:
        """Load the detector."""
        warm_up = getattr(self.detector, "warm_up", None)
        if warm_up is not None:
            warm_up()

    def process(self, packet: Packet[Image]) -> Iterable[Packet[Detections2D]]:
        """What is in one picture."""
        self.camera.check_image(packet.data.pixels)
        found = self.detector.encode([packet])[0] if self.detector is not None else None
        if found is None:
            size = (self.camera.width, self.camera.height)
            found = Detections2D(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), [], size)
        out = packet.replace(found)
        out.time_ns = packet.time_ns + self.offset_ns
        yield out

    def watermark(self, time_ns: int) -> int:
        """Output times are input times plus the offset."""
        return time_ns + self.offset_ns


#: Names of COCO and the like, as the lidar's proposals and the tracker name them.
KINDS = {
    "car": "car",
    "truck": "truck",
    "bus": "truck",
    "train": "truck",
    "person": "pedestrian",
    "pedestrian": "pedestrian",
    "bicycle": "cyclist",
    "motorcycle": "cyclist",
    "cyclist": "cyclist",
}
#: How far apart in the picture things are that belong together: middle across and down, in sides of the proposal's
#: outline, and the logarithms of width and height. Twice the standard deviations that benchmarks/perception/fusion.py
#: measures, since it sees one street and one detector.
SPREAD = (0.05, 0.12, 0.10, 0.34)
_BLUR = 3.0  # pixels, of calibration, capture times and detectors
_NONE = -4.5  # logit of "no such thing in the picture": a match three spreads away is as good as none
_GAIN = 2.0  # log-odds that a sure and well matched detection adds to a proposal
_SURE = 0.5  # weight from which on the camera's name holds


@dataclass(slots=True)
class Scene:
    """The objects of one sweep with what the camera says of them.

    Attributes:
        detections: the lidar's objects; score and label after fusion.
        weights: float32 `[N]`, 0…1: how much of each object's attention found something in the picture.
        camera_lag_ns: how much older the picture is than the sweep, by the common clock; `None` without a picture.
        entered_ns: when the sweep entered the pipeline, by `time.monotonic_ns()`; 0 where that is not known.
        file: name of the file that the sweep came from, if it did.
        ego: where the sensor was, of the newest sweep for which that is known by now.
        ego_ns: time of that sweep.
    """

    detections: Detections
    weights: NDArray[np.float32]
    camera_lag_ns: int | None = None
    entered_ns: int = 0
    file: str = ""
    ego: EgoPose | None = None
    ego_ns: int = 0


class EvidenceFusion(Join[object, Scene]):
    """Joins each sweep's objects with those of the picture nearest to it in time.

    One layer of DAR cross-attention whose weights are geometry: the logit of a proposal and a detection is minus half
    the squared distance of their boxes in the picture, in the proposal's own size and in spreads (`SPREAD`) that were
    measured on real pictures, as a product of query and key. A further key stands for "nothing there". The values are
    the detections' scores and classes, so that what comes out is how well the camera supports each proposal, and as
    what.

    Support raises a proposal's score; its lack does not lower it, since detectors miss things and the camera does not
    see everywhere.

    Args:
        sync: `wugan.nearest(…)`, or `wugan.latest(…)` to wait for no picture; the first stream must be the lidar's
            objects.
        camera: the camera's model.
        lidar_to_camera: transform from the objects' frame to the camera's.

    Raises:
        DataError: from `combine`: the objects are in another frame.
    """

    def __init__(self, sync: SyncPolicy, camera: CameraModel, lidar_to_camera: Transform) -> None:
        super().__init__(sync)
        self.camera = camera
        self.lidar_to_camera = lidar_to_camera

    def warm_up(self) -> None:
        """Load torch, so that the first window does not wait for it."""
        rectangle = np.array([[0, 0, 9, 9]], np.float32)
        attend(rectangle, Detections2D(rectangle, np.ones(1, np.float32), ["car"], (10, 10)))

    def combine(self, window: Window) -> Scene | None:
        """One scene for each sweep."""
        lidar: Packet[Detections] | None = None
        picture: Packet[Detections2D] | None = None
        ego: Packet[EgoPose] | None = None
        for packet in window.packets.values():
            if isinstance(packet.data, Detections):
                lidar = packet
            elif isinstance(packet.data, EgoPose):
                ego = packet
            else:
                picture = packet
        if lidar is None:
            return None
        boxes = lidar.data.boxes
        if boxes and lidar.data.frame != self.lidar_to_camera.source:
            raise DataError(
                f"objects are in frame {lidar.data.frame!r}, the calibration leads from {self.lidar_to_camera.source!r}"
            )
        scene = Scene(
            lidar.data,
            np.zeros(len(boxes), np.float32),
            None if picture is None else lidar.time_ns - picture.time_ns,
            lidar.entered_ns,
            str(lidar.attrs.get("file", "")),
            None if ego is None else ego.data,
            0 if ego is None else ego.time_ns,
        )
        if picture is not None and len(picture.data) and boxes:
            self._weigh(scene, picture.data)
        return scene

    def _weigh(self, scene: Scene, found: Detections2D) -> None:
        rectangles, seen = self.rectangles(scene.detections.boxes)
        index = np.flatnonzero(seen)
        if not len(index):
            return
        support, kinds = attend(rectangles[index], found)
        boxes = list(scene.detections.boxes)
        for place, weight, kind in zip(index.tolist(), support.tolist(), kinds, strict=True):
            box = boxes[place]
            odds = math.log(max(box.score, 1e-6) / max(1 - box.score, 1e-6)) + _GAIN * weight
            label = kind if kind and (weight >= _SURE or not box.label) else box.label
            boxes[place] = replace(box, score=1 / (1 + math.exp(-odds)), label=label)
            scene.weights[place] = weight
        scene.detections = Detections(boxes, scene.detections.time_ns, scene.detections.frame)

    def rectangles(self, boxes: list[Box3D]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Each box's outline in the picture, `[N, 4]` left, top, right, bottom; and which of them are in it.

        A box that reaches behind the camera has no outline; it is not counted as seen.
        """
        corners = np.concatenate([box.corners() for box in boxes]).astype(np.float32)
        pixels = self.camera.project_from(corners, self.lidar_to_camera).pixels.reshape(-1, 8, 2)
        low, high = pixels.min(axis=1), pixels.max(axis=1)
        last = np.array([self.camera.width - 1, self.camera.height - 1], np.float32)
        with np.errstate(invalid="ignore"):
            seen = np.isfinite(low).all(axis=1) & (high > 0).all(axis=1) & (low < last).all(axis=1)
        outline = np.concatenate([np.clip(low, 0, last), np.clip(high, 0, last)], axis=1)
        seen &= ((outline[:, 2:] - outline[:, :2]) > 1).all(axis=1)
        return outline, seen


def attend(
    outlines: NDArray[np.float32], found: Detections2D, spread: Sequence[float] = SPREAD
) -> tuple[NDArray[np.float32], list[str]]:
    """DAR attention of proposals' outlines over a picture's detections.

    Args:
        outlines: `[N, 4]`: left, top, right, bottom, pixels.
        found: what is in the picture.
        spread: see `SPREAD`.

    Returns:
        The support of each proposal, 0…1 (attention times the detections' scores), and the class that most of it is of
        (empty for none of `KINDS`).
    """
    import torch

    from wugan.attention import dar_attention

    names = sorted(set(KINDS.values()))
    size = np.array([*found.size], np.float64)
    q, k = _measures(outlines.astype(np.float64), size), _measures(found.boxes.astype(np.float64), size)
    # Spreads of each proposal's own: of its middle (in picture sizes, as the measures are) and of logarithms.
    sides = np.maximum(outlines[:, 2:] - outlines[:, :2], 1.0).astype(np.float64)
    place, extent = np.array(spread[:2]), np.array(spread[2:])
    precision = (
        1 / np.concatenate([np.hypot(place * sides, _BLUR) / size, np.hypot(extent, _BLUR / sides)], axis=1) ** 2
    )
    # -p (q - k)² / 2 = p q k - p q² / 2 - p k² / 2, and the last two columns are the key that stands for nothing.
    query = np.concatenate(
        [precision * q, -precision / 2, -(precision * q**2).sum(axis=1, keepdims=True) / 2, np.ones((len(q), 1))], 1
    )
    key = np.concatenate([k, k**2, np.ones((len(k), 1)), np.zeros((len(k), 1))], axis=1)
    nothing = np.zeros((1, key.shape[1]))
    nothing[0, -1] = _NONE
    values = np.zeros((len(k) + 1, len(names)))
    for row, (label, score) in enumerate(zip(found.labels, found.scores.tolist(), strict=True)):
        if label.lower() in KINDS:
            values[row, names.index(KINDS[label.lower()])] = score
    # In double precision, since squares of places are subtracted; there are a few dozen of each.
    q_1HND, k_1HND, v_1HND = (
        torch.from_numpy(one)[None, None] for one in (query, np.concatenate([key, nothing]), values)
    )
    with torch.inference_mode():
        out = dar_attention(q_1HND, k_1HND, v_1HND, top_k=None, scale=1.0, self_attention=False)[0, 0].numpy()
    support = np.clip(out.sum(axis=1), 0, 1).astype(np.float32)
    return support, [names[int(row.argmax())] if row.max() > 1e-3 else "" for row in out]


def _measures(outlines: NDArray[np.float64], size: NDArray[np.float64]) -> NDArray[np.float64]:
    """Middle (in picture sizes) and logarithms of width and height of rectangles, `[N, 4]`."""
    middle = (outlines[:, :2] + outlines[:, 2:]) / 2 / size
    return np.concatenate([middle, np.log(np.maximum(outlines[:, 2:] - outlines[:, :2], 1.0) / size)], axis=1)

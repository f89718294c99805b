"""`CameraEvidence`: from a picture to what is in it, in the common time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from wugan.calibration import CameraModel
from wugan.modalities.video.detections import Detections2D, Detector
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Stage


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

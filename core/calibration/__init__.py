"""Calibration: named frames, cameras, and clocks; what is needed to see one sensor's data in another's frame.

Frames are right-handed. A camera's is the optical one (x right, y down, z forward); a lidar's or a vehicle's has x
forward, y left and z up. Lengths are metres, angles radians.
"""

from wugan.calibration.calibration import Calibration
from wugan.calibration.camera import CameraModel, Distortion, Projection
from wugan.calibration.offset import Motion, TimeOffset, estimate_offset
from wugan.calibration.transform import Frames, Transform

__all__ = [
    "Calibration",
    "CameraModel",
    "Distortion",
    "Frames",
    "Motion",
    "Projection",
    "TimeOffset",
    "Transform",
    "estimate_offset",
]

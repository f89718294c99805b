"""Calibration: named frames, cameras, and clocks; what is needed to see one sensor's data in another's frame.

Frames are right-handed. A camera's is the optical one (x right, y down, z forward); a lidar's or a vehicle's has x
forward, y left and z up. Lengths are metres, angles radians.
"""

from wugan.calibration.calibration import Calibration
from wugan.calibration.camera import CameraModel, Projection
from wugan.calibration.distortion import Distortion
from wugan.calibration.frames import Frames
from wugan.calibration.kitti import read_kitti_object, read_kitti_raw
from wugan.calibration.nuscenes import read_nuscenes
from wugan.calibration.offset import Motion, TimeOffset, estimate_offset
from wugan.calibration.reading import read_calibration
from wugan.calibration.transform import Transform

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
    "read_calibration",
    "read_kitti_object",
    "read_kitti_raw",
    "read_nuscenes",
]

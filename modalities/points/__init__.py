"""Points: sweeps and scans as views, tokens, motion and object proposals."""

from wugan.modalities.points.calibration import read_calibration, read_kitti_object, read_kitti_raw, read_nuscenes
from wugan.modalities.points.encoder import PointEncoder
from wugan.modalities.points.ground import Ground, GroundFinder
from wugan.modalities.points.normals import normals
from wugan.modalities.points.odometry import EgoMotion, EgoPose, deskew, turn_share
from wugan.modalities.points.proposals import Proposals
from wugan.modalities.points.views import BevMaps, BirdsEye, RangeImage, RangeView
from wugan.modalities.points.voxels import Voxels, voxelise

__all__ = [
    "BevMaps",
    "BirdsEye",
    "EgoMotion",
    "EgoPose",
    "Ground",
    "GroundFinder",
    "PointEncoder",
    "Proposals",
    "RangeImage",
    "RangeView",
    "Voxels",
    "deskew",
    "normals",
    "read_calibration",
    "read_kitti_object",
    "read_kitti_raw",
    "read_nuscenes",
    "turn_share",
    "voxelise",
]

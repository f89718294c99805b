"""Video: clips by time, motion, things in pictures, and tokens that carry place and time.

Pictures come from `wugan.devices`: `Camera` (V4L2, RTSP) and `VideoFile` (videos and folders of pictures).
"""

from wugan.modalities.video.clips import Clip, Clips
from wugan.modalities.video.coco import CocoDetector
from wugan.modalities.video.detections import Detections2D, Detector
from wugan.modalities.video.encoder import VideoEncoder
from wugan.modalities.video.motion import DenseFlow, Flow, Motion, MotionEstimator
from wugan.modalities.video.motion_detector import MotionDetector
from wugan.modalities.video.onnx_detector import OnnxDetector

__all__ = [
    "Clip",
    "Clips",
    "CocoDetector",
    "DenseFlow",
    "Detections2D",
    "Detector",
    "Flow",
    "Motion",
    "MotionDetector",
    "MotionEstimator",
    "OnnxDetector",
    "VideoEncoder",
]

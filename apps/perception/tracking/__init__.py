"""3D multi-object tracking: identities, velocities and life cycles of detected objects, and its evaluation."""

from wugan.apps.perception.tracking.settings import GENERAL, POINT_RCNN, ClassSettings
from wugan.apps.perception.tracking.track import Stage, Track
from wugan.apps.perception.tracking.tracker import Tracker

__all__ = ["GENERAL", "POINT_RCNN", "ClassSettings", "Stage", "Track", "Tracker"]

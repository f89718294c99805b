"""Settings for the detections of PointRCNN on KITTI that AB3DMOT publishes, whose scores are logits."""

from __future__ import annotations

from wugan.apps.perception.tracking.settings import ClassSettings

POINT_RCNN = {
    "car": ClassSettings(
        score_middle=2.5,
        score_slope=0.9,
        least_score=-0.5,
        first_score=2.0,
        birth_score=1.0,
    ),
    "pedestrian": ClassSettings(
        score_middle=3.7,
        score_slope=1.2,
        least_score=0.0,
        first_score=2.0,
        birth_score=1.0,
        position_noise=0.1,
        first_speed=3.0,
        acceleration=3.0,
    ),
    "cyclist": ClassSettings(
        score_middle=3.5,
        score_slope=1.2,
        least_score=0.0,
        first_score=2.0,
        birth_score=1.0,
        position_noise=0.12,
        first_speed=5.0,
    ),
}

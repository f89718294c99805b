"""Settings for the detections of PointRCNN on KITTI that AB3DMOT publishes, whose scores are logits.

Cars: found by random search on the tracking sequences 0, 2, 3, 4 and 5. Pedestrians and cyclists: set by hand from the
spread and the scores of their detections there, too few to search on. docs/tracking.md says what they reach on other
sequences. KITTI is CC BY-NC-SA 3.0, the detections are for non-commercial use.
"""

from __future__ import annotations

from wugan.apps.perception.tracking.settings import ClassSettings

POINT_RCNN = {
    "car": ClassSettings(
        score_middle=2.78,
        score_slope=0.55,
        least_score=-1.0,
        first_score=0.86,
        birth_score=0.7,
        position_noise=0.34,
        size_noise=0.44,
        yaw_noise=0.15,
        acceleration=7.14,
        first_speed=11.96,
        size_drift=0.0,
        yaw_drift=0.54,
        reach=3.27,
        least_affinity=-1.16,
        least_affinity_second=-0.3,
        confirm_hits=1,
        confirm_evidence=4.86,
        coast_s=0.75,
        report_coast_s=1.92,
        report_spread=0.65,
        miss_evidence=0.78,
        long_life=0.27,
    ),
    "pedestrian": ClassSettings(
        score_middle=3.7,
        score_slope=1.2,
        least_score=0.0,
        first_score=2.0,
        birth_score=1.0,
        position_noise=0.1,
        acceleration=3.0,
        first_speed=3.0,
    ),
    "cyclist": ClassSettings(
        score_middle=3.5,
        score_slope=1.2,
        least_score=0.0,
        first_score=2.0,
        birth_score=1.0,
        position_noise=0.12,
        first_speed=5.0,
        tentative_coast_s=0.15,
    ),
}

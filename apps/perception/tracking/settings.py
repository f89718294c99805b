"""What the tracker assumes of each class of objects."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ClassSettings(BaseModel):
    """How objects of one class are seen, move, appear and vanish.

    Attributes:
        score_middle: Detector score at which a detection is as likely right as wrong.
        score_slope: Log-odds that one unit of score adds.
        least_score: Detections below are not looked at.
        first_score: From here on a detection takes part in the first round of the assignment; those below only go to
            tracks that found nothing in it (as in ByteTrack, Zhang et al., ECCV 2022).
        birth_score: From here on an unmatched detection starts a track.
        position_noise: Standard deviation of a detection's place, m.
        size_noise: Of its length, width and height, m.
        yaw_noise: Of its yaw, rad.
        acceleration: Of an object, standard deviation, m/s².
        first_speed: Of an object at birth, standard deviation, m/s (relative to the sensor, if no pose is given).
        size_drift: How much the shown size may change, m/√s.
        yaw_drift: How much yaw may change, rad/√s.
        reach: Standard deviations of distance that cost as much as an overlap of 1.
        least_affinity: Overlap less distance from which on a detection may belong to a track, first round.
        least_affinity_second: The same, second round.
        confirm_hits: Detections that confirm a track whatever their scores.
        confirm_evidence: Sum of log-odds that confirms a track.
        coast_s: Seconds without a detection after which a confirmed track dies.
        tentative_coast_s: The same for a tentative one; 0: it dies at the first miss.
        report_coast_s: Seconds without a detection for which its prediction is still written to a result file.
        report_spread: Standard deviation of its place, m, up to which a prediction is written there.
        miss_evidence: Log-odds that a frame without a detection takes away.
        long_life: Log-odds that a track's score gains when its number of detections grows e-fold.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    score_middle: float = 0.5
    score_slope: float = Field(8.0, gt=0)
    least_score: float = 0.1
    first_score: float = 0.5
    birth_score: float = 0.3
    position_noise: float = Field(0.25, gt=0)
    size_noise: float = Field(0.2, gt=0)
    yaw_noise: float = Field(0.15, gt=0)
    acceleration: float = Field(5.0, gt=0)
    first_speed: float = Field(12.0, gt=0)
    size_drift: float = Field(0.1, ge=0)
    yaw_drift: float = Field(0.5, ge=0)
    reach: float = Field(6.0, gt=0)
    least_affinity: float = -0.6
    least_affinity_second: float = -0.3
    confirm_hits: int = Field(3, ge=1)
    confirm_evidence: float = 4.0
    coast_s: float = Field(0.5, ge=0)
    tentative_coast_s: float = Field(0.0, ge=0)
    report_coast_s: float = Field(0.2, ge=0)
    report_spread: float = Field(1.5, gt=0)
    miss_evidence: float = Field(1.0, ge=0)
    long_life: float = Field(1.0, ge=0)


#: For detectors whose scores are probabilities.
GENERAL = ClassSettings()


#: For the detections of PointRCNN on KITTI that AB3DMOT publishes, whose scores are logits. Cars: found by random
#: search on the tracking sequences 0, 2, 3, 4 and 5. Pedestrians and cyclists: set by hand from the spread and the
#: scores of their detections there, too few to search on. What they reach on others: docs/senses/tracking.md.
#: KITTI is CC BY-NC-SA 3.0, the detections are for non-commercial use.
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

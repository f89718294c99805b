from __future__ import annotations

import pickle

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.motion import Motion, MotionEstimator
from wugan.packet import Packet
from wugan.signals import Image
from wugan.testing import run_stage

from .conftest import MS, Pictures, packets


def motions(found: list[Packet[Motion]]) -> list[Motion]:
    return [packet.data for packet in found]


def centres(motion: Motion) -> np.ndarray:
    return (motion.moving.boxes[:, :2] + motion.moving.boxes[:, 2:]) / 2


def test_nothing_moves(scene: Pictures) -> None:
    found = motions(run_stage(MotionEstimator(), scene(3)))
    assert len(found) == 2
    for motion in found:
        assert motion.shift == pytest.approx((0, 0), abs=0.02) and not len(motion.moving)


def test_a_panning_camera_moves_nothing_by_itself(scene: Pictures) -> None:
    for motion in motions(run_stage(MotionEstimator(), scene(4, pan=(5, 3)))):
        assert motion.shift == pytest.approx((5, 3), abs=0.15)
        assert motion.inliers > 0.9 and not len(motion.moving)


@pytest.mark.parametrize("pan", [(0, 0), (5, 3)])
def test_a_thing_that_moves_by_itself(scene: Pictures, pan: tuple[int, int]) -> None:
    """The same velocity is found whether or not the camera moves: it is relative to the ground."""
    given = scene(4, pan=pan, move=(7, 0))
    for k, motion in enumerate(motions(run_stage(MotionEstimator(), given)), start=1):
        assert len(motion.moving) == 1 and motion.moving.labels == ["moving"]
        where = np.array([280 + 7 * k - 150 + pan[0] * k + 24, 160 - 100 + pan[1] * k + 24])
        assert centres(motion)[0] == pytest.approx(where, abs=10)
        assert motion.moving.velocity is not None
        assert motion.moving.velocity[0] == pytest.approx([70, 0], abs=10)  # pixels a second
        assert motion.shift == pytest.approx(pan, abs=0.3)


def test_zoom_and_turn_are_the_camera_s(scene: Pictures) -> None:
    import cv2

    first = scene(1)[0].data.pixels
    turned = cv2.warpAffine(first, cv2.getRotationMatrix2D((159.5, 89.5), 2.0, 1.02), (320, 180), flags=cv2.INTER_CUBIC)
    motion = motions(run_stage(MotionEstimator(), packets([first, turned])))[0]
    angle = np.degrees(np.arctan2(motion.camera[0, 1], motion.camera[0, 0]))
    zoom = np.sqrt(np.linalg.det(motion.camera[:, :2]))
    assert angle == pytest.approx(2, abs=0.1) and zoom == pytest.approx(1.02, abs=0.003)


def test_a_picture_without_texture_says_so() -> None:
    flat = packets([np.full((64, 64, 3), value, np.uint8) for value in (90, 120)])
    motion = motions(run_stage(MotionEstimator(), flat))[0]
    assert motion.inliers == 0 and motion.camera.tolist() == np.eye(2, 3).tolist() and not len(motion.moving)


def test_breaks_are_never_compared_across(scene: Pictures) -> None:
    stage = MotionEstimator()
    given = scene(3, pan=(5, 0))
    late = Packet(given[-1].data, given[-1].time_ns + 10_000 * MS, stream="camera", seq=3)
    back = Packet(given[0].data, 0, stream="camera", seq=4)
    other = Packet(Image(np.zeros((90, 160, 3), np.uint8)), 100 * MS, stream="camera", seq=5)
    same = Packet(other.data, 100 * MS, stream="camera", seq=6)
    counts = [len(list(stage.process(packet))) for packet in [*given, late, back, other, same]]
    assert counts == [0, 1, 1, 0, 0, 0, 0] and stage.restarts == 4


def test_bad_input(scene: Pictures) -> None:
    stage = MotionEstimator()
    with pytest.raises(DataError, match="is empty"):
        list(stage.process(Packet(Image(np.zeros((0, 5, 3), np.uint8)), 0, stream="camera")))
    assert len(run_stage(pickle.loads(pickle.dumps(stage)), scene(2))) == 1
    for wrong in ({"preset": "slow"}, {"width": 1}, {"least_shift": 0.0}, {"least_area": 1.0}):
        with pytest.raises(DataError, match="MotionEstimator:"):
            MotionEstimator(**wrong)  # type: ignore[arg-type]


def test_it_is_deterministic(scene: Pictures) -> None:
    given = scene(2, pan=(4, 1), move=(7, 0))
    first, second = (motions(run_stage(MotionEstimator(), given))[0] for _ in range(2))
    assert (first.camera == second.camera).all() and (first.moving.boxes == second.moving.boxes).all()

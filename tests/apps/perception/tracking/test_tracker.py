from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.apps.perception.tracking import ClassSettings, Stage, Track, Tracker
from wugan.errors import DataError
from wugan.objects import Box3D, Detections

STEP_NS = 100_000_000
SIZE = (4.0, 1.8, 1.5)


def car(x: float, y: float = 0.0, yaw: float = 0.0, score: float = 0.9, label: str = "car") -> Box3D:
    return Box3D((x, y, 0.7), SIZE, yaw, "lidar", score, label)


def drive(tracker: Tracker, *frames: list[Box3D], start: int = 0) -> list[list[Track]]:
    return [tracker.update(boxes, (start + frame) * STEP_NS) for frame, boxes in enumerate(frames)]


def test_velocity_and_identity_of_a_car_in_motion() -> None:
    told = drive(Tracker(), *([car(10 + 1.5 * frame, 2 - 0.2 * frame)] for frame in range(20)))
    track = told[-1][0]
    assert {one.id for frame in told for one in frame} == {1}
    assert track.velocity == pytest.approx([15, -2, 0], abs=0.5)
    assert track.center == pytest.approx([10 + 1.5 * 19, 2 - 0.2 * 19, 0.7], abs=0.1)
    assert track.stage is Stage.CONFIRMED and track.hits == 20 and track.detection == 0
    assert track.age_s == pytest.approx(1.9) and track.coasted_s == 0
    assert track.confidence > told[2][0].confidence > 0.5


def test_life_cycle() -> None:
    settings_ = ClassSettings(confirm_hits=3, confirm_evidence=99, coast_s=0.35)
    tracker = Tracker({"car": settings_})
    told = drive(tracker, *([car(10)] for _ in range(3)), *([] for _ in range(5)))
    stages = [[one.stage for one in frame] for frame in told]
    coasting, dead = Stage.COASTING, Stage.DEAD
    assert stages == [[Stage.TENTATIVE]] * 2 + [[Stage.CONFIRMED]] + [[coasting]] * 3 + [[dead], []]
    assert told[4][0].coasted_s == pytest.approx(0.2) and told[4][0].detection is None
    # One who comes back is someone new.
    assert drive(tracker, [car(10)], start=8)[0][0].id == 2


def test_a_tentative_track_dies_at_once() -> None:
    told = drive(Tracker({"car": ClassSettings(confirm_evidence=99)}), [car(10)], [], [])
    assert [one.stage for one in told[1]] == [Stage.DEAD] and told[2] == []


def test_prediction_through_an_occlusion() -> None:
    frames = [[car(10 + frame)] if not 8 <= frame < 12 else [] for frame in range(16)]
    told = drive(Tracker(), *frames)
    assert [frame[0].id for frame in told] == [1] * 16
    hidden = told[11][0]
    assert hidden.stage is Stage.COASTING and hidden.center[0] == pytest.approx(21, abs=0.5)
    assert hidden.spread > told[7][0].spread


def test_unsure_detections_keep_a_track_but_do_not_start_one() -> None:
    kind = {"car": ClassSettings(first_score=0.5, birth_score=0.5, least_score=0.1)}
    assert drive(Tracker(kind), [car(10, score=0.3)]) == [[]]
    told = drive(Tracker(kind), [car(10)], [car(10)], [car(10)], [car(10, score=0.3)], [car(10, score=0.05)])
    assert told[3][0].detection == 0 and told[4][0].detection is None


def test_sure_detections_come_first() -> None:
    tracker = Tracker()
    drive(tracker, *([car(10)] for _ in range(5)))
    told = drive(tracker, [car(10.0, score=0.2), car(10.3, score=0.9)], start=5)[0]
    assert told[0].detection == 1


def test_two_that_pass_each_other_keep_their_identities() -> None:
    frames = [[car(0 + frame, 1.2), car(30 - frame, -1.2, math.pi)] for frame in range(30)]
    last = {one.id: one for one in drive(Tracker(), *frames)[-1]}
    assert last[1].velocity[0] > 8 and last[2].velocity[0] < -8


def test_classes_do_not_mix() -> None:
    told = drive(Tracker(), [car(10)], [car(10, label="cyclist")])
    assert {(one.id, one.label) for one in told[1]} == {(1, "car"), (2, "cyclist")}


def test_an_object_is_of_one_class() -> None:
    told = drive(Tracker(), *([car(10, score=0.6, label="van"), car(10.3, score=0.9)] for _ in range(5)))
    assert [[one.label for one in frame] for frame in told] == [["car"]] * 5
    assert told[-1][0].detection == 1


def test_a_heading_that_was_taken_backwards_a_few_times() -> None:
    frames = [[car(10, yaw=math.pi if frame in (0, 3, 6) else 0.0)] for frame in range(10)]
    track = drive(Tracker(), *frames)[-1][0]
    assert math.cos(track.yaw) == pytest.approx(1, abs=0.01)


def pose(x: float, yaw: float = 0.0) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:2, :2] = [[math.cos(yaw), -math.sin(yaw)], [math.sin(yaw), math.cos(yaw)]]
    matrix[0, 3] = x
    return matrix


def test_with_poses_a_parked_car_stands_still() -> None:
    tracker = Tracker()
    for frame in range(15):
        turn = 0.02 * frame
        ahead = np.linalg.inv(pose(frame * 1.0, turn)) @ [30, 2, 0.7, 1]
        told = tracker.update([car(*ahead[:2], yaw=-turn)], frame * STEP_NS, pose(frame * 1.0, turn))
    assert told[0].center == pytest.approx([30, 2, 0.7], abs=1e-6)
    assert told[0].velocity == pytest.approx([0, 0, 0], abs=1e-6) and told[0].yaw == pytest.approx(0, abs=1e-6)


def test_over_the_ground_motion_tells_front_from_back() -> None:
    tracker = Tracker()
    for frame in range(15):
        told = tracker.update([car(10 + frame, yaw=math.pi)], frame * STEP_NS, np.eye(4))
    assert told[0].yaw == pytest.approx(0, abs=0.05)


def test_uneven_times_are_real_times() -> None:
    tracker = Tracker()
    for time_ns in (0, 90_000_000, 240_000_000, 300_000_000, 520_000_000, 600_000_000):
        told = tracker.update(Detections([car(10 + 12e-9 * time_ns)], time_ns))
    assert told[0].velocity[0] == pytest.approx(12, abs=0.7)


def test_time_must_not_go_back() -> None:
    tracker = Tracker()
    first = tracker.update([car(10)], STEP_NS)[0].id
    tracker.update([car(10)], STEP_NS)  # twice the same moment is no error
    with pytest.raises(DataError, match="order of capture"):
        tracker.update([car(10)], 0)
    tracker.reset()
    assert tracker.update([car(10)], 0)[0].id > first


def test_what_is_refused() -> None:
    tracker = Tracker()
    with pytest.raises(DataError, match="time_ns"):
        tracker.update([car(10)])
    with pytest.raises(DataError, match="detection 1 is not finite"):
        tracker.update_arrays([[0, 0, 0, 4, 2, 1, 0], [0, math.nan, 0, 4, 2, 1, 0]], [1, 1], ["car"] * 2, 0)
    with pytest.raises(DataError, match="has no size"):
        tracker.update_arrays([[0, 0, 0, 4, 0, 1, 0]], [1], ["car"], 0)
    with pytest.raises(DataError, match="are needed"):
        tracker.update_arrays([[0, 0, 0, 4, 2, 1, 0]], [1, 2], ["car"], 0)
    with pytest.raises(DataError, match="finite matrix"):
        tracker.update([], 0, np.eye(3))
    tracker.reset()
    tracker.update([], 0, np.eye(4))
    with pytest.raises(DataError, match="every update"):
        tracker.update([], 1)


def test_a_track_as_a_box_with_its_covariance() -> None:
    track = drive(Tracker(), *([car(10 + frame)] for frame in range(5)))[-1][0]
    box = track.box3d("lidar")
    assert box.id == track.id and box.label == "car" and box.frame == "lidar" and box.score == track.confidence
    assert box.velocity is not None and box.velocity[0] == pytest.approx(track.velocity[0])
    assert track.covariance.shape == (10, 10) and (np.linalg.eigvalsh(track.covariance) > 0).all()


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(st.tuples(st.floats(-60, 60), st.floats(-60, 60), st.floats(0, 1)), max_size=6), max_size=12))
def test_invariants(frames: list[list[tuple[float, float, float]]]) -> None:
    """One detection goes to one track, identities are unique and never come back, covariances stay positive."""
    dead: set[int] = set()
    for told in drive(Tracker(), *([car(x, y, score=score) for x, y, score in frame] for frame in frames)):
        ids = [one.id for one in told]
        used = [one.detection for one in told if one.detection is not None]
        assert len(set(ids)) == len(ids) and len(set(used)) == len(used) and not dead & set(ids)
        dead |= {one.id for one in told if one.stage is Stage.DEAD}
        assert all((np.linalg.eigvalsh(one.covariance) > 0).all() for one in told)


def test_nothing_depends_on_later_frames() -> None:
    frames = [[car(10 + frame)] if frame % 4 else [] for frame in range(12)]
    whole, part = drive(Tracker(), *frames), drive(Tracker(), *frames[:7])
    assert [[one.box.tolist() for one in frame] for frame in whole[:7]] == [
        [one.box.tolist() for one in frame] for frame in part
    ]

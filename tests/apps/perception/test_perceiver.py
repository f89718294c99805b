"""Scenes in, objects and decisions out: ids that last, clocks that go back, a camera that is missing."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from wugan.apps.perception.decision import Action
from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.perceiver import Perceived, Perceiver
from wugan.apps.perception.street import Ride, Street, Thing
from wugan.errors import PluginError
from wugan.modalities.points import EgoPose
from wugan.objects import Box3D, Detections
from wugan.packet import Packet

STEP_NS = 100_000_000


class Rig:
    """A perceiver with a clock of its own."""

    def __init__(self, camera: bool = True) -> None:
        self.now = 1_000_000_000
        self.perceiver = Perceiver(camera=camera, now_ns=lambda: self.now)
        self.perceiver.warm_up()

    def see(self, number: int, *boxes: Box3D, age_ms: float = 30, lag_ms: float | None = 10) -> Perceived:
        lag = None if lag_ms is None else round(lag_ms * 1e6)
        scene = Scene(
            Detections(list(boxes), number * STEP_NS, "lidar"),
            np.full(len(boxes), 0.6, np.float32),
            lag,
            self.now - round(age_ms * 1e6),
        )
        (out,) = self.perceiver.process(Packet(scene, number * STEP_NS, stream="fused", seq=number))
        result: Perceived = out.data
        return result


def car(x: float) -> Box3D:
    return Box3D((x, 0, -0.8), (4, 1.8, 1.6), 0.0, "lidar", 0.9, "car")


def test_a_car_that_comes_nearer_keeps_its_id_until_it_is_to_stop() -> None:
    rig = Rig()
    seen = [rig.see(number, car(40 - number)) for number in range(30)]  # 10 m/s
    late = seen[5:]
    assert len({one.objects[0].id for one in late}) == 1
    assert late[-1].objects[0].velocity[0] == pytest.approx(-10, abs=0.5)
    assert late[-1].objects[0].camera == pytest.approx(0.6, abs=1e-3)
    actions = [one.decision.action for one in late]
    assert actions[-1] is Action.STOP and Action.SLOW in actions
    assert actions == sorted(actions, key=["proceed", "slow", "stop"].index)
    assert all(not one.decision.degraded for one in late)


def test_an_empty_road_is_free_and_a_missing_camera_slows() -> None:
    rig = Rig()
    assert [rig.see(number).decision.action for number in range(7)][4:] == [Action.PROCEED] * 3
    blind = rig.see(7, lag_ms=None)
    assert blind.decision.action is Action.SLOW and blind.decision.reasons[0].kind == "missing"
    alone = Rig(camera=False)
    assert [alone.see(number, lag_ms=None).decision.action for number in range(5)][-1] is Action.PROCEED


def test_a_road_is_not_free_before_anything_can_be_confirmed() -> None:
    rig = Rig()
    first = [rig.see(number, car(5)).decision for number in range(3)]
    assert first[0].gap_m is None and first[0].action is Action.SLOW  # the car is tentative still
    assert all("begin" in [reason.kind for reason in decision.reasons] for decision in first[:2])
    assert not first[2].degraded and first[2].gap_m == pytest.approx(1, abs=0.3)
    assert [rig.see(number).decision.degraded for number in (9, 10, 11, 12)] == [True, True, False, False]  # a pause


def test_late_and_stale_results_say_so() -> None:
    assert "late" in [reason.kind for reason in Rig().see(0, age_ms=130).decision.reasons]
    assert Rig().see(0, age_ms=600).decision.action is Action.STOP


def test_a_clock_that_goes_back_begins_the_tracks_anew() -> None:
    rig = Rig()
    for number in range(5):
        before = rig.see(number, car(30))
    after = rig.see(1, car(30))
    assert after.decision.action is Action.SLOW
    assert any(reason.kind == "clock" for reason in after.decision.reasons)
    assert {one.id for one in after.objects}.isdisjoint(one.id for one in before.objects)
    rig.see(2, car(30))


def test_it_travels_to_another_process_before_it_is_warm() -> None:
    travelled = pickle.loads(pickle.dumps(Perceiver()))
    with pytest.raises(PluginError, match="warm_up"):
        list(travelled.process(Packet(Scene(Detections(), np.zeros(0, np.float32)), 0, stream="fused")))


class MovingRig:
    """A perceiver on a vehicle that turns and brakes, and tells where it is; a post and a car that goes along."""

    def __init__(self, ego_motion: bool = True) -> None:
        turns, brakes = ((0.5, 2.5, 0.4),), ((1.5, 2.5, -3.0),)
        self.ego = Ride(speed=8.0, turns=turns, accelerations=brakes)
        self.street = Street(
            (Thing("pedestrian", (0.6, 0.6, 1.7), Ride(30, 8)), Thing("car", (4, 1.8, 1.5), Ride(25, 0, 0, 8))),
            self.ego,
        )
        self.perceiver = Perceiver(camera=False, ego_motion=ego_motion, now_ns=lambda: 30_000_000)
        self.perceiver.warm_up()

    def see(self, number: int, known: bool = True) -> Perceived:
        seconds = number / 10
        boxes = [replace(box, velocity=None, id=None, score=0.9) for box, _ in self.street.truth(seconds)]
        time_ns = number * STEP_NS
        scene = Scene(Detections(boxes, time_ns, "lidar"), np.zeros(2, np.float32), entered_ns=1)
        if known:
            scene.ego, scene.ego_ns = EgoPose(self.ego.at(seconds).pose, np.eye(4), 0.0, 1.0, True), time_ns
        (out,) = self.perceiver.process(Packet(scene, time_ns, stream="fused", seq=number))
        result: Perceived = out.data
        return result


def test_velocities_are_over_ground_and_the_decision_s_relative_while_the_vehicle_turns_and_brakes() -> None:
    rig = MovingRig()
    for number in range(25):
        result = rig.see(number)
        if number < 8:
            continue
        assert result.motion is not None and not result.decision.degraded
        now = rig.ego.at(number / 10)
        assert result.motion.speed == pytest.approx(now.speed, abs=0.5)
        assert result.motion.position[:2] == pytest.approx((now.x, now.y), abs=0.01)
        for (box, ground), one in zip(rig.street.truth(number / 10), result.objects, strict=True):
            assert one.center == pytest.approx(box.center, abs=0.3)
            assert one.ground_velocity is not None and box.velocity is not None
            assert one.ground_velocity[:2] == pytest.approx(ground, abs=0.4)
            assert one.velocity[:2] == pytest.approx(box.velocity[:2], abs=0.8)
    assert len({one.id for one in result.objects}) == 2 and max(one.id for one in result.objects) <= 6


def test_poses_that_are_late_are_predicted_and_those_that_stay_away_are_told() -> None:
    rig = MovingRig()
    assert "ego-motion gives nothing" in [reason.text for reason in rig.see(0).decision.reasons]
    for number in range(1, 8):
        assert rig.see(number).decision.degraded == (number < 3)  # tracks began anew at 1
    late = rig.see(8, known=False)
    assert late.motion is not None and late.motion.age_ms == 100 and not late.decision.degraded
    for number in range(9, 12):
        stale = rig.see(number, known=False)
    assert stale.decision.action is not Action.PROCEED and stale.decision.degraded
    assert any("ego-motion is 400 ms old" in reason.text for reason in stale.decision.reasons)
    lost = rig.see(22, known=False)
    assert lost.motion is None and lost.objects[0].ground_velocity is None
    assert any(reason.text == "ego-motion gives nothing" for reason in lost.decision.reasons)


def test_without_ego_motion_everything_is_relative() -> None:
    rig = MovingRig(ego_motion=False)
    for number in range(6):
        result = rig.see(number, known=False)
    assert result.motion is None and result.objects[0].ground_velocity is None and not result.decision.degraded

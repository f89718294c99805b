"""Scenes in, objects and decisions out: ids that last, clocks that go back, a camera that is missing."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from wugan.apps.perception.decision import Action
from wugan.apps.perception.evidence import Scene
from wugan.apps.perception.perceived import Perceived
from wugan.apps.perception.perceiver import Perceiver
from wugan.errors import PluginError
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
        (out,) = self.perceiver.process(Packet("fused", number, number * STEP_NS, scene))
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
        list(travelled.process(Packet("fused", 0, 0, Scene(Detections(), np.zeros(0, np.float32)))))

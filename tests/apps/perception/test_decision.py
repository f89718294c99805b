"""Decisions: what is ahead, what is late or silent, and that nothing makes a decision freer than it may be."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.apps.perception.decision import SEVERITY, Action, Decision, Holder, Limits, Sense, decide, silent
from wugan.objects import Box3D

FRESH = {"lidar": Sense(20.0, needed=True), "camera": Sense(30.0)}


def car(x: float, vx: float, y: float = 0.0, number: int = 7) -> Box3D:
    return Box3D((x, y, 0.8), (4, 1.8, 1.6), 0.0, "lidar", label="car", velocity=(vx, 0, 0), id=number)


def kinds(decision: Decision) -> list[str]:
    return [reason.kind for reason in decision.reasons]


def test_a_free_road() -> None:
    decision = decide([car(30, 2), car(20, 0, y=4)], FRESH, 50)
    assert decision == Decision(action=Action.PROCEED, ttc_s=None, gap_m=26.0)


@pytest.mark.parametrize(
    ("thing", "action", "kind"),
    [
        (car(24, -14.0), Action.STOP, "collision"),
        (car(24, -7.0), Action.SLOW, "collision"),
        (car(5.5, 0.0), Action.STOP, "distance"),
        (car(9, 0.0), Action.SLOW, "distance"),
    ],
)
def test_what_is_ahead(thing: Box3D, action: Action, kind: str) -> None:
    decision = decide([car(60, 0, number=1), thing], FRESH, 50)
    assert decision.action is action and not decision.degraded
    assert decision.reasons[0].kind == kind and decision.reasons[0].track == 7
    assert "car 7" in decision.reasons[0].text


def test_a_speed_that_is_not_known_well_slows_and_does_not_stop() -> None:
    """10 m ahead, 0.5 m/s are harmless; one standard deviation of 8 m/s more is not."""
    thing = car(14, -0.5)
    assert decide([thing], FRESH, 50).action is Action.PROCEED
    decision = decide([thing], FRESH, 50, spreads={7: 8.0})
    assert decision.action is Action.SLOW and "uncertainty" in decision.reasons[0].text


@pytest.mark.parametrize(
    ("senses", "late_ms", "action", "kind"),
    [
        (FRESH, 140.0, Action.SLOW, "late"),
        (FRESH, math.nan, Action.SLOW, "late"),
        ({"lidar": Sense(300.0, needed=True)}, 50.0, Action.SLOW, "stale"),
        ({"lidar": Sense(700.0, needed=True)}, 50.0, Action.STOP, "stale"),
        ({"lidar": Sense(math.nan, needed=True)}, 50.0, Action.STOP, "stale"),
        ({"lidar": Sense(None, needed=True)}, 50.0, Action.STOP, "missing"),
        ({"lidar": Sense(20.0, needed=True), "camera": Sense(None)}, 50.0, Action.SLOW, "missing"),
        ({"lidar": Sense(20.0, needed=True), "camera": Sense(9_000.0)}, 50.0, Action.SLOW, "stale"),
        ({"lidar": Sense(20.0, needed=True, clock_back=True)}, 50.0, Action.SLOW, "clock"),
    ],
)
def test_a_sense_that_fails_gives_a_safe_decision_that_says_so(
    senses: dict[str, Sense], late_ms: float, action: Action, kind: str
) -> None:
    decision = decide([], senses, late_ms)
    assert decision.action is action and decision.degraded and kinds(decision) == [kind]


def test_silence() -> None:
    assert silent(0.2).action is Action.SLOW
    assert silent(0.6).action is Action.STOP and "600 ms" in silent(0.6).reasons[0].text
    assert silent(math.nan).action is Action.STOP


boxes = st.builds(
    lambda x, y, vx, vy: Box3D((x, y, 0), (4, 2, 1.5), 0.1, "lidar", velocity=(vx, vy, 0), id=3),
    *[st.floats(-40, 40)] * 2,
    *[st.floats(-20, 20)] * 2,
)
ages = st.none() | st.floats(0, 2_000)


@given(st.lists(boxes, max_size=4), boxes, ages, ages, st.floats(0, 400), st.floats(0, 400))
def test_more_objects_and_older_data_never_free_the_way(
    some: list[Box3D], another: Box3D, lidar: float | None, camera: float | None, late: float, more: float
) -> None:
    def severity(objects: list[Box3D], extra: float) -> int:
        older = [None if age is None else age + extra for age in (lidar, camera)]
        senses = {"lidar": Sense(older[0], needed=True), "camera": Sense(older[1])}
        return SEVERITY[decide(objects, senses, late + extra).action]

    base = severity(some, 0)
    assert severity([*some, another], 0) >= base
    assert severity(some, more) >= base


@given(st.lists(st.sampled_from(list(Action)), max_size=40), st.integers(1, 5))
def test_held_actions_are_never_freer_than_asked_and_end(asked: list[Action], release: int) -> None:
    holder = Holder(release)
    given_out = [holder.hold(Decision(action=one)).action for one in asked]
    assert all(SEVERITY[got] >= SEVERITY[want] for got, want in zip(given_out, asked, strict=True))
    for number in range(release - 1, len(asked)):
        if len(set(asked[number - release + 1 : number + 1])) == 1 and release > 1:
            window = given_out[number]
            assert SEVERITY[window] <= max(SEVERITY[one] for one in asked[: number + 1])
    calm = [holder.hold(Decision(action=Action.PROCEED)).action for _ in range(2 * release)]
    assert calm[-1] is Action.PROCEED


def test_holding_says_so() -> None:
    holder = Holder(Limits().release)
    holder.hold(Decision(action=Action.STOP))
    held = [holder.hold(Decision(action=Action.PROCEED)) for _ in range(3)]
    assert [one.action for one in held] == [Action.STOP, Action.STOP, Action.PROCEED]
    assert kinds(held[0]) == ["held"] and not held[2].reasons

"""`decide`: proceed, slow or stop, with reasons; and what follows where the senses are late, stale or silent.

Everything here is a pure function of what it is given, ages included, so that a recording gives the same decisions. It
is an aid to a person or to a controller that has its own emergency brake; it is not a certified safety function.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from wugan.objects import Box3D

Corners: TypeAlias = list[tuple[float, float]]

HORIZON_S = 6.0  # beyond it, constant velocity says nothing about people and cars


class Vehicle(BaseModel):
    """The vehicle's outline in the frame of its tracks (x forward, y left), m.

    Attributes:
        front: from the sensor forward to the bumper.
        rear: from the sensor back to the rear.
        width: of the body, mirrors included.
        margin: kept free on each side and in front.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    front: float = Field(default=2.0, gt=0)
    rear: float = Field(default=2.7, gt=0)
    width: float = Field(default=1.9, gt=0)
    margin: float = Field(default=0.25, ge=0)

    @property
    def rectangle(self) -> NDArray[np.float64]:
        """`[4, 2]`: its corners with the margin (none behind), m."""
        side = self.width / 2 + self.margin
        front, rear = self.front + self.margin, -self.rear
        return np.array([[front, side], [rear, side], [rear, -side], [front, -side]])


@dataclass(frozen=True, slots=True)
class Approach:
    """How an object comes near.

    Attributes:
        ttc_s: seconds until it touches the vehicle's outline at constant relative velocity; infinity where it does not
            within `HORIZON_S`. 0 where it touches already.
        gap_m: free way ahead of the bumper to an object in the vehicle's path; infinity for one that is not in it.
        closing_mps: how fast that way gets shorter.
    """

    ttc_s: float
    gap_m: float
    closing_mps: float


def approach(box: Box3D, vehicle: Vehicle, speed_spread: float = 0.0) -> Approach:
    """Approach of one object, from its box and its velocity relative to the vehicle (none counts as 0).

    Args:
        box: in the vehicle's frame.
        vehicle: its outline.
        speed_spread: standard deviation of the velocity, m/s: the object is taken to close in by that much faster.
    """
    around = _footprint(box)
    side, front = vehicle.width / 2 + vehicle.margin, vehicle.front + vehicle.margin
    outline = [(front, side), (-vehicle.rear, side), (-vehicle.rear, -side), (front, -side)]
    vx, vy, _ = box.velocity or (0.0, 0.0, 0.0)
    distance = math.hypot(box.center[0], box.center[1])
    if speed_spread and distance > 0:
        vx -= speed_spread * box.center[0] / distance
        vy -= speed_spread * box.center[1] / distance
    xs, ys = [x for x, _ in around], [y for _, y in around]
    ahead = min(ys) < side and max(ys) > -side and max(xs) > -vehicle.rear and box.center[0] > 0
    gap = max(0.0, min(xs) - vehicle.front) if ahead else math.inf
    return Approach(_contact(around, outline, (vx, vy), box.yaw), gap, -vx if ahead else 0.0)


def _footprint(box: Box3D) -> Corners:
    """The four corners seen from above, in turn."""
    x, y, _ = box.center
    cos, sin = math.cos(box.yaw), math.sin(box.yaw)
    half, side = box.size[0] / 2, box.size[1] / 2
    return [
        (x + cos * along - sin * across, y + sin * along + cos * across)
        for along, across in ((half, side), (-half, side), (-half, -side), (half, -side))
    ]


def _contact(theirs: Corners, ours: Corners, velocity: tuple[float, float], yaw: float) -> float:
    """Seconds until a rectangle at `yaw` that moves so touches one that stands; infinity beyond the horizon.

    Two rectangles touch while their shadows do on every axis along their sides; on each that is an interval of time.
    """
    first, last = 0.0, HORIZON_S
    cos, sin = math.cos(yaw), math.sin(yaw)
    for x, y in ((1.0, 0.0), (0.0, 1.0), (cos, sin), (-sin, cos)):
        them, us = [x * a + y * b for a, b in theirs], [x * a + y * b for a, b in ours]
        speed = x * velocity[0] + y * velocity[1]
        near, far = min(us) - max(them), max(us) - min(them)  # to go until the shadows touch, and until they part
        if abs(speed) < 1e-9:
            if near > 0 or far < 0:
                return math.inf
            continue
        begin, end = sorted((near / speed, far / speed))
        first, last = max(first, begin), min(last, end)
        if first > last:
            return math.inf
    return first


Kind: TypeAlias = Literal["collision", "distance", "late", "stale", "missing", "clock", "begin", "held"]


class Action(StrEnum):
    """What to do, from the freest to the safest."""

    PROCEED = "proceed"
    SLOW = "slow"
    STOP = "stop"


SEVERITY = {Action.PROCEED: 0, Action.SLOW: 1, Action.STOP: 2}


class Reason(BaseModel):
    """Why.

    Attributes:
        action: what this reason alone asks for.
        kind: `collision` (time to collision), `distance` (free way), `late` (result past its deadline), `stale` (sensor
            data too old), `missing` (sensor without data), `clock` (time went back), `begin` (too few sweeps to
            confirm anything), `held` (kept until it is safe).
        text: for people.
        track: id of the object that it is about.
    """

    model_config = ConfigDict(frozen=True)

    action: Action
    kind: Kind
    text: str
    track: int | None = None


class Decision(BaseModel):
    """What to do, and why; the gravest reason first.

    Attributes:
        action: the gravest of the reasons'; `proceed` without any.
        reasons: all of them.
        ttc_s: shortest time to collision; `None` where nothing is on its way.
        gap_m: free way ahead; `None` where nothing is in the path.
        degraded: whether a sense was late, stale or missing, so that the action is a fallback and not a judgement.
    """

    model_config = ConfigDict(frozen=True)

    action: Action
    reasons: tuple[Reason, ...] = ()
    ttc_s: float | None = None
    gap_m: float | None = None
    degraded: bool = False


class Limits(BaseModel):
    """When which action is asked for. The defaults are for town speed; see docs/applications/perception.md.

    Attributes:
        deadline_ms: oldest result that is acted upon as it is.
        stale_ms: oldest sweep or picture; beyond it, slow.
        blind_ms: without the lidar for so long, stop.
        stop_ttc_s: time to collision below which to stop: reaction of the actuators and full braking from 8 m/s.
        slow_ttc_s: below which to slow.
        stop_gap_m: free way below which to stop.
        slow_gap_m: below which to slow.
        release: results in a row that must ask for less before the action is relaxed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    deadline_ms: float = Field(default=100.0, gt=0)
    stale_ms: float = Field(default=250.0, gt=0)
    blind_ms: float = Field(default=500.0, gt=0)
    stop_ttc_s: float = Field(default=1.5, ge=0)
    slow_ttc_s: float = Field(default=4.0, ge=0)
    stop_gap_m: float = Field(default=2.0, ge=0)
    slow_gap_m: float = Field(default=6.0, ge=0)
    release: int = Field(default=3, ge=1)


@dataclass(frozen=True, slots=True)
class Sense:
    """How a sensor stands at the moment of the decision.

    Attributes:
        age_ms: since what was used of it was captured; `None` if nothing of it was.
        needed: without it, nothing is known of what is ahead (the lidar); otherwise the others go on, slower.
        clock_back: its stamps went back since the last result.
        awaited: further sweeps before what is there can be confirmed: until then, an empty road is none.
    """

    age_ms: float | None
    needed: bool = False
    clock_back: bool = False
    awaited: int = 0


def decide(
    objects: Sequence[Box3D],
    senses: Mapping[str, Sense],
    late_ms: float,
    limits: Limits | None = None,
    vehicle: Vehicle | None = None,
    spreads: Mapping[int, float] | None = None,
) -> Decision:
    """The decision for one moment.

    Args:
        objects: confirmed and coasting tracks in the vehicle's frame, with velocities relative to the vehicle.
        senses: the sensors that there should be.
        late_ms: how old the result is, from the capture of the oldest thing in it until now.
        limits: when which action is asked for.
        vehicle: its outline.
        spreads: by track id, standard deviation of its speed, m/s: what could be near if it counts against us, slows.
    """
    limits, vehicle = limits or Limits(), vehicle or Vehicle()
    reasons = [reason for name, sense in senses.items() for reason in _of_sense(name, sense, limits)]
    # NaN is no age: what cannot be compared is late.
    if not late_ms <= limits.deadline_ms:
        reasons.append(
            _reason(Action.SLOW, "late", f"result is {late_ms:.0f} ms old, {limits.deadline_ms:.0f} allowed")
        )
    degraded = bool(reasons)
    ttc, gap = math.inf, math.inf
    for box in objects:
        spread = (spreads or {}).get(box.id, 0.0) if box.id is not None else 0.0
        near = approach(box, vehicle)
        ttc, gap = min(ttc, near.ttc_s), min(gap, near.gap_m)
        name = f"{box.label or 'object'} {box.id}" if box.id is not None else box.label or "object"
        if near.ttc_s < limits.slow_ttc_s:
            action = Action.STOP if near.ttc_s < limits.stop_ttc_s else Action.SLOW
            reasons.append(_reason(action, "collision", f"{name}: contact in {near.ttc_s:.1f} s", box.id))
        elif spread > 0 and (worse := approach(box, vehicle, spread).ttc_s) < limits.stop_ttc_s:
            # Not knowing a speed well is a reason for care, and no emergency.
            text = f"{name}: contact in {worse:.1f} s if it is faster by {spread:.1f} m/s, its uncertainty"
            reasons.append(_reason(Action.SLOW, "collision", text, box.id))
        # Something that draws away frees the path by itself: it asks for care only where it is within reach.
        if near.gap_m < limits.stop_gap_m:
            reasons.append(_reason(Action.STOP, "distance", f"{name}: {near.gap_m:.1f} m ahead", box.id))
        elif near.gap_m < limits.slow_gap_m and near.closing_mps > -0.5:
            reasons.append(_reason(Action.SLOW, "distance", f"{name}: {near.gap_m:.1f} m ahead", box.id))
    return _decision(reasons, ttc, gap, degraded)


def silent(seconds: float, limits: Limits | None = None) -> Decision:
    """The decision where no result has come for so long."""
    limits = limits or Limits()
    action = Action.STOP if not seconds * 1e3 <= limits.blind_ms else Action.SLOW
    return _decision([_reason(action, "missing", f"no result for {seconds * 1e3:.0f} ms")], math.inf, math.inf, True)


class Holder:
    """Relaxes an action only after several results in a row have asked for less: no flicker between two results."""

    def __init__(self, release: int = 3) -> None:
        self.release = release
        self._held = Action.PROCEED
        self._calmer = 0

    def hold(self, decision: Decision) -> Decision:
        """The decision, or the one before it where it is too soon to relax."""
        if SEVERITY[decision.action] >= SEVERITY[self._held]:
            self._held, self._calmer = decision.action, 0
            return decision
        self._calmer += 1
        if self._calmer >= self.release:
            self._held, self._calmer = decision.action, 0
            return decision
        text = f"{self._held} until {self.release} results in a row ask for less ({self._calmer} so far)"
        reasons = (_reason(self._held, "held", text), *decision.reasons)
        return decision.model_copy(update={"action": self._held, "reasons": reasons})


def _of_sense(name: str, sense: Sense, limits: Limits) -> list[Reason]:
    reasons = []
    if sense.age_ms is None:
        action = Action.STOP if sense.needed else Action.SLOW
        reasons.append(_reason(action, "missing", f"{name} gives nothing"))
    elif not sense.age_ms <= limits.stale_ms:
        blind = sense.needed and not sense.age_ms <= limits.blind_ms
        action = Action.STOP if blind else Action.SLOW
        reasons.append(_reason(action, "stale", f"{name} is {sense.age_ms:.0f} ms old, {limits.stale_ms:.0f} allowed"))
    if sense.awaited > 0:
        text = f"nothing that {name} sees is confirmed yet ({sense.awaited} more needed)"
        reasons.append(_reason(Action.SLOW, "begin", text))
    if sense.clock_back:
        reasons.append(_reason(Action.SLOW, "clock", f"the clock of {name} went back; tracks begin anew"))
    return reasons


def _reason(action: Action, kind: Kind, text: str, track: int | None = None) -> Reason:
    return Reason(action=action, kind=kind, text=text, track=track)


def _decision(reasons: list[Reason], ttc: float, gap: float, degraded: bool) -> Decision:
    ordered = sorted(reasons, key=lambda reason: -SEVERITY[reason.action])
    return Decision(
        action=ordered[0].action if ordered else Action.PROCEED,
        reasons=tuple(ordered),
        ttc_s=ttc if ttc < math.inf else None,
        gap_m=gap if gap < math.inf else None,
        degraded=degraded,
    )

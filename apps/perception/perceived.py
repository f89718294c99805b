"""`Perceived`: what perception gives for one moment; one line of JSON each."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from wugan.apps.perception.decision import Decision


class PerceivedObject(BaseModel):
    """A tracked object.

    Attributes:
        id: the same for the same object, as long as it is tracked.
        label: `car`, `truck`, `pedestrian`, `cyclist` or empty.
        stage: `confirmed` (seen now), `coasting` (predicted) or `tentative`.
        confidence: probability that it is real, by the tracker.
        center: x, y, z, m, in the lidar's frame.
        size: length, width, height, m.
        yaw: rad about z, counter-clockwise from x.
        velocity: m/s, relative to the sensor.
        ground_velocity: m/s over ground, along the sensor's axes; `None` without ego-motion.
        camera: how well the picture supports it, 0…1.
    """

    model_config = ConfigDict(frozen=True)

    id: int
    label: str
    stage: str
    confidence: float
    center: tuple[float, float, float]
    size: tuple[float, float, float]
    yaw: float
    velocity: tuple[float, float, float]
    ground_velocity: tuple[float, float, float] | None = None
    camera: float = 0.0


class PerceivedMotion(BaseModel):
    """How the sensor itself moves.

    Attributes:
        position: x, y, z, m, in a frame that stands still.
        yaw: rad about that frame's z.
        speed: m/s.
        yaw_rate: rad/s, positive to the left.
        age_ms: how far the last sweep that the motion was measured by lies back; beyond it, the motion is predicted.
    """

    model_config = ConfigDict(frozen=True)

    position: tuple[float, float, float]
    yaw: float
    speed: float
    yaw_rate: float
    age_ms: float = 0.0


class Perceived(BaseModel):
    """Objects and decision of one moment.

    Attributes:
        seq: number of the result, in order; -1 for a decision that no sweep came with.
        time_ns: capture of the sweep, by the common clock; for a decision without a sweep, of the last one before.
        age_ms: from the sweep's entry until the decision.
        camera_lag_ms: how much older the picture is than the sweep; `None` without a picture.
        objects: tracked objects, also tentative ones.
        decision: what to do, and why.
        file: the sweep's file, if it came from one.
        motion: how the sensor moves; `None` without ego-motion, or where it is not known.
    """

    model_config = ConfigDict(frozen=True)

    seq: int
    time_ns: int
    age_ms: float
    camera_lag_ms: float | None = None
    objects: tuple[PerceivedObject, ...] = ()
    decision: Decision
    file: str = ""
    motion: PerceivedMotion | None = None

"""Made-up moments to look at."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wugan.apps.perception.decision import Action, Decision, Reason
from wugan.apps.perception.perceiver import Perceived, PerceivedMotion, PerceivedObject
from wugan.apps.perception.view import Geometry, View
from wugan.calibration import CameraModel, Transform
from wugan.signals import Image, PointCloud


def one_object(number: int, x: float, y: float, label: str = "car", **more: object) -> PerceivedObject:
    values = {
        "id": number,
        "label": label,
        "stage": "confirmed",
        "confidence": 0.9,
        "center": (x, y, -0.9),
        "size": (4.0, 1.8, 1.5),
        "yaw": 0.0,
        "velocity": (-3.0, 0.0, 0.0),
        **more,
    }
    return PerceivedObject.model_validate(values)


@pytest.fixture
def thing() -> Callable[..., PerceivedObject]:
    """Makes an object: number, x, y, label, and other fields by name."""
    return one_object


@pytest.fixture
def geometry() -> Geometry:
    """A camera of 320 x 96 pixels right at the lidar."""
    camera = CameraModel(np.array([[180.0, 0, 160], [0, 180, 48], [0, 0, 1]]), 320, 96, "front")
    return Geometry(camera, Transform.of("lidar", "front", [0.5, 0.5, -0.5, 0.5]))


@pytest.fixture
def view() -> Callable[..., View]:
    """Makes a view: number, objects; with a picture and a sweep of 500 points, unless told otherwise."""

    def make(
        number: int, *objects: PerceivedObject, picture: bool = True, sweep: bool = True, moving: bool = False
    ) -> View:
        reasons = (Reason(action=Action.SLOW, kind="distance", text="car 1: 8.0 m ahead", track=1),)
        motion = PerceivedMotion(position=(0.5 * number, 0.0, 0.0), yaw=0.0, speed=5.0, yaw_rate=0.0)
        result = Perceived(
            seq=number,
            time_ns=number * 100_000_000,
            age_ms=40.0,
            objects=objects,
            decision=Decision(action=Action.SLOW, reasons=reasons, gap_m=8.0, ttc_s=2.5),
            motion=motion if moving else None,
        )
        points = np.random.default_rng(0).uniform((5, -8, -1.7), (40, 8, 1), (500, 3)).astype(np.float32)
        image = Image(np.full((96, 320, 3), 90, np.uint8))
        return View(result, PointCloud(points) if sweep else None, image if picture else None)

    return make

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("cv2")
from wugan.apps.perception.dashboard import ACTIONS, WIDTH, Dashboard
from wugan.apps.perception.decision import Action
from wugan.apps.perception.view import Geometry, View


def test_every_moment_has_the_same_size_whatever_is_missing(
    geometry: Geometry, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    dashboard = Dashboard(geometry)
    things = [thing(number, 6 + 3 * number, -2 + 0.5 * number) for number in range(30)]
    seen = [
        view(0),
        view(1, *things, moving=True),
        view(2, thing(1, 9, 0), picture=False),
        view(3, thing(1, 9, 0, ground_velocity=(1.0, 0.0, 0.0)), sweep=False),
    ]
    pictures = [dashboard.draw(one) for one in seen]
    assert {picture.shape for picture in pictures} == {(58 + 384 + 300, WIDTH, 3)}
    assert all(picture.dtype == np.uint8 and picture.shape[0] % 2 == 0 for picture in pictures)
    alone = Dashboard(Geometry())  # no camera
    assert alone.draw(view(0, *things)).shape == (358, WIDTH, 3)


def test_tall_pictures_are_kept_within_bounds(geometry: Geometry, view: Callable[..., View]) -> None:
    assert geometry.camera is not None
    tall = replace(geometry, camera=geometry.camera.resized(320, 480))
    assert Dashboard(tall).draw(view(0, picture=False)).shape == (58 + 560 + 300, WIDTH, 3)


@pytest.mark.parametrize("action", ["proceed", "slow", "stop"])
def test_the_banner_tells_the_decision(action: str, view: Callable[..., View]) -> None:
    one = view(0)
    decision = one.perceived.decision.model_copy(update={"action": Action(action)})
    perceived = one.perceived.model_copy(update={"decision": decision})
    banner = Dashboard(Geometry()).draw(View(perceived))[:58]
    back, ink = ACTIONS[action]
    assert (banner[50] == back).all()
    assert (np.abs(banner.astype(int) - ink).max(axis=2) < 40).sum() > 300


def test_letters_that_opencv_lacks_are_no_error(view: Callable[..., View], thing: Callable[..., object]) -> None:
    Dashboard(Geometry()).draw(view(0, thing(1, 9, 0, "自転車")))

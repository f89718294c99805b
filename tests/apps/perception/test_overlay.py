from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

pytest.importorskip("cv2")
from wugan.apps.perception import dashboard as module
from wugan.apps.perception.dashboard import ORANGE, PURPLE, Overlay
from wugan.apps.perception.view import Geometry, View
from wugan.signals import Image, PointCloud


def near(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.argwhere(np.abs(picture.astype(int) - colour).max(axis=2) < 30)


@pytest.fixture
def overlay(geometry: Geometry) -> Overlay:
    assert geometry.camera is not None and geometry.lidar_to_camera is not None
    return Overlay(geometry.camera, geometry.lidar_to_camera, (640, 192))


def test_a_box_is_drawn_where_it_is_projected(
    overlay: Overlay, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    drawn = overlay.draw(view(0, thing(7, 14, 2), sweep=False))
    found = near(drawn[100:], ORANGE)  # below its name
    # Twice the camera's size: rear at 12 m, left side at y = 2.9 m, floor 1.65 m below the camera.
    assert found[:, 1].min() == pytest.approx(320 - 360 * 2.9 / 12, abs=3)
    assert 100 + found[:, 0].max() == pytest.approx(96 + 360 * 1.65 / 12, abs=3)


def test_what_is_behind_or_beside_the_camera_is_cut_and_no_error(
    overlay: Overlay, view: Callable[..., View], thing: Callable[..., object]
) -> None:
    plain = overlay.draw(view(0, sweep=False))
    assert np.array_equal(plain, overlay.draw(view(0, thing(7, -20, 0), thing(8, 5, 60), sweep=False)))
    beside = overlay.draw(view(0, thing(9, 1.0, 1.5, "cyclist"), sweep=False))  # reaches from behind into the picture
    assert len(near(beside, PURPLE)) and not np.array_equal(plain, beside)


def test_points_get_their_depth_s_colour_and_the_nearest_covers(overlay: Overlay, view: Callable[..., View]) -> None:
    one = view(0)
    points = np.array([[40.0, 0, 0], [4.0, 0, 0], [30.0, 5.0, 0], [-5.0, 0, 0]], np.float32)
    drawn = overlay.draw(View(one.perceived, PointCloud(points), one.image))
    close, far = drawn[96, 320].astype(int), drawn[96, 320 - 60].astype(int)
    assert close.sum() > far.sum() + 60  # near is bright


def test_a_lost_picture_is_said(overlay: Overlay, view: Callable[..., View]) -> None:
    bright = view(0, sweep=False)
    overlay.draw(View(bright.perceived, None, Image(np.full((96, 320, 3), 210, np.uint8))))
    lost = overlay.draw(View(bright.perceived))
    assert np.median(lost) == 70  # the last one, darker
    assert (lost > 200).sum() > 100  # the note
    grey = overlay.draw(View(bright.perceived, None, Image(np.full((96, 320), 120, np.uint8))))
    assert np.median(grey) == 120


def test_names_do_not_cover_each_other(
    overlay: Overlay,
    view: Callable[..., View],
    thing: Callable[..., object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    placed: list[tuple[int, int, int, int]] = []
    whole = module._overlap

    def watch(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
        placed.extend((one, other))
        return whole(one, other)

    monkeypatch.setattr(module, "_overlap", watch)
    crowd = [thing(10 + number, 15 + number, 0.3 * number) for number in range(12)]
    dark = np.argwhere((overlay.draw(view(0, *crowd, sweep=False)) == module.DARK).all(axis=2))
    assert len(placed) > 10 and len(dark) > 1000
    taken = {tuple(one) for one in placed[1::2]}
    assert 1 < len(taken) <= 12
    assert not any(whole(one, other) for one in taken for other in taken if one != other)

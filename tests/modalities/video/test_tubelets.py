from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.video.encoder import COEFFICIENTS, PATCH, describe, grid, names
from wugan.modalities.video.motion import DenseFlow

from .conftest import texture

NAMES = names(4)
MOTION = slice(NAMES.index("motion 0°"), NAMES.index("motion 0°") + 8)
EDGES = slice(NAMES.index("edges 0°"), NAMES.index("edges 0°") + 8)
STEPS = [0.1] * 3


def numbers(pixels: np.ndarray, columns: int = 5, rows: int = 3) -> np.ndarray:
    return describe(pixels, STEPS, columns, rows, DenseFlow(320, "ultrafast", finest=0))


def moving(across: float, down: float, count: int = 4) -> np.ndarray:
    """A square of three by three tubelets that moves over still ground; 5 × 3 tubelets of 64 pixels."""
    ground, thing = texture(192, 320, 1), texture(120, 120, 2)
    pictures = []
    for k in range(count):
        picture = ground.copy()
        x, y = 100 + round(across * k), 36 + round(down * k)
        picture[y : y + 120, x : x + 120] = thing
        pictures.append(picture)
    return np.stack(pictures)


def test_names() -> None:
    assert len(NAMES) == len(set(NAMES)) == 59
    assert NAMES[:5] == ("dct 0 0 0", "dct 0 0 1", "dct 0 1 0", "dct 1 0 0", "dct 0 0 2")


def test_the_grid_keeps_tubelets_nearly_square() -> None:
    assert grid((640, 360), 320) == (10, 6) and grid((1242, 375), 320) == (10, 3)
    assert grid((64, 64), 320) == (2, 2) and grid((1, 1), 320) == (1, 1) and grid((10, 400), 320) == (1, 40)


def test_a_flat_picture_is_its_mean_and_nothing_else() -> None:
    found = numbers(np.full((4, 96, 160, 3), 102, np.uint8))
    assert found[..., 0] == pytest.approx(0.4, abs=1e-5)
    assert np.abs(found[..., 1:]).max() < 0.003  # chroma of grey is 128 / 255 - 1/2


def test_cosine_waves_are_found_in_their_place() -> None:
    """A wave in time alone, one across alone."""
    time = np.cos(np.pi * 1 * (2 * np.arange(4) + 1) / 8)
    pixels = np.broadcast_to((128 + 100 * time)[:, None, None, None], (4, 96, 160, 3)).astype(np.uint8)
    found = numbers(np.ascontiguousarray(pixels))[..., :COEFFICIENTS]
    assert (np.abs(found[..., 1:]).argmax(axis=2) + 1 == NAMES.index("dct 1 0 0")).all()
    across = np.cos(np.pi * 2 * (2 * (np.arange(160) // 4 % 8) + 1) / 16)  # cells of 4 pixels, 8 in a tubelet
    pixels = np.broadcast_to((128 + 100 * across)[None, None, :, None], (4, 96, 160, 3)).astype(np.uint8)
    found = numbers(np.ascontiguousarray(pixels))[..., :COEFFICIENTS]
    assert (np.abs(found[..., 1:]).argmax(axis=2) + 1 == NAMES.index("dct 0 0 2")).all()


@pytest.mark.parametrize("turn", range(8))
def test_motion_is_found_in_its_direction(turn: int) -> None:
    angle = turn * np.pi / 4
    found = numbers(moving(6 * np.cos(angle), 6 * np.sin(angle)))[1, 2]
    assert found[MOTION].argmax() == turn and found[NAMES.index("moving share")] > 0.9
    # 6 pixels in 320, ten times a second.
    flow = found[[NAMES.index("flow x"), NAMES.index("flow y")]]
    assert flow == pytest.approx(0.1875 * np.array([np.cos(angle), np.sin(angle)]), abs=0.03)


def test_backwards_is_the_other_direction() -> None:
    pixels = moving(6, 0)
    there, back = numbers(pixels)[1, 2], numbers(np.ascontiguousarray(pixels[::-1]))[1, 2]
    assert np.roll(there[MOTION], 4) == pytest.approx(back[MOTION], abs=0.03)
    assert there[EDGES] == pytest.approx(back[EDGES], abs=1e-6)


def test_a_mirror_turns_what_it_should() -> None:
    pixels = moving(6, 0)
    found = numbers(pixels)
    mirrored = numbers(np.ascontiguousarray(pixels[:, :, ::-1]))[:, ::-1]
    across = [NAMES[k].startswith("dct") and int(NAMES[k].split()[3]) % 2 == 1 for k in range(COEFFICIENTS)]
    sign = np.where(across, -1, 1)
    assert mirrored[..., :COEFFICIENTS] == pytest.approx(found[..., :COEFFICIENTS] * sign, abs=1e-3)
    turned = found[..., EDGES][..., [0, 7, 6, 5, 4, 3, 2, 1]]
    assert mirrored[..., EDGES] == pytest.approx(turned, abs=1e-3)
    assert mirrored[1, 2, MOTION] == pytest.approx(found[1, 2, MOTION][[4, 3, 2, 1, 0, 7, 6, 5]], abs=0.03)


def test_a_camera_s_pan_is_told_apart_from_motion() -> None:
    ground = texture(220, 400, 1)
    pixels = np.stack([ground[10:202, 10 + 6 * k : 330 + 6 * k] for k in range(4)])
    found = numbers(np.ascontiguousarray(pixels))
    assert found[..., NAMES.index("camera x")] == pytest.approx(-0.1875, abs=0.01)
    assert np.median(found[..., NAMES.index("moving share")]) < 0.05


def test_a_shift_by_one_tubelet_shifts_the_numbers() -> None:
    still = np.repeat(texture(96, 192, 5)[None], 4, axis=0)
    left, right = numbers(still[:, :, :160]), numbers(still[:, :, PATCH:])
    # Only pixels at a picture's border see something else.
    assert left[:, 2:4, :COEFFICIENTS] == pytest.approx(right[:, 1:3, :COEFFICIENTS], abs=1e-6)
    assert left[:, 2:4, EDGES] == pytest.approx(right[:, 1:3, EDGES], abs=1e-6)

"""Cameras: there and back through every lens, the same pixels as OpenCV, and intrinsics that cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.calibration import CameraModel, Distortion, Transform
from wugan.errors import DataError

K = [[720.0, 0, 610], [0, 715, 180], [0, 0, 1]]
LENSES = [
    Distortion(),
    Distortion("plumb_bob", (-0.37, 0.2, 0.001, -0.0005, -0.07)),
    Distortion("plumb_bob", (0.1, -0.05, 0.0, 0.0)),
    Distortion("plumb_bob", (1.2, 0.3, 0.0002, 0.0001, 0.01, 1.5, 0.4, 0.02)),
    Distortion("fisheye", (-0.02, 0.01, -0.004, 0.0005)),
]


def camera(lens: Distortion | None = None) -> CameraModel:
    return CameraModel(np.array(K), 1242, 375, "camera", lens or Distortion())


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(LENSES), st.integers(0, 2**32 - 1))
def test_project_and_unproject_are_inverse(lens: Distortion, seed: int) -> None:
    rng = np.random.default_rng(seed)
    depth = rng.uniform(0.5, 80, 200)
    points = np.stack([rng.uniform(-0.8, 0.8, 200) * depth, rng.uniform(-0.25, 0.25, 200) * depth, depth], axis=1)
    seen = camera(lens).project(points)
    kept = seen.mask
    assert kept.any()
    back = camera(lens).unproject(seen.pixels[kept], seen.depth[kept])
    np.testing.assert_allclose(back, points[kept], atol=1e-5 * 80)


@pytest.mark.parametrize("lens", LENSES, ids=lambda lens: f"{lens.lens}-{len(lens.coefficients)}")
def test_the_same_pixels_as_opencv(lens: Distortion) -> None:
    cv2 = pytest.importorskip("cv2")
    rng = np.random.default_rng(0)
    points = np.stack([rng.uniform(-0.6, 0.6, 300), rng.uniform(-0.2, 0.2, 300), np.ones(300)], axis=1)
    points *= rng.uniform(1, 50, (300, 1))
    seen = camera(lens).project(points)
    to = cv2.fisheye if lens.lens == "fisheye" else cv2
    coefficients = np.array(lens.coefficients or (0.0,) * 4)
    if lens.lens == "fisheye":
        pixels, _ = to.projectPoints(points[:, None], np.zeros(3), np.zeros(3), np.array(K), coefficients)
    else:
        pixels, _ = to.projectPoints(points, np.zeros(3), np.zeros(3), np.array(K), coefficients)
    known = np.isfinite(seen.pixels).all(axis=1)
    assert known.mean() > 0.9
    np.testing.assert_allclose(seen.pixels[known], pixels[:, 0][known], atol=1e-6)


def test_a_lens_does_not_fold_the_far_outside_into_the_picture() -> None:
    """The polynomial turns back at 43°: without a limit a point at 60° would land near the middle."""
    bent = camera(Distortion("plumb_bob", (-0.37, 0.0, 0.0, 0.0)))
    seen = bent.project(np.array([[1.7, 0.0, 1.0], [0.3, 0.0, 1.0]]))
    assert seen.mask.tolist() == [False, True]
    assert np.isnan(bent.unproject([[50_000.0, 0.0]])).any()


def test_behind_beside_and_not_a_number() -> None:
    points = np.array([[0, 0, 5], [0, 0, -5], [50, 0, 5], [np.nan, 0, 5], [np.inf, 0, 5], [0, 0, 0]], np.float32)
    seen = camera().project(points)
    assert seen.mask.tolist() == [True, False, False, False, False, False]
    assert np.isnan(seen.pixels[1]).all() and seen.pixels.dtype == np.float32
    assert len(camera().project(np.zeros((0, 3), np.float32)).mask) == 0


def test_from_another_frame_in_one_step() -> None:
    turn = Transform.of("lidar", "camera", [0.5, -0.5, 0.5, -0.5], (0.1, -0.2, 0.3))
    points = np.random.default_rng(1).uniform(-30, 30, (500, 3))
    one, two = camera().project_from(points, turn), camera().project(turn.apply(points))
    np.testing.assert_allclose(one.pixels, two.pixels)
    np.testing.assert_array_equal(one.mask, two.mask)
    with pytest.raises(DataError, match="inverted"):
        camera().project_from(points, turn.inverse())


def test_a_picture_of_another_size_is_refused_and_the_remedy_works() -> None:
    half = np.zeros((188, 621, 3), np.uint8)
    with pytest.raises(DataError, match=r"621 x 188 pixels.*for 1242 x 375.*resized\(621, 188\)"):
        camera().check_image(half)
    small = camera().resized(621, 188)
    small.check_image(half)
    corner = camera().unproject([[-0.5, -0.5]])
    np.testing.assert_allclose(small.project(corner).pixels, [[-0.5, -0.5]], atol=1e-9)


@pytest.mark.parametrize(
    ("matrix", "size", "says"),
    [
        ([[0, 0, 610], [0, 715, 180], [0, 0, 1]], (1242, 375), "focal lengths must be more than 0"),
        ([[-720, 0, 610], [0, 715, 180], [0, 0, 1]], (1242, 375), "focal lengths must be more than 0"),
        ([[4, 0, 610], [0, 4, 180], [0, 0, 1]], (1242, 375), "millimetres"),
        (K, (375, 1242), "principal point.*exchanged"),
        (K, (0, 375), "size"),
        (np.transpose(K), (1242, 375), "transposed"),
        (np.full((3, 3), np.nan), (1242, 375), "NaN"),
        (np.eye(4), (1242, 375), r"\[3, 3\]"),
    ],
)
def test_wrong_intrinsics(matrix: object, size: tuple[int, int], says: str) -> None:
    with pytest.raises(DataError, match=f"camera 'camera'.*{says}"):
        CameraModel(np.array(matrix, float), *size, "camera")


def test_lenses_of_other_counts() -> None:
    with pytest.raises(DataError, match="4 or 5 or 8 coefficients, got 3"):
        Distortion("plumb_bob", (0.1, 0.2, 0.3))
    with pytest.raises(DataError, match="not finite"):
        Distortion("fisheye", (0, 0, 0, float("nan")))

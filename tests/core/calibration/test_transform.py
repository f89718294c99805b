"""Transforms compose and invert; what is no rigid motion is refused with its cause."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from wugan.calibration import Transform
from wugan.errors import DataError

finite = st.floats(-100, 100)
few = settings(max_examples=40, deadline=None)


@st.composite
def transforms(draw: st.DrawFn, source: str = "a", target: str = "b") -> Transform:
    wxyz = draw(arrays(float, 4, elements=st.floats(-1, 1)).filter(lambda q: np.linalg.norm(q) > 0.1))
    return Transform.of(source, target, wxyz / np.linalg.norm(wxyz), draw(arrays(float, 3, elements=finite)))


points = arrays(float, (5, 3), elements=finite)


@few
@given(transforms("a", "b"), transforms("b", "c"), transforms("c", "d"), points)
def test_compose_is_associative_and_means_one_after_the_other(
    ab: Transform, bc: Transform, cd: Transform, places: np.ndarray
) -> None:
    left, right = (cd @ bc) @ ab, cd @ (bc @ ab)
    np.testing.assert_allclose(left.matrix, right.matrix, atol=1e-9)
    np.testing.assert_allclose(left.apply(places), cd.apply(bc.apply(ab.apply(places))), atol=1e-9)
    assert (left.source, left.target) == ("a", "d")


@few
@given(transforms(), points)
def test_the_inverse_leads_back(ab: Transform, places: np.ndarray) -> None:
    back = ab.inverse()
    assert (back.source, back.target) == ("b", "a")
    np.testing.assert_allclose(back.apply(ab.apply(places)), places, atol=1e-9)
    np.testing.assert_allclose((back @ ab).matrix, np.eye(4), atol=1e-9)


@few
@given(transforms())
def test_a_quaternion_there_and_back(ab: Transform) -> None:
    again = Transform.of("a", "b", ab.quaternion, ab.translation)
    np.testing.assert_allclose(again.matrix, ab.matrix, atol=1e-9)


@few
@given(transforms(), st.integers(0, 2))
def test_any_mirrored_matrix_is_refused(ab: Transform, axis: int) -> None:
    mirrored = ab.matrix.copy()
    mirrored[axis, :3] *= -1
    with pytest.raises(DataError, match=r"'a' to 'b'.*mirrors \(determinant -1\.000.*left-handed.*negate y"):
        Transform(mirrored, "a", "b")


@pytest.mark.parametrize(
    ("matrix", "says"),
    [
        (np.diag([2.0, 2, 2, 1]), "scales by 2"),
        (np.diag([1.0, 1, 3, 1]), "stretches"),
        (np.diag([1.0, 1, 0, 1]), "singular"),
        (np.eye(4).T + np.eye(4, k=-3), "transposed"),
        (np.full((4, 4), np.nan), "NaN"),
        (np.eye(3), r"\[4, 4\]"),
    ],
)
def test_other_matrices_say_what_they_are(matrix: np.ndarray, says: str) -> None:
    with pytest.raises(DataError, match=says):
        Transform(matrix, "lidar", "camera")


def test_rounded_numbers_become_an_exact_rotation() -> None:
    exact = Transform.of("a", "b", [0.5, 0.5, 0.5, 0.5]).rotation
    turned = Transform.of("a", "b", np.round(exact + 4e-5, 4))
    np.testing.assert_allclose(turned.rotation @ turned.rotation.T, np.eye(3), atol=1e-12)


def test_frames_that_do_not_meet() -> None:
    ab = Transform.identity("a", "b")
    with pytest.raises(DataError, match="do not meet"):
        ab @ ab
    with pytest.raises(DataError, match="two names"):
        Transform.of("a", "a", translation=(1, 0, 0))


def test_points_keep_their_type_and_nan() -> None:
    given_points = np.array([[1, 2, 3], [np.nan, 0, 0]], np.float32)
    moved = Transform.of("a", "b", translation=(1, 0, 0)).apply(given_points)
    assert moved.dtype == np.float32
    assert moved[0].tolist() == [2, 2, 3] and np.isnan(moved[1, 0])

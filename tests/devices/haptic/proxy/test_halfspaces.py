"""The nearest point that half-spaces allow, against what has to hold of it."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.proxy.kernels import nearest_allowed, step_inside


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 12), st.booleans())
def test_the_answer_is_allowed_and_no_other_allowed_point_is_nearer(seed: int, count: int, near: bool) -> None:
    rng = np.random.default_rng(seed)
    normals = rng.normal(size=(count, 3))
    if near:  # nearly parallel planes, as those of a smooth mesh
        normals = np.array([0.0, 0.0, 1.0]) + 0.05 * normals
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    beta = -rng.uniform(0, 1e-3, count) * rng.integers(0, 2, count)
    wish, answer = rng.normal(0, 5e-3, 3), np.empty(3)
    assert nearest_allowed(normals, beta, count, wish, answer)
    assert (normals @ answer >= beta - 1e-9).all()
    # y is the projection of the wish on a convex set: (wish − y)·(z − y) ≤ 0 for every allowed z. z = 0 is allowed.
    for point in (np.zeros(3), *rng.normal(0, 5e-3, (50, 3))):
        if (normals @ point >= beta).all():
            assert (wish - answer) @ (point - answer) <= 1e-9
    step_inside(normals, beta, count, answer)
    assert (normals @ answer >= np.minimum(beta, 0.0) - 1e-11).all()


def test_planes_that_face_each_other_leave_no_room() -> None:
    normals = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]])
    answer = np.empty(3)
    assert not nearest_allowed(normals, np.array([1e-3, 1e-3]), 2, np.array([1.0, 0.0, 0.0]), answer)
    assert not answer.any()
    assert nearest_allowed(normals, np.array([-1e-3, -1e-3]), 2, np.array([1.0, 0.0, 0.5]), answer)
    assert np.allclose(answer, [1.0, 0.0, 1e-3])

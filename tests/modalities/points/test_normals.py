from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.points import normals


def test_a_plane_faces_the_sensor() -> None:
    pytest.importorskip("open3d")
    x, y = np.mgrid[-3:3:0.2, -3:3:0.2]
    slope = np.array([0.2, -0.1, -1.0])
    points = np.stack([x, y, 0.2 * x - 0.1 * y - 1.7], -1).reshape(-1, 3).astype(np.float32)
    found = normals(points)
    assert np.allclose(found, -slope / np.linalg.norm(slope), atol=1e-3)
    assert np.allclose(normals(points, seen_from=(0, 0, -9)), slope / np.linalg.norm(slope), atol=1e-3)


def test_a_point_alone_has_none() -> None:
    pytest.importorskip("open3d")
    assert not normals(np.array([[1, 2, 3], [50, 0, 0]], np.float32)).any()
    assert normals(np.zeros((0, 3), np.float32)).shape == (0, 3)
    for arguments in ((np.zeros((2, 2)),), (np.zeros((2, 3)), 0.0), (np.zeros((2, 3)), 1.0, 2)):
        with pytest.raises(DataError, match="normals"):
            normals(*arguments)

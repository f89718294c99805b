"""Binary STL: one body, the standard's layout, normals outwards."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.export import FACET, encode

pytest.importorskip("trimesh")


def test_layout(table: Built) -> None:
    data = encode(table, ".stl")
    count = int.from_bytes(data[80:84], "little")
    assert not data.startswith(b"solid") and FACET.itemsize == 50
    assert len(data) == 84 + 50 * count
    facets = np.frombuffer(data, FACET, count, 84)
    corners = facets["corners"].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    assert (lengths > 0).all()
    np.testing.assert_allclose(facets["normal"], normals / lengths, atol=1e-5)
    volume = (corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum() / 6  # positive: normals point outwards
    assert volume == pytest.approx(table.volume(), rel=1e-6)


def test_parts_that_touch_are_one_body(table: Built) -> None:
    trimesh = pytest.importorskip("trimesh")
    import io

    mesh = trimesh.load_mesh(io.BytesIO(encode(table, ".stl")), file_type="stl")
    assert mesh.body_count == 1

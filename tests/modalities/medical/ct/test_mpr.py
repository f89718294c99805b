from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import Volume, cut, orthogonal
from wugan.modalities.medical.ct.volume import AIR


@pytest.fixture
def volume(phantom: Any) -> Volume:
    affine = np.diag([1.25, 1.5, 2.0, 1.0])
    affine[:3, 3] = [-14, -10, 5]
    z, y, x = np.indices((14, 20, 24))
    points = np.stack([x, y, z], -1) @ affine[:3, :3].T + affine[:3, 3]
    return Volume(phantom.truth(points).astype(np.float32), affine)


def test_orthogonal_cuts_lie_as_radiologists_look(phantom: Any, volume: Volume) -> None:
    point = np.array([1.0, 4.0, 17.0])
    cuts = orthogonal(volume, point)
    assert list(cuts) == ["axial", "coronal", "sagittal"]
    for name, made in cuts.items():
        rows, columns = made.values.shape
        column, row = np.meshgrid(np.arange(columns), np.arange(rows))
        wanted = phantom.truth(made.to_world(np.stack([column, row], -1)))
        assert np.abs(made.values - wanted).max() < 3, name
        assert made.spacing == pytest.approx(1.25)
        assert np.allclose(made.to_world(made.to_pixel(point)), point)
    assert np.allclose(cuts["coronal"].down, [0, 0, -1])  # the head on top
    assert np.allclose(cuts["axial"].right, [1, 0, 0])  # the patient's left on the right


def test_an_oblique_cut_and_what_lies_outside(phantom: Any, volume: Volume) -> None:
    made = cut(volume, [0, 4, 18], right=(1, 0, 0.4), down=(0, 1, -0.3), size=(60, 20), spacing=1.0)
    assert made.values.shape == (21, 61)
    assert abs(made.right @ made.down) < 1e-12
    column, row = np.meshgrid(np.arange(61), np.arange(21))
    points = made.to_world(np.stack([column, row], -1))
    index = volume.to_index(points)
    inside = ((index >= 0) & (index <= np.array(volume.size) - 1)).all(axis=-1)
    assert inside.any() and not inside.all()
    assert np.abs(made.values - phantom.truth(points))[inside].max() < 3
    far = ((index < -1) | (index > np.array(volume.size))).any(axis=-1)
    assert (made.values[far] == AIR).all()


def test_slabs(volume: Volume) -> None:
    plain, low, high, mean = (
        cut(volume, right=(1, 0, 0), down=(0, 1, 0), thickness=thickness, combine=combine).values
        for thickness, combine in ((0, "mean"), (10, "min"), (10, "max"), (10, "mean"))
    )
    assert (low <= mean + 1e-3).all() and (mean <= high + 1e-3).all()
    assert (low <= plain + 1e-3).all() and (plain <= high + 1e-3).all() and (high - low).max() > 20


@pytest.mark.parametrize(
    "wrong",
    [
        {"right": (0, 0, 0), "down": (0, 1, 0)},
        {"right": (1, 0, 0), "down": (2, 0, 0)},
        {"right": (1, 0, 0), "down": (0, 1, 0), "spacing": -1},
        {"right": (1, 0, 0), "down": (0, 1, 0), "spacing": 1e-4},
        {"right": (1, 0, 0), "down": (0, 1, 0), "point": (1, 2)},
    ],
)
def test_what_is_no_plane_is_refused(volume: Volume, wrong: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="cut"):
        cut(volume, **wrong)

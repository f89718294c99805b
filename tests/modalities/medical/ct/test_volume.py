from __future__ import annotations

import pickle

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct import Volume
from wugan.modalities.medical.note import Note


@pytest.fixture
def oblique() -> Volume:
    generator = np.random.default_rng(1)
    turned, _ = np.linalg.qr(generator.normal(size=(3, 3)))
    affine = np.eye(4)
    affine[:3, :3] = turned * np.sign(np.linalg.det(turned)) * [0.7, 0.8, 2.5]
    affine[:3, 3] = [-120, 30, 400]
    return Volume(generator.normal(size=(4, 5, 6)).astype(np.float32), affine)


def test_world_and_index_are_inverse(oblique: Volume) -> None:
    index = np.random.default_rng(2).uniform(-3, 9, (7, 3))
    assert np.allclose(oblique.to_index(oblique.to_world(index)), index)
    assert np.allclose(oblique.to_world([0, 0, 0]), [-120, 30, 400])


def test_spacing_size_and_millilitres(oblique: Volume) -> None:
    assert oblique.spacing == pytest.approx((0.7, 0.8, 2.5))
    assert oblique.size == (6, 5, 4)
    assert oblique.voxel_ml == pytest.approx(0.0014)
    assert np.allclose(oblique.directions @ oblique.directions.T, np.eye(3))


def test_it_crosses_processes(oblique: Volume) -> None:
    noted = oblique.noted(Note("a-code", "A sentence.", "file"))
    back = pickle.loads(pickle.dumps(noted))
    assert np.array_equal(back.values, noted.values) and back.notes == noted.notes and back.series == noted.series
    assert str(back.notes[0]) == "A sentence. [file]"


@pytest.mark.parametrize(
    ("shape", "affine"),
    [((2, 2), np.eye(4)), ((0, 2, 2), np.eye(4)), ((2, 2, 2), np.eye(3)), ((2, 2, 2), np.diag([1.0, 0, 1, 1]))],
)
def test_what_is_no_volume_is_refused(shape: tuple[int, ...], affine: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"Volume\."):
        Volume(np.zeros(shape, np.float32), affine)

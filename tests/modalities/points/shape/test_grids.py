"""Shapes in numpy's files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.points.shape.grids import read_shapes


def test_packed_grids_plain_grids_and_points_are_the_same_shapes(tmp_path: Path) -> None:
    grids = np.random.default_rng(0).random((3, 30, 30, 30)) < 0.05
    packed = np.packbits(grids.reshape(3, -1), axis=1)
    np.savez(tmp_path / "packed.npz", test_bits=packed, test_label=np.zeros(3, np.int8))
    np.savez(tmp_path / "grids.npz", grids=grids)
    np.save(tmp_path / "one.npy", np.argwhere(grids[0]).astype(np.float32))
    expected = [np.argwhere(grid) for grid in grids]
    for name in ("packed.npz", "grids.npz"):
        found = list(read_shapes(tmp_path / name))
        assert len(found) == 3
        assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))
    (alone,) = read_shapes(tmp_path / "one.npy")
    assert np.array_equal(alone, expected[0])


def test_an_empty_grid_is_a_shape_without_points(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", bits=np.zeros((2, 3375), np.uint8))
    assert [len(shape) for shape in read_shapes(tmp_path / "a.npz")] == [0, 0]


def test_bad_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file"):
        list(read_shapes(tmp_path / "none.npz"))
    np.savez(tmp_path / "labels.npz", label=np.zeros(3))
    with pytest.raises(DataError, match="holds no shapes"):
        list(read_shapes(tmp_path / "labels.npz"))
    np.savez(tmp_path / "odd.npz", bits=np.zeros((2, 77), np.uint8))
    with pytest.raises(DataError, match=r"array 'bits' of shape \[2, 77\]"):
        list(read_shapes(tmp_path / "odd.npz"))
    np.savez(tmp_path / "words.npz", words=np.array([["a", "b", "c"]]))
    with pytest.raises(DataError, match="not numbers"):
        list(read_shapes(tmp_path / "words.npz"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_crash_it(tmp_path: Path, data: bytes, as_zip: bool) -> None:
    path = tmp_path / "any.npz"
    path.write_bytes((b"PK\x03\x04" if as_zip else b"\x93NUMPY") + data)
    with pytest.raises(DataError, match="any.npz"):
        list(read_shapes(path))

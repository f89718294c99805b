from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from wugan.errors import DataError
from wugan.modalities.medical.ct import InstanceRef, Series, Volume
from wugan.modalities.medical.ct.volume import line_weights


@pytest.fixture
def volume(phantom: Any) -> Volume:
    affine = np.diag([1.25, 1.5, 2.0, 1.0])
    affine[:3, 3] = [-14, -10, 5]
    z, y, x = np.indices((12, 20, 24))
    points = np.stack([x, y, z], -1) @ affine[:3, :3].T + affine[:3, 3]
    refs = tuple(InstanceRef("c", str(index), "", index) for index in range(12))
    return Volume(phantom.truth(points).astype(np.float32), affine, Series(instances=refs))


@pytest.mark.parametrize("spacing", [1.0, (0.8, 1.9, 1.1), 3.0])
def test_values_stay_at_their_places(phantom: Any, volume: Volume, spacing: Any) -> None:
    made = volume.resampled(spacing)
    assert made.spacing == pytest.approx(tuple(np.broadcast_to(spacing, 3)))
    z, y, x = np.indices(made.values.shape)
    wanted = phantom.truth(made.to_world(np.stack([x, y, z], -1)))
    inner = (slice(2, -2),) * 3
    assert np.abs(made.values - wanted)[inner].max() < 12  # a triangle of 3 mm flattens the waves a little
    assert all(ref.z is None for ref in made.series.instances)


def test_the_centre_stays(volume: Volume) -> None:
    made = volume.resampled(2.7)
    centres = [v.to_world((np.array(v.size) - 1) / 2) for v in (volume, made)]
    assert np.allclose(*centres)


def test_its_own_spacing_changes_nothing(volume: Volume) -> None:
    made = volume.resampled(volume.spacing)
    assert np.array_equal(made.values, volume.values) and np.allclose(made.affine, volume.affine)
    assert made.series == volume.series


def test_coarser_grids_do_not_alias() -> None:
    noise = np.random.default_rng(0).normal(size=(40, 40, 40)).astype(np.float32)
    made = Volume(noise, np.eye(4)).resampled(4)
    assert made.values.std() < 0.5 * gaussian_filter(noise, 0.7).std()


@pytest.mark.parametrize("spacing", [0, -1, (1, 2, np.nan)])
def test_no_spacing_is_refused(volume: Volume, spacing: Any) -> None:
    with pytest.raises(DataError, match="positive millimetres"):
        volume.resampled(spacing)


def test_line_weights_are_linear_interpolation() -> None:
    places = np.array([-0.5, 0.0, 1.25, 3.0, 9.0])
    read = line_weights(places, 5) @ np.arange(5, dtype=np.float32)
    assert read == pytest.approx([0, 0, 1.25, 3, 4])


def test_canonical_swaps_and_turns_axes_only(volume: Volume) -> None:
    for order in itertools.permutations(range(3)):
        for signs in itertools.product([1, -1], repeat=3):
            # The same voxels, stored along other axes.
            values = np.transpose(volume.values, [2 - order[2], 2 - order[1], 2 - order[0]])[
                :: signs[2], :: signs[1], :: signs[0]
            ]
            affine = np.eye(4)
            affine[:3, :3] = volume.affine[:3, list(order)] * signs
            sizes = np.array(volume.size)[list(order)]
            first = [0 if sign > 0 else size - 1 for sign, size in zip(signs, sizes, strict=True)]
            affine[:3, 3] = volume.affine[:3, 3] + volume.affine[:3, list(order)] @ first
            made = Volume(values, affine).canonical()
            assert np.array_equal(made.values, volume.values) and np.allclose(made.affine, volume.affine)


def test_canonical_keeps_the_source_planes_of_a_turned_stack(volume: Volume) -> None:
    affine = volume.affine @ np.diag([-1.0, 1, -1, 1])
    made = Volume(volume.values, affine, volume.series).canonical()
    assert [(ref.sop_uid, ref.z) for ref in made.series.instances[:2]] == [("11", 0), ("10", 1)]

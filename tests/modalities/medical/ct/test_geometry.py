"""Planes onto grids. The phantom is known everywhere, so a wrong spacing or place shows as a wrong value."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.medical.ct import Volume, headers, pixels
from wugan.modalities.medical.ct.archive import Entry
from wugan.modalities.medical.ct.geometry import Grid, assembled, axes, grid
from wugan.modalities.medical.ct.volume import AIR


def built(datasets: list[Any]) -> tuple[Volume, Grid]:
    """The volume of data sets, without files."""
    planes = [headers.planes(data, Entry(str(index), ""))[0] for index, data in enumerate(datasets)]
    found = grid(planes)
    stored = [datasets[index].pixel_array for index in found.order]
    raw = np.stack([pixels.hounsfield(planes[index], array) for index, array in zip(found.order, stored, strict=True)])
    return Volume(assembled(found, raw), found.affine, notes=found.notes), found


def inner_error(phantom: Any, volume: Volume) -> float:
    """Largest error where a grid has no padding and no pixel next to it."""
    z, y, x = (np.arange(n) for n in volume.values.shape)
    points = volume.to_world(np.stack(np.meshgrid(x, y, z, indexing="ij"), -1))
    wanted = np.moveaxis(phantom.truth(points), (0, 1, 2), (2, 1, 0))
    filled = volume.values > AIR + 1
    near = filled.copy()
    for axis in (1, 2):
        for step in (-1, 1):
            near &= np.roll(filled, step, axis)
    assert near.mean() > 0.3
    return float(np.abs(volume.values - wanted)[near].max())


@settings(max_examples=50)
@given(
    data=st.data(),
    spacing=st.sampled_from([0.7, 1.25, 2.0, 5.0]),
    tilt=st.sampled_from([0.0, 0.0, 12.0, -25.0]),
    jitter=st.sampled_from([0.0, 0.0, 0.03, 0.25]),
)
def test_whatever_is_missing_moved_or_tilted_values_lie_where_they_belong(
    phantom: Any, data: st.DataObject, spacing: float, tilt: float, jitter: float
) -> None:
    count = 20
    seed = data.draw(st.integers(0, 2**16))
    generator = np.random.default_rng(seed)
    heights = np.arange(count) * spacing + generator.uniform(-jitter, jitter, count) * spacing
    gone = data.draw(st.sets(st.integers(0, count - 1), max_size=8))
    heights = generator.permutation(np.delete(heights, sorted(gone)))
    across = float(np.cos(np.radians(tilt)))  # the table moves along z, the planes' distance is along their normal
    gaps = np.diff(np.sort(heights)) * across
    try:
        volume, found = built(phantom.tilted(heights, tilt))
    except DataError:
        assert gaps.max() > 10
        return
    assert volume.spacing[2] >= gaps.min() - 0.1
    # Interpolating linearly over a gap errs by its square; moving in the plane adds what a pixel may.
    assert inner_error(phantom, volume) < 1.5 + 0.2 * gaps.max() ** 2
    untouched = not found.sheared and not found.stretched
    assert untouched == (not {"gap-filled", "irregular-resampled", "tilt-resampled"} & {n.code for n in volume.notes})
    assert found.sheared == (tilt != 0)


def test_rounded_positions_count_as_regular(phantom: Any) -> None:
    heights = np.round(np.arange(40) * 0.625, 1)
    volume, found = built(phantom.stack(heights))
    assert not volume.notes and not found.stretched
    assert volume.spacing[2] == pytest.approx(heights[-1] / 39)


def test_a_single_missing_plane_is_filled_and_said(phantom: Any) -> None:
    volume, _ = built(phantom.stack(np.delete(np.arange(20) * 2.0, 7)))
    assert volume.size[2] == 20 and volume.spacing[2] == pytest.approx(2)
    assert [note.code for note in volume.notes] == ["gap-filled"]
    assert "1 of 20 planes" in volume.notes[0].text


def test_two_zones_keep_the_finer_distance(phantom: Any) -> None:
    heights = [*np.arange(0, 20, 1.0), *np.arange(20, 60, 5.0)]
    volume, _ = built(phantom.stack(heights))
    assert volume.spacing[2] == pytest.approx(1)
    assert [note.code for note in volume.notes] == ["irregular-resampled"]
    assert inner_error(phantom, volume) < 6


@pytest.mark.parametrize(
    ("heights", "words"),
    [
        ([*np.arange(10) * 2.0, *(np.arange(10) * 2.0 + 34)], "hole of 16.0 mm"),
        (np.arange(5) * 25.0, "at most 20 mm"),
        (np.arange(5) * 0.001 + 3, "positions in the header are wrong"),
    ],
)
def test_what_makes_no_volume_is_refused(phantom: Any, heights: list[float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        built(phantom.stack(heights))


def test_thick_regular_series_are_read_and_called_sparse(phantom: Any) -> None:
    volume, _ = built(phantom.stack(np.arange(6) * 10.0, SliceThickness=1))
    assert volume.spacing[2] == pytest.approx(10)
    assert [note.code for note in volume.notes] == ["sparse-slices"]


def test_a_tilt_is_straightened_whatever_the_tag_says(phantom: Any) -> None:
    heights = np.arange(20) * 2.0
    for tag in (15, -15, None):
        tags = {} if tag is None else {"GantryDetectorTilt": tag}
        volume, found = built(phantom.tilted(heights, 15, **tags))
        assert [note.code for note in volume.notes] == ["tilt-resampled"] and "15.0°" in volume.notes[0].text
        assert volume.spacing[2] == pytest.approx(2 * np.cos(np.radians(15)))
        assert np.allclose(volume.directions.T @ volume.directions, np.eye(3))
        assert inner_error(phantom, volume) < 2
        assert found.size[1] > phantom.rows  # nothing is cut away


def test_a_tilt_that_only_the_tag_knows_is_not_applied(phantom: Any) -> None:
    volume, found = built(phantom.stack(np.arange(6) * 2.0, GantryDetectorTilt=20))
    assert [note.code for note in volume.notes] == ["tilt-tag-ignored"] and not found.sheared


def test_an_oblique_stack_needs_no_straightening(phantom: Any) -> None:
    angle = np.radians(30)
    orientation = (1, 0, 0, 0, np.cos(angle), np.sin(angle))
    normal = axes(orientation)[2]
    volume, _ = built([phantom.plane(np.array([-14, -10, 0]) + normal * step * 2, orientation) for step in range(9)])
    assert not volume.notes
    assert phantom.error(volume) < 1


def test_planes_that_wander_are_moved_to_their_places(phantom: Any) -> None:
    generator = np.random.default_rng(3)
    datasets = [
        phantom.plane((-14 + dx, -10 + dy, z * 2.0)) for z, (dx, dy) in enumerate(generator.uniform(0, 6, (12, 2)))
    ]
    volume, _ = built(datasets)
    assert [note.code for note in volume.notes] == ["planes-shifted"]
    assert inner_error(phantom, volume) < 2


def test_offsets_beyond_any_gantry_are_refused(phantom: Any) -> None:
    with pytest.raises(DataError, match="contradict each other"):
        built([phantom.plane((-14, -10 + z * 3.0, z * 2.0)) for z in range(9)])


def test_one_plane_has_its_thickness_or_a_millimetre(phantom: Any) -> None:
    assert built(phantom.stack([3.0]))[0].spacing[2] == 2
    volume, _ = built(phantom.stack([3.0], SliceThickness=None))
    assert volume.spacing[2] == 1
    assert volume.notes[0].code == "single-slice" and "assumed" in volume.notes[0].text


@pytest.mark.parametrize("orientation", [(1, 0, 0, 1, 0, 0), (0, 0, 0, 0, 1, 0), (1, 0, 0, 0.3, 1, 0)])
def test_directions_that_are_none_are_refused(orientation: tuple[float, ...]) -> None:
    with pytest.raises(DataError, match="ImageOrientationPatient"):
        axes(orientation)

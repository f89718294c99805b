import numpy as np
import pytest

from wugan.modalities.medical.ct.morphology import closed, dilate, erode, filled, larger_than, opened, parts, touching


def box(*slices: slice, shape: tuple[int, int, int] = (9, 15, 15)) -> np.ndarray:
    mask = np.zeros(shape, bool)
    mask[slices] = True
    return mask


@pytest.mark.parametrize("radius", [1, 2, 3, 4])
def test_a_grown_point_is_about_a_ball(radius: int) -> None:
    point = box(slice(7, 8), slice(7, 8), slice(7, 8), shape=(15, 15, 15))
    grown = dilate(point, radius)
    far = np.sqrt(((np.argwhere(grown) - 7) ** 2).sum(1))
    assert far.max() <= 1.5 * radius + 0.5
    assert all(grown[tuple(np.array([7, 7, 7]) + offset)] for offset in np.eye(3, dtype=int) * radius)


def test_eroding_and_growing_are_each_others_complement() -> None:
    mask = np.random.default_rng(0).random((6, 9, 9)) > 0.3
    assert np.array_equal(erode(mask, 2), ~dilate(~mask, 2))


def test_the_body_goes_on_beyond_the_last_plane() -> None:
    column = box(slice(None), slice(4, 11), slice(4, 11))
    assert erode(column, 2)[0].any() and erode(column, 2)[-1].any()
    assert np.array_equal(opened(column, 1)[0], opened(column, 1)[4])


def test_flat_stays_in_the_plane() -> None:
    plane = box(slice(4, 5), slice(5, 10), slice(5, 10))
    grown = dilate(plane, 2, flat=True)
    assert grown[4].sum() > plane[4].sum() and not grown[3].any() and not grown[5].any()


def test_opening_drops_a_shell_and_closing_shuts_a_gap() -> None:
    shell = box(slice(None), slice(2, 4), slice(None))
    block = box(slice(None), slice(7, 14), slice(3, 12))
    assert np.array_equal(opened(shell | block, 2).any(axis=(0, 2)), block.any(axis=(0, 2)))
    ring = block & ~box(slice(None), slice(9, 12), slice(5, 10))
    gap = ring & ~box(slice(None), slice(7, 9), slice(7, 8))
    assert not filled(gap)[4, 10, 7]
    assert filled(closed(gap, 2, flat=True))[4, 10, 7]


def test_parts_by_size_and_by_seed() -> None:
    small, large = box(slice(0, 1), slice(0, 1), slice(0, 2)), box(slice(3, 6), slice(3, 6), slice(3, 6))
    labels, sizes = parts(small | large)
    assert sizes[0] == 0 and sorted(sizes[1:]) == [2, 27] and labels.max() == 2
    assert np.array_equal(larger_than(small | large, 3), large)
    assert np.array_equal(touching(small | large, small), small)
    assert not touching(large, small).any()

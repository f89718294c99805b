import numpy as np
import pytest

from wugan.modalities.medical.ct.compartments import Bright, find_bright

SIDE = 2.0
SHAPE = (30, 80, 100)
Z, Y, X = np.ogrid[:30, :80, :100]


def tube(y: float, x: float, radius: float) -> np.ndarray:
    """A cylinder along the body, radius in mm."""
    return np.broadcast_to((Y - y) ** 2 + (X - x) ** 2 < (radius / SIDE) ** 2, SHAPE)


@pytest.fixture(scope="module")
def found() -> Bright:
    hu = np.full(SHAPE, 45, np.float32)
    hu[tube(40, 25, 20)] = 450  # a vertebral body, its cortex
    hu[tube(40, 25, 16)] = 140
    hu[:3][tube(40, 25, 16)[:3]] = 450  # end plates
    hu[-3:][tube(40, 25, 16)[-3:]] = 450
    hu[tube(40, 60, 12)] = 260  # aorta with contrast
    hu[tube(15, 80, 14)] = 1000  # a long bone, its marrow fat
    hu[tube(15, 80, 8)] = -60
    hu[14:17, 64:67, 79:82] = 600  # a stone
    hu[5, 70, 10] = 160  # noise
    hu += np.random.default_rng(0).normal(0, 8, SHAPE).astype(np.float32)
    return find_bright(hu, np.ones(SHAPE, bool), SIDE)


def test_bone_holds_its_marrow(found: Bright) -> None:
    assert found.bone[tube(40, 25, 19)].mean() > 0.97
    assert found.bone[tube(15, 80, 13)].mean() > 0.97


def test_blood_with_contrast_is_no_bone(found: Bright) -> None:
    assert found.contrast[tube(40, 60, 11)].mean() > 0.95
    assert not found.bone[tube(40, 60, 12)].any() and not found.contrast[tube(40, 25, 20)].any()


def test_a_stone_is_a_calcification_and_a_speck_is_nothing(found: Bright) -> None:
    assert found.calcification[14:17, 64:67, 79:82].all()
    assert found.calcification.sum() == 27


def test_metal_is_kept_apart_and_hides_stones_in_its_planes() -> None:
    hu = np.full(SHAPE, 45, np.float32)
    hu[10:20][tube(40, 30, 10)[10:20]] = 3000
    hu[14:17, 64:67, 79:82] = 600
    hu[26:29, 64:67, 79:82] = 600
    found = find_bright(hu, np.ones(SHAPE, bool), SIDE)
    assert found.metal[15, 40, 30] and not found.bone[found.metal].any()
    assert not found.calcification[14:17].any() and found.calcification[26:29, 64:67, 79:82].all()

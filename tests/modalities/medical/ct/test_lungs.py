import numpy as np
import pytest

from wugan.modalities.medical.ct.compartments import find_air

SIDE = 3.0


def scene(*lungs: tuple[float, float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    """A body of water with balls of air: x (mm from the middle), radius (mm), value, spread of the value (HU)."""
    z, y, x = np.ogrid[-30:30, -40:40, -60:60]
    body = np.broadcast_to((y * SIDE / 100) ** 2 + (x * SIDE / 160) ** 2 < 1, (60, 80, 120))
    hu = np.where(body, 40.0, -1000.0)
    random = np.random.default_rng(0)
    for place, radius, value, spread in lungs:
        ball = (z * SIDE) ** 2 + (y * SIDE) ** 2 + (x * SIDE - place) ** 2 < radius**2
        hu = np.where(ball, value + spread * random.normal(size=hu.shape), hu)
    return hu.astype(np.float32), np.ascontiguousarray(body)


def millilitres(mask: np.ndarray) -> float:
    return float(mask.sum()) * SIDE**3 / 1000


def test_lungs_by_side_and_gas_apart() -> None:
    air = find_air(*scene((-90, 50, -850, 30), (90, 50, -850, 30), (0, 20, -995, 10)), SIDE)
    assert millilitres(air.right) == pytest.approx(523, rel=0.05)
    assert millilitres(air.left) == pytest.approx(523, rel=0.05)
    assert millilitres(air.gas) == pytest.approx(33, rel=0.1)
    assert not air.airway.any()
    assert np.nonzero(air.right)[2].max() < 60 < np.nonzero(air.left)[2].min()


def test_lungs_that_touch_are_parted() -> None:
    air = find_air(*scene((-52, 54, -850, 30), (52, 54, -850, 30)), SIDE)
    assert millilitres(air.right) == pytest.approx(millilitres(air.left), rel=0.03)
    assert not (air.right & air.left).any()


def test_emphysema_of_a_whole_lung_is_no_gas() -> None:
    hu, body = scene((0, 85, -960, 25))
    air = find_air(hu, body, SIDE)
    assert millilitres(air.right | air.left) > 2000 and not air.gas.any()


@pytest.mark.parametrize(("value", "lung"), [(-850.0, False), (-995.0, False)])
def test_a_few_millilitres_alone_are_gas(value: float, lung: bool) -> None:
    air = find_air(*scene((40, 12, value, 10)), SIDE)
    assert (air.right | air.left).any() == lung and air.gas.any()


def test_a_nodule_belongs_to_its_lung() -> None:
    air = find_air(*scene((-90, 50, -850, 30), (-90, 5, 40, 0), (90, 50, -850, 30)), SIDE)
    assert air.right[30, 40, 30]

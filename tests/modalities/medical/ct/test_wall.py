import numpy as np

from wugan.modalities.medical.ct.compartments import find_wall

SIDE = 2.0


def test_the_wall_parts_fat_under_the_skin_from_fat_within() -> None:
    _, y, x = np.ogrid[:8, -60:60, -80:80]
    far = np.broadcast_to(np.sqrt((x / 1.3) ** 2 + y**2) * SIDE, (8, 120, 160))
    body = far < 110
    hu = np.full(body.shape, -1000, np.float32)
    for radius, value in ((110, 30), (107, -100), (80, 55), (64, -105), (30, 45)):
        hu[far < radius] = value
    gap = (abs(x) < 3) & (y < 0) & (far > 60) & (far < 84)  # a fat plane through the wall, 10 mm wide
    hu[np.broadcast_to(gap, hu.shape)] = -100
    none = np.zeros(hu.shape, bool)
    found = find_wall(hu, body, none, none, SIDE)
    assert found.subcutaneous[(far > 84) & (far < 104)].mean() > 0.99
    assert found.visceral[(far > 34) & (far < 60)].mean() > 0.99
    assert found.muscle[(far > 69) & (far < 77) & ~gap].mean() > 0.9
    assert not found.muscle[far < 30].any()  # an organ within
    assert not (found.subcutaneous & found.visceral).any()

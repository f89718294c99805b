import numpy as np
import pytest

from wugan.modalities.medical.ct.compartments import Compartments, compartments
from wugan.modalities.medical.ct.measures import vertebrae
from wugan.modalities.medical.ct.trunk import trunk


@pytest.mark.parametrize("density", [90.0, 140.0, 220.0])
def test_measures_the_trabecular_bone_of_each_body(density: float) -> None:
    bodies = vertebrae(compartments(trunk(3.0, heights=(60.0, 200.0), trabecular=density).volume))
    assert np.median([b.trabecular for b in bodies]) == pytest.approx(density, abs=4)
    assert all(abs(b.center_mm[0]) < 4 and abs(b.center_mm[1] - 62) < 4 for b in bodies)
    heights = [b.center_mm[2] for b in bodies]
    assert len(bodies) == 4 and np.allclose(np.diff(heights), 32, atol=6)


def test_without_bone_there_are_none() -> None:
    volume = trunk(3.0, heights=(60.0, 90.0)).volume
    assert vertebrae(Compartments(np.zeros(volume.values.shape, np.uint8), volume)) == []

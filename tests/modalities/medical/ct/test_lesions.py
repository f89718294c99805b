import numpy as np
import pytest
from scipy import ndimage

from wugan.modalities.medical.ct.compartments import Compartment, Compartments, compartments
from wugan.modalities.medical.ct.lesions import Candidate, lesions, smallest_mm
from wugan.modalities.medical.ct.trunk import trunk
from wugan.modalities.medical.ct.volume import Volume

NODULES = np.array([[-80.0, 30, 200, 8], [-70, -30, 240, 14], [85, 10, 230, 20], [70, -30, 190, 10]])


@pytest.fixture(scope="module")
def found() -> Compartments:
    return compartments(trunk(2.5, heights=(160.0, 270.0), nodules=NODULES, seed=4).volume)


@pytest.fixture(scope="module")
def candidates(found: Compartments) -> list[Candidate]:
    return lesions(found)


def test_finds_each_nodule_at_its_place_with_its_size(found: Compartments, candidates: list[Candidate]) -> None:
    for x, y, z, diameter in NODULES:
        near = min(candidates, key=lambda c: float(np.linalg.norm(c.center_mm - [x, y, z])))
        assert np.linalg.norm(near.center_mm - [x, y, z]) < 2
        assert near.diameter_mm == pytest.approx(diameter, abs=1.5)
        assert near.kind == "solid-nodule"
        assert found.lung[tuple(near.voxels.T)].all()


def test_takes_few_vessels_for_nodules(candidates: list[Candidate]) -> None:
    assert len(candidates) - len(NODULES) <= 3
    assert [c.score for c in candidates] == sorted((c.score for c in candidates), reverse=True)
    assert all(0.5 <= c.score <= 1 for c in candidates)


def test_a_bare_tube_scores_below_a_ball() -> None:
    z, y, x = np.ogrid[:40, :40, :60]
    ball = (z - 20) ** 2 + (y - 20) ** 2 + (x - 15) ** 2 < 4**2
    tube = (y - 20) ** 2 + (x - 40) ** 2 + 0 * z < 3**2
    hu = ndimage.gaussian_filter(np.where(ball | tube, 40.0, -850.0), 0.5).astype(np.float32)
    labels = np.full(hu.shape, Compartment.RIGHT_LUNG, np.uint8)
    found = lesions(Compartments(labels, Volume(hu, np.diag([2.0, 2, 2, 1]))), 0.0)
    of_ball = [c.score for c in found if abs(c.center_mm[0] - 30) < 10]
    of_tube = [c.score for c in found if abs(c.center_mm[0] - 80) < 10]
    assert len(of_ball) == 1 and of_ball[0] > 0.9
    assert max(of_tube, default=0) < 0.3


def test_without_a_lung_there_is_nothing() -> None:
    assert lesions(compartments(trunk(3.0, heights=(40.0, 100.0)).volume)) == []


def test_says_how_small_it_looks(found: Compartments) -> None:
    assert smallest_mm(found) == 6.25

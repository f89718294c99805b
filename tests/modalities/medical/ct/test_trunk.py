import numpy as np
import pytest

from wugan.modalities.medical.ct.compartments import Compartment
from wugan.modalities.medical.ct.trunk import trunk


def test_the_same_seed_makes_the_same_patient() -> None:
    first, again, other = (trunk(6.0, heights=(150, 250), seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.volume.values, again.volume.values)
    assert not np.array_equal(first.volume.values, other.volume.values)


def test_left_is_left_and_the_labels_fit_the_values() -> None:
    patient = trunk(3.0, heights=(60, 300), contrast=True, noise=0)
    where = {c: np.argwhere(patient.labels == c).mean(0)[::-1] for c in Compartment if (patient.labels == c).any()}
    assert patient.volume.to_world(where[Compartment.LEFT_LUNG])[0] > 50
    assert patient.volume.to_world(where[Compartment.RIGHT_LUNG])[0] < -50
    assert patient.volume.to_world(where[Compartment.BONE])[1] > 20
    for label, value in ((Compartment.GAS, -1000), (Compartment.LEFT_LUNG, -850), (Compartment.CONTRAST, 250)):
        assert np.median(patient.volume.values[patient.labels == label]) == pytest.approx(value, abs=5)


def test_nodules_have_their_volume() -> None:
    nodule = np.array([[-80.0, 30, 210, 16]])
    with_it, without = (trunk(2.0, heights=(190, 230), nodules=n, noise=0, vessels=0) for n in (nodule, None))
    added = float((with_it.volume.values - without.volume.values).sum()) / 890 * with_it.volume.voxel_ml
    assert added == pytest.approx(4 / 3 * np.pi * 8**3 / 1000, rel=0.05)
    assert np.array_equal(with_it.nodules, nodule) and len(without.nodules) == 0

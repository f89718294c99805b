import numpy as np

from wugan.modalities.medical.ct.compartments import body_mask
from wugan.modalities.medical.ct.trunk import trunk


def dice(found: np.ndarray, truth: np.ndarray) -> float:
    return 2 * float((found & truth).sum()) / max(1, int(found.sum() + truth.sum()))


def test_the_table_is_no_body_and_arms_are() -> None:
    patient = trunk(3.0, heights=(100.0, 160.0), arms=True)
    assert dice(body_mask(patient.volume.values, 3.0), patient.labels > 0) > 0.995


def test_lungs_belong_to_it_though_the_scan_ends_in_them() -> None:
    patient = trunk(3.0, heights=(200.0, 230.0))
    assert dice(body_mask(patient.volume.values, 3.0), patient.labels > 0) > 0.995


def test_a_field_that_cuts_the_lungs_leaves_them_inside() -> None:
    patient = trunk(3.0, heights=(180.0, 240.0))
    hu, labels = (np.ascontiguousarray(a[:, 12:-20, 25:-25]) for a in (patient.volume.values, patient.labels))
    assert np.isin(labels[:, :, 0], (6, 7)).any()  # the edge lies in a lung
    assert dice(body_mask(hu, 3.0), labels > 0) > 0.99


def test_small_things_and_air_are_none() -> None:
    hu = np.full((10, 60, 60), -1000, np.float32)
    assert not body_mask(hu, 3.0).any()
    hu[3:5, 20:26, 20:26] = 40
    assert not body_mask(hu, 3.0).any()

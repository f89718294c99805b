"""On a made-up patient whose truth is known; on real patients by `benchmarks/medical/compartments.py`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct.compartments import Compartment, Compartments, compartments, working_spacing
from wugan.modalities.medical.ct.trunk import Trunk, trunk
from wugan.modalities.medical.ct.volume import Volume


def dice(found: np.ndarray, truth: np.ndarray) -> float:
    return 2 * float((found & truth).sum()) / max(1, int(found.sum() + truth.sum()))


@pytest.fixture(scope="module")
def patient() -> Trunk:
    return trunk(3.0, contrast=True, arms=True)


@pytest.fixture(scope="module")
def found(patient: Trunk) -> Compartments:
    return compartments(patient.volume)


@pytest.mark.parametrize(
    ("name", "least"),
    [
        (Compartment.OUTSIDE, 0.99),  # so the table is none of the body
        (Compartment.RIGHT_LUNG, 0.98),
        (Compartment.LEFT_LUNG, 0.98),
        (Compartment.AIRWAY, 0.95),
        (Compartment.GAS, 0.95),
        (Compartment.BONE, 0.93),
        (Compartment.CONTRAST, 0.9),
        (Compartment.SUBCUTANEOUS_FAT, 0.95),
        (Compartment.VISCERAL_FAT, 0.95),
        (Compartment.MUSCLE, 0.7),
    ],
)
def test_finds_what_was_made(patient: Trunk, found: Compartments, name: Compartment, least: float) -> None:
    assert dice(found.on(patient.volume) == name, patient.labels == name) > least


def test_the_plaque_is_a_calcification(patient: Trunk, found: Compartments) -> None:
    plaque = patient.labels == Compartment.CALCIFICATION
    assert (found.on(patient.volume)[plaque] == Compartment.CALCIFICATION).mean() > 0.9


@pytest.mark.parametrize("heights", [(190.0, 260.0), (40.0, 105.0), (150.0, 170.0)])
def test_any_part_of_the_trunk_will_do(heights: tuple[float, float]) -> None:
    patient = trunk((2.0, 2.0, 5.0), heights=heights)
    labels = compartments(patient.volume).on(patient.volume)
    lung = (Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG)
    assert dice(labels != 0, patient.labels != 0) > 0.99
    assert dice(labels == Compartment.BONE, patient.labels == Compartment.BONE) > 0.85
    if heights[0] > 130:
        assert dice(np.isin(labels, lung), np.isin(patient.labels, lung)) > 0.95
    else:
        assert not np.isin(labels, lung).any()
        assert dice(labels == Compartment.GAS, patient.labels == Compartment.GAS) > 0.9


def test_notes_that_the_lungs_are_cut(found: Compartments) -> None:
    assert {note.code for note in found.notes} == {"lung-cut"}
    assert "highest" in found.notes[0].text


def test_air_alone_has_no_body() -> None:
    found = compartments(Volume(np.full((8, 30, 30), -1000, np.float32), np.diag([3.0, 3, 3, 1])))
    assert not found.body.any() and [note.code for note in found.notes] == ["no-body"]
    assert found.millilitres() == {}


def test_the_order_of_the_axes_does_not_matter(patient: Trunk, found: Compartments) -> None:
    volume = patient.volume
    turned = volume.affine.copy()
    turned[:3, 0] *= -1
    turned[:3, 2] *= -1
    last = np.array(volume.size) - 1
    turned[:3, 3] += volume.affine[:3, 0] * last[0] + volume.affine[:3, 2] * last[2]
    other = Volume(np.ascontiguousarray(volume.values[::-1, :, ::-1]), turned)
    assert np.array_equal(compartments(other).labels, found.labels)


def test_labels_return_to_the_grid_they_came_from(patient: Trunk, found: Compartments) -> None:
    assert found.on(patient.volume).shape == patient.volume.values.shape
    assert np.array_equal(found.on(found.volume), found.labels)
    angle = np.radians(5)
    rotated = patient.volume.affine.copy()
    rotated[:2, :2] = rotated[:2, :2] @ np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    oblique = patient.volume.replace(affine=rotated)
    middle = np.array(oblique.size) // 2
    index = np.rint(found.volume.to_index(oblique.to_world(middle))).astype(int)
    assert found.on(oblique)[middle[2], middle[1], middle[0]] == found.labels[index[2], index[1], index[0]]


def test_little_changes_with_noise(patient: Trunk, found: Compartments) -> None:
    noise = np.random.default_rng(5).normal(0, 15, patient.volume.values.shape).astype(np.float32)
    other = compartments(patient.volume.replace(values=patient.volume.values + noise))
    for name in (Compartment.RIGHT_LUNG, Compartment.BONE, Compartment.VISCERAL_FAT):
        assert dice(other.labels == name, found.labels == name) > 0.93


@pytest.mark.parametrize(
    ("spacing", "wanted"), [((3, 3, 3), 3.0), ((1, 1, 1), 2.0), ((0.7, 0.7, 5), 2.0), ((6, 6, 6), 2.0)]
)
def test_works_on_the_volumes_own_grid_where_that_will_do(spacing: tuple[float, ...], wanted: float) -> None:
    assert working_spacing(Volume(np.zeros((2, 2, 2), np.float32), np.diag([*spacing, 1.0]))) == wanted


def test_refuses_a_spacing_that_is_none(patient: Trunk) -> None:
    with pytest.raises(DataError, match="positive millimetres"):
        compartments(patient.volume, spacing=0)


def test_a_real_patient_beside_another_models_masks(data_root: Path) -> None:
    nibabel = pytest.importorskip("nibabel")
    image = nibabel.load(data_root / "ct" / "example_ct_sm.nii.gz")
    truth = np.asarray(nibabel.load(data_root / "ct" / "example_seg.nii.gz").dataobj).T
    values = np.asarray(image.dataobj, np.float32).T
    volume = Volume(np.maximum(values, -1024), np.diag([-1.0, -1, 1, 1]) @ image.affine)
    found = compartments(volume)
    labels = found.on(volume)
    bones = np.isin(truth, [*range(25, 51), *range(69, 79), *range(91, 117)])
    assert dice(np.isin(labels, (6, 7)), np.isin(truth, range(10, 15))) > 0.95
    assert dice(labels == Compartment.BONE, bones) > 0.85
    assert (labels[truth > 0] > 0).all()

import numpy as np
import pytest

from wugan.modalities.medical.ct.compartments import Compartment, Compartments, compartments
from wugan.modalities.medical.ct.measures import (
    EMPHYSEMA,
    NORMAL_BONE,
    OSTEOPOROSIS,
    Measurement,
    meaning,
    measures,
    volume_uncertainty,
)
from wugan.modalities.medical.ct.trunk import Trunk, trunk
from wugan.modalities.medical.ct.volume import Volume

NAMES = [
    "lung-volume",
    "right-lung-volume",
    "left-lung-volume",
    "mean-lung-density",
    "emphysema-share",
    "vertebral-trabecular-density",
    "visceral-fat-area",
    "subcutaneous-fat-area",
    "wall-muscle-area",
    "wall-muscle-density",
    "calcification-volume",
]


@pytest.fixture(scope="module")
def patient() -> Trunk:
    return trunk(3.0, heights=(20.0, 372.0), trabecular=100, seed=3)


@pytest.fixture(scope="module")
def found(patient: Trunk) -> Compartments:
    return compartments(patient.volume)


@pytest.fixture(scope="module")
def taken(found: Compartments) -> dict[str, Measurement]:
    return {m.name: m for m in measures(found)}


def test_takes_all_measures_of_a_whole_trunk(taken: dict[str, Measurement]) -> None:
    assert list(taken) == NAMES
    assert all(m.value is not None and m.uncertainty is not None and not m.reason for m in taken.values())


@pytest.mark.parametrize(
    ("name", "label"), [("right-lung-volume", Compartment.RIGHT_LUNG), ("left-lung-volume", Compartment.LEFT_LUNG)]
)
def test_the_true_volume_lies_in_the_interval(
    patient: Trunk, taken: dict[str, Measurement], name: str, label: Compartment
) -> None:
    truth = float((patient.labels == label).sum()) * patient.volume.voxel_ml
    measured = taken[name]
    assert measured.value is not None and measured.uncertainty is not None
    assert abs(measured.value - truth) < measured.uncertainty < 0.1 * truth
    if label is Compartment.RIGHT_LUNG:  # an ellipsoid; the heart lies in the left one
        assert abs(measured.value - 4 / 3 * np.pi * 54 * 70 * 125 / 1000) < measured.uncertainty


def test_bone_is_read_against_its_limits(taken: dict[str, Measurement]) -> None:
    bone = taken["vertebral-trabecular-density"]
    assert bone.value == pytest.approx(100, abs=4) and "osteoporosis likely" in bone.meaning
    assert [t.limit for t in bone.thresholds] == [110, 160] and "Pickhardt" in bone.thresholds[0].source


def test_emphysema_is_the_share_of_dark_lung(found: Compartments) -> None:
    hu = found.volume.values.copy()
    lung = np.argwhere(found.lung)
    dark = lung[: len(lung) // 10]  # the lowest tenth
    hu[tuple(dark.T)] = -980
    other = Compartments(found.labels, found.volume.replace(values=hu))
    share = {m.name: m for m in measures(other)}["emphysema-share"]
    assert share.value == pytest.approx(10, abs=0.5) and "emphysema" in share.meaning


def test_areas_are_those_of_the_level_that_was_given(patient: Trunk, found: Compartments) -> None:
    taken = {m.name: m for m in measures(found, {"L3": 60.0})}
    planes = abs(patient.volume.affine[2, 3] + 3 * np.arange(patient.volume.size[2]) - 60) <= 7.5
    truth = (patient.labels[planes] == Compartment.VISCERAL_FAT).sum() * 0.09 / planes.sum()
    fat = taken["visceral-fat-area"]
    assert fat.value == pytest.approx(truth, rel=0.03) and "L3" in fat.method and fat.thresholds


@pytest.mark.parametrize(
    ("heights", "name", "reason"),
    [
        ((150.0, 300.0), "lung-volume", "the lungs go on beyond"),
        ((40.0, 100.0), "emphysema-share", "no lung in the scan"),
        ((200.0, 260.0), "visceral-fat-area", "less than 3 cm of belly"),
    ],
)
def test_says_why_a_measure_is_missing(heights: tuple[float, float], name: str, reason: str) -> None:
    taken = {m.name: m for m in measures(compartments(trunk(3.0, heights=heights).volume))}
    assert taken[name].value is None and reason in taken[name].reason


def test_contrast_hides_calcium() -> None:
    taken = {m.name: m for m in measures(compartments(trunk(3.0, heights=(60.0, 230.0), contrast=True).volume))}
    assert taken["calcification-volume"].value is None and "contrast" in taken["calcification-volume"].reason


def test_a_level_outside_of_the_scan(found: Compartments) -> None:
    taken = {m.name: m for m in measures(found, {"L1": 2000.0, "L3": 2000.0})}
    assert "outside" in taken["visceral-fat-area"].reason
    assert "no vertebral body" in taken["vertebral-trabecular-density"].reason


@pytest.mark.parametrize(
    ("value", "uncertainty", "text"),
    [(80, 10, "osteoporosis likely"), (105, 10, "uncertain"), (140, 10, "not excluded"), (200, 10, "above 160")],
)
def test_meaning_between_two_limits(value: float, uncertainty: float, text: str) -> None:
    assert text in meaning(value, uncertainty, (NORMAL_BONE, OSTEOPOROSIS))


def test_meaning_without_limits() -> None:
    assert meaning(1, 0, ()) == "" and "less than 5 %" in meaning(1, 0.5, (EMPHYSEMA,))


def test_uncertainty_shrinks_with_the_voxels() -> None:
    z, y, x = np.ogrid[:80, :80, :80]
    coarse = (z - 20) ** 2 + (y - 20) ** 2 + (x - 20) ** 2 < 15**2
    fine = (z - 40) ** 2 + (y - 40) ** 2 + (x - 40) ** 2 < 30**2
    assert volume_uncertainty(fine, 0.001) < 0.6 * volume_uncertainty(coarse, 0.008)


def test_nothing_can_be_measured_in_air() -> None:
    air = compartments(Volume(np.full((6, 20, 20), -1000, np.float32), np.diag([3.0, 3, 3, 1])))
    taken = measures(air)
    assert [m.name for m in taken] == NAMES
    assert all(m.value is None and m.reason for m in taken if m.name != "calcification-volume")

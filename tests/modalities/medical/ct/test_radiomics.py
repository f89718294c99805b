"""Against the reference values of the IBSI's digital phantom (reference manual, arXiv:1612.07003; CC BY 4.0)."""

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.ct.radiomics import radiomics

_ = 0  # outside
PHANTOM = np.array(
    [
        [[1, 4, 4, 1, 1], [1, 4, 6, 1, 1], [4, 1, 6, 4, 1], [4, 4, 6, 4, 1]],
        [[1, 4, 4, 1, 1], [1, 1, 6, 1, 1], [_, 1, 3, 1, 1], [4, 4, 6, 1, 1]],
        [[1, 4, 4, _, _], [1, 1, 1, 1, 1], [1, 1, _, 1, 1], [1, 1, 6, 1, 1]],
        [[1, 4, 4, _, _], [1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [1, 1, 6, 1, 1]],
    ],
    dtype=np.float64,
)

REFERENCE = {
    "intensity_mean": 2.15,
    "intensity_variance": 3.05,
    "intensity_skewness": 1.08,
    "intensity_kurtosis": -0.355,
    "intensity_median": 1,
    "intensity_minimum": 1,
    "intensity_p10": 1,
    "intensity_p90": 4,
    "intensity_maximum": 6,
    "intensity_interquartile_range": 3,
    "intensity_range": 5,
    "intensity_mean_absolute_deviation": 1.55,
    "intensity_robust_mean_absolute_deviation": 1.11,
    "intensity_median_absolute_deviation": 1.15,
    "intensity_coefficient_of_variation": 0.812,
    "intensity_quartile_coefficient_of_dispersion": 0.6,
    "intensity_energy": 567,
    "intensity_root_mean_square": 2.77,
    "shape_volume": 556,
    "shape_voxel_volume": 592,
    "shape_surface": 388,
    "shape_surface_to_volume": 0.698,
    "shape_compactness_1": 0.0411,
    "shape_compactness_2": 0.599,
    "shape_spherical_disproportion": 1.19,
    "shape_sphericity": 0.843,
    "shape_asphericity": 0.186,
    "shape_centre_of_mass_shift": 0.672,
    "shape_maximum_diameter": 13.1,
    "shape_major_axis": 11.4,
    "shape_minor_axis": 9.31,
    "shape_least_axis": 8.54,
    "shape_elongation": 0.816,
    "shape_flatness": 0.749,
    "glcm_joint_maximum": 0.509,
    "glcm_joint_average": 2.15,
    "glcm_joint_variance": 3.13,
    "glcm_joint_entropy": 2.57,
    "glcm_difference_average": 1.38,
    "glcm_difference_variance": 3.21,
    "glcm_difference_entropy": 1.64,
    "glcm_sum_average": 4.3,
    "glcm_sum_variance": 7.41,
    "glcm_sum_entropy": 2.11,
    "glcm_angular_second_moment": 0.291,
    "glcm_contrast": 5.12,
    "glcm_dissimilarity": 1.38,
    "glcm_inverse_difference": 0.688,
    "glcm_normalised_inverse_difference": 0.856,
    "glcm_inverse_difference_moment": 0.631,
    "glcm_normalised_inverse_difference_moment": 0.902,
    "glcm_inverse_variance": 0.0574,
    "glcm_correlation": 0.183,
    "glcm_autocorrelation": 5.19,
    "glcm_cluster_tendency": 7.41,
    "glcm_cluster_shade": 17.4,
    "glcm_cluster_prominence": 147,
    "glcm_information_correlation_1": -0.0288,
    "glcm_information_correlation_2": 0.269,
}


@pytest.fixture(scope="module")
def found() -> dict[str, float]:
    return radiomics(PHANTOM, PHANTOM > 0, (2.0, 2.0, 2.0), bin_width=1.0)


@pytest.mark.parametrize("name", REFERENCE)
def test_gives_the_reference_value(found: dict[str, float], name: str) -> None:
    assert float(f"{found[name]:.3g}") == pytest.approx(REFERENCE[name], rel=0.004)


def test_every_feature_has_a_reference(found: dict[str, float]) -> None:
    assert set(found) == set(REFERENCE)


def test_one_voxel_has_no_texture() -> None:
    mask = np.zeros((3, 3, 3), bool)
    mask[1, 1, 1] = True
    found = radiomics(np.full((3, 3, 3), 40.0), mask, (1, 1, 1))
    assert found["intensity_mean"] == 40 and not any(name.startswith("glcm") for name in found)


@pytest.mark.parametrize(
    ("values", "mask", "width", "text"),
    [
        (np.zeros((2, 2, 2)), np.zeros((2, 2, 2), bool), 1, "empty"),
        (np.zeros((2, 2, 2)), np.ones((2, 2, 1), bool), 1, "same"),
        (np.full((2, 2, 2), np.nan), np.ones((2, 2, 2), bool), 1, "finite"),
        (np.zeros((2, 2, 2)), np.ones((2, 2, 2), bool), 0, "bin_width"),
    ],
)
def test_refuses_what_is_no_region(values: np.ndarray, mask: np.ndarray, width: float, text: str) -> None:
    with pytest.raises(DataError, match=text):
        radiomics(values, mask, (1, 1, 1), width)

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.cohort import Cohort
from wugan.apps.diagnosis.cohort.features import Features, features
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.errors import DataError


def value(of: Features, table: str, name: str, row: int = 0) -> float:
    return float(of.values[table][row, of.names[table].index(name)])


def one(folder: Path, **changes: float | None) -> Features:
    """Features of patient 001 with some cells changed."""
    cohort = read_cohort(folder, targets=False).subset(["001"])
    for of in cohort.rows.values():
        of["001"] |= {name: v for name, v in changes.items() if name in of["001"]}
    return features(cohort)


@pytest.mark.parametrize(
    ("t", "n", "nodes", "site", "p16", "stage"),
    [
        (2, 1, 0, 2, 0, 1),  # T1 N0 of the larynx
        (6, 1, 0, 2, 0, 3),
        (5, 2, 1, 3, 1, 3),  # N1
        (5, 6, 3, 3, 1, 4),  # N2
        (7, 1, 0, 1, 0, 4),  # T4a
        (5, 6, 3, 4, 2, 1),  # the same N2 of a p16-positive oropharynx
        (6, 6, 3, 4, 2, 2),
        (6, 6, 6, 4, 2, 3),
        (5, 6, 6, 4, 0, 4),  # not p16-positive
    ],
)
def test_stage_after_ajcc(fresh_folder: Path, t: int, n: int, nodes: int, site: int, p16: int, stage: int) -> None:
    of = one(
        fresh_folder,
        pT_stage=t,
        pN_stage=n,
        number_of_positive_lymph_nodes=nodes,
        primary_tumor_site=site,
        hpv_association_p16=p16,
    )
    assert value(of, "pathology", "stage") == stage


def test_hemoglobin_is_low_by_sex(fresh_folder: Path) -> None:
    name = "Hemoglobin [Mass/volume] in Blood"
    man, woman = (one(fresh_folder, sex=sex, **{name: 12.5}) for sex in (0, 1))
    assert value(man, "blood", "hb below range") == pytest.approx(1.0)
    assert value(woman, "blood", "hb below range") == 0
    cohort = read_cohort(fresh_folder).subset(["001"]).without("clinical")
    cohort.rows["blood"]["001"][name] = 12.5
    assert value(features(cohort), "blood", "hb below range") == 0  # normal for one of the sexes


def test_ranges_of_the_folder_count(fresh_folder: Path) -> None:
    cohort = read_cohort(fresh_folder).subset(["001"])
    cohort.rows["blood"]["001"]["Hemoglobin [Mass/volume] in Blood"] = 12.5
    cohort.rows["clinical"]["001"]["sex"] = 1
    own = Cohort(cohort.patients, cohort.rows, cohort.embeddings, ranges={("hb", 1): (14.0, 16.0)})
    assert value(features(own), "blood", "hb below range") == pytest.approx(1.5)


def test_what_is_missing_is_nan(fresh_folder: Path) -> None:
    of = features(read_cohort(fresh_folder))
    assert np.isnan(of.values["blood"][7]).all() and not of.present("blood")[7] and of.present("blood")[1]
    assert np.isnan(of.stains[1, 7]).all() and not np.isnan(of.stains[1, 0]).any()
    assert of.present("tma").all() and not of.without("tma").present("tma").any()
    assert of.only("blood").present("blood").sum() == of.present("blood").sum()
    assert not of.only("blood").present("clinical").any()
    unknown = one(fresh_folder, smoking_status=3, grading=3, pT_stage=1, pN_stage=0, resection_status=3)
    assert all(math.isnan(value(unknown, "pathology", name)) for name in ("pT", "pN", "grade", "R1 or R2"))
    assert math.isnan(value(unknown, "clinical", "smoker")) and value(unknown, "pathology", "neck not staged") == 1


def test_codes_are_grouped(fresh_folder: Path) -> None:
    of = one(fresh_folder, c021=2, c099=0, c320=1, c770=1, t810=0)
    assert value(of, "icd", "c02") == 1 and value(of, "icd", "c09") == 0
    assert value(of, "icd", "codes") == 3 and value(of, "icd", "lymph node code") == 1


def test_no_feature_tells_of_what_came_later(cohort_folder: Path) -> None:
    with_targets, without = features(read_cohort(cohort_folder)), features(read_cohort(cohort_folder, targets=False))
    for name, values in with_targets.values.items():
        np.testing.assert_array_equal(values, without.values[name])


def test_a_feature_can_be_hidden(cohort_data: tuple[Features, object]) -> None:
    of, _ = cohort_data
    hidden = of.hide(["age"])
    column = of.names["clinical"].index("age")
    assert np.isnan(hidden.values["clinical"][:, column]).all() and not np.isnan(of.values["clinical"][:, column]).any()
    assert hidden.present("clinical").all()
    with pytest.raises(DataError, match="no feature is called 'shoe size'; there are female, former smoker"):
        of.hide(["shoe size"])

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from wugan.apps.diagnosis.cohort.cohort import OTHER, TUMOUR, Outcome, events
from wugan.apps.diagnosis.cohort.folder import read_cohort
from wugan.errors import DataError


@pytest.mark.parametrize(
    ("outcome", "status", "recurrence"),
    [
        (Outcome(2000, 0, 2000, False), 0, 0),
        (Outcome(200, 0, 200, False), 0, 0),  # living, if seen for a short time only: counted, as published
        (Outcome(200, TUMOUR, 200, False), 1, math.nan),
        (Outcome(2000, TUMOUR, 2000, False), 1, 0),
        (Outcome(200, OTHER, 200, False), math.nan, math.nan),
        (Outcome(2000, 0, 400, True), 0, 1),
        (Outcome(2000, 0, 1500, True), 0, math.nan),
    ],
)
def test_labels_are_those_of_the_published_code(outcome: Outcome, status: float, recurrence: float) -> None:
    np.testing.assert_equal([outcome.status_label, outcome.recurrence_label], [status, recurrence])


def test_a_horizon_leaves_out_whom_one_did_not_see_that_long(cohort_folder: Path) -> None:
    of = events(read_cohort(cohort_folder))
    label = of.labels()["death_3y"]
    assert np.isnan(label[(of.death == 0) & (of.days < 1095)]).all()
    assert (label[(of.death > 0) & (of.days <= 1095)] == 1).all() and (label[of.days > 1095] == 0).all()


def test_outcomes_must_be_there(cohort_folder: Path, fresh_folder: Path) -> None:
    with pytest.raises(DataError, match=r"needs? targets\.csv"):
        events(read_cohort(cohort_folder, targets=False))
    path = fresh_folder / "targets.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-2]) + "\n")
    cohort = read_cohort(fresh_folder)
    assert any("no outcome of 2 patients" in note for note in cohort.notes)
    with pytest.raises(DataError, match="no outcome of patient 018"):
        events(cohort)


def test_the_real_cohort_has_the_published_counts(hancock: Path) -> None:
    labels = events(read_cohort(hancock)).labels()
    counts = {name: (int(np.nansum(y)), int((~np.isnan(y)).sum())) for name, y in labels.items()}
    assert counts["status"] == (98, 538) and counts["death"] == (170, 610) and counts["recurrence"] == (119, 533)

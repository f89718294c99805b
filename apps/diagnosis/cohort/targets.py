"""Read outcomes, and turn them into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.cohort import OTHER, TUMOUR, Cohort, Outcome
from wugan.apps.diagnosis.cohort.csvfile import KEY, lines, number
from wugan.errors import DataError

Array = NDArray[np.float64]
_DEATHS = {
    "living": 0,
    "deceased": TUMOUR,  # of a cause that is not told: counted with the tumour's, as the published label does
    "deceased tumor specific": TUMOUR,
    "deceased not tumor specific": OTHER,
}


@dataclass(frozen=True)
class Events:
    """Outcomes of N patients.

    Attributes:
        days: `[N]` to death or last information.
        death: int `[N]`, 0 alive, 1 of the tumour, 2 of another cause.
        recurrence_days: `[N]`.
        recurrence: bool `[N]`.
        status_label: `[N]`, see `Outcome`.
        recurrence_label: `[N]`.
    """

    days: Array
    death: NDArray[np.int64]
    recurrence_days: Array
    recurrence: NDArray[np.bool_]
    status_label: Array
    recurrence_label: Array

    def __getitem__(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Events:
        return Events(
            self.days[rows],
            self.death[rows],
            self.recurrence_days[rows],
            self.recurrence[rows],
            self.status_label[rows],
            self.recurrence_label[rows],
        )

    def __len__(self) -> int:
        return len(self.days)

    def labels(self) -> dict[str, Array]:
        """Binary labels by name, NaN where a patient does not count: see the model card.

        `status` and `recurrence` are those of the data set's published code; `death` is status with the deaths of other
        causes counted as deaths; `death_3y` and `death_5y` are deaths by a horizon, of those whom one saw that long.
        """
        out = {
            "status": self.status_label,
            "death": (self.death > 0).astype(float),
            "recurrence": self.recurrence_label,
        }
        for years in (3, 5):
            by = years * 365
            dead = (self.death > 0) & (self.days <= by)
            out[f"death_{years}y"] = np.where(dead, 1.0, np.where(self.days > by, 0.0, np.nan))
        return out


def read_targets(path: Path) -> dict[str, Outcome]:
    """Read `targets.csv`.

    Raises:
        DataError: a column is missing or a value is none of those expected (with line).
    """
    wanted = ("recurrence", "days_to_recurrence", "survival_status_with_cause", "days_to_last_information")
    out = {}
    for line, row in lines(path):
        if missing := [name for name in wanted if name not in row]:
            raise DataError(f"{path}: lacks the column {missing[0]!r}; expected {', '.join(wanted)}")
        status, again = row["survival_status_with_cause"].lower(), row["recurrence"].lower()
        if status not in _DEATHS:
            raise DataError(f"{path}, line {line}: status {status!r}, expected one of {', '.join(_DEATHS)}")
        if again not in ("yes", "no"):
            raise DataError(f"{path}, line {line}: recurrence {again!r}, expected 'yes' or 'no'")
        days = number(path, line, wanted[3], row[wanted[3]])
        if days is None or days < 0:
            raise DataError(f"{path}, line {line}: days_to_last_information must be a number of days, 0 or more")
        when = number(path, line, wanted[1], row[wanted[1]]) if again == "yes" else days
        if when is None or when < 0:
            raise DataError(f"{path}, line {line}: a recurrence without days_to_recurrence")
        out[row[KEY]] = Outcome(days, _DEATHS[status], when, again == "yes")
    return out


def events(cohort: Cohort, patients: Sequence[str] | None = None) -> Events:
    """Outcomes of a cohort's patients, in order.

    Raises:
        DataError: the cohort has none, or lacks a patient's.
    """
    if cohort.outcomes is None:
        raise DataError("this cohort has no outcomes: training and evaluation need targets.csv in the folder")
    names = list(cohort.patients if patients is None else patients)
    if lacking := [name for name in names if name not in cohort.outcomes]:
        raise DataError(
            f"targets.csv: has no outcome of patient {lacking[0]} ({len(lacking)} of {len(names)} lack one)"
        )
    of = [cohort.outcomes[name] for name in names]
    return Events(
        np.array([o.days for o in of]),
        np.array([o.death for o in of]),
        np.array([o.recurrence_days for o in of]),
        np.array([o.recurrence for o in of]),
        np.array([o.status_label for o in of]),
        np.array([o.recurrence_label for o in of]),
    )

"""`Cohort`: patients' tables, embeddings and outcomes; `Events`: the outcomes as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.errors import DataError

TUMOUR, OTHER = 1, 2
"""Causes of death; 0 is none."""
HORIZON_DAYS = 3 * 365
"""Horizon of the recurrence label, as in the data set's published code."""


@dataclass(frozen=True)
class Outcome:
    """What became of one patient. Times are days since the first diagnosis.

    Attributes:
        days: follow-up, to death or to the last information.
        death: 0 alive at last information, `TUMOUR` (or of a cause that is not told), `OTHER`.
        recurrence_days: to the recurrence, or follow-up without one.
        recurrence: whether the tumour came back.
    """

    days: float
    death: int
    recurrence_days: float
    recurrence: bool

    @property
    def status_label(self) -> float:
        """1 dead, 0 living, NaN dead of another cause: the published code leaves those out."""
        return float("nan") if self.death == OTHER else float(self.death == TUMOUR)

    @property
    def recurrence_label(self) -> float:
        """1 recurrence within three years, 0 none (and seen for three years, or living), else NaN: as published."""
        if self.recurrence:
            return 1.0 if self.recurrence_days <= HORIZON_DAYS else float("nan")
        return 0.0 if self.days > HORIZON_DAYS or not self.death else float("nan")


@dataclass(frozen=True)
class Cohort:
    """Patients and what is known of them; any modality of any patient may be missing.

    Attributes:
        patients: ids in the files' order.
        rows: for each table modality, each patient's values by column; `None` for an empty cell.
        embeddings: for each stain, each patient's vector `[512]`.
        outcomes: by patient; `None` if the folder has no targets.
        ranges: reference ranges that the folder brings: low and high by analyte's key and sex (0, 1).
        notes: what was left aside in reading, for the user.
    """

    patients: list[str]
    rows: dict[str, dict[str, dict[str, float | None]]]
    embeddings: dict[str, dict[str, NDArray[np.float32]]]
    outcomes: dict[str, Outcome] | None = None
    ranges: dict[tuple[str, int], tuple[float, float]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.patients)

    def has(self, patient: str, modality: str) -> bool:
        """Whether a patient brings a modality."""
        if modality == "tma":
            return any(patient in of for of in self.embeddings.values())
        row = self.rows.get(modality, {}).get(patient)
        return row is not None and any(value is not None for value in row.values())

    def modalities(self, patient: str) -> list[str]:
        """What a patient brings."""
        return [name for name in MODALITIES if self.has(patient, name)]

    def subset(self, patients: Sequence[str]) -> Cohort:
        """The same with these patients only."""
        return replace(self, patients=list(patients))

    def without(self, *modalities: str) -> Cohort:
        """The same with some modalities missing for everybody."""
        rows = {name: of for name, of in self.rows.items() if name not in modalities}
        return replace(self, rows=rows, embeddings={} if "tma" in modalities else self.embeddings)


Array = NDArray[np.float64]


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

"""`PatientResult`: what is said of one patient, one JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from wugan.apps.diagnosis.cohort.calibration import YEARS
from wugan.apps.diagnosis.cohort.hazards import EDGES_Y
from wugan.apps.diagnosis.cohort.schema import MODALITIES

Array = NDArray[np.float64]
Category = Literal["low", "intermediate", "high"]
LOW, HIGH = 0.6, 1.6
"""Multiples of the cohort's frequency below which a risk is called low, and above which high."""


@dataclass(frozen=True)
class Table:
    """Predictions of N patients.

    Attributes:
        values: probabilities `[N]` of each quantity.
        low: lower ends of the 95 % intervals.
        high: upper ends.
        curve: probability of being alive `[N, BINS]` at the ends of the intervals.
        present: who brings each modality, `[N]`.
    """

    values: dict[str, Array]
    low: dict[str, Array]
    high: dict[str, Array]
    curve: Array
    present: dict[str, NDArray[np.bool_]]


class Probability(BaseModel):
    """A calibrated probability.

    Attributes:
        probability: best estimate.
        interval: 95 % interval of the estimate.
        category: beside the patients of training: `low` below 0.6 times their frequency, `high` above 1.6 times.
        abstain: whether the interval reaches from low to high, or the patient brings too little: no category is meant.
    """

    model_config = ConfigDict(extra="forbid")

    probability: float
    interval: tuple[float, float]
    category: Category | None = None
    abstain: bool = False


class Survival(BaseModel):
    """Being alive, whatever one may die of.

    Attributes:
        alive: after 1, 3 and 5 years (`"1y"`, …), without category.
        curve: time in years and probability of being alive.
        deceased: dead at last information, as often as this cohort was followed (median 3.4 years).
    """

    model_config = ConfigDict(extra="forbid")

    alive: dict[str, Probability]
    curve: list[tuple[float, float]]
    deceased: Probability


class Missing(BaseModel):
    """What it costs that a modality is missing.

    Attributes:
        risk_moves_by: factor that the odds of `risk` typically change by when the modality is known.
        auc_loss: what discrimination loses when it is missing for everybody (estimated in training; may be negative).
    """

    model_config = ConfigDict(extra="forbid")

    risk_moves_by: float
    auc_loss: float


class PatientResult(BaseModel):
    """What the model says of one patient. For research only: not for decisions about a patient.

    Attributes:
        patient_id: as in the files.
        risk: probability of having died of the tumour at last information (the label of the data set's published code).
        survival: see `Survival`.
        recurrence: probability of a recurrence within three years.
        present: modalities that the patient brings.
        missing: those that he lacks, and what that costs.
        note: what this is not.
    """

    model_config = ConfigDict(extra="forbid")

    patient_id: str
    risk: Probability
    survival: Survival
    recurrence: Probability
    present: list[str]
    missing: dict[str, Missing]
    note: str = "Research only; not a medical device, not for decisions about a patient."


def results(
    patients: list[str],
    table: Table,
    base: Mapping[str, float],
    spread_without: Mapping[str, Mapping[str, float]],
    auc_without: Mapping[str, float],
) -> list[PatientResult]:
    """One result for each patient."""
    return [_result(row, patient, table, base, spread_without, auc_without) for row, patient in enumerate(patients)]


def _result(
    row: int,
    patient: str,
    table: Table,
    base: Mapping[str, float],
    spread_without: Mapping[str, Mapping[str, float]],
    auc_without: Mapping[str, float],
) -> PatientResult:
    present = [name for name in MODALITIES if table.present[name][row]]
    enough = "pathology" in present or "clinical" in present

    def graded(name: str) -> Probability:
        p, low, high = (_round(of[name][row]) for of in (table.values, table.low, table.high))
        under, over = LOW * base[name], HIGH * base[name]
        category: Category = "low" if p < under else "high" if p > over else "intermediate"
        abstain = (low < under and high > over) or not enough
        return Probability(probability=p, interval=(low, high), category=None if abstain else category, abstain=abstain)

    alive = {}
    for years in YEARS:
        dead = f"dead_{years}y"
        interval = (_round(1 - table.high[dead][row]), _round(1 - table.low[dead][row]))
        alive[f"{years}y"] = Probability(probability=_round(1 - table.values[dead][row]), interval=interval)
    curve = [(0.0, 1.0), *((end, _round(p)) for end, p in zip(EDGES_Y, table.curve[row], strict=True))]
    return PatientResult(
        patient_id=patient,
        risk=graded("status"),
        survival=Survival(alive=alive, curve=curve, deceased=graded("death")),
        recurrence=graded("recurrence"),
        present=present,
        missing={
            name: Missing(
                risk_moves_by=_round(float(np.exp(spread_without[name]["status"]))), auc_loss=_round(auc_without[name])
            )
            for name in MODALITIES
            if name not in present
        },
    )


def _round(value: float) -> float:
    return round(float(value), 4)

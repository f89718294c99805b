"""Train an ensemble: each member leaves out a part of the patients, whose predictions then weigh and calibrate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.calibration import QUANTITIES, logit
from wugan.apps.diagnosis.cohort.encoder import CohortEncoder, Vectors
from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.hazards import CAUSES
from wugan.apps.diagnosis.cohort.model import CohortModel, ModelInfo
from wugan.apps.diagnosis.cohort.network import READINGS, flat
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.targets import Events
from wugan.apps.diagnosis.cohort.train.calibrate import fit_calibration
from wugan.apps.diagnosis.cohort.train.fit import Penalties, Settings, causes, fit_member
from wugan.apps.diagnosis.cohort.train.metrics import auc
from wugan.apps.diagnosis.cohort.train.ridge_cox import fit_cox, partial_log_likelihood
from wugan.errors import DataError

Array = NDArray[np.float64]
GRID = (0.1, 0.3, 1.0, 3.0)
"""Penalties of the linear readings to choose from, in units of the number of patients."""
LEAST_EVENTS = 10


@dataclass(frozen=True)
class Fitted:
    """What `fit_ensemble` gives.

    Attributes:
        model: ready to be saved.
        readings: `[N, readings, causes]` of each patient by the member that had not seen him.
    """

    model: CohortModel
    readings: Array


def stratified(strata: NDArray[Any], folds: int, seed: int) -> NDArray[np.int64]:
    """Fold of each patient, `[N]`: every stratum is dealt out evenly in random order."""
    rng = np.random.default_rng(seed)
    fold = np.zeros(len(strata), np.int64)
    dealt = 0
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        fold[rows] = (np.arange(len(rows)) + dealt) % folds
        dealt += len(rows)
    return fold


def strata(outcome: Events) -> NDArray[np.int64]:
    """Cause of death and recurrence, crossed."""
    return outcome.death * 2 + outcome.recurrence


def choose_penalties(of: Vectors, outcome: Events, fold: NDArray[np.int64]) -> Penalties:
    """For each linear reading and cause the penalty whose held-out partial likelihood is greatest."""
    out: dict[str, dict[str, float]] = {}
    for name in READINGS[:-1]:
        x = flat(of, name).astype(np.float64)
        has = np.ones(len(x), bool) if name == "joint" else of.mask[name].any(axis=1)
        out[name] = {}
        for cause, (days, event) in causes(outcome).items():
            scores = []
            for penalty in GRID:
                eta = np.zeros(len(x))
                for k in np.unique(fold):
                    rows = has & (fold != k)
                    eta[fold == k] = x[fold == k] @ fit_cox(x[rows], days[rows], event[rows], penalty)
                scores.append(partial_log_likelihood(eta[has], days[has], event[has]))
            out[name][cause] = GRID[int(np.argmax(scores))]
    return out


def fit_ensemble(
    of: Features,
    outcome: Events,
    seed: int = 0,
    settings: Settings | None = None,
    folds: int = 5,
    trained_on: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Fitted:
    """Train on these patients and on nothing else.

    Args:
        of: features of N patients.
        outcome: theirs.
        seed: of folds, initialisation and dropout.
        settings: of the backbone.
        folds: number of members.
        trained_on: description for the weight file.
        progress: called with a line for each step.

    Raises:
        DataError: too few events to learn from.
    """
    settings = settings or Settings()
    for cause, (_, event) in causes(outcome).items():
        if event.sum() < LEAST_EVENTS:
            raise DataError(f"{int(event.sum())} patients with {cause}: training needs {LEAST_EVENTS} at least")
    encoder = CohortEncoder.fit(of)
    vectors = encoder.encode(of)
    fold = stratified(strata(outcome), folds, seed)
    penalties = choose_penalties(vectors, outcome, fold)
    members = []
    readings = np.zeros((len(of), len(READINGS), len(CAUSES)))
    without = {name: np.zeros_like(readings) for name in MODALITIES}
    hidden = {name: encoder.encode(of.without(name)) for name in MODALITIES}
    for k in range(folds):
        rows, rest = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        member = fit_member(vectors[rows], outcome[rows], encoder.sizes, penalties, seed * 1000 + k, settings)
        readings[rest] = member.readings(vectors[rest])
        for name in MODALITIES:
            without[name][rest] = member.readings(hidden[name][rest])
        members.append(member)
        progress(f"member {k + 1} of {folds}")
    calibration = fit_calibration(readings, outcome)
    full = calibration.probabilities(calibration.risk(readings))
    labels = outcome.labels()
    spread: dict[str, dict[str, float]] = {}
    lost: dict[str, float] = {}
    for name in MODALITIES:
        other = calibration.probabilities(calibration.risk(without[name]))
        has = of.present(name)
        spread[name] = {
            q: float((logit(full[q]) - logit(other[q]))[has].std()) if has.any() else 0.0 for q in QUANTITIES
        }
        lost[name] = auc(labels["status"], full["status"]) - auc(labels["status"], other["status"])
    info = ModelInfo(
        config=members[0].backbone.config,
        calibration=calibration,
        names=of.names,
        base={name: float(np.nanmean(labels[name])) for name in ("status", "death", "recurrence")},
        spread_without=spread,
        auc_without=lost,
        trained_on={
            **(trained_on or {}),
            "patients": len(of),
            "seed": seed,
            "members": folds,
            "settings": asdict(settings),
            "penalties": {name: dict(of_cause) for name, of_cause in penalties.items()},
        },
    )
    return Fitted(CohortModel(encoder, members, info), readings)

"""Trains the ensemble: Cox readings, a backbone on discrete-time hazards, calibration by the patients left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.calibration import GROUPS, LABELS, QUANTITIES, READS, Calibration, groups, logit
from wugan.apps.diagnosis.cohort.cohort import OTHER, TUMOUR, Events
from wugan.apps.diagnosis.cohort.encoder import CohortEncoder, Vectors
from wugan.apps.diagnosis.cohort.features import Features
from wugan.apps.diagnosis.cohort.hazards import CAUSES, exposure, fit_baseline, loss
from wugan.apps.diagnosis.cohort.model import CohortModel, ModelInfo
from wugan.apps.diagnosis.cohort.network import READINGS, CohortNetwork, batch_of, config, flat
from wugan.apps.diagnosis.cohort.schema import MODALITIES
from wugan.apps.diagnosis.cohort.train.cox import fit_cox, partial_log_likelihood
from wugan.errors import DataError
from wugan.fusion.token_batch import TokenBatch
from wugan.learn import trainer
from wugan.learn.data import batches, stratified
from wugan.learn.metrics import auc
from wugan.learn.trainer import Recipe

Array = NDArray[np.float64]
GRID = (0.1, 0.3, 1.0, 3.0)
"""Penalties of the linear readings to choose from, in units of the number of patients."""
LEAST_EVENTS = 10
_PENALTY = 0.02
"""Of the weights; it shares them between groups that say the same."""
Penalties = Mapping[str, Mapping[str, float]]
"""Of each linear reading and cause."""


@dataclass(frozen=True)
class Settings:
    """How the backbone is shaped and trained.

    Attributes:
        dim: size of a fused token.
        depth: transformer blocks.
        steps: of the optimiser.
        batch: patients of a step.
        lr: greatest learning rate.
        decay: weight decay.
        dropout: on residual branches.
        modality_dropout: chance that a modality of a patient is hidden.
        hide: chance that a single value of a table is hidden (becomes the mean).
    """

    dim: int = 32
    depth: int = 1
    steps: int = 120
    batch: int = 128
    lr: float = 3e-3
    decay: float = 0.1
    dropout: float = 0.2
    modality_dropout: float = 0.25
    hide: float = 0.3


def causes(of: Events) -> dict[str, tuple[Array, NDArray[np.bool_]]]:
    """For each cause the times and whether the event came; patients who met another cause are censored then."""
    return dict(
        zip(
            CAUSES,
            (
                (of.days, of.death == TUMOUR),
                (of.days, of.death == OTHER),
                (of.recurrence_days, of.recurrence),
            ),
            strict=True,
        )
    )


def fit_direct(of: Vectors, outcome: Events, penalties: Penalties) -> dict[str, Array]:
    """Coefficients `[causes, width]` of the linear readings; a modality weighs those patients only who bring it."""
    out = {}
    for name in READINGS[:-1]:
        x = flat(of, name).astype(np.float64)
        has = np.ones(len(x), bool) if name == "joint" else of.mask[name].any(axis=1)
        out[name] = np.stack(
            [
                fit_cox(x[has], days[has], event[has], penalties[name][cause])
                for cause, (days, event) in causes(outcome).items()
            ]
        )
    return out


def fit_member(
    of: Vectors, outcome: Events, sizes: Mapping[str, int], penalties: Penalties, seed: int, settings: Settings
) -> CohortNetwork:
    """Train on these patients and on nothing else. Deterministic for a seed.

    Args:
        of: encoded patients.
        outcome: what became of them.
        sizes: of the modalities' tokens.
        penalties: of the linear readings.
        seed: of initialisation, batches and dropout.
        settings: see `Settings`.
    """
    torch.manual_seed(seed)
    network = CohortNetwork(config(sizes, settings.dim, settings.depth, settings.dropout, settings.modality_dropout))
    with torch.no_grad():
        for name, weight in fit_direct(of, outcome, penalties).items():
            network.direct[name].weight.copy_(torch.tensor(weight))  # type: ignore[operator]
    _fit_backbone(network, of, outcome, seed, settings)
    return network.eval()


def _fit_backbone(network: CohortNetwork, of: Vectors, outcome: Events, seed: int, settings: Settings) -> None:
    tables = [exposure(days, event) for days, event in causes(outcome).values()]
    at_risk = torch.tensor(np.stack([a for a, _ in tables], 1), dtype=torch.float32)
    happened = torch.tensor(np.stack([h for _, h in tables], 1), dtype=torch.float32)
    with torch.no_grad():
        rate = (happened.sum(0) + 0.5) / (at_risk.sum(0) + 1)
        network.baseline.copy_(torch.logit(rate.clamp(1e-4, 0.9)))
        network.fused.weight.zero_()
    batch = batch_of(of)
    drawn = batches(len(of), settings.batch, np.random.default_rng(seed))

    def step_loss(_: int) -> torch.Tensor:
        rows = torch.tensor(next(drawn))
        risk = network.fused_risk({name: _drawn(tokens, rows, settings.hide) for name, tokens in batch.items()})
        return loss(network.baseline + risk[:, :, None], at_risk[rows], happened[rows]).sum(-1).mean()

    parameters = [*network.backbone.parameters(), network.fused.weight, network.baseline]
    trainer.fit(network, step_loss, Recipe(settings.steps, settings.lr, settings.decay, 0.2), parameters=parameters)


def _drawn(tokens: TokenBatch, rows: torch.Tensor, hide: float) -> TokenBatch:
    """Some patients' tokens, single values hidden at random."""
    values = tokens.values[rows]
    return TokenBatch(values * (torch.rand_like(values) >= hide), tokens.time_ns[rows], tokens.mask[rows])


def fit_calibration(readings: Array, outcome: Events) -> Calibration:
    """Weights, baselines and label calibration.

    Args:
        readings: `[N, readings, causes]`, of patients whom the readings had not seen.
        outcome: theirs.
    """
    of = groups(readings)
    scale = np.maximum(of.std(axis=0), 1e-6)
    weights = np.zeros((len(GROUPS), len(CAUSES)))
    for column, (days, event) in enumerate(causes(outcome).values()):
        x = of[:, :, column] / scale[:, column]
        weights[:, column] = fit_cox(x, days, event, _PENALTY, positive=True)
        if not weights[:, column].any():  # nothing is read from this: the baseline alone speaks
            weights[:, column] = 1e-3
    risk = (of * weights / scale).sum(axis=1)
    fitted = [fit_baseline(risk[:, c], days, event) for c, (days, event) in enumerate(causes(outcome).values())]
    labels = outcome.labels()
    return Calibration(
        scale=scale.tolist(),
        weights=weights.tolist(),
        baseline=[baseline.tolist() for baseline, _ in fitted],
        slope=[slope for _, slope in fitted],
        labels={name: fit_logistic(risk[:, READS[name]], labels[name]).tolist() for name in LABELS},
    )


# By hand: scikit-learn knows no slopes that may not be negative.
def fit_logistic(x: Array, label: Array, penalty: float = 1.0) -> Array:
    """Intercept and slopes; slopes are not negative, and a ridge pulls them to zero. NaN labels are left out."""
    known = ~np.isnan(label)
    x, y = np.column_stack([np.ones(known.sum()), x[known]]), label[known]
    ridge = np.array([1e-3] + [penalty] * (x.shape[1] - 1))
    b = np.zeros(x.shape[1])
    rate = np.clip(y.mean() if len(y) else 0.5, 1e-3, 1 - 1e-3)
    b[0] = np.log(rate / (1 - rate))
    free = np.ones(len(b), bool)
    for _ in range(100):
        p = 1 / (1 + np.exp(-x @ b))
        gradient = x.T @ (y - p) - ridge * b
        free = (b > 0) | (gradient > 0)
        free[0] = True
        curvature = (x[:, free] * (p * (1 - p))[:, None]).T @ x[:, free] + np.diag(ridge[free])
        step = np.zeros(len(b))
        step[free] = np.linalg.solve(curvature, gradient[free])
        new = b + step * min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        new[1:] = new[1:].clip(0)
        moved, b = float(np.abs(new - b).max()), new
        if moved < 1e-8:
            break
    return b


@dataclass(frozen=True)
class Fitted:
    """What `fit_ensemble` gives.

    Attributes:
        model: ready to be saved.
        readings: `[N, readings, causes]` of each patient by the member that had not seen him.
    """

    model: CohortModel
    readings: Array


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

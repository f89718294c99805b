"""Train one member of the ensemble: linear readings by Cox regression, the backbone by discrete-time hazards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.diagnosis.cohort.cohort import OTHER, TUMOUR
from wugan.apps.diagnosis.cohort.encoder import Vectors
from wugan.apps.diagnosis.cohort.hazards import CAUSES, exposure, loss
from wugan.apps.diagnosis.cohort.network import READINGS, CohortNetwork, batch_of, config, flat
from wugan.apps.diagnosis.cohort.targets import Events
from wugan.apps.diagnosis.cohort.train.ridge_cox import fit_cox
from wugan.fusion.token_batch import TokenBatch

Array = NDArray[np.float64]
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
    rng = np.random.default_rng(seed)
    tables = [exposure(days, event) for days, event in causes(outcome).values()]
    at_risk = torch.tensor(np.stack([a for a, _ in tables], 1), dtype=torch.float32)
    happened = torch.tensor(np.stack([h for _, h in tables], 1), dtype=torch.float32)
    with torch.no_grad():
        rate = (happened.sum(0) + 0.5) / (at_risk.sum(0) + 1)
        network.baseline.copy_(torch.logit(rate.clamp(1e-4, 0.9)))
        network.fused.weight.zero_()
    batch = batch_of(of)
    parameters = [*network.backbone.parameters(), network.fused.weight, network.baseline]
    optimiser = torch.optim.AdamW(parameters, settings.lr, weight_decay=settings.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, settings.lr, total_steps=settings.steps, pct_start=0.2)
    order: list[int] = []
    size = min(settings.batch, len(of))
    network.train()
    for _ in range(settings.steps):
        if len(order) < size:
            order = rng.permutation(len(of)).tolist()
        rows = torch.tensor([order.pop() for _ in range(size)])
        risk = network.fused_risk({name: _drawn(tokens, rows, settings.hide) for name, tokens in batch.items()})
        logits = network.baseline + risk[:, :, None]
        value = loss(logits, at_risk[rows], happened[rows]).sum(-1).mean()
        optimiser.zero_grad()
        value.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        schedule.step()


def _drawn(tokens: TokenBatch, rows: torch.Tensor, hide: float) -> TokenBatch:
    """Some patients' tokens, single values hidden at random."""
    values = tokens.values[rows]
    return TokenBatch(values * (torch.rand_like(values) >= hide), tokens.time_ns[rows], tokens.mask[rows])

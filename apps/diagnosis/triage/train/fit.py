"""Fitting the fusion network to composed cases from which modalities are taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.diagnosis.result import Modality, Urgency
from wugan.apps.diagnosis.triage.network import TriageInfo, TriageModel, TriageNetwork, config
from wugan.apps.diagnosis.triage.train.compose import SUBSETS, Composed
from wugan.fusion.token_batch import collate

_NAMES = [u.value for u in Urgency]


def fit(
    train: Sequence[Composed],
    check: Sequence[Composed],
    seed: int,
    *,
    epochs: int = 8,
    batch: int = 16,
    rate: float = 2e-3,
    progress: Callable[[str], None] = print,
) -> TriageModel:
    """A network fitted to `train`, its temperature to `check` (of the training patients too).

    Half of the times a case is seen whole, else as a random one of the other subsets; the truth stays that of the
    whole case, so that what is missing has to show as uncertainty.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    shape = config()
    network = TriageNetwork(shape)
    optimizer = torch.optim.AdamW(network.parameters(), rate, weight_decay=0.02)
    steps = epochs * -(-len(train) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.1)
    truth = torch.tensor([_NAMES.index(c.truth.value) for c in train])
    for epoch in range(epochs):
        network.train()
        order, losses = random.permutation(len(train)), []
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            windows = [_seen(train[i], random) for i in rows]
            logits = network(collate(windows))
            loss = torch.nn.functional.cross_entropy(logits, truth[torch.tensor(rows)])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        progress(f"epoch {epoch + 1}: {np.mean(losses):.3f}")
    network.eval()
    seen = [_seen(case, random) for case in check]
    temperature = _temperature(logits_of(network, seen), np.array([_NAMES.index(c.truth.value) for c in check]))
    return TriageModel(network, TriageInfo(config=shape, temperature=temperature))


def logits_of(
    network: TriageNetwork, windows: Sequence[dict[Modality, object]], batch: int = 32
) -> NDArray[np.float64]:
    """Logits `[N, 3]`."""
    out = []
    with torch.no_grad():
        for start in range(0, len(windows), batch):
            out.append(network(collate(windows[start : start + batch])).double().numpy())  # type: ignore[arg-type]
    return np.concatenate(out)


def chances(logits: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities `[N, 3]`."""
    scaled = logits / temperature
    scaled -= scaled.max(1, keepdims=True)
    return np.exp(scaled) / np.exp(scaled).sum(1, keepdims=True)


def _seen(case: Composed, random: np.random.Generator) -> dict[Modality, object]:
    names = SUBSETS[0] if random.random() < 0.5 else SUBSETS[1 + int(random.integers(len(SUBSETS) - 1))]
    return {m: case.tokens[m] for m in names}


def _temperature(logits: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    """That with the least log loss (Guo et al. 2017)."""
    grid = np.exp(np.linspace(np.log(0.3), np.log(5), 60))
    rows = np.arange(len(truth))
    return float(min(grid, key=lambda t: -np.log(chances(logits, t)[rows, truth] + 1e-12).mean()))

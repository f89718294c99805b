"""Fitting the fusion network to composed cases from which modalities are taken away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wugan.apps.diagnosis.result import Urgency
from wugan.apps.diagnosis.triage.network import TriageInfo, TriageModel, TriageNetwork, config
from wugan.apps.diagnosis.triage.train.compose import SUBSETS, Composed
from wugan.fusion.token_batch import collate
from wugan.learn import trainer
from wugan.learn.calibration import fit_temperature
from wugan.learn.data import batches
from wugan.learn.trainer import Recipe
from wugan.modalities.medical.ct.encoder import NAMES
from wugan.tokens import Tokens

_TOP_K = 4
_JOINT = 2  # last epochs, in which the backbone learns too; the first of them reads all blocks
_CUBES = 192  # of a scan that a training step sees, beside those with a candidate
_NAMES = [u.value for u in Urgency]


def fit(
    train: Sequence[Composed],
    check: Sequence[Composed],
    seed: int,
    *,
    epochs: int = 16,
    batch: int = 16,
    rate: float = 3e-3,
    progress: Callable[[str], None] = print,
) -> TriageModel:
    """A network fitted to `train`, its temperature to `check` (of other patients).

    Half of the times a case is seen whole, else as a random one of the other subsets; the truth stays that of the
    whole case, so that what is missing has to show as uncertainty.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    shape = config()
    network = TriageNetwork(shape)
    truth = torch.tensor([_NAMES.index(c.truth.value) for c in train])
    drawn = batches(len(train), batch, random, keep_last=True)
    each = -(-len(train) // batch)

    def step_loss(step: int) -> Tensor:
        epoch = step // each
        network.backbone.set_top_k(None if epoch < epochs - 1 else _TOP_K)
        rows = next(drawn)
        windows = [_thinned(_seen(train[i], random), random) for i in rows]
        logits = network(collate(windows), fuse=epoch >= epochs - _JOINT)
        return torch.nn.functional.cross_entropy(logits, truth[torch.tensor(rows)])

    trainer.fit(
        network,
        step_loss,
        Recipe(epochs * each, rate, 0.1, 0.1, every=each),
        progress=lambda point: progress(f"epoch {point.step // each}: {point.loss:.3f}"),
    )
    seen = [_seen(case, random) for case in check]
    temperature = fit_temperature(logits_of(network, seen), np.array([_NAMES.index(c.truth.value) for c in check]))
    return TriageModel(network, TriageInfo(config=shape, temperature=temperature))


def logits_of(network: TriageNetwork, windows: Sequence[dict[str, Tokens]], batch: int = 32) -> NDArray[np.float64]:
    """Logits `[N, 3]`."""
    out = []
    with torch.no_grad():
        for start in range(0, len(windows), batch):
            out.append(network(collate(windows[start : start + batch])).double().numpy())
    return np.concatenate(out)


def _seen(case: Composed, random: np.random.Generator) -> dict[str, Tokens]:
    names = SUBSETS[0] if random.random() < 0.5 else SUBSETS[1 + int(random.integers(len(SUBSETS) - 1))]
    return {m: case.tokens[m] for m in names}


def _thinned(window: dict[str, Tokens], random: np.random.Generator) -> dict[str, Tokens]:
    """Fewer cubes of the scan, which makes a step four times as fast; those with a candidate stay."""
    tokens = window.get("ct")
    if tokens is None or len(tokens) <= _CUBES:
        return window
    keep = random.permutation(len(tokens))[:_CUBES]
    rows = np.union1d(keep, np.flatnonzero(tokens.values[:, NAMES.index("nodule_score")] > 0))
    positions = None if tokens.positions is None else tokens.positions[rows]
    return {**window, "ct": Tokens(tokens.values[rows], tokens.time_ns[rows], "ct", positions=positions)}

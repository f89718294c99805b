"""`CohortNetwork`: the fusion backbone and the linear readings beside it, of one member of the ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn

from wugan.apps.diagnosis.cohort.encoder import Vectors
from wugan.apps.diagnosis.cohort.hazards import BINS, CAUSES
from wugan.apps.diagnosis.cohort.schema import MODALITIES, STAINS
from wugan.fusion import FusionBackbone, FusionConfig
from wugan.fusion.token_batch import TokenBatch

READINGS = (*MODALITIES, "joint", "fused")
"""Each modality's linear reading, one of all together, and the backbone's."""


def width(name: str, sizes: Mapping[str, int]) -> int:
    """Length of the vector that a linear reading of a modality takes; `joint` takes all tables."""
    if name == "joint":
        return sum(sizes[n] for n in MODALITIES if n != "tma")
    return sizes[name] * len(STAINS) if name == "tma" else sizes[name]


def config(sizes: Mapping[str, int], dim: int, depth: int, dropout: float, modality_dropout: float) -> FusionConfig:
    """Shape of the backbone: every block is read, since a patient has few tokens."""
    return FusionConfig(
        modalities=dict(sizes),
        dim=dim,
        depth=depth,
        heads=2,
        top_k=None,
        gate_dim=4,
        dropout=dropout,
        modality_dropout=modality_dropout,
        features=2,
    )


class CohortNetwork(nn.Module):
    """Log relative risks of the three causes by every reading.

    Args:
        shape: of the backbone.
    """

    def __init__(self, shape: FusionConfig) -> None:
        super().__init__()
        sizes = shape.modalities
        self.backbone = FusionBackbone(shape)
        self.fused = nn.Linear(shape.dim, len(CAUSES), bias=False)
        self.baseline = nn.Parameter(torch.full((len(CAUSES), BINS), -3.0))
        self.direct = nn.ModuleDict(
            {name: nn.Linear(width(name, sizes), len(CAUSES), bias=False) for name in READINGS if name != "fused"}
        )

    def fused_risk(self, batch: Mapping[str, TokenBatch]) -> Tensor:
        """The backbone's reading, `[N, causes]`."""
        return self.fused(self.backbone(batch).pooled)

    def readings(self, of: Vectors) -> np.ndarray:
        """Log relative risks `[N, readings, causes]` by every reading, in the order of `READINGS`."""
        with torch.no_grad():  # not inference mode: the attention keeps layouts, and training uses them later
            out = [cast(Tensor, self.direct[name](torch.tensor(flat(of, name)))) for name in READINGS[:-1]]
            out.append(self.fused_risk(batch_of(of)))
        return torch.stack(out, 1).double().numpy()


def flat(of: Vectors, name: str) -> np.ndarray:
    """What a linear reading reads, float32 `[N, width]`; missing values are zero."""
    if name == "joint":
        return np.concatenate([of.flat(n) for n in MODALITIES if n != "tma"], axis=1).astype(np.float32)
    return of.flat(name).astype(np.float32)


def batch_of(of: Vectors) -> dict[str, TokenBatch]:
    """Tokens of all patients as the backbone takes them."""
    return {
        name: TokenBatch(
            torch.tensor(of.values[name], dtype=torch.float32),
            torch.zeros(of.mask[name].shape, dtype=torch.int64),
            torch.tensor(of.mask[name]),
        )
        for name in MODALITIES
    }

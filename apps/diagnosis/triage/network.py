"""`TriageModel`: a small DAR fusion network over a case's tokens that says what the rules would say of all of it."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from wugan.fusion import FusionBackbone, FusionConfig
from wugan.fusion.token_batch import TokenBatch, collate
from wugan.model_file import load_network, save_model
from wugan.tokens import Tokens

DEFAULT = "default"
_FORMAT = "wugan.diagnosis-triage/1"
_HIDDEN, _PEAKS, _DROPOUT = 32, 16, 0.2


def config(modality_dropout: float = 0.0) -> FusionConfig:
    """Shape of the backbone: what the built-in encoders give, routed to four blocks of 64 tokens."""
    from wugan.modalities.medical.ct.encoder import CtEncoder
    from wugan.modalities.medical.pathology.encoder import SlideEncoder
    from wugan.modalities.medical.records.encoder import RecordEncoder

    return FusionConfig(
        modalities={"ct": CtEncoder.dim, "slide": SlideEncoder.dim, "record": RecordEncoder.dim},
        dim=32,
        depth=2,
        heads=2,
        block_size=64,
        top_k=4,
        gate_dim=8,
        features=4,
        modality_dropout=modality_dropout,
    )


class TriageInfo(BaseModel):
    """What a weight file says of itself.

    Attributes:
        config: of the backbone.
        temperature: that the logits are divided by.
        trained_on: data, licences, seed, command, figures.
    """

    model_config = ConfigDict(extra="forbid")

    config: FusionConfig
    temperature: float = 1.0
    trained_on: dict[str, Any] = Field(default_factory=dict)


class TriageNetwork(nn.Module):
    """Two readings, added: `direct`, of each modality's tokens one by one, and `fused`, of the backbone's pooled state.

    The direct reading takes the largest over a modality's tokens of a small projection, so that one token (a critical
    value, a nodule) can decide, which a mean over a thousand tokens would hide.
    """

    def __init__(self, shape: FusionConfig) -> None:
        super().__init__()
        self.backbone = FusionBackbone(shape)
        self.peaks = nn.ModuleDict(
            {
                name: nn.Sequential(
                    nn.Dropout(_DROPOUT), nn.Linear(size, _HIDDEN), nn.SiLU(), nn.Linear(_HIDDEN, _PEAKS)
                )
                for name, size in shape.modalities.items()
            }
        )
        self.direct = nn.Sequential(
            nn.Linear((_PEAKS + 1) * len(shape.modalities), _HIDDEN), nn.SiLU(), nn.Linear(_HIDDEN, 3)
        )
        self.fused = nn.Linear(shape.dim, 3)
        nn.init.zeros_(self.fused.weight)
        nn.init.zeros_(self.fused.bias)

    def forward(self, batch: Mapping[str, TokenBatch], fuse: bool = True) -> Tensor:
        """Logits `[B, 3]` of routine, prompt, urgent; `fuse=False` leaves the backbone out, as in early training."""
        some = next(iter(batch.values())).values
        parts = []
        for name, peak in self.peaks.items():
            if name not in batch:
                parts.append(some.new_zeros(len(some), _PEAKS + 1))
                continue
            mask = batch[name].mask
            there = mask.any(1, keepdim=True)
            values = peak(batch[name].values).masked_fill(~mask[..., None], -1e4).amax(1)
            parts += [values.masked_fill(~there, 0.0), there.to(some.dtype)]
        logits = self.direct(torch.cat(parts, -1))
        return logits + self.fused(self.backbone(batch).pooled) if fuse else logits


class TriageModel:
    """A trained network and its calibration.

    Args:
        network: in evaluation mode.
        info: see `TriageInfo`.
    """

    def __init__(self, network: TriageNetwork, info: TriageInfo) -> None:
        self.network = network.eval()
        self.info = info

    def read(self, tokens: Mapping[str, Tokens]) -> tuple[dict[str, float], dict[str, NDArray[np.float32]]]:
        """Probability of each category, and how much each token counts for the likeliest, `[T]` of each modality.

        The latter is gradient times value of the category's log probability, summed over a token's numbers without
        sign, the largest of the case 1 (Shrikumar et al. 2016).
        """
        batch = collate([dict(tokens)])
        values = {name: of.values.clone().requires_grad_() for name, of in batch.items()}
        inputs = {name: TokenBatch(values[name], of.time_ns, of.mask, of.positions) for name, of in batch.items()}
        with torch.enable_grad():
            log = (self.network(inputs) / self.info.temperature).log_softmax(-1)[0]
            gradients = torch.autograd.grad(log.max(), list(values.values()))
        relevance = {
            name: (gradient * value.detach()).sum(-1).abs()[0].numpy()
            for (name, value), gradient in zip(values.items(), gradients, strict=True)
        }
        most = max((float(r.max(initial=0.0)) for r in relevance.values()), default=0.0) or 1.0
        chances = log.detach().double().exp().tolist()
        return (
            dict(zip(("routine", "prompt", "urgent"), chances, strict=True)),
            {name: (r / most).astype(np.float32) for name, r in relevance.items()},
        )

    def save(self, path: str | PathLike[str]) -> None:
        """Write weights in half precision and `info` to one safetensors file."""
        save_model(path, _FORMAT, self.network.state_dict(), self.info)

    @classmethod
    def load(cls, weights: str | PathLike[str] = DEFAULT) -> Self:
        """The shipped weights, or a file.

        Raises:
            DataError: no such file, or it is not a model of this application.
        """

        def build(info: TriageInfo) -> TriageNetwork:
            return TriageNetwork(info.config)

        return cls(*load_network(__package__, weights, _FORMAT, "a triage model", TriageInfo, build))


def backbone() -> FusionBackbone:
    """The default weights' backbone, for `Pipeline.fuse(backbone="…:backbone")`."""
    return TriageModel.load().network.backbone

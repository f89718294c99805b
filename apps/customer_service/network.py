"""`CallNetwork`: the trained part of the customer service: a fusion backbone and the heads that read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from wugan.fusion import FusionConfig
from wugan.learn.direct import Direct
from wugan.modalities.speech.backbone import VoiceBackbone
from wugan.modalities.speech.emotion import SUMMARY
from wugan.modalities.speech.prosody import FRAME_NAMES, STATISTIC_NAMES

HEADS = ("intent", "emotion", "urgency")
MODALITY_OF = {"intent": "text", "emotion": "voice"}
"""What a head cannot do without; urgency takes what there is."""


class CallNetwork(nn.Module):
    """Backbone and heads.

    Intent and emotion are each a sum of two readings, with weights fitted on held-out data: `direct`, linear in the
    modality's summary tokens, which little data suffices for; and `fused`, of the backbone's pooled state. Urgency
    reads the fused window alone.

    Args:
        config: of the backbone, with the modalities `text` and `voice`.
        classes: number of classes of each head.
    """

    def __init__(self, config: FusionConfig, classes: Mapping[str, int]) -> None:
        super().__init__()
        self.backbone = VoiceBackbone(config)
        self.fused = nn.ModuleDict({name: nn.Linear(config.dim, classes[name]) for name in HEADS})
        self.direct = nn.ModuleDict(
            {
                "intent": Direct(config.modalities["text"], classes["intent"]),
                "emotion": Direct(summary_size(config.modalities["voice"]), classes["emotion"]),
            }
        )
        # Weights of the direct and of the fused reading; they calibrate as well.
        for name in HEADS:
            self.register_buffer(f"{name}_weights", torch.tensor([0.0 if name == "urgency" else 1.0, 1.0]))

    def weights(self, head: str) -> Tensor:
        """Weights `[2]` of a head's direct and fused reading."""
        return cast(Tensor, getattr(self, f"{head}_weights"))

    def logits(
        self, pooled: Tensor, modality_pooled: Mapping[str, Tensor], first: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Calibrated logits of the heads that can answer.

        Args:
            pooled: `[B, dim]`.
            modality_pooled: `[B, dim]` of each modality present.
            first: summary vector `[B, S]` of each modality present (`summary`).
        """
        fused = self.fused_logits(pooled, modality_pooled)
        out = {}
        for name, values in fused.items():
            direct, weight = self.weights(name)
            out[name] = weight * values
            if name in self.direct:
                out[name] = out[name] + direct * self.direct[name](first[MODALITY_OF[name]])
        return out

    def fused_logits(self, pooled: Tensor, modality_pooled: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Logits of the backbone's reading alone, unweighted."""
        out = {}
        for name in HEADS:
            if name == "urgency":
                out[name] = self.fused[name](pooled)
            elif MODALITY_OF[name] in modality_pooled:
                out[name] = self.fused[name](modality_pooled[MODALITY_OF[name]])
        return out


def summary_size(token_size: int) -> int:
    """Length of `summary` of voice tokens of this size."""
    width = _width(token_size)
    return (SUMMARY + 1) * width + len(STATISTIC_NAMES)


def summary(name: str, values: Tensor) -> Tensor:
    """The vector that a direct reading takes from a modality's tokens `[..., T, D]`.

    Text: the sentence embedding. Voice: mean and deviation of the encoder states over the utterance, their means over
    its thirds, and the statistics of its prosody.
    """
    if name == "text":
        return values[..., 0, :]
    width = _width(values.shape[-1])
    thirds = values[..., 1:SUMMARY, :width].flatten(-2)
    return torch.cat([values[..., 0, : 2 * width], thirds, values[..., 0, -len(STATISTIC_NAMES) :]], -1)


def _width(token_size: int) -> int:
    """Width of the encoder's states in a voice token of this size."""
    return (token_size - len(FRAME_NAMES) - len(STATISTIC_NAMES)) // 2

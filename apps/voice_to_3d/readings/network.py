"""`ReadingNetwork`: the trained part: a DAR backbone over text, voice and scan, and the heads that read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from wugan.apps.voice_to_3d.readings.encoder import DIM
from wugan.fusion import FusionConfig
from wugan.learn.direct import Direct
from wugan.modalities.speech.backbone import VoiceBackbone
from wugan.modalities.speech.emotion import token_size
from wugan.modalities.speech.prosody import FRAME_NAMES, STATISTIC_NAMES

HEADS: dict[str, tuple[str, ...]] = {
    "size": ("text",),
    "kind": ("text",),
    "strength": ("text", "voice"),
    "shape": ("scan",),
}
"""What each head cannot do without."""
PROSODY = len(FRAME_NAMES) + len(STATISTIC_NAMES)
_TEXT = 384  # of a sentence embedding
_LEAST = 1e-4  # of a probability, before its logarithm


class ReadingNetwork(nn.Module):
    """Backbone and heads.

    Every head is the sum of two readings, with weights fitted on held-out data, which calibrate as well: `heads`, of
    the backbone's fused states, and `direct`, linear in the first token of a modality, for which little data suffices.
    `strength` reads words and voice together, since the one says whether the other matters: fused, from both states;
    directly, as the effort of the voice where the words leave it open (`open`), and plain where they do not.

    Args:
        config: of the backbone, with the modalities `text`, `voice` and `scan`.
        classes: number of classes of each head.
    """

    def __init__(self, config: FusionConfig, classes: Mapping[str, int]) -> None:
        super().__init__()
        # The prosody of voice tokens only: a recogniser's states say more of the words and of the language than of how
        # they were said, and the voices that there are to learn from speak another language than the users do.
        self.backbone = VoiceBackbone(config, PROSODY)
        self.heads = nn.ModuleDict(
            {
                name: nn.Sequential(
                    nn.Linear(len(needs) * config.dim, config.dim),
                    nn.SiLU(),
                    nn.Linear(config.dim, classes[name]),
                )
                for name, needs in HEADS.items()
            }
        )
        with torch.random.fork_rng(devices=[]):  # what is fitted in closed form does not change the rest's training
            self.direct = nn.ModuleDict(
                {
                    "size": Direct(_TEXT, classes["size"]),
                    "kind": Direct(_TEXT, classes["kind"]),
                    "open": Direct(_TEXT, 2),
                    "effort": Direct(len(STATISTIC_NAMES), classes["strength"]),
                    "shape": Direct(DIM, classes["shape"]),
                }
            )
        self.register_buffer("weights", torch.tensor([[0.0, 1.0]] * len(HEADS)))  # [heads, 2]: direct, fused

    def fused(self, modality_pooled: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The backbone's readings alone, unweighted, of the heads that can answer.

        Args:
            modality_pooled: `[B, dim]` of each modality present.
        """
        return {
            name: self.heads[name](torch.cat([modality_pooled[need] for need in needs], -1))
            for name, needs in HEADS.items()
            if all(need in modality_pooled for need in needs)
        }

    def directly(self, first: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The direct readings alone, unweighted.

        Args:
            first: the first token `[B, D]` of each modality present.
        """
        out: dict[str, Tensor] = {}
        if "text" in first:
            out |= {name: self.direct[name](first["text"]) for name in ("size", "kind")}
        if "scan" in first:
            out["shape"] = self.direct["shape"](first["scan"])
        if "text" in first and "voice" in first:
            is_open = self.direct["open"](first["text"]).softmax(-1)[:, 1:]
            effort = self.direct["effort"](first["voice"][:, -len(STATISTIC_NAMES) :]).softmax(-1)
            plain = torch.zeros_like(effort)
            plain[:, effort.shape[1] // 2] = 1
            out["strength"] = (is_open * effort + (1 - is_open) * plain).clamp_min(_LEAST).log()
        return out

    def logits(self, modality_pooled: Mapping[str, Tensor], first: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Calibrated logits of the heads that can answer; arguments as for `fused` and `directly`."""
        fused, direct = self.fused(modality_pooled), self.directly(first)
        rows = dict(zip(HEADS, cast(Tensor, self.weights), strict=True))
        return {name: rows[name][0] * direct[name] + rows[name][1] * fused[name] for name in fused}


def reading_config(dim: int = 64, depth: int = 2, dropout: float = 0.0, modality_dropout: float = 0.0) -> FusionConfig:
    """The backbone's shape."""
    return FusionConfig(
        modalities={"text": _TEXT, "voice": token_size(), "scan": DIM},
        positions={"voice": 2, "scan": 3},
        dim=dim,
        depth=depth,
        feed_forward=2 * dim,
        dropout=dropout,
        modality_dropout=modality_dropout,
        longest_s=60.0,
        shortest_position=0.05,
        longest_position=60.0,
    )

"""`ReadingNetwork`: the trained part: a DAR backbone over text, voice and scan, and the heads that read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from wugan.apps.voice_to_3d.readings.encoder import DIM
from wugan.fusion import FusionBackbone, FusionConfig
from wugan.fusion.layers import InputProjection
from wugan.fusion.token_batch import TokenBatch
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
_CLIP = 5.0


class ReadingBackbone(FusionBackbone):
    """A fusion backbone that takes the prosody of voice tokens only, scaled.

    A recogniser's states say more of the words and of the language than of how they were said, and the voices that
    there are to learn from speak another language than the users do.

    Buffers `voice_mean` and `voice_scale` `[2, PROSODY]` are for the first token (the whole utterance) and the others.
    """

    def __init__(self, config: FusionConfig) -> None:
        super().__init__(config)
        self.inputs["voice"] = InputProjection(PROSODY, config.dim)
        self.register_buffer("voice_mean", torch.zeros(2, PROSODY))
        self.register_buffer("voice_scale", torch.ones(2, PROSODY))

    def _embed(self, name: str, tokens: TokenBatch) -> Tensor:
        if name == "voice":
            mean, scale = cast(Tensor, self.voice_mean), cast(Tensor, self.voice_scale)
            values = tokens.values[..., -PROSODY:]
            values = torch.cat([(values[:, :1] - mean[0]) / scale[0], (values[:, 1:] - mean[1]) / scale[1]], 1)
            tokens = TokenBatch(values.clamp(-_CLIP, _CLIP), tokens.time_ns, tokens.mask, tokens.positions)
        return super()._embed(name, tokens)


class ReadingNetwork(nn.Module):
    """Backbone and heads.

    `size`, `kind` and `shape` each read the fused state of the modality that they need; `strength` reads those of the
    words and of the voice together, since the one says whether the other matters. Buffer `temperatures` `[heads]`
    divides the logits; it is fitted on held-out data.

    Args:
        config: of the backbone, with the modalities `text`, `voice` and `scan`.
        classes: number of classes of each head.
    """

    def __init__(self, config: FusionConfig, classes: Mapping[str, int]) -> None:
        super().__init__()
        self.backbone = ReadingBackbone(config)
        self.heads = nn.ModuleDict(
            {
                name: nn.Sequential(nn.Linear(len(needs) * config.dim, config.dim), nn.SiLU(),
                                    nn.Linear(config.dim, classes[name]))
                for name, needs in HEADS.items()
            }
        )  # fmt: skip
        self.register_buffer("temperatures", torch.ones(len(HEADS)))

    def logits(self, modality_pooled: Mapping[str, Tensor], calibrated: bool = True) -> dict[str, Tensor]:
        """Logits of the heads that can answer.

        Args:
            modality_pooled: `[B, dim]` of each modality present.
            calibrated: whether they are divided by the temperatures.
        """
        out = {}
        for name, temperature in zip(HEADS, cast(Tensor, self.temperatures), strict=True):
            if all(need in modality_pooled for need in HEADS[name]):
                values = self.heads[name](torch.cat([modality_pooled[need] for need in HEADS[name]], -1))
                out[name] = values / temperature if calibrated else values
        return out


def reading_config(dim: int = 64, depth: int = 2, dropout: float = 0.0, modality_dropout: float = 0.0) -> FusionConfig:
    """The backbone's shape."""
    return FusionConfig(
        modalities={"text": 384, "voice": token_size(), "scan": DIM},
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

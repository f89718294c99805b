"""`VoiceBackbone`: a fusion backbone that scales voice tokens, whose values come in natural units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor

from wugan.fusion import FusionBackbone, FusionConfig
from wugan.fusion.layers import InputProjection
from wugan.fusion.token_batch import TokenBatch
from wugan.modalities.speech.emotion import MODALITY
from wugan.tokens import Tokens

_CLIP = 5.0  # deviations


class VoiceBackbone(FusionBackbone):
    """Takes voice tokens, or the last values of each only, standardised.

    Buffers `voice_mean` and `voice_scale` `[2, size]` are for the first token (the whole utterance) and for the others.

    Args:
        config: with the modality `voice`.
        size: how many values of a voice token are read, its last; all where not given.
    """

    def __init__(self, config: FusionConfig, size: int | None = None) -> None:
        super().__init__(config)
        if size is not None:
            self.inputs[MODALITY] = InputProjection(size, config.dim)
        self._size = size or config.modalities[MODALITY]
        self.register_buffer("voice_mean", torch.zeros(2, self._size))
        self.register_buffer("voice_scale", torch.ones(2, self._size))

    def fit_scale(self, voices: Sequence[Tokens]) -> None:
        """Take mean and deviation from the utterances to learn from."""
        first = np.stack([voice.values[0, -self._size :] for voice in voices])
        rest = np.concatenate([voice.values[1:, -self._size :] for voice in voices])
        for row, values in enumerate((first, rest)):
            deviation = values.std(axis=0)
            cast(Tensor, self.voice_mean)[row] = torch.as_tensor(values.mean(axis=0))
            cast(Tensor, self.voice_scale)[row] = torch.as_tensor(np.where(deviation > 1e-3, deviation, 1.0))

    def _embed(self, name: str, tokens: TokenBatch) -> Tensor:
        if name == MODALITY:
            mean, scale = cast(Tensor, self.voice_mean), cast(Tensor, self.voice_scale)
            values = tokens.values[..., -self._size :]
            values = torch.cat([(values[:, :1] - mean[0]) / scale[0], (values[:, 1:] - mean[1]) / scale[1]], 1)
            tokens = TokenBatch(values.clamp(-_CLIP, _CLIP), tokens.time_ns, tokens.mask, tokens.positions)
        return super()._embed(name, tokens)

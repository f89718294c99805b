"""Voice-emotion tokens: how something was said, from the recogniser's encoder states and from prosody.

The states are those that `WhisperEncoder` computed for the transcriber: nothing is encoded twice.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.speech.prosody import FRAME_NAMES, HOP_SECONDS, STATISTIC_NAMES, prosody
from wugan.modalities.speech.utterance import RATE, STATES_PER_SECOND, Utterance
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.stage import Encoder
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)

MODALITY = "voice"
THIRDS = 3  #: tokens 1…3 are the utterance's beginning, middle and end; token 0 is all of it
SUMMARY = 1 + THIRDS  #: how many tokens come before those of single moments


@dataclass(eq=False)
class EmotionEncoder(Encoder[Utterance, Tokens]):
    """Encodes how an utterance was spoken as tokens of modality `"voice"`, float32 `[4 + T, D]`.

    Every token describes one span of the utterance: the first all of it, the next three its thirds, the others
    consecutive pieces, ten a second. A token holds, in this order, the mean of the encoder states over its span
    (384 for Whisper tiny), their standard deviation (384), the mean of the prosody frames (23), and, the first token
    only, the statistics of the utterance's prosody (82; zeros in the others): D = 873. Values are in their natural
    units; a model that reads them scales them.

    `positions [4 + T, 2]` are each span's centre and length in seconds, from the utterance's start. Times: the first
    four tokens have the utterance's, each piece its own start.

    Args:
        tokens_per_second: pieces in a second, a divisor of 50.

    Raises:
        PluginError: from `warm_up`, torchaudio is missing or does not fit torch.
        DataError: from `encode`, if an utterance has no states, or `tokens_per_second` does not divide 50.
    """

    tokens_per_second: int = 10

    modality = MODALITY
    dim = 2 * 384 + len(FRAME_NAMES) + len(STATISTIC_NAMES)  # for states of Whisper tiny

    def warm_up(self) -> None:
        """Analyse a first sound: what is missing (a torchaudio that fits torch) ends the start, not every packet."""
        prosody(Audio(np.zeros(RATE // 10, np.float32), RATE))

    def encode(self, batch: Sequence[Packet[Utterance]]) -> list[Tokens | None]:
        """Tokens of each utterance, `None` for one without sound."""
        if self.tokens_per_second < 1 or STATES_PER_SECOND % self.tokens_per_second:
            raise DataError(f"tokens_per_second must divide {STATES_PER_SECOND}, got {self.tokens_per_second}")
        return [self._encode(packet) for packet in batch]

    def _encode(self, packet: Packet[Utterance]) -> Tokens | None:
        utterance = packet.data
        if utterance.states is None:
            raise DataError(
                f"utterance {packet.seq} of {packet.stream!r} has no states; put WhisperEncoder before EmotionEncoder"
            )
        states = utterance.heard
        if not len(states):
            logger.debug("utterance %d of %r has no sound: no tokens", packet.seq, packet.stream)
            return None
        spoken = prosody(utterance.audio)
        frames_per_state = round(1 / STATES_PER_SECOND / HOP_SECONDS)
        spans = _spans(len(states), STATES_PER_SECOND // self.tokens_per_second)
        width = states.shape[1]
        values = np.zeros((len(spans), token_size(width)), np.float32)
        for row, (start, stop) in zip(values, spans, strict=True):
            span = states[start:stop]
            frames = spoken.frames[start * frames_per_state : stop * frames_per_state]
            row[:width], row[width : 2 * width] = span.mean(axis=0), span.std(axis=0)
            row[2 * width : 2 * width + len(FRAME_NAMES)] = (frames if len(frames) else spoken.frames[-1:]).mean(axis=0)
        values[0, -len(STATISTIC_NAMES) :] = spoken.statistics
        starts, stops = spans.T / STATES_PER_SECOND
        positions = np.column_stack([(starts + stops) / 2, stops - starts]).astype(np.float32)
        offsets = np.where(np.arange(len(spans)) < SUMMARY, 0.0, starts)
        return Tokens(values, packet.time_ns + (offsets * 1e9).astype(np.int64), MODALITY, positions=positions)


def token_size(width: int = 384) -> int:
    """Size D of a voice token for encoder states of this width."""
    return 2 * width + len(FRAME_NAMES) + len(STATISTIC_NAMES)


def _spans(count: int, step: int) -> NDArray[np.int64]:
    """First and last-plus-one state of each token's span, `[4 + T, 2]`; none is empty, thirds of one state overlap."""
    edges = [count * k // THIRDS for k in range(THIRDS + 1)]
    thirds = [(min(a, count - 1), max(b, min(a, count - 1) + 1)) for a, b in pairwise(edges)]
    pieces = [(start, min(start + step, count)) for start in range(0, count, step)]
    return np.asarray([(0, count), *thirds, *pieces], dtype=np.int64)

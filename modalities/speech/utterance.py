"""`Utterance`: one stretch of speech, and what the recogniser's encoder heard in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wugan.signals import Audio

RATE = 16_000  #: sampling rate of every utterance, Hz
WINDOW_SECONDS = 30.0  #: length of the recogniser's window
STATES_PER_SECOND = 50  #: encoder states for each second of sound


@dataclass(slots=True)
class Utterance:
    """One stretch of speech of at most 30 s.

    Attributes:
        audio: the sound, mono at 16 kHz.
        states: float32 `[1500, D]` (D = 384 for Whisper tiny), the Whisper encoder's states of the 30 s window,
            50 a second; `None` before `WhisperEncoder`.
        frames: how many of the states cover sound; the rest see padding. 0 before `WhisperEncoder`.
    """

    audio: Audio
    states: NDArray[np.float32] | None = None
    frames: int = 0

    @property
    def heard(self) -> NDArray[np.float32]:
        """The states that cover sound, float32 `[frames, D]`.

        Raises:
            ValueError: the utterance has not been through `WhisperEncoder`.
        """
        if self.states is None:
            raise ValueError("This utterance has no states yet; put WhisperEncoder before this stage")
        return self.states[: self.frames]

"""Speech to test with: made by our own English voice, so that no recording is needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from wugan.signals import Audio


@pytest.fixture(scope="session")
def spoken() -> Callable[[str], Audio]:
    """Makes 16 kHz speech of a text, with 0.3 s of silence before and after."""
    import soxr

    from wugan.modalities.speech import Synthesizer

    synthesizer = Synthesizer()

    @cache
    def say(text: str) -> Audio:
        audio = synthesizer.synthesize(text)
        silence = np.zeros(4_800, np.float32)
        sound = soxr.resample(audio.samples, audio.rate, 16_000).astype(np.float32)
        return Audio(np.concatenate([silence, sound, silence]), 16_000)

    return say

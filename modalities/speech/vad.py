"""Silero's voice activity detector, frame by frame (https://github.com/snakers4/silero-vad, MIT)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wugan.errors import PluginError
from wugan.weights import verify_weights

FRAME = 512  #: samples at 16 kHz that the detector looks at together (32 ms)
_CONTEXT = 64  # samples of the frame before, which the network also sees
_SHA256 = "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3"


class SileroVad:
    """The detector's network and its recurrent state. One object serves one stream.

    Raises:
        PluginError: silero-vad or onnxruntime is not installed.
        DataError: the network's file is not the one pinned here.
    """

    def __init__(self) -> None:
        # Importing silero_vad sets torch to one thread for the whole process, so only its file is used.
        package = find_spec("silero_vad")
        try:
            import onnxruntime
        except ImportError as error:
            raise PluginError("Voice activity detection needs onnxruntime: pip install 'wugan[speech]'") from error
        if package is None or not package.submodule_search_locations:
            raise PluginError("Voice activity detection needs silero-vad: pip install 'wugan[speech]'")
        path = verify_weights(Path(package.submodule_search_locations[0]) / "data" / "silero_vad.onnx", _SHA256)
        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self.reset()

    def reset(self) -> None:
        """Forget the sound before."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def __call__(self, frame: NDArray[np.float32]) -> float:
        """Probability that this frame (float32 `[512]` at 16 kHz) holds speech, 0…1."""
        samples = np.concatenate([self._context, frame])
        inputs = {"input": samples[None], "state": self._state, "sr": np.array(16_000, np.int64)}
        probability, self._state = self._session.run(None, inputs)
        self._context = samples[-_CONTEXT:]
        return float(probability[0, 0])

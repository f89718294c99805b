"""`Network`: weights that a user brings, from a folder laid out as a MONAI bundle, or from one file.

The folder (https://monai.readthedocs.io/en/stable/mb_specification.html) holds `configs/metadata.json` and
`models/model.ts` (TorchScript) or `models/model.onnx`. A bundle that has only `model.pt`, a state dict, says nothing of
its network without running its own code; export it first: `python -m monai.bundle ckpt_export`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError, PluginError, WuganError
from wugan.plugin import resolve

Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

_FILES = ("models/model.ts", "models/model.onnx", "model.ts", "model.onnx")
_METADATA = ("configs/metadata.json", "metadata.json")


@dataclass(frozen=True, slots=True)
class Network:
    """A network and what its author wrote about it.

    Attributes:
        name: where it is from, for provenance.
        run: float32 `[N, ...]` to float32 `[N, ...]`; the first dimension is the batch.
        metadata: the contents of `metadata.json`, empty where there is none.
        sha256: of the file of weights; empty for a function that a package brings.
    """

    name: str
    run: Run = field(repr=False)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""

    def __call__(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """The network's output for a batch, float32 and finite.

        Raises:
            DataError: it fails on this input, or gives something other than one finite row for each item.
        """
        try:
            out = np.asarray(self.run(np.ascontiguousarray(batch, np.float32)), np.float32)
        except WuganError:
            raise
        except Exception as error:  # torch, onnxruntime and a user's function raise whatever they like
            raise DataError(
                f"{self.name} fails on an input of shape {list(batch.shape)} ({_first_line(error)}); compare with its "
                "metadata.json"
            ) from error
        if out.ndim == 0 or len(out) != len(batch):
            raise DataError(
                f"{self.name} gives {list(out.shape)} for a batch of {len(batch)}; the first must be the batch"
            )
        if not np.isfinite(out).all():
            raise DataError(f"{self.name} gives NaN or infinity for an input of shape {list(batch.shape)}")
        return out


def load_network(source: str | Path, *, threads: int = 1) -> Network:
    """The network of a bundle's folder, of a `.ts`, `.pt` (TorchScript) or `.onnx` file, or of a `"module:function"`.

    Args:
        source: the folder, the file or the reference; a function takes and gives what `Network.run` does, and may have
            an attribute `metadata`.
        threads: of ONNX Runtime; torch keeps its own setting.

    Raises:
        DataError: there is no such file, or it is damaged, or no network can be made of it.
        PluginError: the library that runs it is not installed, or the reference cannot be imported.
    """
    path = Path(source)
    if not path.exists() and ":" in str(source) and "/" not in str(source):
        function = resolve(str(source))
        return Network(str(source), function, dict(getattr(function, "metadata", {})))
    if path.is_dir():
        found = next((path / name for name in _FILES if (path / name).is_file()), None)
        if found is None:
            hint = " (its model.pt is a state dict: export it with `python -m monai.bundle ckpt_export`)"
            state = next(path.rglob("model.pt"), None)
            raise DataError(f"{path} holds no network: needs one of {', '.join(_FILES)}{hint if state else ''}")
        metadata = _read_metadata(path)
    elif path.is_file():
        found, metadata = path, {}
    else:
        raise DataError(
            f"{path}: no such bundle; give a folder, a .ts, .pt or .onnx file, or 'package.module:function'"
        )
    run = _onnx(found, threads) if found.suffix == ".onnx" else _torchscript(found)
    with found.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Network(str(path), run, metadata, digest)


def _read_metadata(folder: Path) -> dict[str, Any]:
    path = next((folder / name for name in _METADATA if (folder / name).is_file()), None)
    if path is None:
        return {}
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error})") from error
    if not isinstance(metadata, dict):
        raise DataError(f"{path} must hold an object, not {type(metadata).__name__}")
    return metadata


def _torchscript(path: Path) -> Run:
    import torch

    try:
        module = torch.jit.load(str(path), map_location="cpu").eval()
    except Exception as error:  # torch raises RuntimeError for most, but not for all damage
        raise DataError(
            f"{path} is no readable TorchScript ({_first_line(error)}); save the model by "
            "torch.jit.script(model).save(…)"
        ) from error

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        with torch.inference_mode():
            out = module(torch.from_numpy(batch))
        first = out[0] if isinstance(out, (tuple, list)) else out
        return np.asarray(first.float().numpy())

    return run


def _onnx(path: Path, threads: int) -> Run:
    try:
        import onnxruntime
    except ImportError as error:
        raise PluginError("ONNX models need onnxruntime: pip install 'wugan[medical]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no base of their own
        raise DataError(f"{path} is no readable ONNX model ({_first_line(error)})") from error
    name = session.get_inputs()[0].name

    def run(batch: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(session.run(None, {name: batch})[0])

    return run


def _first_line(error: Exception) -> str:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__

"""One file for a trained model: its tensors and, as metadata, what kind it is and the description it is built from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from wugan.errors import DataError
from wugan.weights import weight_file

Network = TypeVar("Network", bound=nn.Module)
Info = TypeVar("Info", bound=BaseModel)


class ModelFile(NamedTuple):
    """What a file holds.

    Attributes:
        state: tensors by name, floating-point ones in single precision.
        info: the description as JSON; empty where the file has none.
    """

    state: dict[str, Tensor]
    info: str


def save_model(
    path: str | PathLike[str], kind: str, state: Mapping[str, Tensor], info: BaseModel, *, half: bool = True
) -> None:
    """Write a model to one safetensors file.

    Args:
        path: where to.
        kind: format's name and version, which `load_model` asks for.
        state: tensors by name.
        info: what the network is built from, and all that a result needs beside it.
        half: floating-point tensors in half precision.
    """
    tensors = {
        name: (value.half() if half and value.is_floating_point() else value).contiguous()
        for name, value in state.items()
    }
    save_file(tensors, path, metadata={"format": kind, "info": info.model_dump_json()})


def load_model(path: str | PathLike[str], kind: str, what: str, *, device: str = "cpu") -> ModelFile:
    """Read what `save_model` wrote.

    Args:
        path: the file.
        kind: the format it must have.
        what: what such a file is to a user, such as `"a cohort model"`; for the error.
        device: where the tensors go.

    Raises:
        DataError: there is no such file, it is no safetensors file, or holds something else.
    """
    if not Path(path).is_file():
        raise DataError(f"{path}: no such file of weights")
    try:
        with safe_open(path, framework="pt", device=device) as file:
            metadata = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path}: is not a readable safetensors file: {error}") from error
    if metadata.get("format") != kind:
        raise DataError(f"{path}: is not {what} (format {metadata.get('format')!r}, not {kind!r})")
    single = {name: value.float() if value.is_floating_point() else value for name, value in state.items()}
    return ModelFile(single, metadata.get("info", ""))


@contextmanager
def fitting(path: str | PathLike[str]) -> Iterator[None]:
    """Around what builds a network from a file's contents: what does not fit is an error that names the file.

    Raises:
        DataError: description or tensors are not such as the network needs.
    """
    try:
        yield
    except (KeyError, ValueError, RuntimeError) as error:
        raise DataError(f"{path}: weights and description do not fit: {error}") from error


def load_network(
    package: str,
    weights: str | PathLike[str],
    kind: str,
    what: str,
    described: type[Info],
    build: Callable[[Info], Network],
) -> tuple[Network, Info]:
    """A trained network by the name of its weights, or from a file, in evaluation mode.

    Args:
        package: whose weights they are, as for `weight_file`.
        weights: a name, or a path that ends in `.safetensors`.
        kind: the format that the file must have.
        what: what such a file is to a user; for the error.
        described: type of the file's description.
        build: makes the untrained network of a description.

    Raises:
        DataError: there are no such weights, or the file holds something else.
    """
    path = weight_file(package, weights)
    state, text = load_model(path, kind, what)
    with fitting(path):
        info = described.model_validate_json(text)
        network = build(info)
        network.load_state_dict(state)
    return network.eval(), info

"""Find a weight file, and check that it is the one it is meant to be."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

from wugan.errors import DataError
from wugan.plugin import plugins

GROUP = "wugan.weights"
RESEARCH = ("modelnet10-research", "ravdess-noncommercial")
"""Weights in the distribution `wugan-research-weights`, which is made from the same repository."""


def verify_weights(path: str | Path, sha256: str) -> Path:
    """Return `path` if its contents have this SHA-256; a file is read once per process as long as it is unchanged.

    Args:
        path: the file to check.
        sha256: expected digest, 64 hexadecimal digits.

    Raises:
        DataError: the file is missing or is another one.
    """
    path = Path(path)
    try:
        stat = path.stat()
    except OSError as error:
        raise DataError(
            f"Weight file {path} cannot be read ({error.strerror}); reinstall the package it is from"
        ) from error
    found = _digest(path, stat.st_size, stat.st_mtime_ns)
    if found != sha256:
        raise DataError(
            f"Weight file {path} is not the one wugan is tested with (SHA-256 {found[:12]}…, not {sha256[:12]}…); "
            "reinstall the package it is from at the pinned version, or pass your own model's path"
        )
    return path


def weight_file(package: str, weights: str | PathLike[str]) -> Path:
    """A file of weights by its name, or by its own path.

    Names are those of the files in the package's folder `weights`, and those that other distributions give as entry
    points of the group `wugan.weights` (a function without arguments that returns the path).

    Args:
        package: import name of the package that asks.
        weights: a name, or a path that ends in `.safetensors`.

    Raises:
        DataError: there is no such file, or nothing of that name is installed; says what to install.
    """
    if Path(weights).suffix == ".safetensors":
        if not Path(weights).is_file():
            raise DataError(f"{weights}: no such file of weights")
        return Path(weights)
    folder = Path(str(files(package))) / "weights"
    shipped = {path.stem: path for path in folder.glob("*.safetensors")}
    if path := shipped.get(str(weights)):
        return path
    given = {plugin.name: plugin for plugin in plugins(GROUP)}
    if found := given.get(str(weights)):
        return Path(found.load()())
    if str(weights) in RESEARCH:
        raise DataError(
            f"weights {str(weights)!r} learnt from data that are not free for commercial use, so wugan does not bring "
            "them: in a checkout of wugan, pip install ./research-weights (its licence says what is allowed); or give "
            "a .safetensors file"
        )
    known = ", ".join(sorted({*shipped, *given, *RESEARCH}))
    raise DataError(f"weights {str(weights)!r} are unknown: give {known}, or a .safetensors file")


@lru_cache(maxsize=64)
def _digest(path: Path, size: int, mtime_ns: int) -> str:
    """SHA-256 of a file; size and modification time are part of the cache's key."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

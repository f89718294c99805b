"""Files that other tools open: `export(built, path)` by the path's suffix; each is written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built

SUFFIXES = (".glb", ".stl", ".3mf", ".obj", ".step", ".stp")


def export(built: Built, path: str | Path) -> list[str]:
    """Write `built` as GLB, STL, 3MF, OBJ (with MTL beside it) or STEP, as the suffix of `path` says.

    Args:
        built: at least one part.
        path: in a folder that exists; a file that is there is replaced when the new one is complete.

    Returns:
        Notes on what the format could not hold exactly (STEP: which parts are faceted); mostly none.

    Raises:
        DataError: an unknown suffix, nothing to write, no `build123d` (STEP), or a file that cannot be written.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise DataError(f"{path}: cannot write {suffix or 'a file without a suffix'}; use one of {', '.join(SUFFIXES)}")
    if not built.parts:
        raise DataError(f"{path}: there is nothing to write; the scene has no parts")
    if suffix in (".step", ".stp"):
        from wugan.apps.voice_to_3d.geometry.export.step import step

        text, notes = step(built)
        write(path, text)
        return notes
    if suffix == ".obj":
        from wugan.apps.voice_to_3d.geometry.export.obj import obj

        library = path.with_name("_".join(path.stem.split()) + ".mtl")  # readers end the name at a space
        text, materials = obj(built, library.name)
        write(library, materials)  # first: an OBJ must not point to a file that is not there
        write(path, text)
        return []
    write(path, _writer(suffix)(built))
    return []


def encode(built: Built, suffix: str) -> bytes:
    """The bytes of a format of one file (`.glb`, `.stl`, `.3mf`), for those who send rather than keep them."""
    if suffix not in (".glb", ".stl", ".3mf"):
        raise DataError(f"{suffix!r} is not one file in memory; use .glb, .stl or .3mf, or `export` to a path")
    if not built.parts:
        raise DataError("there is nothing to write; the scene has no parts")
    return _writer(suffix)(built)


def write(path: Path, data: bytes) -> None:
    """All of `data` at `path` or, after an error, what was there before."""
    part = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error.strerror}); is the folder there and free?") from error


def _writer(suffix: str) -> Callable[[Built], bytes]:
    if suffix == ".glb":
        from wugan.apps.voice_to_3d.geometry.export.glb import glb

        return glb
    if suffix == ".stl":
        from wugan.apps.voice_to_3d.geometry.export.stl import stl

        return stl
    from wugan.apps.voice_to_3d.geometry.export.threemf import threemf

    return threemf

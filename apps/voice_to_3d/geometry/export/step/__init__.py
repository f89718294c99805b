"""STEP (ISO 10303-214) with true surfaces, through build123d: a named and coloured solid for each part, in mm."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.geometry.export.names import grouped
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built


def step(built: Built) -> tuple[bytes, list[str]]:
    """The scene as STEP, z up, and notes on the parts that are written with flat faces.

    Raises:
        DataError: build123d is not installed, or the kernel cannot write the scene.
    """
    try:
        from build123d import Color, Compound, export_step
    except ImportError as error:
        raise DataError(f"STEP needs build123d ({error}): pip install 'wugan[step]'") from error
    from wugan.apps.voice_to_3d.geometry.export.step.tree import Exact

    exact = Exact()
    objects = []
    for name, parts in grouped(built).items():
        children = []
        for label, part in parts:
            form = exact.of(getattr(part, "made", None), part.solid)
            solids = form.solids()
            solid = solids[0] if len(solids) == 1 else Compound(solids)
            solid.label = label
            solid.color = Color(*(channel / 255 for channel in part.material.rgba()))  # sRGB, as readers take it
            children.append(solid)
        objects.append(Compound(children=children, label=name))
    whole = objects[0] if len(objects) == 1 else Compound(children=objects, label="scene")
    file = io.BytesIO()
    curves = not any("flat faces" in note for note in exact.notes)  # in planes they say nothing, and take half the file
    try:
        export_step(whole, file, write_pcurves=curves, timestamp="1970-01-01T00:00:00")  # so that files can be compared
    except RuntimeError as error:
        raise DataError(f"the scene cannot be written as STEP ({error})") from error
    return file.getvalue(), exact.notes

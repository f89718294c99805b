"""Cuts that are open at a side: their own corners and floor edges there lie in the air, and must not leave material.

A step cut off a block's end has one wall; the fillet of its floor runs along that wall alone. So the walls of the
cutting solid that meet no material are moved away from the body before its edges are worked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry import rims
from wugan.apps.voice_to_3d.geometry.circles import Outline
from wugan.apps.voice_to_3d.geometry.edges import prism, with_edges
from wugan.apps.voice_to_3d.geometry.features import Piece, Step
from wugan.apps.voice_to_3d.geometry.offsets import Lines, clean, fits
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Polygon

if TYPE_CHECKING:
    from manifold3d import Manifold

LONG = 1.0  # mm: shorter edges are pieces of a curve and stay


def cleared(body: Manifold, step: Step, by: float) -> Piece:
    """The cutting solid of a step with its open walls moved outwards by `by`; as it was where none is open.

    Args:
        body: what the cut has left.
        step: the cut.
        by: mm, more than its edges are to be worked by.
    """
    piece = step.piece
    assert piece is not None
    found = prism(piece.shape)
    if found is None or found[2] or piece.edges or isinstance(piece.shape, solids.Cylinder) or len(found[0]) != 1:
        return piece
    loop = clean(found[0][0])
    opens = [_open(rims.Probe(body, frame), loop, found[1]) for frame in step.frames]
    alike = np.logical_and.reduce(opens)
    if not alike.any():
        return piece
    lines = Lines(loop)
    lines.reach = lines.reach - np.where(alike, by, 0.0)
    moved = lines.points(0.0)
    if not fits([moved], [loop]):
        return piece
    points = tuple((float(x), float(y)) for x, y in moved)
    shape = solids.Extrude(profile=Polygon(points=points), height=found[1])
    if (body ^ with_edges(shape, ()).transform(step.frames[0])).volume() > 1e-3:
        return piece  # further out there is material again
    return replace(piece, shape=shape)


def _open(probe: rims.Probe, loop: Outline, height: float) -> NDArray[np.bool_]:
    """Which edges of an outline have no material beside them, from end to end."""
    lengths = np.linalg.norm(np.roll(loop, -1, axis=0) - loop, axis=1)
    lines = probe.along(rims.beside(loop, (0.05, 0.5, 0.95)))
    solid = [any(hit.low < height - 1e-3 and hit.high > 1e-3 for hit in hits) for hits in lines]
    touched = np.array(solid).reshape(len(loop), 3).any(1)
    return np.asarray(~touched & (lengths > LONG))

"""Solids (mm) as manifolds, each in its own frame: standing on z = 0, centred over the origin."""

from __future__ import annotations

from functools import lru_cache, singledispatch
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.circles import circle
from wugan.apps.voice_to_3d.geometry.placing import WORLD, compose, offset_of, rotation, shift
from wugan.apps.voice_to_3d.geometry.profiles import of_outlines, outlines, section
from wugan.apps.voice_to_3d.geometry.stacks import twisted
from wugan.apps.voice_to_3d.geometry.turned import outline, pieces_round, sweep_of, turned
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold


@lru_cache(maxsize=512)
def solid(shape: solids.Solid) -> Manifold:
    """The manifold of a solid.

    Raises:
        DataError: sizes that contradict each other.
    """
    from manifold3d import Error

    found = _solid(shape)
    if found.status() != Error.NoError or found.is_empty() or found.volume() <= 0:
        raise DataError(f"the {shape.kind} has no volume; give other sizes")
    return found


@singledispatch
def _solid(shape: solids.Solid) -> Manifold:
    """Everything that is turned about its axis."""
    loops = outline(shape)
    if loops is None:
        raise TypeError(f"unknown solid {shape!r}")
    return turned(loops, pieces_round(shape, loops), sweep_of(shape))


@_solid.register(solids.Box)
def _(shape: solids.Box) -> Manifold:
    from manifold3d import Manifold

    x, y, z = shape.size
    return Manifold.cube((x, y, z)).translate((-x / 2, -y / 2, 0))


@_solid.register(solids.Cylinder)
def _(shape: solids.Cylinder) -> Manifold:
    outer, inner = shape.diameter, shape.inner_diameter
    if inner >= outer:
        raise DataError(f"the inner diameter {inner:g} mm is not smaller than the outer one, {outer:g} mm")
    loops = [circle(outer)]
    return of_outlines([*loops, circle(inner)[::-1]] if inner else loops).extrude(shape.height)


@_solid.register(solids.Ellipsoid)
def _(shape: solids.Ellipsoid) -> Manifold:
    loops = outline(shape)
    if loops is not None:
        return turned(loops, pieces_round(shape, loops))
    largest = max(shape.size)
    ball = solid(solids.Sphere(diameter=largest))
    x, y, z = (side / largest for side in shape.size)
    return ball.scale((x, y, z))


@_solid.register(solids.Extrude)
def _(shape: solids.Extrude) -> Manifold:
    if shape.twist:
        return twisted(outlines(shape.profile), shape.height, shape.twist)
    return section(shape.profile).extrude(shape.height)


@_solid.register(solids.Pyramid)
def _(shape: solids.Pyramid) -> Manifold:
    base = section(shape.profile)
    x0, y0, x1, y1 = base.bounds()
    middle = ((x0 + x1) / 2, (y0 + y1) / 2)
    narrow = (shape.top_scale, shape.top_scale)
    if shape.top_scale == 0 and (len(base.decompose()) > 1 or base.num_contour() > 1):
        narrow = (1e-3, 1e-3)  # with a hole or in pieces it cannot end in one point
    lifted = base.translate((-middle[0], -middle[1])).extrude(shape.height, 0, 0.0, narrow)
    return lifted.translate((*middle, 0))


@_solid.register(solids.Loft)
def _(shape: solids.Loft) -> Manifold:
    from wugan.apps.voice_to_3d.geometry.sweeps import loft

    return loft(shape)


@_solid.register(solids.Sweep)
def _(shape: solids.Sweep) -> Manifold:
    from wugan.apps.voice_to_3d.geometry.sweeps import sweep

    return sweep(shape)


@_solid.register(solids.Helix)
def _(shape: solids.Helix) -> Manifold:
    from wugan.apps.voice_to_3d.geometry.sweeps import helix

    return helix(shape)


@_solid.register(solids.Hull)
def _(shape: solids.Hull) -> Manifold:
    from manifold3d import Manifold

    placed = []
    for piece in shape.of:
        frame = rotation(piece.place.rotate)
        body = solid(piece.shape).transform(frame)
        by = offset_of(piece.place, np.array(body.bounding_box()), WORLD)
        placed.append(solid(piece.shape).transform(compose(shift(by), frame)))
    return Manifold.batch_hull(placed)


@_solid.register(solids.Compound)
def _(shape: solids.Compound) -> Manifold:
    from wugan.apps.voice_to_3d.geometry.features import compound

    return compound(shape).body

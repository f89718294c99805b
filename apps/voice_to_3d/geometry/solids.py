"""Solids (mm) as manifolds, each in its own frame: standing on z = 0, centred over the origin."""

from __future__ import annotations

from functools import lru_cache, singledispatch
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.geometry.circles import segments
from wugan.apps.voice_to_3d.geometry.profiles import section
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold


@lru_cache(maxsize=1024)
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
    raise DataError(f"a {shape.kind} cannot be built yet")


@_solid.register(solids.Box)
def _(shape: solids.Box) -> Manifold:
    from manifold3d import Manifold

    x, y, z = shape.size
    return Manifold.cube((x, y, z), True).translate((0, 0, z / 2))


@_solid.register(solids.Cylinder)
def _(shape: solids.Cylinder) -> Manifold:
    from manifold3d import Manifold

    outer, inner = shape.diameter, shape.inner_diameter
    if inner >= outer:
        raise DataError(f"the inner diameter {inner:g} mm is not smaller than the outer one {outer:g} mm")
    body = Manifold.cylinder(shape.height, outer / 2, outer / 2, segments(outer))
    if inner:
        body -= Manifold.cylinder(shape.height, inner / 2, inner / 2, segments(inner))
    return body


@_solid.register(solids.Extrude)
def _(shape: solids.Extrude) -> Manifold:
    return section(shape.profile).extrude(shape.height, 0, shape.twist)

"""Short ways to write the solids and features (mm) that most families are made of."""

from __future__ import annotations

from collections.abc import Iterable

from wugan.apps.voice_to_3d.scene.model import Point
from wugan.apps.voice_to_3d.scene.placement import Pattern, Placement
from wugan.apps.voice_to_3d.scene.profile import Polygon, Profile
from wugan.apps.voice_to_3d.scene.solid import Compound, Cone, Cut, Cylinder, Extrude, Feature, Join, Solid


def bar(diameter: float, length: float) -> Cylinder:
    """A round bar standing on end."""
    return Cylinder(diameter=diameter, height=length)


def cone(bottom: float, top: float, height: float) -> Cone:
    """A cone or frustum by its two diameters."""
    return Cone(bottom_diameter=bottom, top_diameter=top, height=height)


def extruded(profile: Profile, height: float) -> Extrude:
    """An outline drawn up."""
    return Extrude(profile=profile, height=height)


def prism(points: Iterable[Point], height: float) -> Extrude:
    """An outline by its points, drawn up."""
    return Extrude(profile=Polygon(points=tuple(points)), height=height)


def added(name: str, shape: Solid, place: Placement, *, id: str = "", pattern: Pattern | None = None) -> Join:
    """A solid joined to another, under its name (and `id`, if that is not the name)."""
    return Join(id=id or name, name=name, shape=shape, place=place, pattern=pattern)


def taken(name: str, shape: Solid, place: Placement, *, id: str = "", pattern: Pattern | None = None) -> Cut:
    """A solid cut from another, under its name (and `id`, if that is not the name)."""
    return Cut(id=id or name, name=name, shape=shape, place=place, pattern=pattern)


def worked(base: Solid, *features: Feature) -> Compound:
    """A solid with features, in their order."""
    return Compound(base=base, features=features)

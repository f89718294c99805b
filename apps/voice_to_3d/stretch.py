"""A solid's own dimensions by name and along an axis, so that "5 mm thicker" changes a number and not the mesh."""

from __future__ import annotations

from typing import Any

from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.profile import (
    Circle,
    Ellipse,
    Gear,
    Profile,
    Rectangle,
    RegularPolygon,
    Sector,
    Slot,
    Star,
    Text,
)  # fmt: skip

Read = dict[str, float]
AXES = ("x", "y", "z")


def outline_sizes(profile: Profile) -> Read:
    """Dimensions of an outline by name (mm); those along x and y are called `x` and `y`."""
    match profile:
        case Circle(diameter=d):
            return {"x": d, "y": d, "diameter": d}
        case Ellipse(width=w, depth=h):
            return {"x": w, "y": h, "width": w, "depth": h}
        case Rectangle(width=w, depth=h):
            named = {"corner_radius": profile.corner_radius, "corner_chamfer": profile.corner_chamfer}
            return {"x": w, "y": h, "width": w, "depth": h, **{key: value for key, value in named.items() if value}}
        case RegularPolygon(across_flats=f):
            return {"across_flats": f, "diameter": f, "y": f}
        case Slot(length=length, width=w):
            return {"x": length + w, "y": w, "length": length, "width": w}
        case Sector(diameter=d) | Star(diameter=d):
            inner = {"inner_diameter": profile.inner_diameter} if profile.inner_diameter else {}
            return {"diameter": d, **inner}
        case Gear(module=m):
            return {"module": m}
        case Text(height=h):
            return {"y": h, "height": h}
        case _:
            return {}


def outline_with(profile: Profile, name: str, value: float) -> Profile:
    """The outline with that dimension changed; `name` is one of `outline_sizes`."""
    change: dict[str, float] = {}
    match profile:
        case Circle():
            change = {"diameter": value}
        case Ellipse() | Rectangle():
            change = {{"x": "width", "y": "depth"}.get(name, name): value}
        case Slot():
            change = {
                "x": {"length": max(0.0, value - profile.width)},
                "y": {"width": value},
            }.get(name, {name: value})
        case RegularPolygon():
            change = {"across_flats": value}
        case Text():
            change = {"height": value}
        case _:
            change = {name: value}
    return changed(profile, change)


def changed(model: Any, change: dict[str, Any]) -> Any:
    """A copy of a model with some fields changed, validated anew."""
    return type(model).model_validate({**model.__dict__, **change})


def sizes(solid: s.Solid) -> Read:
    """Dimensions of a solid by name (mm), with `x`, `y`, `z` where one number decides the size along that axis."""
    match solid:
        case s.Box(size=(x, y, z)):
            named = dict(zip(("width", "depth", "height"), (x, y, z), strict=True))
            return {"x": x, "y": y, "z": z, **named, "length": max(x, y), "thickness": min(x, y, z)}
        case s.Cylinder():
            inner = {}
            if solid.inner_diameter:
                inner = {
                    "inner_diameter": solid.inner_diameter,
                    "wall_thickness": (solid.diameter - solid.inner_diameter) / 2,
                }
            d, h = solid.diameter, solid.height
            thin = {"thickness": h} if h < d / 2 and not inner else {}
            return {"x": d, "y": d, "z": h, "diameter": d, "height": h, "length": h, "depth": h, **thin, **inner}
        case s.Cone():
            d = max(solid.bottom_diameter, solid.top_diameter)
            return {
                "x": d, "y": d, "z": solid.height, "height": solid.height, "diameter": d,
                "bottom_diameter": solid.bottom_diameter, "top_diameter": solid.top_diameter,
            }  # fmt: skip
        case s.Sphere(diameter=d):
            return {"diameter": d}
        case s.Ellipsoid(size=(x, y, z)):
            return {"x": x, "y": y, "z": z, "width": x, "depth": y, "height": z}
        case s.Capsule():
            d, h = solid.diameter, solid.height
            return {"x": d, "y": d, "z": h, "diameter": d, "height": h, "length": h}
        case s.Torus():
            return {"diameter": solid.diameter, "thickness": solid.tube, "tube": solid.tube, "z": solid.tube}
        case s.Pyramid() | s.Extrude():
            flat = outline_sizes(solid.profile)
            return {**flat, "z": solid.height, "height": solid.height, "thickness": solid.height}
        case s.Loft():
            return {"z": solid.height, "height": solid.height}
        case s.Sweep():
            return {f"profile_{key}": value for key, value in outline_sizes(solid.profile).items()}
        case s.Helix():
            return {"diameter": solid.diameter, "pitch": solid.pitch, "turns": solid.turns}
        case s.Compound():
            return sizes(solid.base)
        case _:
            return {}


def with_size(solid: s.Solid, name: str, value: float) -> s.Solid:
    """The solid with one of its `sizes` changed; features of a compound stay as they are."""
    match solid:
        case s.Box():
            size = list(solid.size)
            size[_box_axis(solid, name)] = value
            return changed(solid, {"size": tuple(size)})
        case s.Ellipsoid():
            size = list(solid.size)
            size[{"x": 0, "width": 0, "y": 1, "depth": 1}.get(name, 2)] = value
            return changed(solid, {"size": tuple(size)})
        case s.Cylinder():
            if name == "wall_thickness":
                return changed(solid, {"inner_diameter": max(0.0, solid.diameter - 2 * value)})
            key = name if name == "inner_diameter" else "diameter" if name in {"x", "y", "diameter"} else "height"
            return changed(solid, {key: value})
        case s.Capsule():
            return changed(solid, {"diameter" if name in {"x", "y", "diameter"} else "height": value})
        case s.Cone():
            if name in {"x", "y", "diameter"}:
                factor = value / max(solid.bottom_diameter, solid.top_diameter)
                ends = {key: getattr(solid, key) * factor for key in ("bottom_diameter", "top_diameter")}
                return changed(solid, ends)
            return changed(solid, {"height" if name == "z" else name: value})
        case s.Torus():
            return changed(solid, {"diameter" if name == "diameter" else "tube": value})
        case s.Pyramid() | s.Extrude():
            if name in {"z", "height", "thickness"}:
                return changed(solid, {"height": value})
            return changed(solid, {"profile": outline_with(solid.profile, name, value)})
        case s.Loft():
            return changed(solid, {"height": value})
        case s.Sweep():
            return changed(solid, {"profile": outline_with(solid.profile, name.removeprefix("profile_"), value)})
        case s.Compound():
            return changed(solid, {"base": with_size(solid.base, name, value)})
        case _:
            return changed(solid, {name: value})


def _box_axis(box: s.Box, name: str) -> int:
    if name == "length":
        return box.size.index(max(box.size[:2]))
    if name == "thickness":
        low = min(box.size)
        return max(i for i, value in enumerate(box.size) if value == low)  # a square plate's thickness is its z
    return {"x": 0, "width": 0, "y": 1, "depth": 1}.get(name, 2)


__all__ = ["AXES", "Read", "changed", "outline_sizes", "outline_with", "sizes", "with_size"]

"""`Resize` carried out: of objects, of their parts and of their features, by parameter where there is one.

A family's object changes its parameter, so that a taller table gets longer legs and not thicker ones; a solid changes
its own number, so that holes stay round; only what has no such number is scaled.
"""

from __future__ import annotations

import math
from typing import Any

from wugan.apps.voice_to_3d.families.base import EVEN, OVERALL, Family, Made
from wugan.apps.voice_to_3d.families.registry import family
from wugan.apps.voice_to_3d.measure import part_size, size
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.edit import Resize
from wugan.apps.voice_to_3d.scene.model import LARGEST, SMALLEST
from wugan.apps.voice_to_3d.scene.placement import Grid, Polar, Selector
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
)
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange
from wugan.errors import DataError

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


WORDS = {"x": "width", "y": "depth", "z": "height", "all": "size"}
OWN = {"x": ("width", "length", "diameter"), "y": ("depth", "diameter"), "z": ("height",)}
PART = {"x": ("width", "diameter", "size"), "y": ("depth", "thickness"), "z": ("height", "length", "thickness")}
PAIRS: tuple[tuple[int, int], ...] = ((0, 1), (0, 2), (1, 2))
STANDING = {"leg", "post", "column", "pedestal", "stem", "support"}


def wanted(edit: Resize, current: float, what: str) -> float:
    """The new size where the old one is `current`. Raises `DataError` where nothing could have that size."""
    given = [value for value in (edit.to, edit.by, edit.times) if value is not None]
    if len(given) != 1:
        raise DataError(f"resizing {what} takes exactly one of `to`, `by` and `times`, not {len(given)} of them")
    new = edit.to if edit.to is not None else current + edit.by if edit.by is not None else current * (edit.times or 1)
    check_size(new, f"{what} ({current:g} mm now)")
    return new


def check_size(value: float, what: str) -> None:
    """Raises `DataError` for a size that nothing here can have."""
    if not SMALLEST <= value <= LARGEST:
        raise DataError(f"{what} cannot become {value:g} mm: sizes run from {SMALLEST:g} mm to {LARGEST / 1000:g} m")


def shape_of(one: Object) -> Family:
    """The object's family with its parameters. Raises `DataError` that names the object and what does not fit."""
    from pydantic import ValidationError

    assert isinstance(one.shape, FamilyShape)
    kind = family(one.shape.family)
    try:
        made = kind(**one.shape.parameters)
        made.parts()
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(kind.model_fields))
            raise DataError(f"{one.name} ({one.id}) has no {field.replace('_', ' ')}; it has: {known}") from None
        raise DataError(
            f"{one.name} ({one.id}): {field.replace('_', ' ')} cannot be {first['input']!r}: {first['msg']}"
        ) from None
    except DataError as error:
        raise DataError(f"{one.name} ({one.id}): {error}") from None
    return made


def number_fields(kind: type[Family]) -> set[str]:
    """Names of a family's parameters that are lengths or angles (not counts)."""
    return {name for name, field in kind.model_fields.items() if "float" in str(field.annotation)}


def with_parameters(one: Object, **values: Any) -> Object:
    """The family's object with some parameters changed, checked."""
    assert isinstance(one.shape, FamilyShape)
    shape = FamilyShape(family=one.shape.family, parameters={**one.shape.parameters, **values})
    made = one.model_copy(update={"shape": shape})
    shape_of(made)
    return made


def resized(one: Object, edit: Resize) -> Object:
    """The object after the edit, whatever of it the edit is about."""
    if edit.target.feature:
        return feature_resized(one, edit)
    if edit.target.parts is not None and edit.target.parts.role:
        return parts_resized(one, edit.target.parts, edit)
    if edit.dimension == "all":
        return _scaled_whole(one, edit)
    if edit.dimension in AXES:
        axis = own_axis(one, edit.dimension)
        return _along(one, axis, edit)
    return _named(one, edit)


def own_axis(one: Object, axis: str) -> str:
    """The axis of the object's own frame that lies along the world's `axis` after its turn (the nearest one)."""
    if not any(one.place.rotate):
        return axis
    row = rotation(one.place.rotate)[AXES.index(axis)]
    return AXES[max(range(3), key=lambda i: (abs(row[i]), i == AXES.index(axis)))]


def rotation(angles: tuple[float, float, float]) -> list[list[float]]:
    """The matrix of a turn about x, then y, then z, in degrees."""
    (cx, cy, cz), (sx, sy, sz) = (
        [round(math.cos(math.radians(a)), 15) for a in angles],
        [round(math.sin(math.radians(a)), 15) for a in angles],
    )
    return [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
        [-sy, cy * sx, cy * cx],
    ]


def _scaled_whole(one: Object, edit: Resize) -> Object:
    if edit.times is not None:
        factor = edit.times
    else:
        largest = max(size(one))
        factor = wanted(edit, largest, f"the largest size of {one.name} ({one.id})") / largest
    return _rescaled(one, (factor, factor, factor))


def _rescaled(one: Object, factors: tuple[float, ...]) -> Object:
    scale = tuple(a * b for a, b in zip(one.scale, factors, strict=True))
    if not all(0.001 <= value <= 1000 for value in scale):
        raise DataError(f"{one.name} ({one.id}) would be scaled by {max(scale):g}: between 0.001 and 1000 is possible")
    return one.model_copy(update={"scale": scale})


def _along(one: Object, axis: str, edit: Resize) -> Object:
    """Another size along one axis of the object's frame."""
    i, what = AXES.index(axis), f"the {WORDS[axis]} of {one.name} ({one.id})"
    if isinstance(one.shape, FamilyShape):
        made = shape_of(one)
        for name in OWN[axis]:
            if name in number_fields(type(made)):
                current = getattr(made, name)
                if current is None:
                    current = size(one)[i] / one.scale[i]
                new = wanted(edit, current * one.scale[i], what)
                return with_parameters(one, **_kept(one, made, name, edit, new / one.scale[i]))
        now = size(one)[i]
        if driver := _driver(one, i):
            new = wanted(edit, now, what)
            current = getattr(made, driver)
            return with_parameters(one, **{driver: current + (new - now) / one.scale[i]})
    else:
        now = size(one)[i]
    new = wanted(edit, now, what)
    if not isinstance(one.shape, FamilyShape):
        own = sizes(one.shape)
        if axis in own:
            base = own[axis] + (new - now) / one.scale[i]  # what stands out of the base keeps its size
            if base >= SMALLEST:
                return one.model_copy(update={"shape": with_size(one.shape, axis, base)})
        if isinstance(one.shape, solids.Sphere) and not one.shape.upper_half:
            d = one.shape.diameter
            stretched = [d, d, d]
            stretched[i] = new / one.scale[i]
            return one.model_copy(update={"shape": solids.Ellipsoid(size=(stretched[0], stretched[1], stretched[2]))})
    factors = [1.0, 1.0, 1.0]
    factors[i] = new / now
    return _rescaled(one, tuple(factors))


def _kept(one: Object, made: Family, name: str, edit: Resize, new: float) -> dict[str, float]:
    """`name` with its new size, and the outer sizes that a relative change leaves as they are though never said.

    "Half as tall" is about one size; "three metres tall" lets those that were not said follow. What is round or square
    keeps one width in both directions.
    """
    if edit.to is not None or name not in OVERALL or not isinstance(made, Made):
        return {name: new}
    assert isinstance(one.shape, FamilyShape)
    said, changes = one.shape.parameters, {name: new}
    tied = made.even if made.even and name in made.even and getattr(made, "shape", "") in EVEN else ()
    sizes_of = [other for other in OVERALL if other != name and other in number_fields(type(made))]
    for other in sizes_of:
        if other in tied and other in said:
            changes[other] = getattr(made, other) * new / getattr(made, name)
    after = shape_of(with_parameters(one, **changes))
    for other in sizes_of:
        value = getattr(made, other)
        if other not in tied and other not in said and value and getattr(after, other) != value:
            changes[other] = float(value)
    return changes


def _driver(one: Object, axis: int) -> str | None:
    """The parameter of a family that alone decides the size along an axis: found by trying the likely ones."""
    assert isinstance(one.shape, FamilyShape)
    made, before = shape_of(one), size(one)
    for name in ("length", "thickness", "diameter", "width", "height", "depth"):
        if name not in number_fields(type(made)) or not isinstance(getattr(made, name), (int, float)):
            continue
        step = getattr(made, name) * 0.02
        try:
            after = size(with_parameters(one, **{name: getattr(made, name) + step}))
        except DataError:
            continue
        if abs(after[axis] - before[axis] - step * one.scale[axis]) < 0.01 * step * one.scale[axis]:
            return name
    return None


def _named(one: Object, edit: Resize) -> Object:
    """A parameter of the family, or a dimension of the solid, by its name."""
    what = f"the {edit.dimension.replace('_', ' ')} of {one.name} ({one.id})"
    even = one.scale[0] if one.scale[0] == one.scale[1] == one.scale[2] else 1.0
    if isinstance(one.shape, FamilyShape):
        made = shape_of(one)
        if edit.dimension in number_fields(type(made)):
            current = getattr(made, edit.dimension)
            if current is None:
                current = _derived(one, edit, what)
            new = wanted(edit, current * even, what) / even
            return with_parameters(one, **_kept(one, made, edit.dimension, edit, new))
        if edit.dimension in {"width", "depth", "height", "length", "diameter", "thickness"}:
            return _along(one, _axis_named(one, edit.dimension), edit)
        known = ", ".join(sorted(name.replace("_", " ") for name in number_fields(type(made))))
        raise DataError(f"{one.name} ({one.id}) has no {edit.dimension.replace('_', ' ')}; it has: {known}")
    own = sizes(one.shape)
    if edit.dimension in own:
        new = wanted(edit, own[edit.dimension] * even, what)
        return one.model_copy(update={"shape": with_size(one.shape, edit.dimension, new / even)})
    if edit.dimension in {"width", "depth", "height", "length", "thickness", "diameter"}:
        return _along(one, _axis_named(one, edit.dimension), edit)
    known = ", ".join(name for name in own if name not in AXES) or "width, depth, height"
    raise DataError(f"{one.name} ({one.id}) has no {edit.dimension.replace('_', ' ')}; it has: {known}")


def _derived(one: Object, edit: Resize, what: str) -> float:
    """A parameter that was never said and follows from others: only a size of the whole can be measured."""
    if edit.dimension in {"width", "depth", "height", "length", "diameter", "thickness"}:
        return size(one)[AXES.index(_axis_named(one, edit.dimension))]
    if edit.to is not None:
        return edit.to
    raise DataError(f"{what} follows from its other sizes; say it in millimetres instead of relatively")


def _axis_named(one: Object, name: str) -> str:
    if name in {"width", "diameter"}:
        return "x"
    if name in {"depth", "height"}:
        return "y" if name == "depth" else "z"
    extent = size(one)
    flat = max(extent[:2])
    if name == "length" and extent[2] > 1.5 * flat and not isinstance(one.shape, FamilyShape):
        return "z"  # a bolt or a rod that stands
    return AXES[extent.index(flat)] if name == "length" else AXES[extent.index(min(extent))]


def parts_resized(one: Object, parts: Selector, edit: Resize) -> Object:
    """The object with another size of some of its parts: by the family's parameter, or else by scaling them."""
    what = f"the {parts.role} of {one.name} ({one.id})"
    if not isinstance(one.shape, FamilyShape):
        raise DataError(f"{one.name} ({one.id}) is one solid and has no {parts.role}; resize the whole or a feature")
    made = shape_of(one)
    role, every = parts.role.replace(" ", "_"), not parts.sides and parts.index is None
    fields = number_fields(type(made))
    if every:
        suffixes = PART.get(edit.dimension, (edit.dimension,))
        for suffix in suffixes:
            if suffix == "thickness" and edit.dimension == "z" and parts.role in STANDING:
                continue  # a longer leg is not a thicker one
            if (name := f"{role}_{suffix}") in fields and getattr(made, name) is not None:
                return with_parameters(one, **{name: wanted(edit, getattr(made, name), what)})
    extent = part_size(one, parts.role, parts.sides, parts.index)
    if extent is None:
        raise DataError(f"{one.name} ({one.id}) has no such {parts.role}; it has: {', '.join(roles(made))}")
    axis = {"width": "x", "depth": "y", "height": "z", "length": "long", "thickness": "thin", "diameter": "flat"}.get(
        edit.dimension, edit.dimension
    )
    if axis in {"z", "long"} and every and parts.role in STANDING and "height" in fields:
        new = wanted(edit, extent[2], what)
        return _along(one, "z", Resize(target=edit.target, dimension="z", by=new - extent[2]))
    order = sorted(range(3), key=lambda i: extent[i])
    even: tuple[int, int] = min(PAIRS, key=lambda pair: abs(extent[pair[0]] - extent[pair[1]]))
    chosen = {
        "x": [0], "y": [1], "z": [2], "all": [0, 1, 2], "long": [order[2]], "thin": [order[0]],
        "flat": list(even),
    }.get(axis)  # fmt: skip
    if chosen is None:
        raise DataError(f"{what} has no {edit.dimension.replace('_', ' ')}; say width, depth, height, or thicker")
    largest = max(extent[i] for i in chosen)
    new = wanted(edit, largest, what)
    if every and (driver := _part_driver(one, parts.role, chosen, extent)):
        current = getattr(made, driver)
        try:
            return with_parameters(one, **{driver: current + new - largest})
        except DataError:
            pass  # the parameter has limits that the part alone does not have
    factor = new / largest
    scale = tuple(factor if i in chosen else 1.0 for i in range(3))
    change = PartChange(parts=parts, scale=(scale[0], scale[1], scale[2]))
    return one.model_copy(update={"changes": (*one.changes, change)})


def _part_driver(one: Object, role: str, axes: list[int], extent: tuple[float, ...]) -> str | None:
    """The parameter that decides a part's size along axes and nothing else of it: found by trying the likely ones."""
    assert isinstance(one.shape, FamilyShape)
    made, stem = shape_of(one), role.split()[0]
    names = [name for name in number_fields(type(made)) if isinstance(getattr(made, name), int | float)]
    likely = ("width", "diameter", "depth", "height", "length", "thickness")
    ranked = sorted(
        (name for name in names if name in likely or stem in name),
        key=lambda name: (stem not in name, likely.index(name) if name in likely else 9),
    )
    for name in ranked[:6]:
        step = getattr(made, name) * 0.02
        try:
            after = part_size(with_parameters(one, **{name: getattr(made, name) + step}), role)
        except DataError:
            continue
        if after is None or step <= 0:
            continue
        grown = [after[i] - extent[i] for i in range(3)]
        if all(abs(grown[i] - (step if i in axes else 0.0)) < 0.02 * step for i in range(3)):
            return name
    return None


def roles(made: Family) -> list[str]:
    """What the parts of a family's object are called, in order, each once."""
    return list(dict.fromkeys(part.role for part in made.parts()))


def feature_resized(one: Object, edit: Resize) -> Object:
    """The object with another size of one feature."""
    from wugan.apps.voice_to_3d.edits import change_feature

    even = one.scale[0] if one.scale[0] == one.scale[1] == one.scale[2] else 1.0

    def change(feature: Any) -> Any:
        what = f"the {feature.name or feature.kind} of {one.name} ({one.id})"
        name = {"x": "width", "y": "depth", "z": "height"}.get(edit.dimension, edit.dimension)
        if isinstance(feature, solids.Fillet | solids.Chamfer | solids.Shell):
            key = {"fillet": "radius", "chamfer": "size", "shell": "thickness"}[feature.kind]
            if name not in {key, "all", "size", "width", "radius", "thickness", "diameter"}:
                raise DataError(f"{what} has no {name.replace('_', ' ')}, only a {key}")
            return changed(feature, {key: wanted(edit, getattr(feature, key) * even, what) / even})
        if name in {"spacing", "distance"} or name == "circle_diameter":
            return _pattern_resized(feature, edit, what, even)
        own = sizes(feature.shape)
        if name in {"all", "size"}:
            name = "diameter" if "diameter" in own else "width" if "width" in own else name
        if name == "depth" and isinstance(feature.shape, solids.Cylinder | solids.Cone | solids.Extrude):
            name = "height"
        if name not in own:
            known = ", ".join(key for key in own if key not in AXES)
            raise DataError(f"{what} has no {name.replace('_', ' ')}; it has: {known}")
        new = wanted(edit, own[name] * even, what) / even
        update: dict[str, Any] = {"shape": with_size(feature.shape, name, new)}
        if name == "height" and getattr(feature, "through", None):
            update["through"] = None
        return changed(feature, update)

    return change_feature(one, edit.target.feature, change)


def _pattern_resized(feature: Any, edit: Resize, what: str, even: float) -> Any:
    pattern = feature.pattern
    if isinstance(pattern, Grid) and any(pattern.steps):
        now = max(abs(step) for step in pattern.steps)
        factor = wanted(edit, now * even, f"the spacing of {what}") / (now * even)
        return changed(feature, {"pattern": changed(pattern, {"steps": tuple(v * factor for v in pattern.steps)})})
    if isinstance(pattern, Polar):
        new = wanted(edit, pattern.diameter * even, f"the circle of {what}") / even
        return changed(feature, {"pattern": changed(pattern, {"diameter": new})})
    raise DataError(f"{what} is not repeated at a fixed distance, so that it has no spacing to change")

"""Extents: which size of a box lies along which axis, from what was said ("50mm (X) by 30mm", "20 high")."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.frames import Frame

AXES = "xyz"
NAMED = ("length", "width", "depth", "height", "thickness", "side", "reach", "diameter")


def named_sizes(frame: Frame) -> dict[str, float]:
    """The sizes of a frame that have a name, its group's behind its own; a radius counts as a diameter."""
    found: dict[str, float] = {}
    for name in NAMED:
        value = frame.get(name)
        if value is not None:
            found[name] = value
    for name in ("length", "width", "height", "depth", "thickness") if frame.has("is_base") else ():
        total = frame.get("total_" + name)
        if total is not None and name not in found:
            found[name] = total
    if "across" in frame.dims:
        found.setdefault("width", frame.dims["across"])
    return found


def box_axes(frame: Frame, landscape: bool = True) -> dict[str, float]:
    """Axis -> size in mm, as far as it was said.

    Axes that were said win. Otherwise length runs along x and width along y; width without a length along x; depth
    along y; height along z; thickness along what is left, z where it can. Of just two sizes without a name the longer
    lies along x where `landscape` holds.
    """
    found: dict[str, float] = {}
    loose: list[float] = []
    source = frame if frame.sizes or frame.group is None else frame.group
    for value, axis in source.sizes:
        if axis in AXES and axis:
            found[axis] = value
        elif not axis:
            loose.append(value)
    names = named_sizes(frame)
    if "side" in names and not loose:
        if "cube" in {frame.noun, *frame.names}:
            return {"x": names["side"], "y": names["side"], "z": names["side"]}
        loose = [names["side"], names["side"]]
    named: dict[str, str] = {}
    for name in list(names):
        number = frame.get("axis_" + name)
        if number is not None:
            found[AXES[int(number)]] = names[name]
            named[name] = AXES[int(number)]
    rest = {
        name: value
        for name, value in names.items()
        if name not in named and name in ("length", "width", "depth", "height", "thickness", "reach")
    }
    for name, axis in _order(rest, found):
        free = [one for one in AXES if one not in found]
        if axis not in found:
            found[axis] = rest[name]
        elif free and not loose:
            found[free[-1] if name in ("thickness", "height") else free[0]] = rest[name]
    free = [one for one in AXES if one not in found]
    if len(loose) == 2 and landscape and len(free) >= 2 and not found.keys() & {"x", "y"} and not frame.has("square"):
        loose = sorted(loose, reverse=True)
    for value, axis in zip(loose, free, strict=False):
        found[axis] = value
    if "cube" in {frame.noun, *frame.names} and len(found) == 1:
        found = dict.fromkeys(AXES, next(iter(found.values())))
    return found


def _order(rest: dict[str, float], found: dict[str, float]) -> list[tuple[str, str]]:
    """Which axis each named size takes."""
    order: list[tuple[str, str]] = []
    if "length" in rest:
        order.append(("length", "x"))
    if "width" in rest:
        order.append(("width", "y" if "length" in rest or "x" in found else "x"))
    if "depth" in rest:
        order.append(("depth", "y"))
    if "height" in rest:
        order.append(("height", "z"))
    if "reach" in rest:
        order.append(("reach", "x"))
    if "thickness" in rest:
        taken = {axis for _, axis in order} | set(found)
        order.append(("thickness", next((one for one in "zyx" if one not in taken), "z")))
    return order


def across(frame: Frame) -> float | None:
    """The outer diameter of something round."""
    radius = frame.get("outer_radius", "radius")
    value = frame.get("outer_diameter", "diameter", "major_diameter", "top_outer_diameter")
    if value is None and radius is not None:
        value = 2 * radius
    return value if value is not None else frame.get("across", "total_diameter")


def inner(frame: Frame) -> float | None:
    """The inner diameter, from itself or from a wall."""
    value = frame.get("inner_diameter")
    if value is None and (radius := frame.get("inner_radius")) is not None:
        value = 2 * radius
    wall, outer = frame.get("wall"), across(frame)
    if value is None and wall is not None and outer is not None:
        value = outer - 2 * wall
    return value


def tall(frame: Frame) -> float | None:
    """The length of something along its own axis."""
    value = frame.get("height", "length", "thickness", "total_length", "total_height", "reach", "depth")
    if value is None:
        value = frame.get("width") if across(frame) is not None else None
    if value is None and frame.sizes:
        named = [size for size, axis in frame.sizes if axis == "z"] or [
            size for size, axis in frame.sizes if axis in ("x", "y")
        ]
        value = named[0] if named else frame.sizes[-1][0] if across(frame) is not None else None
    return value

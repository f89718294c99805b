"""Layouts: how many copies of a cut or boss there are and where, from its places, spacings, grids and circles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot
from wugan.apps.voice_to_3d.language.parts.locating import Locator, extent, middle, side_of
from wugan.apps.voice_to_3d.scene.placement import Pattern, Polar

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

EACH = {"each", "either", "both", "all", "every"}


@dataclass
class Layout:
    """Points in the plane of the feature, or a polar pattern about a middle."""

    points: list[dict[str, float]]
    polar: Pattern | None = None


def layout(ground: Ground, frame: Frame, locator: Locator) -> Layout:
    """Where the copies of a frame lie."""
    axes = locator.axes
    if (mids := _side_middles(frame, locator)) is not None:
        frame.count, frame.counted = len(mids), True
        return Layout(mids)
    told = [spot for spot in frame.all_spots() if spot.where is not None]
    for spot in told:  # "through the centre of each pocket"
        of = spot.where.of if spot.where is not None else None
        inside = spot.kind in ("through", "at", "into", "around", "centred")
        if of is not None and of.kind == "cut" and of.count > 1 == frame.count and inside and id(of) in ground.points:
            points, polar = ground.points[id(of)]
            if spot.where is not None and spot.where.kind in ("centre", "middle", "", "bottom") and len(points) > 1:
                return Layout([{axis: point[axis] for axis in axes} for point in points], polar)
    beside = [spot.where for spot in told if spot.where and spot.where.kind == "side" and spot.kind in ("at", "on")]
    if frame.count == 1 and any(w.of is not None and w.of.kind == "cut" and w.which & EACH for w in beside):
        frame.count, frame.flags = 2, frame.flags | {"both_sides"}  # "on either side of the groove a hole"
    count = (
        frame.count
        if frame.counted or frame.count > 1
        else (frame.group.count if frame.group is not None and not frame.group.members else frame.count)
    )
    stated = next((spot.points for spot in frame.all_spots() if spot.points), ())
    if stated:
        low = {a: locator.host[0][k] if ground.corner_origin else middle(locator.host, a) for k, a in enumerate("xyz")}
        plane = sorted(axes) if locator.normal else ["x", "y"]
        rest = {a: locator.values.get(a, [middle(locator.host, a)])[0] for a in axes}
        return Layout([{**rest, **{a: low[a] + v for a, v in zip(plane, point, strict=False)}} for point in stated])
    circle = frame.get("circle")
    central = [spot for spot in frame.all_spots() if spot.kind == "from" and spot.value and _central(spot)]
    if circle is None and count > 2 and frame.has("even") and len(central) == 1 and not central[0].axes:
        circle = 2 * (central[0].value or 0.0)  # "six holes, equally spaced, 30 mm from the centre"
        locator.values.clear()
    if circle is not None and count > 0:
        return _polar(frame, locator, count, circle)
    grid = _grid(ground, frame, locator, count)
    if grid is not None:
        return grid
    square = frame.get("square_x")
    if square is not None:
        for axis, size in zip(
            ("x", "y") if locator.normal == "z" else axes, (square, frame.get("square_y") or square), strict=False
        ):
            centre = locator.values.pop(axis, [middle(locator.host, axis)])[0]
            locator.put(axis, centre - size / 2, centre + size / 2)
    long = frame.get("length", "total_length") is not None or len(frame.sizes) > 1
    apart = frame.get("apart") if frame.shape not in ("slot", "stadium") or (long and count > 1) else None
    apart = apart if apart is not None else frame.get("pitch")
    if apart is not None and count > 1:
        _spaced(ground, frame, locator, count, apart)
    if frame.has("corners") and count in (1, 4) and frame.shape != "corner":
        _corners(locator)
    if frame.has("both_ends", "both_sides") and count >= 1:
        _both(locator, frame)
    values = {axis: locator.values.get(axis) for axis in axes}
    filled = {
        axis: value if value else [locator.soft.get(axis, middle(locator.host, axis))] for axis, value in values.items()
    }
    points = _combine(filled, axes, count, locator, frame)
    spared = any(
        spot.where.kind == "corner" and "other" in spot.where.which for spot in frame.all_spots() if spot.where
    )
    if spared and len(points) == 4 and (last := ground.last_at) is not None:
        points.remove(min(points, key=lambda one: sum((v - last["xyz".index(a)]) ** 2 for a, v in one.items())))
    return Layout(points)


def _side_middles(frame: Frame, locator: Locator) -> list[dict[str, float]] | None:
    """The middles of all sides of a plate, so far in: "in the middle of each side, 8 mm from the edge"."""
    spots = [spot for spot in frame.all_spots() if spot.where is not None]
    where = next((spot.where for spot in spots if spot.where and spot.where.which & {"on_side", "on_edge"}), None)
    if where is None or where.kind != "centre" or not where.which & EACH or len(locator.axes) != 2:
        return None
    inset = next((spot.value for spot in spots if spot.kind == "from" and spot.value), None)
    if inset is None:
        return None
    long, short = locator.axes
    square = abs(extent(locator.host, long) - extent(locator.host, short)) < 1e-6
    across = [short] if "long" in where.which and not square else [long] if "short" in where.which else [long, short]
    centre = {axis: middle(locator.host, axis) for axis in locator.axes}
    return [{**centre, axis: side_of(locator.host, axis, side) - side * inset} for axis in across for side in (-1, 1)]


def _central(spot: Spot) -> bool:
    """Whether a distance is from a middle."""
    return spot.where is not None and spot.where.kind in ("centre", "middle", "axis") and spot.way == ""


def _polar(frame: Frame, locator: Locator, count: int, circle: float) -> Layout:
    at = {
        axis: locator.values.get(axis, [locator.soft.get(axis, middle(locator.host, axis))])[0] for axis in locator.axes
    }
    normal = locator.normal or "z"
    return Layout([at], Polar(count=count, diameter=circle, axis=normal))


def _grid(ground: Ground, frame: Frame, locator: Locator, count: int) -> Layout | None:
    columns, rows = frame.get("count_x", "columns"), frame.get("count_y", "rows")
    pitch = frame.get("pitch", "apart")
    if columns is None and rows is None and frame.has("grid") and pitch and frame.shape not in ("slot", "stadium"):
        rows = next((k for k in range(int(count**0.5), 1, -1) if count % k == 0), None)  # "in a square pattern"
    if columns is None and rows is None:
        return None
    if locator.normal == "z":
        first, second = (
            ("x", "y")
            if frame.get("count_x")
            or not frame.get("rows")
            or (frame.get("apart_x", "pitch_x") and frame.get("apart_y", "pitch_y"))
            or extent(locator.host, "x") >= extent(locator.host, "y")
            else ("y", "x")
        )
    else:
        first, second = locator.axes[0], locator.axes[1]
    columns, rows = columns or max(1, count // int(rows or 1)), rows or max(1, count // int(columns or 1))
    steps = {
        first: frame.get("pitch_" + first, "apart_" + first) or pitch,
        second: frame.get("pitch_" + second, "apart_" + second)
        or frame.get("pitch_2", "apart_2", "row_pitch")
        or pitch,
    }
    points: list[dict[str, float]] = []
    spread: dict[str, list[float]] = {}
    for axis, number in ((first, int(columns)), (second, int(rows))):
        step = steps[axis]
        if step is None:
            step = extent(locator.host, axis) / (number + 0.0)
        known = locator.values.get(axis)
        if known and len(known) == 1 and abs(known[0] - middle(locator.host, axis)) > 1e-6 and number > 1:
            sign = 1 if known[0] < middle(locator.host, axis) else -1
            spread[axis] = [known[0] + sign * step * k for k in range(number)]
        else:
            centre = known[0] if known and len(known) == 1 else middle(locator.host, axis)
            spread[axis] = [centre + step * (k - (number - 1) / 2) for k in range(number)]
    rest = {
        axis: (locator.values.get(axis) or [locator.soft.get(axis, middle(locator.host, axis))])[0]
        for axis in locator.axes
    }
    for b in spread[second]:
        points.extend({**rest, first: a, second: b} for a in spread[first])
    frame.count = len(points)
    return Layout(points)


def _spaced(ground: Ground, frame: Frame, locator: Locator, count: int, apart: float) -> None:
    """Copies in a line, `apart` from one to the next."""
    axis = next((one for one in "xyz" if frame.get("apart_" + one, "pitch_" + one) or frame.has("along_" + one)), "")
    if not axis:
        single = [one for one in locator.axes if len(locator.values.get(one, [])) == 1]
        free = [one for one in locator.axes if one not in locator.values]
        off = sorted(single, key=lambda one: -extent(locator.host, one))
        axis = (
            locator.along
            if locator.along in locator.axes and locator.along
            else free[0]
            if free
            else off[0]
            if off
            else locator.axes[0]
        )
    known = locator.values.pop(axis, None)
    centre = middle(locator.host, axis)
    if known and len(known) == 1 and abs(known[0] - centre) > 1e-6:
        sign = 1 if known[0] < centre else -1
        locator.put(axis, *(known[0] + sign * apart * k for k in range(count)))
    else:
        locator.put(axis, *(centre + apart * (k - (count - 1) / 2) for k in range(count)))


def _corners(locator: Locator) -> None:
    """A value from one side of each axis is mirrored to all four corners."""
    for axis in locator.axes:
        known = locator.values.get(axis)
        centre = middle(locator.host, axis)
        if known and len(known) == 1 and abs(known[0] - centre) > 1e-6:
            locator.values[axis] = sorted([known[0], round(2 * centre - known[0], 6)])
    lone = [axis for axis in locator.axes if axis in locator.values]
    other = [axis for axis in locator.axes if axis not in locator.values]
    if len(lone) == 1 and len(other) == 1:
        k = "xyz".index(lone[0])
        inset = locator.values[lone[0]][0] - locator.host[0][k]
        j = "xyz".index(other[0])
        locator.put(other[0], locator.host[0][j] + inset, locator.host[1][j] - inset)


def _both(locator: Locator, frame: Frame) -> None:
    """At both ends or sides: mirrored about the middle of the axis that has a distance, else at a quarter."""
    ends = frame.has("both_ends")
    axes = [
        axis
        for axis in locator.axes
        if len(locator.values.get(axis, [])) == 1 and abs(locator.values[axis][0] - middle(locator.host, axis)) > 1e-6
    ]
    axis = axes[0] if axes else ""
    if axis:
        centre = middle(locator.host, axis)
        locator.values[axis] = sorted([locator.values[axis][0], round(2 * centre - locator.values[axis][0], 6)])
    elif ends and frame.count == 2:
        pass


def _combine(
    filled: dict[str, list[float]], axes: list[str], count: int, locator: Locator, frame: Frame
) -> list[dict[str, float]]:
    """All combinations where their number fits, pairs where that does, else evenly along the longest axis."""
    total = 1
    for axis in axes:
        total *= len(filled[axis])
    if count <= 1 and total > 1 and (not frame.counted or frame.has("corners")):
        count = total
    if total == count:
        return [dict(zip(axes, one, strict=True)) for one in product(*(filled[axis] for axis in axes))]
    many = [axis for axis in axes if len(filled[axis]) > 1]
    if many and all(len(filled[axis]) == count for axis in many):
        return [{axis: filled[axis][k] if axis in many else filled[axis][0] for axis in axes} for k in range(count)]
    if count == 1:
        return [{axis: filled[axis][0] for axis in axes}]
    if total > 1 and count > total:
        return [dict(zip(axes, one, strict=True)) for one in product(*(filled[axis] for axis in axes))]
    if total == 1:
        free = [axis for axis in axes if axis not in locator.values] or axes[:1]
        said = next((one for one in axes if frame.has("along_" + one)), locator.along)
        axis = said if said in free else free[0]
        size = extent(locator.host, axis)
        low = middle(locator.host, axis) - size / 2
        step = size / (count + 1)
        if count == 4 and len(free) == 2 and not frame.has("row") and not locator.along:
            return [
                {
                    axes[0]: middle(locator.host, axes[0]) + i * extent(locator.host, axes[0]) / 4,
                    axes[1]: middle(locator.host, axes[1]) + j * extent(locator.host, axes[1]) / 4,
                }
                for i in (-1, 1)
                for j in (-1, 1)
            ]
        return [{one: (low + step * (k + 1) if one == axis else filled[one][0]) for one in axes} for k in range(count)]
    return [dict(zip(axes, one, strict=True)) for one in list(product(*(filled[axis] for axis in axes)))[:count]]

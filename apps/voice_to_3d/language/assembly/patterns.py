"""Patterns: several alike: in the corners, in a row, on a circle, on both sides, at coordinates."""

from __future__ import annotations

from itertools import product
from math import cos, pi, sin
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import Made
from wugan.apps.voice_to_3d.language.assembly.lines import Lines
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing, worth

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


def points_of(building: Building, thing: Thing, lines: Lines, host: Made, axis: str) -> list[list[float]]:
    """The middles of all alike; each axis of `lines` that is free gets a value."""
    count = thing.count
    free = [one for one in "xyz" if one in lines.free]
    plane = [one for one in free if one != axis]
    places = [*thing.where, *(thing.group.where if isinstance(thing.group, Thing) else [])]
    listed = next((one for one in places if one.how == "points"), None)
    if listed is not None and len(plane) >= 2:
        pairs = [listed.point[k : k + 2] for k in range(0, len(listed.point), 2)]
        fixed = {one: lines.taken.get(one, [host.mid(one)])[0] for one in free}
        made = []
        for pair in pairs:
            point = {**fixed, plane[0]: lines.origin(plane[0]) + pair[0], plane[1]: lines.origin(plane[1]) + pair[1]}
            made.append([point.get(one, 0.0) for one in "xyz"])
        return made
    circle = _circle(thing)
    if circle and len(plane) >= 2 and (count > 1):
        return _ring(thing, lines, host, free, plane[:2], circle)
    if "corners" in thing.flags:
        _corners(thing, lines, host, plane, places)
    _grid(thing, lines, host, plane)
    for place in places:
        if place.how == "apart" and place.value is not None:
            _apart(thing, lines, host, plane, place)
        elif place.how == "either" and place.value is not None:
            value = worth(place.value, thing) or 0.0
            target = lines.target(place)
            one = lines.named(place.axis, target) if place.axis else _open(lines, host, plane)
            middle = target.mid(one)
            lines.put(one, [middle - value, middle + value])
    if count > 1 and _number(lines, free) == 1:
        _spread(thing, lines, host, plane)
    for one in free:
        lines.put(one, [host.mid(one)])
    made = [list(point) for point in product(*(lines.taken.get(one, [host.mid(one)]) for one in "xyz"))]
    return made


def _number(lines: Lines, free: list[str]) -> int:
    number = 1
    for one in free:
        number *= len(lines.taken.get(one, [0.0]))
    return number


def _open(lines: Lines, host: Made, plane: list[str]) -> str:
    order = [one for one in lines.ordered(host) if one in plane]
    return next((one for one in order if one not in lines.taken), order[0] if order else plane[0])


def _circle(thing: Thing) -> float | None:
    value = thing.get("circle", "pitch_diameter")
    if value is not None:
        return value
    radius = thing.get("circle_radius")
    if radius is not None:
        return 2 * radius
    if (
        thing.kind == "cut"
        and thing.get("diameter") is not None
        and thing.get("radius") is not None
        and thing.count > 2
    ):
        return 2 * (thing.get("radius") or 0.0)
    return None


def _ring(
    thing: Thing, lines: Lines, host: Made, free: list[str], plane: list[str], circle: float
) -> list[list[float]]:
    u, v = plane
    centre = {one: lines.taken.get(one, [host.mid(one)])[0] for one in "xyz"}
    start = (thing.get("start_angle") or 0.0) * pi / 180
    made = []
    for k in range(thing.count):
        angle = start + 2 * pi * k / thing.count
        point = {**centre, u: centre[u] + circle / 2 * cos(angle), v: centre[v] + circle / 2 * sin(angle)}
        made.append([round(point[one], 6) for one in "xyz"])
    return made


def _corners(thing: Thing, lines: Lines, host: Made, plane: list[str], places: list[Place]) -> None:
    inset = next((worth(one.value, thing) for one in places if one.how == "distance" and not one.sides), None)
    if thing.count == 1:
        thing.count = 4
    for one in plane:
        if one in lines.taken and len(lines.taken[one]) > 1:
            continue
        if inset is None and one in lines.taken:
            del lines.taken[one]
        edge = lines.half[one] if inset is None else inset
        if inset is None and thing.kind == "cut":
            return
        lines.taken[one] = [host.side(one, -1) + edge, host.side(one, 1) - edge]


def _grid(thing: Thing, lines: Lines, host: Made, plane: list[str]) -> None:
    columns, rows = thing.get("columns"), thing.get("rows")
    if columns is None or rows is None or len(plane) < 2:
        return
    gaps = [one for one in thing.where if one.how == "apart"]
    flat = [thing.get("pitch"), thing.get("spacing")]
    values = [worth(one.value, thing) or 0.0 for one in gaps] or [one for one in flat if one]
    if not values:
        return
    if thing.get("width") is not None and thing.get("pitch") is not None and not gaps:
        values = [thing.dims["pitch"], thing.dims["width"]]  # "spacing 25 by 30"
    steps = {}
    for number, axis in enumerate(plane[:2]):
        said = next((worth(one.value, thing) for one in gaps if one.axis == axis), None)
        steps[axis] = said if said is not None else values[min(number, len(values) - 1)]
    for axis, count in zip(plane[:2], (int(columns), int(rows)), strict=True):
        step = steps[axis] or 0.0
        centred = host.mid(axis) - step * (count - 1) / 2
        start = lines.taken.pop(axis, [centred])[0]
        start = centred if abs(start - host.mid(axis)) < 1e-6 else start
        lines.taken[axis] = [start + step * k for k in range(count)]
    thing.where = [one for one in thing.where if one.how != "apart"]
    thing.count = int(columns * rows)


def _apart(thing: Thing, lines: Lines, host: Made, plane: list[str], place: Place) -> None:
    """Reads "40 mm apart": a row about the middle, or from the first."""
    gap = worth(place.value, thing) or 0.0
    axis = place.axis if place.axis in plane else _open(lines, host, plane)
    count = max(thing.count, 2)
    if place.own in ("inner", "face", "edge", "side") or "between_faces" in thing.flags:
        gap += 2 * lines.half[axis]
    if (
        axis in lines.taken
        and len(lines.taken[axis]) == 1
        and thing.count > 2
        and abs(lines.taken[axis][0] - host.mid(axis)) > 1e-6
    ):
        start = lines.taken.pop(axis)[0]
        way = 1 if start <= host.mid(axis) else -1
        lines.put(axis, [start + way * gap * k for k in range(count)])
        return
    lines.taken.pop(axis, None)
    lines.put(axis, [host.mid(axis) + gap * (k - (count - 1) / 2) for k in range(count)])


def _spread(thing: Thing, lines: Lines, host: Made, plane: list[str]) -> None:
    """Several with nothing said but "evenly": spread; a pitch of theirs: a row."""
    pitch = thing.get("pitch", "spacing")
    axis = _open(lines, host, plane)
    if pitch is not None:
        count = thing.count
        start = lines.taken.pop(axis, [host.mid(axis) - pitch * (count - 1) / 2])
        first = start[0] if len(start) == 1 else host.mid(axis) - pitch * (count - 1) / 2
        lines.put(axis, [first + pitch * k for k in range(count)])
        return
    if (thing.kind == "body" and "even" in thing.flags) or "flush_outer" in thing.flags:
        low, high = host.side(axis, -1) + lines.half[axis], host.side(axis, 1) - lines.half[axis]
        lines.taken.pop(axis, None)
        lines.put(axis, [low + (high - low) * k / (thing.count - 1) for k in range(thing.count)])

"""Sections: bodies whose outline is a letter (L, T, U, C, I, H, Z), drawn along y; and stairs."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.profile import Polygon

Point = tuple[float, float]


def section(thing: Thing) -> Body | str | None:
    """The solid of a lettered section standing on end (along z); `None` where its sizes are not those of one."""
    letter = {"h": "i", "c": "c"}.get(thing.letter, thing.letter)
    wall = thing.get("wall", "thickness", "flange_thickness", "web_thickness")
    sizes = [value for value, axis in thing.sizes if axis == ""]
    named = {axis: value for value, axis in thing.sizes if axis}
    width = thing.get("width", "flange_width", "total_width") or named.get("x")
    high = thing.get("height", "total_height") or named.get("z")
    along = thing.get("length", "depth", "total_length", "reach") or named.get("y")
    legs = [thing.get("leg"), thing.get("leg_2")]
    if letter == "l" and thing.get("leg_length") is not None:
        legs = [thing.get("leg_length"), thing.get("leg_length")]
    if letter == "l" and legs[0] is not None:
        if along is None and width is not None:
            along, width = width, None
        width, high = width or legs[0], high or legs[1] or legs[0]
    if len(sizes) == 3:
        width, high, along = sizes[0], sizes[1], sizes[2]
    elif len(sizes) == 2:
        width, high = width or sizes[0], high or sizes[1]
    if letter == "i" and thing.get("flange_width") is not None:
        width = thing.get("flange_width")
    if width is None and high is not None and along is not None and letter in ("l",):
        width = high
    if wall is None or width is None or high is None or along is None:
        return None
    flange = thing.get("flange_thickness") or wall
    web = thing.get("web_thickness") or wall
    made = outline_of(letter, width, high, wall, flange, web, thing.get("top_width"))
    if made is None:
        return None
    points, wide = made
    shape = solids.Extrude(profile=Polygon(points=points), height=along)
    return Body(shape, (wide, high, along), low=(-wide / 2, -high / 2))


def outline_of(
    letter: str, width: float, high: float, wall: float, flange: float, web: float, top: float | None = None
) -> tuple[tuple[Point, ...], float] | None:
    """The outline of a letter in its box, centred, and the box's width."""
    x, y = width / 2, high / 2
    if max(flange, web) >= max(width, high):
        return None
    points: list[Point]
    if letter == "l":
        points = [(-x, -y), (x, -y), (x, -y + flange), (-x + web, -y + flange), (-x + web, y), (-x, y)]
    elif letter == "t":
        points = [
            (-web / 2, -y),
            (web / 2, -y),
            (web / 2, y - flange),
            (x, y - flange),
            (x, y),
            (-x, y),
            (-x, y - flange),
            (-web / 2, y - flange),
        ]
    elif letter == "u":
        points = [
            (-x, -y),
            (x, -y),
            (x, y),
            (x - wall, y),
            (x - wall, -y + web),
            (-x + wall, -y + web),
            (-x + wall, y),
            (-x, y),
        ]
    elif letter == "c":
        points = [
            (-x, -y),
            (x, -y),
            (x, -y + flange),
            (-x + web, -y + flange),
            (-x + web, y - flange),
            (x, y - flange),
            (x, y),
            (-x, y),
        ]
    elif letter == "i":
        points = [
            (-x, -y),
            (x, -y),
            (x, -y + flange),
            (web / 2, -y + flange),
            (web / 2, y - flange),
            (x, y - flange),
            (x, y),
            (-x, y),
            (-x, y - flange),
            (-web / 2, y - flange),
            (-web / 2, -y + flange),
            (-x, -y + flange),
        ]
    elif letter == "z":
        upper = top if top is not None else width
        wide = width + upper - web
        left, step = -wide / 2, -wide / 2 + width
        points = [
            (left, -y),
            (step, -y),
            (step, y - flange),
            (left + wide, y - flange),
            (left + wide, y),
            (step - web, y),
            (step - web, -y + flange),
            (left, -y + flange),
        ]
        return tuple(points), wide
    else:
        return None
    return tuple(points), width


def stairs(count: int, deep: float, high: float, wide: float) -> Body:
    """Solid steps rising along x: each `deep` along x and `high`, `wide` along y."""
    points: list[Point] = [(0.0, 0.0), (count * deep, 0.0)]
    for k in range(count, 0, -1):
        points += [(k * deep, k * high), ((k - 1) * deep, k * high)]
    cleaned = [one for number, one in enumerate(points) if number == 0 or one != points[number - 1]]
    x, y = count * deep, count * high
    moved = tuple((round(a - x / 2, 6), round(b - y / 2, 6)) for a, b in cleaned)
    return Body(solids.Extrude(profile=Polygon(points=moved), height=wide), (x, y, wide), low=(-x / 2, -y / 2))

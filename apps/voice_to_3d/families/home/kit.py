"""What the families of the home are put together from: places, blocks, turned vessels, legs, cases with drawers."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, pi, radians, sin, sqrt, tan
from typing import Literal

from wugan.apps.voice_to_3d.families.base import Family, Part
from wugan.apps.voice_to_3d.families.solids import bar, extruded, prism, worked
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement, at
from wugan.apps.voice_to_3d.scene.profile import Circle, Ellipse, Polygon, Profile, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cut, Extrude, Join, Loft, Revolve, Solid, Sweep
from wugan.errors import DataError

LEAST_WALL = 0.8  # mm: two lines of a 0.4 mm nozzle; a thinner wall does not print
SUNK = 0.05  # mm that a part reaches into the one it stands on: equal faces by two sums may lie 1e-13 apart
UPRIGHT = (90.0, 0.0, 0.0)  # a profile's x stays x, its y becomes z, its height runs to the front
SIDEWAYS = (90.0, 0.0, 90.0)  # a profile's x becomes y, its y becomes z, its height runs to the right
ALONG_X = (0.0, 90.0, 0.0)
ALONG_Y = (90.0, 0.0, 0.0)

TopShape = Literal["rectangular", "square", "round", "oval"]


def below(family: Family, small: str, limit: float, *of: str) -> None:
    """Refuse a field that is not less than `limit` mm, which follows from the fields `of`.

    Raises:
        DataError: names the fields, their values and what would do.
    """
    value = getattr(family, small)
    if value >= limit:
        given = ", ".join(f"{name} {getattr(family, name):g}" for name in of)
        raise DataError(
            f"{family.names[0]}: {small} ({value:g}) does not fit {given}; it must be less than {max(limit, 0):g}: "
            f"make {small} smaller or change {' or '.join(of)}"
        )


def require(family: Family, ok: bool, problem: str) -> None:
    """Refuse what cannot be made. Raises `DataError` with the family's name before the problem."""
    if not ok:
        raise DataError(f"{family.names[0]}: {problem}")


def own(x: float = 0, y: float = 0, z: float = 0, rotate: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Placement:
    """The place where a solid's own origin comes to lie (mm), after it was turned."""
    return Placement(
        x=Coordinate(to="origin", offset=x, own="origin"),
        y=Coordinate(to="origin", offset=y, own="origin"),
        z=Coordinate(to="origin", offset=z, own="origin"),
        rotate=rotate,
    )


def sides(x: float, y: float) -> tuple[str, ...]:
    """Left or right, front or back, of a part at (x, y); nothing for a coordinate in the middle."""
    across = ("left",) if x < -1e-6 else ("right",) if x > 1e-6 else ()
    return across + (("front",) if y < -1e-6 else ("back",) if y > 1e-6 else ())


def level(index: int, count: int) -> tuple[str, ...]:
    """Bottom, middle or top, of the `index`-th of `count` from below."""
    if count < 2:
        return ()
    return ("bottom",) if index == 0 else ("top",) if index == count - 1 else ("middle",)


def block(
    role: str,
    size: tuple[float, float, float],
    x: float = 0,
    y: float = 0,
    z: float = 0,
    material: str = "oak",
    tags: tuple[str, ...] = (),
    rotate: tuple[float, float, float] = (0.0, 0.0, 0.0),
) -> Part:
    """A rectangular block centred over (x, y), its bottom at z (mm)."""
    return Part(role, Box(size=size), at(x, y, z, rotate=rotate), material, tags)


def rounded(width: float, depth: float, height: float, radius: float) -> Extrude:
    """A block with rounded vertical corners; the radius is kept below half of the shorter side."""
    radius = max(0.0, min(radius, 0.499 * min(width, depth)))
    return extruded(Rectangle(width=width, depth=depth, corner_radius=radius), height)


def outline(shape: str, width: float, depth: float, radius: float = 0.0) -> Profile:
    """The outline of a top: rectangular or square (with a corner radius), round, oval, hexagonal or octagonal."""
    if shape == "round":
        return Circle(diameter=width)
    if shape == "oval":
        return Ellipse(width=width, depth=depth)
    if shape in ("hexagonal", "octagonal"):
        return RegularPolygon(sides=6 if shape == "hexagonal" else 8, across_flats=depth)
    return Rectangle(width=width, depth=depth, corner_radius=max(0.0, min(radius, 0.499 * min(width, depth))))


def on_circle(count: int, radius: float, start: float = 0.0) -> list[tuple[float, float]]:
    """`count` points evenly on a circle, the first at `start` degrees from +x; exact zeros where they are due."""
    angles = (start * pi / 180 + 2 * pi * k / count for k in range(count))
    return [(round(radius * cos(a), 9), round(radius * sin(a), 9)) for a in angles]


def bail(half: float, low: float, base: float, top: float, thick: float) -> Sweep:
    """A round handle bent over from (-half, base) to (half, base), its upper side at `top`; its ends go down to `low`.

    The arc has a level piece in its middle, so that `top` is met exactly.
    """
    rise = (top - thick / 2 - base) / sin(12 * pi / 25)
    arc = [(half * cos(pi * k / 25), 0.0, base + rise * sin(pi * k / 25)) for k in range(1, 25)]
    path = ((half, 0.0, low), (half, 0.0, base), *arc, (-half, 0.0, base), (-half, 0.0, low))
    return Sweep(profile=Circle(diameter=thick), path=path)


def polygon(*points: tuple[float, float]) -> Polygon:
    """An outline by its points."""
    return Polygon(points=points)


def cut(base: Solid, *holes: tuple[Solid, Placement]) -> Compound:
    """A solid with others taken away, each at a place of the solid's own frame."""
    return Compound(base=base, features=tuple(Cut(shape=shape, place=place) for shape, place in holes))


def join(base: Solid, *more: tuple[Solid, Placement]) -> Compound:
    """Solids made one, each at a place of the first one's own frame."""
    return Compound(base=base, features=tuple(Join(shape=shape, place=place) for shape, place in more))


def as_one(role: str, pieces: list[Part], tags: tuple[str, ...] = ()) -> Part:
    """Pieces that are placed by `at` or `own`, the first one unturned, as one part of the material of the first."""
    first, *rest = pieces
    start = [getattr(first.place, axis).offset for axis in ("x", "y", "z")]
    placed = []
    for piece in rest:
        moved = {
            axis: getattr(piece.place, axis).model_copy(update={"offset": getattr(piece.place, axis).offset - by})
            for axis, by in zip(("x", "y", "z"), start, strict=True)
        }
        placed.append((piece.shape, piece.place.model_copy(update=moved)))
    return Part(role, join(first.shape, *placed), own(*start), first.material, tags or first.sides)


Outline = list[tuple[float, float]]  # (radius, z), z rising


def _slopes(z: Sequence[float], r: Sequence[float]) -> list[float]:
    """Slopes that keep the curve between its points (Fritsch and Carlson, SIAM J. Numer. Anal. 17(2), 1980)."""
    steps = [(r[i + 1] - r[i]) / (z[i + 1] - z[i]) for i in range(len(z) - 1)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in zip(steps, steps[1:], strict=False)]
    return [steps[0], *inner, steps[-1]]


def smooth(points: Sequence[tuple[float, float]], pieces: int = 8) -> Outline:
    """A curve through (radius, z) points, z rising, with `pieces` chords between two; it never overshoots a point."""
    r, z = [p[0] for p in points], [p[1] for p in points]
    m = _slopes(z, r)
    found: Outline = []
    for i in range(len(points) - 1):
        h = z[i + 1] - z[i]
        for k in range(pieces):
            t = k / pieces
            a, b = (1 + 2 * t) * (1 - t) ** 2, t * (1 - t) ** 2
            c, d = t * t * (3 - 2 * t), t * t * (t - 1)
            found.append((max(0.0, a * r[i] + b * h * m[i] + c * r[i + 1] + d * h * m[i + 1]), z[i] + t * h))
    return [*found, (r[-1], z[-1])]


def scaled(points: Sequence[tuple[float, float]], radius: float, height: float) -> Outline:
    """Points given as shares of a radius and a height, in mm."""
    return [(radius * r, height * z) for r, z in points]


def radius_at(points: Outline, z: float) -> float:
    """The outline's radius at height z, straight between its points."""
    for (r0, z0), (r1, z1) in zip(points, points[1:], strict=False):
        if z0 <= z <= z1:
            return r1 if z1 == z0 else r0 + (r1 - r0) * (z - z0) / (z1 - z0)
    return points[0][0] if z < points[0][1] else points[-1][0]


def inner(family: Family, points: Outline, wall: float, floor: float, steps: int = 28) -> Outline:
    """The inside of a vessel: every point of it at least `wall` mm from the outline, from `floor` up to the rim.

    Raises:
        DataError: the wall leaves no room, or the floor reaches the rim.
    """
    top = points[-1][1]
    if floor >= 0.9 * top:
        raise DataError(
            f"{family.names[0]}: the floor ({floor:g} mm thick) fills the height of {top:g} mm: make the wall or floor "
            "thinner, or the thing higher"
        )
    heights = sorted(
        {floor + (top - floor) * k / steps for k in range(steps + 1)} | {z for _, z in points if z > floor}
    )
    found: Outline = []
    for z in heights:
        near = [z + wall * k / 6 for k in range(-6, 7)]
        room = min(radius_at(points, one) - sqrt(max(0.0, wall**2 - (one - z) ** 2)) for one in near if 0 <= one <= top)
        if room > 0.2:
            found.append((room, z))
        elif found or z > floor + 0.5 * (top - floor):
            raise DataError(
                f"{family.names[0]}: a wall of {wall:g} mm leaves no room inside where the radius is "
                f"{radius_at(points, z):g} mm: make the wall thinner or the thing wider"
            )
    if len(found) < 2:
        raise DataError(f"{family.names[0]}: a wall of {wall:g} mm leaves no room inside: make it thinner")
    return found


def turned(points: Outline) -> Revolve:
    """A solid with that outline."""
    closed = [(0.0, points[0][1]), *points, (0.0, points[-1][1])]
    return Revolve(points=tuple(_without_repeats(closed)))


def cavity(inside: Outline, above: float = 0.0, into: float = 0.0) -> Revolve:
    """The inside as a solid: what is taken from a handle or spout.

    Args:
        inside: as `inner` gives it.
        above: mm that it is carried on beyond the rim.
        into: mm that it reaches into the wall, so that what is left ends inside the wall and not on its surface.
    """
    grown = [(r + into, z) for r, z in inside]
    return turned([*grown, *([(grown[-1][0], grown[-1][1] + above)] if above else [])])


def vessel(points: Outline, inside: Outline) -> Revolve:
    """A hollow thing, open at the top."""
    closed = [(0.0, points[0][1]), *points, *reversed(inside), (0.0, inside[0][1])]
    return Revolve(points=tuple(_without_repeats(closed)))


def _without_repeats(points: Outline) -> Outline:
    kept: Outline = []
    for one in points:
        if not kept or abs(one[0] - kept[-1][0]) + abs(one[1] - kept[-1][1]) > 1e-6:
            kept.append(one)
    return kept


LegStyle = Literal["straight", "tapered", "turned", "splayed"]
LegShape = Literal["square", "round"]
SPLAY = 8.0  # degrees: as usual for chairs and tables of the 1950s

# Shares of the radius and the height, from the foot up.
_TURNING = (
    (0.55, 0.0), (0.62, 0.03), (0.45, 0.07), (0.5, 0.1), (0.72, 0.2), (0.95, 0.5), (1.0, 0.58), (0.7, 0.66),
    (0.6, 0.68), (0.9, 0.71), (0.6, 0.74), (0.75, 0.77), (0.95, 0.8), (0.95, 1.0),
)  # fmt: skip


def section(shape: str, size: float) -> Profile:
    """A leg's cross-section."""
    return Circle(diameter=size) if shape == "round" else Rectangle(width=size, depth=size)


def leg_solid(style: str, shape: str, size: float, height: float, lean: tuple[float, float] = (0.0, 0.0)) -> Solid:
    """A leg on its foot, which is centred on the origin; `lean` (mm) carries its top end inwards."""
    if style == "turned":
        spindle = turned(smooth(scaled(_TURNING, size / 2, height), pieces=3))
        if shape == "round":
            return spindle
        head = Placement(z=Coordinate(to="max", own="max"))
        return worked(spindle, Join(shape=Box(size=(size, size, 0.22 * height)), place=head))
    if style == "straight":
        return bar(size, height) if shape == "round" else rounded(size, size, height, 0)
    foot = section(shape, (0.55 if style == "tapered" else 0.65) * size)
    return Loft(bottom=foot, top=section(shape, size), height=height, shift=lean)


def lean(style: str, height: float, x: float, y: float) -> tuple[float, float]:
    """How far (mm) the top end of a leg on (x, y) lies inwards of its foot."""
    out = hypot(x, y)
    if style != "splayed" or out < 1e-6:
        return 0.0, 0.0
    share = min(height * tan(radians(SPLAY)), 0.45 * out) / out
    return -share * x, -share * y


def leg(
    style: str, shape: str, size: float, height: float, x: float, y: float, material: str = "oak", role: str = "leg"
) -> Part:
    """A leg `size` mm thick that stays within `size` / 2 of (x, y) outwards; a splayed one leans inwards going up."""
    solid = leg_solid(style, shape, size, height + SUNK, lean(style, height, x, y))
    return Part(role, solid, own(x, y), material, sides(x, y))


def corners(width: float, depth: float, inset: float) -> list[tuple[float, float]]:
    """The four places `inset` mm inside the corners: front left, front right, back left, back right."""
    x, y = width / 2 - inset, depth / 2 - inset
    return [(-x, -y), (x, -y), (-x, y), (x, y)]


def leg_places(shape: str, legs: int, width: float, depth: float, inset: float) -> list[tuple[float, float]]:
    """Where legs stand under a top.

    Args:
        shape: of the top; under a round one (or with an odd number) the legs stand on an ellipse.
        legs: how many; an even number from 4 stands in two rows under a rectangular top.
        width: of the top (mm).
        depth: of the top (mm).
        inset: from the top's edge to a leg's middle (mm).
    """
    if legs == 1:
        return [(0.0, 0.0)]
    if shape in ("round", "oval") or legs % 2 or legs < 4:
        share = 0.86 if shape in ("round", "oval") else 1.0
        circle = on_circle(legs, 1.0, 45 if legs == 4 else 90 if legs % 2 else 0)
        x, y = share * width / 2 - inset, share * depth / 2 - inset
        return sorted(((round(x * a, 9), round(y * b, 9)) for a, b in circle), key=lambda p: (p[1], p[0]))
    row = legs // 2
    xs = [round(-(width / 2 - inset) + (width - 2 * inset) * k / (row - 1), 9) for k in range(row)]
    return [(x, y) for y in (-(depth / 2 - inset), depth / 2 - inset) for x in xs]


HandleStyle = Literal["bar", "knob", "none"]


def reach(style: str, size: float) -> float:
    """How far (mm) a handle stands out from a front whose shorter side is `size`."""
    return 0.0 if style == "none" else min(30.0, max(1.5, 0.12 * size))


def shell(
    width: float,
    depth: float,
    height: float,
    board: float,
    x: float = 0,
    y: float = 0,
    z: float = 0,
    tags: tuple[str, ...] = (),
    material: str = "oak",
    back: bool = True,
) -> list[Part]:
    """Sides, top, bottom and back of a case that is open to the front; `board` mm thick, the back half of that."""
    thin = max(0.8, 0.5 * board)
    found = [
        block("side", (board, depth, height), x - (width - board) / 2, y, z, material, ("left",)),
        block("side", (board, depth, height), x + (width - board) / 2, y, z, material, ("right",)),
        block("bottom", (width - board, depth, board), x, y, z, material, tags),
        block("top", (width - board, depth, board), x, y, z + height - board, material, tags),
    ]
    if back:
        size = (width - board, thin, height - board)
        found.append(block("back", size, x, y + (depth - thin) / 2, z + board / 2, material, tags))
    return found


def handle(
    style: str,
    x: float,
    y: float,
    z: float,
    size: float,
    out: float,
    tags: tuple[str, ...] = (),
    material: str = "brass",
    vertical: bool = False,
) -> list[Part]:
    """A handle on a front at y, its middle at (x, z), `size` mm long, standing `out` mm to the front."""
    if style == "none":
        return []
    sunk = min(0.3, 0.1 * out)  # into the front, so that both are one piece
    if style == "knob":
        r = 0.55 * out
        knob = turned(smooth([(0.55 * r, -sunk), (0.45 * r, 0.35 * out), (r, 0.7 * out), (0.5 * r, out)], pieces=4))
        return [Part("knob", knob, own(x, y, z, ALONG_Y), material, tags)]
    thick = 0.4 * out
    half = max(size, 3.5 * thick) / 2
    u = [(-half, sunk), (-half, 0.7 * thick - out), (0.3 * thick - half, -out), (half - 0.3 * thick, -out),
         (half, 0.7 * thick - out), (half, sunk), (half - thick, sunk), (half - thick, thick - out),
         (thick - half, thick - out), (thick - half, sunk)]  # fmt: skip
    grip = prism(u, thick)
    place = own(x - thick / 2, y, z, (0, 90, 0)) if vertical else own(x, y, z - thick / 2)
    return [Part("handle", grip, place, material, tags)]


def drawer_box(width: float, depth: float, height: float, board: float) -> Solid:
    """An open box: the drawer behind its front; a solid block where it is too small for walls of `board` mm."""
    if min(width, depth) < 3 * board or height < 2 * board:
        return Box(size=(width, depth, height))
    inside = Box(size=(width - 2 * board, depth - 2 * board, height))
    return cut(Box(size=(width, depth, height)), (inside, own(0, 0, board)))


def drawer_stack(
    width: float,
    height: float,
    front: float,
    depth: float,
    drawers: int,
    x: float = 0,
    z: float = 0,
    board: float = 18,
    overlap: float = 9,
    style: str = "bar",
    material: str = "oak",
    tags: tuple[str, ...] = (),
    out: float | None = None,
    columns: int = 1,
    tops: bool = True,
) -> list[Part]:
    """Drawers over each other, from the bottom up: fronts laid on the case, boxes behind them, handles before them.

    Args:
        width: of the opening (mm).
        height: of the opening.
        front: y of the case's front edge, which the drawer fronts lie on.
        depth: of the case.
        drawers: how many.
        x: the opening's middle.
        z: its bottom.
        board: thickness of the fronts.
        overlap: by how much a front covers the case around the opening.
        style: of the handles.
        material: of fronts.
        tags: sides of every part, beside top, middle or bottom.
        out: how far handles stand out; usual for the size where it is `None`.
        columns: how many drawers beside each other.
        tops: whether drawers are tagged top, middle and bottom.
    """
    found: list[Part] = []
    each = (height + 2 * overlap) / drawers
    wide = (width + 2 * overlap) / columns
    gap = min(3.0, 0.06 * each, 1.2 * board)
    stand = reach(style, min(each, wide)) if out is None else out
    for column in range(columns):
        middle = x - (wide * (columns - 1)) / 2 + column * wide
        across = tags + (
            () if columns == 1 else ("left",) if column == 0 else ("right",) if column == columns - 1 else ("middle",)
        )
        for k in range(drawers):
            where = across + (level(k, drawers) if tops else ())
            bottom = z - overlap + k * each
            size = (wide - gap, board + SUNK, each - gap)
            found.append(
                block("drawer front", size, middle, front - (board - SUNK) / 2, bottom + gap / 2, material, where)
            )
            inner_width, inner_height = wide - gap - 2 * overlap - 2, each - gap - 2 * overlap - 2
            wall = max(0.8, min(12.0, 0.06 * min(wide, each)))
            if inner_width > 3 * wall and inner_height > 2 * wall:
                body = drawer_box(inner_width, 0.85 * depth, inner_height, wall)
                place = at(middle, front + 0.425 * depth, bottom + gap / 2 + overlap + 1)
                found.append(Part("drawer", body, place, "birch", where))
            found += handle(style, middle, front - board, bottom + each / 2, 0.3 * wide, stand, where)
    return found


def door(
    width: float,
    height: float,
    x: float,
    front: float,
    z: float,
    board: float,
    hinge: str,
    style: str = "bar",
    material: str = "oak",
    out: float = 20,
    glass: bool = False,
) -> list[Part]:
    """A door laid on a case whose front edge is at y = `front`; its handle is opposite the hinge ("left", "right")."""
    tags = (hinge,)
    size = (width, board + SUNK, height)
    found: list[Part]
    if glass and min(width, height) > 8 * board:
        rim = 2.5 * board
        hole = Box(size=(width - 2 * rim, 3 * board, height - 2 * rim))
        frame = cut(Box(size=size), (hole, own(0, 0, rim)))
        pane = (width - 1.8 * rim, 0.3 * board, height - 1.8 * rim)
        found = [
            Part("door", frame, at(x, front - (board - SUNK) / 2, z), material, tags),
            block("pane", pane, x, front - board / 2, z + 0.9 * rim, "glass", tags),
        ]
    else:
        found = [block("door", size, x, front - (board - SUNK) / 2, z, material, tags)]
    edge = max(0.08 * width, 1.6 * out if style == "knob" else 0.6 * out)
    away = width / 2 - (1.25 * board if len(found) > 1 else edge)  # on the frame, not on the pane
    where = x + (away if hinge == "left" else -away)
    return found + handle(style, where, front - board, z + height / 2, 0.15 * height, out, tags, vertical=True)

"""Bodies: a solid's frame becomes a typed solid standing on z = 0, and the size of its box."""

from __future__ import annotations

from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Body, Frame, across, box_axes, inner, tall
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Placement
from wugan.apps.voice_to_3d.scene.profile import (
    Circle,
    Combined,
    Ellipse,
    Gear,
    Piece,
    Polygon,
    Profile,
    Rectangle,
    RegularPolygon,
    Sector,
    Slot,
    Star,
)  # fmt: skip

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


# Drawn bodies: outlines by points, square tubes, half bars and lying prisms.


def _points(frame: Frame) -> Body | str:
    """An outline by points, drawn up, or turned about the vertical axis."""
    points = tuple((point[0], point[1]) for point in frame.points)
    if frame.has("revolve", "revolved"):
        if min(x for x, _ in points) < 0:
            return "radii above zero"
        wide, low = 2 * max(x for x, _ in points), min(y for _, y in points)
        outline = tuple((x, round(y - low, 6)) for x, y in points)
        return Body(solids.Revolve(points=_counterclockwise(outline)), (wide, wide, max(y for _, y in outline)))
    height = tall(frame)
    if height is None:
        return "its thickness or length"
    xs, ys = [x for x, _ in points], [y for _, y in points]
    size = (max(xs) - min(xs), max(ys) - min(ys), height)
    shape = solids.Extrude(profile=Polygon(points=_counterclockwise(points)), height=height)
    return Body(shape, size, low=(min(xs), min(ys)))


def _counterclockwise(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
    return points if area > 0 else points[::-1]


def _square_tube(frame: Frame) -> Body | str:
    """A rectangular tube along z, open at both ends."""
    wall, height = frame.get("wall") or 0.0, frame.get("length", "height")
    side = frame.get("side", "width")
    sizes = [size for size, _ in frame.sizes] or ([side, frame.get("depth") or side] if side is not None else [])
    if height is None and len(sizes) == 3:
        height = sizes.pop()
    if len(sizes) < 2 or height is None:
        return "its width, depth and length"
    if 2 * wall >= min(sizes[:2]):
        return f"walls that leave room ({wall:g} mm)"
    outer = Rectangle(width=sizes[0], depth=sizes[1])
    inside = Rectangle(width=sizes[0] - 2 * wall, depth=sizes[1] - 2 * wall)
    profile = Combined(add=(Piece(profile=outer),), cut=(Piece(profile=inside),))
    return Body(solids.Extrude(profile=profile, height=height), (sizes[0], sizes[1], height))


def _half_cylinder(frame: Frame) -> Body | str:
    """Half a round bar, standing."""
    diameter, height = across(frame), tall(frame)
    if diameter is None or height is None:
        return "its diameter and length"
    half = Sector(diameter=diameter, start=0, sweep=180)
    return Body(solids.Extrude(profile=half, height=height), (diameter, diameter / 2, height), low=(-diameter / 2, 0.0))


def _roof(frame: Frame) -> Body:
    """A triangular prism that lies: the triangle's width along y and height along z, its length along x."""
    width, high, length = frame.get("width") or 0.0, frame.get("height") or 0.0, frame.get("length") or 0.0
    points = ((0.0, -width / 2), (0.0, width / 2), (-high, 0.0))  # z is -x of the outline once it lies
    lying = Placement(
        x=Coordinate(to="origin"),
        y=Coordinate(to="origin"),
        z=Coordinate(to="origin", own="min"),
        rotate=(0.0, 90.0, 0.0),
    )
    prism = solids.Extrude(profile=Polygon(points=tuple(reversed(points))), height=length)
    return Body(solids.Hull(of=(solids.Placed(shape=prism, place=lying),)), (length, width, high))


# Outlines: the flat profile of a frame (hexagon, triangle, stadium…) and the size of its box.

SIDES = {"hexagon": 6, "octagon": 8, "pentagon": 5, "polygon": 6}
Outline = tuple[Profile, tuple[float, float], tuple[float, float] | None]


def outline(frame: Frame, shape: str) -> Outline | str:
    """The profile, the size of its box and that box's lower corner (`None`: centred); or what is lacking."""
    if shape in SIDES:
        return _polygon(frame, SIDES[shape])
    if shape == "triangle":
        return _triangle(frame)
    if shape in ("stadium", "slot"):
        return _stadium(frame)
    if shape == "ellipse":
        sizes = box_axes(frame)
        if "x" not in sizes or "y" not in sizes:
            return "its two diameters"
        return Ellipse(width=sizes["x"], depth=sizes["y"]), (sizes["x"], sizes["y"]), None
    if shape == "semicircle":
        diameter = across(frame) or frame.get("width")
        if diameter is None:
            return "its diameter"
        return Sector(diameter=diameter, start=0, sweep=180), (diameter, diameter / 2), (-diameter / 2, 0.0)
    if shape == "trapezoid":
        return _trapezoid(frame)
    if shape == "star":
        outer, small = across(frame) or frame.get("width"), frame.get("inner_diameter")
        points = int(frame.get("points") or 5)
        if outer is None:
            return "its diameter"
        return Star(points=points, diameter=outer, inner_diameter=small or outer * 0.382), (outer, outer), None
    if shape == "cross":
        return _cross(frame)
    if shape in ("hole", "cylinder", "round"):
        diameter = across(frame)
        return (Circle(diameter=diameter), (diameter, diameter), None) if diameter else "its diameter"
    sizes = box_axes(frame)
    if "x" not in sizes or "y" not in sizes:
        return "its width and length"
    return (
        Rectangle(width=sizes["x"], depth=sizes["y"], corner_radius=frame.get("corner_radius") or 0.0),
        (sizes["x"], sizes["y"]),
        None,
    )


def _polygon(frame: Frame, sides: int) -> Outline | str:
    flats = frame.get("across_flats", "width", "across")
    if flats is None and (side := frame.get("side")) is not None:
        flats = side * cos(pi / sides) / sin(pi / sides)
    corners = frame.get("across_corners")
    if flats is None and corners is None and (radius := frame.get("radius")) is not None:
        corners = 2 * radius
    if flats is None and corners is None:
        corners = frame.get("outer_diameter", "diameter")
    if flats is None and corners is not None:
        flats = corners * cos(pi / sides)
    if flats is None and frame.sizes:
        flats = frame.sizes[0][0]
    if flats is None:
        return "its width across flats"
    radius = flats / 2 / cos(pi / sides)
    points = [
        (
            radius * cos(-pi / 2 + pi / sides + 2 * pi * k / sides),
            radius * sin(-pi / 2 + pi / sides + 2 * pi * k / sides),
        )
        for k in range(sides)
    ]
    size = (
        max(x for x, _ in points) - min(x for x, _ in points),
        max(y for _, y in points) - min(y for _, y in points),
    )
    return RegularPolygon(sides=sides, across_flats=flats), size, None


def _triangle(frame: Frame) -> Outline | str:
    leg, side = frame.get("leg"), frame.get("side")
    base, height = frame.get("base_width", "width", "base"), frame.get("height", "depth")
    if leg is None and frame.has("right") and base is None and height is None:
        leg = side
    if leg is not None:
        other = frame.get("leg_2") or leg
        points = ((0.0, 0.0), (leg, 0.0), (0.0, other))
        return Polygon(points=_centred(points, leg, other)), (leg, other), None
    if base is not None and height is not None:
        points = (
            ((0.0, 0.0), (base, 0.0), (0.0, height))
            if frame.has("right")
            else ((0.0, 0.0), (base, 0.0), (base / 2, height))
        )
        return Polygon(points=_centred(points, base, height)), (base, height), None
    if side is None and frame.sizes:
        side = frame.sizes[0][0]
        if len(frame.sizes) > 1:
            height = frame.sizes[1][0]
            points = (
                ((0.0, 0.0), (side, 0.0), (0.0, height))
                if frame.has("right")
                else ((0.0, 0.0), (side, 0.0), (side / 2, height))
            )
            return Polygon(points=_centred(points, side, height)), (side, height), None
    side = side if side is not None else base
    if side is None:
        return "its sides"
    height = side * sqrt(3) / 2
    return Polygon(points=_centred(((0.0, 0.0), (side, 0.0), (side / 2, height)), side, height)), (side, height), None


def _centred(points: tuple[tuple[float, float], ...], width: float, depth: float) -> tuple[tuple[float, float], ...]:
    return tuple((x - width / 2, y - depth / 2) for x, y in points)


def _stadium(frame: Frame) -> Outline | str:
    width = across(frame) or frame.get("width", "depth")
    between = frame.get("apart")
    if width is None and frame.sizes:
        width = min(size for size, _ in frame.sizes)
    if width is None:
        return "its width"
    if between is None:
        over = frame.get("length", "total_length") or (max(size for size, _ in frame.sizes) if frame.sizes else None)
        if over is None:
            return "its length"
        between = over - width
    if between < 0:
        return "a length above its width"
    return Slot(length=between, width=width), (between + width, width), None


def _trapezoid(frame: Frame) -> Outline | str:
    bottom, top = frame.get("bottom_width", "base_width", "width"), frame.get("top_width")
    height = frame.get("height", "depth")
    if bottom is None or top is None or height is None:
        return "its widths at the bottom and the top, and its height"
    points = ((-bottom / 2, -height / 2), (bottom / 2, -height / 2), (top / 2, height / 2), (-top / 2, height / 2))
    return Polygon(points=points), (max(bottom, top), height), None


def _cross(frame: Frame) -> Outline | str:
    sizes = [size for size, _ in frame.sizes]
    long = frame.get("length", "total_length", "side") or (max(sizes[:2]) if sizes else None)
    wide = frame.get("arm_width", "width") or (min(sizes[:2]) if len(sizes) > 1 else None)
    if long is None or wide is None:
        return "the length and width of its bars"
    a, b = long / 2, wide / 2
    radius = frame.get("inside_radius")
    if radius is not None and 0 < radius <= a - b:
        arc = [
            (b + radius - radius * cos(pi / 2 * k / 12), b + radius - radius * sin(pi / 2 * k / 12)) for k in range(13)
        ]
        quarter = [(b, a), *arc, (a, b)]  # from the top of the upper bar down to the end of the right one
        quarter = [(b, a), *arc, (a, b)]
        full: list[tuple[float, float]] = []
        for turn in range(4):
            c, s = [(1, 0), (0, -1), (-1, 0), (0, 1)][turn]
            full += [(c * x - s * y, s * x + c * y) for x, y in quarter]
        full.reverse()
        return Polygon(points=tuple((round(x, 6), round(y, 6)) for x, y in full)), (long, long), None
    points = (
        (b, -a),
        (b, -b),
        (a, -b),
        (a, b),
        (b, b),
        (b, a),
        (-b, a),
        (-b, b),
        (-a, b),
        (-a, -b),
        (-b, -b),
        (-b, -a),
    )
    return Polygon(points=points), (long, long), None


Size3 = tuple[float, float, float]
PRISMS = (
    "hexagon",
    "octagon",
    "pentagon",
    "triangle",
    "ellipse",
    "stadium",
    "semicircle",
    "trapezoid",
    "star",
    "cross",
    "polygon",
    "slot",
)


def body(frame: Frame, hints: dict[str, float] | None = None) -> Body | str:
    """The solid of a frame, or what its description lacks ("its height").

    Args:
        frame: what was said.
        hints: sizes along axes to fall back on where a box's were not said (its host's).
    """
    made = lettered(frame)
    if made is not None:
        return made
    shape = frame.shape or guess(frame)
    maker = MAKERS.get(shape)
    if maker is not None:
        return maker(frame)
    if shape in PRISMS:
        return _prism(frame, shape)
    return _box(frame, hints or {})


def guess(frame: Frame) -> str:
    """The shape of a frame whose words do not say it: round where it has a diameter, else a box."""
    if frame.shape:
        return frame.shape
    if across(frame) is not None and not frame.has("hollow_sphere"):
        return "cylinder"
    if frame.get("across_flats") is not None:
        return "hexagon"
    return "box"


def _box(frame: Frame, hints: dict[str, float]) -> Body | str:
    sizes = box_axes(frame)
    lacking = [axis for axis in "xyz" if axis not in sizes]
    for axis in lacking:
        if axis in hints:
            sizes[axis] = hints[axis]
    lacking = [axis for axis in "xyz" if axis not in sizes]
    if len(lacking) == 1 and frame.has("square") and lacking[0] in "xy":
        sizes[lacking[0]] = sizes["x" if lacking[0] == "y" else "y"]
        lacking = []
    if lacking:
        return (
            {"x": "its length", "y": "its width", "z": "its thickness or height"}[lacking[0]]
            if len(lacking) < 3
            else "its size"
        )
    size = (sizes["x"], sizes["y"], sizes["z"])
    if min(size) <= 0:
        return "a size above zero"
    if frame.has("rounded_ends"):
        from wugan.apps.voice_to_3d.scene.profile import Slot

        long, short = max(size[:2]), min(size[:2])
        profile = Slot(length=max(long - short, 0.0), width=short)
        return Body(solids.Extrude(profile=profile, height=size[2]), (long, short, size[2]))
    corner = frame.get("corner_radius", "radius")
    if corner and corner <= min(size[:2]) / 2 + 1e-9:
        return Body(
            solids.Extrude(profile=Rectangle(width=size[0], depth=size[1], corner_radius=corner), height=size[2]), size
        )
    return Body(solids.Box(size=size), size)


def _cylinder(frame: Frame) -> Body | str:
    diameter, height = across(frame), tall(frame)
    if diameter is None and frame.get("wall") is not None and (frame.sizes or frame.has("square")):
        return _square_tube(frame)
    if diameter is None and len(frame.sizes) >= 2 and height is None:
        return _box(frame, {})
    if diameter is None and frame.sizes and frame.get("width", "side") is None:
        diameter = frame.sizes[0][0]
    if diameter is None and frame.noun in ("rod", "disc", "disk", "cylinder") and frame.get("width") is not None:
        diameter = frame.get("width")
        height = frame.get("height", "length", "thickness")
    if diameter is None and frame.get("wall") is not None:
        return _square_tube(frame)
    if diameter is None:
        return _box(frame, {}) if not isinstance(_box(frame, {}), str) else "its diameter"
    if height is None:
        return "its length"
    hole = inner(frame)
    if hole is not None and hole >= diameter:
        return f"an inner diameter below the outer one ({hole:g} is not below {diameter:g} mm)"
    if frame.has("half"):
        half = Sector(diameter=diameter, inner_diameter=hole or 0.0, start=0, sweep=180)
        size = (diameter, diameter / 2, height)
        return Body(solids.Extrude(profile=half, height=height), size, low=(-diameter / 2, 0.0))
    top, bottom = frame.get("top_diameter"), frame.get("bottom_diameter", "base_diameter")
    if top is not None or bottom is not None:
        return _cone(frame)
    return Body(
        solids.Cylinder(diameter=diameter, height=height, inner_diameter=hole or 0.0), (diameter, diameter, height)
    )


def _cone(frame: Frame) -> Body | str:
    top = frame.get("top_diameter", "top_outer_diameter", "upper_diameter", "small_diameter", "tip_diameter")
    bottom = frame.get(
        "bottom_diameter",
        "base_diameter",
        "bottom_outer_diameter",
        "lower_diameter",
        "large_diameter",
        "big_diameter",
        "diameter",
        "outer_diameter",
    )
    radius = frame.get("radius", "base_radius", "bottom_radius")
    top_radius = frame.get("top_radius")
    bottom = 2 * radius if bottom is None and radius is not None else bottom
    top = 2 * top_radius if top is None and top_radius is not None else top
    height = tall(frame)
    if bottom is None and top is None:
        return "its diameter"
    if height is None:
        return "its height"
    bottom, top = bottom if bottom is not None else 0.0, top or 0.0
    widest = max(bottom, top)
    return Body(solids.Cone(bottom_diameter=bottom, top_diameter=top, height=height), (widest, widest, height))


def _sphere(frame: Frame) -> Body | str:
    diameter = across(frame)
    if diameter is None:
        return "its diameter"
    ball = solids.Sphere(diameter=diameter)
    hole = inner(frame)
    if hole is None and frame.has("hollow") and (wall := frame.get("thickness")):
        hole = diameter - 2 * wall
    if hole and hole > 0:
        void = solids.Cut(id="void", name="void", shape=solids.Sphere(diameter=hole), place=Placement(z=Coordinate()))
        return Body(solids.Compound(base=ball, features=(void,)), (diameter,) * 3)
    return Body(ball, (diameter,) * 3)


def _hemisphere(frame: Frame) -> Body | str:
    diameter = across(frame)
    if diameter is None:
        return "its diameter"
    dome = solids.Sphere(diameter=diameter, upper_half=True)
    hole = inner(frame)
    if hole is None and (wall := frame.get("thickness")) and frame.has("hollow"):
        hole = diameter - 2 * wall
    size = (diameter, diameter, diameter / 2)
    if hole and hole > 0:
        void = solids.Cut(
            id="void",
            name="void",
            shape=solids.Sphere(diameter=hole, upper_half=True),
            place=Placement(z=Coordinate(to="min", own="min")),
        )
        return Body(solids.Compound(base=dome, features=(void,)), size)
    return Body(dome, size)


def _torus(frame: Frame) -> Body | str:
    tube = frame.get("cord", "wire", "tube")
    wall = frame.get("wall", "tube_wall")
    outer, hole = frame.get("outer_diameter", "diameter"), frame.get("inner_diameter")
    if outer is None and frame.get("outer_radius") is not None:
        outer = 2 * (frame.get("outer_radius") or 0)
    if hole is None and frame.get("inner_radius") is not None:
        hole = 2 * (frame.get("inner_radius") or 0)
    middle = frame.get("pitch_diameter")
    tube = tube if tube is not None else frame.get("thickness") if not (outer and hole) else None
    if tube is None and outer is not None and hole is not None:
        tube = (outer - hole) / 2
    if tube is None and (minor := frame.get("minor_radius")) is not None:
        tube = 2 * minor
    if middle is None and frame.get("major_radius") is not None:
        middle = 2 * (frame.get("major_radius") or 0)
    if tube is None:
        return "the thickness of its ring"
    if middle is None:
        middle = outer - tube if outer is not None else hole + tube if hole is not None else None
    if middle is None:
        return "its diameter"
    inside = tube - 2 * wall if wall else 0.0
    if tube <= 0 or middle < tube or inside < 0:
        return "sizes that fit each other (the ring is thicker than its diameter lets it)"
    return Body(solids.Torus(diameter=middle, tube=tube, tube_inner=inside), (middle + tube, middle + tube, tube))


def _pyramid(frame: Frame) -> Body | str:
    sizes = box_axes(frame)
    side = frame.get("side", "width") or sizes.get("x")
    height = frame.get("height", "length") or sizes.get("z")
    if side is None:
        return "the side of its base"
    if height is None:
        return "its height"
    depth = sizes.get("y", side) if frame.sizes else side
    return Body(solids.Pyramid(profile=Rectangle(width=side, depth=depth), height=height), (side, depth, height))


def _wedge(frame: Frame) -> Body | str:
    """A ramp: high at one end of its length, low (or sharp) at the other."""
    sizes = box_axes(frame)
    length, width = sizes.get("x"), sizes.get("y")
    high = frame.get("high_end") or sizes.get("z")
    low = frame.get("low_end") or 0.0
    if length is None or width is None or high is None:
        return "its length, width and height"
    points = [(-length / 2, 0.0), (length / 2, 0.0), (length / 2, high)] + ([(-length / 2, low)] if low else [])
    shape = solids.Extrude(profile=Polygon(points=tuple(points)), height=width)
    turned = solids.Hull(of=(solids.Placed(shape=shape, place=_upright(width)),))
    return Body(turned, (length, width, high))


def _upright(width: float) -> Placement:
    """An outline drawn in x and y set up in x and z: turned about x, its middle at y = 0."""
    return Placement(
        x=Coordinate(to="origin"),
        y=Coordinate(to="origin"),
        z=Coordinate(to="origin", own="min"),
        rotate=(90.0, 0.0, 0.0),
    )


def _elbow(frame: Frame) -> Body | str:
    """A bent pipe or rod: a piece of a turned ring."""
    diameter, radius = across(frame), frame.get("bend_radius")
    angle = frame.get("angle") or 90.0
    if diameter is None:
        return "its diameter"
    if radius is None:
        return "its bend radius"
    hole = inner(frame)
    if radius < diameter / 2:
        return f"a bend radius of at least half its diameter ({radius:g} is below {diameter / 2:g} mm)"
    count = 64

    def ring(across_: float) -> tuple[tuple[float, float], ...]:
        from math import sin

        return tuple(
            (radius + across_ / 2 * cos(2 * pi * k / count), across_ / 2 * sin(2 * pi * k / count))
            for k in range(count)
        )

    shape = solids.Revolve(points=ring(diameter), holes=(ring(hole),) if hole else (), sweep=angle)
    reach = radius + diameter / 2
    size = (reach, reach, diameter) if angle == 90 else (2 * reach, 2 * reach, diameter)
    return Body(shape, size)


def _gear(frame: Frame) -> Body | str:
    module, teeth = frame.get("module"), frame.get("teeth")
    height = frame.get("height", "width", "thickness", "length")
    if module is None or teeth is None:
        return "its module and number of teeth"
    if height is None:
        return "its face width"
    outer = module * (teeth + 2)
    return Body(solids.Extrude(profile=Gear(module=module, teeth=int(teeth)), height=height), (outer, outer, height))


def _helix(frame: Frame) -> Body | str:
    from wugan.apps.voice_to_3d.scene.profile import Circle

    wire, outer, height = frame.get("wire", "cord", "thickness"), across(frame), frame.get("height", "length")
    turns = frame.get("turns")
    if wire is None or outer is None or height is None:
        return "its wire, diameter and length"
    turns = turns or max(1.0, (height - wire) / (2 * wire))
    return Body(
        solids.Helix(profile=Circle(diameter=wire), diameter=outer - wire, pitch=(height - wire) / turns, turns=turns),
        (outer, outer, height),
    )


def _capsule(frame: Frame) -> Body | str:
    diameter, height = across(frame) or frame.get("width"), frame.get("length", "height")
    if diameter is None or height is None:
        return "its diameter and length"
    return Body(solids.Capsule(diameter=diameter, height=height), (diameter, diameter, height))


def _ellipsoid(frame: Frame) -> Body | str:
    sizes = box_axes(frame)
    if len(sizes) < 3:
        return "its three sizes"
    size = (sizes["x"], sizes["y"], sizes["z"])
    return Body(solids.Ellipsoid(size=size), size)


def _prism(frame: Frame, shape: str) -> Body | str:
    if shape == "triangle" and all(frame.get(name) is not None for name in ("width", "height", "length")):
        return _roof(frame)
    profile = outline(frame, shape)
    if isinstance(profile, str):
        return profile
    height = frame.get("height", "thickness", "length", "depth", "reach", "total_height", "total_length")
    if shape in ("triangle", "trapezoid") and frame.get("length") is not None and frame.get("thickness") is None:
        height = frame.get("length")
    if height is None:
        named = [size for size, axis in frame.sizes if axis == "z"]
        height = (
            named[0]
            if named
            else frame.sizes[0][0]
            if frame.sizes and frame.get("across_flats", "diameter", "side")
            else None
        )
    if height is None:
        return "its thickness or length"
    return Body(
        solids.Extrude(profile=profile[0], height=height), (profile[1][0], profile[1][1], height), low=profile[2]
    )


def _ring(frame: Frame) -> Body | str:
    """A ring is a tube where it has a height or width, else a torus."""
    flat = frame.get("height", "width", "length") is not None or (
        frame.get("thickness") is not None and inner(frame) is not None
    )
    return _cylinder(frame) if flat and frame.get("cord", "wire") is None else _torus(frame)


MAKERS = {
    "points": _points,
    "halfcylinder": _half_cylinder,
    "ring": _ring,
    "box": lambda frame: _box(frame, {}), "cylinder": _cylinder, "tube": _cylinder, "cone": _cone,
    "sphere": _sphere, "hemisphere": _hemisphere,
    "torus": _torus, "pyramid": _pyramid, "wedge": _wedge, "elbow": _elbow, "gear": _gear, "helix": _helix,
    "capsule": _capsule,
    "ellipsoid": _ellipsoid, "round": _cylinder,
}  # fmt: skip
del MAKERS["box"]


# Lettered: solids whose section is a letter: L, U (C, channel), T, I (H) and Z, lying with their length along x.

Cell = tuple[float, float, float, float]  # y and z of the lower corner, then of the upper one


def letter_of(frame: Frame) -> str:
    """The letter of a frame's section, or ""."""
    for letter in ("l", "u", "c", "t", "i", "h", "z"):
        if letter + "_shape" in frame.flags:
            return {"h": "i"}.get(letter, letter)
    if frame.noun == "channel":
        return "u"
    if frame.noun == "angle":
        return "l"
    return ""


def lettered(frame: Frame) -> Body | str | None:
    """The solid of an L, U, T, I or Z section; `None` where the frame has none or its sizes are not those of one."""
    letter = letter_of(frame)
    wall = frame.get("wall", "thickness")
    length = frame.get("length", "depth")
    width, height = frame.get("width"), frame.get("height", "total_height")
    sizes = [size for size, _ in frame.sizes]
    if not letter:
        return None
    if length is None and len(sizes) >= 3:
        width, height, length = sizes[0], sizes[1], sizes[2]
    elif len(sizes) == 2:
        width, height = (width or sizes[0]), (height or sizes[1])
    legs = [frame.get("leg"), frame.get("leg_2")]
    if letter == "l" and legs[0]:
        width, height = width if width and length is None else legs[0], height or legs[1] or legs[0]
        if length is None:
            length = frame.get("width")
    if width is None or height is None or length is None or wall is None:
        return None
    if letter == "c":  # a C stands: its back is the height, its flanges are the width
        letter, width, height = "u", height, width
    web, flange = frame.get("web_thickness") or wall, frame.get("flange_thickness") or wall
    if letter == "l":
        cells = [(0.0, 0.0, width, wall), (0.0, 0.0, wall, height)]
    elif letter == "u":
        cells = [(0.0, 0.0, width, wall), (0.0, 0.0, wall, height), (width - wall, 0.0, width, height)]
    elif letter == "t":
        cells = [(0.0, height - flange, width, height), ((width - web) / 2, 0.0, (width + web) / 2, height)]
    elif letter == "i":
        cells = [
            (0.0, 0.0, width, flange),
            (0.0, height - flange, width, height),
            ((width - web) / 2, 0.0, (width + web) / 2, height),
        ]
    else:
        cells = [
            (0.0, 0.0, width / 2 + wall / 2, wall),
            (width / 2 - wall / 2, 0.0, width / 2 + wall / 2, height),
            (width / 2 - wall / 2, height - wall, width, height),
        ]
    if min(2 * wall if letter == "u" else wall, height) >= max(width, height):
        return f"walls that leave room ({wall:g} mm)"
    return Body(_stack(cells, length, width, height), (length, width, height))


def _stack(cells: list[Cell], length: float, width: float, height: float) -> solids.Solid:
    """Boxes along x, joined; each cell lies so in the section (y from the left, z from below)."""
    first, *others = cells
    base = solids.Box(size=(length, first[2] - first[0], first[3] - first[1]))
    shift = first[0] + (first[2] - first[0]) / 2 - width / 2
    joins = []
    for number, (y0, z0, y1, z1) in enumerate(others, 1):
        own: Anchor = "centre"
        place = Placement(
            x=Coordinate(to="origin", own=own),
            y=Coordinate(to="origin", offset=round((y0 + y1) / 2 - width / 2 - shift, 6)),
            z=Coordinate(to="origin", offset=round(z0 - first[1], 6), own="min"),
        )
        joins.append(
            solids.Join(
                id=f"wall-{number}", name="wall", shape=solids.Box(size=(length, y1 - y0, z1 - z0)), place=place
            )
        )
    return solids.Compound(base=base, features=tuple(joins))


def parts_of(frame: Frame, others: list[Frame]) -> None:
    """Reads "Flanges 60 mm wide, 8 mm thick. Web 6 mm thick.": sizes of the parts of a section."""
    if letter_of(frame) not in ("i", "t", "u"):
        return
    for other in others:
        thick = other.get("thickness")
        if other.noun == "flange":
            if thick is not None:
                frame.dims["flange_thickness"] = thick
            if other.get("width") is not None:
                frame.dims.setdefault("width", other.get("width") or 0.0)
        elif other.noun == "web":
            if thick is not None:
                frame.dims["web_thickness"] = thick
        else:
            continue
        frame.dims.setdefault("wall", thick or 0.0)
        if other.get("total_height") is not None:
            frame.dims.setdefault("height", other.get("total_height") or 0.0)
        other.dims.clear()
        other.sizes.clear()


# Links: two circles and their outer tangents, drawn up to a lever, a cam or a link.


def link(ground: Ground) -> bool:
    """Makes the body of two circles a distance apart, where tangents between them were asked for."""
    if not ground.reader.tangents:
        return False
    group = next(
        (
            one
            for one in ground.frames
            if one.noun in ("circle", "disc", "cylinder", "end") and one.count == 2 and one.get("apart")
        ),
        None,
    )
    circles = [
        one
        for one in ground.frames
        if one.noun in ("circle", "disc", "cylinder", "end") and one is not group and across(one)
    ][:2]
    if group is None or len(circles) != 2:
        return False
    between = group.get("apart") or 0.0
    height = next(
        (one.get("height", "thickness", "depth") for one in ground.frames if one.get("height", "thickness")), None
    )
    height = next((size for one in ground.frames for size, axis in one.sizes if axis == "z"), height)
    if height is None:
        ground.refuse(group, "how thick it is was not said")
        return False
    if "right" in circles[0].names:
        circles.reverse()
    first, second = (across(one) or 0.0 for one in circles)
    left, right = -between / 2, between / 2
    ground.solid = solids.Hull(
        of=tuple(
            solids.Placed(shape=solids.Cylinder(diameter=d, height=height),
            place=Placement(x=Coordinate(to="origin", offset=x), y=Coordinate(to="origin"),
            z=Coordinate(to="origin", own="min")))
            for d, x in ((first, left), (second, right))
        )
    )  # fmt: skip
    base = Frame(
        "solid",
        "link",
        {"link", "lever", "plate", "outline", "part"},
        "link",
        said="the two circles and their tangents",
    )
    wide = max(first, second)
    ground.frames.insert(0, base)
    ground.base = base
    for frame, d, x in ((circles[0], first, left), (circles[1], second, right)):
        ground.boxes[id(frame)] = ([x - d / 2, -d / 2, 0.0], [x + d / 2, d / 2, height])
        ground.axes[id(frame)] = "z"
        frame.names |= {"end", "big" if d == wide and first != second else "small"}
        ground.done.add(id(frame))
    ground.done |= {
        id(group),
        *(id(one) for one in ground.frames if one.noun in ("outline", "profile", "shape", "line", "tangent")),
    }
    ground.boxes[id(base)] = ([left - first / 2, -wide / 2, 0.0], [right + second / 2, wide / 2, height])
    ground.whole = ([*ground.boxes[id(base)][0]], [*ground.boxes[id(base)][1]])
    ground.axes[id(base)] = "z"
    for frame in ground.frames:  # "the big end" is one of the circles
        for where in [*(spot.where for spot in frame.spots), *frame.targets]:
            if where is not None and where.kind == "end" and where.of is None and where.which & {"big", "small"}:
                size = "big" if "big" in where.which else "small"
                where.of = next((one for one in circles if size in one.names), None)
                where.kind = ""
                if where.of is not None and frame.kind == "cut":
                    frame.flags.add("through")
    return True

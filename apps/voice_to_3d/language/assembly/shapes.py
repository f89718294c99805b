"""Shapes: a body's or cut's words become a typed solid along its own z, and the size of its box."""

from __future__ import annotations

from dataclasses import replace
from math import cos, pi

from wugan.apps.voice_to_3d.language.assembly.sections import section
from wugan.apps.voice_to_3d.language.assembly.thing import Thing
from wugan.apps.voice_to_3d.language.parts import bodies
from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.extents import across, box_axes, tall
from wugan.apps.voice_to_3d.language.parts.outlines import outline
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.apps.voice_to_3d.scene.profile import Circle as Round
from wugan.apps.voice_to_3d.scene.profile import Polygon, Rectangle, RegularPolygon, Sector, Slot

ROUND = (
    "cylinder",
    "tube",
    "cone",
    "round",
    "sphere",
    "hemisphere",
    "torus",
    "ring",
    "hexagon",
    "octagon",
    "capsule",
    "pentagon",
    "gear",
    "star",
    "helix",
)
SQUARE_ENDS = ("top", "bottom", "small", "large")


def guess(thing: Thing) -> str:
    """The shape of a body whose noun does not say it."""
    if thing.shape:
        return thing.shape
    if thing.points:
        return "points"
    ends = [key for key in thing.dims if key.endswith("_diameter") and key.split("_")[0] in SQUARE_ENDS]
    if len(ends) >= 2:
        return "cone"
    if thing.size("diameter", "outer_diameter") is not None:
        return "cylinder"
    if thing.get("across_flats") is not None:
        return "hexagon"
    return "box"


def shape(thing: Thing, hints: dict[str, float] | None = None) -> Body | str:
    """The solid of a thing, or what its description lacks ("its height").

    Args:
        thing: settled: its ratios are sizes already.
        hints: axis -> size to fall back on where a box's was not said.
    """
    thing.shape = guess(thing)
    pieces = thing.flags & {"half", "quarter"}
    thing.flags -= pieces
    made: Body | str | None = None
    if thing.letter:
        made = section(thing)
    if made is None and thing.shape in ("pyramid",):
        made = _pyramid(thing)
    if made is None and thing.shape == "cone":
        made = _cone(thing)
    if (
        made is None
        and thing.shape == "box"
        and {"rounded_ends", "full_round"} & thing.flags
        and not thing.flags & {"one_end"}
    ):
        made = _rounded(thing, hints or {})
    if made is None and thing.shape == "ring" and "box_base" in thing.flags:
        made = _frame(thing)
    if made is None and thing.shape in ("triangle",) and thing.get("side_2") is not None:
        thing.sizes = [(thing.dims["side"], ""), (thing.dims["side_2"], "")]
    if (
        made is None
        and thing.shape == "tube"
        and (thing.sizes or thing.get("side", "width") is not None)
        and across(thing) is None
    ):
        made = _frame(thing)
    if made is None and thing.shape == "trapezoid":
        made = _trapezoid(thing)
    if made is None:
        made = bodies.body(thing, hints)
    thing.flags |= pieces
    if isinstance(made, str):
        return made
    for name, sweep in (("half", 180.0), ("quarter", 90.0)):
        if name in pieces:
            return _piece(thing, made, sweep)
    return made


def _cone(thing: Thing) -> Body | str:
    ends: dict[str, float] = {}
    for end in SQUARE_ENDS:
        also = {"bottom": "base", "top": "tip", "small": "upper", "large": "lower"}[end]
        value = thing.get(f"{end}_diameter", f"{end}_outer_diameter", f"{end}_width", f"{also}_diameter")
        radius = thing.get(f"{end}_radius", f"{also}_radius")
        if value is None and radius is not None:
            value = 2 * radius
        if value is not None:
            ends[end] = value
    bottom, top = ends.get("bottom", ends.get("large")), ends.get("top", ends.get("small"))
    wide = across(thing)
    if bottom is None:
        bottom = wide
    if bottom is None and thing.sizes:
        bottom = thing.sizes[0][0]
    height = tall(thing)
    if bottom is None and top is None:
        return "its diameter"
    if height is None:
        return "its height"
    bottom, top = bottom or 0.0, top or 0.0
    if "inverted" in thing.flags:
        bottom, top = top, bottom
    most = max(bottom, top)
    return Body(solids.Cone(bottom_diameter=bottom, top_diameter=top, height=height), (most, most, height))


def _pyramid(thing: Thing) -> Body | str:
    height = thing.get("height", "length", "total_height") or next((v for v, a in thing.sizes if a == "z"), None)
    sizes = [value for value, axis in thing.sizes if axis != "z"]
    if height is None and len(sizes) == 3:
        height = sizes.pop()
    if height is None:
        return "its height"
    side = thing.get("side", "bottom_side", "width", "bottom_width")
    sides = next(
        (
            n
            for name, n in (("hexagon", 6), ("octagon", 8), ("pentagon", 5), ("triangle", 3))
            if name + "_base" in thing.flags
        ),
        4,
    )
    if sides != 4:
        flats = thing.get("across_flats")
        if side is not None:
            flats = side * cos(pi / sides) / (1.0 * _sin(sides))
        if flats is None:
            return "the side of its base"
        radius = flats / 2 / cos(pi / sides)
        box = _polygon_box(sides, radius)
        return Body(
            solids.Pyramid(profile=RegularPolygon(sides=sides, across_flats=flats), height=height), (*box, height)
        )
    length, width = thing.get("bottom_length"), thing.get("bottom_width")
    if length is None:
        length = sizes[0] if sizes else side
        width = sizes[1] if len(sizes) > 1 else (thing.get("depth") or length)
    if length is None or width is None:
        return "the side of its base"
    top, top_side = thing.get("top_length"), thing.get("top_side", "top_width")
    scale = 0.0
    if top is not None or top_side is not None:
        small = top if top is not None else top_side or 0.0
        other = thing.get("top_width") if top is not None else top_side
        if other and abs(small / length - other / width) > 1e-6:
            loft = solids.Loft(
                bottom=Rectangle(width=length, depth=width), top=Rectangle(width=small, depth=other), height=height
            )
            return Body(loft, (max(length, small), max(width, other), height))
        scale = small / length
    return Body(
        solids.Pyramid(profile=Rectangle(width=length, depth=width), height=height, top_scale=scale),
        (length, width, height),
    )


def _sin(sides: int) -> float:
    from math import sin

    return sin(pi / sides)


def _polygon_box(sides: int, radius: float) -> tuple[float, float]:
    from math import sin

    angles = [-pi / 2 + pi / sides + 2 * pi * k / sides for k in range(sides)]
    xs, ys = [radius * cos(a) for a in angles], [radius * sin(a) for a in angles]
    return max(xs) - min(xs), max(ys) - min(ys)


def _rounded(thing: Thing, hints: dict[str, float]) -> Body | str:
    sizes = {**{axis: hints[axis] for axis in hints}, **box_axes(thing)}
    if not {"x", "y", "z"} <= sizes.keys():
        return "its length, width and thickness"
    x, y, z = sizes["x"], sizes["y"], sizes["z"]
    long, short = max(x, y), min(x, y)
    body: solids.Solid = solids.Extrude(profile=Slot(length=long - short, width=short), height=z)
    if x >= y:
        return Body(body, (x, y, z))
    from wugan.apps.voice_to_3d.scene.profile import Combined, Piece

    turned = Combined(add=(Piece(profile=Slot(length=long - short, width=short), rotate=90.0),))
    return Body(solids.Extrude(profile=turned, height=z), (x, y, z))


def _frame(thing: Thing) -> Body | str | None:
    """A rectangular ring or tube: an outline with a smaller one cut out."""
    wall = thing.get("wall", "thickness")
    sizes = [value for value, axis in thing.sizes if axis != "z"]
    tall_ = next((value for value, axis in thing.sizes if axis == "z"), None)
    height = thing.get("length", "height", "reach") or tall_
    side = thing.get("side", "outer_side", "width")
    if not sizes and side is not None:
        sizes = [side, thing.get("depth") or side]
    if height is None and len(sizes) == 3:
        height = sizes.pop()
    if wall is None or height is None or len(sizes) < 2:
        return None
    if 2 * wall >= min(sizes[:2]):
        return f"walls that leave room ({wall:g} mm)"
    from wugan.apps.voice_to_3d.scene.profile import Combined, Piece

    x, y = sizes[0], sizes[1]
    profile = Combined(
        add=(Piece(profile=Rectangle(width=x, depth=y)),),
        cut=(Piece(profile=Rectangle(width=x - 2 * wall, depth=y - 2 * wall)),),
    )
    return Body(solids.Extrude(profile=profile, height=height), (x, y, height))


def _trapezoid(thing: Thing) -> Body | str:
    sides = [thing.get("side"), thing.get("side_2")]
    bottom = thing.get("bottom_width", "bottom_length", "base") or sides[0]
    top = thing.get("top_width", "top_length", "top") or sides[1]
    high, long = thing.get("height"), thing.get("length", "thickness", "depth")
    if bottom is None or top is None or high is None or long is None:
        return "its two parallel sides, its height and its length"
    most = max(bottom, top)
    points = ((-bottom / 2, -high / 2), (bottom / 2, -high / 2), (top / 2, high / 2), (-top / 2, high / 2))
    return Body(
        solids.Extrude(profile=Polygon(points=points), height=long), (most, high, long), low=(-most / 2, -high / 2)
    )


def _piece(thing: Thing, made: Body, sweep: float) -> Body | str:
    """Half or a quarter of something round; of a block the left half."""
    wide = across(thing)
    height = made.size[2]
    if thing.shape in ("cylinder", "tube", "round") and wide is not None:
        inner = made.solid.inner_diameter if isinstance(made.solid, solids.Cylinder) else 0.0
        profile = Sector(diameter=wide, inner_diameter=inner, start=0, sweep=sweep)
        size = (wide if sweep > 90 else wide / 2, wide / 2, height)
        low = (-wide / 2 if sweep > 90 else 0.0, 0.0)
        return Body(solids.Extrude(profile=profile, height=height), size, low=low)
    if sweep == 180.0:
        x, y, z = made.size
        side = solids.Box(size=(x, y, z))
        place = Placement(x=Coordinate(to="centre", own="max"), y=Coordinate(), z=Coordinate())
        solid = solids.Compound(
            base=made.solid, features=(solids.Common(id="half", name="half", shape=side, place=place),)
        )
        return Body(solid, (x / 2, y, z), low=(-x / 2, -y / 2))
    return replace(made)


def tool(
    thing: Thing, depth: float
) -> tuple[solids.Solid, tuple[float, float, float], tuple[float, float] | None] | str:
    """What is cut out: the shape of a hole, slot or pocket along its own z, `depth` long, and its box."""
    shape_ = thing.shape
    if (
        shape_ in ("", "cutout", "pocket", "rebate", "notch", "cut")
        and thing.size("diameter") is not None
        and not thing.sizes
    ):
        shape_ = "hole"
    if shape_ == "semicircle" and any(one.part in ("side", "edge") for one in thing.where):
        shape_ = "hole"  # half of it lies outside
    if shape_ in ("hole", "counterbore", "cylinder", "round"):
        wide = thing.size("diameter", "across")
        if wide is None and thing.get("across_flats") is not None:
            shape_ = "hexagon"
        elif wide is None and (thing.sizes or thing.get("side") is not None):
            shape_ = "pocket"
        elif wide is None:
            return "its diameter"
        else:
            return solids.Extrude(profile=Round(diameter=wide), height=depth), (wide, wide, depth), None
    if shape_ == "sphere":
        wide = across(thing)
        return (solids.Sphere(diameter=wide), (wide, wide, wide), None) if wide else "its diameter"
    if shape_ == "hemisphere":
        wide = across(thing)
        return (solids.Sphere(diameter=wide), (wide, wide, wide), None) if wide else "its diameter"
    if shape_ == "cone":
        made = _cone(thing)
        return made if isinstance(made, str) else (made.solid, made.size, None)
    if shape_ == "slot" or "rounded_ends" in thing.flags:
        return _slot(thing, depth)
    if shape_ in (
        "hexagon",
        "octagon",
        "pentagon",
        "triangle",
        "ellipse",
        "stadium",
        "semicircle",
        "star",
        "cross",
        "trapezoid",
    ):
        profile = outline(thing, shape_)
        if isinstance(profile, str):
            return profile
        return solids.Extrude(profile=profile[0], height=depth), (*profile[1], depth), profile[2]
    side = thing.get("side") if not thing.sizes else None
    loose = [value for value, axis in thing.sizes if axis == ""]
    named = {axis: value for value, axis in thing.sizes if axis}
    for name in ("width", "length", "height"):
        number, value = thing.get("axis_" + name), thing.get(name)
        if number is not None and value is not None:
            named["xyz"[int(number)]] = value
    x, y = named.get("x"), named.get("y")
    if x is None and loose:
        x = loose.pop(0)
    if y is None and loose:
        y = loose.pop(0)
    rest = [thing.get(name) for name in ("length", "width", "height") if thing.get("axis_" + name) is None]
    rest = [one for one in rest if one is not None]
    if x is None and rest:
        x = rest.pop(0)
    if y is None and rest:
        y = rest.pop(0)
    if side is not None or ("square" in thing.flags and (x or y) and not (x and y)):
        x = y = side if side is not None else x or y
    if x is None and thing.get("width") is not None and thing.get("length") is not None:
        x, y = thing.get("length"), thing.get("width")
    if x is None or y is None:
        return "its width and length"
    radius = thing.get("corner_radius", "radius") or 0.0
    if radius > min(x, y) / 2:
        radius = min(x, y) / 2
    return solids.Extrude(profile=Rectangle(width=x, depth=y, corner_radius=radius), height=depth), (x, y, depth), None


def _slot(thing: Thing, depth: float) -> tuple[solids.Solid, tuple[float, float, float], None] | str:
    width = thing.get("width", "diameter", "across")
    if width is None and thing.get("radius") is not None:
        width = 2 * (thing.get("radius") or 0.0)
    sizes = [value for value, axis in thing.sizes if axis != "z"]
    if width is None and sizes:
        width = min(sizes)
    between = next((one.value for one in thing.where if one.how == "apart" and isinstance(one.value, float)), None)
    long = thing.get("length", "total_length") or (max(sizes) if sizes else None)
    if width is None:
        return "its width"
    if long is None and between is None:
        return "its length"
    if between is None or (thing.count > 1 and long is not None):
        between = (long or 0.0) - width
    else:
        thing.where = [one for one in thing.where if one.how != "apart"]
    if between < 0:
        return "a length above its width"
    return (
        solids.Extrude(profile=Slot(length=between, width=width), height=depth),
        (between + width, width, depth),
        None,
    )

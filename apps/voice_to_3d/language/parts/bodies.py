"""Bodies: a solid's frame becomes a typed solid standing on z = 0, and the size of its box."""

from __future__ import annotations

from math import cos, pi, radians, tan

from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.drawn_bodies import _half_cylinder, _points, _roof, _square_tube
from wugan.apps.voice_to_3d.language.parts.extents import across, box_axes, inner, tall
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.outlines import outline
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.apps.voice_to_3d.scene.profile import Gear, Polygon, Rectangle, Sector

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
    from wugan.apps.voice_to_3d.language.parts.lettered import lettered

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
__all__ = ["Body", "body", "radians", "tan"]

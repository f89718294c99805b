"""Outlines: the flat profile of a frame (hexagon, triangle, stadium…) and the size of its box."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from wugan.apps.voice_to_3d.language.parts.extents import across, box_axes
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.scene.profile import (
    Circle,
    Ellipse,
    Polygon,
    Profile,
    Rectangle,
    RegularPolygon,
    Sector,
    Slot,
    Star,
)  # fmt: skip

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

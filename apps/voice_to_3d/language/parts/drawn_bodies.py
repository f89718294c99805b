"""Drawn bodies: outlines by points, square tubes, half bars and lying prisms."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.body import Body
from wugan.apps.voice_to_3d.language.parts.extents import across, tall
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.apps.voice_to_3d.scene.profile import Combined, Piece, Polygon, Rectangle, Sector


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

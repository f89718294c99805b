"""Small solids the oracles are built of; lengths in mm, angles in degrees.

They sit on manifold3d alone and share nothing with the package under test, so that an error there cannot hide here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import manifold3d as m3
import numpy as np

N = 144  # segments of a full circle; a multiple of 4 and 6 so that extents on the axes are exact
Point2 = tuple[float, float]
Point3 = tuple[float, float, float]
Solid = m3.Manifold
Profile = m3.CrossSection
ORIGIN: Point3 = (0.0, 0.0, 0.0)


def along(solid: Solid, axis: str) -> Solid:
    """Turn a solid built along +Z so that it points along `axis` ("x", "y", "z")."""
    angles: dict[str, Point3] = {"x": (0.0, 90.0, 0.0), "y": (-90.0, 0.0, 0.0), "z": ORIGIN}
    return solid.rotate(angles[axis])


def box(x: float, y: float, z: float, at: Point3 = ORIGIN) -> Solid:
    """Box with its lowest corner at `at`."""
    return Solid.cube((x, y, z)).translate(at)


def cbox(x: float, y: float, z: float, at: Point3 = ORIGIN) -> Solid:
    """Box centred on `at` in X and Y, standing on it in Z."""
    return Solid.cube((x, y, z)).translate((at[0] - x / 2, at[1] - y / 2, at[2]))


def cyl(d: float, h: float, at: Point3 = ORIGIN, axis: str = "z") -> Solid:
    """Cylinder of diameter d, from `at` h along `axis`."""
    return along(Solid.cylinder(h, d / 2, d / 2, N), axis).translate(at)


def cone(d0: float, d1: float, h: float, at: Point3 = ORIGIN, axis: str = "z") -> Solid:
    """Frustum of diameter d0 at `at`, d1 at its end h along `axis`."""
    return along(Solid.cylinder(h, d0 / 2, d1 / 2, N), axis).translate(at)


def ball(d: float, at: Point3 = ORIGIN) -> Solid:
    """Sphere of diameter d centred on `at`."""
    return Solid.sphere(d / 2, N).translate(at)


def poly(points: Sequence[Point2]) -> Profile:
    """Polygon, its points in either order."""
    array = np.asarray(points, dtype=float)
    x, y = array[:, 0], array[:, 1]
    area = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    return Profile([array if area > 0 else array[::-1]])


def circle(d: float, at: Point2 = (0.0, 0.0)) -> Profile:
    """Disc of diameter d."""
    return Profile.circle(d / 2, N).translate(at)


def ngon(sides: int, flats: float) -> Profile:
    """Regular polygon with an even number of sides, `flats` across, two flats square to Y."""
    radius = flats / 2 / math.cos(math.pi / sides)
    turn = 0.0 if sides % 4 == 2 else math.pi / sides
    angles = [turn + 2 * math.pi * k / sides for k in range(sides)]
    return poly([(radius * math.cos(a), radius * math.sin(a)) for a in angles])


def rrect(x: float, y: float, r: float) -> Profile:
    """Rectangle with corner radius r, centred."""
    return Profile.square((x - 2 * r, y - 2 * r), True).offset(r, m3.JoinType.Round, 2.0, N)


def obround(pitch: float, d: float) -> Profile:
    """Slot along X of two circles of diameter d, `pitch` between their centres, centred."""
    return Profile.hull(circle(d, (-pitch / 2, 0.0)) + circle(d, (pitch / 2, 0.0)))


def lift(profile: Profile, h: float, at: Point3 = ORIGIN) -> Solid:
    """Extrude in +Z by h."""
    return Solid.extrude(profile, h).translate(at)


def lift_y(points: Sequence[Point2] | Profile, width: float, y: float = 0.0) -> Solid:
    """Extrude an (x, z) profile from y to y + width."""
    profile = points if isinstance(points, Profile) else poly(points)
    return Solid.extrude(profile, width).rotate((90.0, 0.0, 0.0)).translate((0.0, y + width, 0.0))


def lift_x(points: Sequence[Point2] | Profile, width: float, x: float = 0.0) -> Solid:
    """Extrude a (y, z) profile from x to x + width."""
    profile = points if isinstance(points, Profile) else poly(points)
    turned = Solid.extrude(profile, width).transform([[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]])
    return turned.translate((x, 0.0, 0.0))


def turn(points: Sequence[Point2] | Profile, degrees: float = 360.0) -> Solid:
    """Revolve an (r, z) profile about Z."""
    profile = points if isinstance(points, Profile) else poly(points)
    return Solid.revolve(profile, N, degrees)


def torus(ring_d: float, tube_d: float) -> Solid:
    """Torus in the XY plane; ring_d is the diameter of the tube's centre line."""
    return turn(circle(tube_d, (ring_d / 2, 0.0)))


def arc(centre: Point2, r: float, start: float, end: float, steps: int = 36) -> list[Point2]:
    """Points of an arc from `start` to `end` degrees."""
    angles = np.radians(np.linspace(start, end, steps + 1))
    return [(centre[0] + r * math.cos(a), centre[1] + r * math.sin(a)) for a in angles]


def hull(solids: Iterable[Solid]) -> Solid:
    """Convex hull of several solids."""
    return Solid.batch_hull(list(solids))


def union(solids: Iterable[Solid]) -> Solid:
    """Union of several solids."""
    return Solid.batch_boolean(list(solids), m3.OpType.Add)


def polar(solid: Solid, count: int, start: float = 0.0) -> Solid:
    """`count` copies evenly about Z."""
    return union(solid.rotate((0.0, 0.0, start + 360.0 * k / count)) for k in range(count))


def copies(solid: Solid, places: Iterable[Sequence[float]]) -> Solid:
    """One copy at each place (x, y) or (x, y, z)."""
    return union(solid.translate((p[0], p[1], p[2] if len(p) > 2 else 0.0)) for p in places)


def corners(x: float, y: float) -> list[Point2]:
    """Four places (±x, ±y)."""
    return [(sx * x, sy * y) for sx in (-1, 1) for sy in (-1, 1)]


def grid(nx: int, ny: int, px: float, py: float) -> list[Point2]:
    """Grid of places centred on the origin, px and py apart."""
    return [((i - (nx - 1) / 2) * px, (j - (ny - 1) / 2) * py) for i in range(nx) for j in range(ny)]


def chamfered(profile_d: float, h: float, c: float, bottom: bool = False, top: bool = True) -> Solid:
    """Cylinder on Z with a c by c chamfer on its bottom and/or top edge."""
    r = profile_d / 2
    low = [(0.0, 0.0), (r - c, 0.0), (r, c)] if bottom else [(0.0, 0.0), (r, 0.0)]
    high = [(r, h - c), (r - c, h), (0.0, h)] if top else [(r, h), (0.0, h)]
    return turn([*low, *high])


def gear(module: float, teeth: int, width: float) -> Solid:
    """Spur gear of 20 degree involutes: outside diameter module * (teeth + 2), root module * (teeth - 2.5)."""
    pitch, outer, root = module * teeth / 2, module * (teeth + 2) / 2, module * (teeth - 2.5) / 2
    base = pitch * math.cos(math.radians(20))
    half = math.pi / 2 / teeth + math.tan(math.radians(20)) - math.radians(20)
    flank = []
    for r in np.linspace(max(base, root), outer, 12):
        pressure = math.acos(min(1.0, base / r))
        flank.append((float(r), half - (math.tan(pressure) - pressure)))
    points: list[Point2] = []
    for k in range(teeth):
        middle = 2 * math.pi * k / teeth
        side = [(root, half), *flank] if root < base else flank
        tip = [(outer, flank[-1][1] * t) for t in (0.5, 0.0)]
        rising = [(r, middle - a) for r, a in [*side, *tip]]
        falling = [(r, middle + a) for r, a in reversed([*side, tip[0]])]
        points += [(r * math.cos(a), r * math.sin(a)) for r, a in rising + falling]
    return lift(poly(points), width)


def helix(mean_d: float, wire_d: float, pitch: float, turns: float) -> Solid:
    """Coil of round wire about Z, plain cut ends; wire centre from z = 0 to pitch * turns."""
    steps, sides = int(72 * turns), 72
    slope = pitch / (math.pi * mean_d)
    rows = []
    for i in range(steps + 1):
        a = 2 * math.pi * turns * i / steps
        radial = np.array([math.cos(a), math.sin(a), 0.0])
        tangent = np.array([-math.sin(a), math.cos(a), slope]) / math.hypot(1.0, slope)
        normal = np.cross(radial, tangent)
        centre = radial * mean_d / 2 + np.array([0.0, 0.0, pitch * turns * i / steps])
        for j in range(sides):
            b = 2 * math.pi * j / sides
            rows.append(centre + wire_d / 2 * (math.cos(b) * radial + math.sin(b) * normal))
    faces = []
    for i in range(steps):
        for j in range(sides):
            a0, a1 = i * sides + j, i * sides + (j + 1) % sides
            faces += [(a0, a1, a0 + sides), (a1, a1 + sides, a0 + sides)]
    last = steps * sides
    for j in range(1, sides - 1):
        faces += [(0, j + 1, j), (last, last + j, last + j + 1)]
    mesh = np.asarray(rows, np.float32), np.asarray(faces, np.uint32)
    solid = Solid(m3.Mesh(*mesh))
    return solid if solid.volume() > 0 else Solid(m3.Mesh(mesh[0], mesh[1][:, ::-1].copy()))


def copies2(profile: Profile, places: Iterable[Point2]) -> Profile:
    """One copy of a profile at each place."""
    return Profile.batch_boolean([profile.translate(p) for p in places], m3.OpType.Add)

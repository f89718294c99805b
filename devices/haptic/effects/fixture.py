"""Virtual fixtures: what leads a hand along a path, and what keeps it in or out of a box, a sphere or a surface."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from wugan.devices.haptic.effects.effect import (
    MAX_DAMPING,
    MAX_FORCE,
    MAX_POINTS,
    MAX_POSITION,
    MAX_STIFFNESS,
    Effect,
    Path,
    Running,
    Vector,
    find,
    spread,
    within,
)
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


def curve(points: ArrayLike, step: float, *, closed: bool = False) -> tuple[tuple[float, ...], ...]:
    """A centripetal Catmull-Rom spline (Yuksel et al. 2011: no cusps, no loops) through points, as a fine polyline.

    Args:
        points: m or rad, float `[P, axes]`, P ≥ 2.
        step: m or rad between the points of the result, about.
        closed: it comes back to its start; give `Guide` the same.

    Returns:
        Points for `Guide.path`; for `proxy.path`, where they are too many for a program.

    Raises:
        DataError: too few points or equal neighbours, or more than 1,000 points would come out.
    """
    knots = np.asarray(points, dtype=np.float64)
    if knots.ndim != 2 or len(knots) < 2 or not np.isfinite(knots).all():
        raise DataError(f"a curve needs two or more finite points [P, axes], not {knots.shape}")
    ring = np.vstack([knots[-1], knots, knots[0], knots[1]]) if closed else _with_ends(knots)
    gaps = np.linalg.norm(np.diff(ring, axis=0), axis=1)
    if not gaps.min() > 0.0 or not 0.0 < step < np.inf:
        raise DataError("a curve needs neighbours at different places, and a step above 0")
    if gaps[1:-1].sum() / step > MAX_POINTS:
        raise DataError(f"a curve of {gaps[1:-1].sum():g} m in steps of {step:g} m is too long; take greater steps")
    parts = []
    for i in range(len(ring) - 3):
        p0, p1, p2, p3 = ring[i : i + 4]
        t1, t2, t3 = np.cumsum(np.sqrt(gaps[i : i + 3]))
        t = np.linspace(t1, t2, max(2, round(gaps[i + 1] / step) + 1))[:-1, None]
        a1, a2, a3 = (
            (t1 - t) / t1 * p0 + t / t1 * p1,
            (t2 - t) / (t2 - t1) * p1 + (t - t1) / (t2 - t1) * p2,
            (t3 - t) / (t3 - t2) * p2 + (t - t2) / (t3 - t2) * p3,
        )
        b1, b2 = (t2 - t) / t2 * a1 + t / t2 * a2, (t3 - t) / (t3 - t1) * a2 + (t - t1) / (t3 - t1) * a3
        parts.append((t2 - t) / (t2 - t1) * b1 + (t - t1) / (t2 - t1) * b2)
    if not closed:
        parts.append(knots[-1:])
    return tuple(tuple(float(value) for value in row) for row in np.vstack(parts))


def _with_ends(knots: np.ndarray) -> np.ndarray:
    """The points with one more at each end, straight on."""
    return np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])


class Track:
    """The nearest place of a polyline, found once everywhere and then by walking on from where it was.

    Args:
        points: `[P][axes]`; equal neighbours count as one.
        closed: the last point is joined to the first.
    """

    #: The last part of an open path, over which `left` falls to zero.
    _END = 0.02

    def __init__(self, points: list[list[float]], closed: bool) -> None:
        ring = [*points, points[0]] if closed else points
        self._starts: list[list[float]] = []
        self._directions: list[list[float]] = []
        self._lengths: list[float] = []
        for before, after in pairwise(ring):
            length = math.dist(before, after)
            if length > 0.0:
                self._starts.append(before)
                self._directions.append([(b - a) / length for a, b in zip(before, after, strict=True)])
                self._lengths.append(length)
        self._closed = closed
        self._before = [0.0, *np.cumsum(self._lengths).tolist()]
        self._at = -1
        self._all = np.array(self._starts), np.array(self._directions), np.array(self._lengths)
        self.nearest = list(points[0])
        self.direction = self._directions[0]
        self.left = 1.0

    @property
    def follows(self) -> bool:
        """It knows where on the path the hand is."""
        return self._at >= 0

    def let_go(self) -> None:
        """Forget the place; the next `follow` looks everywhere."""
        self._at = -1

    def follow(self, position: list[float]) -> float:
        """Find the nearest place; sets `nearest`, `direction` and `left` (1, falling to 0 at the end of an open path).

        Args:
            position: `[axes]`.

        Returns:
            The distance to it.
        """
        count = len(self._lengths)
        if self._at < 0:
            starts, directions, lengths = self._all
            away = np.asarray(position) - starts
            along = np.clip((away * directions).sum(axis=1), 0.0, lengths)
            self._at = int(np.argmin(((away - along[:, None] * directions) ** 2).sum(axis=1)))
        at = self._at
        square, along_here = self._distance(at, position)
        for step in (1, -1):
            for _ in range(count):
                other = (at + step) % count if self._closed else at + step
                if not 0 <= other < count:
                    break
                next_square, next_along = self._distance(other, position)
                if next_square > square or (next_square == square and next_along in (0.0, self._lengths[other])):
                    break
                at, square, along_here = other, next_square, next_along
        self._at = at
        start, self.direction = self._starts[at], self._directions[at]
        self.nearest = [a + along_here * part for a, part in zip(start, self.direction, strict=True)]
        total = self._before[-1]
        rest = total - self._before[at] - along_here
        self.left = 1.0 if self._closed else min(1.0, rest / (self._END * total))
        return math.sqrt(square)

    def _distance(self, index: int, position: list[float]) -> tuple[float, float]:
        """Square of the distance to a segment, and how far along it the nearest place is."""
        start, direction = self._starts[index], self._directions[index]
        along = 0.0
        for a, part, value in zip(start, direction, position, strict=True):
            along += (value - a) * part
        along = min(max(along, 0.0), self._lengths[index])
        square = 0.0
        for a, part, value in zip(start, direction, position, strict=True):
            square += (value - a - along * part) ** 2
        return square, along


@dataclass(frozen=True, slots=True)
class Guide(Effect):
    """A tube with soft walls around a path, a pull to the path, and, if wanted, help forwards.

    For any axes that share a unit. The nearest place of the path is followed from where it was, so where the path
    crosses itself the hand stays on its branch. Farther than `reach` the fixture lets go, after a pull that has faded
    out over the last quarter of it, and takes the nearest place when the hand comes back.

    Attributes:
        path: points inline `[P][axes]`, m (rad), or the name of a geometry of the kind `path`. `curve` makes
            a smooth one.
        stiffness: N/m (N·m/rad) against leaving the tube.
        radius: m (rad) of the tube in which the hand is free; 0 pulls to the path itself.
        damping: N·s/m (N·m·s/rad) across the path, outside the tube.
        strongest: greatest pull, N (N·m): a hand that wants to leave can.
        assist: N (N·m) forwards along the path, inside the tube and beyond it as far as the pull reaches; falls to zero
            at the end of an open path. It gives energy to the hand.
        reach: m (rad).
        closed: the path goes on from its last point to its first.
    """

    CODE: ClassVar[int] = 10
    path: Path = field(default=((0.0, 0.0, 0.0), (0.1, 0.0, 0.0)), metadata={"unit": "m"})
    stiffness: float = field(default=300.0, metadata={"unit": "N/m"})
    radius: float = field(default=0.0, metadata={"unit": "m"})
    damping: float = field(default=0.0, metadata={"unit": "N·s/m"})
    strongest: float = field(default=3.0, metadata={"unit": "N"})
    assist: float = field(default=0.0, metadata={"unit": "N"})
    reach: float = field(default=0.05, metadata={"unit": "m"})
    closed: bool = False

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.radius, 0.0, MAX_POSITION, self.where("radius"), "m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        within(self.strongest, 0.0, MAX_FORCE, self.where("strongest"), "N")
        within(self.assist, -MAX_FORCE, MAX_FORCE, self.where("assist"), "N")
        within(self.reach, 1e-6, MAX_POSITION, self.where("reach"), "m")
        if self.radius >= self.reach:
            raise DataError(f"{self.where('radius')} is {self.radius:g} m; it must be below reach ({self.reach:g} m)")
        if isinstance(self.path, tuple):
            for point in self.path:
                within(point, -MAX_POSITION, MAX_POSITION, self.where("path"), "m")
            if all(point == self.path[0] for point in self.path):
                raise DataError(f"{self.where('path')}: all its points are the same")

    @property
    def geometry_names(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else ()

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _GuideRunning(self, axes, geometries)


class _GuideRunning(Running):
    def __init__(self, effect: Guide, axes: int, geometries: Mapping[str, Geometry]) -> None:
        self._axes, self._geometries = axes, geometries
        self._source: tuple[object, ...] = ()
        self.update(effect)

    def update(self, effect: Guide) -> None:
        source = (effect.path, effect.closed)
        if source != self._source:
            self._track = Track(self._points(effect), effect.closed)
            self._source = source
        self._effect = effect

    def reset(self) -> None:
        self._track.let_go()

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        effect, track = self._effect, self._track
        distance = track.follow(position)
        if distance >= effect.reach:
            track.let_go()
            return
        fade = min(1.0, 4.0 * (1.0 - distance / effect.reach))
        if distance > effect.radius:
            pull = fade * min(effect.stiffness * (distance - effect.radius), effect.strongest) / distance
            drag = fade * effect.damping
            forwards = sum(speed * part for speed, part in zip(velocity, track.direction, strict=True))
            for axis in range(self._axes):
                across = velocity[axis] - forwards * track.direction[axis]
                force[axis] -= pull * (position[axis] - track.nearest[axis]) + drag * across
        if effect.assist:
            share = effect.assist * fade * track.left
            for axis in range(self._axes):
                push[axis] += share * track.direction[axis]

    def potential(self, position: list[float]) -> float:
        effect = self._effect
        distance = math.dist(position, self._track.nearest) if self._track.follows else effect.reach
        soft = min(max(distance - effect.radius, 0.0), effect.reach)
        turn = effect.strongest / effect.stiffness if effect.stiffness > 0.0 else math.inf
        if soft <= turn:
            return 0.5 * effect.stiffness * soft * soft
        return effect.strongest * (soft - 0.5 * turn)

    def _points(self, effect: Guide) -> list[list[float]]:
        if isinstance(effect.path, tuple):
            return [list(point) for point in effect.path]
        geometry = find(self._geometries, effect.path, effect.where("path"))
        points = geometry.arrays.get("points")
        if geometry.kind != "path" or points is None or points.ndim != 2 or points.shape[1] != self._axes:
            raise DataError(f"{effect.where('path')}: {effect.path!r} is no path of {self._axes} axes")
        return [[float(value) for value in row] for row in points]


@dataclass(frozen=True, slots=True)
class ForbiddenBox(Effect):
    """A box along the axes, forbidden inside or outside. For any axes (on joints: stops).

    The hand is pushed out through the face by which it came in, however thin the box and however fast the hand (the
    god-object of a box). A hand that is inside when the box appears is left in peace until it has been outside.

    Attributes:
        low: m (rad), one number for each axis.
        high: m (rad), above `low` on each axis.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad), only while pushing in.
        outside: the outside is forbidden, and the hand is kept within.
    """

    CODE: ClassVar[int] = 11
    low: Vector = field(default=(-0.01, -0.01, -0.01), metadata={"unit": "m"})
    high: Vector = field(default=(0.01, 0.01, 0.01), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    outside: bool = False

    def validate(self) -> None:
        within(self.low, -MAX_POSITION, MAX_POSITION, self.where("low"), "m")
        within(self.high, -MAX_POSITION, MAX_POSITION, self.where("high"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        if (
            not self.low
            or len(self.low) != len(self.high)
            or any(a >= b for a, b in zip(self.low, self.high, strict=True))
        ):
            raise DataError(f"{self.where('low')} {self.low} must lie below high {self.high} on each axis")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _Within(self) if self.outside else _Without(self)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.outside)


class _Within(Running):
    """Keeps the hand inside."""

    def __init__(self, effect: ForbiddenBox) -> None:
        self.update(effect)

    def update(self, effect: ForbiddenBox) -> None:
        self._effect = effect

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        box = self._effect
        for axis, (low, high) in enumerate(zip(box.low, box.high, strict=True)):
            if position[axis] < low:
                force[axis] += box.stiffness * (low - position[axis]) + box.damping * max(0.0, -velocity[axis])
            elif position[axis] > high:
                force[axis] -= box.stiffness * (position[axis] - high) + box.damping * max(0.0, velocity[axis])

    def potential(self, position: list[float]) -> float:
        box = self._effect
        beyond = (max(low - at, at - high, 0.0) for low, at, high in zip(box.low, position, box.high, strict=True))
        return 0.5 * box.stiffness * sum(depth * depth for depth in beyond)


class _Without(Running):
    """Keeps the hand out."""

    def __init__(self, effect: ForbiddenBox) -> None:
        self._before: list[float] | None = None
        self._face: tuple[int, float] | None = None  # axis, and +1 for its high face
        self.update(effect)

    def update(self, effect: ForbiddenBox) -> None:
        self._effect = effect

    def reset(self) -> None:
        self._before, self._face = None, None

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        box = self._effect
        if self._face is not None and not self._holds(self._face, position):
            self._face = None
            self._before = None if self._inside(position) else list(position)
        elif self._face is None:
            if self._before is not None:
                self._face = self._entered(self._before, position)
            if self._face is None:
                self._before = None if self._inside(position) else list(position)
        if self._face is not None:
            axis, sign = self._face
            level = box.high[axis] if sign > 0.0 else box.low[axis]
            amount = box.stiffness * sign * (level - position[axis]) + box.damping * max(0.0, -sign * velocity[axis])
            force[axis] += sign * amount

    def _inside(self, position: list[float]) -> bool:
        box = self._effect
        return all(low < at < high for low, at, high in zip(box.low, position, box.high, strict=True))

    def _holds(self, face: tuple[int, float], position: list[float]) -> bool:
        """The hand is still behind the face, and over it."""
        axis, sign = face
        box = self._effect
        level = box.high[axis] if sign > 0.0 else box.low[axis]
        return sign * (level - position[axis]) > 0.0 and all(
            other == axis or box.low[other] < at < box.high[other] for other, at in enumerate(position)
        )

    def _entered(self, before: list[float], now: list[float]) -> tuple[int, float] | None:
        """The face through which the way from one place to the next goes into the box."""
        box = self._effect
        enter, leave, face = 0.0, 1.0, None
        for axis, (a, b) in enumerate(zip(before, now, strict=True)):
            low, high, way = box.low[axis], box.high[axis], b - a
            if way == 0.0:
                if not low < a < high:
                    return None
                continue
            first, last = sorted(((low - a) / way, (high - a) / way))
            if first >= enter:
                enter, face = first, (axis, -1.0 if way > 0.0 else 1.0)
            leave = min(leave, last)
        return face if face is not None and enter < leave else None


@dataclass(frozen=True, slots=True)
class ForbiddenSphere(Effect):
    """A sphere, forbidden inside or outside. For any axes that share a unit.

    A hand that is inside when a forbidden sphere appears is left in peace until it has been outside.

    Attributes:
        radius: m (rad).
        center: m (rad); empty is the origin.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad), only while pushing in.
        outside: the outside is forbidden, and the hand is kept within.
    """

    CODE: ClassVar[int] = 12
    radius: float = field(default=0.02, metadata={"unit": "m"})
    center: Vector = field(default=(), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    outside: bool = False

    def validate(self) -> None:
        within(self.radius, 1e-6, MAX_POSITION, self.where("radius"), "m")
        within(self.center, -MAX_POSITION, MAX_POSITION, self.where("center"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _ForbiddenSphereRunning(self, axes)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.outside)


class _ForbiddenSphereRunning(Running):
    def __init__(self, effect: ForbiddenSphere, axes: int) -> None:
        self._axes = axes
        self.reset()
        self.update(effect)

    def update(self, effect: ForbiddenSphere) -> None:
        self._effect, self._center = effect, spread(effect.center, self._axes)

    def reset(self) -> None:
        self._awake = False
        self._out = [1.0] + [0.0] * (self._axes - 1)  # at the centre itself the last direction counts

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        sphere = self._effect
        distance = math.dist(position, self._center)
        depth = distance - sphere.radius if sphere.outside else sphere.radius - distance
        if depth <= 0.0:
            self._awake = True
        if distance > 1e-9:
            self._out = [(at - center) / distance for at, center in zip(position, self._center, strict=True)]
        if depth <= 0.0 or not (self._awake or sphere.outside):
            return
        sign = -1.0 if sphere.outside else 1.0
        inwards = -sign * sum(speed * part for speed, part in zip(velocity, self._out, strict=True))
        amount = sign * (sphere.stiffness * depth + sphere.damping * max(0.0, inwards))
        for axis, part in enumerate(self._out):
            force[axis] += amount * part

    def potential(self, position: list[float]) -> float:
        sphere = self._effect
        distance = math.dist(position, self._center)
        depth = distance - sphere.radius if sphere.outside else sphere.radius - distance
        return 0.5 * sphere.stiffness * max(0.0, depth) ** 2 if self._awake or sphere.outside else 0.0


#: Rubber on dry glass has about this; more is a wrong number.
MAX_FRICTION = 3.0


@dataclass(frozen=True, slots=True)
class Surface(Effect):
    """A virtual proxy on a geometry: a thing to touch, or a region that is forbidden. Needs 2 or 3 Cartesian axes.

    F = stiffness · (proxy − hand) + damping · speed inwards · normal. The proxy stays on the side of the surface where
    the hand was when the geometry appeared, so a hand that is inside something is not thrown out.

    Attributes:
        geometry: the name under which a mesh or cloud is shared.
        stiffness: N/m.
        damping: N·s/m, along the normal, only while pushing in.
        radius: m of the sphere that touches it; 0 takes the geometry's own.
        still: coefficient of friction at rest.
        moving: coefficient of friction while sliding; at most `still`.
    """

    CODE: ClassVar[int] = 13
    CARTESIAN: ClassVar[bool] = True
    geometry: str = ""
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})
    radius: float = field(default=0.0, metadata={"unit": "m"})
    still: float = 0.0
    moving: float = 0.0

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")
        within(self.radius, 0.0, 1.0, self.where("radius"), "m")
        within(self.still, 0.0, MAX_FRICTION, self.where("still"), "")
        within(self.moving, 0.0, MAX_FRICTION, self.where("moving"), "")
        if not self.geometry:
            raise DataError(f"{self.where('geometry')} is empty; give the name under which the mesh or cloud is shared")
        if self.moving > self.still:
            raise DataError(f"{self.where('moving')} is {self.moving:g}, above still ({self.still:g})")

    @property
    def geometry_names(self) -> tuple[str, ...]:
        return (self.geometry,)

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.geometry, self.radius)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _SurfaceRunning(self, axes, find(geometries, self.geometry, self.where("geometry")))


class _SurfaceRunning(Running):
    def __init__(self, effect: Surface, axes: int, geometry: Geometry) -> None:
        from wugan.devices.haptic.proxy.proxy import Proxy

        self._axes = axes
        self._proxy = Proxy(geometry, effect.radius, axes)
        self.update(effect)

    def update(self, effect: Surface) -> None:
        self._effect = effect

    def reset(self) -> None:
        self._proxy.reset()

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        effect, proxy = self._effect, self._proxy
        if proxy.move(position, effect.still, effect.moving) <= 0.0:
            return
        place, normal = proxy.position.tolist(), proxy.normal.tolist()
        inwards = -sum(speed * part for speed, part in zip(velocity, normal, strict=False))
        drag = effect.damping * max(0.0, inwards)
        for axis in range(self._axes):
            force[axis] += effect.stiffness * (place[axis] - position[axis]) + drag * normal[axis]

    def potential(self, position: list[float]) -> float:
        return 0.5 * self._effect.stiffness * self._proxy.depth**2

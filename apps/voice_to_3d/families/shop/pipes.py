"""Pipes and fittings: tube, elbow, U-bend, tee, cross, reducer, cap, hose barb, nozzle, manifold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import clean, drilled, hanging, spot, standing
from wugan.apps.voice_to_3d.families.solids import added, bar, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cylinder, Feature, Revolve, Solid, Sweep
from wugan.errors import DataError

Outer = Annotated[Length, said("diameter", "od", "outside diameter", "pipe diameter", "tube diameter", "outer")]
Wall = Annotated[Length, said("wall", "thickness", "pipe wall")]
Long = Annotated[Length, said("height", "long", "overall length", "tall")]


class Tubular(Workpiece):
    """What pipes have in common: an outer diameter and a wall."""

    made_of = "stainless steel"
    follows = led("wall_thickness", "length", "bend_radius", "height", by="outer_diameter")

    outer_diameter: Outer = 30.0
    wall_thickness: Wall = 3.0

    @property
    def inside(self) -> float:
        """The inner diameter (mm); raises `DataError` where the walls leave none."""
        self.below("wall_thickness", self.outer_diameter / 2, "half the outer_diameter")
        return self.outer_diameter - 2 * self.wall_thickness


class Tube(Workpiece):
    """A straight tube, by its outer diameter and its inner diameter or wall."""

    names = ("tube", "pipe", "round tube", "hollow cylinder", "round pipe", "hollow tube", "tubing", "ring", "annulus")
    made_of = "stainless steel"
    follows = led("length", by=("outer_diameter", "inner_diameter"))

    outer_diameter: Outer = 30.0
    inner_diameter: Annotated[Gap, said("bore", "id", "inside diameter", "hole", "inner", "hole diameter")] = 0.0
    wall_thickness: Annotated[Gap, said("wall", "pipe wall")] = 0.0
    length: Long = 100.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        """The one of outer and inner diameter and wall that was not said, from the others."""
        filled = super().usual(said)
        value = {
            name: said[name]
            for name in ("outer_diameter", "inner_diameter", "wall_thickness")
            if isinstance(said.get(name), int | float) and said[name] > 0
        }
        outer, inner, wall = value.get("outer_diameter"), value.get("inner_diameter"), value.get("wall_thickness")
        if outer is None and inner is not None:
            filled["outer_diameter"] = outer = inner + 2 * (wall or 0.125 * inner)
        outer = outer or 30.0
        if inner is None:
            # Too thick a wall is told by solid(), in the words that were said.
            inner = max(0.0, outer - 2 * (wall or 0.1 * outer))
            filled["inner_diameter"] = inner
        if wall is None:
            filled["wall_thickness"] = max(0.0, (outer - inner) / 2)
        return filled

    def solid(self) -> Solid:
        self.below("wall_thickness", self.outer_diameter / 2, "half the outer_diameter")
        self.below("inner_diameter", self.outer_diameter, "outer_diameter")
        wall = (self.outer_diameter - self.inner_diameter) / 2
        if abs(wall - self.wall_thickness) > 0.01:
            raise DataError(
                f"tube: outer_diameter {self.outer_diameter:g} and inner_diameter {self.inner_diameter:g} leave a wall "
                f"of {wall:g} mm, not wall_thickness {self.wall_thickness:g}; say two of the three"
            )
        return Cylinder(diameter=self.outer_diameter, height=self.length, inner_diameter=self.inner_diameter)


class Elbow(Tubular):
    """A pipe bend of an angle, with straight ends where asked, lying flat."""

    names = ("elbow", "pipe elbow", "pipe bend", "elbow pipe", "bent pipe", "bent tube", "90 degree elbow", "tube bend")

    bend_radius: Annotated[Length, said("radius", "center line radius", "centre line radius", "centerline radius")] = (
        45.0
    )
    angle: Annotated[float, Field(ge=5, le=180), said("bend angle", "degrees", "bend")] = 90.0
    straight: Annotated[Gap, said("straight length", "leg length", "straight ends", "tangent length")] = 0.0

    def solid(self) -> Solid:
        inside = self.inside
        self.above("bend_radius", self.outer_diameter / 2, "half the outer_diameter", equal=True)
        ring = Combined(
            add=(Piece(profile=Circle(diameter=self.outer_diameter)),), cut=(Piece(profile=Circle(diameter=inside)),)
        )
        # The bend in one corner or, beyond 120°, in two of half the angle, so that each corner is finite.
        r, corners = self.bend_radius, 1 if self.angle <= 120 else 2
        turn = math.radians(self.angle / corners)
        side = r * math.tan(turn / 2)  # from where a bend begins to its corner
        path, heading, x, y = [(r, -self.straight, 0.0)], math.pi / 2, r, -self.straight
        for i in range(corners + 1):
            run = side * (2 if 0 < i < corners else 1) + (self.straight if i in (0, corners) else 0.0)
            x, y = x + run * math.cos(heading), y + run * math.sin(heading)
            path.append((x, y, 0.0))
            heading += turn
        return Sweep(profile=ring, path=tuple(path), bend_radius=r)


class UBend(Tubular):
    """A pipe bent back on itself: two straight legs, lying flat."""

    names = ("u-bend", "u bend", "u-bend pipe", "u bend pipe", "return bend", "u-tube", "u tube", "180 degree bend")

    bend_radius: Annotated[Length, said("radius", "center line radius", "centre line radius")] = 45.0
    leg_length: Annotated[Gap, said("straight length", "legs", "straight")] = 60.0
    follows = led("wall_thickness", "leg_length", "bend_radius", by="outer_diameter")

    def solid(self) -> Solid:
        inside = self.inside
        self.above("bend_radius", self.outer_diameter / 2, "half the outer_diameter", equal=True)
        ring = Combined(
            add=(Piece(profile=Circle(diameter=self.outer_diameter)),), cut=(Piece(profile=Circle(diameter=inside)),)
        )
        r, leg = self.bend_radius, self.leg_length
        path = ((r, -leg, 0.0), (r, r, 0.0), (-r, r, 0.0), (-r, -leg, 0.0))
        return Sweep(profile=ring, path=path, bend_radius=r)


class Branched(Tubular):
    """A run of pipe along x with branches; everything hollow."""

    length: Long = 100.0
    branch_length: Annotated[Length, said("branch height", "branch", "arm length")] = 50.0
    branch_diameter: Annotated[Length, said("branch outer diameter", "branch od")] = 30.0
    follows = (
        led("wall_thickness", "length", by="outer_diameter")
        | led("branch_length", by=("outer_diameter", "length"))
        | led("branch_diameter", by="outer_diameter")
    )

    def branched(self, both: bool) -> Compound:
        inside, d = self.inside, self.outer_diameter
        branch = self.branch_diameter - 2 * self.wall_thickness
        self.above("branch_diameter", 2 * self.wall_thickness, "two walls")
        self.below("branch_diameter", d, "outer_diameter", equal=True)
        self.above("length", self.branch_diameter, "branch_diameter")
        self.above("branch_length", d / 2, "half the outer_diameter")
        span = (2 if both else 1) * self.branch_length
        level = self.branch_length if both else 0.0  # of the run's axis
        arm, hollow = bar(self.branch_diameter, span), bar(branch, span)
        run, bore = bar(d, self.length), bar(inside, self.length)
        flat = spot(0, 0, level, rotate=(0, 90, 0))
        return worked(
            arm,
            added("pipe", run, flat, id="run"),
            taken("bore", hollow, standing(0), id="branch_bore"),
            taken("bore", bore, flat),
        )


class Tee(Branched):
    """A pipe tee: a run along x and one branch upwards, its length from the run's axis."""

    names = ("tee", "pipe tee", "t-piece", "t piece", "tee fitting", "t joint", "t-fitting", "tee pipe")

    def solid(self) -> Compound:
        return self.branched(both=False)


class Cross(Branched):
    """A pipe cross: a run along x and two branches, up and down."""

    names = ("pipe cross", "cross fitting", "four-way fitting", "four way pipe", "cross pipe")

    def solid(self) -> Compound:
        return self.branched(both=True)


class Reducer(Workpiece):
    """A concentric reducer: a wide end, a cone, a narrow end."""

    names = ("reducer", "pipe reducer", "concentric reducer", "pipe adapter", "tube adapter", "hose adapter")
    made_of = "stainless steel"
    follows = (
        led("small_diameter", by="large_diameter")
        | led("large_diameter", by="small_diameter")
        | led("wall_thickness", "length", by=("large_diameter", "small_diameter"))
    )

    large_diameter: Annotated[
        Length, said("outer diameter", "large end", "big end", "first diameter", "bottom diameter")
    ] = 60.0
    small_diameter: Annotated[Length, said("small end", "second diameter", "top diameter")] = 40.0
    length: Long = 80.0
    wall_thickness: Wall = 3.0

    def solid(self) -> Solid:
        self.below("wall_thickness", min(self.small_diameter, self.large_diameter) / 2, "half the smaller diameter")
        big, small, wall, h = self.large_diameter / 2, self.small_diameter / 2, self.wall_thickness, self.length
        low, high = 0.3 * h, 0.7 * h
        points = (
            (big - wall, 0.0),
            (big, 0.0),
            (big, low),
            (small, high),
            (small, h),
            (small - wall, h),
            (small - wall, high),
            (big - wall, low),
        )
        return Revolve(points=points)


class PipeCap(Workpiece):
    """A cap over a pipe's end."""

    names = ("pipe cap", "end cap", "tube cap", "cap", "tube end cap")
    made_of = "black plastic"
    follows = led("height", "wall_thickness", by="inner_diameter") | led(
        "top_thickness", by=("inner_diameter", "wall_thickness")
    )

    inner_diameter: Annotated[Length, said("pipe diameter", "id", "inside diameter", "bore", "diameter")] = 30.0
    wall_thickness: Wall = 3.0
    top_thickness: Annotated[Length, said("end thickness", "floor thickness")] = 3.0
    height: Annotated[Length, said("length", "tall")] = 25.0

    def solid(self) -> Compound:
        self.below("top_thickness", self.height, "height")
        base = bar(self.inner_diameter + 2 * self.wall_thickness, self.height)
        room = bar(self.inner_diameter, self.height - self.top_thickness)
        return worked(base, taken("bore", room, standing(0)))


class HoseBarb(Workpiece):
    """A hose barb: saw-tooth rings on a tube above a collar, a plain spigot below."""

    names = ("hose barb", "barb fitting", "hose fitting", "barbed fitting", "hose connector", "hose nipple", "barb")
    made_of = "brass"
    follows = led(
        "bore", "length", "collar_diameter", "spigot_diameter", "spigot_length", "collar_thickness", by="hose_diameter"
    )

    hose_diameter: Annotated[Length, said("barb diameter", "hose size", "diameter", "hose inner diameter", "hose")] = (
        10.0
    )
    bore: Annotated[Length, said("inner diameter", "id", "hole")] = 6.0
    barbs: Annotated[int, Field(ge=1, le=20), said("number of barbs", "rings")] = 4
    length: Annotated[Length, said("barb length")] = 24.0
    collar_diameter: Annotated[Length, said("flange diameter", "collar")] = 18.0
    collar_thickness: Annotated[Length, said("flange thickness")] = 5.0
    spigot_diameter: Annotated[Length, said("thread diameter", "base diameter")] = 13.0
    spigot_length: Annotated[Length, said("thread length", "base length")] = 12.0

    def solid(self) -> Compound:
        neck = 0.86 * self.hose_diameter
        self.below("bore", min(neck, self.spigot_diameter), "the barb's neck and spigot_diameter")
        self.above(
            "collar_diameter",
            max(self.hose_diameter, self.spigot_diameter),
            "hose_diameter and spigot_diameter",
            equal=True,
        )
        step = self.length / self.barbs
        z = self.spigot_length + self.collar_thickness
        points = [(0.0, 0.0), (self.spigot_diameter / 2, 0.0), (self.spigot_diameter / 2, self.spigot_length)]
        points += [(self.collar_diameter / 2, self.spigot_length), (self.collar_diameter / 2, z)]
        for i in range(self.barbs):
            foot = z + i * step
            points += [
                (neck / 2, foot),
                (neck / 2, foot + 0.15 * step),
                (self.hose_diameter / 2, foot + 0.2 * step),
                (neck / 2, foot + step),
            ]
        points += [(neck / 2, z + self.length), (0.0, z + self.length)]
        return worked(Revolve(points=clean(points)), drilled(self.bore, id="bore", name="bore"))


class Nozzle(Workpiece):
    """A nozzle: a cylinder, a cone, a small outlet on top; hollow."""

    names = ("nozzle", "spray nozzle", "jet nozzle", "hose nozzle", "spout nozzle")
    made_of = "brass"
    follows = led("length", "wall_thickness", "outlet_diameter", by="outer_diameter") | led(
        "outer_diameter", by="outlet_diameter"
    )

    outer_diameter: Annotated[Length, said("inlet diameter", "diameter", "od", "base diameter")] = 30.0
    outlet_diameter: Annotated[Length, said("tip diameter", "opening", "orifice", "outlet")] = 6.0
    length: Long = 60.0
    wall_thickness: Wall = 3.0

    def solid(self) -> Solid:
        r, wall, h, tip = self.outer_diameter / 2, self.wall_thickness, self.length, self.outlet_diameter / 2
        self.below("wall_thickness", r, "half the outer_diameter")
        self.below("outlet_diameter", 2 * (r - wall), "outer_diameter less two walls")
        points = (
            (r - wall, 0.0),
            (r, 0.0),
            (r, 0.4 * h),
            (tip + wall, 0.9 * h),
            (tip + wall, h),
            (tip, h),
            (tip, 0.88 * h),
            (r - wall, 0.4 * h - wall * 0.2),
        )
        return Revolve(points=points)


class Manifold(Workpiece):
    """A manifold block: a bore along it and ports from above."""

    names = ("manifold", "manifold block", "distribution block", "valve manifold", "air manifold")
    made_of = "aluminium"
    yields = led("bore", "port_diameter", by=("width", "height"))

    length: Annotated[Length, said("long")] = 120.0
    width: Annotated[Length, said("depth", "wide")] = 30.0
    height: Annotated[Length, said("tall", "thickness")] = 30.0
    bore: Annotated[Length, said("main bore", "bore diameter", "main channel")] = 12.0
    ports: Annotated[int, Field(ge=1, le=60), said("outlets", "number of ports", "holes")] = 4
    port_diameter: Annotated[Length, said("port size", "outlet diameter", "hole diameter")] = 8.0

    def solid(self) -> Compound:
        self.below("bore", min(self.width, self.height), "width and height")
        self.below("port_diameter", min(self.width, self.length / self.ports), "width, and length for each port")
        step = self.length / self.ports
        port = bar(self.port_diameter, self.height / 2)
        pattern = Grid(counts=(self.ports, 1, 1), steps=(step, 0, 0))
        features: tuple[Feature, ...] = (
            drilled(self.bore, 0, 0, self.height / 2, axis="x", id="bore", name="bore"),
            taken("port", port, hanging(self.height), pattern=pattern),
        )
        return worked(Box(size=(self.length, self.width, self.height)), *features)

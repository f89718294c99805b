"""Small hardware: washers, spacers, springs, hooks, clips, feet, casters, heat sinks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Part, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.fasteners import Fastener, Flats, Pitch, Threaded, screw_thread
from wugan.apps.voice_to_3d.families.shop.kit import arc, clean, drilled, hanging, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.standards import EYE, HEX, SPRING_WASHER, WASHER
from wugan.apps.voice_to_3d.families.solids import added, bar, cone, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Circle, Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Feature, Helix, Revolve, Solid, Sweep, Torus
from wugan.errors import DataError

Outer = Annotated[Length, said("diameter", "od", "outside diameter", "outer")]
Bore = Annotated[Length, said("bore", "id", "inner diameter", "inside diameter", "hole", "inner")]
Thick = Annotated[Length, said("height", "tall", "thick")]


class Washer(Fastener):
    """A plain washer, ISO 7089."""

    names: ClassVar[tuple[str, ...]] = ("washer", "flat washer", "plain washer")
    nominal_field: ClassVar[str] = "thread_diameter"
    table = WASHER

    thread_diameter: Annotated[Length, said("nominal diameter", "bolt diameter")] = 6.0
    hole_diameter: Bore = 6.4
    outer_diameter: Outer = 12.0
    thickness: Thick = 1.6

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        base = bar(self.outer_diameter, self.thickness)
        return worked(base, drilled(self.hole_diameter))


class FenderWasher(Washer):
    """A washer three thread diameters wide, ISO 7093."""

    names = ("fender washer", "large washer", "penny washer", "mudguard washer", "repair washer")
    table: ClassVar = {"hole_diameter": WASHER["hole_diameter"], "thickness": WASHER["thickness"]}
    scaled: ClassVar[Mapping[str, float]] = {"outer_diameter": 3.0}

    outer_diameter: Outer = 18.0


class SpringWasher(Fastener):
    """A split lock washer, DIN 127 B: one turn, its ends twice its thickness apart."""

    names = ("spring washer", "lock washer", "split washer", "split lock washer", "lockwasher")
    nominal_field: ClassVar[str] = "thread_diameter"
    table = SPRING_WASHER
    made_of = "spring steel"

    thread_diameter: Annotated[Length, said("nominal diameter", "bolt diameter")] = 6.0
    hole_diameter: Bore = 6.1
    outer_diameter: Outer = 11.8
    thickness: Thick = 1.6

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        wall = (self.outer_diameter - self.hole_diameter) / 2
        wire = Rectangle(width=wall, depth=self.thickness)
        helix = Helix(profile=wire, diameter=self.hole_diameter + wall, pitch=self.thickness, turns=0.97)
        return Compound(base=helix)


class Spacer(Workpiece):
    """A round spacer: a tube that keeps two parts apart."""

    names = ("spacer", "round spacer", "distance sleeve", "spacer sleeve", "spacer ring")
    made_of = "aluminium"
    follows = led("hole_diameter", by="outer_diameter") | led("outer_diameter", by="hole_diameter")

    outer_diameter: Outer = 10.0
    hole_diameter: Bore = 5.0
    length: Annotated[Length, said("height", "thickness", "tall", "thick")] = 15.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.outer_diameter, "outer_diameter")
        return worked(bar(self.outer_diameter, self.length), drilled(self.hole_diameter))


class Standoff(Fastener):
    """A hexagonal standoff, tapped right through or, with a stud, from above."""

    names = ("standoff", "hex standoff", "stand-off", "pcb standoff", "hexagonal standoff", "hex spacer")
    nominal_field: ClassVar[str] = "hole_diameter"
    made_of = "brass"
    table: ClassVar = {"across_flats": HEX["across_flats"]}
    scaled: ClassVar[Mapping[str, float]] = {"length": 10 / 3, "stud_length": 2.0}

    size: Annotated[str, Field(max_length=24), said("thread", "thread size")] = "M3"
    hole_diameter: Bore = 3.0
    across_flats: Flats = 5.5
    length: Annotated[Length, said("height", "tall")] = 10.0
    stud: Annotated[bool, said("male", "male end", "threaded stud", "male-female")] = False
    stud_length: Length = 6.0
    pitch: Pitch = 0.5
    threaded: Threaded = False

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        base = extruded(RegularPolygon(sides=6, across_flats=self.across_flats), self.length)
        self.check_pitch(self.length)
        deep = self.length * 0.7 if self.stud else self.length
        if self.threaded:
            tool: Solid = screw_thread(self.hole_diameter, self.pitch, deep + 2 * self.pitch, (False, False))
        else:
            tool = bar(self.hole_diameter, deep)
        if not self.stud and not self.threaded:
            return worked(base, drilled(self.hole_diameter))
        above = (0.0 if self.stud else 1.0) * self.pitch * self.threaded
        features: list[Feature] = [sunk(tool, self.length + above, id="hole")]
        if self.stud:
            bolt: Solid = bar(self.hole_diameter, self.stud_length)
            if self.threaded:
                bolt = screw_thread(self.hole_diameter, self.pitch, self.stud_length, (True, False))
            place = hanging(0)
            features.append(added("stud", bolt, place))
        return worked(base, *features)


class EyeBolt(Fastener):
    """A lifting eye bolt, DIN 580: ring, collar, shank."""

    names = ("eye bolt", "eyebolt", "lifting eye", "ring bolt", "eye screw")
    table = EYE

    size: Annotated[str, Field(max_length=24), said("thread", "thread size")] = "M8"
    diameter: Annotated[Length, said("shank diameter", "thread diameter")] = 8.0
    ring_outer_diameter: Annotated[Length, said("eye outer diameter", "ring od")] = 36.0
    ring_inner_diameter: Annotated[Length, said("eye diameter", "eye inner diameter", "ring id", "eye")] = 20.0
    collar_diameter: Annotated[Length, said("collar", "flange diameter")] = 20.0
    shank_length: Annotated[Length, said("length", "shank", "thread length")] = 13.0
    pitch: Pitch = 1.25
    threaded: Threaded = False

    def solid(self) -> Compound:
        self.below("ring_inner_diameter", self.ring_outer_diameter, "ring_outer_diameter")
        self.below("diameter", self.collar_diameter, "collar_diameter")
        self.check_pitch(self.shank_length)
        wire = (self.ring_outer_diameter - self.ring_inner_diameter) / 2
        collar = wire * 0.75
        self.below("collar_diameter", 2 * self.ring_outer_diameter, "twice the ring_outer_diameter")
        shank: Solid = bar(self.diameter, self.shank_length)
        if self.threaded:
            shank = screw_thread(self.diameter, self.pitch, self.shank_length, (True, False))
        ring = Torus(diameter=self.ring_outer_diameter - wire, tube=wire)
        sit = self.shank_length + collar - wire / 2 + self.ring_outer_diameter / 2
        return worked(
            shank,
            added("collar", bar(self.collar_diameter, collar), standing(self.shank_length)),
            added("ring", ring, spot(0, 0, sit, rotate=(90, 0, 0))),
        )


class UBolt(Fastener):
    """A U-bolt: a rod bent over a pipe, both legs threaded where asked."""

    names = ("u-bolt", "u bolt", "ubolt")
    scaled: ClassVar = {"inner_width": 5.0, "height": 10.0, "thread_length": 4.0}

    diameter: Annotated[Length, said("rod diameter", "thread diameter", "wire diameter")] = 6.0
    inner_width: Annotated[Length, said("inside width", "pipe diameter", "width inside", "pipe")] = 30.0
    height: Annotated[Length, said("length", "tall")] = 60.0
    thread_length: Annotated[Length, said("threaded length")] = 24.0
    pitch: Pitch = 1.0
    threaded: Threaded = False

    def solid(self) -> Compound:
        radius = (self.inner_width + self.diameter) / 2
        straight = self.height - radius - self.diameter / 2
        if straight <= 0:
            self.above("height", radius + self.diameter / 2, "the bend over inner_width")
        self.below("diameter", self.inner_width, "inner_width, so that the rod can be bent", equal=True)
        foot = min(self.thread_length, straight * 0.95) if self.threaded else 0.0
        top = straight + radius
        # The bow reaches a little into the threads, so that the three are one.
        end = max(0.0, foot - 0.05 * self.pitch)
        path = ((-radius, 0.0, end), (-radius, 0.0, top), (radius, 0.0, top), (radius, 0.0, end))
        body = Sweep(profile=Circle(diameter=self.diameter), path=path, bend_radius=radius)
        if not self.threaded:
            return Compound(base=body)
        self.check_pitch(foot)
        leg = screw_thread(self.diameter, self.pitch, foot, (True, False))
        legs = [
            added("thread", leg, standing(0, x), id=f"{side}_thread")
            for side, x in (("left", -radius), ("right", radius))
        ]
        return worked(body, *legs)


CoilOuter = Annotated[Length, said("diameter", "od", "coil diameter", "outside diameter")]
CoilWire = Annotated[Length, said("wire", "wire thickness", "thickness")]
Coils = Annotated[int, Field(ge=1, le=100), said("turns", "windings", "number of coils")]
STEPS = 24  # pieces of a turn


class Coiled(Workpiece):
    """What springs have in common: a wire wound about z."""

    made_of = "spring steel"
    follows = led("wire_diameter", "length", by="outer_diameter") | led("outer_diameter", by="wire_diameter")

    outer_diameter: CoilOuter = 20.0
    wire_diameter: CoilWire = 2.0
    coils: Coils = 8

    @property
    def radius(self) -> float:
        """Of the wire's middle line (mm)."""
        self.below("wire_diameter", self.outer_diameter / 3, "a third of the outer_diameter")
        return (self.outer_diameter - self.wire_diameter) / 2


class CompressionSpring(Coiled):
    """A compression spring; its ends closed and ground flat unless "open"."""

    names = ("spring", "compression spring", "coil spring", "helical spring")

    length: Annotated[Length, said("height", "free length", "tall")] = 50.0
    ground: Annotated[bool, said("closed", "closed ends", "ground ends", "flat ends")] = True

    def solid(self) -> Solid:
        r, wire, n = self.radius, self.wire_diameter, self.coils
        self.below("wire_diameter", self.length / (n + 1), "the length's share for each coil")
        rise, dead = self.length - wire, 1.0 if self.ground and n > 3 else 0.0
        if dead:
            # The dead coil at each end rises by little more than its wire, half of which is ground away.
            rise = self.length - 0.2 * wire
        steps = math.ceil(n * STEPS)
        path = []
        for i in range(steps + 1):
            turn = n * i / steps
            path.append(
                (
                    r * math.cos(2 * math.pi * turn),
                    r * math.sin(2 * math.pi * turn),
                    _level(turn, n, rise, wire * 1.02, dead),
                )
            )
        shift = 0.1 * wire if dead else wire / 2
        coil = Sweep(profile=Circle(diameter=wire), path=tuple((x, y, z + shift) for x, y, z in path))
        if not dead:
            return coil
        limits = Box(size=(2 * self.outer_diameter, 2 * self.outer_diameter, self.length))
        return worked(coil, Common(id="ends", name="ground ends", shape=limits, place=standing(0)))


def _level(turn: float, coils: float, rise: float, dead_rise: float, dead: float) -> float:
    """The wire's height (mm) after so many turns: little at the dead coils, evenly between."""
    if not dead:
        return rise * turn / coils
    active = coils - 2 * dead
    if turn <= dead:
        return dead_rise * turn / dead
    if turn >= coils - dead:
        return rise - dead_rise * (coils - turn) / dead
    return dead_rise + (rise - 2 * dead_rise) * (turn - dead) / active


class ExtensionSpring(Coiled):
    """An extension spring lying upright: coils a hair apart, a hook at each end; `length` from hook to hook outside."""

    names = ("extension spring", "tension spring", "pull spring", "spring with hooks")

    coils: Coils = 12
    length: Annotated[Length, said("height", "overall length", "free length")] = 70.0

    def solid(self) -> Solid:
        r, wire = self.radius, self.wire_diameter
        hook = r  # the hooks' middle line has the coils' radius
        body = self.length - 2 * (2 * hook + wire / 2)
        n = self.coils + 0.5
        pitch = body / n if n else 0
        if pitch < 1.05 * wire:
            raise DataError(
                f"extension spring: length {self.length:g} mm is too short for {self.coils:g} coils of "
                f"wire_diameter {wire:g} mm "
                f"and two hooks; at least {n * 1.05 * wire + 4 * hook + wire:.4g} mm"
            )
        low = wire / 2 + 2 * hook
        path: list[tuple[float, float, float]] = []
        # The lower hook: from its open end about the axis's foot up to the first coil, in the xz plane.
        path += [(x, 0.0, z) for x, z in arc(0, low - hook, hook, 110, 350, 20)]
        steps = math.ceil(n * STEPS)
        for i in range(steps + 1):
            turn = n * i / steps
            path.append((r * math.cos(2 * math.pi * turn), r * math.sin(2 * math.pi * turn), low + body * turn / n))
        top = low + body
        path += [(x, 0.0, z) for x, z in arc(0, top + hook, hook, 190, -50, 20)]
        return Sweep(profile=Circle(diameter=wire), path=_spaced(path, wire * 0.3))


def _spaced(path: list[tuple[float, float, float]], least: float) -> tuple[tuple[float, float, float], ...]:
    kept = [path[0]]
    for point in path[1:]:
        if math.dist(point, kept[-1]) > least:
            kept.append(point)
    return tuple(kept)


Wire = Annotated[Length, said("thickness", "diameter", "rod diameter", "wire thickness")]
Opening = Annotated[Length, said("hook diameter", "inner diameter", "inside diameter", "opening")]
Long = Annotated[Length, said("height", "overall length", "tall")]
Path = list[tuple[float, float, float]]


def wire(path: Path, diameter: float) -> Solid:
    """A round wire along points (x, z) of the xz plane, without repeated ones."""
    kept = [path[0]]
    kept += [after for before, after in zip(path, path[1:], strict=False) if math.dist(before, after) > 1e-6]
    return Sweep(profile=Circle(diameter=diameter), path=tuple(kept))


def bow(x: float, z: float, radius: float, start: float, end: float) -> Path:
    """An arc in the xz plane, a point every 5°."""
    return [(a, 0.0, b) for a, b in arc(x, z, radius, start, end, max(4, math.ceil(abs(end - start) / 5)))]


class SHook(Workpiece):
    """An S hook of round wire, upright."""

    names = ("s-hook", "s hook", "s shaped hook", "butcher hook", "meat hook")
    follows = led("wire_diameter", "opening", by="length")

    length: Long = 80.0
    wire_diameter: Wire = 5.0
    opening: Opening = 22.0

    def solid(self) -> Solid:
        d, r = self.wire_diameter, (self.opening + self.wire_diameter) / 2
        middle = self.length - d - 4 * r
        if middle < 0:
            self.above("length", 4 * r + d, "two hooks of opening and wire_diameter", equal=True)
        # The lower hook opens to the left, the upper to the right; the shank between them is on x = 0.
        low, high = d / 2 + r, self.length - d / 2 - r
        return wire([*bow(-r, low, r, 180, 360), *bow(r, high, r, 180, 0)], d)


class JHook(Workpiece):
    """A J hook: a plate with screw holes and a hook in front of it."""

    names = ("j-hook", "j hook", "hook", "utility hook", "single hook", "robe hook", "towel hook", "screw-on hook")
    follows = led("width", "thickness", "opening", by="height")
    yields = led("hole_diameter", by=("width", "height"))

    height: Annotated[Length, said("length", "tall", "overall height")] = 80.0
    width: Annotated[Length, said("wide", "plate width")] = 20.0
    thickness: Annotated[Length, said("thick", "plate thickness")] = 5.0
    opening: Annotated[Length, said("hook diameter", "hook opening", "inside diameter")] = 25.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole")] = 4.5
    holes: Annotated[int, Field(ge=0, le=2), said("screw holes")] = 2

    def solid(self) -> Compound:
        h, t, r = self.height, self.thickness, self.opening / 2
        self.above("height", r + t + 3 * self.hole_diameter, "the hook and the holes above it")
        self.below("hole_diameter", self.width, "width")
        # In the xz plane, the plate on the right, its back on x = 0; drawn along y, then turned to the front.
        cx, cz = -(t + r), t + r
        outer = arc(cx, cz, r + t, 360, 180, 40)
        inner = arc(cx, cz, r, 180, 360, 40)
        lip = 0.3 * self.opening
        points = [
            (0.0, h),
            *outer,
            (cx - r - t, cz + lip * 0.7),
            *arc(cx - r - t / 2, cz + lip, t / 2, 180, 0, 10),
            *inner,
            (-t, h),
        ]
        base = prism(clean(points), self.width)
        features: list[Feature] = []
        if self.holes:
            # In the solid's own frame the outline's x and y are as above and the width stands along z.
            room = h - (cz + lip + t)
            low = cz + lip + t + self.hole_diameter if self.holes == 2 and room > 4 * self.hole_diameter else 0.0
            places = [h - 1.2 * self.hole_diameter] + ([low] if low else [])
            features = [
                taken(
                    "hole",
                    bar(self.hole_diameter, 6 * t),
                    spot(0, z, self.width / 2, rotate=(0, 90, 0)),
                    id=f"hole_{i}",
                )
                for i, z in enumerate(places)
            ]
        return worked(base, *features)

    turned = (90, 0, 90)


class CupHook(Workpiece):
    """A cup hook: a hook of round wire with a collar and a screw point, upright."""

    names = ("cup hook", "screw hook", "ceiling hook", "screw-in hook")
    made_of = "brass"
    follows = led("wire_diameter", "opening", "collar_diameter", "screw_length", by="length")

    length: Long = 60.0
    wire_diameter: Wire = 4.0
    opening: Opening = 18.0
    collar_diameter: Annotated[Length, said("collar", "plate diameter")] = 14.0
    screw_length: Annotated[Length, said("thread length", "screw")] = 20.0

    def solid(self) -> Compound:
        d, r = self.wire_diameter, (self.opening + self.wire_diameter) / 2
        self.above("collar_diameter", d, "wire_diameter", equal=True)
        z = self.length - self.screw_length  # the ceiling, the screw above it
        # The hook, the line that leaves it at 60° right of the top, and the bend back onto the screw's axis.
        middle, turn = d / 2 + r, 0.9 * r
        straight = middle + 1.155 * r + 0.577 * turn
        if straight >= z - d / 2:
            self.above("length", self.screw_length + straight + d / 2, "screw_length and the hook of opening")
        point = min(2 * d, self.screw_length)
        ends = ((0.0, 0.0, z), (0.0, 0.0, self.length - point))
        body = wire([*bow(0, middle, r, 150, 420), *bow(turn, straight, turn, 240, 180), *ends], d)
        collar = cone(d, self.collar_diameter, min(1.5 * d, z / 3))
        return worked(
            body, added("collar", collar, hanging(z)), added("point", cone(d, 0, point + 0.1 * d), hanging(self.length))
        )


class Peg(Workpiece):
    """A peg: a round bar with a domed or flanged head, to be set into a board."""

    names = ("peg", "wall peg", "wooden peg", "shelf pin", "shelf peg", "shaker peg")
    made_of = "beech"
    follows = led("head_diameter", "head_thickness", "length", by="diameter")

    diameter: Annotated[Length, said("shaft diameter")] = 12.0
    length: Annotated[Length, said("height", "overall length")] = 60.0
    head_diameter: Annotated[Length, said("head", "knob diameter")] = 20.0
    head_thickness: Annotated[Length, said("head height")] = 6.0

    def solid(self) -> Compound:
        self.below("head_thickness", self.length, "length")
        self.above("head_diameter", self.diameter, "diameter", equal=True)
        edge = min(self.head_thickness, self.head_diameter / 2) * 0.4
        r, t, low = self.head_diameter / 2, self.head_thickness, self.length - self.head_thickness
        outline = [(0.0, 0.0), (r, 0.0), *arc(r - edge, t - edge, edge, 0, 90, 8), (0.0, t)]
        head = added("head", Revolve(points=clean(outline)), standing(low))
        return worked(bar(self.diameter, self.length - edge), head)


class CableClip(Workpiece):
    """A cable clip: an open ring that snaps over a cable, on a foot with a screw hole."""

    names = ("cable clip", "cable clamp", "wire clip", "cable holder", "cord clip", "cable hook")
    made_of = "black plastic"
    follows = led("thickness", "width", "foot_length", by="cable_diameter")
    yields = led("hole_diameter", by=("cable_diameter", "width"))

    cable_diameter: Annotated[Length, said("cable", "diameter", "inner diameter", "wire diameter")] = 10.0
    thickness: Annotated[Length, said("wall", "wall thickness")] = 2.5
    width: Annotated[Length, said("depth", "wide")] = 10.0
    foot_length: Annotated[Length, said("tab length", "foot")] = 14.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole")] = 4.0

    def solid(self) -> Compound:
        t, outer = self.thickness, self.cable_diameter + 2 * self.thickness
        self.below("hole_diameter", min(self.width, self.foot_length), "width and foot_length")
        ring = bar(outer, self.width)
        foot = Box(size=(outer / 2 + self.foot_length, self.width, t))
        gap = Box(size=(0.7 * self.cable_diameter, 2 * self.width, outer))
        x = (outer / 2 + self.foot_length) / 2
        bore = bar(self.cable_diameter, 2 * self.width)
        # The foot is the base: x counts from its middle.
        return worked(
            foot,
            added("ring", ring, spot(-x, 0, outer / 2, rotate=(90, 0, 0))),
            taken("bore", bore, spot(-x, 0, outer / 2, rotate=(90, 0, 0))),
            taken("mouth", gap, standing(outer / 2, -x, 0)),
            drilled(self.hole_diameter, x - self.foot_length / 2, 0),
        )


class Grommet(Workpiece):
    """A rubber grommet: a sleeve with a groove about it for the panel's edge."""

    names = ("grommet", "rubber grommet", "cable grommet", "wire grommet", "bushing grommet")
    made_of = "rubber"
    follows = (
        led("outer_diameter", by=("hole_diameter", "panel_hole_diameter"))
        | led("panel_hole_diameter", by=("hole_diameter", "outer_diameter"))
        | led("hole_diameter", by=("panel_hole_diameter", "outer_diameter"))
        | led("height", by="hole_diameter")
    )

    hole_diameter: Annotated[Length, said("bore", "cable diameter", "inner diameter", "id", "hole", "cable")] = 8.0
    panel_hole_diameter: Annotated[Length, said("groove diameter", "panel hole", "panel cutout")] = 12.0
    outer_diameter: Annotated[Length, said("diameter", "od")] = 17.0
    height: Annotated[Length, said("thickness", "overall height")] = 7.0
    groove_width: Annotated[Length, said("panel thickness", "groove")] = 2.0
    yields = led("groove_width", by="height")

    def solid(self) -> Solid:
        self.below("hole_diameter", self.panel_hole_diameter, "panel_hole_diameter")
        self.below("panel_hole_diameter", self.outer_diameter, "outer_diameter")
        self.below("groove_width", self.height, "height")
        hole, neck, rim = self.hole_diameter / 2, self.panel_hole_diameter / 2, self.outer_diameter / 2
        lip = (self.height - self.groove_width) / 2
        edge = min(lip, rim - neck) * 0.45
        h = self.height
        points = [
            (hole, 0.0),
            (rim - edge, 0.0),
            *arc(rim - edge, edge, edge, -90, 0, 8),
            (rim, lip),
            (neck, lip),
            (neck, h - lip),
            (rim, h - lip),
            *arc(rim - edge, h - edge, edge, 0, 90, 8),
            (hole, h),
        ]
        return Revolve(points=clean(points))


class Wedge(Workpiece):
    """A wedge: a right triangle in side view, highest at the back."""

    names: ClassVar[tuple[str, ...]] = ("wedge", "shim", "door wedge", "door stop", "doorstop", "chock", "wheel chock")
    made_of = "rubber"

    length: Annotated[Length, said("depth", "long")] = 100.0
    width: Annotated[Length, said("wide")] = 40.0
    height: Annotated[Length, said("tall", "thickness", "rise", "thick end", "at the thick end", "at the back")] = 30.0
    tip_thickness: Annotated[
        Gap, said("thin end", "edge thickness", "tip height", "at the front", "at the thin end")
    ] = 0.0
    yields = led("tip_thickness", by="height")
    turned = (90, 0, 90)

    def solid(self) -> Solid:
        self.below("tip_thickness", self.height, "height")
        points = ((0.0, 0.0), (self.length, 0.0), (self.length, self.height), (0.0, self.tip_thickness))
        return prism(clean(points), self.width)


class Ramp(Wedge):
    """A ramp: a long wedge, lowest at the front."""

    names: ClassVar[tuple[str, ...]] = ("ramp", "incline", "inclined plane", "slope", "loading ramp")
    made_of = "aluminium"

    length: Annotated[Length, said("depth", "long")] = 600.0
    width: Annotated[Length, said("wide")] = 300.0
    height: Annotated[Length, said("tall", "rise")] = 120.0
    tip_thickness: Annotated[Gap, said("thin end", "edge thickness")] = 0.0


class Foot(Workpiece):
    """A round foot: a cone with a screw hole from above, countersunk from below."""

    names = ("foot", "rubber foot", "equipment foot", "furniture foot", "bumper", "rubber bumper", "levelling foot")
    made_of = "rubber"
    follows = led("top_diameter", "height", "hole_diameter", by="diameter")

    diameter: Annotated[Length, said("bottom diameter", "outer diameter", "base diameter")] = 30.0
    top_diameter: Annotated[Length, said("upper diameter")] = 24.0
    height: Annotated[Length, said("tall", "thickness")] = 15.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "screw hole", "hole", "bore")] = 5.0

    def solid(self) -> Compound:
        small = min(self.diameter, self.top_diameter)
        self.below("hole_diameter", small / 2, "half the smaller diameter")
        base = cone(self.diameter, self.top_diameter, self.height)
        head = bar(1.8 * self.hole_diameter, self.height / 2)
        counterbore = taken("counterbore", head, standing(0))
        return worked(base, drilled(self.hole_diameter), counterbore)


class Caster(Workpiece):
    """A caster: a wheel in a fork under a plate with four holes."""

    names = ("caster", "castor", "caster wheel", "swivel caster", "castor wheel", "roller wheel")
    made_of = "galvanized steel"
    follows = (
        led("wheel_width", by=("wheel_diameter", "height"))
        | led("height", by="wheel_diameter")
        | led("wheel_diameter", by="height")
        | led("plate_width", "plate_thickness", by=("wheel_diameter", "height"))
    )
    yields = led("hole_diameter", by=("plate_width", "wheel_diameter", "height"))

    wheel_diameter: Annotated[Length, said("diameter", "wheel")] = 50.0
    wheel_width: Annotated[Length, said("width of the wheel", "tread width")] = 18.0
    height: Annotated[Length, said("overall height", "tall")] = 70.0
    plate_width: Annotated[Length, said("plate size", "plate")] = 60.0
    plate_thickness: Annotated[Length, said("plate")] = 3.0
    hole_diameter: Annotated[Length, said("screw hole diameter", "bolt hole")] = 6.5

    def pieces(self) -> list[Part]:
        d, w, t = self.wheel_diameter, self.wheel_width, self.plate_thickness
        cheek = 0.15 * w
        outer = 1.1 * w + 2 * cheek
        self.above("height", d + 2 * t, "wheel_diameter and two plate thicknesses")
        self.below("wheel_width", (self.plate_width - 2 * cheek) / 1.1, "plate_width less the fork")
        self.below("hole_diameter", self.plate_width / 5, "a fifth of plate_width")
        top = self.height - t
        features: list[Feature] = []
        bridge = Box(size=(0.5 * d, outer, max(t, top - 1.02 * d)))
        features.append(added("bridge", bridge, hanging(0)))
        for side, sign in (("left", -1), ("right", 1)):
            y = sign * (outer - cheek) / 2
            leg, eye = Box(size=(0.5 * d, cheek, top - d / 2)), bar(0.5 * d, cheek)
            features.append(added("fork", leg, hanging(0, 0, y), id=f"{side}_fork"))
            features.append(added("eye", eye, spot(0, y, d / 2 - top, rotate=(90, 0, 0)), id=f"{side}_eye"))
        step = 0.72 * self.plate_width
        features.append(drilled(self.hole_diameter, pattern=Grid(counts=(2, 2, 1), steps=(step, step, 0))))
        # The plate is the frame's base: its underside is the zero of what hangs from it.
        frame = worked(Box(size=(self.plate_width, self.plate_width, t)), *features)
        tread, edge = d / 2, min(0.1 * d, 0.2 * w)
        outline = [(0.0, 0.0), (tread - edge, 0.0), (tread, edge), (tread, w - edge), (tread - edge, w), (0.0, w)]
        axle = bar(0.2 * d, outer)
        middle = spot(0, 0, d / 2, rotate=(90, 0, 0))
        return [
            Part("frame", frame, spot(0, 0, top, own=("centre", "centre", "origin")), self.made_of, ("top",)),
            Part("wheel", Revolve(points=tuple(outline)), middle, "rubber", ("bottom",)),
            Part("axle", axle, middle, "steel", ("middle",)),
        ]


class PinFinSink(Workpiece):
    """A pin-fin heat sink: a grid of round pins on a base plate."""

    names = ("pin-fin heat sink", "pin fin heat sink", "pin heat sink", "pin-fin sink", "pin fin cooler")
    made_of = "aluminium"
    yields = led("pin_diameter", by=("width", "depth", "spacing")) | led("spacing", by=("width", "depth"))

    width: Annotated[Length, said("wide")] = 40.0
    depth: Annotated[Length, said("length", "long")] = 40.0
    base_thickness: Annotated[Length, said("base", "base height", "plate thickness", "thickness")] = 4.0
    columns: Annotated[int, Field(ge=1, le=60), said("pins", "pins along x")] = 6
    rows: Annotated[int, Field(ge=1, le=60), said("pins along y")] = 6
    pin_diameter: Annotated[Length, said("pin dia", "fin diameter", "diameter of the pins")] = 3.0
    pin_height: Annotated[Length, said("fin height", "height of the pins", "height above the base")] = 12.0
    spacing: Annotated[Length, said("pitch", "pin spacing", "apart")] = 6.0

    def solid(self) -> Compound:
        self.below("pin_diameter", self.spacing, "spacing")
        for count, side in ((self.columns, self.width), (self.rows, self.depth)):
            if (count - 1) * self.spacing + self.pin_diameter > side + 1e-6:
                room = (side - self.pin_diameter) / max(1, count - 1)
                self.below("spacing", room, f"what {count} pins have on {side:g} mm", equal=True)
        # From inside the base, so that pins and base are one.
        pin = bar(self.pin_diameter, self.pin_height + self.base_thickness / 2)
        pattern = Grid(counts=(self.columns, self.rows, 1), steps=(self.spacing, self.spacing, 0))
        place = hanging(self.base_thickness + self.pin_height)
        pins = added("pin", pin, place, pattern=pattern)
        return worked(Box(size=(self.width, self.depth, self.base_thickness)), pins)


class HeatSink(Workpiece):
    """A heat sink: fins along y on a base plate."""

    names = ("heat sink", "heatsink", "cooling fins", "radiator block", "finned heat sink", "cooler")
    made_of = "aluminium"
    yields = led("base_thickness", by="height") | led("fin_thickness", by="width")

    width: Annotated[Length, said("wide")] = 60.0
    depth: Annotated[Length, said("length", "long")] = 60.0
    height: Annotated[Length, said("overall height", "tall")] = 25.0
    base_thickness: Annotated[Length, said("base", "base height", "plate thickness")] = 5.0
    fins: Annotated[int, Field(ge=2, le=200), said("number of fins", "ribs")] = 10
    fin_thickness: Annotated[Length, said("fin width", "rib thickness")] = 1.5

    def solid(self) -> Compound:
        self.below("base_thickness", self.height, "height")
        pitch = (self.width - self.fin_thickness) / (self.fins - 1)
        self.below("fin_thickness", pitch, "the distance from fin to fin")
        gap = Box(size=(pitch - self.fin_thickness, 2 * self.depth, self.height - self.base_thickness))
        place = hanging(self.height)
        pattern = Grid(counts=(self.fins - 1, 1, 1), steps=(pitch, 0, 0))
        base = Box(size=(self.width, self.depth, self.height))
        return worked(base, taken("gap", gap, place, pattern=pattern))

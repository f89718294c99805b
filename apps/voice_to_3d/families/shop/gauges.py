"""What is measured and marked with: parallel, sine bar, drill jig, ruler, try square."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.shop.holes import drilled, spot, standing
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, at
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cut, Cylinder, Extrude, Feature, Join, Solid

Long = Annotated[Length, said("long", "overall length")]
Wide = Annotated[Length, said("wide", "depth")]
High = Annotated[Length, said("tall", "overall height")]


class Parallel(Workpiece):
    """A machinist's parallel: a ground bar, with a row of lightening holes where asked."""

    names = ("parallel", "parallel bar", "machinist parallel", "gauge block", "parallel block")
    made_of = "tool steel"

    length: Long = 150.0
    width: Annotated[Length, said("thickness", "wide", "depth")] = 10.0
    height: High = 25.0
    holes: Annotated[int, Field(ge=0, le=60), said("lightening holes", "number of holes")] = 0
    hole_diameter: Annotated[Length, said("hole size")] = 12.0
    yields: ClassVar[Leads] = {"hole_diameter": ("height", "length")}

    def solid(self) -> Compound:
        base = Box(size=(self.length, self.width, self.height))
        if not self.holes:
            return Compound(base=base)
        step = self.length / self.holes
        self.below("hole_diameter", min(step, self.height), "height and the distance from hole to hole")
        grid = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
        return Compound(
            base=base, features=(drilled(self.hole_diameter, 0, 0, self.height / 2, axis="y", pattern=grid),)
        )


class SineBar(Workpiece):
    """A sine bar: a bar on two rollers whose centres lie the nominal length apart (DIN 2273)."""

    names = ("sine bar", "sine block")
    made_of = "tool steel"
    follows: ClassVar[Leads] = {"width": ("length",), "thickness": ("length",), "roller_diameter": ("length",)}

    length: Annotated[Length, said("centre distance", "center distance", "nominal length", "roller distance")] = 100.0
    width: Wide = 25.0
    thickness: Annotated[Length, said("bar height", "height")] = 22.0
    roller_diameter: Annotated[Length, said("roller", "rollers")] = 16.0

    def solid(self) -> Compound:
        d, t = self.roller_diameter, self.thickness
        self.below("roller_diameter", self.length / 2, "half the length")
        self.above("thickness", 0.6 * d, "six tenths of roller_diameter")
        bar = self.length + d
        # The bar rests on the rollers by notches a quarter of a roller deep.
        low = 0.75 * d
        steps = tuple(
            Join(
                id=f"{side}_roller",
                name="roller",
                shape=Cylinder(diameter=d, height=self.width),
                place=spot(x, 0, d / 2, rotate=(90, 0, 0)),
            )
            for side, x in (("left", -self.length / 2), ("right", self.length / 2))
        )
        block = Box(size=(bar, self.width, low + t))
        gap = Box(size=(bar * 2, self.width * 2, low))
        under = Cut(id="underside", name="underside", shape=gap, place=standing(0))
        holes = Grid(counts=(3, 1, 1), steps=(self.length / 4, 0, 0))
        hole = 0.35 * t
        return Compound(
            base=block,
            features=(under, drilled(hole, 0, 0, low + t / 2 + 0.05 * t, axis="y", id="hole", pattern=holes), *steps),
        )


class DrillJig(Workpiece):
    """A drill jig: a plate with bushed guide holes in a row and a fence below its front edge."""

    names = ("drill jig", "drilling jig", "drill guide", "dowel jig", "drilling template")
    made_of = "aluminium"
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "depth"), "fence_height": ("depth",)}

    width: Annotated[Length, said("length", "long")] = 100.0
    depth: Annotated[Length, said("wide")] = 40.0
    thickness: Annotated[Length, said("thick", "plate thickness")] = 12.0
    holes: Annotated[int, Field(ge=1, le=60), said("guide holes", "number of holes")] = 3
    hole_diameter: Annotated[Length, said("guide hole diameter", "drill diameter", "drill size")] = 8.0
    spacing: Annotated[Gap, said("hole spacing", "pitch", "centre distance")] = 0.0
    fence_height: Annotated[Gap, said("fence", "lip height")] = 12.0
    fence_thickness: Annotated[Length, said("lip thickness")] = 8.0

    def solid(self) -> Compound:
        step = self.spacing or self.width / self.holes
        f = self.fence_height
        self.below("hole_diameter", min(step, self.depth - self.fence_thickness), "the plate beside the fence")
        if step * (self.holes - 1) + self.hole_diameter >= self.width:
            self.below("spacing", (self.width - self.hole_diameter) / max(1, self.holes - 1), "what width allows")
        self.below("fence_thickness", self.depth, "depth")
        height = self.thickness + f
        base: Solid = Box(size=(self.width, self.depth, height))
        features: list[Feature] = []
        if f:
            room = Box(size=(2 * self.width, self.depth - self.fence_thickness, f))
            features.append(
                Cut(id="room", name="room", shape=room, place=spot(0, self.depth / 2, 0, own=("centre", "max", "min")))
            )
        grid = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
        features.append(drilled(self.hole_diameter, 0, self.fence_thickness / 2 if f else 0.0, pattern=grid))
        return Compound(base=base, features=tuple(features))


class Ruler(Workpiece):
    """A ruler with a bevelled front edge, graduations engraved every 1, 5 and 10 mm, a hole to hang it up."""

    names = ("ruler", "straightedge", "straight edge", "scale ruler", "measuring stick", "steel rule")
    made_of = "stainless steel"

    length: Long = 160.0
    width: Annotated[Length, said("wide", "depth")] = 30.0
    thickness: Annotated[Length, said("thick", "height")] = 3.0
    graduations: Annotated[bool, said("marks", "markings", "divisions", "ticks")] = True
    hole_diameter: Annotated[Gap, said("hanging hole", "hole")] = 6.0
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "length")}
    follows: ClassVar[Leads] = {}

    def solid(self) -> Compound:
        long, w, t = self.length, self.width, self.thickness
        bevel = 0.35 * w
        points = ((-w / 2, 0.0), (w / 2, 0.0), (w / 2, t), (bevel - w / 2, t), (-w / 2, 0.4 * t))
        base = Extrude(profile=Polygon(points=points), height=long)
        features: list[Feature] = []
        if self.graduations:
            # In the bar's own frame: x across from the front edge, y up, z along; 5 mm are left at both ends.
            whole = math.floor(long - 10)
            if whole > 2000:
                self.below("length", 2010, "more marks cannot be modelled; say it without graduations", equal=True)
            for step, reach in ((1, 0.18), (5, 0.26), (10, 0.34)):
                count = whole // step + 1
                if whole < step:
                    continue
                for part in range(0, count, 1000):
                    some = min(1000, count - part)
                    shape = Box(size=(reach * w, t, 0.2))
                    slope = math.degrees(math.atan2(0.6 * t, bevel))
                    place = spot(
                        -w / 2,
                        0.4 * t - 0.06 * t,
                        5 + (part + (some - 1) / 2) * step,
                        rotate=(0, 0, slope),
                        own=("min", "min", "centre"),
                    )
                    grid = Grid(counts=(1, 1, some), steps=(0, 0, step))
                    features.append(Cut(id=f"marks_{step}_{part}", name="mark", shape=shape, place=place, pattern=grid))
        if self.hole_diameter:
            self.below("hole_diameter", min(0.5 * w, long), "half the width")
            features.append(
                drilled(self.hole_diameter, 0.2 * w, 0, long - max(0.9 * self.hole_diameter, 0.04 * long), axis="y")
            )
        return Compound(base=base, features=tuple(features))

    turned = (90, 0, 90)


class TrySquare(Workpiece):
    """A try square, lying: a thick stock, a thin blade at a right angle to it."""

    names = (
        "try square",
        "square tool",
        "engineer's square",
        "engineers square",
        "carpenter's square",
        "machinist square",
        "set square",
    )
    follows: ClassVar[Leads] = {
        "stock_length": ("length",),
        "blade_width": ("length",),
        "stock_width": ("length",),
        "length": ("stock_length",),
    }

    length: Annotated[Length, said("blade length", "blade")] = 150.0
    stock_length: Annotated[Length, said("handle length", "stock", "base length")] = 100.0
    blade_width: Annotated[Length, said("width of the blade")] = 28.0
    blade_thickness: Annotated[Length, said("thickness of the blade")] = 3.0
    stock_width: Annotated[Length, said("handle width")] = 26.0
    stock_thickness: Annotated[Length, said("handle thickness", "thickness", "height")] = 16.0

    def pieces(self) -> list[Part]:
        self.below("blade_thickness", self.stock_thickness, "stock_thickness")
        self.below("blade_width", self.stock_length, "stock_length", equal=True)
        self.above("length", self.stock_width, "stock_width")
        # The stock along y at the left, the blade along x from its rear end.
        stock = Box(size=(self.stock_width, self.stock_length, self.stock_thickness))
        blade = Box(size=(self.length, self.blade_width, self.blade_thickness))
        x = -self.length / 2 + self.stock_width / 2
        y = self.stock_length / 2 - self.blade_width / 2
        z = (self.stock_thickness - self.blade_thickness) / 2
        return [
            Part("stock", stock, at(x, 0, 0), "walnut", ("left",)),
            Part("blade", blade, at(0, y, z), "steel", ("right",)),
        ]

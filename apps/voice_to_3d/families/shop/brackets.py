"""Brackets of bent or welded plate, and what holds shafts, pipes and joints."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Part, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import drilled, hanging, rounded, spot, standing
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, at
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Cut, Feature, Hull, Placed, Solid

Thick = Annotated[Length, said("plate thickness", "material thickness", "thick", "wall", "wall thickness", "gauge")]
Hole = Annotated[Length, said("holes diameter", "hole size", "screw hole diameter", "bolt hole")]
Holes = Annotated[int, Field(ge=0, le=50), said("holes per leg", "holes in each leg", "number of holes")]
Bend = Annotated[Gap, said("inner radius", "inside radius", "inside bend radius", "bend", "fillet radius")]


class Bent(Workpiece):
    """What bent brackets have in common: an outline in the xz plane, drawn out along y, with holes through the legs."""

    made_of = "galvanized steel"
    yields = led("hole_diameter", by=("depth", "width", "height")) | led("thickness", by=("width", "height"))

    def bent(
        self, corners: list[tuple[float, float, float]], width: float, depth: float, height: float
    ) -> list[Feature]:
        """Cuts the block down to the outline through (x, z, radius) corners."""
        profile = Polygon(points=rounded(corners))
        place = spot(0, 0, height / 2, rotate=(90, 0, 0))
        return [Common(id="outline", name="outline", shape=extruded(profile, depth), place=place)]

    def row(
        self,
        id: str,
        axis: str,
        low: float,
        high: float,
        level: float,
        depth: float,
        holes: int,
        hole: float,
        across: bool = False,
    ) -> list[Feature]:
        """Holes in a row between `low` and `high` along a leg: along x through z, or along z through x.

        `across` sets them side by side along y instead, in the middle between the two.
        """
        if not holes:
            return []
        if across:
            step = depth / holes
            self.below("hole_diameter", min(step, high - low), "what a leg has room for")
            middle, pattern = (low + high) / 2, Grid(counts=(1, holes, 1), steps=(0, step, 0))
            x, z = (middle, level) if axis == "z" else (0.0, middle)
            return [drilled(hole, x, 0, z, axis="z" if axis == "z" else "x", id=id, pattern=pattern)]
        step = (high - low) / holes
        self.below("hole_diameter", min(step, depth), "what a leg has room for")
        middle = (low + high) / 2
        if axis == "z":
            return [drilled(hole, middle, 0, level, id=id, pattern=Grid(counts=(holes, 1, 1), steps=(step, 0, 0)))]
        return [drilled(hole, 0, 0, middle, axis="x", id=id, pattern=Grid(counts=(1, 1, holes), steps=(0, 0, step)))]


class LBracket(Bent):
    """An L bracket: a level leg and an upright one at its left end, holes in both, a gusset where one is asked for."""

    names: ClassVar[tuple[str, ...]] = (
        "l bracket",
        "l-bracket",
        "bracket",
        "angle bracket",
        "right angle bracket",
        "l-shaped bracket",
        "mounting bracket",
    )

    width: Annotated[Length, said("length", "leg length", "base length", "long leg", "horizontal leg")] = 60.0
    height: Annotated[Length, said("upright height", "vertical leg", "short leg")] = 60.0
    depth: Annotated[Length, said("bracket width", "leg width", "wide")] = 40.0
    thickness: Thick = 5.0
    bend_radius: Bend = 0.0
    holes: Holes = 2
    hole_diameter: Hole = 6.0
    gusset: Annotated[bool, said("rib", "stiffener", "triangular gusset", "web")] = False
    gusset_size: Annotated[Length, said("rib size", "gusset leg")] = 25.0
    gusset_thickness: Annotated[Length, said("rib thickness")] = 5.0
    follows = led("width", by="height") | led("height", by="width")
    yields = (
        led("hole_diameter", by=("depth", "width", "height"))
        | led("gusset_size", by=("width", "height"))
        | led("gusset_thickness", by=("thickness", "depth"))
        | led("thickness", by=("width", "height"))
    )

    def solid(self) -> Compound:
        w, d, h, t, r = self.width, self.depth, self.height, self.thickness, self.bend_radius
        self.below("thickness", min(w, h), "width and height")
        self.below("bend_radius", min(w, h) - t, "the legs' inner length", equal=True)
        base: Solid = Box(size=(w, d, t))
        wall = Box(size=(t, d, h))
        features: list[Feature] = [added("leg", wall, standing(0, (t - w) / 2), id="upright")]
        if r:
            base = Box(size=(w, d, h))
            x = -w / 2
            features = self.bent(
                [(x, 0, r + t), (-x, 0, 0), (-x, t, 0), (x + t, t, r), (x + t, h, 0), (x, h, 0)], w, d, h
            )
        if self.gusset:
            g = self.gusset_size
            self.below("gusset_size", min(w, h) - t, "the legs' inner length", equal=True)
            self.below("gusset_thickness", d, "depth", equal=True)
            low = -0.4 * t  # into the legs, so that rib and legs are one
            points = ((low, low), (g, low), (g, 0.0), (0.0, g), (low, g))
            rib = prism(points, self.gusset_thickness)
            place = spot(t - w / 2 + (low + g) / 2, 0, t + (low + g) / 2, rotate=(90, 0, 0))
            features.append(added("gusset", rib, place))
        free = t + max(r, self.gusset_size if self.gusset else 0.0)
        free = free if min(w, h) - free > self.hole_diameter * self.holes * 1.2 else t + r
        pair = self.gusset and self.holes == 2  # beside the rib
        features += self.row("hole", "z", free - w / 2, w / 2, t / 2, d, self.holes, self.hole_diameter, pair)
        features += self.row("upright_hole", "x", free, h, 0, d, self.holes, self.hole_diameter, pair)
        return worked(base, *features)


class GussetBracket(LBracket):
    """An L bracket with a triangular gusset in its corner."""

    names = ("gusset bracket", "gusseted bracket", "angle bracket with gusset", "reinforced bracket", "ribbed bracket")

    gusset: Annotated[bool, said("rib", "stiffener")] = True


class UBracket(Bent):
    """A U bracket: a floor and two upright legs, open above, holes through all three."""

    names = ("u bracket", "u-bracket", "channel bracket", "u-shaped bracket", "saddle bracket")

    width: Annotated[Length, said("outer width", "length", "overall width")] = 60.0
    height: Annotated[Length, said("leg height", "legs height")] = 40.0
    depth: Annotated[Length, said("bracket width", "leg width")] = 30.0
    thickness: Thick = 4.0
    bend_radius: Bend = 0.0
    holes: Annotated[int, Field(ge=0, le=50), said("holes in the floor", "holes per side")] = 1
    hole_diameter: Hole = 6.0

    def solid(self) -> Compound:
        w, d, h, t, r = self.width, self.depth, self.height, self.thickness, self.bend_radius
        self.below("thickness", min(w / 2, h), "height and half the width")
        self.below("bend_radius", min(w / 2, h) - t, "what lies between the legs", equal=True)
        base: Solid = Box(size=(w, d, t))
        if r:
            o, i = w / 2, w / 2 - t
            corners = [
                (-o, 0, r + t),
                (o, 0, r + t),
                (o, h, 0),
                (i, h, 0),
                (i, t, r),
                (-i, t, r),
                (-i, h, 0),
                (-o, h, 0),
            ]
            base, features = Box(size=(w, d, h)), self.bent([(x, z, q) for x, z, q in corners], w, d, h)
        else:
            leg = Box(size=(t, d, h))
            features = [
                added("leg", leg, standing(0, x), id=f"{side}_leg")
                for side, x in (("left", (t - w) / 2), ("right", (w - t) / 2))
            ]
        features += self.row("hole", "z", t + r - w / 2, w / 2 - t - r, t / 2, d, self.holes, self.hole_diameter)
        features += self.row("leg_hole", "x", t + r, h, 0, d, self.holes, self.hole_diameter)
        return worked(base, *features)


class ZBracket(Bent):
    """A Z bracket: two level legs at different heights, a web between, holes in the legs."""

    names = ("z bracket", "z-bracket", "offset bracket", "joggle bracket", "step bracket")

    width: Annotated[Length, said("overall width", "length", "overall length")] = 80.0
    height: Annotated[Length, said("offset", "step", "rise")] = 40.0
    depth: Annotated[Length, said("bracket width", "leg width")] = 30.0
    thickness: Thick = 4.0
    bend_radius: Bend = 0.0
    holes: Holes = 1
    hole_diameter: Hole = 6.0

    def solid(self) -> Compound:
        w, d, h, t, r = self.width, self.depth, self.height, self.thickness, self.bend_radius
        self.below("thickness", min(w, h) / 2, "half the width, half the height")
        self.below("bend_radius", min((w - t) / 2, h - t) - t, "what lies between the legs", equal=True)
        x, m = w / 2, t / 2
        outline: list[tuple[float, float, float]] = [
            (-x, 0, 0),
            (m, 0, r + t if r else 0),
            (m, h - t, r),
            (x, h - t, 0),
            (x, h, 0),
            (-m, h, r + t if r else 0),
            (-m, t, r),
            (-x, t, 0),
        ]
        features = self.bent(outline, w, d, h)
        features += self.row("hole", "z", -x, -m - r, t / 2, d, self.holes, self.hole_diameter)
        features += self.row("upper_hole", "z", m + r, x, h - t / 2, d, self.holes, self.hole_diameter)
        return worked(Box(size=(w, d, h)), *features)


class TBracket(Bent):
    """A flat T-shaped plate with holes in its three arms, or an upright T ("standing")."""

    names = ("t bracket", "t-bracket", "tee bracket", "t plate", "t-plate")

    width: Annotated[Length, said("bar length", "top width", "length")] = 100.0
    height: Annotated[Length, said("stem length", "overall height", "overall length")] = 80.0
    depth: Annotated[Length, said("arm width", "leg width")] = 25.0
    thickness: Thick = 4.0
    holes: Annotated[int, Field(ge=0, le=20), said("holes per arm")] = 2
    hole_diameter: Hole = 6.0
    posture: Annotated[Literal["flat", "standing"], said("orientation")] = "flat"
    yields = (
        led("hole_diameter", by=("depth", "width", "height"))
        | led("depth", by=("width", "height"))
        | led("thickness", by="width")
    )

    def solid(self) -> Compound:
        w, h, d, t = self.width, self.height, self.depth, self.thickness
        self.below("depth", min(w / 2, h), "half the width, and the height")
        if self.posture == "standing":
            self.below("thickness", h, "height")
            stem = Box(size=(t, d, h))
            features: list[Feature] = [added("stem", stem, standing(0))]
            for side, low, high in (("left", -w / 2, -t / 2), ("right", t / 2, w / 2)):
                features += self.row(f"{side}_hole", "z", low, high, t / 2, d, self.holes, self.hole_diameter)
            features += self.row("stem_hole", "x", t, h, 0, d, self.holes, self.hole_diameter)
            return worked(Box(size=(w, d, t)), *features)
        bar, middle = Box(size=(w, h, t)), (h - d) / 2
        corner = Box(size=((w - d) / 2, h - d, t))
        features = [
            Cut(id=f"{name}_notch", name="notch", shape=corner, through="z", place=spot(x * (w + d) / 4, -d / 2, t / 2))
            for name, x in (("left", -1), ("right", 1))
        ]
        for name, low, high in (("left", -w / 2, -d / 2), ("right", d / 2, w / 2)):
            if self.holes:
                step = (high - low) / self.holes
                self.below("hole_diameter", min(step, d), "what an arm has room for")
                grid = Grid(counts=(self.holes, 1, 1), steps=(step, 0, 0))
                features.append(drilled(self.hole_diameter, (low + high) / 2, middle, id=f"{name}_hole", pattern=grid))
        if self.holes:
            step = (h - d) / self.holes
            self.below("hole_diameter", step, "what the stem has room for")
            grid = Grid(counts=(1, self.holes, 1), steps=(0, step, 0))
            features.append(drilled(self.hole_diameter, 0, -d / 2, id="stem_hole", pattern=grid))
        return worked(bar, *features)


class ShelfBracket(Bent):
    """A shelf bracket: a wall leg behind, an arm above, a brace from one to the other."""

    names = ("shelf bracket", "shelf support", "wall bracket")
    made_of = "black steel"

    depth: Annotated[Length, said("arm length", "length", "arm")] = 200.0
    height: Annotated[Length, said("wall leg", "leg height")] = 150.0
    width: Annotated[Length, said("wide")] = 25.0
    thickness: Thick = 5.0
    brace: Annotated[bool, said("strut", "diagonal", "gusset")] = True
    holes: Holes = 2
    hole_diameter: Hole = 5.0
    follows = led("height", by="depth") | led("depth", by="height")
    yields = led("hole_diameter", by="width") | led("thickness", by=("depth", "height"))

    def solid(self) -> Compound:
        d, h, w, t = self.depth, self.height, self.width, self.thickness
        self.below("thickness", min(d, h) / 4, "a quarter of the shorter leg")
        back = Box(size=(w, t, h))
        arm = Box(size=(w, d, t))
        features: list[Feature] = [added("arm", arm, hanging(h, 0, (t - d) / 2))]
        if self.brace:
            # From two thirds down the wall leg to two thirds out along the arm, in the yz plane.
            a, b = 0.68 * d, 0.3 * h
            points = ((0.0, b), (-a, h), (-a + 1.4 * t, h), (0.0, b + 1.4 * t * h / d))
            strut = prism(points, max(w * 0.25, 0.01))
            # The profile's x lies along y and its y along z after the turn.
            place = spot(0, -a / 2, (b + h) / 2, rotate=(90, 0, 90))
            clipped = Box(size=(w, d, h))
            features.append(added("brace", strut, place))
            features.append(Common(id="envelope", name="envelope", shape=clipped, place=standing(0, 0, (t - d) / 2)))
        if self.holes:
            self.below("hole_diameter", w, "width")
            self.below("hole_diameter", 0.25 * min(d, h) / self.holes, "what the legs have room for")
            for i in range(self.holes):
                share = (i + 0.5) / self.holes
                # Beside the brace's feet: below it on the wall, beyond it on the arm.
                features.append(drilled(self.hole_diameter, 0, 0, 0.28 * h * share, axis="y", id=f"wall_hole_{i}"))
                features.append(
                    drilled(self.hole_diameter, 0, t / 2 - d + 0.3 * d * share, h - t / 2, id=f"shelf_hole_{i}")
                )
        return worked(back, *features)


class CornerBrace(Bent):
    """A flat L-shaped plate with holes, to hold a frame's corner."""

    names = ("corner brace", "corner plate", "flat corner", "l plate", "corner bracket", "mending plate")

    width: Annotated[Length, said("length", "leg length")] = 80.0
    depth: Annotated[Length, said("height", "other leg")] = 80.0
    leg_width: Annotated[Length, said("arm width", "strip width")] = 18.0
    thickness: Thick = 2.5
    holes: Holes = 2
    hole_diameter: Hole = 5.0
    follows = led("depth", by="width") | led("width", by="depth") | led("leg_width", by=("width", "depth"))
    yields = led("hole_diameter", by=("width", "depth", "leg_width"))

    def solid(self) -> Compound:
        w, d, leg, t, hole = self.width, self.depth, self.leg_width, self.thickness, self.hole_diameter
        self.below("leg_width", min(w, d), "width and depth")
        points = (
            (-w / 2, -d / 2),
            (w / 2, -d / 2),
            (w / 2, leg - d / 2),
            (leg - w / 2, leg - d / 2),
            (leg - w / 2, d / 2),
            (-w / 2, d / 2),
        )
        features: list[Feature] = []
        if self.holes:
            step_x, step_y = (w - leg) / self.holes, (d - leg) / self.holes
            self.below("hole_diameter", min(step_x, step_y, leg), "what a leg has room for")
            along = Grid(counts=(self.holes, 1, 1), steps=(step_x, 0, 0))
            up = Grid(counts=(1, self.holes, 1), steps=(0, step_y, 0))
            features = [
                drilled(hole, leg / 2, (leg - d) / 2, pattern=along, id="hole"),
                drilled(hole, (leg - w) / 2, leg / 2, pattern=up, id="upright_hole"),
            ]
        return worked(prism(points, t), *features)


Bore = Annotated[Length, said("shaft diameter", "bore diameter", "shaft", "inner diameter", "id", "hole")]
ScrewHole = Annotated[Length, said("screw hole diameter", "bolt hole", "mounting hole", "hole size")]


class PillowBlock(Workpiece):
    """A pillow block: a foot with two bolt holes, a round housing above, a bore along y."""

    names = ("pillow block", "plummer block", "bearing block", "pillow block bearing", "bearing mount", "shaft support")
    made_of = "cast iron"
    follows = (
        led("width", "depth", "housing_diameter", by="bore")
        | led("shaft_height", by=("bore", "housing_diameter"))
        | led("base_thickness", "hole_diameter", by="bore")
        | led("hole_spacing", by=("width", "bore"))
        | led("bore", by=("housing_diameter", "width"))
    )

    bore: Bore = 20.0
    width: Annotated[Length, said("length", "base width")] = 120.0
    depth: Annotated[Length, said("thickness", "base depth")] = 30.0
    shaft_height: Annotated[Length, said("centre height", "center height", "axis height", "bore height")] = 36.0
    housing_diameter: Annotated[Length, said("outer diameter", "housing")] = 52.0
    base_thickness: Annotated[Length, said("foot thickness", "base height")] = 14.0
    hole_diameter: ScrewHole = 11.0
    hole_spacing: Annotated[Length, said("bolt spacing", "hole distance")] = 90.0

    def solid(self) -> Compound:
        self.below("bore", self.housing_diameter, "housing_diameter")
        self.below("housing_diameter", self.width, "width", equal=True)
        self.above("shaft_height", self.bore / 2, "half the bore")
        self.above("shaft_height", self.housing_diameter / 2, "half the housing_diameter", equal=True)
        self.below("base_thickness", self.shaft_height - self.bore / 2, "shaft_height less half the bore")
        self.below("hole_spacing", self.width - self.hole_diameter, "width less hole_diameter")
        self.above("hole_spacing", self.housing_diameter + self.hole_diameter, "housing_diameter and hole_diameter")
        self.below("hole_diameter", self.depth, "depth")
        web = Box(size=(self.housing_diameter, self.depth, self.shaft_height))
        ring = bar(self.housing_diameter, self.depth)
        holes = Grid(counts=(2, 1, 1), steps=(self.hole_spacing, 0, 0))
        return worked(
            Box(size=(self.width, self.depth, self.base_thickness)),
            added("web", web, standing(0)),
            added("housing", ring, spot(0, 0, self.shaft_height, rotate=(90, 0, 0))),
            drilled(self.bore, 0, 0, self.shaft_height, axis="y", id="bore", name="bore"),
            drilled(self.hole_diameter, pattern=holes),
        )


class PipeClamp(Workpiece):
    """A saddle clamp over a pipe: an arch with an ear and a hole on each side."""

    names = (
        "pipe clamp",
        "pipe clip",
        "saddle clamp",
        "pipe strap",
        "pipe saddle",
        "conduit clamp",
        "tube clamp",
        "p clamp",
    )
    made_of = "galvanized steel"
    follows = led("width", by="pipe_diameter") | led("pipe_diameter", by="width")
    yields = led("hole_diameter", by=("pipe_diameter", "width")) | led("thickness", by="pipe_diameter")

    pipe_diameter: Annotated[Length, said("diameter", "pipe", "inner diameter", "bore", "tube diameter", "id")] = 30.0
    thickness: Annotated[Length, said("wall", "wall thickness")] = 3.0
    depth: Annotated[Length, said("width of the strap", "strap width", "clamp width")] = 20.0
    width: Annotated[Length, said("length", "overall width")] = 74.0
    hole_diameter: ScrewHole = 5.5

    def solid(self) -> Compound:
        r, t, ear = self.pipe_diameter / 2, self.thickness, (self.width - self.pipe_diameter) / 2 - self.thickness
        self.above("width", self.pipe_diameter + 2 * t, "pipe_diameter and two thicknesses")
        self.below("hole_diameter", min(ear, self.depth), "the ear beside the arch")
        arch = bar(2 * (r + t), self.depth)
        wall = Box(size=(2 * (r + t), self.depth, r))
        pipe = bar(2 * r, self.depth * 2)
        room = Box(size=(2 * r, self.depth * 2, r))
        holes = Grid(counts=(2, 1, 1), steps=(self.pipe_diameter + 2 * t + ear, 0, 0))
        return worked(
            Box(size=(self.width, self.depth, t)),
            added("wall", wall, standing(0), id="walls"),
            added("arch", arch, spot(0, 0, r, rotate=(90, 0, 0))),
            taken("underside", Box(size=(4 * (r + t), 2 * self.depth, 2 * t)), hanging(0), id="under"),
            taken("bore", pipe, spot(0, 0, r, rotate=(90, 0, 0)), id="pipe"),
            taken("room", room, hanging(r)),
            drilled(self.hole_diameter, pattern=holes),
        )


class Clevis(Workpiece):
    """A clevis: a fork with a cross hole through both prongs on a round shank."""

    names = ("clevis", "fork end", "clevis end", "fork head", "rod clevis")
    follows = (
        led("depth", "height", "gap", by="width")
        | led("hole_diameter", by=("width", "gap"))
        | led("shank_diameter", "shank_length", by="width")
        | led("width", by="gap")
    )

    width: Annotated[Length, said("overall width")] = 24.0
    depth: Annotated[Length, said("thickness", "prong width")] = 24.0
    height: Annotated[Length, said("length", "overall length")] = 76.0
    gap: Annotated[Length, said("slot", "slot width", "fork width", "opening")] = 12.0
    fork_depth: Annotated[Length, said("slot depth", "gap depth")] = 32.0
    hole_diameter: Annotated[Length, said("pin diameter", "pin hole", "cross hole")] = 12.0
    shank_diameter: Annotated[Length, said("shank", "rod diameter")] = 18.0
    shank_length: Length = 28.0

    def solid(self) -> Compound:
        self.below("gap", self.width, "width")
        self.below("shank_length", self.height - self.fork_depth, "height less fork_depth")
        self.below("hole_diameter", self.depth, "depth")
        self.above(
            "fork_depth",
            self.depth / 2 + self.hole_diameter / 2,
            "half the depth and half the hole_diameter",
            equal=True,
        )
        self.below("shank_diameter", min(self.width, self.depth), "width and depth", equal=True)
        self.below("depth", 2 * (self.height - self.shank_length), "twice the head's height")
        eye = self.height - self.depth / 2
        head = self.height - self.shank_length
        block = Box(size=(self.width, self.depth, max(0.01, head - self.depth / 2)))
        nose = bar(self.depth, self.width)
        slot = Box(size=(self.gap, 4 * max(self.depth, self.shank_diameter), self.fork_depth + 1))
        return worked(
            bar(self.shank_diameter, self.shank_length + 0.2 * (head - self.fork_depth)),
            added("head", block, standing(self.shank_length)),
            added("nose", nose, spot(0, 0, eye, rotate=(0, 90, 0))),
            taken("slot", slot, standing(self.height - self.fork_depth), id="gap"),
            drilled(self.hole_diameter, 0, 0, eye, axis="x", id="pin_hole"),
        )


class Yoke(Workpiece):
    """A yoke: a foot plate with holes and two upright lugs with a cross hole."""

    names = ("yoke", "clevis bracket", "clevis mount", "pivot bracket", "lug bracket", "fork bracket")
    follows = (
        led("hole_diameter", by="width")
        | led("depth", by=("width", "height"))
        | led("height", "gap", "foot_thickness", by="width")
    )

    width: Annotated[Length, said("length", "base width")] = 80.0
    depth: Annotated[Length, said("base depth", "lug width")] = 40.0
    height: Annotated[Length, said("overall height")] = 60.0
    foot_thickness: Annotated[Length, said("base thickness", "thickness")] = 8.0
    lug_thickness: Annotated[Length, said("ear thickness", "arm thickness")] = 8.0
    gap: Annotated[Length, said("slot width", "opening", "distance between the lugs")] = 24.0
    hole_diameter: Annotated[Length, said("pin diameter", "pin hole", "pivot hole", "bore")] = 12.0
    mounting_hole_diameter: Annotated[Length, said("bolt hole", "screw hole diameter", "mounting holes")] = 6.0

    def solid(self) -> Compound:
        d, h, t, hole = self.depth, self.height, self.lug_thickness, self.mounting_hole_diameter
        self.below("hole_diameter", d, "depth")
        self.above(
            "height", self.foot_thickness + d / 2 + self.hole_diameter / 2, "foot, half the depth, half the hole"
        )
        self.above("height", d, "depth, as the lugs are round", equal=True)
        free = (self.width - self.gap - 2 * t) / 2
        if free <= 0:
            self.above("width", self.gap + 2 * t, "gap and two lugs")
        self.below("mounting_hole_diameter", min(free, d / 2), "the foot beside a lug")
        features: list[Feature] = []
        for side, sign in (("left", -1), ("right", 1)):
            x = sign * (self.gap + t) / 2
            wall = Box(size=(t, d, h - d / 2))
            features.append(added("lug", wall, standing(0, x), id=f"{side}_lug"))
            nose = bar(d, t)
            features.append(added("nose", nose, spot(x, 0, h - d / 2, rotate=(0, 90, 0)), id=f"{side}_nose"))
        features.append(drilled(self.hole_diameter, 0, 0, h - d / 2, axis="x", id="pin_hole"))
        grid = Grid(counts=(2, 2, 1), steps=(self.width - free, d / 2, 0))
        features.append(drilled(hole, pattern=grid, id="hole"))
        return worked(Box(size=(self.width, d, self.foot_thickness)), *features)


class Hinge(Workpiece):
    """A butt hinge lying open: two leaves with screw holes, interleaved knuckles, a pin."""

    names = ("hinge", "butt hinge", "door hinge", "cabinet hinge")
    follows = led("width", by="height") | led("pin_diameter", by=("height", "width")) | led("height", by="width")
    yields = led("hole_diameter", "thickness", by=("width", "height"))

    height: Annotated[Length, said("length", "long", "tall")] = 75.0
    width: Annotated[Length, said("open width", "overall width")] = 60.0
    thickness: Annotated[Length, said("leaf thickness")] = 2.5
    pin_diameter: Annotated[Length, said("pin")] = 5.0
    knuckles: Annotated[int, Field(ge=3, le=31)] = 5
    holes: Annotated[int, Field(ge=0, le=20), said("holes per leaf", "screw holes")] = 3
    hole_diameter: ScrewHole = 4.5

    def pieces(self) -> list[Part]:
        barrel = self.pin_diameter + 2 * self.thickness
        leaf = (self.width - barrel) / 2
        self.above("width", barrel, "the barrel, pin_diameter and two thicknesses")
        self.below("hole_diameter", leaf, "a leaf")
        pitch = self.height / self.knuckles
        # The play between knuckles; the pin, pressed into a slightly narrower bore, holds the leaves together.
        play = min(0.2, 0.1 * pitch)
        made: list[Part] = []
        for side, sign, parity in (("left", -1, 0), ("right", 1, 1)):
            plate = Box(size=(leaf + barrel / 2, self.height, self.thickness))
            features: list[Feature] = []
            x0 = -sign * (leaf + barrel / 2) / 2
            for i in range(self.knuckles):
                y = (i + 0.5) * pitch - self.height / 2
                if i % 2 == parity:
                    knuckle = bar(barrel, pitch - play * (1 if 0 < i < self.knuckles - 1 else 0.5))
                    shift = 0.0 if 0 < i < self.knuckles - 1 else (-play / 4 if i == 0 else play / 4)
                    features.append(
                        added("knuckle", knuckle, spot(x0, y + shift, barrel / 2, rotate=(90, 0, 0)), id=f"knuckle_{i}")
                    )
                else:
                    notch = Box(size=(barrel + 2 * play, pitch + play, 3 * barrel))
                    end = 0.0 if 0 < i < self.knuckles - 1 else (-play / 2 if i == 0 else play / 2)
                    features.append(taken("notch", notch, spot(x0, y + end, barrel / 2), id=f"notch_{i}"))
            features.append(
                taken(
                    "bore", bar(0.98 * self.pin_diameter, 2 * self.height), spot(x0, 0, barrel / 2, rotate=(90, 0, 0))
                )
            )
            if self.holes:
                step = self.height / self.holes
                self.below("hole_diameter", step, "the distance from hole to hole")
                grid = Grid(counts=(1, self.holes, 1), steps=(0, step, 0))
                features.append(drilled(self.hole_diameter, sign * barrel / 4, 0, pattern=grid))
            # A leaf's own frame is centred on its plate: the barrel's half sticks out beyond.
            inner, outer = -sign * barrel / 2, sign * self.width / 2
            made.append(Part("leaf", worked(plate, *features), at((inner + outer) / 2, 0, 0), "brass", (side,)))
        pin = bar(self.pin_diameter, self.height)
        made.append(Part("pin", pin, at(0, 0, self.thickness, rotate=(90, 0, 0)), "steel"))
        return made


class RodEnd(Workpiece):
    """A rod end: an eye on a shank."""

    names = ("rod end", "eye end", "lug", "eye rod", "connecting eye")
    follows = (
        led("eye_diameter", by="bore")
        | led("thickness", "shank_diameter", "length", by=("bore", "eye_diameter"))
        | led("bore", by="eye_diameter")
    )

    bore: Annotated[Length, said("hole", "eye bore", "pin diameter", "hole diameter")] = 10.0
    eye_diameter: Annotated[Length, said("outer diameter", "head diameter")] = 28.0
    thickness: Annotated[Length, said("eye thickness", "depth")] = 12.0
    shank_diameter: Annotated[Length, said("shank", "rod diameter")] = 12.0
    length: Annotated[Length, said("height", "overall length")] = 62.0

    def solid(self) -> Compound:
        self.below("bore", self.eye_diameter, "eye_diameter")
        self.below("shank_diameter", self.eye_diameter, "eye_diameter", equal=True)
        self.above("length", self.eye_diameter, "eye_diameter")
        sit = self.length - self.eye_diameter / 2
        eye = bar(self.eye_diameter, self.thickness)
        return worked(
            bar(self.shank_diameter, sit),
            added("eye", eye, spot(0, 0, sit, rotate=(90, 0, 0))),
            drilled(self.bore, 0, 0, sit, axis="y", id="bore", name="bore"),
        )


class FlangeBearingHousing(Workpiece):
    """A two-bolt flange housing: a lens-shaped foot, a boss, a bore."""

    names = ("flange bearing", "bearing housing", "flange bearing housing", "two-bolt flange", "oval flange")
    made_of = "cast iron"
    follows = (
        led("boss_diameter", by="bore")
        | led("hole_spacing", by=("bore", "width"))
        | led("hole_diameter", "height", "thickness", by="bore")
        | led("bore", by="boss_diameter")
        | led("width", by=("bore", "hole_spacing"))
    )

    bore: Bore = 20.0
    boss_diameter: Annotated[Length, said("hub diameter", "outer diameter")] = 48.0
    height: Annotated[Length, said("overall height", "boss height")] = 26.0
    thickness: Annotated[Length, said("flange thickness")] = 11.0
    hole_spacing: Annotated[Length, said("bolt spacing")] = 90.0
    hole_diameter: ScrewHole = 11.0
    width: Annotated[Length, said("length", "overall width")] = 114.0

    def solid(self) -> Compound:
        self.below("bore", self.boss_diameter, "boss_diameter")
        self.below("thickness", self.height, "height")
        self.above("hole_spacing", self.boss_diameter + self.hole_diameter, "boss_diameter and hole_diameter")
        self.below("hole_spacing", self.width - self.hole_diameter, "width less hole_diameter")
        ear, middle = self.width - self.hole_spacing, self.boss_diameter
        self.below("hole_spacing", self.width - self.hole_diameter, "width")
        ends = [
            Placed(shape=bar(ear, self.thickness), place=standing(0, x))
            for x in (-self.hole_spacing / 2, self.hole_spacing / 2)
        ]
        plate = Hull(of=(*ends, Placed(shape=bar(middle, self.thickness), place=standing(0))))
        boss = bar(self.boss_diameter, self.height)
        holes = Grid(counts=(2, 1, 1), steps=(self.hole_spacing, 0, 0))
        return worked(
            plate,
            added("boss", boss, standing(0)),
            drilled(self.bore, id="bore", name="bore"),
            drilled(self.hole_diameter, pattern=holes),
        )

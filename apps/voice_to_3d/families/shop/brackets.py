"""Brackets of bent or welded plate: L, U, Z, T, with gusset; shelf bracket, corner brace."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.holes import drilled, hanging, spot, standing
from wugan.apps.voice_to_3d.families.shop.outline import rounded
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap, Leads, Workpiece
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid
from wugan.apps.voice_to_3d.scene.profile import Polygon
from wugan.apps.voice_to_3d.scene.solid import Box, Common, Compound, Cut, Extrude, Feature, Join, Solid

Thick = Annotated[Length, said("plate thickness", "material thickness", "thick", "wall", "wall thickness", "gauge")]
Hole = Annotated[Length, said("holes diameter", "hole size", "screw hole diameter", "bolt hole")]
Holes = Annotated[int, Field(ge=0, le=50), said("holes per leg", "holes in each leg", "number of holes")]
Bend = Annotated[Gap, said("inner radius", "inside radius", "inside bend radius", "bend", "fillet radius")]


class Bent(Workpiece):
    """What bent brackets have in common: an outline in the xz plane, drawn out along y, with holes through the legs."""

    made_of = "galvanized steel"
    yields: ClassVar[Leads] = {"hole_diameter": ("depth", "width", "height"), "thickness": ("width", "height")}

    def bent(
        self, corners: list[tuple[float, float, float]], width: float, depth: float, height: float
    ) -> list[Feature]:
        """Cuts the block down to the outline through (x, z, radius) corners."""
        profile = Polygon(points=rounded(corners))
        place = spot(0, 0, height / 2, rotate=(90, 0, 0))
        return [Common(id="outline", name="outline", shape=Extrude(profile=profile, height=depth), place=place)]

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
    follows: ClassVar[Leads] = {"width": ("height",), "height": ("width",)}
    yields: ClassVar[Leads] = {
        "hole_diameter": ("depth", "width", "height"),
        "gusset_size": ("width", "height"),
        "gusset_thickness": ("thickness", "depth"),
        "thickness": ("width", "height"),
    }

    def solid(self) -> Compound:
        w, d, h, t, r = self.width, self.depth, self.height, self.thickness, self.bend_radius
        self.below("thickness", min(w, h), "width and height")
        self.below("bend_radius", min(w, h) - t, "the legs' inner length", equal=True)
        base: Solid = Box(size=(w, d, t))
        wall = Box(size=(t, d, h))
        features: list[Feature] = [Join(id="upright", name="leg", shape=wall, place=standing(0, (t - w) / 2))]
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
            rib = Extrude(profile=Polygon(points=points), height=self.gusset_thickness)
            place = spot(t - w / 2 + (low + g) / 2, 0, t + (low + g) / 2, rotate=(90, 0, 0))
            features.append(Join(id="gusset", name="gusset", shape=rib, place=place))
        free = t + max(r, self.gusset_size if self.gusset else 0.0)
        free = free if min(w, h) - free > self.hole_diameter * self.holes * 1.2 else t + r
        pair = self.gusset and self.holes == 2  # beside the rib
        features += self.row("hole", "z", free - w / 2, w / 2, t / 2, d, self.holes, self.hole_diameter, pair)
        features += self.row("upright_hole", "x", free, h, 0, d, self.holes, self.hole_diameter, pair)
        return Compound(base=base, features=tuple(features))


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
                Join(id=f"{side}_leg", name="leg", shape=leg, place=standing(0, x))
                for side, x in (("left", (t - w) / 2), ("right", (w - t) / 2))
            ]
        features += self.row("hole", "z", t + r - w / 2, w / 2 - t - r, t / 2, d, self.holes, self.hole_diameter)
        features += self.row("leg_hole", "x", t + r, h, 0, d, self.holes, self.hole_diameter)
        return Compound(base=base, features=tuple(features))


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
        return Compound(base=Box(size=(w, d, h)), features=tuple(features))


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
    yields: ClassVar[Leads] = {
        "hole_diameter": ("depth", "width", "height"),
        "depth": ("width", "height"),
        "thickness": ("width",),
    }

    def solid(self) -> Compound:
        w, h, d, t = self.width, self.height, self.depth, self.thickness
        self.below("depth", min(w / 2, h), "half the width, and the height")
        if self.posture == "standing":
            self.below("thickness", h, "height")
            stem = Box(size=(t, d, h))
            features: list[Feature] = [Join(id="stem", name="stem", shape=stem, place=standing(0))]
            for side, low, high in (("left", -w / 2, -t / 2), ("right", t / 2, w / 2)):
                features += self.row(f"{side}_hole", "z", low, high, t / 2, d, self.holes, self.hole_diameter)
            features += self.row("stem_hole", "x", t, h, 0, d, self.holes, self.hole_diameter)
            return Compound(base=Box(size=(w, d, t)), features=tuple(features))
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
        return Compound(base=bar, features=tuple(features))


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
    follows: ClassVar[Leads] = {"height": ("depth",), "depth": ("height",)}
    yields: ClassVar[Leads] = {"hole_diameter": ("width",), "thickness": ("depth", "height")}

    def solid(self) -> Compound:
        d, h, w, t = self.depth, self.height, self.width, self.thickness
        self.below("thickness", min(d, h) / 4, "a quarter of the shorter leg")
        back = Box(size=(w, t, h))
        arm = Box(size=(w, d, t))
        features: list[Feature] = [Join(id="arm", name="arm", shape=arm, place=hanging(h, 0, (t - d) / 2))]
        if self.brace:
            # From two thirds down the wall leg to two thirds out along the arm, in the yz plane.
            a, b = 0.68 * d, 0.3 * h
            points = ((0.0, b), (-a, h), (-a + 1.4 * t, h), (0.0, b + 1.4 * t * h / d))
            strut = Extrude(profile=Polygon(points=points), height=max(w * 0.25, 0.01))
            # The profile's x lies along y and its y along z after the turn.
            place = spot(0, -a / 2, (b + h) / 2, rotate=(90, 0, 90))
            clipped = Box(size=(w, d, h))
            features.append(Join(id="brace", name="brace", shape=strut, place=place))
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
        return Compound(base=back, features=tuple(features))


class CornerBrace(Bent):
    """A flat L-shaped plate with holes, to hold a frame's corner."""

    names = ("corner brace", "corner plate", "flat corner", "l plate", "corner bracket", "mending plate")

    width: Annotated[Length, said("length", "leg length")] = 80.0
    depth: Annotated[Length, said("height", "other leg")] = 80.0
    leg_width: Annotated[Length, said("arm width", "strip width")] = 18.0
    thickness: Thick = 2.5
    holes: Holes = 2
    hole_diameter: Hole = 5.0
    follows: ClassVar[Leads] = {"depth": ("width",), "width": ("depth",), "leg_width": ("width", "depth")}
    yields: ClassVar[Leads] = {"hole_diameter": ("width", "depth", "leg_width")}

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
        return Compound(base=Extrude(profile=Polygon(points=points), height=t), features=tuple(features))

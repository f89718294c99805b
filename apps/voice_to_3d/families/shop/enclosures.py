"""Enclosures, holders and racks: boxes with lids, electronics and junction boxes, battery holders, trays."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Part, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import corners, drilled, hanging, slotted, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.plates import slab
from wugan.apps.voice_to_3d.families.solids import added, bar, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, Placement, Points, at
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cut, Cylinder, Feature, Hull, Placed

Wall = Annotated[Length, said("wall", "thickness", "walls", "thickness of the walls")]
Corner = Annotated[Gap, said("radius", "rounded corners", "corner rounding")]
Width = Annotated[Length, said("length", "long", "outer width")]
Depth = Annotated[Length, said("wide", "outer depth")]
Height = Annotated[Length, said("tall", "outer height", "overall height")]


class Cased(Workpiece):
    """What boxes have in common: outer size, walls, a lid that lies on the rim with a lip inside."""

    made_of = "grey plastic"
    yields = (
        led("wall_thickness", by=("width", "depth", "height"))
        | led("lid_thickness", by="height")
        | led("corner_radius", by=("width", "depth"))
    )

    width: Width = 100.0
    depth: Depth = 60.0
    height: Height = 40.0
    wall_thickness: Wall = 3.0
    floor_thickness: Annotated[Gap, said("floor", "bottom thickness", "base thickness")] = 0.0
    corner_radius: Corner = 0.0
    lid: Annotated[bool, said("cover", "top")] = True
    lid_thickness: Annotated[Length, said("cover thickness")] = 3.0

    def check(self) -> None:
        self.below("wall_thickness", min(self.width, self.depth) / 2, "half the width and depth")
        self.below("corner_radius", min(self.width, self.depth) / 2, "half the shorter side", equal=True)
        top = self.lid_thickness if self.lid else 0.0
        if self.floor + top >= self.height:
            self.above("height", self.floor + top, "the floor" + (" and lid_thickness" if self.lid else ""))

    @property
    def floor(self) -> float:
        """The floor's thickness (mm): the walls' unless said."""
        return self.floor_thickness or self.wall_thickness

    @property
    def body_height(self) -> float:
        """From the ground to the rim (mm)."""
        return self.height - (self.lid_thickness if self.lid else 0.0)

    def room(self, clearance: float = 0.0) -> tuple[float, float, float]:
        """The inner width, depth and corner radius (mm), less a clearance all round."""
        wall = self.wall_thickness + clearance
        return self.width - 2 * wall, self.depth - 2 * wall, max(0.0, self.corner_radius - wall)

    def body(self, *worked: Feature) -> Compound:
        """The hollow body and what is worked into it."""
        wide, deep, radius = self.room()
        base = slab(self.width, self.depth, self.body_height, self.corner_radius)
        hollow = slab(wide, deep, self.body_height - self.floor, radius)
        room = sunk(hollow, self.body_height, id="room", name="room")
        return Compound(base=base, features=(room, *worked))

    def cover(self, *worked: Feature) -> Compound:
        """The lid, lying on its back: the plate below, the lip above."""
        wide, deep, radius = self.room(clearance=min(0.2, self.wall_thickness / 10))
        lip = min(self.wall_thickness, self.body_height - self.floor)
        edge = min(1.2, self.wall_thickness, 0.25 * min(wide, deep))
        plug = slab(wide, deep, lip, radius)
        hollow = slab(wide - 2 * edge, deep - 2 * edge, lip * 2, max(0.0, radius - edge))
        ring = Compound(base=plug, features=(Cut(id="hollow", shape=hollow, place=spot(0, 0, lip / 2)),))
        plate = slab(self.width, self.depth, self.lid_thickness, self.corner_radius)
        features: tuple[Feature, ...] = (added("lip", ring, standing(self.lid_thickness)), *worked)
        return Compound(base=plate, features=features)

    def closed(self, body: Compound, lid: Compound) -> list[Part]:
        """Body and, where there is one, the lid on top of it."""
        made = [Part("body", body, at(), self.made_of, ("bottom",))]
        if self.lid:
            turned = Placement(
                z=at(z=self.height).z.model_copy(update={"own": "max"}), rotate=(180.0, 0.0, 0.0), x=at().x, y=at().y
            )
            made.append(Part("lid", lid, turned, self.made_of, ("top",)))
        return made


class Enclosure(Cased):
    """A plain box with a lid that plugs into it."""

    names = (
        "enclosure",
        "box with lid",
        "box with a lid",
        "lidded box",
        "case",
        "housing",
        "storage case",
        "hollow box",
    )

    def pieces(self) -> list[Part]:
        return self.closed(self.body(), self.cover())


class ElectronicsEnclosure(Cased):
    """An electronics enclosure: standoffs for a board, vent slots in the lid, a cable hole at the back, screwed lid."""

    names = (
        "electronics enclosure",
        "electronics case",
        "electronics box",
        "pcb enclosure",
        "instrument case",
        "circuit board enclosure",
        "project enclosure",
        "controller box",
    )
    made_of = "black plastic"

    width: Width = 120.0
    depth: Depth = 80.0
    height: Height = 45.0
    wall_thickness: Wall = 2.5
    corner_radius: Corner = 4.0
    standoffs: Annotated[int, Field(ge=0, le=4), said("pcb standoffs", "posts", "bosses")] = 4
    standoff_height: Annotated[Length, said("post height")] = 6.0
    standoff_diameter: Annotated[Length, said("post diameter")] = 7.0
    standoff_hole_diameter: Annotated[Length, said("screw hole", "pilot hole")] = 2.8
    standoff_margin: Annotated[Length, said("post inset")] = 14.0
    vents: Annotated[int, Field(ge=0, le=60), said("ventilation slots", "vent slots", "slots", "louvers")] = 6
    vent_width: Annotated[Length, said("slot width")] = 2.5
    cable_hole_diameter: Annotated[Gap, said("cable hole", "cable entry", "gland hole")] = 8.0
    yields = (
        led("wall_thickness", by=("width", "depth", "height"))
        | led("lid_thickness", by="height")
        | led("corner_radius", by=("width", "depth"))
        | led("standoff_height", by="height")
        | led("standoff_diameter", by=("width", "depth"))
        | led("standoff_hole_diameter", by=("standoff_diameter", "width", "depth"))
        | led("standoff_margin", "vent_width", by=("width", "depth"))
        | led("cable_hole_diameter", by="height")
    )

    def pieces(self) -> list[Part]:
        wide, deep, _ = self.room()
        room = self.body_height - self.floor
        features: list[Feature] = []
        if self.standoffs:
            m, post = self.standoff_margin, self.standoff_diameter
            self.below("standoff_height", room, "the room inside")
            self.below("standoff_hole_diameter", post, "standoff_diameter")
            self.above("standoff_margin", self.wall_thickness, "wall_thickness")
            x, y = self.width / 2 - m, self.depth / 2 - m
            if min(x, y) * 2 <= post:
                self.below(
                    "standoff_margin", (min(self.width, self.depth) - post) / 2, "what keeps the standoffs apart"
                )
            spots = ((-x, -y, 0.0), (x, -y, 0.0), (x, y, 0.0), (-x, y, 0.0))[: self.standoffs]
            points = Points(offsets=spots)
            height = self.standoff_height + self.floor / 2
            boss = bar(post, height)
            top = self.floor + self.standoff_height
            hole = bar(self.standoff_hole_diameter, self.standoff_height)
            place = hanging(top)
            features += [
                added("standoff", boss, place, pattern=points),
                taken("hole", hole, place, id="standoff_hole", pattern=points),
            ]
        if self.cable_hole_diameter:
            self.below("cable_hole_diameter", min(room, wide), "the room inside")
            cable = bar(self.cable_hole_diameter, 3 * self.wall_thickness)
            place = spot(0, (self.depth - self.wall_thickness) / 2, self.floor + room / 2, rotate=(90, 0, 0))
            features.append(taken("hole", cable, place, id="cable_hole"))
        vents: tuple[Feature, ...] = ()
        if self.vents:
            step = 0.7 * wide / self.vents
            self.below("vent_width", step, "the distance from vent to vent")
            pattern = Grid(counts=(self.vents, 1, 1), steps=(step, 0, 0))
            vents = (
                slotted(
                    max(0.55 * deep, self.vent_width), self.vent_width, id="vent", turn=90, pattern=pattern
                ).model_copy(update={"name": "vent"}),
            )
        return self.closed(self.body(*features), self.cover(*vents))


class ProjectBox(Cased):
    """A project box: screw bosses in its corners, a flat lid with four screw holes."""

    names = ("project box", "hobby box", "instrument box", "screw box", "abs box")
    made_of = "black plastic"

    width: Width = 100.0
    depth: Depth = 60.0
    height: Height = 35.0
    boss_diameter: Annotated[Length, said("boss", "screw boss")] = 8.0
    screw_diameter: Annotated[Length, said("screw hole diameter", "screw hole", "hole diameter", "screws")] = 3.0
    yields = (
        led("wall_thickness", by=("width", "depth", "height"))
        | led("lid_thickness", by="height")
        | led("corner_radius", "boss_diameter", by=("width", "depth"))
        | led("screw_diameter", by=("boss_diameter", "width", "depth"))
    )

    def pieces(self) -> list[Part]:
        self.below("screw_diameter", self.boss_diameter, "boss_diameter")
        inset = self.wall_thickness + 0.35 * self.boss_diameter
        self.below("boss_diameter", min(self.width, self.depth) / 2 - self.wall_thickness, "half the room inside")
        grid = corners(self.width - 2 * inset, self.depth - 2 * inset)
        boss = bar(self.boss_diameter, self.body_height - self.floor / 2)
        hole = bar(self.screw_diameter, (self.body_height - self.floor) * 0.7)
        place = hanging(self.body_height)
        body = self.body(
            added("boss", boss, place, pattern=grid), taken("hole", hole, place, id="screw_hole", pattern=grid)
        )
        lid = slab(self.width, self.depth, self.lid_thickness, self.corner_radius)
        return self.closed(body, worked(lid, drilled(self.screw_diameter * 1.1, pattern=grid)))


class JunctionBox(Cased):
    """A junction box: round cable entries in all four walls, a flat lid."""

    names = ("junction box", "terminal box", "outlet box", "wiring box", "distribution box", "cable box")

    width: Width = 100.0
    depth: Depth = 100.0
    height: Height = 50.0
    corner_radius: Corner = 6.0
    entries: Annotated[int, Field(ge=0, le=8), said("cable entries", "entries per side", "knockouts", "holes")] = 1
    entry_diameter: Annotated[
        Length, said("cable entry diameter", "knockout diameter", "hole diameter", "gland size")
    ] = 20.0
    yields = (
        led("wall_thickness", by=("width", "depth", "height"))
        | led("lid_thickness", by="height")
        | led("corner_radius", by=("width", "depth"))
        | led("entry_diameter", by=("width", "depth", "height"))
    )

    def pieces(self) -> list[Part]:
        wide, deep, _ = self.room()
        level = (self.floor + self.body_height) / 2
        features: list[Feature] = []
        if self.entries:
            self.below("entry_diameter", min(self.body_height - self.floor, min(wide, deep) / self.entries), "the wall")
            n, hole = self.entries, self.entry_diameter
            across = Grid(counts=(1, n, 1), steps=(0, deep / n, 0))
            along = Grid(counts=(n, 1, 1), steps=(wide / n, 0, 0))
            features.append(drilled(hole, 0, 0, level, axis="x", id="side_entry", pattern=across))
            features.append(drilled(hole, 0, 0, level, axis="y", id="front_entry", pattern=along))
        lid = slab(self.width, self.depth, self.lid_thickness, self.corner_radius)
        return self.closed(self.body(*features), Compound(base=lid))


CELLS: dict[str, tuple[float, float]] = {
    "aaa": (10.5, 44.5),
    "aa": (14.5, 50.5),
    "c": (26.2, 50.0),
    "d": (34.2, 61.5),
    "18650": (18.6, 65.2),
    "21700": (21.7, 70.2),
    "cr123": (17.0, 34.5),
}
"""Largest diameter and length (mm) of round cells, IEC 60086-2 and makers' data."""


class BatteryHolder(Workpiece):
    """A battery holder: a tray with a round-bottomed bay for each cell, open above."""

    names = ("battery holder", "battery tray", "battery box", "cell holder", "battery case", "battery pack holder")
    made_of = "black plastic"

    size: Annotated[
        Literal["aaa", "aa", "c", "d", "18650", "21700", "cr123"], said("cell type", "battery type", "battery size")
    ] = "aa"
    cells: Annotated[int, Field(ge=1, le=40), said("batteries", "bays", "number of cells")] = 4
    wall_thickness: Wall = 2.0
    clearance: Annotated[Gap, said("play")] = 0.5

    def solid(self) -> Compound:
        diameter, length = (one + self.clearance for one in CELLS[self.size])
        wall = self.wall_thickness
        pitch = diameter + wall
        height = wall + 0.75 * diameter
        bar = Cylinder(diameter=diameter, height=length)
        lower = Placed(shape=bar, place=spot(0, 0, diameter / 2, rotate=(90, 0, 0)))
        upper = Placed(shape=bar, place=spot(0, 0, 1.5 * diameter, rotate=(90, 0, 0)))
        bay = taken(
            "bay", Hull(of=(lower, upper)), standing(wall), pattern=Grid(counts=(self.cells, 1, 1), steps=(pitch, 0, 0))
        )
        base = Box(size=(self.cells * pitch + wall, length + 2 * wall, height))
        return worked(base, bay)


class TestTubeRack(Workpiece):
    """A test tube rack: two shelves with holes, a base, two side walls."""

    __test__ = False  # a class of this name is no test
    names = ("test tube rack", "tube rack", "vial rack", "test tube holder", "tube holder")
    made_of = "white plastic"

    holes: Annotated[int, Field(ge=1, le=60), said("tubes", "columns", "number of holes")] = 6
    rows: Annotated[int, Field(ge=1, le=20)] = 2
    hole_diameter: Annotated[Length, said("tube diameter", "hole size")] = 17.0
    spacing: Annotated[Length, said("pitch", "hole spacing")] = 25.0
    height: Height = 70.0
    thickness: Annotated[Length, said("wall", "wall thickness", "shelf thickness")] = 4.0
    follows = led("spacing", by="hole_diameter")

    def solid(self) -> Compound:
        t = self.thickness
        self.below("hole_diameter", self.spacing, "spacing")
        self.above("height", 4 * t, "four thicknesses")
        width, depth = self.holes * self.spacing + 2 * t, self.rows * self.spacing
        window = Box(size=(width - 2 * t, depth * 2, (self.height - 3 * t) / 2))
        grid = Grid(counts=(self.holes, self.rows, 1), steps=(self.spacing, self.spacing, 0))
        gap = (self.height - 3 * t) / 2
        features: list[Feature] = [
            taken("window", window, standing(z), id=f"{name}_window")
            for name, z in (("lower", t), ("upper", 2 * t + gap))
        ]
        hole = bar(self.hole_diameter, self.height - t)
        features.append(taken("hole", hole, hanging(self.height), pattern=grid))
        return worked(Box(size=(width, depth, self.height)), *features)

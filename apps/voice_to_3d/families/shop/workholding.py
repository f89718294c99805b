"""What holds work: C-clamp, vise, vise jaw, V-block, angle plate."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Part, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import drilled, hanging, slotted, spot, standing, sunk
from wugan.apps.voice_to_3d.families.solids import added, bar, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Grid, at
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cut, Cylinder, Feature

Long = Annotated[Length, said("long", "overall length")]
Wide = Annotated[Length, said("wide", "depth")]
High = Annotated[Length, said("tall", "overall height")]


class CClamp(Workpiece):
    """A C-clamp lying on its side: frame, screw with pad, T-bar; its opening along x."""

    names = ("c-clamp", "c clamp", "g-clamp", "g clamp", "screw clamp", "clamp")
    made_of = "cast iron"
    follows = led("throat", "thickness", "frame_width", "screw_diameter", by="opening")

    opening: Annotated[Length, said("jaw opening", "capacity", "maximum opening", "size")] = 75.0
    throat: Annotated[Length, said("throat depth", "depth", "reach")] = 50.0
    thickness: Annotated[Length, said("frame thickness", "height")] = 16.0
    frame_width: Annotated[Length, said("width of the frame")] = 16.0
    screw_diameter: Annotated[Length, said("screw", "spindle diameter")] = 12.0

    def pieces(self) -> list[Part]:
        o, th, t, f, s = self.opening, self.throat, self.thickness, self.frame_width, self.screw_diameter
        self.below("screw_diameter", min(t, f), "thickness and frame_width", equal=True)
        # The screw's axis lies along x at y = 0; the frame's back at the left rear.
        depth, nut = th + f + s, 2 * f
        x1, y = (f + o + nut) / 2, s / 2 - depth / 2
        frame = worked(
            Box(size=(f + o + nut, depth, t)),
            taken("throat", Box(size=(o, th + s, 2 * t)), spot((f - nut) / 2, -f / 2, t / 2)),
        )
        reach = 0.75 * o
        screw = Cylinder(diameter=s, height=reach + nut + 2 * s)
        x0 = x1 - nut - 0.5 * o
        middle = x0 + (reach + nut + 2 * s) / 2
        pad = Cylinder(diameter=min(1.6 * s, t), height=0.6 * s)
        end = x0 + reach + nut + 2 * s
        bar = Cylinder(diameter=0.45 * s, height=5 * s)
        z = t / 2
        return [
            Part("frame", frame, at(), self.made_of),
            Part("screw", screw, spot(middle, y, z, rotate=(0, 90, 0)), "steel"),
            Part("pad", pad, spot(x0, y, z, rotate=(0, 90, 0)), "steel"),
            Part("handle", bar, spot(end - s, y, z, rotate=(90, 0, 0)), "steel"),
        ]


class ViseJaw(Workpiece):
    """A soft jaw for a vise: a block with two counterbored holes and a step along its upper edge where asked."""

    names = ("vise jaw", "vice jaw", "soft jaw", "jaw", "jaw plate")
    made_of = "aluminium"
    follows = led("hole_spacing", by="width")
    yields = led("hole_diameter", "counterbore_diameter", by=("height", "width")) | led("counterbore_depth", by="depth")

    width: Annotated[Length, said("length", "jaw width", "long")] = 150.0
    depth: Annotated[Length, said("thickness", "thick")] = 25.0
    height: High = 45.0
    hole_diameter: Annotated[Length, said("bolt hole", "screw hole diameter")] = 13.0
    hole_spacing: Annotated[Length, said("spacing", "centre distance")] = 98.0
    counterbore_diameter: Annotated[Length, said("counterbore")] = 20.0
    counterbore_depth: Annotated[Length, said("depth of the counterbore")] = 13.0
    step_depth: Annotated[Gap, said("step width", "step")] = 0.0
    step_height: Annotated[Gap, said("step drop")] = 5.0

    def solid(self) -> Compound:
        w, d, h = self.width, self.depth, self.height
        self.below("counterbore_diameter", min(h, w), "height and width")
        self.above("counterbore_diameter", self.hole_diameter, "hole_diameter")
        self.below("counterbore_depth", d, "depth")
        self.below("hole_spacing", w - self.counterbore_diameter, "width less counterbore_diameter")
        self.above("hole_spacing", self.counterbore_diameter, "counterbore_diameter")
        pattern = Grid(counts=(2, 1, 1), steps=(self.hole_spacing, 0, 0))
        head = bar(self.counterbore_diameter, self.counterbore_depth)
        place = spot(0, -d / 2, h / 2, rotate=(90, 0, 0), own=("centre", "min", "centre"))
        features: list[Feature] = [
            drilled(self.hole_diameter, 0, 0, h / 2, axis="y", pattern=pattern),
            taken("counterbore", head, place, pattern=pattern),
        ]
        if self.step_depth:
            self.below("step_depth", d, "depth")
            self.below("step_height", (h - self.counterbore_diameter) / 2, "what lies above the counterbores")
            step = Box(size=(2 * w, self.step_depth, self.step_height))
            features.append(taken("step", step, spot(0, -d / 2, h, own=("centre", "min", "max"))))
        return worked(Box(size=(w, d, h)), *features)


class Vise(Workpiece):
    """A bench vise: base, fixed and moving jaw, screw with a handle; open by `opening`."""

    names = ("vise", "vice", "bench vise", "bench vice", "machine vise", "machine vice")
    made_of = "cast iron"
    follows = led("opening", "jaw_height", "jaw_depth", "base_height", "length", by="jaw_width")

    jaw_width: Annotated[Length, said("width", "size", "jaw")] = 100.0
    opening: Annotated[Length, said("jaw opening")] = 50.0
    jaw_height: Annotated[Length, said("jaw depth of grip")] = 40.0
    jaw_depth: Annotated[Length, said("jaw thickness")] = 35.0
    base_height: Annotated[Length, said("base thickness")] = 30.0
    length: Annotated[Length, said("base length", "overall base length")] = 220.0

    def pieces(self) -> list[Part]:
        w, o, h, d, b = self.jaw_width, self.opening, self.jaw_height, self.jaw_depth, self.base_height
        self.below("opening", self.length - 2.4 * d, "length less the jaws")
        y1 = self.length / 2  # the back
        slot = Box(size=(0.35 * w, self.length - 2 * d, 0.4 * b))
        base = worked(
            Box(size=(w, self.length, b)),
            taken("slot", slot, hanging(b), id="bed"),
            drilled(0.1 * w, id="hole", pattern=Grid(counts=(2, 2, 1), steps=(0.8 * w, 0.8 * self.length, 0))),
        )
        fixed = Box(size=(w, d, h + 0.2 * b))
        sunk_in = 0.02 * b  # the moving jaw into the base: pieces that only touch may come apart
        moving = Box(size=(w, d, h + sunk_in))
        front = y1 - d - o - d  # of the moving jaw
        s = 0.16 * w
        long = front + y1 + 0.35 * self.length * 0.4
        screw = Cylinder(diameter=s, height=long + 0.6 * d)
        start = front + 0.6 * d - (long + 0.6 * d)
        bar = Cylinder(diameter=0.4 * s, height=0.9 * w)
        z = b + 0.45 * h
        plate = Box(size=(w, 0.12 * d, 0.6 * h))
        return [
            Part("base", base, at(), self.made_of, ("bottom",)),
            Part("jaw", fixed, at(0, y1 - d / 2, b - 0.2 * b), self.made_of, ("back",)),
            Part("jaw", moving, at(0, front + d / 2, b - sunk_in), self.made_of, ("front",)),
            Part("jaw plate", plate, at(0, y1 - d - 0.05 * d, b + 0.4 * h), "steel", ("back",)),
            Part("jaw plate", plate, at(0, front + d + 0.05 * d, b + 0.4 * h), "steel", ("front",)),
            Part("screw", screw, spot(0, start + (long + 0.6 * d) / 2, z, rotate=(90, 0, 0)), "steel", ("front",)),
            Part("handle", bar, spot(0, start + s / 2, z, rotate=(0, 90, 0)), "steel", ("front",)),
        ]


class VBlock(Workpiece):
    """A V-block: a block with a vee along x in its top, a relief slot at its bottom, clamp grooves where asked."""

    names = ("v-block", "v block", "vee block")
    made_of = "tool steel"
    follows = (
        led("vee_width", by="width")
        | led("relief_depth", "relief_width", by=("vee_width", "width"))
        | led("height", "groove_depth", by="width")
        | led("groove_height", by=("height", "width"))
    )

    length: Long = 60.0
    width: Wide = 40.0
    height: High = 35.0
    vee_width: Annotated[Length, said("v width", "width of the vee", "groove width", "opening")] = 24.0
    vee_angle: Annotated[float, Field(ge=30, le=150), said("v angle", "angle", "degrees")] = 90.0
    relief_width: Annotated[Gap, said("slot width", "relief slot width")] = 3.0
    relief_depth: Annotated[Gap, said("slot depth", "relief slot depth")] = 15.0
    grooves: Annotated[bool, said("clamp grooves", "side grooves", "clamping slots")] = False
    groove_depth: Annotated[Length, said("side groove depth")] = 5.0
    groove_height: Annotated[Length, said("side groove height")] = 6.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        width, angle = (said.get(n, filled.get(n, cls.model_fields[n].default)) for n in ("vee_width", "vee_angle"))
        if all(isinstance(one, int | float) for one in (width, angle)) and 0 < angle < 180:
            # An eighth of the vee's width below its bottom.
            filled["relief_depth"] = width / 2 / math.tan(math.radians(angle / 2)) + width / 8
        return filled

    def solid(self) -> Compound:
        deep = self.vee_width / 2 / math.tan(math.radians(self.vee_angle / 2))
        self.below("vee_width", self.width, "width", equal=True)
        if deep >= self.height:
            self.below("vee_width", self.vee_width * self.height / deep, "what height allows at vee_angle")
        half = self.vee_width / 2
        over = 0.1 * deep  # the tool stands out above the block
        wider = half * (deep + over) / deep
        vee = prism(((0.0, 0.0), (wider, deep + over), (-wider, deep + over)), 2 * self.length)
        place = spot(0, 0, self.height - deep, rotate=(90, 0, 90), own=("centre", "centre", "min"))
        features: list[Feature] = [taken("vee", vee, place)]
        if self.relief_width and self.relief_depth:
            self.below("relief_depth", self.height, "height")
            self.above("relief_depth", deep, "the vee's depth")
            self.below("relief_width", self.vee_width, "vee_width")
            slot = Box(size=(2 * self.length, self.relief_width, self.relief_depth))
            features.append(sunk(slot, self.height, id="relief", name="slot"))
        if self.grooves:
            self.below("groove_depth", self.width / 2, "half the width")
            self.below("groove_height", self.height, "height")
            groove = Box(size=(2 * self.length, self.groove_depth, self.groove_height))
            for side, y, own in (("front", -self.width / 2, "min"), ("back", self.width / 2, "max")):
                place = spot(0, y, 0.3 * self.height, own=("centre", own, "centre"))
                features.append(taken("groove", groove, place, id=f"{side}_groove"))
        return worked(Box(size=(self.length, self.width, self.height)), *features)


class AnglePlate(Workpiece):
    """An angle plate: two thick plates at a right angle, slots in both, a web on each side where asked."""

    names = ("angle plate", "slotted angle plate", "right angle plate")
    made_of = "cast iron"
    follows = (
        led("height", by="length") | led("length", by="height") | led("width", "slot_width", by=("length", "height"))
    )
    yields = led("thickness", by=("length", "height"))

    length: Annotated[Length, said("base length", "depth")] = 120.0
    height: High = 100.0
    width: Annotated[Length, said("wide")] = 90.0
    thickness: Annotated[Length, said("plate thickness", "thick", "wall")] = 14.0
    slots: Annotated[int, Field(ge=0, le=12), said("slots per face", "number of slots")] = 2
    slot_width: Annotated[Length, said("width of the slots")] = 11.0
    webs: Annotated[bool, said("ribs", "gussets", "reinforced")] = True

    def solid(self) -> Compound:
        long, h, w, t = self.length, self.height, self.width, self.thickness
        self.below("thickness", min(long, h) / 2, "half of length and height")
        wall = Box(size=(t, w, h))
        features: list[Feature] = [added("plate", wall, standing(0, (t - long) / 2), id="upright")]
        web = 0.12 * w
        if self.webs:
            a = 0.7 * min(long, h)
            low = -0.4 * t
            points = ((low, low), (a - t, low), (a - t, 0.0), (0.0, a - t), (low, a - t))
            rib = prism(points, web)
            x, z = t - long / 2 + (low + a - t) / 2, t + (low + a - t) / 2
            for side, y in (("front", (web - w) / 2), ("back", (w - web) / 2)):
                features.append(added("web", rib, spot(x, y, z, rotate=(90, 0, 0)), id=f"{side}_web"))
        if self.slots:
            room = w - (2 * web if self.webs else 0.0)
            step = room / self.slots
            self.below("slot_width", step, "the distance from slot to slot")
            flat = 0.6 * (long - t)
            self.below("slot_width", min(flat, 0.6 * (h - t)), "the slots' length")
            grid = Grid(counts=(1, self.slots, 1), steps=(0, step, 0))
            features.append(slotted(flat, self.slot_width, t / 2, 0, pattern=grid))
            shape = slotted(0.6 * (h - t), self.slot_width).shape
            place = spot(0, 0, (h + t) / 2, rotate=(0, 90, 0))
            features.append(Cut(id="upright_slot", name="slot", shape=shape, through="x", place=place, pattern=grid))
        return worked(Box(size=(long, w, t)), *features)

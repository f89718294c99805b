"""Fasteners, whose sizes follow the standards' tables: nuts, screws, bolts, rivets, pins, nails."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Gap, Workpiece, led, said
from wugan.apps.voice_to_3d.families.shop.kit import arc, circle, clean, drilled, hanging, hexagon, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.standards import (
    BUTTON,
    CAP,
    COUNTERSUNK,
    FLANGED,
    HEX,
    PITCH,
    SETSCREW,
    SOCKET,
    SQUARE,
    TNUT,
    WING,
    Table,
    dimension,
    nominal,
)
from wugan.apps.voice_to_3d.families.solids import added, bar, extruded, prism, taken, worked
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Polar
from wugan.apps.voice_to_3d.scene.profile import Polygon, RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Chamfer,
    Common,
    Compound,
    Cone,
    Cut,
    Feature,
    Helix,
    Revolve,
    Solid,
    Sphere,
)
from wugan.errors import DataError

Flats = Annotated[Length, said("across flats", "wrench size", "spanner size", "flats", "hex size", "af")]
Threaded = Annotated[bool, said("thread", "threads", "real thread", "modelled thread")]
Pitch = Annotated[Length, said("thread pitch")]
Size = Annotated[str, Field(max_length=24), said("thread", "thread size", "metric size")]
Head = Annotated[Length, said("head width", "diameter of the head")]
DEPTH = 5 / 8 * math.sqrt(3) / 2
"""Depth of the basic ISO thread over its pitch (ISO 68-1: 5/8 H, H = √3/2 P)."""


class Fastener(Workpiece):
    """A threaded thing: `size` ("M6") or a diameter, and what the standard's table says for it.

    Attributes:
        nominal_field: the parameter that is the thread's nominal diameter.
        table: the standard's dimensions, by parameter name.
        scaled: parameters that are a multiple of the thread's diameter where no standard speaks.
    """

    nominal_field: ClassVar[str] = "diameter"
    table: ClassVar[Table] = {}
    scaled: ClassVar[Mapping[str, float]] = {}

    size: Size = "M6"

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        """The standard's dimensions for the size, or for the diameter where that was said instead."""
        own, size = cls.nominal_field, said.get("size")
        filled: dict[str, Any] = {}
        diameter, pitch, length = nominal(size if isinstance(size, str) else cls.model_fields["size"].default)
        stated = said.get(own)
        if isinstance(stated, int | float) and 0 < stated < math.inf:
            if size is not None and not math.isclose(stated, diameter, rel_tol=0.12):
                raise DataError(
                    f"{cls.names[0]}: {own} {stated:g} mm contradicts the size {size}, which is {diameter:g} mm; "
                    "say one of them"
                )
            if size is None:
                diameter = float(stated)
                filled["size"] = f"M{diameter:g}"
        filled[own] = diameter
        filled |= {name: dimension(cls.table, name, diameter) for name in cls.table if name in cls.model_fields}
        filled |= {name: factor * diameter for name, factor in cls.scaled.items()}
        if "pitch" in cls.model_fields:
            filled["pitch"] = pitch or dimension(PITCH, "pitch", diameter)
        if length is not None and "length" in cls.model_fields:
            filled["length"] = length
        return filled

    def check_pitch(self, length: float) -> None:
        """Raises `DataError` where the thread has no core left or too many turns to be modelled."""
        if not getattr(self, "threaded", False):
            return
        self.below("pitch", getattr(self, self.nominal_field) / 2, self.nominal_field)
        if length / self.pitch > 200:  # type: ignore[attr-defined]
            raise DataError(
                f"{self.names[0]}: {length:g} mm are more than 200 turns of pitch {self.pitch:g} mm; "  # type: ignore[attr-defined]
                "say it without thread, or shorter"
            )


def screw_thread(diameter: float, pitch: float, length: float, chamfered: tuple[bool, bool] = (True, True)) -> Solid:
    """A thread of ISO 68-1's basic profile, `length` mm from z = 0; as a bolt's body, or to be cut from a nut.

    The ridge is P/8 wide at the crest and 3P/4 at the minor diameter d - 5/4 H; `chamfered` tells whether the bottom
    and the top end are bevelled by the thread's depth.
    """
    depth = DEPTH * pitch
    minor = diameter - 2 * depth
    sunk = min(depth, minor / 4)  # the ridge reaches into the core, so that the two become one
    ridge = Polygon(
        points=(
            (-sunk, -3 / 8 * pitch), (0, -3 / 8 * pitch), (depth, -pitch / 16), (depth, pitch / 16),
            (0, 3 / 8 * pitch), (-sunk, 3 / 8 * pitch),
        )
    )  # fmt: skip
    turns = length / pitch + 2
    helix = Helix(profile=ridge, diameter=minor, pitch=pitch, turns=turns)
    radius, low, high = diameter / 2, depth * chamfered[0], depth * chamfered[1]
    body: list[tuple[float, float]] = [(0, 0), (radius - low, 0)]
    if low:
        body.append((radius, low))
    if high:
        body.append((radius, length - high))
    body += [(radius - high, length), (0, length)]
    return worked(
        bar(minor, length),
        added("thread", helix, spot(0, 0, length / 2)),
        Common(id="thread_ends", name="thread ends", shape=Revolve(points=tuple(body)), place=standing(0)),
    )


Thread = Annotated[Length, said("thread diameter", "nominal diameter", "bore", "hole", "inner diameter", "id")]
Thick = Annotated[Length, said("height", "tall", "high")]


class Nut(Fastener):
    """What every nut has: a thread, modelled or left as a hole of the nominal diameter."""

    nominal_field: ClassVar[str] = "hole_diameter"

    hole_diameter: Thread = 6.0
    pitch: Pitch = 1.0
    threaded: Threaded = False

    def hole(self, height: float) -> Cut:
        """The hole right through, threaded where asked."""
        if not self.threaded:
            return drilled(self.hole_diameter)
        self.check_pitch(height)
        tool = screw_thread(self.hole_diameter, self.pitch, height + 2 * self.pitch, (False, False))
        return taken("threaded hole", tool, spot(0, 0, height / 2), id="hole")


class HexNut(Nut):
    """A hexagon nut, ISO 4032 style 1."""

    names: ClassVar[tuple[str, ...]] = ("hex nut", "nut", "hexagon nut", "hexagonal nut", "machine nut")
    table = HEX

    across_flats: Flats = 10.0
    thickness: Thick = 5.2
    chamfered: Annotated[bool, said("bevelled", "chamfered corners")] = False

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        features: list[Feature] = []
        if self.chamfered:
            features.append(chamfered(self.across_flats, self.thickness))
        base = extruded(RegularPolygon(sides=6, across_flats=self.across_flats), self.thickness)
        return worked(base, *features, self.hole(self.thickness))


def chamfered(across_flats: float, height: float, bottom: bool = True) -> Common:
    """What is left of a hexagon's corners when both faces are turned down at 30° to the width across flats."""
    corner = across_flats / math.sqrt(3) + 0.01
    drop = min((corner - across_flats / 2) * math.tan(math.radians(30)), height / 3)
    low = drop if bottom else 0.0
    flat = across_flats / 2
    start = [(flat, 0.0), (corner, low)] if bottom else [(corner, 0.0)]
    points = ((0.0, 0.0), *start, (corner, height - drop), (flat, height), (0.0, height))
    return Common(id="corners", name="chamfered corners", shape=Revolve(points=points), place=spot(0, 0, height / 2))


class CouplingNut(HexNut):
    """A long hexagon nut that joins two rods, three diameters long (DIN 6334)."""

    names = ("coupling nut", "long nut", "connector nut", "rod coupling nut")
    table: ClassVar[Any] = {"across_flats": HEX["across_flats"]}
    scaled: ClassVar[Mapping[str, float]] = {"thickness": 3.0}

    thickness: Annotated[Length, said("length", "height", "long")] = 18.0


class SquareNut(Nut):
    """A square nut, DIN 557."""

    names = ("square nut",)
    table = SQUARE

    width: Annotated[Length, said("across flats", "wrench size", "side", "flats")] = 10.0
    thickness: Thick = 5.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.width, "width")
        return worked(Box(size=(self.width, self.width, self.thickness)), self.hole(self.thickness))


class CapNut(Nut):
    """A domed cap nut, DIN 1587: the hole is blind."""

    names = ("cap nut", "acorn nut", "dome nut", "domed nut", "domed cap nut")
    table = CAP

    across_flats: Flats = 10.0
    height: Length = 12.0
    dome_diameter: Length = 9.5

    def solid(self) -> Compound:
        self.below("hole_diameter", self.dome_diameter, "dome_diameter")
        self.below("dome_diameter", self.across_flats, "across_flats", equal=True)
        hexagon = self.height - self.dome_diameter / 2
        if hexagon <= 0:
            self.above("height", self.dome_diameter / 2, "half the dome_diameter")
        depth = hexagon + max(0.0, (self.dome_diameter - self.hole_diameter) / 4)
        dome = added("dome", Sphere(diameter=self.dome_diameter), spot(0, 0, hexagon))
        if self.threaded:
            self.check_pitch(depth)
            tool = screw_thread(self.hole_diameter, self.pitch, depth + self.pitch, (False, False))
            hole = taken("threaded hole", tool, hanging(depth), id="hole")
        else:
            hole = sunk(bar(self.hole_diameter, depth), depth, id="hole")
        base = extruded(RegularPolygon(sides=6, across_flats=self.across_flats), hexagon)
        # The ball's lower half would come out below a low hexagon.
        features: list[Feature] = [dome]
        if self.dome_diameter / 2 > hexagon:
            box = Box(size=(4 * self.across_flats, 4 * self.across_flats, self.height))
            features.append(Common(id="seat", name="seat", shape=box, place=standing(0)))
        return worked(base, *features, hole)


class FlangeNut(Nut):
    """A hexagon nut with a washer face, ISO 4161."""

    names = ("flange nut", "flanged nut", "hex flange nut", "collar nut")
    table = FLANGED

    across_flats: Flats = 10.0
    flange_diameter: Annotated[Length, said("washer diameter", "collar diameter", "outer diameter")] = 14.2
    flange_thickness: Annotated[Length, said("washer thickness")] = 1.1
    height: Annotated[Length, said("thickness")] = 6.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.across_flats, "across_flats")
        self.below("flange_thickness", self.height, "height")
        corners = 2 / math.sqrt(3) * self.across_flats
        self.above("flange_diameter", corners, "the hexagon of across_flats over its corners", equal=True)
        flange = bar(self.flange_diameter, self.flange_thickness)
        hexagon = extruded(RegularPolygon(sides=6, across_flats=self.across_flats), self.height)
        join = added("hexagon", hexagon, standing(0))
        return worked(flange, join, self.hole(self.height))


class WingNut(Nut):
    """A wing nut, to be turned by hand, DIN 315."""

    names = ("wing nut", "wingnut", "butterfly nut", "thumb nut")
    table = WING

    width: Annotated[Length, said("wing span", "span")] = 33.0
    height: Annotated[Length, said("wing height")] = 17.0
    boss_diameter: Annotated[Length, said("hub diameter")] = 13.0
    thickness: Annotated[Length, said("boss height", "hub height")] = 6.0

    def solid(self) -> Compound:
        self.below("hole_diameter", self.boss_diameter, "boss_diameter")
        self.below("boss_diameter", self.width, "width")
        self.below("thickness", self.height, "height")
        near, far = self.boss_diameter * 0.32, self.width / 2
        low, tip = self.thickness * 0.25, min((far - near) * 0.45, self.height * 0.3)
        # A wing: from the boss up and out to a round tip.
        outline = [
            (near, low),
            (near, self.thickness),
            *arc(far - tip, self.height - tip, tip, 150, -60),
            (far * 0.6 + near * 0.4, low + (self.height - low) * 0.2),
        ]
        blade = prism(clean(outline), self.boss_diameter * 0.3)
        x = (min(p[0] for p in outline) + max(p[0] for p in outline)) / 2
        z = (min(p[1] for p in outline) + max(p[1] for p in outline)) / 2
        pattern = Polar(count=2, diameter=2 * x)
        wings = added("wing", blade, spot(0, 0, z, rotate=(90, 0, 0)), pattern=pattern)
        boss = bar(self.boss_diameter, self.thickness)
        return worked(boss, wings, self.hole(2 * self.height))


class TNut(Nut):
    """A nut for T-slots, DIN 508: a wide base and a neck that fits the slot."""

    names = ("t-nut", "t nut", "t slot nut", "tee nut", "t-slot nut")
    table = TNUT

    slot_width: Annotated[Length, said("neck width", "slot")] = 8.0
    width: Annotated[Length, said("base width")] = 13.0
    length: Length = 13.0
    height: Length = 10.0
    base_height: Annotated[Length, said("base thickness")] = 6.0

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        filled = super().usual(said)
        return filled | {"length": said.get("width", filled["width"])}

    def solid(self) -> Compound:
        self.below("hole_diameter", self.slot_width, "slot_width")
        self.below("hole_diameter", self.length, "length")
        self.below("slot_width", self.width, "width")
        self.below("base_height", self.height, "height")
        neck = Box(size=(self.slot_width, self.length, self.height))
        join = added("neck", neck, standing(0))
        base = Box(size=(self.width, self.length, self.base_height))
        return worked(base, join, self.hole(self.height))


class ThreadedInsert(Nut):
    """A brass insert to be pressed or melted into plastic: knurled rings about a thread."""

    names = ("threaded insert", "heat-set insert", "heat set insert", "brass insert", "screw insert", "nutsert")
    made_of = "brass"
    scaled: ClassVar[Mapping[str, float]] = {"outer_diameter": 1.45, "length": 1.5}

    outer_diameter: Annotated[Length, said("diameter", "od", "outside diameter")] = 8.7
    length: Annotated[Length, said("height", "thickness")] = 9.0
    teeth: Annotated[int, Field(ge=6, le=120), said("knurls", "ridges")] = 24

    def solid(self) -> Compound:
        groove = self.outer_diameter - 0.16 * self.hole_diameter
        self.below("hole_diameter", self.outer_diameter / 1.2, "outer_diameter less the wall")
        radius, inner = self.outer_diameter / 2, groove / 2
        step = 2 * math.pi / self.teeth
        points = []
        for i in range(self.teeth):
            for share, r in ((0, radius), (0.35, radius), (0.5, inner), (0.85, inner)):
                a = (i + share - 0.175) * step
                # The first tooth's flat middle lies on +x, so that a count that four divides has the box of the circle.
                points.append((r * math.cos(a), r * math.sin(a)))
        knurl = prism(tuple(points), self.length * 0.36)
        features: list[Feature] = [added("knurl", knurl, spot(0, 0, self.length * z)) for z in (0.24, 0.76)]
        features[1] = features[1].model_copy(update={"id": "upper_knurl"})
        rim = bar(self.outer_diameter, self.length * 0.06)
        features.append(added("rim", rim, spot(0, 0, self.length * 0.97)))
        base = bar(groove, self.length)
        return worked(base, *features, self.hole(self.length))


Shank = Annotated[Length, said("shank diameter", "thread diameter", "nominal diameter", "shaft diameter")]
Long = Annotated[Length, said("shank length", "shaft length", "shank", "under the head")]
Tip = Annotated[Gap, said("point chamfer", "tip chamfer", "chamfer", "end chamfer")]
Key = Annotated[Length, said("hex key size", "allen key size", "socket width", "key size", "drive size")]


class Screw(Fastener):
    """What every screw has: a shank, threaded over all of it or `thread_length` where a thread is asked for."""

    diameter: Shank = 6.0
    length: Long = 30.0
    pitch: Pitch = 1.0
    threaded: Threaded = False
    thread_length: Annotated[Gap, said("threaded length")] = 0.0
    chamfer: Tip = 0.0

    @property
    def under_head(self) -> float:
        """The shank's length (mm)."""
        return self.length

    def shank(self) -> tuple[Solid, tuple[Feature, ...]]:
        """The shank, standing on its point, and the features to be worked in before the head is joined."""
        self.below("thread_length", self.under_head, "length", equal=True)
        self.below("chamfer", min(self.diameter / 2, self.under_head), "half the diameter, and the length")
        if not self.threaded:
            tip = Chamfer(id="point", size=self.chamfer, edges=("bottom",)) if self.chamfer else None
            return bar(self.diameter, self.under_head), (tip,) if tip else ()
        threaded = self.thread_length or self.under_head
        self.check_pitch(threaded)
        base = screw_thread(self.diameter, self.pitch, threaded, (True, False))
        if threaded >= self.under_head:
            return base, ()
        # A little into the thread, so that the two are one.
        plain = bar(self.diameter, self.under_head - threaded + 0.05 * self.pitch)
        return base, (added("shank", plain, hanging(self.under_head), id="plain"),)

    def headed(self, head: Solid, height: float, *worked: Feature) -> Compound:
        """Shank and head, `worked` features last."""
        base, features = self.shank()
        place = standing(self.under_head)
        return Compound(base=base, features=(*features, added("head", head, place), *worked))


class HexBolt(Screw):
    """A hexagon head bolt, ISO 4014 (ISO 4017 where threaded to the head)."""

    names = (
        "hex bolt",
        "bolt",
        "hexagon bolt",
        "hexagonal bolt",
        "hex head bolt",
        "hex screw",
        "hex head screw",
        "hexagon head bolt",
        "machine bolt",
    )
    table = HEX

    across_flats: Flats = 10.0
    head_height: Annotated[Length, said("head thickness")] = 4.0
    chamfered: Annotated[bool, said("bevelled head")] = False

    def solid(self) -> Compound:
        self.below("diameter", self.across_flats, "across_flats")
        head: Solid = extruded(RegularPolygon(sides=6, across_flats=self.across_flats), self.head_height)
        if self.chamfered:
            head = worked(head, chamfered(self.across_flats, self.head_height, bottom=False))
        return self.headed(head, self.head_height)


class SocketScrew(Screw):
    """A screw whose round head has a hexagon socket."""

    head_diameter: Head = 10.0
    head_height: Annotated[Length, said("head thickness")] = 6.0
    socket_size: Key = 5.0
    socket_depth: Annotated[Length, said("hex depth", "depth of the socket")] = 3.0

    def socket(self) -> Feature:
        """The hexagon in the head."""
        self.below("socket_size", self.head_diameter * 0.86, "head_diameter, the hexagon's corners counted")
        self.below("socket_depth", self.under_head + self.head_height, "length and head_height")
        if self.socket_depth > self.head_height:
            self.below("socket_size", self.diameter * 0.86, "diameter, as the socket is deeper than the head")
        return hexagon(self.socket_size, self.socket_depth, self.under_head + self.head_height)


class SocketHeadCapScrew(SocketScrew):
    """A socket head cap screw, ISO 4762."""

    names = (
        "socket head cap screw",
        "cap screw",
        "socket head screw",
        "socket screw",
        "allen bolt",
        "allen screw",
        "socket cap screw",
        "shcs",
    )
    table = SOCKET
    made_of = "black steel"

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        return self.headed(bar(self.head_diameter, self.head_height), self.head_height, self.socket())


class CountersunkScrew(SocketScrew):
    """A countersunk flat head screw with a hexagon socket, ISO 10642; `length` is that of the whole, head and all."""

    names = ("countersunk screw", "flat head screw", "countersunk bolt", "flathead screw", "csk screw")
    table = COUNTERSUNK
    made_of = "black steel"

    head_diameter: Head = 13.44
    head_height: Annotated[Length, said("head thickness")] = 3.72
    socket_size: Key = 4.0
    socket_depth: Length = 2.2

    @property
    def under_head(self) -> float:
        return self.length - self.head_height

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("head_height", self.length, "length")
        # At its floor the socket's corners lie inside the cone.
        share = min(1.0, self.socket_depth / self.head_height)
        floor = self.head_diameter - (self.head_diameter - self.diameter) * share
        self.below("socket_size", 0.86 * floor, "the head at the socket's floor: head_diameter, socket_depth")
        cone = Cone(bottom_diameter=self.diameter, top_diameter=self.head_diameter, height=self.head_height)
        return self.headed(cone, self.head_height, self.socket())


class ButtonHeadScrew(SocketScrew):
    """A button head screw with a hexagon socket, ISO 7380-1."""

    names = ("button head screw", "button screw", "dome head screw", "round head screw", "button head bolt")
    table = BUTTON
    made_of = "black steel"

    head_diameter: Head = 10.5
    head_height: Annotated[Length, said("head thickness")] = 3.3
    socket_size: Key = 4.0
    socket_depth: Length = 2.08

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("head_height", self.head_diameter / 2, "half the head_diameter", equal=True)
        # The cap is at its widest below: with a flat as wide as the socket's corners it is less than half a ball.
        room = 2 * math.sqrt(max(0.0, (self.head_diameter / 2) ** 2 - self.head_height**2)) / 1.16
        self.below("socket_size", room, "what is flat on top of the head", equal=True)
        flat = min(1.16 * self.socket_size, 0.9 * self.head_diameter)
        head = Revolve(points=dome(self.head_diameter, self.head_height, flat))
        return self.headed(head, self.head_height, self.socket())


def dome(diameter: float, height: float, flat: float = 0.0) -> tuple[tuple[float, float], ...]:
    """The half outline (radius, z) of a spherical cap, cut off where it is `flat` mm across."""
    half, top = diameter / 2, flat / 2
    middle = (top * top + height * height - half * half) / (2 * height)
    radius = math.hypot(half, middle)
    start = math.degrees(math.atan2(-middle, half))
    end = math.degrees(math.atan2(height - middle, top))
    return clean([(0.0, 0.0), *arc(0, middle, radius, start, end, 16), (0.0, height)])


class PanHeadScrew(Screw):
    """A pan head machine screw with a cross recess, proportioned as ISO 7045."""

    names = ("pan head screw", "machine screw", "phillips screw", "pan screw", "screw")
    scaled: ClassVar[Mapping[str, float]] = {"head_diameter": 2.0, "head_height": 0.77}

    head_diameter: Head = 12.0
    head_height: Annotated[Length, said("head thickness")] = 4.6
    drive: Annotated[str, Field(pattern="^(cross|slot|none)$"), said("recess")] = "cross"

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        radius, height = self.head_diameter / 2, self.head_height
        crown = min(height, radius) * 0.6
        points = clean(
            [(0.0, 0.0), (radius, 0.0), *arc(radius - crown, height - crown, crown, 0, 90, 10), (0.0, height)]
        )
        across, deep = self.head_diameter * 0.6, height * 0.6
        worked: list[Feature] = []
        top = self.under_head + height
        if self.drive != "none":
            blade = 0.13 if self.drive == "cross" else 0.16
            wide = across if self.drive == "cross" else 2 * self.head_diameter
            slot = Box(size=(wide, self.head_diameter * blade, deep))
            worked.append(sunk(slot, top, id="recess", name="recess"))
        if self.drive == "cross":
            worked.append(
                sunk(Box(size=(self.head_diameter * 0.13, across, deep)), top, id="recess_across", name="recess")
            )
        return self.headed(Revolve(points=points), height, *worked)


class ThumbScrew(Screw):
    """A screw with a tall grooved head, to be turned by hand (DIN 464 in proportion)."""

    names = ("thumb screw", "thumbscrew", "knurled screw", "knurled thumb screw")
    scaled: ClassVar[Mapping[str, float]] = {"head_diameter": 4.0, "head_height": 1.6}
    made_of = "stainless steel"

    head_diameter: Head = 24.0
    head_height: Length = 9.6
    grooves: Annotated[int, Field(ge=0, le=90), said("knurls", "flutes")] = 30

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter * 0.8, "head_diameter")
        groove = bar(self.head_diameter * 0.06, 1)
        head: Solid = bar(self.head_diameter, self.head_height)
        if self.grooves:
            # Half a step off the axes, so that the head keeps its width between lands.
            pattern = circle(self.grooves, self.head_diameter, 180 / self.grooves)
            cut = Cut(id="groove", name="groove", shape=groove, through="z", place=spot(), pattern=pattern)
            head = worked(head, cut)
        return self.headed(head, self.head_height)


class SetScrew(Fastener):
    """A headless screw with a hexagon socket, ISO 4026."""

    names = ("set screw", "grub screw", "setscrew", "headless screw")
    table = SETSCREW
    scaled: ClassVar = {"length": 2.0}
    made_of = "black steel"

    diameter: Shank = 6.0
    length: Length = 12.0
    pitch: Pitch = 1.0
    threaded: Threaded = False
    socket_size: Key = 3.0
    socket_depth: Length = 3.5

    def solid(self) -> Compound:
        self.below("socket_size", self.diameter * 0.86, "diameter, the hexagon's corners counted")
        self.below("socket_depth", self.length, "length")
        self.check_pitch(self.length)
        base: Solid = bar(self.diameter, self.length)
        if self.threaded:
            base = screw_thread(self.diameter, self.pitch, self.length)
            self.below("socket_size", (self.diameter - 1.09 * self.pitch) * 0.86, "the thread's core")
        return worked(base, hexagon(self.socket_size, self.socket_depth, self.length))


class ThreadedRod(Fastener):
    """A rod with thread from end to end, DIN 976."""

    names = ("threaded rod", "all thread", "screw rod", "threaded bar", "lead screw", "leadscrew")
    scaled: ClassVar = {"length": 10.0}

    diameter: Shank = 6.0
    length: Length = 60.0
    pitch: Pitch = 1.0
    threaded: Threaded = True

    def solid(self) -> Solid:
        self.check_pitch(self.length)
        if not self.threaded:
            return bar(self.diameter, self.length)
        self.above("length", 2 * self.pitch, "twice the pitch")
        return screw_thread(self.diameter, self.pitch, self.length)


class Stud(Fastener):
    """A stud bolt: thread at both ends, a plain shank between."""

    names = ("stud", "stud bolt", "double-ended stud", "double ended bolt")
    scaled: ClassVar = {"length": 10.0, "thread_length": 3.0}

    diameter: Shank = 6.0
    length: Length = 60.0
    thread_length: Annotated[Length, said("threaded length")] = 18.0
    pitch: Pitch = 1.0
    threaded: Threaded = True

    def solid(self) -> Solid:
        if not self.threaded:
            return bar(self.diameter, self.length)
        self.below("thread_length", self.length / 2, "half the length")
        self.check_pitch(self.thread_length)
        plain = self.length - 2 * self.thread_length
        ends = screw_thread(self.diameter, self.pitch, self.thread_length, (True, False))
        top = screw_thread(self.diameter, self.pitch, self.thread_length, (False, True))
        sunk_in = 0.05 * self.pitch  # into both threads, so that the three are one
        shank = bar(self.diameter, plain + 2 * sunk_in)
        return worked(
            ends,
            added("shank", shank, standing(self.thread_length - sunk_in), id="plain"),
            added("thread", top, hanging(self.length), id="upper_thread"),
        )


Outer = Annotated[Length, said("diameter", "od", "outside diameter", "outer")]
Bore = Annotated[Length, said("bore", "id", "inner diameter", "inside diameter", "hole", "inner")]
PinThick = Annotated[Length, said("height", "tall", "thick")]


class Rivet(Workpiece):
    """A round head rivet, proportioned as DIN 660."""

    names = ("rivet", "round head rivet", "solid rivet")
    made_of = "aluminium"
    follows = (
        led("head_diameter", by="diameter")
        | led("head_height", by=("diameter", "head_diameter"))
        | led("length", by="diameter")
    )

    diameter: Annotated[Length, said("shank diameter", "shaft diameter")] = 5.0
    length: Annotated[Length, said("shank length")] = 15.0
    head_diameter: Head = 8.75
    head_height: Length = 3.0

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("head_height", self.head_diameter / 2, "half the head_diameter", equal=True)
        head = Revolve(points=dome(self.head_diameter, self.head_height))
        place = standing(self.length)
        base = bar(self.diameter, self.length)
        return worked(base, added("head", head, place))


class DowelPin(Workpiece):
    """A parallel pin with chamfered ends, ISO 2338."""

    names = ("dowel pin", "dowel", "pin", "parallel pin", "cylindrical pin", "locating pin")
    follows = led("length", "chamfer", by="diameter")

    diameter: Length = 6.0
    length: Annotated[Length, said("height")] = 24.0
    chamfer: Annotated[Gap, said("bevel")] = 0.8

    def solid(self) -> Compound:
        self.below("chamfer", min(self.diameter, self.length) / 2, "half the diameter, half the length")
        ends = (Chamfer(id="ends", size=self.chamfer, edges=("top", "bottom")),) if self.chamfer else ()
        return worked(bar(self.diameter, self.length), *ends)


class ClevisPin(Workpiece):
    """A pin with a flat head and a cross hole for a cotter, ISO 2341."""

    names = ("clevis pin", "hitch pin", "headed pin")
    follows = led("head_diameter", "head_height", "hole_diameter", "length", "hole_offset", by="diameter")

    diameter: Annotated[Length, said("shank diameter")] = 10.0
    length: Annotated[Length, said("shank length")] = 50.0
    head_diameter: Head = 18.0
    head_height: Annotated[Length, said("head thickness")] = 4.0
    hole_diameter: Annotated[Length, said("cross hole", "cotter hole")] = 3.2
    hole_offset: Annotated[Length, said("from the end", "hole distance", "from the free end")] = 6.0
    chamfer: Annotated[Gap, said("end chamfer", "free end chamfer", "bevel")] = 0.0

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        self.below("hole_diameter", self.diameter, "diameter")
        self.above("hole_offset", self.hole_diameter / 2, "half the hole_diameter")
        self.below("hole_offset", self.length - self.hole_diameter / 2, "length")
        self.below("chamfer", min(self.diameter / 2, self.hole_offset), "half the diameter, and hole_offset")
        head = bar(self.head_diameter, self.head_height)
        end = (Chamfer(id="end", size=self.chamfer, edges=("bottom",)),) if self.chamfer else ()
        place = standing(self.length)
        return worked(
            bar(self.diameter, self.length),
            *end,
            drilled(self.hole_diameter, z=self.hole_offset, axis="x"),
            added("head", head, place),
        )


class Nail(Workpiece):
    """A wire nail with a flat head and a point."""

    names = ("nail", "wire nail")
    follows = (
        led("diameter", by="length")
        | led("head_diameter", "head_thickness", by=("diameter", "length"))
        | led("length", by="diameter")
    )

    length: Length = 60.0
    diameter: Annotated[Length, said("shank diameter", "wire diameter")] = 2.8
    head_diameter: Head = 6.0
    head_thickness: Annotated[Length, said("head height")] = 1.2

    def solid(self) -> Solid:
        self.below("diameter", self.head_diameter, "head_diameter")
        tip = 1.5 * self.diameter
        shank = self.length - tip - self.head_thickness
        if shank <= 0:
            self.above("length", tip + self.head_thickness, "the point and head_thickness")
        r, head, neck = self.diameter / 2, self.head_diameter / 2, self.length - self.head_thickness
        return Revolve(points=((0.0, 0.0), (r, tip), (r, neck), (head, neck), (head, self.length), (0.0, self.length)))


class WoodScrew(Workpiece):
    """A countersunk wood screw: coarse thread, gimlet point, cross recess (DIN 7997 in proportion); length over all."""

    names = ("wood screw", "woodscrew", "chipboard screw", "self-tapping screw", "drywall screw")
    made_of = "brass"
    follows = (
        led("diameter", by="length")
        | led("head_diameter", "pitch", by=("diameter", "length"))
        | led("length", by="diameter")
    )

    length: Length = 40.0
    diameter: Annotated[Length, said("thread diameter", "shank diameter")] = 4.0
    head_diameter: Head = 8.0
    pitch: Pitch = 2.0
    threaded: Threaded = True

    def solid(self) -> Compound:
        self.below("diameter", self.head_diameter, "head_diameter")
        head = (self.head_diameter - self.diameter) / 2
        tip, core = 1.5 * self.diameter, self.diameter * 0.7
        thread = (self.length - head) * 0.6
        self.above("length", head + 2 * tip, "head and point")
        r, c = self.diameter / 2, core / 2
        neck, top = self.length - head, self.head_diameter / 2
        outline = ((0.0, 0.0), (c, tip), (c, thread), (r, thread), (r, neck), (top, self.length), (0.0, self.length))
        features: list[Feature] = []
        if self.threaded:
            if thread / self.pitch > 100:
                self.above("pitch", thread / 100, "more than 100 turns cannot be modelled", equal=True)
            self.below("pitch", thread / 2, "the threaded length")
            ridge = _ridge((self.diameter - core) / 2, self.pitch)
            # The thread runs out into the point, and a little into the shank.
            start = 0.8 * tip  # below, the core is thinner than the ridge reaches inwards
            ends = ((0.0, start), (0.8 * r, start), (r, 1.2 * tip), (r, thread + 0.1 * r), (0.0, thread + 0.1 * r))
            limits = Revolve(points=ends)
            turns = (thread + 0.1 * r - start) / self.pitch + 4
            helix = Helix(profile=ridge, diameter=core, pitch=self.pitch, turns=turns)
            wound = worked(helix, Common(shape=limits, place=standing(1.5 * self.pitch)))
            features.append(added("thread", wound, standing(start)))
        wide, blade = self.head_diameter * 0.55, self.head_diameter * 0.12
        deep = min(0.6 * head, 0.2 * self.head_diameter)
        for name, size in (("recess", (wide, blade, deep)), ("recess_across", (blade, wide, deep))):
            features.append(sunk(Box(size=size), self.length, id=name, name="recess"))
        return worked(Revolve(points=outline), *features)


def _ridge(deep: float, pitch: float) -> Polygon:
    return Polygon(
        points=((-deep / 2, -0.22 * pitch), (deep, -0.03 * pitch), (deep, 0.03 * pitch), (-deep / 2, 0.22 * pitch))
    )

"""Screws and bolts: the head on top, the point on z = 0."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import said
from wugan.apps.voice_to_3d.families.shop.fastener import Fastener, Flats, Head, Pitch, Threaded, screw_thread
from wugan.apps.voice_to_3d.families.shop.holes import circle, hanging, hexagon, spot, standing, sunk
from wugan.apps.voice_to_3d.families.shop.nuts import chamfered
from wugan.apps.voice_to_3d.families.shop.outline import arc, clean
from wugan.apps.voice_to_3d.families.shop.standards import BUTTON, COUNTERSUNK, HEX, SETSCREW, SOCKET
from wugan.apps.voice_to_3d.families.shop.workpiece import Gap
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.profile import RegularPolygon
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Chamfer,
    Compound,
    Cone,
    Cut,
    Cylinder,
    Extrude,
    Feature,
    Join,
    Revolve,
    Solid,
)

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
            return Cylinder(diameter=self.diameter, height=self.under_head), (tip,) if tip else ()
        threaded = self.thread_length or self.under_head
        self.check_pitch(threaded)
        base = screw_thread(self.diameter, self.pitch, threaded, (True, False))
        if threaded >= self.under_head:
            return base, ()
        # A little into the thread, so that the two are one.
        plain = Cylinder(diameter=self.diameter, height=self.under_head - threaded + 0.05 * self.pitch)
        return base, (Join(id="plain", name="shank", shape=plain, place=hanging(self.under_head)),)

    def headed(self, head: Solid, height: float, *worked: Feature) -> Compound:
        """Shank and head, `worked` features last."""
        base, features = self.shank()
        place = standing(self.under_head)
        return Compound(base=base, features=(*features, Join(id="head", name="head", shape=head, place=place), *worked))


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
        head: Solid = Extrude(profile=RegularPolygon(sides=6, across_flats=self.across_flats), height=self.head_height)
        if self.chamfered:
            head = Compound(base=head, features=(chamfered(self.across_flats, self.head_height, bottom=False),))
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
        return self.headed(
            Cylinder(diameter=self.head_diameter, height=self.head_height), self.head_height, self.socket()
        )


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
        groove = Cylinder(diameter=self.head_diameter * 0.06, height=1)
        head: Solid = Cylinder(diameter=self.head_diameter, height=self.head_height)
        if self.grooves:
            # Half a step off the axes, so that the head keeps its width between lands.
            pattern = circle(self.grooves, self.head_diameter, 180 / self.grooves)
            cut = Cut(id="groove", name="groove", shape=groove, through="z", place=spot(), pattern=pattern)
            head = Compound(base=head, features=(cut,))
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
        base: Solid = Cylinder(diameter=self.diameter, height=self.length)
        if self.threaded:
            base = screw_thread(self.diameter, self.pitch, self.length)
            self.below("socket_size", (self.diameter - 1.09 * self.pitch) * 0.86, "the thread's core")
        return Compound(base=base, features=(hexagon(self.socket_size, self.socket_depth, self.length),))


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
            return Cylinder(diameter=self.diameter, height=self.length)
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
            return Cylinder(diameter=self.diameter, height=self.length)
        self.below("thread_length", self.length / 2, "half the length")
        self.check_pitch(self.thread_length)
        plain = self.length - 2 * self.thread_length
        ends = screw_thread(self.diameter, self.pitch, self.thread_length, (True, False))
        top = screw_thread(self.diameter, self.pitch, self.thread_length, (False, True))
        sunk_in = 0.05 * self.pitch  # into both threads, so that the three are one
        shank = Cylinder(diameter=self.diameter, height=plain + 2 * sunk_in)
        return Compound(
            base=ends,
            features=(
                Join(id="plain", name="shank", shape=shank, place=standing(self.thread_length - sunk_in)),
                Join(id="upper_thread", name="thread", shape=top, place=hanging(self.length)),
            ),
        )

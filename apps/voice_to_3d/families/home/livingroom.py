"""Things that make a room lived in: book, television, rug, cushion, mattress, aquarium, hat stand, monitor riser."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.kit import SUNK, below, block, cut, on_circle, outline, own, require, rounded
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle
from wugan.apps.voice_to_3d.scene.solid import Box, Compound, Cylinder, Extrude, Fillet, Sweep


class Book(Made):
    """A closed book that lies flat: a cover about its pages."""

    names = ("book", "notebook", "diary")
    width: float = Field(150, ge=10, le=1000)
    depth: Annotated[float, said("length")] = Field(210, ge=10, le=1000)
    thickness: Annotated[float, said("height")] = Field(30, ge=3, le=300)
    cover_thickness: float = Field(2.5, ge=0.8, le=20)
    follows: ClassVar[Sizes] = {"width": ("depth",), "depth": ("width",)}
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth"), "cover_thickness": ("thickness", "width", "depth")}

    def parts(self) -> list[Part]:
        """Two boards, the spine at the left, and pages that stand back a little on the other sides."""
        w, d, t, c = self.width, self.depth, self.thickness, self.cover_thickness
        below(self, "cover_thickness", 0.35 * t, "thickness")
        below(self, "cover_thickness", 0.2 * min(w, d), "width", "depth")
        back = min(0.03 * min(w, d), 4.0)
        pages = (w - c - back + SUNK, d - 2 * back, t - 2 * c + 2 * SUNK)
        return [
            block("cover", (w, d, c), material="navy", tags=("bottom",)),
            block("cover", (w, d, c), 0, 0, t - c, "navy", ("top",)),
            block("spine", (c, d, t - 2 * c + 2 * SUNK), (c - w) / 2, 0, c - SUNK, "navy", ("left",)),
            block("page", pages, (c - back - SUNK) / 2, 0, c - SUNK, "ivory"),
        ]


class Television(Made):
    """A flat television on a foot."""

    names = ("television", "tv", "television set", "computer monitor", "computer screen")
    width: Annotated[float, said("length")] = Field(1100, ge=30, le=4000)
    height: float = Field(700, ge=25, le=3000)
    depth: float = Field(230, ge=8, le=800)
    screen_thickness: Annotated[float, said("thickness")] = Field(45, ge=2, le=200)
    stand: Annotated[bool, said("foot")] = True
    follows: ClassVar[Sizes] = {"height": ("width",), "width": ("height",)}
    yields: ClassVar[Sizes] = {"depth": ("width", "height"), "screen_thickness": ("width", "height", "depth")}

    def parts(self) -> list[Part]:
        """Case, screen, neck and foot; it looks to the front. Without a foot the depth is that of the case."""
        w, h, t = self.width, self.height, self.screen_thickness
        below(self, "screen_thickness", 0.8 * self.depth, "depth")
        thick = t if self.stand else self.depth
        low = 0.1 * h if self.stand else 0.0
        rim = 0.02 * min(w, h)
        tall = h - low
        glass = min(2.0, 0.1 * thick)
        found = [
            block("case", (w, thick - glass, tall), 0, glass / 2, low, "black"),
            block("screen", (w - 2 * rim, thick / 2, tall - 2 * rim), 0, -thick / 4, low + rim, "dark blue"),
        ]
        if self.stand:
            foot = 0.25 * low
            found.append(block("neck", (0.12 * w, 0.6 * t, low), 0, 0.1 * t, 0.5 * foot, "black"))
            found.append(block("foot", (0.4 * w, self.depth, foot), material="black"))
        return found


class Rug(Made):
    """A rug that lies on the floor, with a border."""

    names = ("rug", "carpet", "floor mat", "doormat", "door mat")
    shape: Literal["rectangular", "square", "round", "oval"] = "rectangular"
    width: Annotated[float, said("diameter")] = Field(2000, ge=30, le=20000)
    depth: Annotated[float, said("length")] = Field(1400, ge=30, le=20000)
    thickness: Annotated[float, said("height")] = Field(12, ge=0.8, le=100)
    border: bool = True
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth")}

    def parts(self) -> list[Part]:
        """The field within the border, which is as thick."""
        w, d, t = self.width, self.depth, self.thickness
        below(self, "thickness", 0.3 * min(w, d), "width", "depth")
        if not self.border:
            return [Part("field", Extrude(profile=outline(self.shape, w, d), height=t), at(), "burgundy wool")]
        b = 0.07 * min(w, d)
        inside = outline(self.shape, w - 2 * b, d - 2 * b)
        rim = cut(Extrude(profile=outline(self.shape, w, d), height=t), (Extrude(profile=inside, height=t), at()))
        wider = outline(self.shape, w - 2 * b + 2 * SUNK, d - 2 * b + 2 * SUNK)
        return [
            Part("border", rim, at(), "cream wool"),
            Part("field", Extrude(profile=wider, height=0.94 * t), at(), "burgundy wool"),
        ]


class Cushion(Made):
    """A cushion or pillow, soft at its edges."""

    names = ("cushion", "pillow", "throw pillow", "floor cushion", "seat cushion")
    shape: Literal["rectangular", "square", "round"] = "square"
    width: Annotated[float, said("length", "diameter")] = Field(450, ge=10, le=3000)
    depth: float = Field(450, ge=10, le=3000)
    thickness: Annotated[float, said("height")] = Field(130, ge=4, le=1000)
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth")}

    def parts(self) -> list[Part]:
        """One piece."""
        w, d, t = self.width, self.depth, self.thickness
        below(self, "thickness", 0.95 * min(w, d), "width", "depth")
        return [Part("cushion", _soft(self.shape, w, d, t, 0.42 * t), at(), "light grey fabric")]


class Mattress(Made):
    """A mattress with rounded edges."""

    names = ("mattress", "futon")
    width: float = Field(900, ge=20, le=3000)
    depth: Annotated[float, said("length")] = Field(2000, ge=20, le=3000)
    thickness: Annotated[float, said("height")] = Field(200, ge=4, le=800)
    yields: ClassVar[Sizes] = {"thickness": ("width", "depth")}

    def parts(self) -> list[Part]:
        """One piece."""
        below(self, "thickness", 0.95 * min(self.width, self.depth), "width", "depth")
        body = _soft("rectangular", self.width, self.depth, self.thickness, 0.2 * self.thickness)
        return [Part("mattress", body, at(), "white cotton")]


class Aquarium(Made):
    """A fish tank of glass, open at the top, with gravel and water if they are wanted."""

    names = ("aquarium", "fish tank", "terrarium")
    width: Annotated[float, said("length")] = Field(800, ge=20, le=5000)
    depth: float = Field(350, ge=20, le=3000)
    height: float = Field(400, ge=20, le=3000)
    wall_thickness: Annotated[float, said("glass thickness", "thickness", "wall")] = Field(8, ge=0.8, le=100)
    gravel: Annotated[bool, said("sand")] = False
    water: bool = False
    yields: ClassVar[Sizes] = {"wall_thickness": ("width", "depth", "height")}

    def parts(self) -> list[Part]:
        """The tank, gravel on its floor, and water up to nine tenths."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.2 * min(w, d, h), "width", "depth", "height")
        inside = (w - 2 * t + 2 * SUNK, d - 2 * t + 2 * SUNK)
        tank = cut(Box(size=(w, d, h)), (Box(size=(w - 2 * t, d - 2 * t, h)), at(z=t)))
        found = [Part("tank", tank, at(), "glass")]
        low = t - SUNK
        if self.gravel:
            found.append(block("gravel", (*inside, 0.1 * h), 0, 0, low, "tan"))
            low += 0.1 * h - SUNK
        if self.water:
            found.append(block("water", (*inside, 0.9 * h - low), 0, 0, low, "translucent light blue"))
        return found


class HatStand(Made):
    """A hat or coat stand: a pole on a foot with pegs about its top."""

    names = ("hat stand", "coat stand", "hatstand", "coat tree", "hall tree", "clothes stand")
    height: float = Field(1750, ge=60, le=3000)
    foot_diameter: Annotated[float, said("base diameter", "diameter", "width")] = Field(400, ge=20, le=1500)
    pole_diameter: Annotated[float, said("pole thickness", "thickness")] = Field(40, ge=2, le=200)
    pegs: Annotated[int, said("hooks", "arms")] = Field(6, ge=1, le=16)
    peg_length: float = Field(150, ge=5, le=600)
    yields: ClassVar[Sizes] = {
        "foot_diameter": ("height",),
        "pole_diameter": ("height", "foot_diameter"),
        "peg_length": ("height", "foot_diameter"),
    }

    def parts(self) -> list[Part]:
        """Foot, pole with its knob, and pegs that rise outwards, the first one to the right."""
        h, r, p = self.height, self.foot_diameter / 2, self.pole_diameter / 2
        below(self, "pole_diameter", 0.6 * self.foot_diameter, "foot_diameter")
        below(self, "peg_length", 0.25 * h, "height")
        require(
            self,
            self.peg_length > 1.6 * p,
            f"peg_length ({self.peg_length:g}) does not leave the pole ({2 * p:g} thick)",
        )
        foot, thick = 0.02 * h, max(0.8, 0.5 * p)
        found = [
            Part("foot", turned([(r, 0.0), (r, 0.7 * foot), (0.9 * r, foot)]), own(), "walnut"),
            Part("pole", Cylinder(diameter=2 * p, height=0.97 * h - foot), at(z=0.5 * foot), "walnut"),
            Part(
                "knob",
                turned(smooth([(0.6 * p, 0.94 * h), (1.3 * p, 0.98 * h), (0.3 * p, h)], pieces=5)),
                own(),
                "walnut",
            ),
        ]
        out, low = self.peg_length, 0.9 * h
        for n, (x, y) in enumerate(on_circle(self.pegs, 1.0)):
            z = low - (0.06 * h if n % 2 and self.pegs % 2 == 0 else 0.0)  # every other one lower, so that hats fit
            path = ((0.2 * p * x, 0.2 * p * y, z - 0.2 * out), (out * x, out * y, z + 0.3 * out))
            tags = (("left",) if x < -0.1 else ("right",) if x > 0.1 else ()) + (
                ("front",) if y < -0.1 else ("back",) if y > 0.1 else ()
            )
            found.append(Part("peg", Sweep(profile=Circle(diameter=2 * thick), path=path), own(), "walnut", tags))
        return found


class MonitorRiser(Made):
    """A riser for a monitor: a top on two panels."""

    names = ("monitor riser", "monitor stand", "desk riser", "screen riser")
    width: Annotated[float, said("length")] = Field(550, ge=30, le=2000)
    depth: float = Field(240, ge=20, le=1000)
    height: float = Field(120, ge=10, le=800)
    top_thickness: Annotated[float, said("thickness")] = Field(18, ge=0.8, le=100)
    panel_thickness: Annotated[float, said("side thickness", "leg thickness")] = Field(18, ge=0.8, le=100)
    yields: ClassVar[Sizes] = {
        "top_thickness": ("height", "width", "depth"),
        "panel_thickness": ("width", "height", "depth"),
    }

    def parts(self) -> list[Part]:
        """The top, and a panel under each end."""
        w, d, h, t, p = self.width, self.depth, self.height, self.top_thickness, self.panel_thickness
        below(self, "top_thickness", 0.6 * h, "height")
        below(self, "panel_thickness", 0.25 * w, "width")
        low = h - t + SUNK
        return [
            block("top", (w, d, t), 0, 0, h - t, "bamboo"),
            block("panel", (p, d, low), (p - w) / 2, material="bamboo", tags=("left",)),
            block("panel", (p, d, low), (w - p) / 2, material="bamboo", tags=("right",)),
        ]


def _soft(shape: str, width: float, depth: float, thick: float, edge: float) -> Compound:
    """A block or disc with rounded corners, its upper and lower edges rounded by `edge` mm."""
    radius = 0.12 * min(width, depth)
    if shape == "round":
        body = Extrude(profile=Circle(diameter=width), height=thick)
    else:
        body = rounded(width, depth, thick, max(radius, 1.02 * edge))
    return Compound(base=body, features=(Fillet(radius=edge, edges=("top", "bottom")),))

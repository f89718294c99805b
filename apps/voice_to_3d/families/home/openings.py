"""Parts of a building at full size: door, window, ladder, stairs, fence, gate."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Part, said
from wugan.apps.voice_to_3d.families.home.carcass import handle
from wugan.apps.voice_to_3d.families.home.kit import SIDEWAYS, UPRIGHT, below, block, cut, level, own, polygon
from wugan.apps.voice_to_3d.families.home.made import Made, Sizes
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.solid import Box, Cylinder, Extrude
from wugan.errors import DataError


class Door(Made):
    """A door in its frame, with panels or a pane and a handle."""

    names = ("door", "front door", "house door")
    width: float = Field(900, ge=20, le=3000)
    height: float = Field(2100, ge=40, le=4000)
    depth: Annotated[float, said("thickness")] = Field(120, ge=3, le=500)
    frame_width: Annotated[float, said("frame thickness")] = Field(60, ge=1, le=300)
    style: Literal["panelled", "plain", "glazed"] = "panelled"
    panels: int = Field(4, ge=1, le=8)
    hinge: Annotated[Literal["left", "right"], said("hinged", "hinges on the")] = "left"
    follows: ClassVar[Sizes] = {"width": ("height",)}
    yields: ClassVar[Sizes] = {"frame_width": ("width", "height"), "depth": ("width", "height")}

    def parts(self) -> list[Part]:
        """Jambs, lintel, leaf, panels, handle; the depth counts the handle."""
        f, w, h = self.frame_width, self.width, self.height
        below(self, "frame_width", 0.25 * w, "width")
        below(self, "frame_width", 0.2 * h, "height")
        out = 0.45 * self.depth
        deep = self.depth - out
        y0 = out / 2
        front = y0 - deep / 2
        found = [
            block("jamb", (f, deep, h), -(w - f) / 2, y0, 0, "white", ("left",)),
            block("jamb", (f, deep, h), (w - f) / 2, y0, 0, "white", ("right",)),
            block("lintel", (w, deep, f), 0, y0, h - f, "white", ("top",)),
        ]
        free, tall, thick = w - 2 * f, h - f, 0.6 * deep
        leaf_front = front + 0.15 * deep
        rim = min(0.14 * free, 0.1 * tall)
        middle = leaf_front + thick / 2
        if self.style == "plain":
            found.append(block("leaf", (free, thick, tall), 0, middle, 0, "oak"))
        else:
            rows = 1 if self.style == "glazed" else max(1, (self.panels + 1) // 2)
            columns = 1 if self.style == "glazed" or self.panels == 1 else 2
            each_w = (free - rim * (columns + 1)) / columns
            each_h = (tall - rim * (rows + 1)) / rows
            holes = []
            for r in range(rows):
                for c in range(columns):
                    x = -free / 2 + rim + each_w / 2 + c * (each_w + rim)
                    z = rim + r * (each_h + rim)
                    glazed = self.style == "glazed"
                    holes.append((Box(size=(each_w, 2 * thick, each_h)), own(x, 0 if glazed else -1.3 * thick, z)))
                    if glazed:
                        found.append(block("pane", (each_w, 0.3 * thick, each_h), x, middle, z, "frosted glass"))
            leaf = cut(Box(size=(free, thick, tall)), *holes)
            found.append(Part("leaf", leaf, at(0, middle), "oak"))
        side = 1 if self.hinge == "left" else -1
        x = side * (free / 2 - 0.5 * rim)
        reach = leaf_front + self.depth / 2
        found += handle("knob", x, leaf_front, 0.48 * h, 0.0, reach, ("right" if side > 0 else "left",))
        return found


class Window(Made):
    """A window in its frame with glazing bars and a sill."""

    names = ("window", "casement window", "sash window")
    width: float = Field(1000, ge=20, le=5000)
    height: float = Field(1200, ge=20, le=4000)
    depth: Annotated[float, said("thickness")] = Field(120, ge=3, le=500)
    frame_width: Annotated[float, said("frame thickness")] = Field(60, ge=1, le=300)
    columns: Annotated[int, said("panes across")] = Field(2, ge=1, le=8)
    rows: Annotated[int, said("panes high")] = Field(2, ge=1, le=8)
    sill: Annotated[bool, said("window sill", "windowsill")] = True
    yields: ClassVar[Sizes] = {"frame_width": ("width", "height"), "depth": ("width", "height")}

    def parts(self) -> list[Part]:
        """Frame, bars, panes, sill; width and depth count the sill."""
        f, w, h = self.frame_width, self.width, self.height
        below(self, "frame_width", 0.4 * w / (self.columns + 1), "width", "columns")
        below(self, "frame_width", 0.4 * h / (self.rows + 1), "height", "rows")
        inset = 0.5 * f if self.sill else 0.0
        deep = 0.6 * self.depth if self.sill else self.depth
        y0 = (self.depth - deep) / 2
        low = 0.6 * f if self.sill else 0.0
        wide, tall = w - 2 * inset, h - low
        found = [
            block("frame", (f, deep, tall), -(wide - f) / 2, y0, low, "white", ("left",)),
            block("frame", (f, deep, tall), (wide - f) / 2, y0, low, "white", ("right",)),
            block("frame", (wide, deep, f), 0, y0, low, "white", ("bottom",)),
            block("frame", (wide, deep, f), 0, y0, h - f, "white", ("top",)),
        ]
        bar = 0.5 * f
        for k in range(1, self.columns):
            x = -wide / 2 + f / 2 + (wide - f) * k / self.columns
            found.append(block("glazing bar", (bar, 0.6 * deep, tall - f), x, y0, low + f / 2, "white"))
        for k in range(1, self.rows):
            z = low + f / 2 + (tall - f) * k / self.rows - bar / 2
            found.append(block("glazing bar", (wide - f, 0.6 * deep, bar), 0, y0, z, "white"))
        glass = (wide - f, 0.12 * deep, tall - f)
        found.append(block("pane", glass, 0, y0, low + f / 2, "glass"))
        if self.sill:
            found.append(block("sill", (w, self.depth, low), 0, 0, 0, "white"))
        return found


class Ladder(Made):
    """A ladder, or a stepladder that stands by itself."""

    names = ("ladder", "stepladder", "step ladder")
    width: float = Field(450, ge=15, le=1500)
    height: Annotated[float, said("length")] = Field(2400, ge=40, le=10000)
    depth: float = Field(60, ge=2, le=3000)
    rungs: Annotated[int, said("steps")] = Field(8, ge=1, le=40)
    style: Literal["straight", "folding"] = "straight"
    rail_thickness: float = Field(35, ge=1, le=150)
    follows: ClassVar[Sizes] = {}
    yields: ClassVar[Sizes] = {"rail_thickness": ("width", "height"), "depth": ("height",)}

    @classmethod
    def _proportioned(cls, data: dict[str, object]) -> dict[str, object]:
        said_depth = "depth" in data
        data = super()._proportioned(data)
        if data.get("style") == "folding" and not said_depth:
            height = data.get("height", cls.model_fields["height"].default)
            data["depth"] = min(3000.0, 0.5 * height) if isinstance(height, int | float) else 1200.0
        return data

    def parts(self) -> list[Part]:
        """Rails left and right, rungs from the bottom up; a folding one has legs behind."""
        t, w, h, d = self.rail_thickness, self.width, self.height, self.depth
        below(self, "rail_thickness", 0.25 * w, "width")
        below(self, "rail_thickness", 0.5 * h / (self.rungs + 1), "height", "rungs")
        x = (w - t) / 2
        if self.style == "straight":
            found = [block("rail", (t, d, h), a, 0, 0, "aluminium", (s,)) for a, s in ((-x, "left"), (x, "right"))]
            thick = min(0.8 * t, 0.8 * d)
            for k in range(self.rungs):
                z = h * (k + 0.5) / self.rungs - thick / 2 if self.rungs > 1 else 0.5 * h
                place = at(0, 0, z, rotate=(0, 90, 0))
                found.append(
                    Part("rung", Cylinder(diameter=thick, height=2 * x), place, "aluminium", level(k, self.rungs))
                )
            return found
        below(self, "rail_thickness", 0.2 * d, "depth")
        found, wide = [], 1.4 * t
        for a, s in ((-x, "left"), (x, "right")):
            for f, sign in (("front", -1), ("back", 1)):
                points = [(-d / 2, 0), (-d / 2 + wide, 0), (0.5 * wide, h), (-0.5 * wide, h)]
                if sign > 0:
                    points = [(-p, q) for p, q in reversed(points)]
                rail = Extrude(profile=polygon(*points), height=t)
                found.append(Part("rail", rail, own(a - t / 2, 0, 0, SIDEWAYS), "aluminium", (s, f)))
        for k in range(self.rungs):
            share = (k + 1) / (self.rungs + 1)
            y = (-d / 2 + wide / 2) * (1 - share)
            size = (2 * x, 1.3 * wide, 0.5 * t)
            found.append(block("rung", size, 0, y, h * share, "aluminium", level(k, self.rungs)))
        found.append(block("cap", (w, wide, t), 0, 0, h - t, "red"))
        y = (d / 2 - wide / 2) * 0.65
        found.append(block("brace", (2 * x, 0.6 * wide, 0.8 * t), 0, y, 0.35 * h, "aluminium", ("back",)))
        return found


class Stairs(Made):
    """A straight flight of stairs, solid or open, with or without rails."""

    names = ("stairs", "staircase", "flight of stairs", "stairway")
    width: Annotated[float, said("step width", "tread width")] = Field(900, ge=15, le=4000)
    depth: Annotated[float, said("length", "run")] = Field(2500, ge=30, le=10000)
    height: Annotated[float, said("rise")] = Field(1800, ge=20, le=10000)
    steps: Annotated[int, said("treads", "risers")] = Field(10, ge=1, le=50)
    step_height: Annotated[float, said("riser height", "step rise")] = Field(0, ge=0, le=10000)
    step_depth: Annotated[float, said("tread depth", "going", "step run")] = Field(0, ge=0, le=10000)
    style: Literal["solid", "open"] = "solid"
    railing: Annotated[bool, said("rails", "handrail", "railings", "banister")] = False
    railing_height: float = Field(900, ge=5, le=1500)
    follows: ClassVar[Sizes] = {"height": ("depth",), "depth": ("height",)}
    yields: ClassVar[Sizes] = {"railing_height": ("height", "width")}

    @classmethod
    def _proportioned(cls, data: dict[str, Any]) -> dict[str, Any]:
        """A step's height and depth (0: they follow) times the steps are those of the flight."""
        pairs = (("height", "step_height"), ("depth", "step_depth"))
        steps = data.get("steps", cls.model_fields["steps"].default)
        for whole, each in pairs:
            if not (data.get(each) and steps):
                continue
            if whole in data and abs(data[whole] - steps * data[each]) > 1e-6 * data[whole]:
                raise DataError(
                    f"{cls.names[0]}: {steps} steps with {each} {data[each]:g} make {steps * data[each]:g}, and not "
                    f"{whole} {data[whole]:g}: say one of the two"
                )
            data = {**data, whole: steps * data[each]}
            if not 20 <= data[whole] <= 10000:
                raise DataError(
                    f"{cls.names[0]}: {steps} steps with {each} {data[each]:g} make {data[whole]:g} mm of {whole}; "
                    "20 mm to 10 m can be made"
                )
        data = super()._proportioned(data)
        for whole, each in pairs:
            if not data.get(each) and steps:
                data[each] = data.get(whole, cls.model_fields[whole].default) / steps
        return data

    def parts(self) -> list[Part]:
        """Steps from the front bottom to the back top; a railing stands on them, above the height."""
        n, w, d, h = self.steps, self.width, self.depth, self.height
        run, rise = d / n, h / n
        found = []
        thick = min(0.5 * rise, 50.0)
        for k in range(n):
            y = -d / 2 + run * (k + 0.5)
            tags = level(k, n)
            if self.style == "solid":
                under = 0.05 * run if k < n - 1 else 0.0  # reaches under the next step, so that both are one piece
                found.append(block("step", (w, run + under, rise * (k + 1)), 0, y + under / 2, 0, "concrete", tags))
            else:
                deep = min(1.15 * run, d)
                y = min(max(y, -d / 2 + deep / 2), d / 2 - deep / 2)
                found.append(block("step", (w, deep, thick), 0, y, rise * (k + 1) - thick, "oak", tags))
        if self.style == "open":
            t = min(0.06 * w, 60.0)
            drop = min(1.2 * rise, 0.5 * h)
            points = [
                (-d / 2, 0),
                (-d / 2 + min(run, d), 0),
                (d / 2, max(h - thick - drop, 0.0)),
                (d / 2, h - 0.5 * thick),
                (-d / 2, max(rise - 0.5 * thick, 0.1)),
            ]
            for a, s in ((-(w - t) / 2, "left"), ((w - t) / 2, "right")):
                string = Extrude(profile=polygon(*points), height=t)
                found.append(Part("stringer", string, own(a - t / 2, 0, 0, SIDEWAYS), "oak", (s,)))
        if self.railing:
            below(self, "railing_height", 3 * h + 1000, "height")
            found += self._railing(run, rise)
        return found

    def _railing(self, run: float, rise: float) -> list[Part]:
        n, w, d, up = self.steps, self.width, self.depth, self.railing_height
        t = min(40.0, 0.06 * w, 0.3 * run, 0.2 * up)
        found = []
        for x, side in ((-(w - t) / 2, "left"), ((w - t) / 2, "right")):
            ends = []
            for k in range(n):
                y = -d / 2 + run * (k + 0.5)
                ends.append((y, rise * (k + 1) + up))
                post = block("baluster", (0.8 * t, 0.8 * t, up - 0.5 * t), x, y, rise * (k + 1), "oak", (side,))
                found.append(post)
            (y0, z0), (y1, z1) = ends[0], ends[-1]
            points = [(y0 - t, z0 - t), (y0 + t, z0 - t), (y1 + t, z1 - t), (y1 + t, z1), (y1 - t, z1), (y0 - t, z0)]
            if n == 1:
                points = [(y0 - t, z0 - t), (y0 + t, z0 - t), (y0 + t, z0), (y0 - t, z0)]
            rail = Extrude(profile=polygon(*points), height=t)
            found.append(Part("handrail", rail, own(x - t / 2, 0, 0, SIDEWAYS), "oak", (side,)))
        return found


class Fence(Made):
    """A length of fence: posts, rails and pickets."""

    names = ("fence", "picket fence", "garden fence", "railing")
    width: Annotated[float, said("length")] = Field(2000, ge=40, le=20000)
    height: float = Field(1000, ge=20, le=4000)
    depth: Annotated[float, said("thickness")] = Field(90, ge=2, le=500)
    posts: int = Field(2, ge=2, le=20)
    pickets: Annotated[int, said("slats", "boards", "palings")] = Field(12, ge=1, le=200)
    rails: int = Field(2, ge=1, le=5)
    style: Literal["pointed", "flat"] = "pointed"
    yields: ClassVar[Sizes] = {"depth": ("height", "width")}

    def parts(self) -> list[Part]:
        """Posts at the back, rails, pickets at the front from left to right. Posts and pickets are equally high."""
        w, h, d = self.width, self.height, self.depth
        below(self, "depth", 0.5 * h, "height")
        below(self, "depth", 0.5 * w / self.posts, "width", "posts")
        thin = 0.25 * d
        post = 0.75 * d
        y0, y1 = d / 2 - post / 2, -d / 2 + thin / 2
        found = []
        for k in range(self.posts):
            x = (w - post) * (k / (self.posts - 1) - 0.5)
            tags = ("left",) if k == 0 else ("right",) if k == self.posts - 1 else ("middle",)
            found.append(block("post", (post, post, h), x, y0, 0, "pine", tags))
        rail = min(0.1 * h, 0.3 * h / self.rails)
        for k in range(self.rails):
            z = (0.5 if self.rails == 1 else 0.2 + 0.55 * k / (self.rails - 1)) * h
            found.append(
                block(
                    "rail",
                    (w, 0.4 * post + 0.1 * thin, rail),
                    0,
                    -d / 2 + 0.95 * thin + 0.2 * post,
                    z,
                    "pine",
                    level(k, self.rails),
                )
            )
        pitch = w / self.pickets
        wide = min(0.6 * pitch, 0.9 * h)
        low = 0.05 * h
        tip = min(0.5 * wide, 0.1 * h) if self.style == "pointed" else 0.0
        points = [(-wide / 2, low), (wide / 2, low), (wide / 2, h - tip), (-wide / 2, h - tip)]
        if tip:
            points.insert(3, (0.0, h))
        shape = Extrude(profile=polygon(*points), height=thin)
        for k in range(self.pickets):
            x = -w / 2 + pitch * (k + 0.5)
            found.append(Part("picket", shape, own(x, y1 + thin / 2, 0, UPRIGHT), "white"))
        return found


class Gate(Made):
    """A garden gate: a frame with bars or boards and a brace, between two posts."""

    names = ("gate", "garden gate")
    width: float = Field(1200, ge=40, le=6000)
    height: float = Field(1100, ge=40, le=4000)
    depth: Annotated[float, said("thickness")] = Field(100, ge=2, le=500)
    bars: Annotated[int, said("boards", "slats")] = Field(8, ge=1, le=60)
    brace: Annotated[bool, said("diagonal")] = True
    yields: ClassVar[Sizes] = {"depth": ("height", "width")}

    def parts(self) -> list[Part]:
        """Posts, frame, bars, brace, hinges."""
        w, h, d = self.width, self.height, self.depth
        below(self, "depth", 0.2 * min(w, h), "width", "height")
        found = [
            block("post", (d, d, h), a, 0, 0, "oak", (s,)) for a, s in ((-(w - d) / 2, "left"), ((w - d) / 2, "right"))
        ]
        gap = 0.1 * d
        free = w - 2 * d - 2 * gap
        low, top, f = 0.06 * h, 0.95 * h, 0.6 * d
        t = 0.4 * d
        for x, s in ((-(free - f) / 2, "left"), ((free - f) / 2, "right")):
            found.append(block("stile", (f, t, top - low), x, 0, low, "pine", (s,)))
        for z, s in ((low, "bottom"), (top - f, "top")):
            found.append(block("rail", (free, t, f), 0, 0, z, "pine", (s,)))
        pitch = (free - 2 * f) / self.bars
        for k in range(self.bars):
            x = -free / 2 + f + pitch * (k + 0.5)
            found.append(block("bar", (0.55 * pitch, 0.6 * t, top - low - f), x, 0, low + f / 2, "pine"))
        if self.brace:
            a, b = -free / 2 + f * 0.3, free / 2 - f * 0.3
            shape = polygon((a, low + 0.2 * f), (a + f, low + 0.2 * f), (b, top - 0.2 * f), (b - f, top - 0.2 * f))
            found.append(Part("brace", Extrude(profile=shape, height=0.8 * t), own(0, 0.4 * t, 0, UPRIGHT), "pine"))
        for z, s in ((low + 0.12 * h, "bottom"), (top - 0.18 * h, "top")):
            found.append(
                block("hinge", (1.2 * d, 0.7 * d, 0.03 * h), -(w - d) / 2 + 0.6 * d, 0, z, "black steel", ("left", s))
            )
        latch = block(
            "latch", (1.2 * d, 0.7 * d, 0.03 * h), (w - d) / 2 - 0.6 * d, 0, 0.6 * h, "black steel", ("right",)
        )
        return [*found, latch]

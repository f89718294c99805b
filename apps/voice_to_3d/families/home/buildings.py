"""Buildings and their pieces: doors, windows, stairs, fences; houses, towers, bridges; arches, walls, tents."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.families.base import Made, Part, Sizes, led, said
from wugan.apps.voice_to_3d.families.home.kit import (
    SIDEWAYS,
    SUNK,
    UPRIGHT,
    below,
    block,
    cut,
    handle,
    join,
    level,
    on_circle,
    outline,
    own,
    polygon,
    scaled,
    sides,
    smooth,
    turned,
)
from wugan.apps.voice_to_3d.families.solids import bar, extruded, prism
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.profile import Circle, Combined, Piece, Rectangle
from wugan.apps.voice_to_3d.scene.solid import Box, Cone, Cylinder, Pyramid, Revolve, Solid, Sphere
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
    follows = led("width", by="height")
    yields = led("frame_width", "depth", by=("width", "height"))

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
    yields = led("frame_width", "depth", by=("width", "height"))

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
    yields = led("rail_thickness", by=("width", "height")) | led("depth", by="height")

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
                found.append(Part("rung", bar(thick, 2 * x), place, "aluminium", level(k, self.rungs)))
            return found
        below(self, "rail_thickness", 0.2 * d, "depth")
        found, wide = [], 1.4 * t
        for a, s in ((-x, "left"), (x, "right")):
            for f, sign in (("front", -1), ("back", 1)):
                points = [(-d / 2, 0), (-d / 2 + wide, 0), (0.5 * wide, h), (-0.5 * wide, h)]
                if sign > 0:
                    points = [(-p, q) for p, q in reversed(points)]
                rail = prism(points, t)
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
    follows = led("height", by="depth") | led("depth", by="height")
    yields = led("railing_height", by=("height", "width"))

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
                string = prism(points, t)
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
            rail = prism(points, t)
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
    yields = led("depth", by=("height", "width"))

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
        shape = prism(points, thin)
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
    yields = led("depth", by=("height", "width"))

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
            found.append(Part("brace", extruded(shape, 0.8 * t), own(0, 0.4 * t, 0, UPRIGHT), "pine"))
        for z, s in ((low + 0.12 * h, "bottom"), (top - 0.18 * h, "top")):
            found.append(
                block("hinge", (1.2 * d, 0.7 * d, 0.03 * h), -(w - d) / 2 + 0.6 * d, 0, z, "black steel", ("left", s))
            )
        latch = block(
            "latch", (1.2 * d, 0.7 * d, 0.03 * h), (w - d) / 2 - 0.6 * d, 0, 0.6 * h, "black steel", ("right",)
        )
        return [*found, latch]


Across = Annotated[float, said("length")]


class House(Made):
    """A model of a house: walls, a gabled, hipped or flat roof, a door, windows, a chimney."""

    names = ("house", "cottage", "home", "barn", "shed", "cabin", "hut", "dog house", "doghouse", "kennel", "dollhouse")
    width: Across = Field(120, ge=10, le=50000)
    depth: float = Field(90, ge=10, le=50000)
    height: float = Field(110, ge=10, le=50000)
    roof: Literal["gabled", "hipped", "flat"] = "gabled"
    roof_height: float = Field(45, ge=1, le=20000)
    floors: Annotated[int, said("storeys", "stories")] = Field(1, ge=1, le=10)
    windows: Annotated[int, said("windows in front")] = Field(2, ge=0, le=10)
    door: bool = True
    chimney: bool = True
    follows = (
        led("roof_height", by=("height", "width"))
        | led("width", by=("height", "depth"))
        | led("depth", by=("width", "height"))
        | led("height", by=("width", "depth"))
    )

    def parts(self) -> list[Part]:
        """Walls, roof (its eaves are the width and depth), door, windows left and right of it and above, chimney."""
        w, d, h = self.width, self.depth, self.height
        flat = self.roof == "flat"
        top = 0.06 * h if flat else self.roof_height
        if not flat:
            below(self, "roof_height", 0.8 * h, "height")
        tall = h - top
        over = 0.05 * min(w, d)
        a, b = w - 2 * over, d - 2 * over
        found = [block("wall", (a, b, tall), material="cream")]
        if flat:
            found.append(block("roof", (w, d, top), 0, 0, tall, "grey"))
        elif self.roof == "hipped":
            base = Rectangle(width=w, depth=d)
            found.append(Part("roof", Pyramid(profile=base, height=top, top_scale=0.12), at(z=tall), "dark red"))
        else:
            gable = polygon((-d / 2, 0), (d / 2, 0), (0, top))
            found.append(Part("roof", extruded(gable, w), own(-w / 2, 0, tall, (90, 0, 90)), "dark red"))
        front, thin = -b / 2, 0.5 * over
        story = tall / self.floors
        wide, high = 0.16 * a, 0.62 * story
        if self.door:
            found.append(block("door", (wide, 2 * thin, high), 0, front, 0, "brown"))
            knob = at(0.3 * wide, front - thin, 0.45 * high, "centre", (90, 0, 0))
            found.append(Part("door knob", bar(0.12 * wide, 0.5 * thin), knob, "brass"))
        for floor in range(self.floors):
            spots = self._spots(floor, a, wide)
            size = (min(0.15 * a, 0.7 * a / max(1, len(spots) + 1)), 2 * thin, 0.4 * story)
            for x in spots:
                z = floor * story + 0.35 * story
                found.append(
                    block("window", size, x, front, z, "light blue", (*sides(x, -1), *level(floor, self.floors)))
                )
        if self.chimney and not flat:
            stack = 0.1 * min(w, d)
            x, y = (0.28 * a, 0.16 * d) if self.roof == "gabled" else (0.25 * a, 0.1 * d)
            found.append(block("chimney", (stack, stack, top), x, y, tall, "brick"))
        return found

    def _spots(self, floor: int, a: float, wide: float) -> list[float]:
        n = self.windows
        if not n:
            return []
        if floor or not self.door:
            return [a * ((k + 0.5) / n - 0.5) for k in range(n)]
        left, right = (n + 1) // 2, n // 2
        half = (a - wide) / 2
        spots = [-wide / 2 - half * (k + 0.5) / left for k in range(left)]
        return spots + [wide / 2 + half * (k + 0.5) / right for k in range(right)]


def battlements(width: float, teeth: int, tooth: float, height: float, z: float, material: str) -> list[Part]:
    """Merlons on the edge of a round platform."""
    r = width / 2 - tooth / 2
    size = min(tooth, 0.9 * pi * r / teeth)
    points = on_circle(teeth, r - 0.3 * size)
    return [block("merlon", (size, size, height), x, y, z, material, sides(x, y)) for x, y in points]


class Tower(Made):
    """A model of a tower, round or square, with battlements or a pointed roof."""

    names = ("tower", "watchtower", "turret", "keep")
    shape: Literal["round", "square"] = "round"
    width: Annotated[float, said("diameter")] = Field(60, ge=8, le=20000)
    depth: float = Field(60, ge=8, le=20000)
    height: float = Field(150, ge=12, le=50000)
    roof: Annotated[Literal["battlements", "pointed", "flat"], said("top")] = "battlements"
    windows: int = Field(3, ge=0, le=12)
    door: bool = True
    follows = led("width", by="height") | led("height", by=("width", "depth"))

    def parts(self) -> list[Part]:
        """Shaft, platform, merlons or roof, door, slits from the bottom up."""
        w, h = self.width, self.height
        below(self, "width", 2 * h, "height")
        crown = min(0.14 * h, 0.3 * w)
        peak = min(0.35 * h, 0.9 * w) if self.roof == "pointed" else crown if self.roof == "battlements" else 0.0
        shaft = h - peak
        thick = 0.4 * crown
        body = outline(self.shape, 0.84 * w, 0.84 * w)
        platform = outline(self.shape, w, w)
        found = [
            Part("shaft", extruded(body, shaft), at(), "stone"),
            Part("platform", extruded(platform, thick), at(z=shaft - thick), "stone"),
        ]
        if self.roof == "pointed":
            cone: Solid = Cone(bottom_diameter=w, height=peak)
            if self.shape == "square":
                cone = Pyramid(profile=platform, height=peak)
            found.append(Part("roof", cone, at(z=shaft), "dark red"))
        elif self.roof == "battlements":
            tooth = 0.16 * w
            if self.shape == "round":
                found += battlements(w, 8, tooth, peak, shaft, "stone")
            else:
                edge = (w - tooth) / 2
                spots = {(a * edge, b * edge) for a in (-1, 0, 1) for b in (-1, 0, 1)} - {(0, 0)}
                found += [
                    block("merlon", (tooth, tooth, peak), x, y, shaft, "stone", sides(x, y)) for x, y in sorted(spots)
                ]
        front, thin = -0.42 * w, 0.08 * w
        if self.door:
            found.append(block("door", (0.2 * w, thin, min(0.3 * w, 0.25 * shaft)), 0, front + 0.3 * thin, 0, "brown"))
        for k in range(self.windows):
            z = shaft * (0.32 + 0.55 * k / max(1, self.windows))
            size = (0.07 * w, thin, min(0.16 * w, 0.4 * shaft / self.windows))
            found.append(block("window", size, 0, front + 0.3 * thin, z, "dark grey", level(k, self.windows)))
        return found


class Castle(Made):
    """A model of a castle: four corner towers, walls with battlements, a gate and a keep."""

    names = ("castle", "fortress", "fort")
    width: Across = Field(160, ge=30, le=50000)
    depth: float = Field(160, ge=30, le=50000)
    height: float = Field(100, ge=20, le=50000)
    towers: Annotated[Literal["round", "square"], said("tower shape")] = "round"
    roof: Annotated[Literal["battlements", "pointed"], said("tower roof")] = "battlements"
    keep: Annotated[bool, said("main tower", "flag")] = True
    follows = (
        led("width", by=("height", "depth"))
        | led("depth", by=("width", "height"))
        | led("height", by=("width", "depth"))
    )

    def parts(self) -> list[Part]:
        """Ground, towers, walls, gate, keep."""
        w, d, h = self.width, self.depth, self.height
        tall = 0.75 * h if self.keep else h
        t = min(0.22 * min(w, d), 1.6 * tall)
        x, y = (w - t) / 2, (d - t) / 2
        found = [block("ground", (2 * x, 2 * y, 0.03 * h), material="green")]
        for b in (-y, y):
            for a in (-x, x):
                tower = Tower.model_construct(
                    shape=self.towers, width=t, depth=t, height=tall, roof=self.roof, door=False, windows=2
                )
                found += _moved(tower.parts(), a, b, tall, "tower", sides(a, b))
        wall, thick = 0.5 * tall, 0.35 * t
        teeth = 5
        for f, b in (("front", -y), ("back", y)):
            found.append(block("wall", (2 * x, thick, wall), 0, b, 0, "stone", (f,)))
            for k in range(teeth):
                a = 2 * x * ((k + 0.5) / teeth - 0.5) * 0.8
                found.append(block("merlon", (0.1 * x, thick, 0.12 * tall), a, b, wall, "stone", (f,)))
        for s, a in (("left", -x), ("right", x)):
            found.append(block("wall", (thick, 2 * y, wall), a, 0, 0, "stone", (s,)))
            for k in range(teeth):
                b = 2 * y * ((k + 0.5) / teeth - 0.5) * 0.8
                found.append(block("merlon", (thick, 0.1 * y, 0.12 * tall), a, b, wall, "stone", (s,)))
        gate = 0.2 * x
        arch = polygon(
            *[(gate * cos(pi * k / 16), 0.4 * wall + gate * sin(pi * k / 16)) for k in range(17)], (-gate, 0), (gate, 0)
        )
        found.append(Part("gate", extruded(arch, 1.3 * thick), at(0, -y, 0, rotate=UPRIGHT), "brown", ("front",)))
        if self.keep:
            middle = min(0.3 * min(w, d), 1.6 * h)
            centre = Tower.model_construct(
                shape="square", width=middle, depth=middle, height=h, roof="battlements", door=True, windows=2
            )
            found += _moved(centre.parts(), 0, 0, h, "keep", ("middle",))
        return found


def _moved(parts: list[Part], x: float, y: float, height: float, role: str, tags: tuple[str, ...]) -> list[Part]:
    """A tower's parts carried to (x, y); the main ones are called by the tower's role."""
    found = []
    for part in parts:
        place = part.place.model_copy(
            update={
                "x": part.place.x.model_copy(update={"offset": part.place.x.offset + x}),
                "y": part.place.y.model_copy(update={"offset": part.place.y.offset + y}),
            }
        )
        name = role if part.role == "shaft" else f"{role} {part.role}"
        found.append(Part(name, part.shape, place, part.material, tags))
    return found


class Lighthouse(Made):
    """A model of a lighthouse: a striped tapering tower, a gallery, a lantern room and a dome."""

    names = ("lighthouse", "light house")
    diameter: Annotated[float, said("width", "base diameter")] = Field(60, ge=10, le=20000)
    height: float = Field(180, ge=20, le=60000)
    stripes: Annotated[int, said("bands")] = Field(5, ge=1, le=15)
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """Foot, bands from the bottom up, gallery, lantern, dome."""
        r, h = self.diameter / 2, self.height
        below(self, "diameter", 0.9 * h, "height")
        foot, tall = 0.05 * h, 0.7 * h
        found = [Part("base", bar(2 * r, foot), at(), "stone")]
        for k in range(self.stripes):
            a, b = (0.8 * r - 0.35 * r * s / self.stripes for s in (k, k + 1))
            step = (tall - foot) / self.stripes
            sunk = 0.02 * step  # into the band below, so that both are one piece
            cone = Cone(bottom_diameter=2 * a, top_diameter=2 * b, height=step + sunk)
            colour = "white" if k % 2 == 0 else "red"
            found.append(Part("band", cone, at(z=foot + k * step - sunk), colour, level(k, self.stripes)))
        z = tall
        found += [
            Part("gallery", bar(1.3 * r, 0.045 * h), at(z=z - 0.005 * h), "black"),
            Part("lantern", bar(0.7 * r, 0.13 * h), at(z=z + 0.035 * h), "light yellow"),
        ]
        for x, y in on_circle(12, 0.6 * r):
            found.append(
                Part(
                    "railing post",
                    bar(max(0.04 * r, 0.8 if r > 20 else 0.04 * r), 0.05 * h),
                    at(x, y, z + 0.035 * h),
                    "black",
                )
            )
        ring = Cylinder(diameter=1.28 * r, inner_diameter=1.12 * r, height=0.012 * h)
        found.append(Part("railing", ring, at(z=z + 0.085 * h), "black"))
        dome = smooth(scaled([(0.5, 0), (0.44, 0.5), (0.08, 0.75), (0.05, 1)], r, 0.14 * h), 6)
        return [*found, Part("dome", turned(dome), at(z=h - 0.14 * h), "red")]


class Bridge(Made):
    """A bridge: a deck on arches or piers, with parapets."""

    names = ("bridge", "viaduct", "footbridge")
    width: Across = Field(240, ge=20, le=90000)
    depth: Annotated[float, said("deck width")] = Field(50, ge=5, le=20000)
    height: float = Field(70, ge=5, le=30000)
    arches: Annotated[int, said("spans")] = Field(2, ge=1, le=12)
    style: Literal["arched", "beam"] = "arched"
    parapet: Annotated[bool, said("railing", "railings", "rails")] = True
    follows = led("width", by="height") | led("depth", by=("width", "height")) | led("height", by="width")

    def parts(self) -> list[Part]:
        """The body with its openings, the road, parapets front and back."""
        w, d, h = self.width, self.depth, self.height
        rail = 0.15 * h if self.parapet else 0.0
        deck = h - rail
        pier = 0.12 * w / self.arches
        span = (w - pier * (self.arches + 1)) / self.arches
        crown = deck * 0.84
        rise = min(span / 2, crown * 0.95) if self.style == "arched" else 0.0
        holes = []
        for k in range(self.arches):
            x = -w / 2 + pier + span / 2 + k * (span + pier)
            spring = crown - rise
            arc = [(x + span / 2 * cos(pi * j / 24), spring + rise * sin(pi * j / 24)) for j in range(25)]
            if self.style == "beam":
                arc = [(x + span / 2, crown), (x - span / 2, crown)]
            points = [(x - span / 2, -1.0), (x + span / 2, -1.0), *arc]
            holes.append((prism(tuple(points), 2 * d), own(0, 0, -d / 2)))
        block_ = prism(((-w / 2, 0), (w / 2, 0), (w / 2, deck), (-w / 2, deck)), d)
        found = [Part("body", cut(block_, *holes), own(0, d / 2, 0, UPRIGHT), "stone")]
        if self.parapet:
            thick = 0.1 * d
            for f, y in (("front", -(d - thick) / 2), ("back", (d - thick) / 2)):
                found.append(block("parapet", (w, thick, rail + SUNK), 0, y, deck - SUNK, "stone", (f,)))
            found.append(block("road", (w, d - 1.9 * thick, 0.3 * rail + SUNK), 0, 0, deck - SUNK, "dark grey"))
        return found


class Arch(Made):
    """A round or pointed arch that stands on two piers."""

    names = ("arch", "archway", "gateway", "triumphal arch")
    width: float = Field(2000, ge=8, le=20000)
    depth: Annotated[float, said("thickness")] = Field(500, ge=2, le=10000)
    height: float = Field(2500, ge=8, le=20000)
    opening_width: Annotated[float, said("opening", "span")] = Field(1200, ge=2, le=19000)
    style: Literal["round", "pointed", "flat"] = "round"
    follows = (
        led("width", by="height") | led("height", by="width") | led("depth", "opening_width", by=("width", "height"))
    )

    def parts(self) -> list[Part]:
        """One block with the opening."""
        w, h, half = self.width, self.height, self.opening_width / 2
        below(self, "opening_width", 0.95 * w, "width")
        room = h - min(0.5 * (w - 2 * half), 0.3 * h)
        rise = {"round": half, "pointed": 1.6 * half, "flat": 0.0}[self.style]
        rise = min(rise, 0.85 * room)
        spring = room - rise
        if self.style == "round":
            arc = [(half * cos(pi * k / 32), spring + rise * sin(pi * k / 32)) for k in range(33)]
        elif self.style == "pointed":
            right = [(half * (1 - (k / 16) ** 2), spring + rise * k / 16) for k in range(17)]
            arc = [*right, *((-x, z) for x, z in reversed(right[:-1]))]
        else:
            arc = [(half, room), (-half, room)]
        points = [(-w / 2, 0), (-half, 0), *reversed(arc), (half, 0), (w / 2, 0), (w / 2, h), (-w / 2, h)]
        kept = [p for k, p in enumerate(points) if abs(p[0] - points[k - 1][0]) + abs(p[1] - points[k - 1][1]) > 1e-6]
        return [Part("arch", prism(tuple(kept), self.depth), at(rotate=UPRIGHT), "stone")]


class Column(Made):
    """A classical column: base, a smooth or fluted shaft that narrows to the top, and a capital."""

    names = ("column", "pillar", "greek column", "doric column")
    diameter: Annotated[float, said("width")] = Field(400, ge=4, le=10000)
    height: float = Field(3000, ge=12, le=50000)
    flutes: int = Field(16, ge=0, le=40)
    taper: Annotated[float, said("narrowing")] = Field(0.85, ge=0.5, le=1)
    style: Literal["classical", "plain"] = "classical"
    follows = led("diameter", by="height") | led("height", by="diameter")

    def parts(self) -> list[Part]:
        """Base, shaft, capital. The base and the capital's slab are as wide as the column."""
        w, h = self.diameter, self.height
        if self.style == "plain":
            return [Part("shaft", bar(w, h), at(), "marble")]
        below(self, "diameter", 1.5 * h, "height")
        part = min(0.08 * h, 0.4 * w)
        r = 0.38 * w
        ring = turned(
            [(0.46 * w, 0), (0.5 * w, 0.25 * part), (0.46 * w, 0.5 * part), (r * 1.05, 0.6 * part), (r, 0.7 * part)]
        )
        wide = 1.3 * pi * r / max(1, self.flutes)
        grooves = tuple(
            Piece(profile=Circle(diameter=wide), x=x, y=y) for x, y in on_circle(self.flutes, r + 0.28 * wide)
        )
        plan = Combined(add=(Piece(profile=Circle(diameter=2 * r)),), cut=grooves)
        shaft = Pyramid(profile=plan, height=h - 1.7 * part, top_scale=self.taper)
        top = self.taper * r
        bell = turned([(top * 0.97, -0.05 * part), (top * 1.05, 0.25 * part), (0.48 * w, 0.75 * part)])
        return [
            Part("plinth", Box(size=(w, w, 0.3 * part)), at(), "marble"),
            Part("base", ring, at(z=0.28 * part), "marble"),
            Part("shaft", shaft, at(z=0.7 * part), "marble"),
            Part("capital", bell, own(0, 0, h - part), "marble"),
            Part("slab", Box(size=(w, w, 0.3 * part)), at(z=h - 0.3 * part), "marble"),
        ]


class Wall(Made):
    """A wall: plain, or of bricks in courses."""

    names = ("wall", "brick wall", "garden wall", "stone wall")
    width: Across = Field(2000, ge=10, le=90000)
    depth: Annotated[float, said("thickness")] = Field(240, ge=1, le=5000)
    height: float = Field(1000, ge=5, le=20000)
    style: Literal["plain", "brick"] = "brick"
    courses: Annotated[int, said("rows", "layers")] = Field(8, ge=1, le=40)
    bricks: Annotated[int, said("bricks in a row")] = Field(5, ge=1, le=40)
    yields = led("depth", by=("width", "height"))

    def parts(self) -> list[Part]:
        """The core, and the joints cut into its faces."""
        w, d, h = self.width, self.depth, self.height
        core = Box(size=(w, d, h))
        if self.style == "plain":
            return [Part("wall", core, at(), "stone")]
        each = h / self.courses
        joint, deep = min(0.1 * each, 0.08 * w / self.bricks), min(0.06 * d, 0.15 * each)
        size = w / self.bricks
        cuts: list[Piece] = []
        for row in range(1, self.courses):
            cuts.append(Piece(profile=Rectangle(width=1.01 * w, depth=joint), y=row * each))
        for row in range(self.courses):
            shift = 0.0 if row % 2 else 0.5
            for k in range(self.bricks + 1):
                x = -w / 2 + (k + shift) * size
                if -w / 2 + 1e-6 < x < w / 2 - 1e-6:
                    cuts.append(Piece(profile=Rectangle(width=joint, depth=each), x=x, y=(row + 0.5) * each))
        if not cuts:
            return [Part("wall", core, at(), "brick")]
        net = extruded(Combined(add=tuple(cuts)), deep)
        body = cut(core, (net, own(0, -d / 2 + deep, 0, UPRIGHT)), (net, own(0, d / 2, 0, UPRIGHT)))
        return [Part("wall", body, at(), "brick")]


class PyramidBuilding(Made):
    """A pyramid on a square, smooth or in steps."""

    names = ("pyramid", "step pyramid", "ziggurat")
    width: Annotated[float, said("base", "length")] = Field(100, ge=3, le=90000)
    depth: float = Field(100, ge=3, le=90000)
    height: float = Field(64, ge=2, le=50000)
    steps: Annotated[int, said("levels")] = Field(0, ge=0, le=30)
    shape: Literal["square", "rectangular"] = "square"
    follows = led("height", by=("width", "depth")) | led("width", by="height")

    def parts(self) -> list[Part]:
        """One piece, or its steps from the bottom up."""
        w, d, h = self.width, self.depth, self.height
        if not self.steps:
            return [Part("pyramid", Pyramid(profile=Rectangle(width=w, depth=d), height=h), at(), "sandstone")]
        found = []
        for k in range(self.steps):
            share = 1 - k / (self.steps + 0.5)
            sunk = 0.05 * h / self.steps if k else 0.0  # into the step below, so that both are one piece
            size = (w * share, d * share, h / self.steps + sunk)
            found.append(block("step", size, 0, 0, k * h / self.steps - sunk, "sandstone", level(k, self.steps)))
        return found


class Well(Made):
    """A well: a hollow round wall, a roof on two posts, a bucket on a shaft."""

    names = ("well", "wishing well", "water well")
    width: Annotated[float, said("diameter")] = Field(120, ge=20, le=5000)
    height: float = Field(160, ge=25, le=6000)
    roof: bool = True
    follows = led("width", by="height") | led("height", by="width")

    def parts(self) -> list[Part]:
        """Ring, posts, shaft, rope with bucket, roof; the depth is the ring's diameter."""
        w, h = self.width, self.height
        below(self, "width", 1.6 * h, "height")
        ring = 0.86 * w if self.roof else w
        low = 0.36 * h if self.roof else h
        tube = Cylinder(diameter=ring, inner_diameter=0.72 * ring, height=low)
        found = [Part("wall", tube, at(), "stone"), Part("water", bar(0.8 * ring, 0.3 * low), at(), "blue")]
        if not self.roof:
            return found
        t, x = 0.07 * w, 0.43 * ring
        top = 0.22 * h
        eaves = h - top
        for s, a in (("left", -x), ("right", x)):
            found.append(block("post", (t, t, eaves - 0.3 * low + 0.2 * top), a, 0, 0.3 * low, "oak", (s,)))
        gable = polygon((-0.36 * w, 0), (0.36 * w, 0), (0, top))
        found.append(Part("roof", extruded(gable, w), own(-w / 2, 0, eaves, (90, 0, 90)), "dark red"))
        z = 0.62 * h
        found.append(Part("shaft", bar(0.08 * w, 2 * x), at(0, 0, z, rotate=(0, 90, 0)), "oak"))
        drop = z - low * 0.95
        found.append(Part("rope", bar(0.02 * w + 0.4, drop), at(0, 0, z - drop + 0.02 * w), "rope"))
        pail = turned([(0.07 * w, 0), (0.1 * w, 0.14 * w)])
        return [*found, Part("bucket", pail, at(0, 0, z - drop - 0.1 * w), "walnut")]


class Tent(Made):
    """A tent: a ridge tent with an open front, or a pointed one."""

    names = ("tent", "teepee", "wigwam")
    width: float = Field(120, ge=15, le=10000)
    depth: Annotated[float, said("length")] = Field(140, ge=15, le=10000)
    height: float = Field(90, ge=12, le=6000)
    style: Literal["ridge", "pointed"] = "ridge"
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(3, ge=0.8, le=100)
    follows = (
        led("width", by=("height", "depth"))
        | led("depth", by=("width", "height"))
        | led("height", by=("width", "depth"))
    )
    yields = led("wall_thickness", by=("height", "width", "depth"))

    def parts(self) -> list[Part]:
        """One hollow piece, open in front; a ridge pole or poles."""
        w, d, h, t = self.width, self.depth, self.height, self.wall_thickness
        below(self, "wall_thickness", 0.08 * min(w, d, h), "width", "depth", "height")
        if self.style == "ridge":
            shape = polygon((-w / 2, 0), (w / 2, 0), (0, h))
            k = 1 - 2.6 * t / w * ((w / 2) ** 2 + h**2) ** 0.5 / h
            inside = polygon((-w / 2 * k, -1), (w / 2 * k, -1), (0, h * k))
            body = cut(extruded(shape, d), (extruded(inside, d), own(0, 0, t)))
            return [
                Part("tent", body, own(0, d / 2, 0, UPRIGHT), "orange"),
                block("floor", (w * k, d - t, t), 0, t / 2, 0, "grey"),
            ]
        peak = Pyramid(profile=Rectangle(width=w, depth=d), height=0.9 * h, top_scale=0.08)
        share = 1 - 3 * t / min(w, d)
        hollow = Pyramid(profile=Rectangle(width=w * share, depth=d * share), height=0.9 * h - 3 * t, top_scale=0.06)
        door = polygon((-0.2 * w, -1), (0.2 * w, -1), (0, 0.6 * h))
        shell = cut(peak, (hollow, own(0, 0, t)), (extruded(door, 0.6 * d), own(0, 0, t, UPRIGHT)))
        pole = bar(max(1.2, 0.04 * w), 0.4 * h)
        return [Part("tent", shell, at(), "orange"), Part("pole", pole, at(0, 0, 0.6 * h), "oak")]


class Igloo(Made):
    """An igloo: a hollow dome of snow with an entrance."""

    names = ("igloo", "dome")
    diameter: Annotated[float, said("width")] = Field(120, ge=15, le=10000)
    wall_thickness: Annotated[float, said("thickness", "wall")] = Field(8, ge=0.8, le=500)
    entrance: Annotated[bool, said("door", "tunnel")] = True
    yields = led("wall_thickness", by="diameter")

    def parts(self) -> list[Part]:
        """The dome, half a ball, and a tunnel that reaches a third of the diameter to the front."""
        r, t = self.diameter / 2, self.wall_thickness
        below(self, "wall_thickness", 0.12 * self.diameter, "diameter")
        arc = [(r * cos(pi / 2 * k / 24), r * sin(pi / 2 * k / 24)) for k in range(24)]
        hollow = [((r - t) * cos(pi / 2 * k / 24), (r - t) * sin(pi / 2 * k / 24)) for k in range(24)]
        dome: Solid = Revolve(points=(*arc, (0.0, r), (0.0, r - t), *reversed(hollow)))
        if not self.entrance:
            return [Part("dome", dome, own(), "snow")]
        half, long = 0.38 * r, 1.66 * r
        inner = half - min(t, 0.5 * half)
        tunnel = bar(2 * half, long)
        bore = (bar(2 * inner, 2 * long), own(0, 0, 0, (90, 0, 0)))
        floor = (Box(size=(4 * r, 8 * r, r)), own(0, 0, -r))
        dome = cut(dome, bore)
        whole = cut(join(bar(2 * half, 0.01 + 0.02 * r), (tunnel, own(0, 0, 0, (90, 0, 0)))), floor, bore)
        inside = Sphere(diameter=2 * (r - t))
        return [
            Part("dome", dome, own(), "snow"),
            Part("tunnel", cut(whole, (inside, own(0, 0, -(r - t)))), own(), "snow", ("front",)),
        ]

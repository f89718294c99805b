"""Frames: what a description has said so far about each solid, cut and edge treatment, before any geometry is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.scene import solid as solids

if TYPE_CHECKING:
    pass


@dataclass(eq=False)
class Where:
    """A place that was named: "the long edge", "the middle of its width", "the end with the hole", "the flange".

    Attributes:
        kind: edge, side, end, face, corner, centre, centreline, axis, rim, plane, dimension, or "" (the thing itself).
        which: what tells it from others: left, top, long, each, both, opposite, free, outer...
        of: whose it is; `None` for the whole.
        size: mm, "the 18 mm side".
        axis: a named axis or plane ("x", "xy"), or the dimension's name for kind "dimension".
        near: a feature that this place has ("the end with the hole"); `far`: one that it has not.
        count: how many ("the 4 corners").
    """

    kind: str = ""
    which: set[str] = field(default_factory=set)
    of: Frame | None = None
    size: float | None = None
    axis: str = ""
    near: Frame | None = None
    far: Frame | None = None
    count: int = 1


@dataclass(eq=False)
class Spot:
    """One statement about where something is.

    Attributes:
        kind: from (a distance), at, on, under, beside, centred, flush, around (concentric), circle, either, axis_is,
            through, into, further, inside, across, between.
        where: the place it refers to.
        value: mm.
        way: left, right, front, back, above, below, in, out: a direction that was said.
        own: which point of the thing: centre, edge, end, lower, upper, left, right...
        axes: named axes the statement is about ("xy").
    """

    kind: str
    where: Where | None = None
    value: float | None = None
    way: str = ""
    own: str = ""
    axes: str = ""
    points: tuple[tuple[float, ...], ...] = ()


@dataclass(eq=False)
class Frame:
    """A solid, a cut or an edge treatment as said.

    Attributes:
        kind: solid, cut, edge, shell, mirror, whole.
        noun: what it was called first; `names`: everything it was called.
        shape: box, cylinder, hole, slot...; "" while unknown.
        dims: dimension name -> mm (degrees for angle).
        sizes: sizes without names, in order, each with its axis or "".
        count: how many; `counted`: whether a number was said.
        flags: through, blind, hollow, rounded, radial, open...
        axis: its own direction ("x", "y", "z", or words such as "length").
        host: what it is worked into.
        targets: of an edge treatment.
        group: the frame that this one is a member of; `members`: those of this one.
        sentence: number of the sentence that made it; `step`: of the numbered step.
        said: the words, for messages.
        like: what it is another one of: sizes that were not said are that one's.
        lead: `through` cut etc. that it follows ("counterbore" of a hole).
    """

    kind: str
    noun: str
    names: set[str] = field(default_factory=set)
    shape: str = ""
    dims: dict[str, float] = field(default_factory=dict)
    sizes: list[tuple[float, str]] = field(default_factory=list)
    count: int = 1
    counted: bool = False
    flags: set[str] = field(default_factory=set)
    axis: str = ""
    host: Frame | None = None
    targets: list[Where] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    group: Frame | None = None
    members: list[Frame] = field(default_factory=list)
    ordinal: int = 0
    sentence: int = 0
    step: int = 0
    said: str = ""
    lead: Frame | None = None
    like: Frame | None = None
    op: str = ""
    points: tuple[tuple[float, ...], ...] = ()
    latest: int = 0

    @property
    def sized(self) -> bool:
        """Whether any size was said of it."""
        return bool(self.points) or bool(self.dims.keys() - {"pitch", "apart", "circle", "angle"} or self.sizes)

    def get(self, *names: str) -> float | None:
        """The first of these dimensions that was said, of it or of its group."""
        for name in names:
            if name in self.dims:
                return self.dims[name]
        return self.group.get(*names) if self.group else None

    def has(self, *flags: str) -> bool:
        """Whether one of these flags was said, of it or of its group."""
        return any(flag in self.flags for flag in flags) or bool(self.group and self.group.has(*flags))

    def all_spots(self) -> list[Spot]:
        """Its places, then its group's."""
        return [*self.spots, *(self.group.all_spots() if self.group else [])]

    def called(self, name: str) -> bool:
        """Whether it goes by this name."""
        return name == self.noun or name in self.names or (bool(self.shape) and name == self.shape)


# `Body`: a solid in its own frame and the size of its box.

Size3 = tuple[float, float, float]


@dataclass
class Body:
    """A solid in its own frame, along z, and its box; `cut` is worked out of it (a tube's bore)."""

    solid: solids.Solid
    size: Size3
    lacking: str = ""
    low: tuple[float, float] | None = None  # x and y of the box's lower corner where it is not centred


# Boxes: two corners, and their sides, middles and extents along an axis.

Box = tuple[list[float], list[float]]
NUMBER = {"x": 0, "y": 1, "z": 2}


def middle(box: Box, axis: str) -> float:
    """The middle of a box along an axis."""
    k = NUMBER[axis]
    return (box[0][k] + box[1][k]) / 2


def extent(box: Box, axis: str) -> float:
    """The size of a box along an axis."""
    k = NUMBER[axis]
    return box[1][k] - box[0][k]


def side_of(box: Box, axis: str, side: int) -> float:
    """The coordinate of a side of a box (0: its middle)."""
    return middle(box, axis) if side == 0 else (box[1] if side > 0 else box[0])[NUMBER[axis]]


# Extents: which size of a box lies along which axis, from what was said ("50mm (X) by 30mm", "20 high").

AXES = "xyz"
NAMED = ("length", "width", "depth", "height", "thickness", "side", "reach", "diameter")


def named_sizes(frame: Frame) -> dict[str, float]:
    """The sizes of a frame that have a name, its group's behind its own; a radius counts as a diameter."""
    found: dict[str, float] = {}
    for name in NAMED:
        value = frame.get(name)
        if value is not None:
            found[name] = value
    for name in ("length", "width", "height", "depth", "thickness") if frame.has("is_base") else ():
        total = frame.get("total_" + name)
        if total is not None and name not in found:
            found[name] = total
    if "across" in frame.dims:
        found.setdefault("width", frame.dims["across"])
    return found


def box_axes(frame: Frame, landscape: bool = True) -> dict[str, float]:
    """Axis -> size in mm, as far as it was said.

    Axes that were said win. Otherwise length runs along x and width along y; width without a length along x; depth
    along y; height along z; thickness along what is left, z where it can. Of just two sizes without a name the longer
    lies along x where `landscape` holds.
    """
    found: dict[str, float] = {}
    loose: list[float] = []
    source = frame if frame.sizes or frame.group is None else frame.group
    for value, axis in source.sizes:
        if axis in AXES and axis:
            found[axis] = value
        elif not axis:
            loose.append(value)
    names = named_sizes(frame)
    if "side" in names and not loose:
        if "cube" in {frame.noun, *frame.names}:
            return {"x": names["side"], "y": names["side"], "z": names["side"]}
        loose = [names["side"], names["side"]]
    named: dict[str, str] = {}
    for name in list(names):
        number = frame.get("axis_" + name)
        if number is not None:
            found[AXES[int(number)]] = names[name]
            named[name] = AXES[int(number)]
    rest = {
        name: value
        for name, value in names.items()
        if name not in named and name in ("length", "width", "depth", "height", "thickness", "reach")
    }
    for name, axis in _order(rest, found):
        free = [one for one in AXES if one not in found]
        if axis not in found:
            found[axis] = rest[name]
        elif free and not loose:
            found[free[-1] if name in ("thickness", "height") else free[0]] = rest[name]
    free = [one for one in AXES if one not in found]
    if len(loose) == 2 and landscape and len(free) >= 2 and not found.keys() & {"x", "y"} and not frame.has("square"):
        loose = sorted(loose, reverse=True)
    for value, axis in zip(loose, free, strict=False):
        found[axis] = value
    if "cube" in {frame.noun, *frame.names} and len(found) == 1:
        found = dict.fromkeys(AXES, next(iter(found.values())))
    return found


def _order(rest: dict[str, float], found: dict[str, float]) -> list[tuple[str, str]]:
    """Which axis each named size takes."""
    order: list[tuple[str, str]] = []
    if "length" in rest:
        order.append(("length", "x"))
    if "width" in rest:
        order.append(("width", "y" if "length" in rest or "x" in found else "x"))
    if "depth" in rest:
        order.append(("depth", "y"))
    if "height" in rest:
        order.append(("height", "z"))
    if "reach" in rest:
        order.append(("reach", "x"))
    if "thickness" in rest:
        taken = {axis for _, axis in order} | set(found)
        order.append(("thickness", next((one for one in "zyx" if one not in taken), "z")))
    return order


def across(frame: Frame) -> float | None:
    """The outer diameter of something round."""
    radius = frame.get("outer_radius", "radius")
    value = frame.get("outer_diameter", "diameter", "major_diameter", "top_outer_diameter")
    if value is None and radius is not None:
        value = 2 * radius
    return value if value is not None else frame.get("across", "total_diameter")


def inner(frame: Frame) -> float | None:
    """The inner diameter, from itself or from a wall."""
    value = frame.get("inner_diameter")
    if value is None and (radius := frame.get("inner_radius")) is not None:
        value = 2 * radius
    wall, outer = frame.get("wall"), across(frame)
    if value is None and wall is not None and outer is not None:
        value = outer - 2 * wall
    return value


def tall(frame: Frame) -> float | None:
    """The length of something along its own axis."""
    value = frame.get("height", "length", "thickness", "total_length", "total_height", "reach", "depth")
    if value is None:
        value = frame.get("width") if across(frame) is not None else None
    if value is None and frame.sizes:
        named = [size for size, axis in frame.sizes if axis == "z"] or [
            size for size, axis in frame.sizes if axis in ("x", "y")
        ]
        value = named[0] if named else frame.sizes[-1][0] if across(frame) is not None else None
    return value

"""`Thing`: a body, cut or edge treatment as it was said; `Place`: one statement of where it is; `Ratio`: "half its"."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.parts.frames import Frame

SAME = {
    "diameter": ("outer_diameter", "bottom_diameter", "across"),
    "outer_diameter": ("diameter",),
    "inner_diameter": ("bore",),
    "length": ("height", "reach", "thickness"),
    "height": ("length", "thickness"),
    "thickness": ("height", "wall"),
    "width": ("side", "across_flats", "diameter"),
    "depth": ("length", "height"),
    "side": ("width", "length"),
    "wall": ("thickness",),
    "radius": ("outer_radius",),
}
"""Dimensions that stand in for one another: a disc's height is its thickness."""
HALVES = {"radius": "diameter", "outer_radius": "outer_diameter", "inner_radius": "inner_diameter"}


@dataclass(eq=False)
class Ratio:
    """A size said by another: `factor` times the `role` of `of` (itself where `None`), and `plus` mm."""

    factor: float
    role: str
    of: Thing | None = None
    plus: float = 0.0


@dataclass(eq=False)
class Place:
    """One statement of where a thing is.

    Attributes:
        how: on, under, at, beside, through, around, inside, into, from, to, along, across, between, opposite;
            apart from those: distance, centred, flush, point, axis, parallel, square.
        of: the thing it refers to; `None` for the whole or what it is worked into.
        part: face, edge, end, corner, centre, axis, floor, or "" for the thing itself.
        sides: left, right, front, back, top, bottom.
        which: long, short, each, both, other, free, opposite, one...
        value: mm, of a distance; `way`: the direction said with it; `own`: the point of the thing that it is about.
        axis: a named axis ("x"), a plane ("xy") or a dimension ("length").
        point: of a coordinate.
        count: how many places ("the four corners").
        size: mm, "the 18 mm side".
    """

    how: str
    of: Thing | None = None
    part: str = ""
    sides: tuple[str, ...] = ()
    which: set[str] = field(default_factory=set)
    value: float | Ratio | None = None
    way: str = ""
    own: str = ""
    axis: str = ""
    point: tuple[float, ...] = ()
    count: int = 1
    size: float | None = None
    centred: bool = False


@dataclass(eq=False)
class Thing(Frame):
    """A frame with ratios for sizes and places of its own kind.

    Attributes:
        ratios: dimension -> what it was said by; `settle` turns them into `dims`.
        where: its places.
        which: words that tell it from others of its name.
        letter: of its section ("l").
        start: where it was said; `side`: the axis and way along which it was joined.
    """

    ratios: dict[str, Ratio] = field(default_factory=dict)
    where: list[Place] = field(default_factory=list)
    which: set[str] = field(default_factory=set)
    letter: str = ""
    start: int = 0
    side: tuple[str, int] = ("", 0)

    @property
    def said_size(self) -> bool:
        """Whether any size was said of it, ratios too."""
        return self.sized or bool(self.ratios)

    def size(self, *roles: str) -> float | None:
        """The first of these dimensions, or of those that stand in for them; a radius counts twice."""
        for role in roles:
            value = self.get(role)
            if value is not None:
                return value
        for role in roles:
            for half, whole in HALVES.items():
                if whole == role and (value := self.get(half)) is not None:
                    return 2 * value
                if half == role and (value := self.get(whole)) is not None:
                    return value / 2
        for role in roles:
            for other in SAME.get(role, ()):
                if (value := self.get(other)) is not None:
                    return value
        return None

    def settle(self, depth: int = 0) -> None:
        """Works out the sizes that were said by others'."""
        for role, ratio in list(self.ratios.items()):
            value = worth(ratio, self, depth)
            if value is not None:
                self.dims[role] = value
                del self.ratios[role]


def worth(value: float | Ratio | None, me: Thing, depth: int = 0) -> float | None:
    """A value in mm; `None` where the size it refers to is not known."""
    if value is None or isinstance(value, (int, float)):
        return value
    owner = value.of or me
    if depth < 6:
        owner.settle(depth + 1) if owner is not me else None
    found = extent_of(owner, value.role)
    if found is None and owner is me and value.role in me.ratios and depth < 6:
        inner = me.ratios.pop(value.role)
        found = worth(inner, me, depth + 1)
        if found is None:
            me.ratios[value.role] = inner
        else:
            me.dims[value.role] = found
    return None if found is None else round(value.factor * found + value.plus, 6)


def extent_of(thing: Thing, role: str) -> float | None:
    """A dimension of a thing, from a box's sizes where it has no name."""
    found = thing.size(role)
    if found is None and role.split("_")[0] in ("base", "top", "bottom", "upper", "lower", "large", "small"):
        found = thing.size(role.split("_", 1)[1])
    if found is not None or not (thing.sizes or thing.group is not None):
        return found
    from wugan.apps.voice_to_3d.language.parts.extents import box_axes

    box = box_axes(thing)
    if role == "side":
        role = "length"
    if role in ("length", "width") and {"x", "y"} <= box.keys():
        return max(box["x"], box["y"]) if role == "length" else min(box["x"], box["y"])
    return box.get({"height": "z", "thickness": "z", "depth": "y"}.get(role, ""))

"""Frames: what a description has said so far about each solid, cut and edge treatment, before any geometry is made."""

from __future__ import annotations

from dataclasses import dataclass, field


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

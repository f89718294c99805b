"""Where something sits: anchored to the box of what it belongs to, so that it follows when that is resized."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.scene.model import Angle, Angles, Count, Length, Model, Name, Offset, Vector

Anchor = Literal["min", "centre", "max", "origin"]
Axis = Literal["x", "y", "z"]


class Coordinate(Model):
    """One coordinate: `own` side of the placed thing lies `offset` mm beyond the `to` side of the other's box.

    `Coordinate(to="max", own="min")` is "on top of" along z; `Coordinate(to="min", offset=5)` is "its centre 5 mm
    from the left edge" along x. `origin` is the zero of the frame instead of a side.
    """

    to: Anchor = "centre"
    offset: Offset = 0.0
    own: Anchor = "centre"


class Placement(Model):
    """A place and a turn.

    Attributes:
        x, y, z: where, along each axis.
        rotate: degrees about x, then y, then z, through the thing's own origin; applied before it is placed.
        of: whose box the coordinates refer to: a feature's id in a feature, an object's id in an object; `None` is
            the body so far (feature) or the world's origin (object: then `to` counts as `origin`).
        relation: the word that was said ("on", "under", "beside", "in", "behind"), kept for the history.
    """

    x: Coordinate = Coordinate()
    y: Coordinate = Coordinate()
    z: Coordinate = Coordinate()
    rotate: Angles = (0.0, 0.0, 0.0)
    of: str | None = None
    relation: str = ""


def at(x: float = 0, y: float = 0, z: float = 0, own_z: Anchor = "min", rotate: Angles = (0.0, 0.0, 0.0)) -> Placement:
    """The place of a family's part: its box centred over (x, y) of the object's frame, its bottom at z (mm)."""
    return Placement(
        x=Coordinate(to="origin", offset=x),
        y=Coordinate(to="origin", offset=y),
        z=Coordinate(to="origin", offset=z, own=own_z),
        rotate=rotate,
    )


class Grid(Model):
    """Copies in rows: `counts` along x, y, z, `steps` apart (mm), centred about the placed thing or starting there."""

    kind: Literal["grid"] = "grid"
    counts: tuple[Count, Count, Count] = (1, 1, 1)
    steps: Vector = (0.0, 0.0, 0.0)
    centred: bool = True


class Spread(Model):
    """`count` copies evenly along an axis of the body's box, the first and last centred `margin` mm from its ends.

    Without `margin` the gaps between copies and to the ends are equal.
    """

    kind: Literal["spread"] = "spread"
    axis: Axis = "x"
    count: Count = 2
    margin: Offset | None = None


class Polar(Model):
    """`count` copies on a circle about an axis through the place, evenly over `sweep` degrees from `start`.

    Attributes:
        diameter: of the circle on which the copies' centres lie (0 turns each about the place itself).
        turn: whether each copy turns with its angle.
    """

    kind: Literal["polar"] = "polar"
    count: Count = 2
    diameter: Annotated[float, Field(ge=0, le=100_000)] = 0.0
    axis: Axis = "z"
    start: Angle = 0.0
    sweep: Angle = 360.0
    turn: bool = True


class Mirror(Model):
    """The thing and its reflections in the middle planes of the body's box normal to `axes` (2, 4 or 8 in all)."""

    kind: Literal["mirror"] = "mirror"
    axes: tuple[Axis, ...] = ("x",)


class Points(Model):
    """One copy at each offset (mm) from the place."""

    kind: Literal["points"] = "points"
    offsets: tuple[Vector, ...] = ((0.0, 0.0, 0.0),)


Pattern = Annotated[Grid | Spread | Polar | Mirror | Points, Field(discriminator="kind")]


class Selector(Model):
    """Which parts of an object: of a role, on given sides, or by number.

    Attributes:
        role: "leg"; empty for the whole object.
        sides: of "left", "right", "front", "back", "top", "bottom", "middle"; all must hold.
        index: counted from 0 in the order of the part's place (-1: the last); `None` for all that match.
    """

    role: str = ""
    sides: tuple[str, ...] = ()
    index: int | None = None


class Reference(Model):
    """What an edit is about. `object` empty: the whole scene. `feature`: the id of a feature of that object."""

    object: str = ""
    parts: Selector | None = None
    feature: str = ""


__all__ = [
    "Anchor", "Axis", "Coordinate", "Grid", "Length", "Mirror", "Name", "Pattern", "Placement", "Points", "Polar",
    "Reference", "Selector", "Spread", "at",
]  # fmt: skip

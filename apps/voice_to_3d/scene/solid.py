"""Solids (mm) and the features that shape them. Every solid stands on z = 0, centred over the origin, axis along z.

`Revolve`, `Sweep` and `Extrude` of points keep the coordinates of their points. The box after `rotate` is what a
`Placement` anchors, so where a solid's own origin lies matters for turning only.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.scene.model import Angle, Length, Model, Offset, Point, Size, Vector
from wugan.apps.voice_to_3d.scene.placement import Axis, Pattern, Placement
from wugan.apps.voice_to_3d.scene.profile import Profile


class Box(Model):
    """A rectangular block: size along x, y, z."""

    kind: Literal["box"] = "box"
    size: Size


class Cylinder(Model):
    """A round bar, or a tube where `inner_diameter` is not 0."""

    kind: Literal["cylinder"] = "cylinder"
    diameter: Length
    height: Length
    inner_diameter: Annotated[float, Field(ge=0)] = 0.0


class Cone(Model):
    """A cone or, where `top_diameter` is not 0, a frustum (either end may be the wider one)."""

    kind: Literal["cone"] = "cone"
    bottom_diameter: Annotated[float, Field(ge=0)]
    top_diameter: Annotated[float, Field(ge=0)] = 0.0
    height: Length


class Sphere(Model):
    """A ball; `upper_half` keeps the dome above its middle."""

    kind: Literal["sphere"] = "sphere"
    diameter: Length
    upper_half: bool = False


class Ellipsoid(Model):
    """A ball stretched to a size."""

    kind: Literal["ellipsoid"] = "ellipsoid"
    size: Size


class Capsule(Model):
    """A cylinder with a half ball at each end; `height` over all."""

    kind: Literal["capsule"] = "capsule"
    diameter: Length
    height: Length


class Torus(Model):
    """A ring lying flat: `diameter` of the circle through the middle of the tube, `tube` the tube's diameter."""

    kind: Literal["torus"] = "torus"
    diameter: Length
    tube: Length
    tube_inner: Annotated[float, Field(ge=0)] = 0.0


class Pyramid(Model):
    """A pyramid or frustum on a profile, narrowing to `top_scale` of it (0: a point)."""

    kind: Literal["pyramid"] = "pyramid"
    profile: Profile
    height: Length
    top_scale: Annotated[float, Field(ge=0, le=10)] = 0.0


class Extrude(Model):
    """A profile drawn up `height`; turned by `twist` degrees on the way."""

    kind: Literal["extrude"] = "extrude"
    profile: Profile
    height: Length
    twist: Angle = 0.0


class Revolve(Model):
    """A closed outline of (radius, z) points, radius ≥ 0, turned about z by `sweep` degrees."""

    kind: Literal["revolve"] = "revolve"
    points: tuple[Point, ...] = Field(min_length=3)
    holes: tuple[tuple[Point, ...], ...] = ()
    sweep: Annotated[float, Field(gt=0, le=360)] = 360.0


class Sweep(Model):
    """A profile carried along a path of points, the corners rounded with `bend_radius` (to the path's middle line).

    `closed` joins the path's end to its start. The profile's x stays level where it can.
    """

    kind: Literal["sweep"] = "sweep"
    profile: Profile
    path: tuple[Vector, ...] = Field(min_length=2)
    bend_radius: Annotated[float, Field(ge=0)] = 0.0
    closed: bool = False


class Helix(Model):
    """A profile wound about z: `diameter` of the middle line, `pitch` per turn."""

    kind: Literal["helix"] = "helix"
    profile: Profile
    diameter: Length
    pitch: Length
    turns: Annotated[float, Field(gt=0, le=500)]


class Loft(Model):
    """From the lower profile to the upper one, straight; both have one outline and no hole."""

    kind: Literal["loft"] = "loft"
    bottom: Profile
    top: Profile
    height: Length
    shift: Point = (0.0, 0.0)


class Hull(Model):
    """The convex hull of placed solids."""

    kind: Literal["hull"] = "hull"
    of: tuple[Placed, ...] = Field(min_length=1)


class Placed(Model):
    """A solid at a place of the frame around it (`to` counts as `origin`)."""

    shape: Solid
    place: Placement = Placement()


class Compound(Model):
    """A solid and the features worked into it, in order."""

    kind: Literal["compound"] = "compound"
    base: Solid
    features: tuple[Feature, ...] = ()


# --- features


class _Worked(Model):
    id: str = Field(
        default="", description="unique in its object; needed where another feature or an edit refers to it"
    )
    name: str = Field(default="", description="what it is called: hole, slot, pocket, boss, rib")
    place: Placement = Placement()
    pattern: Pattern | None = None
    then: tuple[Pattern, ...] = Field(default=(), description="patterns of the pattern, applied in turn")


class Join(_Worked):
    """Material added: a boss, rib, wall, shank."""

    kind: Literal["join"] = "join"
    shape: Solid


class Cut(_Worked):
    """Material removed: a hole, slot, pocket, step.

    `through` stretches the cut beyond both faces of the body along that axis, whatever the body's size; the shape's
    own height then does not count.
    """

    kind: Literal["cut"] = "cut"
    shape: Solid
    through: Axis | None = None


class Common(_Worked):
    """Only what lies in both the body and the shape stays."""

    kind: Literal["common"] = "common"
    shape: Solid


Edges = Literal[
    "all", "top", "bottom", "rims", "vertical", "junction", "left", "right", "front", "back", "x", "y",
    "front-left", "front-right", "back-left", "back-right", "top-left", "top-right", "top-front", "top-back",
    "bottom-left", "bottom-right", "bottom-front", "bottom-back",
]  # fmt: skip


class _Edged(Model):
    id: str = ""
    name: str = ""
    of: str = Field(default="", description="feature whose edges are meant; empty: the base solid's")
    edges: tuple[Edges, ...] = Field(
        default=("all",),
        description="in the solid's own frame: top/bottom rim, rims (those on the body's surface), vertical ones "
        "(corners), junction (where a joined feature meets the body), left/right/front/back: the vertical edges of "
        "that side of a box, x/y: the edges that run along that axis, front-left, top-right...: one edge, where two "
        "sides meet",
    )


class Chamfer(_Edged):
    """Edges cut off at an angle: `size` mm measured on both faces, or `size` along the axis and `across` the other."""

    kind: Literal["chamfer"] = "chamfer"
    size: Length
    across: Length | None = None


class Fillet(_Edged):
    """Edges rounded with a radius (a junction is filled with the same radius)."""

    kind: Literal["fillet"] = "fillet"
    radius: Length


class Shell(Model):
    """Hollowed: walls `thickness` mm inwards, the faces in `open` removed."""

    kind: Literal["shell"] = "shell"
    id: str = ""
    name: str = ""
    thickness: Length
    open: tuple[Literal["top", "bottom", "left", "right", "front", "back"], ...] = ("top",)


Feature = Annotated[Join | Cut | Common | Chamfer | Fillet | Shell, Field(discriminator="kind")]
Solid = Annotated[
    Box | Cylinder | Cone | Sphere | Ellipsoid | Capsule | Torus | Pyramid | Extrude | Revolve | Sweep | Helix | Loft
    | Hull | Compound,
    Field(discriminator="kind"),
]  # fmt: skip
for model in (Hull, Placed, Compound, Join, Cut, Common):
    model.model_rebuild()

__all__ = [
    "Box", "Capsule", "Chamfer", "Common", "Compound", "Cone", "Cut", "Cylinder", "Edges", "Ellipsoid", "Extrude",
    "Feature", "Fillet", "Helix", "Hull", "Join", "Loft", "Offset", "Placed", "Pyramid", "Revolve", "Shell", "Solid",
    "Sphere", "Sweep", "Torus",
]  # fmt: skip

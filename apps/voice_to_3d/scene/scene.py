"""`Scene`: the objects that were asked for; a pure value, changed by edits only."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.model import Model, Name, Vector
from wugan.apps.voice_to_3d.scene.placement import Pattern, Placement, Selector
from wugan.apps.voice_to_3d.scene.solid import Feature, Solid

Factor = Annotated[float, Field(gt=0, le=1000)]
Value = bool | int | float | str


class FamilyShape(Model):
    """An object of a family (`wugan.apps.voice_to_3d.families`) with the parameters that were said; others default."""

    kind: Literal["family"] = "family"
    family: Name
    parameters: dict[str, Value] = Field(default_factory=dict)


Shape = Annotated[Solid | FamilyShape, Field(discriminator="kind")]


class PartChange(Model):
    """A change to some parts of a family's object; later ones win.

    Attributes:
        scale: factors along the part's x, y, z, about the middle of its box, its bottom kept.
        shift: mm.
    """

    parts: Selector
    material: Material | None = None
    remove: bool = False
    scale: tuple[Factor, Factor, Factor] = (1.0, 1.0, 1.0)
    shift: Vector = (0.0, 0.0, 0.0)
    features: tuple[Feature, ...] = ()


class Object(Model):
    """One thing of the scene.

    Attributes:
        id: unique, for references ("table-1").
        name: what it is called ("table").
        shape: a solid or a family with parameters.
        features: worked into a solid's body, or into the parts together of a family's object.
        material: of the whole; `None` leaves each part its family's own.
        scale: factors along x, y, z on the built shape.
        place: where it stands; `of` names another object.
        pattern: copies of it.
    """

    id: Name
    name: Name
    shape: Shape
    features: tuple[Feature, ...] = ()
    material: Material | None = None
    changes: tuple[PartChange, ...] = ()
    scale: tuple[Factor, Factor, Factor] = (1.0, 1.0, 1.0)
    place: Placement = Placement()
    pattern: Pattern | None = None


class Scene(Model):
    """Everything there is, in the order it was said."""

    objects: tuple[Object, ...] = ()

    def object(self, id: str) -> Object | None:
        """The object of that id, if there is one."""
        return next((one for one in self.objects if one.id == id), None)

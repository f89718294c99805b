"""Edits: what a sentence does to a scene. The interpreter and a language model both answer with an `Interpretation`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.model import Angle, Model, Name, Offset, Vector
from wugan.apps.voice_to_3d.scene.placement import Axis, Pattern, Placement, Reference
from wugan.apps.voice_to_3d.scene.scene import Object, Value
from wugan.apps.voice_to_3d.scene.solid import Feature


class Add(Model):
    """A new object."""

    do: Literal["add"] = "add"
    object: Object


class Replace(Model):
    """An object in the place of another ("make it a desk"); keeps the id, the place and the material unless given."""

    do: Literal["replace"] = "replace"
    target: Reference
    object: Object


class Remove(Model):
    """An object, some of its parts, or one of its features goes."""

    do: Literal["remove"] = "remove"
    target: Reference


class Paint(Model):
    """Another material."""

    do: Literal["paint"] = "paint"
    target: Reference
    material: Material


class Resize(Model):
    """Another size: exactly one of `to` (mm), `by` (mm) and `times`.

    `dimension` is `x`, `y`, `z`, `all`, or the name of a parameter of the family or of the feature's solid
    ("leg_diameter", "diameter", "depth", "spacing").
    """

    do: Literal["resize"] = "resize"
    target: Reference
    dimension: Name
    to: Annotated[float, Field(gt=0)] | None = None
    by: Offset | None = None
    times: Annotated[float, Field(gt=0, le=1000)] | None = None


class SetParameter(Model):
    """Another value of a family's parameter ("five legs", "round", "without a lid")."""

    do: Literal["set"] = "set"
    target: Reference
    parameter: Name
    value: Value


class Move(Model):
    """To another place (`place`), or by an offset in mm (`by`)."""

    do: Literal["move"] = "move"
    target: Reference
    by: Vector = (0.0, 0.0, 0.0)
    place: Placement | None = None


class Turn(Model):
    """Turned about an axis through the middle of its box."""

    do: Literal["turn"] = "turn"
    target: Reference
    axis: Axis = "z"
    degrees: Angle


class AddFeature(Model):
    """A hole, boss, chamfer… worked into an object."""

    do: Literal["feature"] = "feature"
    target: Reference
    feature: Feature


class Repeat(Model):
    """An object, or a feature, becomes several."""

    do: Literal["repeat"] = "repeat"
    target: Reference
    pattern: Pattern


class Rename(Model):
    """Another name for an object, by which it may be spoken of; its id stays."""

    do: Literal["rename"] = "rename"
    target: Reference
    name: Name


class Clear(Model):
    """Everything goes: a new scene."""

    do: Literal["clear"] = "clear"


class Undo(Model):
    """Back by so many sentences, or to the version of a number (`to`; 1 is after the first sentence)."""

    do: Literal["undo"] = "undo"
    steps: Annotated[int, Field(ge=1, le=1000)] = 1
    to: Annotated[int, Field(ge=0)] | None = None


class Redo(Model):
    """Forward again."""

    do: Literal["redo"] = "redo"
    steps: Annotated[int, Field(ge=1, le=1000)] = 1


Edit = Annotated[
    Add
    | Replace
    | Remove
    | Paint
    | Resize
    | SetParameter
    | Move
    | Turn
    | AddFeature
    | Repeat
    | Rename
    | Clear
    | Undo
    | Redo,
    Field(discriminator="do"),
]


class Unread(Model):
    """A phrase that was not understood, or understood and refused, and why."""

    phrase: str
    reason: str


class Interpretation(Model):
    """What a sentence, or several, came to.

    Attributes:
        edits: in order; none where nothing was understood.
        unread: every phrase with a meaning that no edit holds.
        assumed: what was decided for the speaker ("height 750 mm, as usual for a table").
        answers: to questions about the scene.
    """

    edits: tuple[Edit, ...] = ()
    unread: tuple[Unread, ...] = ()
    assumed: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()

"""`Family`: a parametric generator of an object: a Pydantic model whose fields are what may be said about it.

The interpreter knows a family by its field names alone, so names follow one rule:

- `width` (x), `depth` (y), `height` (z), `length`, `diameter`, `thickness`: the object's own size; `<role>_<size>` is
  that of a part (`leg_diameter`, `top_thickness`, `hole_diameter`).
- a count is the plural of the role: `legs: int`, `drawers: int`, `teeth: int`.
- a choice is a `Literal` whose values are the adjectives said, in lower case: `shape: Literal["rectangular", "round"]`.
- a yes-or-no is the noun or adjective: `lid: bool`, `armrests: bool` ("with a lid", "without armrests").
- `said("across flats", "wrench size")` as a field's annotation adds other words for it.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from wugan.apps.voice_to_3d.scene.placement import Placement
from wugan.apps.voice_to_3d.scene.solid import Solid


@dataclass(frozen=True)
class said:
    """Other words for a parameter, beside its own name."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)


@dataclass(frozen=True)
class Part:
    """One piece of an object.

    Attributes:
        role: what it is called, singular: "leg", "top", "drawer front".
        shape: its solid, in its own frame.
        place: where, in the object's frame (`at(x, y, z)`): the object stands on z = 0, centred over the origin.
        material: a name of `wugan.apps.voice_to_3d.materials`.
        sides: of "left", "right", "front", "back", "top", "bottom", "middle", where the part has such a place.
    """

    role: str
    shape: Solid
    place: Placement = field(default_factory=Placement)
    material: str = "grey"
    sides: tuple[str, ...] = field(default=())


class Family(BaseModel):
    """Base of every family. The docstring's first line says what it makes; fields are millimetres with sane ranges.

    Attributes:
        names: what it is called, the first one its own; singular, lower case ("hex nut", "nut").
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    names: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def parts(self) -> list[Part]:
        """The pieces. Their box has exactly the size that the parameters say; pieces that meet overlap or share a face.

        Raises:
            DataError: parameters that contradict each other; names both and says what would do.
        """

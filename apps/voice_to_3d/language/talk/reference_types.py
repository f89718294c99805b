"""What references come to, and those that come to nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference


class Unresolved(Exception):
    """A reference to something that is not there; `end` is the index after it."""

    def __init__(self, reason: str, end: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.end = end


@dataclass
class Found:
    """What a reference means.

    Attributes:
        references: the things.
        end: the index after it.
        plural: whether it was said of several.
        prop: a property of them that is meant instead ("height", "colour", "number:legs").
        scene: whether all that there is was meant.
        count: how many there shall be of them ("four of them").
        spared: parts of them that were excepted ("everything except the legs").
    """

    references: list[Reference]
    end: int
    plural: bool = False
    prop: str = ""
    scene: bool = False
    count: int | None = None
    spared: list[Reference] = field(default_factory=list)


@dataclass
class Adjectives:
    """What stands before the noun of a reference."""

    sides: list[str] = field(default_factory=list)
    ordinal: int | None = None
    count: int | None = None
    material: Material | None = None
    material_at: int = 0
    degree: tuple[str, int] | None = None
    other: bool = False
    every: bool = False
    step: int = 0
    skip: int = 0

    def any(self) -> bool:
        """Whether the choice is narrowed."""
        return bool(self.sides or self.ordinal is not None or self.material or self.degree or self.other or self.count)

    def narrowed(self) -> bool:
        """Whether it is by more than a material."""
        return bool(self.sides or self.ordinal is not None or self.degree or self.other or self.count)

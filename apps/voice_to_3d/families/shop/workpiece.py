"""`Workpiece`: a family whose object is one piece, and whose unsaid sizes follow those that were said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError, model_validator

from wugan.apps.voice_to_3d.families.base import Family, Part
from wugan.apps.voice_to_3d.scene.placement import Placement, at
from wugan.apps.voice_to_3d.scene.solid import Solid
from wugan.errors import DataError

Gap = Annotated[float, Field(ge=0, le=100_000, description="millimetres; 0: none")]


Leads = Mapping[str, tuple[str, ...]]
"""A length's name, and the names of those it goes by."""


class Workpiece(Family):
    """One piece, one material.

    Attributes:
        made_of: a name of `wugan.apps.voice_to_3d.materials`.
        turned: degrees about x, y, z from the solid's own frame to how the object lies.
        follows: of a length, those in whose proportion it changes while it is not said itself; the first said counts.
        yields: of a length, those with which it shrinks, but does not grow, while it is not said itself.
    """

    made_of: ClassVar[str] = "steel"
    turned: ClassVar[tuple[float, float, float]] = (0.0, 0.0, 0.0)
    follows: ClassVar[Leads] = {}
    yields: ClassVar[Leads] = {}

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        return {**cls.usual(data), **data} if isinstance(data, Mapping) else data

    @classmethod
    def usual(cls, said: Mapping[str, Any]) -> dict[str, Any]:
        """What the parameters that were not said usually are beside those that were (mm)."""
        ratios = {name: said[name] / one.default for name, one in cls.model_fields.items() if _scales(said, name, one)}
        filled: dict[str, Any] = {}
        own = cls.model_fields  # a base's rules name what only some of its families have
        for name, leads in cls.follows.items():
            ratio = next((ratios[lead] for lead in leads if lead in ratios), None)
            if name in own and name not in said and ratio is not None:
                filled[name] = cls.model_fields[name].default * ratio
        for name, leads in cls.yields.items():
            shrink = min((ratios[lead] for lead in leads if lead in ratios), default=1.0)
            if name in own and name not in said and shrink < 1:
                filled[name] = cls.model_fields[name].default * shrink
        return filled

    def solid(self) -> Solid:
        """The piece, in its own frame; a family of several pieces has `pieces` instead."""
        raise NotImplementedError(f"{type(self).__name__} has neither solid() nor pieces()")

    def pieces(self) -> list[Part]:
        """The one piece, or those of a family that has several."""
        return [Part(self.names[0], self.solid(), self.place(), self.made_of)]

    def check(self) -> None:
        """Raises `DataError` where parameters contradict each other."""

    def place(self) -> Placement:
        """How the piece lies in the object's frame."""
        return at(rotate=self.turned)

    def parts(self) -> list[Part]:
        """The pieces, checked. Raises `DataError` where parameters contradict each other."""
        self.check()
        try:
            return self.pieces()
        except ValidationError as error:  # a size that follows from the parameters is beyond what can be built
            sizes = {
                name: one for name in type(self).model_fields if isinstance(one := getattr(self, name), float) and one
            }
            small, large = min(sizes, key=lambda name: sizes[name]), max(sizes, key=lambda name: sizes[name])
            what = f"{error.title.lower()}s cannot be built ({error.errors()[0]['msg'].lower()})"
            least, most = f"{small} {sizes[small]:g} mm", f"{large} {sizes[large]:g} mm"
            raise DataError(
                f"{self.names[0]}: its {what}; its smallest size is {least}, its largest {most}: change one of them"
            ) from error

    def below(self, name: str, limit: float, reason: str, equal: bool = False) -> None:
        """Raises `DataError` unless the parameter is less than `limit` (or `equal` to it); `reason` names the other."""
        value = getattr(self, name)
        # A hair of tolerance: inches and fractions come with rounding.
        if value > limit + 1e-6 or (not equal and value > limit - 1e-6):
            raise DataError(
                f"{self.names[0]}: {name} is {value:g} but must be {'at most' if equal else 'less than'} {limit:g} "
                f"({reason}); change one of them"
            )

    def above(self, name: str, limit: float, reason: str, equal: bool = False) -> None:
        """Raises `DataError` unless the parameter is more than `limit` (or `equal` to it); `reason` names the other."""
        value = getattr(self, name)
        if value < limit - 1e-6 or (not equal and value < limit + 1e-6):
            raise DataError(
                f"{self.names[0]}: {name} is {value:g} but must be {'at least' if equal else 'more than'} {limit:g} "
                f"({reason}); change one of them"
            )


def _scales(said: Mapping[str, Any], name: str, field: Any) -> bool:
    value = said.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return isinstance(field.default, float) and field.default > 0 and value > 0

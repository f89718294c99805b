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
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from wugan.apps.voice_to_3d.scene.placement import Placement, at
from wugan.apps.voice_to_3d.scene.solid import Solid
from wugan.errors import DataError


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


Sizes = dict[str, tuple[str, ...]]
"""A size's name, and the names of those it goes by."""


def led(*names: str, by: str | tuple[str, ...]) -> Sizes:
    """Sizes that go by the same others, for `follows` and `yields`; tables are put together by `|`."""
    return dict.fromkeys(names, (by,) if isinstance(by, str) else by)


OVERALL = ("width", "depth", "height", "length", "diameter")
EVEN = ("round", "square", "hexagonal", "octagonal")  # shapes with one width in both directions


class Made(Family):
    """A thing of the home.

    Attributes:
        follows: of a size, those in whose proportion it changes while it is not said itself: the first one said counts.
        yields: of a size, those with which it shrinks, but does not grow, while it is not said itself.
        miniature: where every overall size that was said is below this share of its usual value, a model is meant, and
            the other overall sizes shrink with it ("a chair ten centimetres high").
        even: the two sizes that are one where the shape is round, square or regular.
    """

    follows: ClassVar[Sizes] = {}
    yields: ClassVar[Sizes] = {}
    miniature: ClassVar[float] = 0.25
    even: ClassVar[tuple[str, str] | None] = ("width", "depth")

    @model_validator(mode="before")
    @classmethod
    def _fill(cls, data: Any) -> Any:
        return cls._proportioned(dict(data)) if isinstance(data, Mapping) else data

    @classmethod
    def _proportioned(cls, data: dict[str, Any]) -> dict[str, Any]:
        data = cls._even(data)
        ratios = {name: data[name] / usual for name, usual in cls._usual().items() if _number(data.get(name))}
        for name, leads in cls.follows.items():
            lead = next((ratios[one] for one in leads if one in ratios), None)
            if name not in data and lead is not None:
                data[name] = cls._within(name, lead)
                ratios[name] = lead
        overall = [ratios[name] for name in OVERALL if name in ratios]
        if overall and max(overall) < cls.miniature:
            for name in OVERALL:
                if name in cls._usual() and name not in data:
                    data[name] = cls._within(name, max(overall))
                    ratios[name] = max(overall)
        data = cls._even(data, final=True)
        for name, leads in cls.yields.items():
            shrink = min((ratios[one] for one in leads if one in ratios), default=1.0)
            if name not in data and shrink < 1:
                data[name] = cls._within(name, shrink)
        return data

    @classmethod
    def _usual(cls) -> dict[str, float]:
        return {n: f.default for n, f in cls.model_fields.items() if f.annotation is float and _number(f.default)}

    @classmethod
    def _within(cls, name: str, ratio: float) -> float:
        """The usual size times a ratio, kept within the field's range."""
        value = cls._usual()[name] * ratio
        for limit in cls.model_fields[name].metadata:
            value = max(value, getattr(limit, "ge", value))
            value = min(value, getattr(limit, "le", value))
        return value

    @classmethod
    def _even(cls, data: dict[str, Any], final: bool = False) -> dict[str, Any]:
        """One width in both directions for what is round or square, where one of them was said."""
        fields = cls.model_fields
        if cls.even is None or not {"shape", *cls.even} <= set(fields):
            return data
        first, second = cls.even
        shape = data.get("shape", fields["shape"].default)
        one, other = data.get(first), data.get(second)
        if shape not in EVEN:
            return data
        # A regular hexagon on a flat is wider over its corners than it is deep.
        ratio = sqrt(3) / 2 if shape == "hexagonal" else 1.0
        if one is not None and other is not None and abs(one * ratio - other) > 1e-3 * other:
            word = "oval" if shape == "round" else "rectangular"
            raise DataError(
                f"{cls.names[0]}: {shape}, and yet {first} ({one:g}) and {second} ({other:g}) differ: say {word}, or "
                "give one size"
            )
        if one is None and other is None:
            return data if not final else {**data, second: fields[first].default * ratio}
        if one is None and other is not None:
            return {**data, first: other / ratio}
        return {**data, second: data[first] * ratio}


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0


Gap = Annotated[float, Field(ge=0, le=100_000, description="millimetres; 0: none")]


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
    follows: ClassVar[Sizes] = {}
    yields: ClassVar[Sizes] = {}

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

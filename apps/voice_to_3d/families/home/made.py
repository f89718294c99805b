"""`Made`: a family whose unsaid sizes stay in proportion with those that were said."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any, ClassVar

from pydantic import model_validator

from wugan.apps.voice_to_3d.families.base import Family
from wugan.errors import DataError

Sizes = Mapping[str, tuple[str, ...]]
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

"""`Kind`: what may be said about an object: its numbers, counts, choices, flags and parts, each by all its words.

Read from the fields of a family by the naming rule of `families.base`, or from the dimensions of a solid.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from wugan.apps.voice_to_3d.families.base import Family, said
from wugan.apps.voice_to_3d.families.registry import family
from wugan.apps.voice_to_3d.language.talk.object_names import ROLE_WORDS, lemmas
from wugan.apps.voice_to_3d.resizing import roles as roles_of
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.scene.solid import Box, Solid
from wugan.apps.voice_to_3d.stretch import sizes
from wugan.errors import DataError

Words = tuple[str, ...]
SYNONYMS: dict[str, tuple[str, ...]] = {
    "round": ("circular",), "rectangular": ("rectangle",), "oval": ("elliptical", "ellipse"), "hexagonal": (),
    "octagonal": (), "triangular": ("triangle",), "square": ("squared",), "tapered": ("tapering",),
    "splayed": ("angled", "slanted"), "curved": ("bent",), "straight": (), "pointed": ("pointy",), "flat": (),
    "open": (), "closed": ("shut",), "domed": ("dome",), "conical": ("cone shaped",),
    "cylindrical": ("cylinder shaped",),
}  # fmt: skip
SHAPES = {
    "triangular": 3, "square": 4, "pentagonal": 5, "hexagonal": 6, "heptagonal": 7, "octagonal": 8,
}  # fmt: skip
ANGLES = ("angle", "twist", "tilt", "lean", "sweep", "bend_angle", "pressure_angle", "slope")


@dataclass(frozen=True)
class Kind:
    """What may be said about an object.

    Attributes:
        name: what it is called.
        numbers: from words to the parameter: lengths and angles.
        counts: to whole numbers ("leg" → "legs").
        choices: to the parameters and their value ("round" → [("shape", "round"), ("leg_shape", "round")]).
        flags: to yes-or-no parameters.
        texts: to parameters that are text (a thread's size).
        roles: of its parts, those it may have included.
        bounds: least and most of numbers and counts.
        defaults: of every parameter, where nothing was said.
        family: its class; `None` for a solid.
        spoken: the words for each choice's parameter ("tip"), which may follow its value.
    """

    name: str
    numbers: dict[Words, str] = field(default_factory=dict)
    counts: dict[Words, str] = field(default_factory=dict)
    choices: dict[Words, list[tuple[str, Any]]] = field(default_factory=dict)
    flags: dict[Words, str] = field(default_factory=dict)
    texts: dict[Words, str] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    bounds: dict[str, tuple[float, float]] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    family: type[Family] | None = None
    spoken: dict[str, tuple[Words, ...]] = field(default_factory=dict)

    def fits(self, name: str, value: float) -> bool:
        """Whether a parameter can have a value."""
        low, high = self.bounds.get(name, (0.0, 1e9))
        return low <= value <= high

    def parameters(self) -> set[str]:
        """Every parameter's name."""
        return {*self.numbers.values(), *self.counts.values(), *self.flags.values(), *self.texts.values()} | {
            name for found in self.choices.values() for name, _ in found
        }

    def number(self, role: str, word: str) -> str | None:
        """The parameter for a dimension ("width") of a role, or of the whole where the role is empty."""
        if role:
            own = lemmas(role)
            for stem in (own, own[-1:], own[:1]):
                for size in OF_PARTS.get(word, (word,)):
                    if size == "thickness" and word in ("width", "diameter", "size") and own[-1] not in SLIM:
                        continue  # a wider seat is not a thicker one
                    if found := self.numbers.get((*stem, size)):
                        return found
            return None
        for size in ALIKE.get(word, (word,)):
            if found := self.numbers.get((size,)):
                return found
        return None

    def choice(self, words: Words, role: str = "") -> tuple[str, Any] | None:
        """The parameter and value that a word chooses: a part's own ("leg_shape") in its scope, else the whole's."""
        found = self.choices.get(words)
        if not found:
            return None
        stems = {lemmas(role)[0], lemmas(role)[-1]} if role else set()
        for name, value in found:
            if name.split("_")[0] in stems:
                return name, value
        if role:
            return None
        parts = {lemmas(one)[0] for one in self.roles}
        whole = [one for one in found if one[0].split("_")[0] not in parts or "_" not in one[0]]
        return (whole or found)[0]


ALIKE: dict[str, tuple[str, ...]] = {
    "width": ("width", "diameter", "length", "size", "thickness"),
    "depth": ("depth", "width"),
    "height": ("height", "length", "thickness", "size"),
    "length": ("length", "width", "height", "depth"),
    "thickness": ("thickness", "wall", "height", "diameter"),
    "diameter": ("diameter", "width", "size", "thickness"),
    "across": ("across", "diameter", "width", "size"),
    "size": ("size", "diameter", "width", "thickness", "height", "length"),
    "wall": ("wall",),
}
"""For each dimension that is said, the parameters that may stand for it, the likeliest first."""
OF_PARTS: dict[str, tuple[str, ...]] = {
    "width": ("width", "diameter", "size", "thickness"), "depth": ("depth",), "height": ("height", "length"),
    "length": ("length", "height"), "thickness": ("thickness", "diameter", "wall", "size", "width"),
    "diameter": ("diameter", "width", "size", "thickness"), "across": ("diameter", "width", "size"),
    "size": ("size", "diameter", "width", "thickness"),
}  # fmt: skip
"""The same for parts, whose lengths and thicknesses nobody mixes up."""
SPANNING = frozenset({"seat", "top", "tabletop", "body", "case", "mattress", "lid", "deck", "board", "worktop"})
"""Parts that are as wide and as deep as the whole, where no parameter is their own."""
SLIM = frozenset(
    {"leg", "post", "pole", "stem", "rung", "bar", "rod", "spoke", "arm", "handle", "slat", "foot", "rail", "wall",
     "frame", "rim", "picket", "branch", "peg", "baluster", "spindle", "stick", "column", "trunk", "strut", "edge",
     "border", "support", "stretcher"}
)  # fmt: skip
"""Parts that are as wide as they are thick."""


def _unwrapped(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        kept = [one for one in get_args(annotation) if one is not type(None)]
        return _unwrapped(kept[0]) if kept else annotation
    if hasattr(annotation, "__metadata__"):
        return _unwrapped(annotation.__origin__)
    return annotation


def _limits(info: FieldInfo) -> tuple[float, float]:
    low, high = 0.0, 1e9
    for rule in info.metadata:
        if isinstance(rule, Ge):
            low = float(rule.ge)  # type: ignore[arg-type]
        elif isinstance(rule, Gt):
            low = float(rule.gt) + 1e-9  # type: ignore[arg-type]
        elif isinstance(rule, Le):
            high = float(rule.le)  # type: ignore[arg-type]
        elif isinstance(rule, Lt):
            high = float(rule.lt) - 1e-9  # type: ignore[arg-type]
    return low, high


def _spoken(name: str, info: FieldInfo) -> list[Words]:
    others = [word for rule in info.metadata if isinstance(rule, said) for word in rule.words]
    return [lemmas(one) for one in (name, *others)]


@cache
def kind_of(made: type[Family]) -> Kind:
    """What may be said about a family's objects."""
    kind = Kind(made.names[0], family=made)
    for name, info in made.model_fields.items():
        plain = _unwrapped(info.annotation)
        phrases = _spoken(name, info)
        kind.spoken[name] = tuple(phrases)
        kind.defaults[name] = info.get_default(call_default_factory=True) if not info.is_required() else None
        if get_origin(plain) is Literal:
            for value in get_args(plain):
                _choose(kind, name, value, phrases)
        elif plain is bool:
            kind.flags.update(dict.fromkeys(phrases, name))
        elif plain is int:
            kind.counts.update(dict.fromkeys(phrases, name))
            kind.bounds[name] = _limits(info)
        elif plain is float:
            kind.numbers.update({phrase: name for phrase in phrases if phrase not in kind.numbers})
            kind.bounds[name] = _limits(info)
        else:
            pattern = next((str(rule.pattern) for rule in info.metadata if getattr(rule, "pattern", None)), "")
            if pattern.startswith("^(") and pattern.endswith(")$"):
                for value in pattern[2:-2].split("|"):
                    _choose(kind, name, value, phrases)
            else:
                kind.texts.update(dict.fromkeys(phrases, name))
    return _with_roles(kind, made)


def _choose(kind: Kind, name: str, value: Any, phrases: Iterable[Words]) -> None:
    spoken = str(value).replace("-", " ").replace("_", " ")
    for word in (spoken, *SYNONYMS.get(spoken, ())):
        kind.choices.setdefault(lemmas(word), []).append((name, value))
    if isinstance(value, int):  # Literal[3, 4]: counted as other numbers are
        kind.counts.update(dict.fromkeys(phrases, name))


def _with_roles(kind: Kind, made: type[Family]) -> Kind:
    found: dict[str, None] = {}
    flags = dict.fromkeys(kind.flags.values(), True)
    for parameters in ({}, flags, *({name: True} for name in flags), *_each_choice(kind)):
        try:
            found.update(dict.fromkeys(roles_of(made(**parameters))))
        except (DataError, ValidationError, ValueError):
            continue
    found.pop("", None)
    return Kind(**{**kind.__dict__, "roles": tuple(found)})


def _each_choice(kind: Kind) -> list[dict[str, Any]]:
    every = {(name, value) for options in kind.choices.values() for name, value in options}
    return [{name: value} for name, value in sorted(every, key=str)][:24]


def kind_of_object(one: Object) -> Kind:
    """What may be said about an object that is there: of a family, or a solid."""
    if isinstance(one.shape, FamilyShape):
        return kind_of(family(one.shape.family))
    return kind_of_solid(one.name, one.shape)


def kind_of_solid(name: str, solid: Solid) -> Kind:
    """The dimensions of a solid as what may be said about it."""
    own = {key: value for key, value in sizes(solid).items() if key not in ("x", "y", "z")}
    numbers = {lemmas(key): key for key in own}
    for word in ("width", "depth", "height"):
        numbers.setdefault((word,), word)
    if isinstance(solid, Box) and len(set(solid.size)) == 1 and lemmas(name)[-1:] in (("cube",), ("die",)):
        numbers |= {(word,): "all" for word in ("size", "side", "edge")}
        own["all"] = solid.size[0]
    return Kind(name, numbers=numbers, defaults=dict(own))


__all__ = ["ALIKE", "ANGLES", "ROLE_WORDS", "SHAPES", "Kind", "Words", "kind_of", "kind_of_object", "kind_of_solid"]

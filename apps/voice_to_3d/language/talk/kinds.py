"""`Kind`: what may be said about an object: its numbers, counts, choices, flags and parts, each by all its words.

Read from the fields of a family by the naming rule of `families.base`, or from the dimensions of a solid.
"""

from __future__ import annotations

import types
from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from math import cos, pi
from typing import Annotated, Any, ClassVar, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import Field, ValidationError
from pydantic.fields import FieldInfo

from wugan.apps.voice_to_3d.families.base import Family, Part, said
from wugan.apps.voice_to_3d.families.registry import families, family
from wugan.apps.voice_to_3d.language.lexer import tokens
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import COPULAS, DIMENSIONS, VERBS
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.resizing import roles as roles_of
from wugan.apps.voice_to_3d.resizing import sizes
from wugan.apps.voice_to_3d.scene import profile as p
from wugan.apps.voice_to_3d.scene import solid as s
from wugan.apps.voice_to_3d.scene.model import Length
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Placement
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.scene.solid import Box, Solid
from wugan.errors import DataError

# Plain bodies that may be named in a scene: cube, cylinder, ball… read like families, kept as solids.


class Primitive(Family):
    """A plain body; `solid()` is its shape."""

    def parts(self) -> list[Part]:
        """One nameless part."""
        return [Part("", self.solid())]

    @abstractmethod
    def solid(self) -> s.Solid:
        """The shape."""

    def given(self, *names: str) -> bool:
        """Whether any of the parameters was said."""
        return bool(self.model_fields_set & set(names))


class Cube(Primitive):
    """A cube; a block where its sizes differ."""

    names: ClassVar = ("cube",)
    size: Annotated[Length, said("side", "edge", "side length", "edge length")] = 50.0
    width: Annotated[float | None, Field(gt=0), said("length")] = None
    depth: float | None = None
    height: float | None = None

    def solid(self) -> s.Solid:
        fall = self.size
        if not self.given("size"):
            fall = next((value for value in (self.width, self.depth, self.height) if value), self.size)
        return s.Box(size=(self.width or fall, self.depth or fall, self.height or fall))


class Block(Primitive):
    """A rectangular block."""

    names: ClassVar = ("block", "cuboid", "rectangular prism", "rectangular block", "rectangular solid")
    width: Annotated[Length, said("length")] = 60.0
    depth: Length = 40.0
    height: Annotated[Length, said("thickness")] = 30.0

    def solid(self) -> s.Solid:
        depth = self.depth if self.given("depth") or not self.given("width") else min(self.depth, self.width)
        return s.Box(size=(self.width, depth, self.height))


class Slab(Primitive):
    """A flat board or plate."""

    names: ClassVar = ("slab", "sheet", "panel", "flat plate", "plate", "tile", "board", "plank", "base", "base slab")
    width: Annotated[Length, said("length")] = 100.0
    depth: Length = 60.0
    thickness: Annotated[Length, said("height")] = 5.0
    shape: Annotated[str, Field(pattern="^(rectangular|square|round)$")] = "rectangular"

    def solid(self) -> s.Solid:
        depth = self.depth if self.given("depth") else min(self.depth, self.width)
        if self.shape == "round":
            return s.Cylinder(diameter=self.width, height=self.thickness)
        if self.shape == "square" and not self.given("depth"):
            depth = self.width
        return s.Box(size=(self.width, depth, self.thickness))


class Beam(Primitive):
    """A long square bar, lying along x."""

    names: ClassVar = ("beam", "square bar", "batten")
    length: Annotated[Length, said("width")] = 200.0
    depth: Length = 20.0
    thickness: Annotated[Length, said("height")] = 20.0

    def solid(self) -> s.Solid:
        return s.Box(size=(self.length, self.depth, self.thickness))


class Pillar(Primitive):
    """A round or square post that stands."""

    names: ClassVar = ("pillar", "post", "column", "pole")
    diameter: Annotated[Length, said("width", "thickness")] = 40.0
    height: Annotated[Length, said("length")] = 200.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.height)


class RoundBody(Primitive):
    """A cylinder."""

    names: ClassVar = ("cylinder", "round bar", "rod", "dowel")
    diameter: Annotated[Length, said("width", "thickness", "across")] = 40.0
    height: Annotated[Length, said("length", "depth")] = 60.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.height)


class Disc(Primitive):
    """A flat round plate."""

    names: ClassVar = ("disc", "disk", "puck", "round plate", "circular plate")
    diameter: Annotated[Length, said("width")] = 60.0
    thickness: Annotated[Length, said("height")] = 6.0

    def solid(self) -> s.Solid:
        return s.Cylinder(diameter=self.diameter, height=self.thickness)


class Tube(Primitive):
    """A cylinder with a bore."""

    names: ClassVar = ("tube", "hollow cylinder", "sleeve")
    diameter: Annotated[Length, said("outside diameter", "outer diameter", "width")] = 40.0
    inner_diameter: Annotated[float | None, Field(gt=0), said("inside diameter", "bore")] = None
    wall_thickness: Annotated[float | None, Field(gt=0), said("thickness", "wall")] = None
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        wall = self.wall_thickness
        outside = self.diameter
        if not self.given("diameter") and self.inner_diameter:
            outside = self.inner_diameter + 2 * (wall or 0.1 * self.inner_diameter)
        inner = self.inner_diameter or outside - 2 * (wall or 0.1 * outside)
        if not 0 < inner < outside:
            raise DataError(f"a tube of {outside:g} mm outside and {inner:g} mm inside has no wall; make one differ")
        if self.inner_diameter and wall and abs(outside - inner - 2 * wall) > 0.01:
            raise DataError(
                f"a tube {outside:g} mm outside and {inner:g} mm inside has "
                f"{(outside - inner) / 2:g} mm walls, not {wall:g}"
            )
        return s.Cylinder(diameter=outside, inner_diameter=inner, height=self.height)


class Ball(Primitive):
    """A sphere."""

    names: ClassVar = ("sphere", "ball", "orb")
    diameter: Annotated[Length, said("width", "height", "size")] = 50.0

    def solid(self) -> s.Solid:
        return s.Sphere(diameter=self.diameter)


class Dome(Primitive):
    """Half a ball, flat side down."""

    names: ClassVar = ("hemisphere", "dome", "half sphere", "half ball")
    diameter: Annotated[Length, said("width")] = 60.0

    def solid(self) -> s.Solid:
        return s.Sphere(diameter=self.diameter, upper_half=True)


class Egg(Primitive):
    """A stretched ball."""

    names: ClassVar = ("ellipsoid", "egg", "spheroid")
    width: Annotated[Length, said("diameter")] = 45.0
    depth: float | None = None
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        return s.Ellipsoid(size=(self.width, self.depth or self.width, self.height))


class Cone(Primitive):
    """A cone; a frustum with a top diameter."""

    names: ClassVar = ("cone", "frustum", "truncated cone", "cone frustum", "conical frustum", "frustum of a cone")
    diameter: Annotated[Length, said("base diameter", "bottom diameter", "width", "base width")] = 50.0
    top_diameter: Annotated[float, Field(ge=0), said("upper diameter")] = 0.0
    height: Annotated[Length, said("length")] = 70.0

    def solid(self) -> s.Solid:
        return s.Cone(bottom_diameter=self.diameter, top_diameter=self.top_diameter, height=self.height)


class Pyramid(Primitive):
    """A pyramid."""

    names: ClassVar = ("pyramid",)
    width: Annotated[Length, said("base", "base width", "side", "size", "length")] = 60.0
    depth: float | None = None
    height: Length = 60.0
    sides: int = Field(4, ge=3, le=60)

    def solid(self) -> s.Solid:
        if self.sides == 4:
            return s.Pyramid(profile=p.Rectangle(width=self.width, depth=self.depth or self.width), height=self.height)
        return s.Pyramid(profile=p.RegularPolygon(sides=self.sides, across_flats=self.width), height=self.height)


class Doughnut(Primitive):
    """A ring with a round section, lying flat; `diameter` over all."""

    names: ClassVar = ("torus", "donut", "doughnut", "ring")
    diameter: Annotated[Length, said("outside diameter", "outer diameter", "width")] = 60.0
    thickness: Annotated[Length, said("tube diameter", "height", "section diameter")] = 15.0

    def solid(self) -> s.Solid:
        tube = self.thickness if self.given("thickness") else min(self.thickness, self.diameter / 4)
        if tube * 2 >= self.diameter:
            raise DataError(f"a ring {self.diameter:g} mm wide cannot be {tube:g} mm thick; less than half would do")
        return s.Torus(diameter=self.diameter - tube, tube=tube)


class Prism(Primitive):
    """An upright bar with a regular outline."""

    names: ClassVar = ("prism", "polygonal prism", "triangular prism", "hexagonal prism", "octagonal prism",
                       "pentagonal prism", "hexagonal bar")  # fmt: skip
    width: Annotated[Length, said("diameter", "across flats", "size")] = 50.0
    height: Annotated[Length, said("length", "thickness")] = 60.0
    sides: int = Field(6, ge=3, le=360)
    shape: Annotated[str, Field(pattern="^(triangular|square|pentagonal|hexagonal|octagonal|regular)$")] = "regular"

    def solid(self) -> s.Solid:
        corners = {"triangular": 3, "square": 4, "pentagonal": 5, "hexagonal": 6, "octagonal": 8}
        sides = corners.get(self.shape, self.sides)
        flats = self.width if sides % 2 == 0 else self.width * cos(pi / sides)
        return s.Extrude(profile=p.RegularPolygon(sides=sides, across_flats=flats), height=self.height)


class Wedge(Primitive):
    """A ramp: its slope rises to the right."""

    names: ClassVar = ("wedge", "ramp")
    width: Annotated[Length, said("length")] = 60.0
    depth: Length = 40.0
    height: Length = 30.0

    def solid(self) -> s.Solid:
        side = p.Polygon(points=((0, 0), (self.width, 0), (self.width, self.height)))
        upright = Placement(z=Coordinate(to="origin", own="min"), rotate=(90.0, 0.0, 0.0))
        return s.Hull(of=(s.Placed(shape=s.Extrude(profile=side, height=self.depth), place=upright),))


class Pill(Primitive):
    """A cylinder with round ends."""

    names: ClassVar = ("capsule", "pill")
    diameter: Annotated[Length, said("width")] = 20.0
    height: Annotated[Length, said("length")] = 60.0

    def solid(self) -> s.Solid:
        if self.height < self.diameter:
            raise DataError(f"a capsule {self.diameter:g} mm wide is at least as high, not {self.height:g} mm")
        return s.Capsule(diameter=self.diameter, height=self.height)


PRIMITIVES: tuple[type[Primitive], ...] = (
    Cube, Block, Slab, Beam, Pillar, RoundBody, Disc, Tube, Ball, Dome, Egg, Cone, Pyramid, Doughnut, Prism, Wedge,
    Pill,
)  # fmt: skip


# What objects are called: the families and the plain bodies by every name, and what parts are called besides.

ROLE_WORDS: dict[str, tuple[str, ...]] = {
    "tabletop": ("top",), "table top": ("top",), "worktop": ("top",), "surface": ("top",), "desktop": ("top",),
    "countertop": ("top",), "plate": ("plate", "top"), "cushion": ("cushion", "seat cushion", "seat"),
    "backrest": ("back", "backrest"), "back": ("back", "backrest"), "armrest": ("armrest", "arm"),
    "arm": ("arm", "armrest"), "foot": ("foot", "leg"), "door": ("door", "door front"),
    "drawer": ("drawer", "drawer front"), "handle": ("handle", "knob", "pull", "grip"), "knob": ("knob", "handle"),
    "board": ("board", "shelf"), "cover": ("lid", "cover"), "lid": ("lid", "cover"), "shade": ("shade", "lampshade"),
    "lampshade": ("shade", "lampshade"), "base": ("base", "foot", "pedestal"), "stem": ("stem", "pole", "post"),
    "pole": ("pole", "stem", "post"), "wall": ("wall", "side"), "side": ("side", "side panel"),
    "rung": ("rung", "step"), "step": ("step", "rung", "tread"),
}  # fmt: skip
"""Words for parts beside the role's own name; the first that the object has counts."""


@cache
def lemmas(phrase: str) -> tuple[str, ...]:
    """A phrase as the lexer writes it ("hex nuts" → "hexagonal", "nut")."""
    return tuple(one.lemma if one.quantity is None else one.text.lower() for one in tokens(phrase.replace("_", " ")))


@cache
def nouns() -> dict[tuple[str, ...], type[Family]]:
    """Every name of an object, as lemmas. A family wins over a plain body of the same name."""
    table: dict[tuple[str, ...], type[Family]] = {}
    for kind in PRIMITIVES:
        for name in kind.names:
            table[lemmas(name)] = kind
    for name, found in families().items():
        if name not in PLAIN:
            table[lemmas(name)] = found
    return table


PLAIN = frozenset({"column", "pillar"})
"""Names that mean a plain body first; the family's other names ("greek column") stay its own."""


@cache
def _longest() -> int:
    return max((len(name) for name in nouns()), default=1)


def noun_at(said: Sequence[str]) -> tuple[type[Family], int] | None:
    """The object that the longest run of lemmas from the first one names, and how many they are."""
    table = nouns()
    for length in range(min(_longest(), len(said)), 0, -1):
        if found := table.get(tuple(said[:length])):
            return found, length
    return None


def role_named(said: Sequence[str], roles: Sequence[str]) -> tuple[str, int] | None:
    """The role of `roles` that the longest run of lemmas from the first one names, and how many they are.

    A role of two words ("drawer front") may be called by either.
    """
    for length in range(min(3, len(said)), 0, -1):
        phrase = " ".join(said[:length])
        for role in roles:
            if lemmas(role) == tuple(said[:length]):
                return role, length
        for other in ROLE_WORDS.get(phrase, ()):
            if other in roles:
                return other, length
        for role in roles:
            own = lemmas(role)
            if length == 1 and len(own) > 1 and phrase in (own[0], own[-1]):
                return role, 1
    return None


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


# Noun phrases of new objects: where they begin, how many, and what their noun is.

STOPS = words(
    "in on under beside behind above below beneath underneath between around against inside into near next with "
    "without "
    "of to from at by it them they this that these those which who where and or the its his her their my "
    "every each all "
    "as than then instead so because if not no . ; ! ? : \n than up over"
)
PURPOSES = words(
    "kitchen garden office home house outdoor indoor room living bed dining children kid family guest modern classic "
    "rustic vintage industrial elegant antique contemporary traditional scandinavian style old-fashioned new complete "
    "single matching identical similar same different generic little plain ordinary typical usual other more"
)
"""Such as "a kitchen table": what it is for changes no shape."""
GROUPS = words("tower set row pair group line couple bunch stack pile circle ring grid collection number")


@dataclass
class Head:
    """A noun phrase that names an object.

    Attributes:
        kind: its family or plain body.
        start, noun, end: indices of its first token, of its noun, and after it.
        first: index of the first adjective.
        count: how many.
        group: "row", "stack"… where that was said ("a row of five").
        name: the noun as it was said.
        more: whether it is to be like one that is there ("another chair").
        several: whether it was said in the plural without a number ("wheels").
    """

    kind: type[Family]
    start: int
    first: int
    noun: int
    end: int
    count: int = 1
    group: str = ""
    name: str = ""
    more: bool = False
    several: bool = False


def head_at(r: Reading, i: int, end: int, bare: bool = True) -> Head | None:
    """The noun phrase of a new object at `i`; `None` where none starts.

    Args:
        r: the text.
        i: where to begin.
        end: where to stop.
        bare: whether it may go without "a" ("table, two metres long").
    """
    j, count, group, determined, more = i, 0, "", False, False
    while j < end:
        token, word = r.tokens[j], r.lemma(j)
        if word in ("a", "an", "some", "another", "around") and token.quantity is None:
            if word == "around" and (determined or j != i or noun_after_around(r, j, end) is None):
                break  # "around oak table": what speech recognition makes of "a round oak table"
            determined, more = True, more or word == "another"
            j += 1
            if word == "around":
                break
        elif word in GROUPS and r.lemma(j + 1, end) == "of":
            group, determined, j = word, True, j + 2
        elif token.quantity is not None and noun_at(_said(r, j, end)):
            break
        elif token.quantity is not None and token.quantity.kind == "ordinal" and determined and j == i + 1:
            more, j = True, j + 1  # "a second chair"
        elif token.quantity is not None and token.quantity.kind in ("number", "times") and not count:
            value = token.value
            following = r.lemma(j + 1, end)
            if value != int(value) or not 1 <= value <= 500 or DIMENSIONS.get(following) or following in ("by", "x"):
                break
            if r.tokens[j + 1 : j + 2] and r.lemma(j + 1) in PARTS_COUNTED:
                break
            count, determined, j = int(value), True, j + 1
            more = more or r.lemma(j, end) in ("more", "additional", "further")
            j += r.lemma(j, end) in ("more", "additional", "further", "identical", "of")
        else:
            break
    if not determined and (not bare or r.lemma(i - 1) in ("the", "this", "that", "its", "their", "these", "those")):
        return None
    first = j
    found = _noun(r, j, end)
    if found is None:
        return None
    kind, noun, stop = found
    if r.lemma(stop - 1) == "base" and r.lemma(i - 1) in ("with", "having", "has", "have", "of", "on", "for", "the"):
        return None  # a part of something, and no thing of its own
    if group in ("pair", "couple") and not count:
        count = 2
    plural = r.tokens[stop - 1].plural
    return Head(kind, i, first, noun, stop, max(count, 1) if count or not (plural and group) else 3, group,
                r.phrase(noun, stop).lower() if not plural else _singular(r, noun, stop), more,
                plural and not count and not group and r.lemma(stop - 1) not in PAIRED)  # fmt: skip


PAIRED = words("stair scissor plier tong tweezer step shear headphone binocular")
"""One thing, though it is said in the plural."""
PARTS_COUNTED = words("legged sided armed pointed toothed drawered doored seater tier tiered storey story step bladed")


def noun_after_around(r: Reading, j: int, end: int) -> tuple[type[Family], int, int] | None:
    """The object after "around", where no "the" stands between ("Around Oak Table")."""
    if j > 0 and r.lemma(j - 1) not in (".", ",", "and", "make", "add", "put", "create", "want", "\n"):
        return None
    return _noun(r, j + 1, end)


def _singular(r: Reading, noun: int, stop: int) -> str:
    words_said = [one.text.lower() for one in r.tokens[noun : stop - 1]]
    return " ".join([*words_said, r.lemma(stop - 1)])


def _noun(r: Reading, j: int, end: int) -> tuple[type[Family], int, int] | None:
    """The first object noun from `j` on with only adjectives before it: its kind, its index, the index after it."""
    for k in range(j, min(end, j + 16)):
        token, word = r.tokens[k], r.lemma(k)
        if token.kind == "word" or (token.quantity is not None and token.quantity.kind == "number"):
            found = noun_at(_said(r, k, end))
            if found:
                kind, n = found
                later = _later(r, k, n, end)
                return later or (kind, k, k + n)
        if word == "and" and k > j and r.material(k - 1, k) and r.material(k + 1, end):
            continue  # "a red and white box"
        if word in STOPS or word in COPULAS or token.kind == "break" or (word == "about" and k > j):
            return None
        if token.kind == "sign" and word != ",":
            return None
        if word == "," and not _adjective_follows(r, k + 1, end):
            return None
        if VERBS.get(word) and k > j and word not in ("round", "model", "design", "level", "stack", "mirror", "shell"):
            return None
    return None


def _said(r: Reading, k: int, end: int) -> list[str]:
    """The words from `k` as names are written; a number as its word ("four-way fitting")."""
    said = []
    for token in r.tokens[k : min(end, k + 5)]:
        if token.quantity is not None and token.quantity.kind != "number":
            break
        said.append(token.lemma if token.quantity is None else token.text.lower())
    return said


def _later(r: Reading, k: int, n: int, end: int) -> tuple[type[Family], int, int] | None:
    """A noun right behind one that is also a material or stands alone as an adjective ("glass table", "box shelf")."""
    after = k + n
    if after >= end or r.tokens[after].quantity is not None:
        return None
    if r.tokens[after - 1].plural:
        return None
    skip = after
    if r.material(k, end) and (found := r.material(after, end)) and found[1] == after + 1:
        skip = after + 1
    following = noun_at(_said(r, skip, end))
    if following is None:
        return None
    kind, length = following
    return _later(r, skip, length, end) or (kind, skip, skip + length)


def _adjective_follows(r: Reading, k: int, end: int) -> bool:
    from wugan.apps.voice_to_3d.language.talk.words import RELATIVE

    if k >= end or r.tokens[k].quantity is not None:
        return False
    word = r.lemma(k)
    if word in ("a", "an", "the", "and"):
        return False
    return word in RELATIVE or r.material(k, end) is not None or word in ("round", "square", "rectangular", "oval")

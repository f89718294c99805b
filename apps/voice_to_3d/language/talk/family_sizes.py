"""`SizeReader`: phrases of size ("80 cm wide", "a height of 2 m", "120 by 60 cm") become parameters of a kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.talk.kinds import ANGLES, SPANNING, Kind, Primitive, role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, FEATURE_WORDS
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.resizing import roles, shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Paint, Remove, Resize, SetParameter
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.model import LARGEST, SMALLEST
from wugan.apps.voice_to_3d.scene.placement import Reference, Selector, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange
from wugan.errors import DataError

# `Said`: what was said about one object, and the object that it makes.

OUTER = frozenset({"width", "depth", "height", "length", "diameter", "size"})
"""Parameters that say how large the whole is."""


class Refused(Exception):
    """What was said cannot be made: `reason` says why, `span` which tokens said it."""

    def __init__(self, reason: str, span: tuple[int, int]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


@dataclass
class PartSize:
    """A size of a part that no parameter of the family holds: exactly one of `to` (mm) and `times`."""

    parts: Selector
    dimension: str
    to: float | None = None
    times: float | None = None


@dataclass
class Said:
    """What was said about an object.

    Attributes:
        parameters: of the family, with the tokens that said each in `where`.
        dimensions: the word that set each number ("width").
        paints: materials of parts; an empty selector is the whole.
        part_sizes: sizes of parts beyond parameters.
        absent: roles that shall be missing.
        relative: "tall", "big": the dimension and the factor on what is usual.
        counted: how many parts of a role were said where no parameter counts them, and where.
        features: spans of tokens that speak of holes and edges.
        scale: of the whole.
        looks: what was said of a part's shape that no parameter holds ("a round base"): role, word and its token.
        unknown: tokens that mean nothing here, and of what they were said.
    """

    parameters: dict[str, Any] = field(default_factory=dict)
    where: dict[str, tuple[int, int]] = field(default_factory=dict)
    dimensions: dict[str, str] = field(default_factory=dict)
    paints: list[tuple[Selector, Material]] = field(default_factory=list)
    part_sizes: list[PartSize] = field(default_factory=list)
    absent: list[Selector] = field(default_factory=list)
    relative: list[tuple[str, str, float]] = field(default_factory=list)
    counted: list[tuple[str, int, tuple[int, int]]] = field(default_factory=list)
    features: list[tuple[int, int]] = field(default_factory=list)
    scale: float = 1.0
    looks: list[tuple[str, str, int]] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)


def made(id: str, kind: Kind, said: Said, span: tuple[int, int], assumed: list[str]) -> Object:
    """The object that was described.

    Raises:
        Refused: parameters that contradict each other or their limits.
    """
    assert kind.family is not None
    parameters = dict(said.parameters)
    scale = said.scale
    for role, dimension, factor in said.relative:
        name = kind.number(role, dimension)
        if dimension == "all":
            scale *= factor if not said.dimensions and not OUTER & set(parameters) else 1.0  # no factor on said sizes
        elif name and name not in parameters and isinstance(kind.defaults.get(name), int | float):
            value = round(kind.defaults[name] * factor, 3)
            low, high = kind.bounds.get(name, (0.0, 1e9))
            parameters[name] = min(max(value, low), high)
            assumed.append(f"{kind.name}: {name.replace('_', ' ')} {parameters[name]:g} mm")
        elif name and name in parameters:
            pass  # said in numbers too: "tall, 2 m"
        elif role:
            said.part_sizes.append(PartSize(Selector(role=role), dimension, times=factor))
        else:
            scale_on = {"width": 0, "length": 0, "depth": 1, "height": 2}.get(dimension)
            if scale_on is None:
                raise Refused(f"a {kind.name} has no {dimension} that could be larger or smaller", span)
            said.scale = 1.0
            scale *= 1.0
    shape = _family(kind.family, parameters, span)
    changes = [PartChange(parts=parts, material=material) for parts, material in said.paints if parts != Selector()]
    whole = next((material for parts, material in reversed(said.paints) if parts == Selector()), None)
    changes += [PartChange(parts=parts, remove=True) for parts in said.absent]
    for name, value in shape.model_dump().items():
        if name in ("width", "depth", "height", "length", "diameter") and name not in parameters and value:
            assumed.append(f"{kind.name}: {name} {value:g} mm, as usual") if isinstance(value, int | float) else None
    if isinstance(shape, Primitive):
        return Object(id=id, name=kind.name, shape=shape.solid(), material=whole, scale=(scale,) * 3, place=at())
    one = Object(
        id=id, name=kind.name, shape=FamilyShape(family=kind.name, parameters=parameters), material=whole,
        changes=tuple(changes), scale=(scale,) * 3, place=at(),
    )  # fmt: skip
    _check(one, said, roles(shape), span)
    for role, word, index in said.looks:
        if _shows(shape, role, word):
            assumed.append(f"“{word}”: the {role or kind.name} is so anyway")
        else:
            said.unknown.append((index, role or kind.name))
    return one


LOOKS = frozenset({"round", "square", "rectangular", "conical", "cylindrical", "circular"})


def _shows(shape: Family, role: str, word: str) -> bool:
    """Whether the parts of a role (all of them: "") have the shape that was said of them, seen from above."""
    from wugan.apps.voice_to_3d.geometry.solids import solid

    whole: Any = None
    for part in shape.parts():
        if part.role == role or not role:
            made = solid(part.shape)
            whole = made if whole is None else whole + made
    if whole is None:
        return False
    box = whole.bounding_box()
    x, y, z = (box[i + 3] - box[i] for i in range(3))
    share, even = whole.hull().volume() / (x * y * z), abs(x - y) < 0.02 * max(x, y)
    if word in ("round", "circular", "cylindrical"):
        return even and share < 0.82
    if word == "conical":
        return even and share < 0.75
    return share > 0.9 and (even or word == "rectangular")


def _family(family: type[Family], parameters: dict[str, Any], span: tuple[int, int]) -> Family:
    name = family.names[0]
    try:
        shape = family(**parameters)
        shape.parts()
        return shape
    except ValidationError as error:
        first = error.errors()[0]
        field_name = " ".join(str(part).replace("_", " ") for part in first["loc"])
        value = f" {first['input']:g}" if isinstance(first["input"], int | float) else f" {first['input']!r}"
        reason = f"the {field_name} of a {name} cannot be{value}: {first['msg'].lower()}"
        raise Refused(reason if field_name else f"{name}: {first['msg']}", span) from None
    except DataError as error:
        raise Refused(f"{name}: {error}", span) from None


def _check(one: Object, said: Said, known: list[str], span: tuple[int, int]) -> None:
    for change in one.changes:
        role = change.parts.role
        if role not in known:
            raise Refused(f"a {one.name} like this has no {role}; its parts: {', '.join(dict.fromkeys(known))}", span)
    for role, count, where in said.counted:
        there = sum(part.role == role for part in shape_of(one).parts())
        last = role.split()[-1]
        if (
            there != count
            and sum(part.role.split()[-1] == last for part in shape_of(one).parts() if part.role) == count
        ):
            continue  # "two hands": the hour hand and the minute hand
        if there != count:
            raise Refused(
                f"a {one.name} like this has {there} of {role}, not {count}, and that cannot be chosen", where
            )


def as_edits(one: Object, kind: Kind, said: Said, target: Reference) -> list[Edit]:
    """What was said as edits of an object that is there already."""
    edits: list[Edit] = []
    for name, value in said.parameters.items():
        if name in kind.numbers.values() and not (name in kind.bounds and isinstance(value, bool)):
            edits.append(Resize(target=target, dimension=_axis(name, kind), to=value))
        else:
            edits.append(SetParameter(target=target, parameter=name, value=value))
    for role, dimension, factor in said.relative:
        own = kind.number(role, dimension)
        if own or not role:
            edits.append(Resize(target=target, dimension=_axis(own or dimension, kind), times=factor))
        else:
            edits.append(
                Resize(target=Reference(object=one.id, parts=Selector(role=role)), dimension=dimension, times=factor)
            )
    for size in said.part_sizes:
        on = Reference(object=one.id, parts=size.parts)
        edits.append(Resize(target=on, dimension=size.dimension, to=size.to, times=size.times))
    for parts, material in said.paints:
        on = target if parts == Selector() else Reference(object=one.id, parts=parts)
        edits.append(Paint(target=on, material=material))
    edits += [Remove(target=Reference(object=one.id, parts=parts)) for parts in said.absent]
    return edits


def _axis(name: str, kind: Kind) -> str:
    """The axis for a dimension of the whole, so that it also holds for an object that was turned or scaled."""
    return {"width": "x", "depth": "y", "height": "z"}.get(name, name)


def part_size_edits(one: Object, said: Said) -> list[Edit]:
    """The sizes of parts of a new object that no parameter holds."""
    return [
        Resize(
            target=Reference(object=one.id, parts=size.parts), dimension=size.dimension, to=size.to, times=size.times
        )
        for size in said.part_sizes
    ]


BETWEEN = ("of", "is", "to", "=", ":", "at", "about", "be", "should", "approximately", "around", "exactly")
ORDER = ("width", "diameter", "depth", "height", "thickness")


class SizeReader:
    """Reads sizes; see `family_reading.Describer`."""

    r: Reading
    kind: Kind
    roles: list[str]
    fresh: bool
    said: Said
    scope: str
    across: bool = False

    def set(self, name: str, value: Any, span: tuple[int, int], word: str = "") -> None:
        """Sets a parameter. Raises `Refused` where it contradicts what was said before, or what can be."""
        said = self.said
        if name in said.parameters and said.parameters[name] != value:
            if word and self._long_and_wide(name, value, span, word):
                return
            if self.fresh:
                was = said.where[name]
                raise Refused(
                    f"“{self.r.phrase(*was)}” and “{self.r.phrase(*span)}” contradict each other; say one of them",
                    (was[0], span[1]),
                )
        if isinstance(value, int | float) and not isinstance(value, bool) and not self.kind.fits(name, value):
            low, high = self.kind.bounds[name]
            unit = " mm" if name in self.kind.numbers.values() and not self._angular(name) else ""
            raise Refused(
                f"the {name.replace('_', ' ')} of a {self.kind.name} can be "
                f"{low:g} to {high:g}{unit}, not {value:g}{unit}",
                span,
            )
        said.parameters[name] = value
        said.where[name] = span
        if word:
            said.dimensions[name] = word

    def _long_and_wide(self, name: str, value: float, span: tuple[int, int], word: str) -> bool:
        """Where both "long" and "wide" are said and one number holds both, wide is what lies across."""
        depth = self.kind.number("", "depth")
        before = self.said.dimensions.get(name, "")
        if {word, before} != {"length", "width"} or not depth or depth == name or depth in self.said.parameters:
            return False
        if word == "width":
            self.set(depth, value, span, "depth")
        else:
            self.set(depth, self.said.parameters[name], self.said.where[name], "depth")
            self.said.parameters[name], self.said.where[name], self.said.dimensions[name] = value, span, word
        return True

    @staticmethod
    def _angular(name: str) -> bool:
        return any(name.endswith(word) for word in ANGLES)

    def length(self, quantity: Quantity, name: str, span: tuple[int, int]) -> float:
        """The length in mm; a number without a unit has the last unit that was said, or the likely one.

        Raises:
            Refused: nothing has that size.
        """
        value = quantity.value
        if quantity.kind == "length":
            self.r.context.unit = quantity.unit
        elif quantity.bare:
            value = self._likely(value, name, span)
        what = self.r.phrase(*span)
        if value <= 0:
            raise Refused(f"“{what}”: a size is larger than zero", span)
        if not SMALLEST <= value <= LARGEST:
            raise Refused(f"“{what}” cannot be made: sizes run from {SMALLEST:g} mm to {LARGEST / 1000:g} m", span)
        return value

    def _likely(self, value: float, name: str, span: tuple[int, int]) -> float:
        usual = self.kind.defaults.get(name)
        unit = self.r.context.unit
        if not self.fresh and isinstance(usual, int | float) and usual > 0:  # the unit that comes near the size now
            said = UNITS[{"in": "inch", "ft": "foot"}.get(unit, unit)].factor if unit else 1.0
            near = [
                f for f in (said, 1.0, 10.0) if usual / 5 <= value * f <= usual * 5 and self.kind.fits(name, value * f)
            ]
            if near:
                return value * near[0]
        if unit:
            scaled = value * UNITS[{"in": "inch", "ft": "foot"}.get(unit, unit)].factor
            if self.kind.fits(name, scaled):
                return scaled
        if isinstance(usual, int | float) and usual > 0 and value < usual / 8 and self.kind.fits(name, 10 * value):
            self.r.assumed.append(f"“{self.r.phrase(*span)}” is in centimetres")
            return 10 * value
        return value

    def dimension(self, word: str, role: str = "") -> tuple[str | None, float]:
        """The parameter for a dimension, and the factor from what is said to it (2 for a radius)."""
        if word == "radius":
            own = self.kind.number(role, "radius")
            return (own, 1.0) if own else (self.kind.number(role, "diameter"), 2.0)
        if self.across and not role and word == "width":
            depth, long = self.kind.number("", "depth"), self.kind.number("", "length")
            if depth and (long == self.kind.number("", "width") or self.kind.family is None):
                return depth, 1.0  # "120 long and 20 wide" of a thing whose length lies along its width
        return self.kind.number(role, word), 1.0

    def size(self, quantity: Quantity, word: str, role: str, span: tuple[int, int]) -> bool:
        """Sets the dimension `word` of the role, or of the whole, from a quantity; False where there is none such."""
        name, factor = self.dimension(word, role)
        if name is None and role in SPANNING and word in ("width", "depth", "length", "diameter"):
            name, factor = self.dimension(word)
        if name is None and not role:
            return False
        if name is None:
            value = factor * self.length(quantity, "", span)
            self.said.part_sizes.append(
                PartSize(Selector(role=role), {"radius": "diameter", "across": "diameter"}.get(word, word), to=value)
            )
            return True
        value = factor * self.length(quantity, name, span)
        if role and self.kind.bounds.get(name) and not self.kind.fits(name, value):
            return False
        self.set(name, round(value, 6), span, word)
        return True

    def named_size(self, i: int, end: int) -> int:
        """Such as "a height of 80 cm", "leg thickness 5 cm", "radius 10", "the height of the seat is 45 cm"."""
        r, j = self.r, i
        while r.lemma(j, end) in ("a", "an", "the", "its", "their", "with", "total", "overall", "on"):
            j += 1
        if (name := self.kind.numbers.get((r.lemma(j, end), "diameter"))) and r.lemma(j + 1, end) == "of":
            quantity = r.tokens[j + 2].quantity if j + 2 < end else None  # "a hole of 35 mm"
            if quantity is not None and quantity.kind == "length" and not DIMENSIONS.get(r.lemma(j + 3, end)):
                self.set(name, round(self.length(quantity, name, (i, j + 3)), 6), (i, j + 3))
                return j + 3
        role, name, k = self.scope, None, j
        for length in (4, 3, 2, 1):
            phrase = tuple(r.lemmas(j, min(end, j + length)))
            if len(phrase) == length and (phrase in self.kind.numbers or phrase in self.kind.texts):
                name, k = self.kind.numbers.get(phrase) or self.kind.texts[phrase], j + length
                break
        word = DIMENSIONS.get(r.lemma(j, end), "") if r.lemma(j, end) in DIMENSION_NOUNS else ""
        if name is None or (length == 1 and word):
            name = None if word else name
            if word:
                k = j + 1
            elif found := role_named(r.lemmas(j, min(end, j + 3)), self.roles):
                word = DIMENSIONS.get(r.lemma(j + found[1], end), "")
                if not word or r.lemma(j + found[1], end) not in DIMENSION_NOUNS:
                    return i
                role, k = found[0], j + found[1] + 1
        if name is None and not word:
            return i
        if r.lemma(k, end) == "of" and word:
            of = k + 1 + (r.lemma(k + 1, end) in ("the", "its", "each"))
            if found := role_named(r.lemmas(of, min(end, of + 3)), self.roles):
                role, k = found[0], of + found[1]
        while r.lemma(k, end) in BETWEEN:
            k += 1
        quantity = r.tokens[k].quantity if k < end else None
        if quantity is None:
            return i
        span = (i, k + 1)
        if name in self.kind.texts.values() and name:
            self.set(name, r.phrase(k, k + 1).upper().replace(" ", ""), span)
            return k + 1
        if quantity.kind == "angle" and name and self._angular(name):
            self.set(name, quantity.value, span)
            return k + 1
        if not self._lengthy(quantity):
            return i
        if name is not None:
            if self._angular(name):
                self.set(name, quantity.value, span)
            else:
                self.set(name, round(self.length(quantity, name, span), 6), span, " ".join(r.lemmas(j, j + 1)))
            return k + 1
        return k + 1 if self.size(quantity, word, role, span) else i

    def _lengthy(self, quantity: Quantity) -> bool:
        if quantity.kind == "unknown":
            return True
        return quantity.kind in ("length", "number") and not quantity.fraction

    def measure(self, i: int, end: int) -> int:
        """Such as "80 cm wide", "80 cm in diameter", "5 mm wall thickness", "120 by 60 cm", "M6", "30 degrees"."""
        r, j = self.r, i
        while r.lemma(j, end) in ("about", "approximately", "around", "exactly", "at", "a", "an", "of", "on", "for"):
            j += 1
        quantity = r.tokens[j].quantity if j < end else None
        if quantity is None:
            return i
        if quantity.kind == "unknown":
            raise Refused(f"“{r.phrase(j, j + 1)}”: {quantity.unit} is no unit of length that is known here; "
                          "say mm, cm, m, inches or feet",
                          (j, j + 1 + (r.lemma(j + 1, end) in DIMENSIONS)))  # fmt: skip
        if quantity.kind == "thread":
            return self._thread(quantity, i, j)
        if quantity.kind == "angle":
            return self._angle(quantity, i, j, end)
        if quantity.kind == "sizes":
            return self._sizes(quantity, i, j, end)
        if not self._lengthy(quantity):
            return i
        k = j + 1
        if r.lemma(k, end) == "apart" or (r.lemma(k, end) in FEATURE_WORDS and not self.own_number(k, end)):
            return i  # a distance between copies, the size of a hole or an edge: never one of the whole
        for length in (4, 3, 2, 1):  # "5 mm wall thickness", "a 30 mm bore"
            if length == 1 and (r.lemma(k, end) in DIMENSIONS or r.has(k, "side", "by")):
                continue  # "5 cm side by side" is an order
            phrase = tuple(r.lemmas(k, min(end, k + length)))
            if len(phrase) == length and (name := self.kind.numbers.get(phrase)):
                self.set(name, round(self.length(quantity, name, (i, k + length)), 6), (i, k + length))
                return k + length
        if r.lemma(k, end) in ("in", "of") and r.lemma(k + 1, end) in DIMENSION_NOUNS:
            k += 1
        if word := DIMENSIONS.get(r.lemma(k, end), ""):
            if word in ("width", "diameter") and not self.scope and (n := self._at(quantity, i, k + 1, end)):
                return n  # "12 cm wide at the bottom"
            if word == "diameter" and r.lemma(k + 1, end) in ("of",):
                return i
            if r.lemma(k + 1, end) == "square":
                pass
            if self.size(quantity, word, self.scope, (i, k + 1)):
                k += 1
                at_end = r.has(k, "at", "the") and r.lemma(k + 2, end) in ("thick", "thin", "wide", "high", "low")
                return k + 4 if at_end and r.lemma(k + 3, end) in ("end", "side") else k
            if self.scope:  # a part cannot be that large: the whole is meant
                return k + 1 if self.size(quantity, word, "", (i, k + 1)) else i
            raise Refused(f"a {self.kind.name} has no {word} that could be said", (i, k + 1))
        if r.lemma(k, end) == "square" and not self.scope and quantity.kind == "length":
            for side in ("width", "depth"):
                self.size(quantity, side, "", (i, k + 1))
            return k + 1
        if (n := self._each_way(quantity, i, k, end)) or (n := self._at(quantity, i, k, end)):
            return n
        if quantity.kind == "number" and not quantity.fraction and DIMENSIONS.get(r.lemma(k + 1, end)):
            unit = r.tokens[k]
            if unit.kind == "word" and unit.lemma not in ("in", "of", "and", "by"):
                raise Refused(f"“{unit.text}” is no unit of length that is known here; say mm, cm, m, inches or feet",
                              (j, k + 1))  # fmt: skip
        bare_ok = quantity.kind == "length" or (
            self.kind.family is not None and issubclass(self.kind.family, Primitive)
        )
        if not bare_ok or quantity.fraction:
            return i
        main = self.primary()
        if main is not None and main in self.said.parameters:
            left = [own for w in ORDER if (own := self.kind.numbers.get((w,))) and own not in self.said.parameters]
            main = left[0] if left and not self.scope and quantity.kind == "length" else None
        if main is None:
            return i
        self.set(main, round(self.length(quantity, main, (i, j + 1)), 6), (i, j + 1), "size")
        return j + 1

    def primary(self) -> str | None:
        """The parameter that a bare length means: a part's thickness; the diameter, height or length of the whole."""
        kind = self.kind
        if self.scope:
            return next(
                (n for w in ("thickness", "diameter", "width", "height") if (n := kind.number(self.scope, w))), None
            )
        numbers = set(kind.numbers.values())
        own = [
            name for name in ("all", "size", "length", "diameter", "width", "height", "thickness") if name in numbers
        ]
        if not own:
            return kind.number("", "size")
        usual = {n: v for n in own if isinstance(v := kind.defaults.get(n), int | float)}
        depth = kind.defaults.get("depth")
        flat = max([*(v for n, v in usual.items() if n != "height"), depth if isinstance(depth, int | float) else 0])
        if usual.get("height", 0) > 1.2 * flat:
            return "height"
        return own[0]

    def _thread(self, quantity: Quantity, i: int, j: int) -> int:
        text = "M" + "x".join(f"{value:g}" for value in quantity.values)
        for words in (("size",), ("thread",), ("thread", "size")):
            if name := self.kind.texts.get(words):
                self.set(name, text, (i, j + 1))
                return j + 1
        name = self.kind.numbers.get(("thread", "diameter")) or self.kind.numbers.get(("hole", "diameter"))
        if name is None:
            return i
        self.set(name, quantity.value, (i, j + 1))
        return j + 1

    def _angle(self, quantity: Quantity, i: int, j: int, end: int) -> int:
        names = [name for name in self.kind.numbers.values() if self._angular(name)]
        if not names:
            return i
        k = j + 1
        said = self.r.lemma(k, end)
        name = next((one for one in names if said and said in one.split("_")), names[0])
        k += said in ("angle", "bend", *name.split("_"))
        self.set(name, quantity.value, (i, k))
        return k

    def own_number(self, k: int, end: int) -> int:
        """How many tokens at `k` are the words for one of the kind's numbers ("wall thickness", "from the edges")."""
        for length in (4, 3, 2, 1):
            phrase = tuple(self.r.lemmas(k, min(end, k + length)))
            plain = length == 1 and ((phrase[:1] and phrase[0] in DIMENSIONS) or self.r.has(k, "side", "by"))
            if len(phrase) == length and phrase in self.kind.numbers and not plain:
                return length
        return 0

    def capacity(self) -> int:
        """How many sizes along axes can be said of the kind."""
        numbers = self.kind.numbers
        flat = {numbers[(word,)] for word in ("length", "width", "depth") if (word,) in numbers}
        if len(flat) < 2:
            return len(flat)
        return len({numbers[(word,)] for word in ("length", *ORDER) if (word,) in numbers})

    def _sizes(self, quantity: Quantity, i: int, j: int, end: int) -> int:
        kind = self.kind
        counted = kind.counts.get((self.r.lemma(j + 1, end),))
        if counted and not quantity.unit and len(set(quantity.values)) == 1:  # "eight by eight fields"
            self.set(counted, int(quantity.value), (i, j + 2))
            return j + 2
        order: list[str] = []
        own = set(kind.numbers.values())
        ahead = {self.r.lemma(k) for k in range(j + 1, min(end, j + 12))}
        if "length" in kind.defaults and "length" in own and not ahead & {"long", "length"}:
            order += ["diameter"] if "diameter" in own and "width" not in own else []
            order.append("length")
        usual = {n: v for n in ("depth", "height") if isinstance(v := kind.defaults.get(n), int | float)}
        if self.scope:
            order = [n for w in ORDER if (n := kind.number(self.scope, w))]
        elif len(quantity.values) == 2 and usual.get("depth", 1e9) < 0.25 * usual.get("height", 0):
            order = [n for w in ("width", "height") if (n := kind.numbers.get((w,)))]  # a frame, a panel that stands
        else:
            order += [name for word in ORDER if (name := kind.numbers.get((word,)))]
        order = list(dict.fromkeys(order))
        if len(order) < len(quantity.values):
            return i
        axes = {"x": "width", "y": "depth", "z": "height"}
        values = quantity.values
        if not quantity.unit and (largest := max(values)) > 0:  # one unit for all of them: the largest tells which
            factor = self._likely(largest, order[values.index(largest)], (i, j + 1)) / largest
            values = tuple(value * factor for value in values)
        for nth, value in enumerate(values):
            axis = quantity.axes[nth] if nth < len(quantity.axes) else ""
            name = kind.number("", axes[axis]) if axis in axes else order[nth]
            one = Quantity("length", value, (value,), ("",), quantity.unit or self.r.context.unit)
            if name:
                self.set(name, round(self.length(one, name, (i, j + 1)), 6), (i, j + 1))
        return j + 1

    # `WayReader`: sizes said of a direction: "10 cm on each side", "12 cm at its widest".
    def _each_way(self, quantity: Quantity, i: int, k: int, end: int) -> int:
        """Such as "10 cm on each side", "30 cm each way", "10 cm in every direction": all its sizes."""
        r, j = self.r, k
        while r.lemma(j, end) in ("on", "in", "a", "along", "of"):
            j += 1
        if r.has(j, "side", "by", "side") or self.scope:
            return 0
        if r.lemma(j, end) not in ("each", "every", "all", "both", "side"):
            return 0
        j += r.lemma(j, end) != "side"
        if r.lemma(j, end) not in ("side", "way", "direction", "edge", "dimension"):
            return 0
        upright = {r.lemma(m) for m in range(end)} & {"tall", "high", "height"}
        flat = ("size", "width", "depth", "diameter") if upright else ("size", "width", "depth", "height", "diameter")
        names = dict.fromkeys(n for w in flat if (n := self.kind.numbers.get((w,))))
        if "size" in names:
            names = {"size": None}
        for name in names:
            self.set(name, round(self.length(quantity, name, (i, j + 1)), 6), (i, j + 1), "size")
        return j + 1 if names else 0

    def _at(self, quantity: Quantity, i: int, k: int, end: int) -> int:
        """Such as "12 cm at its widest", "ten centimetres at the base"."""
        r, j = self.r, k
        if r.lemma(j, end) not in ("at", "across", "in", "to"):
            return 0
        j += 1
        while r.lemma(j, end) in ("the", "its", "their"):
            j += 1
        said = r.lemma(j, end)
        word = {"widest": "width", "broadest": "width", "tallest": "height", "highest": "height", "longest": "length",
                "deepest": "depth", "thickest": "thickness"}.get(said, "")  # fmt: skip
        name = self.dimension(word)[0] if word else None
        for phrase in ((said, "diameter"), (said, "width"), (said,)) if not word else ():
            name = name or self.kind.numbers.get(phrase)
        if said in ("base", "bottom") and not name:
            name = self.kind.numbers.get(("diameter",)) or self.kind.numbers.get(("width",))
        if name is None:
            return 0
        j += 1
        j += r.lemma(j, end) in ("point", "part", "end")
        self.set(name, round(self.length(quantity, name, (i, j)), 6), (i, j), word)
        return j

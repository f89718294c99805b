"""`Said`: what was said about one object, and the object that it makes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind
from wugan.apps.voice_to_3d.language.talk.primitives import Primitive
from wugan.apps.voice_to_3d.resizing import roles, shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Paint, Remove, Resize, SetParameter
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference, Selector, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange
from wugan.errors import DataError

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

    def anything(self) -> bool:
        """Whether something was said at all."""
        return bool(self.parameters or self.paints or self.part_sizes or self.absent or self.relative or self.counted
                    or self.features)  # fmt: skip


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

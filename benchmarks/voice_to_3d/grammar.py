"""Random descriptions: a few sentences, what they mean as typed edits, and what the model must measure afterwards.

Four kinds, drawn in turn: solids, solids with features, objects of a family, and each of these changed by edits. What a
description says is kept apart from the words for it, so that one draw checks the geometry (`edits`) and, through the
interpreter, the language (`sentences`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Literal, get_args, get_origin

from words import article, length

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.scene.edit import Add, AddFeature, Edit, Paint, Resize, Turn
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference
from wugan.apps.voice_to_3d.scene.profile import Rectangle, RegularPolygon
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.scene.solid import (
    Box,
    Capsule,
    Chamfer,
    Cone,
    Cut,
    Cylinder,
    Edges,
    Extrude,
    Fillet,
    Join,
    Pyramid,
    Shell,
    Solid,
    Sphere,
)  # fmt: skip
from wugan.errors import DataError

Box3 = tuple[float | None, float | None, float | None]  # mm along x, y, z; None: not said
MATERIALS = ("oak", "steel", "brass", "red", "matte black", "white", "walnut", "dark blue", "aluminium")
SIZES = {"width": "wide", "depth": "deep", "height": "high", "length": "long", "diameter": "in diameter"}
ABOVE = ("railing", "stud")
"""What stands above the height of a thing that has it: on stairs, and out of a spacer's end."""
ID = "thing-1"


@dataclass(frozen=True)
class Description:
    """What is said and what must come of it.

    Attributes:
        kind: of description.
        sentences: one after another.
        edits: what each sentence means.
        box: the model's size afterwards.
        holes: how many holes go through it (its genus), where that is known.
    """

    kind: str
    sentences: tuple[str, ...]
    edits: tuple[tuple[Edit, ...], ...]
    box: Box3
    holes: int | None = None
    shape: Literal["block", "round", "other"] = field(default="other", compare=False)

    def then(self, sentence: str, edit: Edit, **after: Any) -> Description:
        """With one sentence more."""
        return replace(self, sentences=(*self.sentences, sentence), edits=(*self.edits, (edit,)), **after)


def describe(chance: random.Random, number: int) -> Description:
    """The description of that number; the kinds come in turn."""
    kinds: tuple[Callable[[random.Random], Description], ...] = (solid, featured, family, family)
    made = kinds[number % 4](chance)
    if number // 4 % 2:
        for _ in range(chance.randint(1, 2)):
            made = edited(made, chance)
        made = replace(made, kind=f"{made.kind}, edited")
    return made


# --- solids


def _size(chance: random.Random, low: float = 8, high: float = 400) -> float:
    value = chance.uniform(low, high)
    return float(round(value)) if chance.random() < 0.7 else round(value, 1)


def _add(name: str, shape: Solid | FamilyShape, material: str | None = None) -> Add:
    return Add(object=Object(id=ID, name=name, shape=shape, material=_material(material) if material else None))


def _material(name: str) -> Material:
    from wugan.apps.voice_to_3d.materials import material

    return material(name)


def solid(chance: random.Random) -> Description:
    """A primitive with a material."""
    of = chance.choice(MATERIALS)
    a, b, c = (_size(chance) for _ in range(3))

    def said(name: str, sizes: str, shape: Solid, box: Box3, holes: int | None = 0) -> Description:
        outline: Literal["block", "round", "other"] = "other"
        if isinstance(shape, Box | Cylinder):
            outline = "block" if isinstance(shape, Box) else "round"
        sentence = f"{article(f'{of} {name}')} {sizes}"
        return Description("solid", (sentence,), ((_add(name, shape, of),),), box, holes, outline)

    def mm(value: float) -> str:
        return length(value, chance)

    match chance.randrange(9):
        case 0:
            return said("block", f"{mm(a)} wide, {mm(b)} deep and {mm(c)} high", Box(size=(a, b, c)), (a, b, c))
        case 1:
            return said("block", f"{a:g} x {b:g} x {c:g} mm", Box(size=(a, b, c)), (a, b, c))
        case 2:
            return said("cylinder", f"{mm(a)} in diameter and {mm(b)} high", Cylinder(diameter=a, height=b), (a, a, b))
        case 3:
            inner = round(a * chance.uniform(0.3, 0.85), 1)
            sizes = f"with an outer diameter of {mm(a)}, an inner diameter of {mm(inner)} and a height of {mm(b)}"
            return said("cylinder", sizes, Cylinder(diameter=a, height=b, inner_diameter=inner), (a, a, b), 1)
        case 4:
            sizes = f"with a base diameter of {mm(a)} and a height of {mm(b)}"
            return said("cone", sizes, Cone(bottom_diameter=a, height=b), (a, a, b))
        case 5:
            return said("sphere", f"{mm(a)} in diameter", Sphere(diameter=a), (a, a, a))
        case 6:
            shape = Pyramid(profile=Rectangle(width=a, depth=a), height=b)
            return said("square pyramid", f"{mm(a)} wide and {mm(b)} high", shape, (a, a, b))
        case 7:
            tall = round(a * chance.uniform(1.2, 3), 1)
            return said(
                "capsule", f"{mm(a)} in diameter and {mm(tall)} high", Capsule(diameter=a, height=tall), (a, a, tall)
            )
        case _:
            prism = Extrude(profile=RegularPolygon(sides=6, across_flats=a), height=b)
            return said("hexagonal prism", f"{mm(a)} across flats and {mm(b)} high", prism, (None, a, b))


# --- features


def featured(chance: random.Random) -> Description:
    """A block or a cylinder with one to three features."""
    base = solid(chance)
    while base.shape == "other" or None in base.box or min(x or 0 for x in base.box) < 12 or base.holes:
        base = solid(chance)
    made = replace(base, kind="with features")
    for feature in chance.sample((_hole, _holes, _edge, _boss, _pocket, _hollow), chance.randint(1, 2)):
        made = feature(made, chance)
    return made


def _work(made: Description, sentence: str, feature: Any, **after: Any) -> Description:
    return made.then(sentence, AddFeature(target=Reference(object=ID), feature=feature), **after)


def _sides(made: Description) -> tuple[float, float, float]:
    x, y, z = made.box
    assert x and y and z
    return x, y, z


def _fresh(made: Description) -> bool:
    """Whether no feature has been worked in yet, so that a second one cannot meet the first."""
    return len(made.sentences) == 1


def _hole(made: Description, chance: random.Random) -> Description:
    if not _fresh(made):
        return made
    x, y, _ = _sides(made)
    wide = round(min(x, y) * chance.uniform(0.15, 0.6), 1)
    sentence = f"drill a hole {length(wide, chance)} in diameter through the middle"
    return _work(made, sentence, Cut(name="hole", shape=Cylinder(diameter=wide, height=1), through="z"), holes=1)


def _holes(made: Description, chance: random.Random) -> Description:
    if not _fresh(made) or made.shape != "block":
        return made
    x, y, _ = _sides(made)
    columns, rows = chance.randint(2, 4), chance.randint(2, 3)
    step = (round(x / (columns + 1), 1), round(y / (rows + 1), 1))
    wide = round(min(step) * chance.uniform(0.2, 0.6), 1)
    if wide < 0.5:
        return made
    sentence = (
        f"add a {columns} by {rows} grid of through holes {length(wide, chance)} in diameter, "
        f"{step[0]:g} mm apart in x and {step[1]:g} mm apart in y"
    )
    pattern = Grid(counts=(columns, rows, 1), steps=(*step, 0))
    cut = Cut(name="hole", shape=Cylinder(diameter=wide, height=1), through="z", pattern=pattern)
    return _work(made, sentence, cut, holes=columns * rows)


def _edge(made: Description, chance: random.Random) -> Description:
    size = round(min(_sides(made)) * chance.uniform(0.03, 0.2), 1)
    names: dict[str, tuple[Edges, ...]] = {"all edges": ("all",), "the top edges": ("top",)}
    if made.shape == "block":
        names["the vertical edges"] = ("vertical",)
    words = chance.choice(sorted(names))
    if not _fresh(made):
        return made
    if chance.random() < 0.5:
        return _work(
            made, f"round {words} with a radius of {length(size, chance)}", Fillet(radius=size, edges=names[words])
        )
    return _work(made, f"chamfer {words} by {length(size, chance)}", Chamfer(size=size, edges=names[words]))


def _boss(made: Description, chance: random.Random) -> Description:
    x, y, z = _sides(made)
    wide, tall = round(min(x, y) * chance.uniform(0.2, 0.45), 1), round(z * chance.uniform(0.1, 0.8), 1)
    if not _fresh(made):
        return made
    sentence = f"put a boss {length(wide, chance)} in diameter and {length(tall, chance)} high in the middle of the top"
    place = Placement(z=Coordinate(to="max", own="min"))
    boss = Join(name="boss", shape=Cylinder(diameter=wide, height=tall), place=place)
    return _work(made, sentence, boss, box=(x, y, z + tall))


def _pocket(made: Description, chance: random.Random) -> Description:
    if not _fresh(made) or made.shape != "block":
        return made
    x, y, z = _sides(made)
    wide, long, deep = round(x * 0.5, 1), round(y * 0.5, 1), round(z * chance.uniform(0.2, 0.7), 1)
    sentence = f"cut a pocket {wide:g} mm wide, {long:g} mm long and {deep:g} mm deep into the middle of the top"
    place = Placement(z=Coordinate(to="max", own="max"))
    return _work(made, sentence, Cut(name="pocket", shape=Box(size=(wide, long, deep)), place=place))


def _hollow(made: Description, chance: random.Random) -> Description:
    if not _fresh(made):
        return made
    wall = round(min(_sides(made)) * chance.uniform(0.05, 0.2), 1)
    return _work(made, f"hollow it out with {length(wall, chance)} walls, open at the top", Shell(thickness=wall))


# --- families


@cache
def kinds() -> tuple[type[Family], ...]:
    """Every family once, in the registry's order."""
    return tuple(dict.fromkeys(families().values()))


@cache
def axes(of: type[Family], name: str) -> tuple[int, ...]:
    """Along which axes of the box a size of a family lies; none if it is no size of the whole.

    Found by trying: the size is made a little larger and smaller, the others kept as they are, and the sides of the box
    that then have it are its own.
    """
    found: list[set[int]] = []
    usual = of().model_dump()
    others = {other: usual[other] for other in SIZES if isinstance(usual.get(other), float | int) and usual[other] > 0}
    for times in (1.043, 0.951):
        value = round(float(usual[name]) * times, 3)
        shape = FamilyShape(family=of.names[0], parameters={**others, name: value})
        try:
            low, high = build(Scene(objects=(Object(id=ID, name="x", shape=shape),))).bounds()
        except Exception:  # refused at this size; what the build must bear is tried with the descriptions
            continue
        found.append({axis for axis in range(3) if abs(high[axis] - low[axis] - value) <= 0.001 * value})
    return tuple(sorted(set.intersection(*found))) if found else ()


def family(chance: random.Random) -> Description:
    """An object of a family, with some of its sizes, choices and counts."""
    while True:
        of = chance.choice(kinds())
        usual, parameters, words, sizes = of().model_dump(), {}, [], {}
        sized = [name for name in SIZES if isinstance(usual.get(name), float | int) and usual[name] > 0]
        for name in chance.sample(sized, min(len(sized), chance.randint(1, 3))):
            value = float(usual[name]) * chance.uniform(0.8, 1.3)
            sizes[name] = parameters[name] = float(round(value)) if value >= 30 else round(value, 1)
            words.append(f"{length(sizes[name], chance)} {SIZES[name]}")
        adjectives, extras = _choices(of, chance, parameters)
        try:
            of(**parameters).parts()
        except (DataError, ValueError):  # sizes that do not go together: another draw
            continue
        except Exception:  # a fault of the family, which the build is to show
            pass
        box: list[float | None] = [None, None, None]
        for name, value in sizes.items():
            for axis in axes(of, name):
                box[axis] = value
        if any(parameters.get(name) for name in ABOVE):
            box[2] = None
        of_material = chance.choice(MATERIALS) if chance.random() < 0.5 else None
        noun = chance.choice(of.names)
        name = " ".join([*adjectives, *([of_material] if of_material else []), noun])
        sentence = ", ".join([f"{article(name)} {words[0]}", *words[1:], *extras]) if words else article(name)
        shape = FamilyShape(family=noun, parameters=parameters)
        return Description("family", (sentence,), ((_add(noun, shape, of_material),),), (box[0], box[1], box[2]))


def _choices(of: type[Family], chance: random.Random, parameters: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Now and then one of the family's choices, yes-or-noes and counts; the words before the noun, and after it."""
    before, after = [], []
    for name, one in of.model_fields.items():
        if chance.random() > 0.25 or name in parameters:
            continue
        if get_origin(one.annotation) is Literal and name == "shape":
            parameters[name] = chance.choice(get_args(one.annotation))
            before.append(str(parameters[name]))
        elif one.annotation is bool:
            parameters[name] = not one.default
            after.append(
                f"with{'' if parameters[name] else 'out'} {'' if name.endswith('s') else 'a '}{name.replace('_', ' ')}"
            )
        elif one.annotation is int and name.endswith("s") and isinstance(one.default, int) and one.default > 1:
            parameters[name] = chance.randint(one.default, one.default + 2)
            after.append(f"with {parameters[name]} {name.replace('_', ' ')}")
    return before, after


# --- edits


def edited(made: Description, chance: random.Random) -> Description:
    """Changed by one sentence more."""
    it = Reference(object=ID)
    x, y, z = made.box
    is_family = made.kind.startswith("family")
    match chance.randrange(5):
        case 0 if not is_family:
            percent = chance.choice((10, 20, 25, 50))
            taller = Resize(target=it, dimension="z", times=1 + percent / 100)
            return made.then(f"make it {percent} percent taller", taller, box=(x, y, z and z * (1 + percent / 100)))
        case 1 if not is_family and made.shape == "block":
            wide = _size(chance, 100, 300)
            return made.then(
                f"make it {length(wide, chance)} wide", Resize(target=it, dimension="x", to=wide), box=(wide, y, z)
            )
        case 2:
            times = chance.choice((2.0, 0.5, 1.5))
            words = {2.0: "twice as big", 0.5: "half as big", 1.5: "fifty percent bigger"}[times]
            bigger = Resize(target=it, dimension="all", times=times)
            return made.then(f"make it {words}", bigger, box=(x and x * times, y and y * times, z and z * times))
        case 3:
            return made.then("turn it by 90 degrees", Turn(target=it, axis="z", degrees=90), box=(y, x, z))
        case _:
            name = chance.choice(MATERIALS)
            return made.then(f"make it {name}", Paint(target=it, material=_material(name)))


__all__ = ["Description", "describe"]

"""Which parts of an object a phrase means: by role, side, number and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.measure import PartBox, bare, part_boxes
from wugan.apps.voice_to_3d.resizing import roles, shape_of
from wugan.apps.voice_to_3d.scene.placement import Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.references import Adjectives

ENDS = {"left": (0, 0), "right": (0, -1), "front": (1, 0), "back": (1, -1), "bottom": (2, 0), "top": (2, -1)}
"""For each side the axis, and which end of the parts in order along it."""


@dataclass
class PartName:
    """A role that was named: the objects that have it, the latest spoken of first, and how many tokens said it."""

    role: str
    objects: list[Object]
    length: int


def roles_of(one: Object) -> list[str]:
    """What the parts of an object are called; those of a solid have no name."""
    if not isinstance(one.shape, FamilyShape):
        return []
    try:
        return [role for role in roles(shape_of(one)) if role]
    except DataError:
        return []


def part_named(r: Reading, said: Sequence[str], first: Sequence[Object] = (), strict: bool = False) -> PartName | None:
    """The part that the lemmas name: of `first`, then (unless `strict`) of the objects spoken of lately."""
    if not said or not said[0]:
        return None
    groups = [list(first)]
    if not strict:
        order = [one for id in r.context.mentioned if (one := r.scene.object(id))]
        groups += [[one] for one in [*order, *reversed(r.scene.objects)] if one not in first]
    for group in groups:
        hits = [(one, found) for one in group if (found := role_named(said, roles_of(one)))]
        if hits:
            longest = max(found[1] for _, found in hits)
            role = next(found[0] for _, found in hits if found[1] == longest)
            return PartName(role, [one for one, found in hits if found[0] == role], longest)
    return None


def select_parts(r: Reading, one: Object, role: str, seen: Adjectives, side: str = "") -> tuple[list[Selector], str]:
    """The selectors that the adjectives leave of an object's parts, and what to say where none is left."""
    whole = Selector(role=role)
    parts = [part for part in shape_of(one).parts() if part.role == role]
    sides = [*seen.sides, *([side[1:]] if side.startswith("=") else [])]
    if not sides and seen.ordinal is None and not seen.other and seen.degree is None:
        if seen.material is not None and len(parts) > 1:
            return _coloured(one, role, seen)
        return [whole], ""
    if sides and all(any(word in part.sides for part in parts) for word in sides):
        picked = tuple(dict.fromkeys(sides))
        fits = [part for part in parts if set(picked) <= set(part.sides)]
        if fits and (len(fits) < len(parts) or len(parts) == 1) and seen.ordinal is None:
            return [Selector(role=role, sides=picked)], ""
    boxes = _boxes(one, role)
    if not boxes:
        return [], f"the {one.name} has no {role}"
    if seen.other and r.topic and r.topic[0].parts is not None and r.topic[0].parts.role == role:
        return _others(boxes, role, r.topic[0].parts), ""
    ranked = _ranked(boxes, side)
    if side.lstrip("=") in ENDS and seen.ordinal is not None and len(boxes) > 1:
        along = [box.centre(ENDS[side.lstrip("=")][0]) for box in boxes]
        if max(along) - min(along) < 1.0:
            return [], f"the {len(boxes)} of {role} are all as far from the {side.lstrip('=')}; count from another side"
    if seen.ordinal is not None:
        if not -len(ranked) <= seen.ordinal < len(ranked):
            return [], f"the {one.name} has only {len(ranked)} of {role}"
        return [Selector(role=role, index=ranked[seen.ordinal].index)], ""
    for word in sides:
        boxes = _at(boxes, word)
    if seen.degree is not None:
        axis = {"z": 2, "x": 0}.get(seen.degree[0], 2)
        boxes = sorted(boxes, key=lambda box: seen.degree[1] * box.size(axis))[-1:]  # type: ignore[index]
    if not boxes or (len(boxes) == len(parts) > 1 and len(sides) > 0):
        return [], f"the {one.name} has no {' '.join(sides)} {role}; it has {len(parts)} of {role}"
    return [Selector(role=role, index=box.index) for box in boxes], ""


def in_order(one: Object, parts: Selector) -> list[Selector]:
    """Each of the parts that a selector picks by role and sides, from below or from the left."""
    boxes = [box for box in _boxes(one, parts.role) if set(parts.sides) <= set(box.sides)]
    return [Selector(role=parts.role, index=box.index) for box in _ranked(boxes, "")] if boxes else []


def _boxes(one: Object, role: str) -> list[PartBox]:
    return [box for box in part_boxes(Scene(objects=(bare(one),))) if box.role == role]


def _spread(boxes: Sequence[PartBox]) -> int:
    """The axis along which the parts lie apart the most."""
    gaps = [max(box.centre(i) for box in boxes) - min(box.centre(i) for box in boxes) for i in range(3)]
    return gaps.index(max(gaps))


def _ranked(boxes: Sequence[PartBox], side: str) -> list[PartBox]:
    """In order from a side ("from the bottom"): from below or from the left where none is said."""
    axis, end = ENDS.get(side.lstrip("="), (_spread(boxes), 0))
    ranked = sorted(boxes, key=lambda box: box.centre(axis))
    return ranked[::-1] if end else ranked


def _at(boxes: list[PartBox], word: str) -> list[PartBox]:
    if not boxes:
        return []
    if word == "middle":
        axis = _spread(boxes)
        ranked = sorted(boxes, key=lambda box: box.centre(axis))
        return [ranked[(len(ranked) - 1) // 2]]
    axis, end = ENDS[word]
    extreme = (max if end else min)(box.centre(axis) for box in boxes)
    return [box for box in boxes if abs(box.centre(axis) - extreme) < 1.0]


def _others(boxes: Sequence[PartBox], role: str, parts: Selector) -> list[Selector]:
    """All of the role but those spoken of."""
    chosen = {
        box.index
        for n, box in enumerate(boxes)
        if (parts.index is None or parts.index in (n, n - len(boxes))) and set(parts.sides) <= set(box.sides)
    }
    return [Selector(role=role, index=box.index) for box in boxes if box.index not in chosen]


def _coloured(one: Object, role: str, seen: Adjectives) -> tuple[list[Selector], str]:
    """The parts that show a colour: those painted so, or all where the family's own colour is meant."""
    assert seen.material is not None
    wanted = seen.material
    hits = [
        change.parts
        for change in one.changes
        if change.parts.role == role and change.material is not None
        and (change.material.colour == wanted.colour or wanted.name in change.material.name)
    ]  # fmt: skip
    return (hits[-1:], "") if hits else ([Selector(role=role)], "")


__all__ = ["PartName", "kind_of_object", "part_named", "roles_of", "select_parts"]

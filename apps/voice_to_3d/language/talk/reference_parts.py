"""Which parts of an object a phrase means: by role, side, number and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_order import ENDS, narrow, spread
from wugan.apps.voice_to_3d.measure import PartBox, bare, part_boxes
from wugan.apps.voice_to_3d.resizing import roles, shape_of
from wugan.apps.voice_to_3d.scene.placement import Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.references import Adjectives


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
        if seen.count is not None and seen.count > len(parts) > 0:
            return [], f"the {one.name} has only {len(parts)} of {role}"
        if seen.material is not None and len(parts) > 1:
            return _coloured(one, role, seen)
        return [whole], ""
    if sides and all(any(word in part.sides for part in parts) for word in sides):
        picked = tuple(dict.fromkeys(sides))
        fits = [part for part in parts if set(picked) <= set(part.sides)]
        if fits and (len(fits) < len(parts) or len(parts) == 1) and seen.ordinal is None and not seen.count:
            return [Selector(role=role, sides=picked)], ""
    boxes = _boxes(one, role)
    if not boxes:
        return [], f"the {one.name} has no {role}"
    if seen.other and r.topic and r.topic[0].parts is not None and r.topic[0].parts.role == role:
        return _others(boxes, role, [ref.parts for ref in r.topic if ref.parts is not None]), ""
    start = "" if side.startswith("=") else side
    if side.lstrip("=") in ENDS and seen.ordinal is not None and len(boxes) > 1:
        along = [box.centre(ENDS[side.lstrip("=")][0]) for box in boxes]
        if max(along) - min(along) < 1.0:
            return [], f"the {len(boxes)} of {role} are all as far from the {side.lstrip('=')}; count from another side"
    chosen = narrow(boxes, PartBox.centre, _extent, seen, sides, start)
    if seen.ordinal is not None and not chosen:
        return [], f"the {one.name} has only {len(boxes)} of {role}"
    if not chosen or (len(chosen) == len(parts) > 1 and len(sides) > 0):
        return [], f"the {one.name} has no {' '.join(sides)} {role}; it has {len(parts)} of {role}"
    return [Selector(role=role, index=box.index) for box in chosen], ""


def _extent(box: PartBox, what: str) -> float:
    x, y, z = (box.size(i) for i in range(3))
    return {"volume": x * y * z, "x": x, "z": z, "flat": max(x, y)}[what]


def in_order(one: Object, parts: Selector) -> list[Selector]:
    """Each of the parts that a selector picks by role and sides, from below or from the left."""
    boxes = [box for box in _boxes(one, parts.role) if set(parts.sides) <= set(box.sides)]
    return [Selector(role=parts.role, index=box.index) for box in _ranked(boxes)] if boxes else []


def _boxes(one: Object, role: str) -> list[PartBox]:
    return [box for box in part_boxes(Scene(objects=(bare(one),))) if box.role == role]


def _ranked(boxes: Sequence[PartBox]) -> list[PartBox]:
    """In order from below or from the left."""
    axis, _ = spread(boxes, PartBox.centre)
    return sorted(boxes, key=lambda box: box.centre(axis))


def _others(boxes: Sequence[PartBox], role: str, spoken: Sequence[Selector]) -> list[Selector]:
    """All of the role but those spoken of."""
    chosen = {
        box.index
        for n, box in enumerate(boxes)
        for parts in spoken
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

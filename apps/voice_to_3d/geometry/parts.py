"""The parts of one object in its own frame: its solid or its family's pieces, with changes and features."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from pydantic import ValidationError

from wugan.apps.voice_to_3d.geometry.cancel import check
from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.features import Piece, Work
from wugan.apps.voice_to_3d.geometry.made import Made, parts_of
from wugan.apps.voice_to_3d.geometry.memo import Memo
from wugan.apps.voice_to_3d.geometry.placing import WORLD, Frame, compose, offset_of, rotation, shift
from wugan.apps.voice_to_3d.scene.placement import Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange
from wugan.apps.voice_to_3d.scene.solid import Compound
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.families.base import Part

T = TypeVar("T")


@dataclass(frozen=True)
class Local:
    """A part in its object's frame.

    Attributes:
        role, sides, index: as in `BuiltPart`; `index` counts the parts as the family made them.
        material: the family's name for it; empty where it has none.
        number: its place in the order of the family's parts; -1 for what a feature added.
        solid: the object's `scale` not yet applied.
        made: how the solid came about.
        key: unlike that of any other part.
    """

    role: str
    sides: tuple[str, ...]
    index: int
    material: str
    number: int
    solid: Manifold
    made: Made
    key: int = field(default_factory=count().__next__)


@dataclass(frozen=True)
class Locals:
    """All parts of an object in its own frame, and what had to be said about them."""

    parts: tuple[Local, ...]
    notes: tuple[str, ...]


_memo: Memo[Locals] = Memo(128)


def locals_of(one: Object) -> Locals:
    """The parts of an object, kept from the last time that its shape, features and changes were the same.

    Raises:
        DataError: names the object and the feature.
    """
    changes = [change.model_copy(update={"material": None}) for change in one.changes]
    bare = Object(id=one.id, name=one.name, shape=one.shape, features=one.features, changes=tuple(changes))
    return _memo.get(bare.model_dump_json(), partial(_locals, one))


def _locals(one: Object) -> Locals:
    if not isinstance(one.shape, FamilyShape):
        still = {"remove": False, "scale": (1.0, 1.0, 1.0), "shift": (0.0, 0.0, 0.0), "features": ()}
        if any(getattr(change, name) != value for change in one.changes for name, value in still.items()):
            raise DataError(f"{one.id} is one solid and has no parts to change; change the whole")
        work = _named(lambda: Work([Piece(one.shape)], one.id), one.id)  # type: ignore[arg-type]
        for feature in one.features:
            work.apply(feature)
        return Locals((Local("", (), 0, "", 0, work.body, parts_of(work)[0]),), tuple(work.finish()))
    made = _named(partial(family_parts, one.shape), one.id)
    counts: dict[str, int] = {}
    bare: list[tuple[Part, int]] = []
    for part in made:
        bare.append((part, counts.get(part.role, 0)))
        counts[part.role] = counts.get(part.role, 0) + 1
    pieces, kept = [], []
    for number, (part, index) in enumerate(bare):
        check()
        piece = _named(partial(_piece, part), f"the {part.role} of {one.id}")
        changed = _changed(piece, number, made, one.changes, f"the {part.role} of {one.id}")
        if changed is not None:
            pieces.append(changed)
            kept.append((part, index, number))
    if not pieces:
        raise DataError(f"{one.id} has no part left; remove the object instead")
    work = _named(lambda: Work(pieces, one.id), one.id)
    for feature in one.features:
        work.apply(feature)
    solids, histories = work.parts(), parts_of(work)
    parts = [
        Local(part.role, part.sides, index, part.material, number, solids[i], histories[i])
        for i, (part, index, number) in enumerate(kept)
    ]
    joins = [step for step in work.steps if step.kind == "join" for _ in step.tools]
    for i, step in enumerate(joins if len(pieces) > 1 else [], len(kept)):
        role = "".join(letter for letter in step.label if not letter.isdigit()).strip()
        parts.append(Local(role, (), counts.get(role, 0), "", -1, solids[i], histories[i]))
        counts[role] = counts.get(role, 0) + 1
    notes = [*work.finish(), *_missed(one, made, parts)]
    return Locals(tuple(part for part in parts if not part.solid.is_empty()), tuple(notes))


def _missed(one: Object, made: list[Part], parts: list[Local]) -> list[str]:
    """A note for every change that names no part."""
    notes = []
    for change in one.changes:
        wanted = change.parts
        added = any(part.number < 0 and part.role == wanted.role for part in parts)
        if not chosen(made, wanted) and not added:
            which = " ".join([*wanted.sides, wanted.role or "part"])
            number = (
                "" if wanted.index is None else f" number {wanted.index + 1 if wanted.index >= 0 else wanted.index}"
            )
            notes.append(f"{one.id} has no {which}{number} any more; what was said of it is kept, and does nothing")
    return notes


def family_parts(shape: FamilyShape) -> list[Part]:
    """The pieces of a family's object, by its parameters.

    Raises:
        DataError: no such family or parameter, or sizes that cannot be.
    """
    from wugan.apps.voice_to_3d.families.registry import family

    try:
        made = family(shape.family)(**shape.parameters)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "its sizes"
        raise DataError(f"a {shape.family} cannot have {where} {first.get('input')!r}: {first['msg']}") from error
    parts = made.parts()
    if not parts:
        raise DataError(f"a {shape.family} with these sizes has no parts")
    return parts


def _piece(part: Part) -> Piece:
    frame = rotation(part.place.rotate)
    own = np.array(with_edges(part.shape, ()).transform(frame).bounding_box())
    return Piece(part.shape, compose(shift(offset_of(part.place, own, WORLD)), frame))


def chosen(parts: list[Part], selector: Selector) -> list[int]:
    """The numbers of a family's parts that a selector names."""
    found = [
        number
        for number, part in enumerate(parts)
        if selector.role in ("", part.role) and set(selector.sides) <= set(part.sides)
    ]
    if selector.index is None:
        return found
    return [found[selector.index]] if -len(found) <= selector.index < len(found) else []


def _changed(piece: Piece, number: int, parts: list[Part], changes: tuple[PartChange, ...], name: str) -> Piece | None:
    """A piece with the changes that name it; `None` where one removes it."""
    for change in changes:
        if number not in chosen(parts, change.parts):
            continue
        if change.remove:
            return None
        if change.features:
            shape = Compound(base=piece.shape, features=change.features)
            piece = replace(piece, shape=shape)
            try:
                with_edges(shape, ())
            except DataError as error:
                raise DataError(str(error).replace("the part", name)) from error
        if change.scale != (1.0, 1.0, 1.0) or change.shift != (0.0, 0.0, 0.0):
            piece = replace(piece, frame=compose(_scaled(piece, change), piece.frame))
    return piece


def _scaled(piece: Piece, change: PartChange) -> Frame:
    """About the middle of the part's box, its bottom kept; then shifted."""
    box = np.array(piece.solid().bounding_box())
    fixed = np.array(((box[0] + box[3]) / 2, (box[1] + box[4]) / 2, box[2]))
    frame = np.column_stack([np.diag(change.scale), np.zeros(3)])
    return compose(shift(np.array(change.shift) + fixed), compose(frame, shift(-fixed)))


def _named(make: Callable[[], T], name: str) -> T:
    try:
        return make()
    except DataError as error:
        text = str(error)
        raise DataError(text if name in text else f"{name}: {text}") from error

"""`build`: a scene becomes solids in the world's frame, with their materials and what had to be said about them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from wugan.apps.voice_to_3d.geometry.edges import with_edges
from wugan.apps.voice_to_3d.geometry.features import Piece, Work
from wugan.apps.voice_to_3d.geometry.made import Made, Moved, parts_of
from wugan.apps.voice_to_3d.geometry.memo import Memo, cancellable, check
from wugan.apps.voice_to_3d.geometry.placing import (
    WORLD,
    Box6,
    Frame,
    compose,
    joined,
    moved,
    offset_of,
    repeated,
    rotation,
    shift,
)
from wugan.apps.voice_to_3d.geometry.sound import NUDGE, mesh_of, parted, snapped, sound
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Selector, Spread
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange, Scene
from wugan.apps.voice_to_3d.scene.solid import Compound
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.families.base import Part


@dataclass(frozen=True)
class BuiltPart:
    """One solid of the scene.

    Attributes:
        object: the id of the object that it belongs to.
        role: what it is called ("leg"); empty for an object that is not of a family.
        sides: where it is in its object ("left", "front").
        index: counted from 0 among the parts of that object and role.
        material: colour and finish.
        solid: in the world's frame, mm.
        made: how the solid came about, for exact surfaces (STEP); `None` where that is not known.
    """

    object: str
    role: str
    sides: tuple[str, ...]
    index: int
    material: Material
    solid: Manifold
    made: Made | None = field(default=None, repr=False, compare=False)

    def __reduce__(self) -> tuple[Any, ...]:
        """A manifold does not pickle; its vertices and triangles do."""
        mesh = self.solid.to_mesh64()
        kept = (self.object, self.role, self.sides, self.index, self.material)
        return _restored, (kept, mesh.vert_properties[:, :3].copy(), mesh.tri_verts.copy(), self.made)


def _restored(
    kept: tuple[str, str, tuple[str, ...], int, Material],
    vertices: NDArray[np.float64],
    triangles: NDArray[np.uint64],
    made: Made | None,
) -> BuiltPart:
    from manifold3d import Manifold, Mesh64

    # Copies: what comes out of shared memory is read-only, and manifold3d takes only what it could write to.
    return BuiltPart(*kept, Manifold(Mesh64(np.array(vertices), np.array(triangles))), made)


@dataclass
class Built:
    """All parts in the scene's order, and notes for the speaker. Treat it as a value: solids are shared by caches."""

    parts: list[BuiltPart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _union: Manifold | None = field(default=None, repr=False, compare=False)

    def solid(self) -> Manifold:
        """The union of all parts: what is printed. Sound as each part is: no two vertices share a place."""
        if self._union is None:
            from manifold3d import Manifold, OpType

            if len(self.parts) == 1:
                self._union = self.parts[0].solid
            else:
                solids = [snapped(part.solid) for part in self.parts]
                self._union = sound(Manifold.batch_boolean(solids, OpType.Add))
        return self._union

    def __getstate__(self) -> dict[str, Any]:
        """Without the union, which does not pickle and comes again when asked for."""
        return {**self.__dict__, "_union": None}

    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The corners of the box around everything, mm; two zeros for an empty scene."""
        if not self.parts:
            return np.zeros(3), np.zeros(3)
        boxes = np.array([part.solid.bounding_box() for part in self.parts])
        return boxes[:, :3].min(0), boxes[:, 3:].max(0)

    def volume(self) -> float:
        """Of the union, mm³."""
        return float(self.solid().volume()) if self.parts else 0.0

    def mesh(self, part: BuiltPart) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Vertices `[V, 3]` (mm) and triangles `[F, 3]`, counter-clockwise from outside; no two vertices are equal."""
        return mesh_of(part.solid)

    def select(self, object: str = "", parts: Selector | None = None) -> list[BuiltPart]:
        """The parts that a reference names: of an object (empty: of all), by role, sides and number."""
        found = [part for part in self.parts if object in ("", part.object)]
        if parts is None:
            return found
        found = [one for one in found if parts.role in ("", one.role) and set(parts.sides) <= set(one.sides)]
        if parts.index is None:
            return found
        return found[parts.index : parts.index + 1 or None] if -len(found) <= parts.index < len(found) else []


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


_stood: Memo[tuple[Manifold, bool]] = Memo(1024)


def build(scene: Scene, cancelled: Callable[[], bool] | None = None) -> Built:
    """Every object of the scene as solids.

    Objects that have not changed since an earlier call are taken from memory.

    Args:
        scene: what is wanted.
        cancelled: asked between two steps; where it answers yes, the build stops.

    Raises:
        DataError: sizes or features that cannot be; names the object and the feature, and says what would do.
        Cancelled: `cancelled` answered yes.
    """
    with cancellable(cancelled):
        builder = _Builder(scene)
        for one in scene.objects:
            builder.place(one.id)
        built = Built(notes=list(dict.fromkeys(builder.notes)))
        for one in scene.objects:
            built.parts += builder.parts[one.id]
        return built


class _Builder:
    """The objects of a scene, placed in the order in which they refer to each other."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.notes: list[str] = []
        self.parts: dict[str, list[BuiltPart]] = {}
        self.boxes: dict[str, Box6] = {}
        self._under_way: list[str] = []
        double = {one.id for i, one in enumerate(scene.objects) if one.id in {o.id for o in scene.objects[:i]}}
        if double:
            raise DataError(f"two objects have the id {sorted(double)[0]!r}; give each its own")

    def place(self, id: str) -> Box6:
        """Builds an object and what it stands on; its box comes back."""
        if id in self.boxes:
            return self.boxes[id]
        if id in self._under_way:
            raise DataError(f"{' is placed by '.join([*self._under_way, id])}; place one of them by itself")
        one = self.scene.object(id)
        if one is None:
            raise DataError(f"{self._under_way[-1]} is placed by {id!r}, which is not in the scene")
        self._under_way.append(id)
        check()
        other = self.place(one.place.of) if one.place.of else None
        made = locals_of(one)
        self.notes += made.notes
        scale = np.column_stack([np.diag(one.scale), np.zeros(3)])
        frame = compose(rotation(one.place.rotate), scale)
        own = joined([_box(part.solid, frame) for part in made.parts])
        by = offset_of(one.place, own, WORLD if other is None else other)
        frame = compose(shift(by), frame)
        copies = [compose(copy, frame) for copy in self._copies(one, moved(own, by), other)]
        materials = _materials(one, made.parts)
        counts: dict[str, int] = {}
        for part in made.parts:
            counts[part.role] = max(counts.get(part.role, 0), part.index + 1)
        placed = []
        for number, copy in enumerate(copies):
            check()
            for part, material in zip(made.parts, materials, strict=True):
                solid, touched = _stood.get((part.key, copy.tobytes()), partial(_stand, part.solid, copy))
                if touched:
                    self.notes.append(
                        f"surfaces of {f'the {part.role} of ' * bool(part.role)}{id} touch along a line or at a point; "
                        f"they were parted by {NUDGE:g} mm, so that files hold a solid"
                    )
                index = part.index + number * counts[part.role]
                placed.append(BuiltPart(id, part.role, part.sides, index, material, solid, Moved(part.made, copy)))
        self.parts[id] = placed
        self.boxes[id] = joined([np.array(part.solid.bounding_box()) for part in placed])
        self._under_way.pop()
        return self.boxes[id]

    def _copies(self, one: Object, box: Box6, other: Box6 | None) -> list[Frame]:
        if one.pattern is None:
            return repeated([], box, box)
        if other is None and isinstance(one.pattern, Spread):
            raise DataError(
                f"{one.id} is to be spread evenly, but not along anything; say along what, or how far apart"
            )
        try:
            return repeated([one.pattern], box, WORLD if other is None else other)
        except DataError as error:
            raise DataError(f"{one.id}: {error}") from error


def _box(solid: Manifold, frame: Frame) -> Box6:
    return np.array(solid.transform(frame).bounding_box())


def _stand(solid: Manifold, frame: Frame) -> tuple[Manifold, bool]:
    return parted(solid.transform(frame))


def _materials(one: Object, parts: tuple[Local, ...]) -> list[Material]:
    """The material of each part: the object's, or the family's own; then what was said of single parts."""
    from wugan.apps.voice_to_3d.families.base import Part
    from wugan.apps.voice_to_3d.materials import DEFAULT, material

    found = [one.material or (material(part.material) if part.material else DEFAULT) for part in parts]
    bare = family_parts(one.shape) if isinstance(one.shape, FamilyShape) else [Part("", one.shape)]
    for change in one.changes:
        if change.material is not None:
            numbers = set(chosen(bare, change.parts))
            for i, part in enumerate(parts):
                added = part.number < 0 and change.parts.role == part.role and not change.parts.sides
                if part.number in numbers or added:
                    found[i] = change.material
    return found

"""`build`: a scene becomes solids in the world's frame."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from wugan.apps.voice_to_3d.geometry.built import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.cancel import Cancelled, cancellable, check
from wugan.apps.voice_to_3d.geometry.made import Moved
from wugan.apps.voice_to_3d.geometry.memo import Memo
from wugan.apps.voice_to_3d.geometry.parts import Local, chosen, family_parts, locals_of
from wugan.apps.voice_to_3d.geometry.patterns import repeated
from wugan.apps.voice_to_3d.geometry.placing import (
    WORLD,
    Box6,
    Frame,
    compose,
    joined,
    moved,
    offset_of,
    rotation,
    shift,
)
from wugan.apps.voice_to_3d.geometry.sound import NUDGE, parted
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Spread
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from manifold3d import Manifold

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


__all__ = ["Cancelled", "build"]

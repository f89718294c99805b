"""`Built`: what a scene became: solids with their materials, and what had to be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.geometry.cancel import Cancelled
from wugan.apps.voice_to_3d.geometry.sound import mesh_of, snapped, sound
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Selector

if TYPE_CHECKING:
    from manifold3d import Manifold

    from wugan.apps.voice_to_3d.geometry.made import Made


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


__all__ = ["Built", "BuiltPart", "Cancelled"]

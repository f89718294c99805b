"""How large things of a scene are and where they stand, measured on the built shape (mm)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wugan.apps.voice_to_3d.scene.placement import Placement
from wugan.apps.voice_to_3d.scene.scene import Object, Scene

Corner = tuple[float, float, float]
Bounds = tuple[Corner, Corner]


@dataclass(frozen=True)
class PartBox:
    """The box of a built part in the world.

    Attributes:
        role, sides, index: as in `geometry.built.BuiltPart`.
    """

    role: str
    sides: tuple[str, ...]
    index: int
    low: Corner
    high: Corner

    def centre(self, axis: int) -> float:
        """The middle along an axis."""
        return (self.low[axis] + self.high[axis]) / 2

    def size(self, axis: int) -> float:
        """The extent along an axis."""
        return self.high[axis] - self.low[axis]


def bare(one: Object) -> Object:
    """The object alone: unturned, at the origin, without its copies."""
    return one.model_copy(update={"place": Placement(), "pattern": None})


def part_boxes(scene: Scene, id: str = "") -> list[PartBox]:
    """The boxes of the parts of one object, or of all, in the world."""
    from wugan.apps.voice_to_3d.geometry.build import build

    found = []
    for part in build(scene).parts:
        if id in ("", part.object) and not part.solid.is_empty():
            box = [float(value) for value in part.solid.bounding_box()]
            found.append(PartBox(part.role, part.sides, part.index, (box[0], box[1], box[2]), (box[3], box[4], box[5])))
    return found


def size(one: Object) -> tuple[float, float, float]:
    """Extent along x, y, z of the object's own frame, its scale included."""
    low, high = around(part_boxes(Scene(objects=(bare(one),))))
    return high[0] - low[0], high[1] - low[1], high[2] - low[2]


def around(boxes: Sequence[PartBox]) -> Bounds:
    """The box around boxes; a point where there are none."""
    if not boxes:
        return (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)
    low = tuple(min(box.low[i] for box in boxes) for i in range(3))
    high = tuple(max(box.high[i] for box in boxes) for i in range(3))
    return (low[0], low[1], low[2]), (high[0], high[1], high[2])


def bounds(scene: Scene, ids: Sequence[str]) -> dict[str, Bounds]:
    """The box in the world of each object by id, its copies included."""
    from wugan.apps.voice_to_3d.geometry.build import build

    boxes: dict[str, list[PartBox]] = {}
    for part in build(scene).parts:
        if part.object in ids and not part.solid.is_empty():
            box = [float(value) for value in part.solid.bounding_box()]
            made = PartBox(part.role, part.sides, part.index, (box[0], box[1], box[2]), (box[3], box[4], box[5]))
            boxes.setdefault(part.object, []).append(made)
    return {id: around(found) for id, found in boxes.items()}


def part_size(one: Object, role: str, sides: Sequence[str] = (), index: int | None = None) -> tuple[float, ...] | None:
    """Extent of one part that fits (of the largest, where several do); `None` where the object has no such part."""
    fits = [
        part
        for part in part_boxes(Scene(objects=(bare(one),)))
        if part.role == role and all(side in part.sides for side in sides)
    ]
    if index is not None and -len(fits) <= index < len(fits):
        fits = [fits[index]]
    sizes = [tuple(part.size(i) for i in range(3)) for part in fits]
    return max(sizes, key=lambda size: size[0] * size[1] * size[2], default=None)

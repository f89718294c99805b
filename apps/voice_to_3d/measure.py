"""How large things of a scene are and where they stand, measured on the built shape (mm)."""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.scene.placement import Placement
from wugan.apps.voice_to_3d.scene.scene import Object, Scene

Bounds = tuple[tuple[float, float, float], tuple[float, float, float]]


def bare(one: Object) -> Object:
    """The object alone: unturned, at the origin, without its copies."""
    return one.model_copy(update={"place": Placement(), "pattern": None})


def size(one: Object) -> tuple[float, float, float]:
    """Extent along x, y, z of the object's own frame, its scale included."""
    from wugan.apps.voice_to_3d.geometry.build import build

    low, high = build(Scene(objects=(bare(one),))).bounds()
    return (float(high[0] - low[0]), float(high[1] - low[1]), float(high[2] - low[2]))


def bounds(scene: Scene, ids: Sequence[str]) -> dict[str, Bounds]:
    """The box in the world of each object by id, its copies included."""
    from wugan.apps.voice_to_3d.geometry.build import build

    found: dict[str, Bounds] = {}
    for part in build(scene).parts:
        if part.object in ids and not part.solid.is_empty():
            box = part.solid.bounding_box()
            low, high = tuple(map(float, box[:3])), tuple(map(float, box[3:]))
            if part.object in found:
                was_low, was_high = found[part.object]
                low = tuple(map(min, low, was_low))
                high = tuple(map(max, high, was_high))
            found[part.object] = (low, high)  # type: ignore[assignment]
    return found


def part_size(one: Object, role: str, sides: Sequence[str] = (), index: int | None = None) -> tuple[float, ...] | None:
    """Extent of one part that fits (of the largest, where several do); `None` where the object has no such part."""
    from wugan.apps.voice_to_3d.geometry.build import build

    fits = [
        part
        for part in build(Scene(objects=(bare(one),))).parts
        if part.role == role and all(side in part.sides for side in sides) and not part.solid.is_empty()
    ]
    if index is not None and fits:
        fits = [part for part in fits if part.index == (index % len(fits))] or fits
    sizes = []
    for part in fits:
        box = part.solid.bounding_box()
        sizes.append(tuple(float(box[i + 3] - box[i]) for i in range(3)))
    return max(sizes, key=lambda size: size[0] * size[1] * size[2], default=None)

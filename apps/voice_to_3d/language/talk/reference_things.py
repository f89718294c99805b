"""Which objects of a scene a phrase means: by name, colour, size, side and number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.language.talk.object_names import lemmas, noun_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_order import narrow
from wugan.apps.voice_to_3d.materials import material
from wugan.apps.voice_to_3d.measure import bounds
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.talk.references import Adjectives


def objects_called(r: Reading, said: Sequence[str]) -> list[Object]:
    """The objects that all the lemmas together name ("lamp" is a "table lamp" too)."""
    words = tuple(word for word in said if word)
    if not words or len(words) != len(said):
        return []
    by_name = [one for one in r.scene.objects if lemmas(one.name)[-len(words) :] == words]
    if by_name:
        return by_name
    found = noun_at(words)
    if found is None or found[1] != len(words):
        return []
    kind = found[0]
    return [
        one for one in r.scene.objects
        if (isinstance(one.shape, FamilyShape) and families().get(one.shape.family) is kind)
        or one.name in kind.names
    ]  # fmt: skip


def on_top_of(scene: Scene, one: Object, id: str) -> bool:
    """Whether an object stands on or in another, however indirectly."""
    if one.place.of == id:
        return one.place.relation in ("on", "in", "inside", "")
    below = scene.object(one.place.of) if one.place.of else None
    return below is not None and one.id != id and on_top_of(scene, below, id)


def looks(one: Object) -> list[Material]:
    """The materials that an object shows, the whole's first."""
    found = [one.material] if one.material else []
    found += [change.material for change in one.changes if change.material]
    if not one.material and isinstance(one.shape, FamilyShape):
        try:
            found += [material(name) for name in dict.fromkeys(part.material for part in shape_of(one).parts())]
        except DataError:
            pass
    return found


def choose(r: Reading, called: Sequence[Object], seen: Adjectives, side: str, plural: bool) -> tuple[list[Object], str]:
    """The objects that the adjectives leave, and what to say where none is left."""
    left = list(called)
    name = left[0].name if left else "object"
    if seen.material is not None:
        wanted = seen.material
        exact = [one for one in left if any(wanted.name == look.name for look in looks(one)[:1])]
        alike = [
            one for one in left
            if any(set(wanted.name.split()) <= set(look.name.split()) or look.colour == wanted.colour
                   for look in looks(one))
        ]  # fmt: skip
        left = exact or alike
        if not left:
            return [], f"there is no {wanted.name} {name} in the scene"
    if seen.other:
        spoken = {ref.object for ref in r.topic}
        left = [one for one in left if one.id not in spoken]
        if not left:
            return [], f"there is no other {name} in the scene"
    if seen.count is not None and seen.count > len(left):
        return [], f"there are only {len(left)} of {name}"
    sides = [*seen.sides, *([side[1:]] if side.startswith("=") else [])]
    if seen.ordinal == -1 and not sides and not side:
        return left[-(seen.count or 1) :], ""  # "the last two": those that came last
    if (sides or seen.ordinal is not None or seen.degree) and len(left) > 1:
        left = _placed(r.scene, left, seen, sides, side.lstrip("=") if not side.startswith("=") else "")
        if not left:
            return [], f"there are only {len(called)} of {name}"
        return left, ""
    if seen.ordinal is not None and not -len(left) <= seen.ordinal < len(left):
        return [], f"there are only {len(left)} of {name}"
    if seen.count is not None:
        return left[-seen.count :], ""
    if not plural and len(left) > 1:
        order = [id for id in r.context.mentioned if any(one.id == id for one in left)]
        latest = order[0] if order else left[-1].id
        left = [one for one in left if one.id == latest]
    return left, ""


def _placed(scene: Scene, left: list[Object], seen: Adjectives, sides: list[str], start: str) -> list[Object]:
    boxes = bounds(scene, [one.id for one in left])
    left = [one for one in left if one.id in boxes]

    def centre(one: Object, axis: int) -> float:
        low, high = boxes[one.id]
        return (low[axis] + high[axis]) / 2

    def extent(one: Object, what: str) -> float:
        low, high = boxes[one.id]
        x, y, z = (high[i] - low[i] for i in range(3))
        return {"volume": x * y * z, "x": x, "z": z, "flat": max(x, y)}[what]

    return narrow(left, centre, extent, seen, sides, start)
